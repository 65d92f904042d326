"""Inputs of the index: what the public record measures of a unit, and what is missing."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.dossiers import Dossier, Due, Wait, WaitKind
from domain.facts import Channel
from domain.facts.feedback import FeedbackCategory
from domain.figures import end_period
from domain.index766 import Input, Measured, Missing, formulas_of
from domain.moments import Moment, parse_moment, time_zone
from domain.offices import Level
from domain.on_time_766 import On766, judge_766, verdict_766
from domain.oversight.petitions import PetitionState
from domain.procedures import Limit, LimitUnit
from domain.procedures.contents import (
    ComponentCase,
    Service,
    ServiceLevel,
    SourceTexts,
)
from projections.index766.inputs import Asked, PublicRecord, inputs_of
from projections.index766.reasons import (
    LEVELS_UNKNOWN,
    NO_RULE_HERE,
    NOT_ON_RECORD,
    OPEN_DOSSIERS,
    TOO_FEW_PETITIONS,
)
from tests.support.builders import ZONE
from tests.support.builders import a_dossier as a_bare_dossier
from tests.support.index766.records import (
    AS_OF,
    CASH,
    ELSEWHERE,
    GATEWAY,
    ONLINE,
    a_listed_procedure,
    a_payment,
    a_record,
)
from tests.support.oversight.petitions import (
    COMMUNE,
    OTHER_COMMUNE,
    PROVINCE,
    a_pending_petition,
    a_petition,
)

QUARTER = "2026-Q3"


def a_dossier(number: int, accepted: str = "2026-08-03", **more: Any) -> Dossier:
    settled = {
        "stream": f"dossier:{number:032x}",
        "office": COMMUNE,
        "procedure": "p1",
        "accepted_at": parse_moment(accepted),
        "appointment": Due(day=date(2026, 8, 14)),
        "due": Due(day=date(2026, 8, 14)),
    }
    return a_bare_dossier(**(settled | more))


def inputs(
    record: PublicRecord, unit: str | None = PROVINCE, period: str = QUARTER
) -> dict[str, Input]:
    formulas = formulas_of()
    assert formulas is not None
    return inputs_of(formulas, record, Asked(unit, period))


def numbers(given: Input) -> tuple[int, int]:
    assert isinstance(given, Measured), given
    return given.numerator, given.denominator


def test_unit_is_an_office_with_all_offices_under_it() -> None:
    record = a_record(
        [
            a_dossier(1, ended_at=parse_moment("2026-08-10")),
            a_dossier(2, office=OTHER_COMMUNE, channel=Channel.COUNTER),
            a_dossier(3, office=PROVINCE),
            a_dossier(4, office=ELSEWHERE),
        ]
    )

    assert numbers(inputs(record)["2.1"]) == (1, 3)
    assert numbers(inputs(record)["3.3"]) == (2, 3)
    assert numbers(inputs(record, COMMUNE)["2.1"]) == (1, 1)
    assert numbers(inputs(record, None)["2.1"]) == (1, 4)


def test_log_without_any_due_date_is_not_shown_as_all_on_time_without_a_word() -> None:
    ended = a_dossier(1, ended_at=parse_moment("2026-08-20"))
    bare = replace(ended, appointment=None, due=None)
    given = inputs(a_record([bare, a_dossier(2)]))["2.1"]

    assert isinstance(given, Measured)
    assert given.note is not None
    assert "1 were resolved without an appointment and without a due date" in given.note.en
    quiet = inputs(a_record([a_dossier(2)]))["2.1"]
    assert isinstance(quiet, Measured)
    assert quiet.note == OPEN_DOSSIERS


def test_what_is_carried_over_counts_in_progress_and_not_in_channels() -> None:
    record = a_record([a_dossier(1, "2026-05-04", ended_at=parse_moment("2026-07-02"))])

    assert numbers(inputs(record)["2.1"]) == (1, 1)
    assert numbers(inputs(record)["3.3"]) == (0, 0)
    assert numbers(inputs(record, period="2026-08")["2.1"]) == (0, 0)
    assert numbers(inputs(record, period="2026")["3.3"]) == (1, 1)


days = st.dates(date(2026, 5, 20), date(2026, 10, 14))
moments = days.map(lambda day: Moment(day=day)) | days.map(
    lambda day: Moment(instant=datetime(day.year, day.month, day.day, 16, 59, tzinfo=AS_OF.tzinfo))
)
dues = st.none() | days.map(lambda day: Due(day=day))
waits = st.lists(
    st.builds(Wait, st.sampled_from(list(WaitKind)), moments, st.none() | moments), max_size=2
).map(tuple)
dossiers = st.lists(
    st.tuples(st.none() | moments, st.none() | moments, dues, dues, waits), max_size=6
).map(
    lambda drawn: [
        a_dossier(
            number,
            accepted_at=accepted,
            ended_at=ended,
            appointment=appointment,
            due=due,
            waits=found,
            supplement_requests=sum(wait.kind is WaitKind.SUPPLEMENT for wait in found),
        )
        for number, (accepted, ended, appointment, due, found) in enumerate(drawn)
    ]
)


@given(dossiers, st.sampled_from(["2026-06", "2026-08", "2026-09", "2026-Q3", "2026"]))
def test_on_time_is_what_judging_every_dossier_gives(found: list[Dossier], period: str) -> None:
    first, last = Asked(None, period).days
    following = datetime.combine(last + timedelta(days=1), datetime.min.time(), time_zone(ZONE))
    at = min(following - timedelta(microseconds=1), AS_OF)
    verdicts = [_verdict(dossier, first, at) for dossier in found]
    counted = [verdict for verdict in verdicts if verdict is not None]

    measured = inputs(a_record(found), None, period)["2.1"]

    assert numbers(measured) == (counted.count(On766.ON_TIME), len(counted))


def _verdict(dossier: Dossier, first: date, at: datetime) -> On766 | None:
    """Judge a dossier that was received or handled from a day on up to an instant."""
    if dossier.accepted_at is None or dossier.accepted_at.start_in(ZONE) > at:
        return None
    end = dossier.ended_at
    if end is None or max(end.start_in(ZONE), dossier.accepted_at.start_in(ZONE)) > at:
        return judge_766(dossier, ZONE, at)
    ended_on = max(end.day_in(ZONE), dossier.accepted_at.day_in(ZONE))
    assert (end_period(dossier, ZONE) or "") <= at.isoformat()
    return verdict_766(dossier, ZONE) if ended_on >= first else None


def test_procedures_are_those_that_offices_of_the_units_levels_carry_out() -> None:
    partial = ServiceLevel(service=Service.PARTIAL, reason="presence")
    info = ServiceLevel(service=Service.INFO_ONLY)
    record = a_record(
        [a_dossier(1), a_dossier(2, procedure="p2", channel=Channel.COUNTER)],
        [
            a_listed_procedure("p1"),
            a_listed_procedure("p2", service_level=partial),
            a_listed_procedure("p3", service_level=info),
            a_listed_procedure("p4", level=Level.PROVINCE, service_level=info),
            a_listed_procedure("p5", level=Level.CENTRAL),
            a_listed_procedure("p6", valid_to=date(2026, 7, 31)),
            a_listed_procedure("p7", valid_from=date(2026, 10, 1)),
        ],
    )

    assert numbers(inputs(record)["3.1"]) == (2, 4)
    assert numbers(inputs(record, COMMUNE)["3.1"]) == (2, 3)
    assert numbers(inputs(record)["3.2"]) == (1, 2)


def test_unknown_service_level_is_missing_and_no_zero() -> None:
    record = a_record([], [a_listed_procedure("p1", service_level=None)])

    assert inputs(record)["3.1"] == Missing(LEVELS_UNKNOWN)
    assert inputs(record)["3.2"] == Missing(LEVELS_UNKNOWN)


def test_procedure_needs_all_seven_parts() -> None:
    whole = {
        "texts": SourceTexts(
            steps="steps", ways="ways", subjects="citizens", executing_office="commune"
        ),
        "cases": (ComponentCase(code="1"),),
    }
    without_subjects = SourceTexts(steps="steps", ways="ways", executing_office="commune")
    record = a_record(
        [],
        [
            a_listed_procedure("p1", **whole),
            a_listed_procedure("p2", **(whole | {"texts": without_subjects})),
            a_listed_procedure("p3", **(whole | {"cases": ()})),
            a_listed_procedure("p4", **(whole | {"limit": Limit(unit=LimitUnit.UNKNOWN)})),
        ],
    )

    assert numbers(inputs(record)["1.3"]) == (1, 4)


def test_dossier_is_paid_online_through_portal_or_gateway() -> None:
    found = [a_dossier(number) for number in range(6)]
    other_unit = a_dossier(7, office=ELSEWHERE)
    last_quarter = a_dossier(8, "2026-06-30")
    free = a_dossier(9, procedure="p2")
    fees = [
        a_payment(found[0], method=ONLINE),
        a_payment(found[1], method=GATEWAY),
        a_payment(found[2], method=CASH),
        a_payment(found[3]),
        a_payment(found[4], 0),
        a_payment(found[4], 0, CASH),
        a_payment(other_unit, method=ONLINE),
        a_payment(last_quarter, method=ONLINE),
        a_payment(free, method=ONLINE),
    ]
    record = a_record(
        [*found, other_unit, last_quarter, free],
        [
            a_listed_procedure("p1"),
            a_listed_procedure("p2", fee_vnd=None),
            a_listed_procedure("p3"),
        ],
        fees=fees,
    )

    assert numbers(inputs(record)["3.6"]) == (2, 5)
    assert numbers(inputs(record)["3.5b"]) == (1, 2)


@pytest.mark.parametrize(
    ("petitions", "unit", "expected"),
    [
        pytest.param([], COMMUNE, (0, 0), id="none at all"),
        pytest.param([a_petition()] * 12, COMMUNE, (12, 12), id="a crowd of its own"),
        pytest.param([a_petition()] * 12, PROVINCE, (12, 12), id="of an office under it"),
        pytest.param([a_petition()] * 12, ELSEWHERE, (0, 0), id="of another province"),
        pytest.param([a_petition()] * 9, None, (9, 9), id="few in the whole ledger"),
        pytest.param(
            [*[a_petition()] * 10, *[a_pending_petition()] * 4], COMMUNE, (10, 14), id="late"
        ),
    ],
)
def test_feedback_is_counted_where_it_may_be_shown(
    petitions: list[Any], unit: str | None, expected: tuple[int, int]
) -> None:
    assert numbers(inputs(a_record(petitions=petitions), unit, "2026-Q1")["5.2"]) == expected


def test_too_little_feedback_is_missing_and_no_zero() -> None:
    found = inputs(a_record(petitions=[a_petition()] * 9), COMMUNE, "2026-Q1")

    for indicator in ("5.1a", "5.1b", "5.2", "5.3"):
        assert found[indicator] == Missing(TOO_FEW_PETITIONS)


def test_disputed_or_late_feedback_did_not_satisfy() -> None:
    disputed = a_petition(
        state=PetitionState.DISPUTED,
        disputed_at=parse_moment("2026-03-05"),
        category=FeedbackCategory.STAFF,
    )
    late = a_petition(answered_at=parse_moment("2026-04-20"))
    procedure = a_petition(category=FeedbackCategory.PROCEDURE)

    found = inputs(
        a_record(petitions=[*[procedure] * 8, disputed, disputed, late]), COMMUNE, "2026-03"
    )

    assert numbers(found["5.3"]) == (8, 11)
    assert numbers(found["5.1a"]) == (8, 11)
    assert numbers(found["5.1b"]) == (2, 11)


def test_satisfaction_is_missing_and_at_most_what_is_not_late() -> None:
    found = inputs(a_record([a_dossier(1), a_dossier(2, ended_at=parse_moment("2026-08-05"))]))

    given = found["5.4"]
    assert isinstance(given, Missing)
    assert given.at_most is not None
    assert (given.at_most.numerator, given.at_most.denominator) == (1, 2)


def test_every_indicator_has_an_input_or_its_own_reason() -> None:
    found = inputs(a_record())

    missing = {name: given.reason for name, given in found.items() if isinstance(given, Missing)}
    assert NO_RULE_HERE not in missing.values()
    assert set(NOT_ON_RECORD) | {"5.4"} == set(missing)
