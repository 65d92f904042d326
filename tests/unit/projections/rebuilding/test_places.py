"""Holders and veils rebuilt from notes alone are what a fold of states makes of them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import (
    DossierRoutedToOffice,
    IntakeSupplementRequestedDetails,
    SupplementJudgedIncompleteDetails,
    SupplementRequestedDetails,
)
from domain.facts.shapes import SupplementItem
from domain.procedures import ComponentCase, RequiredComponent
from domain.roles import Role
from projections.entries import EntryUnreadable
from projections.parts.registry import FROM_NOTES, Projection
from projections.rebuilding.beside import beside
from projections.rebuilding.rebuild import rebuild_views
from projections.views import open_views
from tests.support.dossier_cases import OFFICE
from tests.support.paper_ledger import BERLIN_OFFICE, PaperLedger, a_stream
from tests.support.rebuilding.worlds import (
    Told,
    a_full_ledger,
    a_patient_follower,
    plant_wrong_rows,
    rows_in,
    sources_of,
)

ASKED = (SupplementItem(component="form", reason="thiếu"),)
# What happens to a dossier, one after the other; it may be routed after some of it.
LIFE = ("submit", "ask at intake", "accept", "assign", "ask", "ask again")
ROUTABLE_AFTER = ("submit", "accept")
ELSEWHERE = ("route", "publish", "seal")


def _cases(number: int) -> tuple[ComponentCase, ...]:
    """Give the list of a version: every other one holds the paper that is asked for."""
    code = "form" if number % 2 else "identity"
    papers = (RequiredComponent(code=code, name=code),)
    return (ComponentCase(code="all", components=papers),)


class _Lives:
    """Dossiers of a ledger on paper that are acted on as somebody draws it."""

    def __init__(self, paper: PaperLedger, veiled: bool) -> None:
        self.paper = paper
        self._lives: dict[str, Iterator[str]] = {}
        self._last: dict[str, str] = {}
        self._published = 1
        self._day = 0
        if veiled:
            paper.veiled.add(a_stream(2))

    def go_on(self, number: int, what: str) -> None:
        self._day += 1
        at = f"{date(2026, 2, 1) + timedelta(days=self._day)}T20:00:00Z"
        stream = a_stream(number)
        if what == "seal":
            self.paper.seal_and_publish(at.replace("Z", ".500Z"))
        elif what == "publish":
            self._published += 1
            # It is in force at the next act where it is that day already: in Hanoi, not in Berlin.
            valid_from = date.fromisoformat(at[:10]) + timedelta(days=2)
            cases = _cases(self._published)
            self.paper.publish_procedure(
                at, version=self._published, cases=cases, valid_from=valid_from
            )
        elif what == "route":
            if self._last.get(stream) not in ROUTABLE_AFTER:
                return
            office = (OFFICE, BERLIN_OFFICE)[self._day % 2]
            facts = DossierRoutedToOffice(to_office=office)
            officer = self.paper.officer
            self.paper.act(
                "dossier.routed_to_office", stream, at, Role.RECEIVER, officer, facts=facts
            )
        else:
            life = self._lives.setdefault(stream, iter(LIFE))
            step = next(life, None)
            if step is not None:
                self._last[stream] = step
                self._live(stream, step, at)

    def _live(self, stream: str, step: str, at: str) -> None:
        paper = self.paper
        if step == "submit":
            paper.submit(stream, at)
        elif step == "accept":
            paper.accept(stream, at)
        else:
            kind, role, details = {
                "ask at intake": (
                    "intake_supplement_requested",
                    Role.RECEIVER,
                    IntakeSupplementRequestedDetails(items=ASKED),
                ),
                "assign": ("processor_assigned", Role.ASSIGNER, None),
                "ask": (
                    "supplement_requested",
                    Role.PROCESSOR,
                    SupplementRequestedDetails(items=ASKED),
                ),
                "ask again": (
                    "supplement_judged_incomplete",
                    Role.PROCESSOR,
                    SupplementJudgedIncompleteDetails(items=ASKED),
                ),
            }[step]
            paper.act(f"dossier.{kind}", stream, at, role, paper.officer, details=details)


def _rebuilt(paper: PaperLedger, path: Path, wanted: frozenset[Projection]) -> None:
    with beside(path.parent / "rebuilding") as folder:
        rebuild_views(path, folder, wanted, sources_of(paper), lambda _entries: None)


@given(
    drawn=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from((*["live"] * 5, *ELSEWHERE))), max_size=40
    ),
    veiled=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_lives_give_the_marks_and_papers_that_states_give(
    drawn: list[tuple[int, str]], veiled: bool
) -> None:
    paper = PaperLedger()
    paper.open_registry(cases=_cases(1))
    paper.register_office(BERLIN_OFFICE, "Europe/Paris", "2026-01-01T00:00:00Z")
    paper.seal_and_publish("2026-01-02T00:00:00.000Z")
    lives = _Lives(paper, veiled)
    for number, what in [*drawn, (1, "seal")]:
        lives.go_on(number, what)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "views.sqlite3"
        with closing(open_views(path)) as views:
            a_patient_follower(paper, views, Told()).catch_up()
        fresh = rows_in(path, FROM_NOTES)
        for projection in FROM_NOTES:
            plant_wrong_rows(path, projection)

        _rebuilt(paper, path, FROM_NOTES)

        assert rows_in(path, FROM_NOTES) == fresh


def test_list_in_force_goes_by_the_office_that_a_dossier_was_routed_to(tmp_path: Path) -> None:
    paper, path = PaperLedger(), tmp_path / "views.sqlite3"
    paper.open_registry(cases=_cases(1))
    paper.register_office(BERLIN_OFFICE, "Europe/Paris", "2026-01-01T00:00:00Z")
    lives = _Lives(paper, veiled=False)
    # On odd days a dossier is routed to Berlin: the first is there, the second stays in Hanoi.
    lives.go_on(1, "live")
    lives.go_on(2, "live")
    for number, what in ((1, "route"), (1, "publish"), (1, "live"), (2, "publish"), (2, "live")):
        lives.go_on(number, what)
    for step in ("live", "live", "publish", "live", "live", "seal"):
        lives.go_on(2, step)
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    rows = rows_in(path, FROM_NOTES)["requested_papers"]

    _rebuilt(paper, path, FROM_NOTES)

    # In Berlin the first list held still, in Hanoi the third; accepted under that, it stays.
    assert sorted((row[0], row[1], row[3]) for row in rows) == [
        (a_stream(1), 3, True),
        (a_stream(2), 2, True),
        (a_stream(2), 5, True),
        (a_stream(2), 6, True),
    ]
    assert rows_in(path, FROM_NOTES)["requested_papers"] == rows


def test_document_that_is_missing_ends_the_rebuild(tmp_path: Path) -> None:
    paper, path = a_full_ledger(), tmp_path / "views.sqlite3"
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    before = rows_in(path, FROM_NOTES)
    paper.documents = type(paper.documents)()

    with pytest.raises(EntryUnreadable, match=r"office\.registered"):
        _rebuilt(paper, path, frozenset({Projection.HOLDERS}))

    assert rows_in(path, FROM_NOTES) == before
