"""Outages, office hours and calendars too late: whoever folds the log comes to the same dates."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.dossiers import Dossier, Due, DueChange, TooLate
from domain.facts import OfficeRegistered
from domain.facts.integrity import OutageDeclared, OutageEnded
from domain.procedures import Limit, LimitUnit
from domain.roles import Role
from projections.clocks.explaining import ExplainedDossier, explain_dossier
from projections.reading import read_counts, read_findings
from projections.recompute import figures_from_log
from projections.states import StreamStates
from projections.views import Views, open_views
from tests.support.builders import a_moment
from tests.support.dossier_cases import HANOI, OFFICE
from tests.support.followed_ledger import a_follower, tables_of
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream
from tests.unit.projections.test_later_calendar import decided_states, publish_calendar

RUNNING, ENDED = a_stream(1), a_stream(2)
LEDGER_STREAM = f"ledger:{ORIGIN}"
# Five working days from Monday, 2 February 2026.
MONDAY, TUESDAY, WEDNESDAY = (Due(day=date(2026, 2, day)) for day in (9, 10, 11))
SIXTEEN_HOURS = Limit(amount=16, unit=LimitUnit.HOURS)


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "kept.sqlite3")
    yield views
    views.close()


def a_paper(**procedure: Any) -> PaperLedger:
    """Give a ledger of two dossiers, accepted at nine o'clock; one of them has ended."""
    paper = PaperLedger()
    paper.open_registry(**procedure)
    for stream in (RUNNING, ENDED):
        paper.submit(stream, "2026-02-02T01:00:00Z")
        paper.accept(stream, "2026-02-02T02:00:00Z")
    paper.finish(ENDED, "2026-02-02T03:00:00Z")
    paper.seal_and_publish("2026-02-02T04:00:00.000Z")
    return paper


def declare_outage(paper: PaperLedger, since: str, until: str, at: str) -> None:
    """Declare an outage of the office that is over, and let it be published."""
    facts = OutageDeclared(since=since, offices=(OFFICE,))
    version = paper._heads[LEDGER_STREAM][0] + 1
    for kind, told in (
        ("ledger.outage_declared", facts),
        ("ledger.outage_ended", OutageEnded(declared_version=version, until=until)),
    ):
        paper.act(kind, LEDGER_STREAM, at, Role.SYSTEM, paper.registrar, facts=told, office=None)
    paper.seal_and_publish(at.replace("Z", ".000Z"))


def amend_office(paper: PaperLedger, at: str, **members: object) -> None:
    """Register the office with hours in the morning alone."""
    office = {
        "id": OFFICE,
        "level": "province",
        "name": {"vi": OFFICE, "en": OFFICE},
        "time_zone": HANOI,
        "office_hours": [{"opens": "08:00", "closes": "12:00"}],
    }
    document = paper.documents.store(msgspec.json.encode(office | members))
    facts = OfficeRegistered(document=document)
    role, key = Role.REGISTRAR, paper.registrar
    paper.act("office.registered", f"office:{OFFICE}", at, role, key, facts=facts, office=None)
    paper.seal_and_publish(at.replace("Z", ".000Z"))


def followed(paper: PaperLedger, views: Views, tmp_path: Path) -> tuple[Dossier, ExplainedDossier]:
    """Follow to the end; give the running dossier, which all who fold agree about."""
    a_follower(paper, views).catch_up()
    with closing(open_views(tmp_path / "rebuilt.sqlite3")) as rebuilt:
        a_follower(paper, rebuilt).catch_up()
    with views.reading() as reader:
        register = StreamStates(ORIGIN, paper.documents, reader.states)
        kept = {stream: reader.dossier(stream) for stream in (RUNNING, ENDED)}
        counted = read_counts(reader)
        explained = {}
        for stream, dossier in kept.items():
            assert dossier is not None
            explained[stream] = explain_dossier(dossier, reader.acts_of(stream), register)
    assert tables_of(tmp_path / "kept.sqlite3") == tables_of(tmp_path / "rebuilt.sqlite3")
    decided = decided_states(paper)
    assert {stream: decided.dossier(stream) for stream in kept} == kept
    assert counted == figures_from_log(paper.tiles, paper.anchors, paper.documents)
    for each in explained.values():
        assert each.processing is not None
        assert each.processing.due == each.dossier.due
    return explained[RUNNING].dossier, explained[RUNNING]


def test_outage_moves_what_runs_and_the_explanation_names_pause_and_declaration(
    views: Views, tmp_path: Path
) -> None:
    paper = a_paper(pause_in_outage=True)
    a_follower(paper, views).catch_up()
    declare_outage(paper, "2026-02-03T02:00:00Z", "2026-02-05T02:00:00Z", at="2026-02-05T03:00:00Z")

    dossier, explained = followed(paper, views, tmp_path)

    assert dossier.due == WEDNESDAY
    assert dossier.due_changes == (
        DueChange(a_moment("2026-02-05T03:00:00Z"), LEDGER_STREAM, 3, MONDAY, WEDNESDAY),
    )
    assert explained.processing is not None
    assert (
        "2 working days of an outage of the system not counted (09:00 on 3 February 2026 – "
        "09:00 on 5 February 2026), known to the ledger from 10:00 on 5 February 2026"
    ) in explained.processing.sentence.en
    assert (
        "the end of an outage, declared 10:00 on 5 February 2026, moved it from 9 February 2026"
        in (explained.processing.sentence.en)
    )


