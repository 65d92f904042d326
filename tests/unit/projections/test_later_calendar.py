"""A calendar that is published later: everybody who folds the log comes to the same dates."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pytest

from domain.dossiers import Dossier, Due
from domain.facts import CalendarPublished
from domain.roles import Role
from ledger.action_notes import open_text
from ledger.state import LedgerState
from projections.clocks.explaining import DueBasis, explain_dossier
from projections.dossier_page import dossier_page
from projections.dossier_rows import row_of
from projections.reading import read_counts
from projections.recompute import figures_from_log, replay_log
from projections.states import StreamStates
from projections.views import Views, open_views
from tests.support.dossier_cases import CALENDAR
from tests.support.followed_ledger import a_follower, tables_of
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream
from transparency.seals import is_seal

RUNNING, ENDED, BEFORE, AFTER = a_stream(1), a_stream(2), date(2026, 2, 9), date(2026, 2, 10)


def publish_calendar(paper: PaperLedger, at: str, *holidays: date) -> int:
    days = tuple(sorted({*CALENDAR.days_off, *holidays}))
    document = msgspec.structs.replace(CALENDAR, days_off=days)
    facts = CalendarPublished(document=paper.documents.store(msgspec.json.encode(document)))
    return paper.act(
        "calendar.published",
        "calendar:VN",
        at,
        Role.CATALOGUE_ADMIN,
        paper.registrar,
        facts=facts,
        office=None,
    )


@pytest.fixture
def paper() -> PaperLedger:
    """Two dossiers due on Monday 9 February; one ends; then 5 February becomes a day off."""
    paper = PaperLedger()
    paper.open_registry()
    for stream in (RUNNING, ENDED):
        paper.submit(stream, "2026-02-02T01:00:00Z")
        paper.accept(stream, "2026-02-02T02:00:00Z")
    paper.finish(ENDED, "2026-02-03T02:00:00Z")
    paper.seal_and_publish("2026-02-03T03:00:00.000Z")
    return paper


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "kept.sqlite3")
    yield views
    views.close()


def test_running_dossier_moves_and_an_ended_one_keeps_its_date(
    paper: PaperLedger, views: Views
) -> None:
    a_follower(paper, views).catch_up()
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.seal_and_publish("2026-02-04T03:00:00.000Z")

    # Another follower: what it moves is in the views alone, not in its memory.
    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        running, ended = reader.dossier(RUNNING), reader.dossier(ENDED)
        rows = {row.stream: row for row in reader.dossier_rows()}
    assert running is not None
    assert ended is not None
    assert (running.due, running.calendar_version) == (Due(day=AFTER), 2)
    assert (ended.due, ended.calendar_version) == (Due(day=BEFORE), 1)
    assert rows[RUNNING] == row_of(running)
    assert rows[ENDED].due_changes == "[]"


def test_views_figures_and_decisions_agree_however_the_log_is_folded(
    paper: PaperLedger, views: Views, tmp_path: Path
) -> None:
    following = a_follower(paper, views)
    following.catch_up()
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.seal_and_publish("2026-02-04T03:00:00.000Z")
    following.catch_up()
    paper.finish(RUNNING, "2026-02-10T02:00:00Z")
    publish_calendar(paper, "2026-02-11T02:00:00Z", date(2026, 2, 5), date(2026, 2, 6))
    paper.seal_and_publish("2026-02-11T03:00:00.000Z")
    following.catch_up()

    with closing(open_views(tmp_path / "rebuilt.sqlite3")) as rebuilt:
        a_follower(paper, rebuilt).catch_up()
    with views.reading() as reader:
        counted, rows = read_counts(reader), tuple(reader.dossier_rows())
        kept = {stream: reader.dossier(stream) for stream in (RUNNING, ENDED)}
    world = replay_log(paper.tiles, paper.anchors, paper.documents)

    assert tables_of(tmp_path / "kept.sqlite3") == tables_of(tmp_path / "rebuilt.sqlite3")
    assert sorted(rows, key=str) == sorted(world.rows, key=str)
    assert counted == figures_from_log(paper.tiles, paper.anchors, paper.documents)
    decided = decided_states(paper)
    assert {stream: decided.dossier(stream) for stream in kept} == kept
    moved = kept[RUNNING]
    assert moved is not None
    # On time by the calendar that was in force at its end; the third version came too late.
    assert (moved.due, moved.calendar_version) == (Due(day=AFTER), 2)


def decided_states(paper: PaperLedger) -> LedgerState:
    """Fold as the writer and the auditor do."""
    state = LedgerState(paper.documents)
    for _, body in paper.bodies():
        if not is_seal(body):
            state.apply_recorded(open_text(body, ORIGIN))
    return state


def test_calendar_after_the_date_had_passed_changes_neither_the_month_before_nor_its_own(
    paper: PaperLedger, views: Views
) -> None:
    publish_calendar(paper, "2026-03-05T02:00:00Z", *(date(2026, 2, day) for day in range(3, 28)))
    paper.seal_and_publish("2026-03-05T03:00:00.000Z")

    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        counted = read_counts(reader)
    assert counted is not None
    overdue = {figure.period: figure.pending_overdue for figure in counted.figures}
    assert overdue == {"2026-02": 1, "2026-03": 1}


def test_explanation_rests_on_the_calendar_of_the_time_and_names_the_change(
    paper: PaperLedger, views: Views
) -> None:
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.seal_and_publish("2026-02-04T03:00:00.000Z")
    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        register = StreamStates(ORIGIN, paper.documents, reader.states)
        dossiers = [reader.dossier(stream) for stream in (RUNNING, ENDED)]
        running, ended = (
            explain_dossier(dossier, reader.acts_of(dossier.stream), register)
            for dossier in dossiers
            if isinstance(dossier, Dossier)
        )

    assert running.basis is ended.basis is DueBasis.COUNTED
    assert running.processing is not None
    assert ended.processing is not None
    assert running.processing.due == running.dossier.due == Due(day=AFTER)
    assert ended.processing.due == ended.dossier.due == Due(day=BEFORE)
    assert [special.day for special in running.processing.special_days] == [date(2026, 2, 5)]
    assert ended.processing.special_days == ()
    assert ended.processing.calendar is not None
    assert ended.processing.calendar.version == 1
    assert "from 9 February 2026 to 10 February 2026" in running.processing.sentence.en
    assert "từ 09/02/2026 thành 10/02/2026" in running.processing.sentence.vi
    assert [(change.stream, change.version) for change in running.processing.changes] == [
        ("calendar:VN", 2)
    ]


def test_views_hold_the_changes_as_text(paper: PaperLedger, views: Views, tmp_path: Path) -> None:
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.seal_and_publish("2026-02-04T03:00:00.000Z")
    a_follower(paper, views).catch_up()

    with closing(sqlite3.connect(tmp_path / "kept.sqlite3")) as connection:
        query = "SELECT due_changes FROM dossiers WHERE stream = ?"
        ((text,),) = connection.execute(query, (RUNNING,))

    assert "calendar:VN" in text
    assert "2026-02-10" in text


def test_act_after_the_calendar_is_not_said_to_have_moved_the_date(
    paper: PaperLedger, views: Views
) -> None:
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.act(
        "dossier.processor_assigned", RUNNING, "2026-02-05T02:00:00Z", Role.ASSIGNER, paper.head
    )
    paper.seal_and_publish("2026-02-05T03:00:00.000Z")
    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        dossier, acts = reader.dossier(RUNNING), reader.acts_of(RUNNING)
    assert dossier is not None
    events = paper.store.stream_events(RUNNING)
    page = dossier_page(dossier, acts, events, ORIGIN, paper.private.get)

    assert [(act.kind, act.due_changed) for act in page.acts] == [
        ("dossier.submitted", False),
        ("dossier.accepted", True),
        ("dossier.processor_assigned", False),
    ]
    assert page.acts[-1].due == Due(day=AFTER)
