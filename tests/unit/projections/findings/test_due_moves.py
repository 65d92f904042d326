"""Due dates that moved after they had passed: by a calendar (R29), or by what came too late."""

from typing import Any

import pytest

from domain.dossiers import DueChange, Halt, HaltKind, Status
from projections.dossier_rows import Act
from projections.findings.shapes import Surroundings
from tests.support.dossier_cases import (
    APPROVER,
    IMPORTER,
    OFFICE,
    PROCESSOR,
    STREAM,
    a_dossier,
    a_procedure,
    a_record,
    a_wait,
    an_act,
    due,
    examined_dossier,
    found,
    instant,
    moment,
)

CALENDAR = "calendar:VN"
LEDGER = "ledger:example.org/log"
DUE, LATER = "2026-02-09", "2026-02-11"
ACCEPTED = an_act("accepted", "2026-02-02")


def published(recorded_at: str, at: str = "2026-02-05", stream: str = CALENDAR) -> Act:
    kinds = {CALENDAR: "calendar.published", LEDGER: "ledger.outage_declared"}
    act = an_act("x", at, stream=stream, version=2, recorded_at=instant(recorded_at))
    values = {name: getattr(act, name) for name in Act.__struct_fields__}
    return Act(**(values | {"kind": kinds[stream], "entry_index": 99}))


def hits(
    rule: str,
    mover: Act | None,
    *acts: Any,
    change: DueChange | None = None,
    **more: Any,
) -> list[tuple[int, ...]]:
    stream = CALENDAR if mover is None else mover.stream
    moved = change or DueChange(moment("2026-02-05"), stream, 2, due(DUE), due(LATER))
    dossier = a_dossier(
        "2026-02-02", None, LATER, due_changes=(moved,), procedure_version=1, **more
    )
    moving = {} if mover is None else {(mover.stream, mover.version): mover}
    record = a_record(a_procedure(pause_in_consultation=True))
    around = Surroundings(moving_acts=moving)
    return found(examined_dossier(dossier, ACCEPTED, *acts, procedure=record, around=around), rule)


class TestCalendars:
    def test_one_that_was_dated_back_over_the_due_date_is_a_finding(self) -> None:
        # Signed as of 5 February, in the log on the 10th: the limit had ended on the 9th.
        assert hits("R29", published("2026-02-10T02:00:00Z")) == [(10, 99)]

    def test_one_that_moved_a_date_into_the_past_is_a_finding(self) -> None:
        change = DueChange(moment("2026-02-05"), CALENDAR, 2, due(LATER), due("2026-02-04"))

        assert hits("R29", published("2026-02-06T02:00:00Z"), change=change) == [(10, 99)]

    @pytest.mark.parametrize("recorded_at", ["2026-02-06T02:00:00Z", "2026-02-09T16:59:00Z"])
    def test_one_that_came_before_the_limit_ended_is_innocent(self, recorded_at: str) -> None:
        assert hits("R29", published(recorded_at)) == []

    def test_dossier_that_waited_when_the_limit_ended_is_innocent(self) -> None:
        request = an_act(
            "supplement_requested", "2026-02-06", PROCESSOR, status=Status.SUPPLEMENT_REQUIRED
        )

        evidence = hits(
            "R29", published("2026-02-10T02:00:00Z"), request, waits=(a_wait("2026-02-06"),)
        )

        assert evidence == []

    def test_calendar_that_nobody_knows_accuses_nobody(self) -> None:
        assert hits("R29", None) == []


def request(at: str, recorded_at: str, *signers: Any) -> Any:
    return an_act(
        "supplement_requested",
        at,
        *(signers or (PROCESSOR,)),
        status=Status.SUPPLEMENT_REQUIRED,
        recorded_at=instant(recorded_at),
    )


def completed(at: str, recorded_at: str, *signers: Any) -> Any:
    return an_act(
        "supplement_completed",
        at,
        *signers,
        status=Status.IN_PROCESS,
        recorded_at=instant(recorded_at),
    )


def own(*acts: Any, **more: Any) -> list[tuple[int, ...]]:
    """Give the hits where the third act of the dossier, the completion, moved its date."""
    change = DueChange(moment("2026-02-12"), STREAM, 3, due(DUE), due(LATER))
    return hits("due_moved_late", None, *acts, change=change, **more)