def test_outage_of_a_procedure_that_does_not_pause_moves_nothing(
    views: Views, tmp_path: Path
) -> None:
    paper = a_paper()
    declare_outage(paper, "2026-02-03T02:00:00Z", "2026-02-05T02:00:00Z", at="2026-02-05T03:00:00Z")

    dossier, _ = followed(paper, views, tmp_path)

    assert (dossier.due, dossier.halts) == (MONDAY, ())


def test_act_recorded_after_an_outage_during_which_it_happened_has_the_pause(
    views: Views, tmp_path: Path
) -> None:
    paper = PaperLedger()
    paper.open_registry(pause_in_outage=True)
    declare_outage(paper, "2026-02-01T02:00:00Z", "2026-02-04T02:00:00Z", at="2026-02-04T03:00:00Z")
    for stream in (RUNNING, ENDED):
        paper.submit(stream, "2026-02-02T01:00:00Z")
        paper.accept(stream, "2026-02-02T02:00:00Z")
    paper.finish(ENDED, "2026-02-04T04:00:00Z")
    paper.seal_and_publish("2026-02-04T05:00:00.000Z")

    dossier, _ = followed(paper, views, tmp_path)

    assert dossier.due == WEDNESDAY


def test_calendar_that_finds_a_dossier_late_moves_neither_it_nor_a_month_that_is_over(
    views: Views, tmp_path: Path
) -> None:
    paper = a_paper()
    a_follower(paper, views).catch_up()
    publish_calendar(paper, "2026-03-05T02:00:00Z", date(2026, 2, 9), date(2026, 2, 10))
    paper.seal_and_publish("2026-03-05T03:00:00.000Z")

    dossier, explained = followed(paper, views, tmp_path)

    assert (dossier.due, dossier.calendar_version, dossier.due_changes) == (MONDAY, 1, ())
    assert dossier.came_too_late == TooLate(a_moment("2026-03-05T02:00:00Z"), "calendar:VN", 2)
    assert explained.processing is not None
    assert explained.processing.calendar is not None
    assert explained.processing.calendar.version == 1
    assert "moves nothing, since the limit had passed by then" in explained.processing.sentence.en
    with views.reading() as reader:
        counted = read_counts(reader)
    assert counted is not None
    overdue = {figure.period: figure.pending_overdue for figure in counted.figures}
    assert overdue == {"2026-02": 1, "2026-03": 1}


def test_later_office_hours_move_a_limit_in_hours_and_leave_earlier_days_alone(
    views: Views, tmp_path: Path
) -> None:
    paper = a_paper(limit=SIXTEEN_HOURS)
    a_follower(paper, views).catch_up()
    amend_office(paper, "2026-02-03T01:00:00Z", valid_from="2026-01-01")

    dossier, explained = followed(paper, views, tmp_path)

    # Monday has its seven hours still; Tuesday and Wednesday have four, Thursday gives one.
    assert dossier.due == Due(instant=a_moment("2026-02-05T02:00:00Z").instant)
    assert dossier.office_version == 2
    assert explained.processing is not None
    assert f"version 2 of office {OFFICE} with other hours" in explained.processing.sentence.en
    assert explained.processing.special_days == ()


def test_office_that_moved_no_hours_moves_no_date(views: Views, tmp_path: Path) -> None:
    paper = a_paper(limit=SIXTEEN_HOURS)
    amend_office(paper, "2026-02-03T01:00:00Z", office_hours=[])

    dossier, _ = followed(paper, views, tmp_path)

    assert dossier.due == Due(instant=a_moment("2026-02-04T02:00:00Z").instant)
    assert (dossier.due_changes, dossier.office_version) == ((), 1)


def test_acts_that_an_office_recorded_while_it_was_out_of_order_are_told_to_inspectors(
    views: Views, tmp_path: Path
) -> None:
    """The clocks of all its dossiers had rested for two days in which it worked as ever."""
    paper = a_paper(pause_in_outage=True)
    paper.submit(a_stream(3), "2026-02-04T01:00:00Z")
    paper.accept(a_stream(3), "2026-02-04T02:00:00Z")
    paper.seal_and_publish("2026-02-04T02:00:01.000Z")
    declare_outage(paper, "2026-02-03T02:00:00Z", "2026-02-05T02:00:00Z", at="2026-02-05T03:00:00Z")

    followed(paper, views, tmp_path)
    with views.reading() as reader:
        found = [each for each in read_findings(reader) if each.rule == "worked_in_outage"]

    assert {each.stream for each in found} >= {RUNNING}
    assert ENDED not in {each.stream for each in found}
