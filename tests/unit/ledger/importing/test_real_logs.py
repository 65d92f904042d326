"""Two municipalities' real logs, planned whole; the expected counts are the sources' own.

Counted from the files with other code: cases, events, ends after the deadline's day in the
office's time zone and after its instant, ends before the first event, midnights.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest

from domain.actions import Action, Signer
from domain.deadlines import Timeliness
from domain.decisions import decide, evolve
from domain.dossiers import Dossier
from domain.figures import end_period, period_of, resolution
from domain.moments import is_before
from domain.roles import Role
from ledger.bodies import canonical_json
from ledger.importing.mapping import ImportMapping, read_mapping
from ledger.importing.planner import Planner
from ledger.importing.plans import CasePlan
from ledger.importing.reader import read_cases
from ledger.importing.rehearsal import REHEARSAL_KEY, Stage
from tests.unit.ledger.importing.samples import SECRET_HASH

ROOT = Path(__file__).parents[4]
DATA = ROOT / ".." / "shared" / "data"
ZONE = "Europe/Amsterdam"
LOGS = {
    "receipt": DATA / "receipt" / "receipt.xes.gz",
    "receipt-instant": DATA / "receipt" / "receipt.xes.gz",
    "bpic2015": DATA / "bpic2015" / "bpic2015_1.csv.gz",
}


def the_mapping(name: str) -> ImportMapping:
    return read_mapping(ROOT / "examples" / "mappings" / f"{name}.toml")


@cache
def the_plans(name: str) -> tuple[CasePlan, ...]:
    path = LOGS[name]
    if not path.exists():
        pytest.skip(f"the foreign log {path.name} is not here")
    mapping = the_mapping(name)
    planner = Planner(mapping, SECRET_HASH)
    return tuple(map(planner.plan_case, read_cases(path, mapping.source)))


@cache
def the_dossiers(name: str) -> tuple[Dossier, ...]:
    stage = Stage(the_mapping(name))
    return tuple(fold(plan, stage) for plan in the_plans(name))


def fold(plan: CasePlan, stage: Stage) -> Dossier:
    dossier: Dossier | None = None
    for action in actions(plan):
        decide(dossier, action, stage)
        state = evolve(dossier, action, stage)
        assert isinstance(state, Dossier)
        dossier = state
    assert dossier is not None
    return dossier


def actions(plan: CasePlan) -> Iterator[Action]:
    for version, planned in enumerate(plan.actions, 1):
        yield Action(
            kind=planned.kind,
            ledger="localhost/00000000",
            stream=plan.stream,
            version=version,
            at=planned.at,
            office=plan.office,
            signers=(Signer(REHEARSAL_KEY, Role.IMPORTER),),
            facts=planned.facts,
            details=planned.details,
        )


@pytest.mark.parametrize(
    ("name", "dossiers", "events", "attribute_actions"),
    [
        ("receipt", 1_434, 8_577, 1_434 + 1_434 + 1_329),
        ("receipt-instant", 1_434, 8_577, 1_434 + 1_434 + 1_329),
        ("bpic2015", 1_199, 52_217, 0),
    ],
)
def test_every_case_and_event_is_told_and_none_dropped(
    name: str, dossiers: int, events: int, attribute_actions: int
) -> None:
    plans = the_plans(name)

    assert len({plan.stream for plan in plans}) == dossiers
    assert sum(plan.events_read for plan in plans) == events
    assert sum(plan.attribute_actions for plan in plans) == attribute_actions
    assert sum(plan.dropped for plan in plans) == 0
    assert sum(len(plan.actions) for plan in plans) == events + attribute_actions


@pytest.mark.parametrize(("name", "late"), [("receipt", 309), ("receipt-instant", 377)])
def test_ends_after_the_deadline_are_late(name: str, late: int) -> None:
    resolutions = Counter(resolution(dossier, ZONE) for dossier in the_dossiers(name))

    assert resolutions.total() - resolutions[None] == 1_329
    assert resolutions[Timeliness.LATE] == late


def test_every_dossier_of_the_receipt_log_was_accepted_and_is_due() -> None:
    dossiers = the_dossiers("receipt")

    assert all(dossier.accepted_at is not None for dossier in dossiers)
    assert all(dossier.due is not None for dossier in dossiers)


def test_end_before_the_acceptance_counts_in_the_acceptances_month() -> None:
    ends = [
        (dossier, dossier.ended_at)
        for dossier in the_dossiers("receipt")
        if dossier.ended_at is not None
        and dossier.accepted_at is not None
        and is_before(dossier.ended_at, dossier.accepted_at, ZONE)
    ]

    moved = [dossier for dossier, end in ends if period_of(end, ZONE) != end_period(dossier, ZONE)]
    # The source has 117; four ends precede their first event by less than a second, and fractions
    # round up.
    assert len(ends) == 113
    assert len(moved) == 3


def test_second_plan_of_the_same_log_is_the_same_to_the_byte() -> None:
    path, mapping = LOGS["receipt"], the_mapping("receipt")
    first = the_plans("receipt")

    planner = Planner(mapping, SECRET_HASH)
    second = tuple(map(planner.plan_case, read_cases(path, mapping.source)))

    assert second == first


@pytest.mark.parametrize("name", LOGS)
def test_public_facts_are_of_their_kinds_shapes(name: str) -> None:
    for plan in the_plans(name):
        for action in plan.actions:
            text = canonical_json(action.facts)
            assert text.isascii()
            assert b"\\" not in text
            assert msgspec.json.decode(text, type=action.kind.facts) == action.facts


def test_names_of_people_and_hidden_labels_are_in_no_public_fact() -> None:
    public = b"".join(
        canonical_json(action.facts) for plan in the_plans("bpic2015") for action in plan.actions
    )

    assert b"560872" not in public
    assert b"procedure change" not in public


def test_midnights_of_the_second_log_are_days() -> None:
    told = [
        action for plan in the_plans("bpic2015") for action in plan.actions if action.from_event
    ]

    assert sum(action.at.is_day_only for action in told) == 23_990
