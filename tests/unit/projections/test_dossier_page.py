from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.dossiers import Status
from domain.facts import (
    DossierAcceptedDetails,
    DossierSubmittedDetails,
    ExtensionApologyIssued,
)
from domain.facts.reasons import ApologyReason
from domain.roles import Assurance, Role
from projections.dossier_page import DossierPage, dossier_page, share_done
from projections.follower import Follower, PrivateFold
from projections.views import Views, open_views
from tests.support.builders import a_key
from tests.support.dossier_cases import a_dossier, due
from tests.support.paper_ledger import CODE, ORIGIN, PaperLedger, a_stream

STREAM = a_stream(1)


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "views.sqlite3")
    yield views
    views.close()


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    paper.submit(STREAM, "2026-02-02T01:00:00Z")
    paper.accept(STREAM, "2026-02-02T02:00:00Z")
    paper.seal_and_publish("2026-02-02T02:00:01.000Z")
    return paper


def page_of(paper: PaperLedger, views: Views) -> DossierPage:
    private = PrivateFold(paper.private.get, b"v" * 32)
    Follower(ORIGIN, paper.store, views, paper.documents, private).catch_up()
    with views.reading() as reader:
        dossier, acts = reader.dossier(STREAM), reader.acts_of(STREAM)
    assert dossier is not None
    events = paper.store.stream_events(STREAM)
    return dossier_page(dossier, acts, events, ORIGIN, paper.private.get)


def test_page_shows_each_act_with_role_office_and_entry(paper: PaperLedger, views: Views) -> None:
    page = page_of(paper, views)

    assert [(act.entry_index, act.kind, act.roles) for act in page.acts] == [
        (5, "dossier.submitted", (Role.APPLICANT,)),
        (6, "dossier.accepted", (Role.RECEIVER,)),
    ]
    assert page.dossier.status is Status.ACCEPTED
    assert page.share_done == 30


def test_page_opens_details_and_never_shows_the_secret(paper: PaperLedger, views: Views) -> None:
    page = page_of(paper, views)

    submitted, accepted = (act.details for act in page.acts)
    assert isinstance(submitted, DossierSubmittedDetails)
    assert submitted.secret == ""
    assert isinstance(accepted, DossierAcceptedDetails)
    assert accepted.code == CODE


def test_erased_details_are_shown_as_none(paper: PaperLedger, views: Views) -> None:
    paper.private.clear()

    page = page_of(paper, views)

    assert [act.details for act in page.acts] == [None, None]


def test_page_shows_what_an_act_did_to_the_dates(paper: PaperLedger, views: Views) -> None:
    paper.act(
        "dossier.extension_apology_issued",
        STREAM,
        "2026-02-06T02:00:00Z",
        Role.APPROVER,
        paper.head,
        facts=ExtensionApologyIssued(
            appointment="2026-02-20", reason_code=ApologyReason.AWAITING_OTHER_AGENCY
        ),
    )
    paper.seal_and_publish("2026-02-06T02:00:01.000Z")

    submitted, accepted, apology = page_of(paper, views).acts

    assert (submitted.due, submitted.due_changed) == (None, False)
    assert (accepted.due, accepted.due_changed) == (due("2026-02-09"), True)
    assert (apology.due, apology.due_changed) == (due("2026-02-09"), False)
    assert (apology.appointment, apology.appointment_changed) == (due("2026-02-20"), True)


def test_act_that_is_not_published_yet_is_shown_without_effect(
    paper: PaperLedger, views: Views
) -> None:
    paper.finish(STREAM, "2026-02-03T02:00:00Z")

    page = page_of(paper, views)

    assert [act.published for act in page.acts] == [True, True, False, False, False]
    last = page.acts[-1]
    assert (last.entry_index, last.recorded_at, last.status) == (10, None, None)
    assert not last.due_changed


def test_suspended_dossier_is_as_far_as_one_in_process() -> None:
    resting = a_dossier(status=Status.STOPPED, suspended=True)

    assert share_done(resting) == share_done(a_dossier(status=Status.IN_PROCESS))


@pytest.mark.parametrize("status", list(Status))
def test_share_done_rests_on_the_status_alone(status: Status) -> None:
    before = Status.IN_PROCESS if status in (5, 6, 7) else None

    share = share_done(a_dossier(status=status, status_before_wait=before))

    assert 0 < share <= 100
    assert (share == 100) == (status in (3, 8, 10))


def test_page_says_how_sure_each_signature_is(paper: PaperLedger) -> None:
    keys = {paper.officer.name: a_key(paper.officer.name, assurance=Assurance.OTHER_SYSTEM)}
    dossier, events = a_dossier(), paper.store.stream_events(STREAM)

    page = dossier_page(dossier, [], events, ORIGIN, paper.private.get, keys.get)

    assert [act.assurances for act in page.acts] == [
        (Assurance.OWN_KEY,),
        (Assurance.OTHER_SYSTEM,),
    ]
