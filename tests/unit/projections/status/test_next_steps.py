"""What happens next never contradicts the law's table, and every stage has an answer."""

import pytest

from domain.dossiers import Status
from domain.kinds import KINDS
from domain.law.table import law_table
from domain.transitions import TRANSITIONS
from projections.status.next_steps import (
    NEXT_OF,
    NEXT_SENTENCES,
    NOTHING_NEXT,
    is_permitted,
    next_steps,
)
from projections.status.stages import STATUS_OF, Stage
from tests.support.builders import a_dossier, a_moment, a_register
from tests.support.situations.lives import a_stepped_procedure, lived
from tests.unit.projections.status.test_stages import TABLE, a_life_of

LAST = {Stage.NOT_ACCEPTED, Stage.STOPPED, Stage.CLOSED, Stage.WITHDRAWN, Stage.RETURNED}


@pytest.mark.parametrize(("kinds", "status", "stage"), TABLE, ids=lambda given: str(given)[-60:])
def test_what_comes_next_is_permitted_where_the_dossier_really_stands(
    kinds: tuple[str, ...], status: int, stage: Stage
) -> None:
    life = a_life_of(kinds)

    found = next_steps(life.dossier, stage, None)

    assert [act.kind for act in found.acts] == list(NEXT_OF[stage])
    assert bool(found.acts) == (stage not in LAST)


def test_law_table_has_every_kind_that_comes_next() -> None:
    known = {row.kind: row for row in law_table()}

    assert set(NEXT_OF) == set(Stage)
    for stage, kinds in NEXT_OF.items():
        for kind in kinds:
            starts = "".join(known[kind].from_states)
            assert str(STATUS_OF[stage].value) in starts or "*" in starts, (stage, kind)
    assert {kind for kinds in NEXT_OF.values() for kind in kinds} == set(NEXT_SENTENCES)


def test_what_the_table_refuses_never_comes_next() -> None:
    # A supplement that intake asked for: whoever closes it may; nobody accepts from processing.
    waiting = a_dossier(status=Status.SUPPLEMENT_REQUIRED, status_before_wait=Status.IN_PROCESS)

    assert not is_permitted(TRANSITIONS["dossier.accepted"], waiting)
    assert not is_permitted(
        TRANSITIONS["dossier.result_issued"], a_dossier(status=Status.IN_PROCESS)
    )
    assert is_permitted(
        TRANSITIONS["dossier.result_issued"],
        a_dossier(status=Status.IN_PROCESS, approved_at=a_moment()),
    )


def test_signers_are_those_of_the_table_and_no_importers() -> None:
    (first, *_) = next_steps(a_dossier(), Stage.SUBMITTED, None).acts

    assert [role.value for role in first.roles] == ["receiver"]
    assert all("importer" not in KINDS[kind].name for kind in NEXT_SENTENCES)


def test_published_step_after_this_one_is_named_with_its_hours() -> None:
    life = lived(
        ("submitted", "2026-03-02T01:00:00Z"),
        ("accepted", "2026-03-02T02:00:00Z"),
        register=a_register(a_stepped_procedure()),
    )

    found = life.situation("2026-03-02T03:00:00Z").next

    assert found.sentence.en.endswith("The next internal step is “Sending on” (4 working hours).")
    assert "“Chuyển” (4 giờ làm việc)" in found.sentence.vi


def test_end_says_that_nothing_follows() -> None:
    found = next_steps(a_dossier(status=Status.NOT_ACCEPTED), Stage.NOT_ACCEPTED, None)

    assert found.sentence == NOTHING_NEXT
