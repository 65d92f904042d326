"""Dossiers with private parts opened: what rules see of them, and who had a task on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts import ProcessorAssignedDetails
from domain.facts.integrity import AccessLogged, AccessLoggedDetails, AccessPurpose
from domain.roles import Role
from ledger.access_streams import access_stream
from projections.findings import ExaminedDossier
from projections.findings.opened import Look, had_task, opened_part
from projections.opening.dossiers import DossierOpener
from projections.views import Views, open_views
from tests.support.builders import ZONE, an_action
from tests.support.followed_ledger import a_follower
from tests.support.paper_ledger import ORIGIN, SECRET, PaperLedger, a_stream

DOSSIER = a_stream(1)


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    paper.submit(DOSSIER, "2026-02-02T01:00:00Z")
    paper.accept(DOSSIER, "2026-02-02T02:00:00Z")
    return paper


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "views.sqlite3")
    yield views
    views.close()


def opened(paper: PaperLedger, views: Views) -> ExaminedDossier:
    """Publish, follow, and open the one dossier."""
    paper.seal_and_publish("2026-02-09T03:00:00.000Z")
    a_follower(paper, views).catch_up()
    with views.reading() as reader:
        (examined,) = reader.examined_dossiers()
    return DossierOpener(paper.store, ORIGIN, paper.private.get).open(examined)


def read(paper: PaperLedger, at: str, purpose: AccessPurpose = AccessPurpose.TASK) -> int:
    details = AccessLoggedDetails(dossier=DOSSIER, purpose=purpose, fields=("contact",))
    return paper.act(
        "access.logged",
        access_stream(SECRET),
        at,
        Role.APPROVER,
        paper.head,
        facts=AccessLogged(),
        details=details,
        office=None,
    )


def looks(paper: PaperLedger, views: Views) -> list[Look]:
    return list(opened(paper, views).looks or ())


def test_whoever_reads_without_a_task_is_told_from_whoever_has_one(
    paper: PaperLedger, views: Views
) -> None:
    entry_index = read(paper, "2026-02-03T02:00:00Z")
    paper.finish(DOSSIER, "2026-02-04T02:00:00Z")
    read(paper, "2026-02-05T02:00:00Z")

    before, after = looks(paper, views)

    assert (before.key, before.entry_index, before.had_task) == (
        paper.head.name,
        entry_index,
        False,
    )
    assert after.had_task


def test_task_of_the_same_day_counts_and_one_given_by_name_does(
    paper: PaperLedger, views: Views
) -> None:
    read(paper, "2026-02-03T02:00:00Z")
    paper.act(
        "dossier.processor_assigned",
        DOSSIER,
        "2026-02-03T04:00:00Z",
        Role.ASSIGNER,
        paper.officer,
        details=ProcessorAssignedDetails(assignee=paper.head.name),
    )

    (look,) = looks(paper, views)

    assert look.had_task


def test_dossier_whose_private_part_is_gone_has_no_looks(paper: PaperLedger, views: Views) -> None:
    read(paper, "2026-02-03T02:00:00Z")
    paper.private.clear()

    examined = opened(paper, views)

    assert (examined.looks, examined.opened) == (None, {})


@pytest.mark.parametrize("kind", ["dossier.submitted", "dossier.result_issued"])
def test_act_without_opened_details_says_nothing(kind: str) -> None:
    assert opened_part(an_action(kind)) is None


def test_task_given_by_a_personnel_number_is_the_task_of_whoever_bears_it() -> None:
    assigned = an_action(
        "dossier.processor_assigned", details=ProcessorAssignedDetails(assignee="CB-0007")
    )
    at, reader = assigned.at, "officer-00000000000000f7"

    assert had_task([assigned], reader, at, ZONE, {"CB-0007"})
    assert not had_task([assigned], reader, at, ZONE, {"CB-0008"})
    assert not had_task([assigned], reader, at, ZONE)