class TestOwnActs:
    WAIT = a_wait("2026-02-06", "2026-02-12")

    def test_wait_that_was_dated_back_over_the_due_date_is_a_finding(self) -> None:
        acts = (
            request("2026-02-06", "2026-02-12T01:00:00Z"),
            completed("2026-02-12", "2026-02-12T02:00:00Z"),
        )

        assert own(*acts, waits=(self.WAIT,)) == [(11, 12)]

    @pytest.mark.parametrize("recorded_at", ["2026-02-06T01:00:00Z", "2026-02-10T01:00:00Z"])
    def test_wait_that_was_recorded_in_time_or_next_morning_is_innocent(
        self, recorded_at: str
    ) -> None:
        acts = (
            request("2026-02-06", recorded_at),
            completed("2026-02-12", "2026-02-12T02:00:00Z"),
        )

        assert own(*acts, waits=(self.WAIT,)) == []

    def test_date_that_moved_before_it_passed_is_innocent(self) -> None:
        acts = (
            request("2026-02-05", "2026-02-05T01:00:00Z"),
            completed("2026-02-06", "2026-02-06T02:00:00Z"),
        )

        assert own(*acts, waits=(a_wait("2026-02-05", "2026-02-06"),)) == []

    def test_import_is_left_alone(self) -> None:
        acts = (
            request("2026-02-06", "2026-03-12T01:00:00Z", IMPORTER),
            completed("2026-02-12", "2026-03-12T02:00:00Z", IMPORTER),
        )

        assert own(*acts, waits=(self.WAIT,)) == []

    @pytest.mark.parametrize(
        ("recorded_at", "evidence"),
        [("2026-02-06T01:00:00Z", []), ("2026-02-12T01:00:00Z", [(11, 12)])],
    )
    def test_consultation_that_stops_the_clock_is_judged_alike(
        self, recorded_at: str, evidence: list[tuple[int, ...]]
    ) -> None:
        halt = Halt(
            HaltKind.CONSULTATION, moment("2026-02-06"), moment("2026-02-12"), stops_clock=True
        )
        asked = an_act(
            "consultation_requested", "2026-02-06", PROCESSOR, recorded_at=instant(recorded_at)
        )
        answered = an_act(
            "consultation_answered",
            "2026-02-12",
            APPROVER,
            recorded_at=instant("2026-02-12T02:00:00Z"),
        )

        assert own(asked, answered, halts=(halt,)) == evidence


class TestOutages:
    HALT = Halt(
        HaltKind.OUTAGE,
        moment("2026-02-05T01:00:00Z"),
        moment("2026-02-12T01:00:00Z"),
        stops_clock=True,
        declared_at=moment("2026-02-05T01:00:00Z"),
        outage_version=2,
    )

    @pytest.mark.parametrize(
        ("recorded_at", "evidence"),
        [("2026-02-05T02:00:00Z", []), ("2026-02-12T02:00:00Z", [(10, 99)])],
    )
    def test_outage_that_was_declared_after_the_due_date_is_a_finding(
        self, recorded_at: str, evidence: list[tuple[int, ...]]
    ) -> None:
        declared = published(recorded_at, stream=LEDGER)

        assert hits("due_moved_late", declared, halts=(self.HALT,)) == evidence
        assert hits("R29", declared, halts=(self.HALT,)) == []


class TestOutagesThatWereNone:
    def test_office_that_recorded_acts_while_it_was_out_of_order_is_a_finding(self) -> None:
        declared = published("2026-02-06T02:00:00Z", stream=LEDGER)
        meanwhile = an_act("accepted", "2026-02-05", stream="dossier:other", entry_index=50)

        assert outage_hits(declared, {(2, OFFICE): meanwhile}) == [(99, 50)]

    @pytest.mark.parametrize("key", [(3, OFFICE), (2, "H99")], ids=["another outage", "elsewhere"])
    def test_acts_of_another_stretch_or_office_are_innocent(self, key: tuple[int, str]) -> None:
        declared = published("2026-02-06T02:00:00Z", stream=LEDGER)

        assert outage_hits(declared, {key: an_act("accepted", "2026-02-05")}) == []

    def test_dossier_whose_clock_ran_on_is_left_alone(self) -> None:
        declared = published("2026-02-06T02:00:00Z", stream=LEDGER)
        meanwhile = {(2, OFFICE): an_act("accepted", "2026-02-05")}

        assert outage_hits(declared, meanwhile, stops_clock=False) == []


def outage_hits(
    declared: Act, meanwhile: dict[tuple[int, str], Act], *, stops_clock: bool = True
) -> list[tuple[int, ...]]:
    halt = Halt(
        HaltKind.OUTAGE,
        moment("2026-02-04T02:00:00Z"),
        stops_clock=stops_clock,
        declared_at=declared.at,
        outage_version=2,
    )
    around = Surroundings(moving_acts={(LEDGER, 2): declared}, recorded_in_outages=meanwhile)
    examined = examined_dossier(a_dossier("2026-02-02", halts=(halt,)), ACCEPTED, around=around)
    return found(examined, "worked_in_outage")
