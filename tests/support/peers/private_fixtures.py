"""Populations for the rules on keys, reads, ratings and complaints: what fires, what is silent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from domain.facts.integrity import AccessPurpose
from domain.moments import Moment
from domain.roles import Role
from projections.findings.opened import Look
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.inputs.private import Complained, PrivateInputs, Rated
from projections.findings.peers.shapes import Population
from tests.support.peers.dossier_fixtures import FIRES, Fixture
from tests.support.peers.populations import (
    APPROVER,
    DAY,
    HOUR,
    RECEIVER,
    START,
    Plan,
    a_population,
    officer,
    spread,
)

COLLEAGUE: Final = officer(902, Role.APPROVER)
READER: Final = "officer-00000000000000fa"


def _approved(
    count: int, apart_seconds: int = 2, drafted_before: int | None = None, **more: Any
) -> list[Plan]:
    """Approve dossiers a week after they came, so many seconds apart."""
    return [
        Plan(
            accepted_at=START + timedelta(seconds=60 * place),
            seconds=7 * DAY + (apart_seconds - 60) * place,
            drafted_before=drafted_before,
            **more,
        )
        for place in range(count)
    ]


def _paced(
    mine: int = 8,
    singles: int = 1_000,
    busy_minutes: int = 0,
    drafted_before: int | None = None,
    **more: Any,
) -> Population:
    """Let one approve so many in a minute, and another one in so many minutes, mostly one each."""
    # Deals the minutes out over working hours: at night would be another finding.
    spread_out = spread([Plan(seconds=HOUR, approver=COLLEAGUE, **more)] * singles, 60)
    own = [
        Plan(seconds=HOUR + place, drafted_before=drafted_before, **more) for place in range(mine)
    ]
    busy = [
        Plan(
            accepted_at=START + timedelta(days=2, minutes=minute),
            seconds=HOUR + place,
            approver=COLLEAGUE,
            **more,
        )
        for minute in range(busy_minutes)
        for place in range(8)
    ]
    return a_population([*spread_out, *own, *busy])


def _night(nightly: int, daily: int, at: datetime = START, **more: Any) -> Population:
    """Let some dossiers be dealt with at eleven at night, some in the morning."""
    plans = [
        Plan(accepted_at=at + timedelta(hours=14 if place < nightly else 0), seconds=HOUR, **more)
        for place in range(nightly + daily)
    ]
    return a_population(plans)


def _sunday() -> Population:
    plans = [Plan(seconds=HOUR)] * 20
    return a_population([*plans, Plan(accepted_at=START - timedelta(days=1), seconds=HOUR)])


SIGNING: Final[Mapping[str, Fixture]] = {
    FIRES: lambda: a_population(_approved(25)),
    "fires: at night": lambda: _night(1, 20),
    "fires: on a Sunday": _sunday,
    "batch_signing": lambda: a_population(_approved(25, drafted_before=3 * DAY)),
    "whole_office": lambda: _night(20, 5),
    "day_only": lambda: _night(1, 20, day_only=True),
    "no_calendar": lambda: replace(_sunday(), calendar=None),
    "beyond_calendar": lambda: a_population(
        [Plan(accepted_at=START.replace(year=2030), seconds=HOUR)] * 20
        # 6 January 2030 is a Sunday.
        + [Plan(accepted_at=START.replace(year=2030, day=6), seconds=HOUR)]
    ),
    "fires: faster than nearly all minutes of others": _paced,
    "few_minutes": lambda: _paced(singles=999),
    "no_office": lambda: _paced(registered=False),
    "innocent: as many as others in some minutes": lambda: _paced(busy_minutes=2),
    "innocent: five in a minute, others one": lambda: _paced(5),
    "innocent: drafts put before, eight in a minute": lambda: _paced(drafted_before=HOUR // 2),
    "innocent: twenty a minute": lambda: a_population(_approved(20)),
}


def _looked(count: int, purpose: AccessPurpose = AccessPurpose.TASK, **more: Any) -> Population:
    """Let somebody read so many dossiers on one day."""
    look = Look(
        key=READER,
        at=Moment(instant=START),
        purpose=purpose,
        had_task=more.pop("had_task", False),
        entry_index=7,
    )
    times = more.pop("times", 1)
    return a_population([Plan(looks=(look,) * times)] * count)


LOOK_UPS: Final[Mapping[str, Fixture]] = {
    FIRES: lambda: _looked(4),
    "on_duty": lambda: _looked(4, AccessPurpose.SUPERVISION),
    "had_task": lambda: _looked(4, had_task=True),
    "one_dossier": lambda: _looked(1, times=4),
    "not_opened": lambda: a_population([Plan()] * 4),
    "innocent: three a day": lambda: _looked(3),
}


def _handed_in(
    *days: int, kind: str = "resolution_refused", applicant: bytes | None = b"x", **later: Any
) -> Population:
    """Refuse a dossier a day after it came, and let its applicant hand in on so many days after."""
    refused = Plan(seconds=None, more=((kind, DAY, APPROVER if "res" in kind else RECEIVER),))
    again = [Plan(accepted_at=START + timedelta(days=day), **later) for day in days]
    population = a_population([refused, *again])
    streams = [each.stream for each in population.observed]
    applicants = {} if applicant is None else dict.fromkeys(streams, applicant)
    return replace(population, private=PrivateInputs(applicants=applicants))


def _of_others(population: Population) -> Population:
    """Let each dossier be of an applicant of its own."""
    applicants = {each.stream: each.stream.encode() for each in population.observed}
    return replace(population, private=PrivateInputs(applicants=applicants))


_SAME_DAY: Final = (("submitted_at", Moment(day=(START + timedelta(days=1)).date())),)
RESUBMISSIONS: Final[Mapping[str, Fixture]] = {
    FIRES: lambda: _handed_in(2, 9),
    "fires: refused at the counter": lambda: _handed_in(2, 9, kind="intake_refused"),
    "fires: more often than before": lambda: _handed_in(-3, 2, 9),
    "not_opened": lambda: replace(_handed_in(2, 9), private=PrivateInputs()),
    "no_number": lambda: _handed_in(2, 9, applicant=None),
    "day_only": lambda: a_matter_of_days(_SAME_DAY),
    "other_matter": lambda: _handed_in(2, 9, procedure="2.000001"),
    "hands_in_often": lambda: _handed_in(-9, -3, 2, 9),
    "innocent: once": lambda: _handed_in(2),
    "innocent: after a month": lambda: _handed_in(2, 32),
    "innocent: other applicants": lambda: _of_others(_handed_in(2, 9)),
}


def a_matter_of_days(submitted: tuple[tuple[str, Any], ...]) -> Population:
    """Let one of two later dossiers come on the day of the refusal, and nobody knows when."""
    population = _handed_in(1, 9, dossier=submitted)
    first, second, third = population.observed
    timed = replace(third, submitted_at=Moment(instant=START + timedelta(days=9)))
    return replace(population, observed=(first, second, timed))


def _collected(count: int) -> list[Plan]:
    returned = Moment(instant=START + timedelta(days=4))
    return [Plan(dossier=(("returned_at", returned),))] * count


def _rated(
    count: int,
    after_seconds: int = -DAY,
    *,
    apart_seconds: int = 20,
    overall: int = 5,
    device: str | None = "kiosk-1",
    day_only: bool = False,
) -> Population:
    """Rate so many collected dossiers, from one device, so long after the collection."""
    population = a_population(_collected(count))
    ratings = []
    for place, each in enumerate(population.observed):
        assert each.returned_at is not None
        at = each.returned_at + timedelta(seconds=after_seconds + apart_seconds * place)
        moment = Moment(day=at.date()) if day_only else Moment(instant=at)
        ratings.append(Rated(f"rating:{place:032x}", each.stream, moment, overall, device))
    return replace(population, private=PrivateInputs(ratings=tuple(ratings)))


def _in_month(
    month: int, count: int, rated: int, office: str = "H27", *, low: int = 0
) -> tuple[list[Plan], list[int | None]]:
    """Collect so many dossiers on the 10th of a month, and rate some of them the day after."""
    returned = Moment(instant=datetime(2026, month, 10, 3, tzinfo=UTC))
    plan = Plan(
        accepted_at=datetime(2026, month, 5, 3, tzinfo=UTC),
        office=office,
        dossier=(("returned_at", returned),),
    )
    marks = [2 if place < low else 4 for place in range(rated)]
    return [plan] * count, [*marks, *(None for _ in range(count - rated))]


Months = Sequence[tuple[list[Plan], list[int | None]]]


def _answered(
    *months: tuple[list[Plan], list[int | None]], as_of: str = "2026-12-31"
) -> Population:
    plans = [plan for made, _ in months for plan in made]
    given = [mark for _, marks in months for mark in marks]
    population = a_population(plans, as_of=f"{as_of}T00:00:00Z")
    ratings = tuple(
        Rated(f"rating:{place:032x}", each.stream, _day_after(each), mark)
        for place, (each, mark) in enumerate(zip(population.observed, given, strict=True))
        if mark is not None
    )
    return replace(population, private=PrivateInputs(ratings=ratings))


def _day_after(each: Observed) -> Moment:
    assert each.returned_at is not None
    return Moment(instant=each.returned_at + timedelta(days=1))


def _silenced(count: int = 60, low: int = 10, after: int = 2, rated: int = 40) -> Months:
    """Let two thirds rate until many marks of May are low, and hardly anybody from June on."""
    return (
        _in_month(2, count, rated),
        _in_month(3, count, rated),
        _in_month(4, count, rated),
        _in_month(5, count, rated, low=low),
        _in_month(6, count, after),
        _in_month(7, count, after),
        _in_month(8, count, after),
    )


def _others(after: int) -> Months:
    return tuple(_in_month(month, 60, 40 if month < 6 else after, "H28") for month in range(2, 9))


RATINGS: Final[Mapping[str, Fixture]] = {
    FIRES: lambda: _rated(6),
    "fires: seconds after the collection": lambda: _rated(1, 9),
    "fires: fewer rate after bad marks": lambda: _answered(*_silenced()),
    "fires: fewer rate here, as many elsewhere": lambda: _answered(*_silenced(), *_others(40)),
    "drops_elsewhere": lambda: _answered(*_silenced(), *_others(2)),
    "few_bad_marks": lambda: _answered(*_silenced(low=4)),
    "few_ended": lambda: _answered(*_silenced(9, low=9, after=0, rated=9)),
    "not_over": lambda: _answered(*_silenced(), as_of="2026-09-30"),
    "innocent: low marks, and people rate on": lambda: _answered(*_silenced(after=40)),
    "innocent: a fifth fewer": lambda: _answered(*_silenced(after=32)),
    "kiosk": lambda: _rated(6, 60),
    "mixed_marks": lambda: _rated(6, overall=4),
    "not_opened": lambda: a_population(_collected(6)),
    "no_device": lambda: _rated(6, device=None),
    "day_only": lambda: _rated(6, day_only=True),
    "innocent: five in ten minutes": lambda: _rated(5),
    "innocent: six in eleven minutes": lambda: _rated(6, apart_seconds=132),
    "innocent: ten seconds after the collection": lambda: _rated(1, 10),
}


def _inputs(observed: Sequence[Observed], complainants: int) -> PrivateInputs:
    """Let the first dossiers be of people who had complained about an older one each."""
    first = observed[:complainants]
    older = observed[complainants : 2 * complainants]
    applicants = {each.stream: f"{place:04d}".encode() for place, each in enumerate(observed)}
    applicants |= {
        old.stream: applicants[each.stream] for each, old in zip(first, older, strict=True)
    }
    # Those older dossiers come after the complaint, too, unless the complaint follows them.
    complaints = tuple(Complained(old.stream, Moment(instant=_after(old))) for old in older)
    return PrivateInputs(applicants=applicants, complaints=complaints)


def _after(old: Observed) -> datetime:
    return (old.accepted_at or START) + timedelta(hours=1)


def _complained(
    count: int = 25, seconds: int = 9 * DAY, *, opened: bool = True, **more: Any
) -> Population:
    """Let complainants wait nine days and others three or so; all in one quarter."""
    ordinary = {name: value for name, value in more.items() if name != "dossier"}
    slow = [
        Plan(accepted_at=START + timedelta(days=40), seconds=seconds + 600 * place, **more)
        for place in range(count)
    ]
    usual = spread([Plan(seconds=3 * DAY + 700 * place % DAY, **ordinary) for place in range(150)])
    population = a_population([*slow, *usual])
    if not opened:
        return population
    return replace(population, private=_inputs(population.observed, count))


RETALIATION: Final[Mapping[str, Fixture]] = {
    FIRES: _complained,
    "harder_case": lambda: _complained(dossier=(("supplement_requests", 1),)),
    "not_opened": lambda: _complained(opened=False),
    "too_few": lambda: _complained(19),
    "day_only": lambda: _complained(day_only=True),
    "no_office": lambda: _complained(registered=False),
    "innocent: hardly slower": lambda: _complained(seconds=4 * DAY),
}
