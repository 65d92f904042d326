"""What a statistics address asks: query members read into requests, the same in server and CLI.

The first definitions (`counts@v1`, `durations@v1`) answer as long as only their members are used;
any other member asks for the groupings of the second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.errors import MalformedParameter
from domain.errors import MalformedMoment
from domain.facts import Channel, RatingStage
from domain.offices import Level
from projections.counts import Span
from projections.statistics.asking import Dimension, Query
from projections.statistics.periods import Granularity, granularity_of, periods_between
from projections.tallies.placing import Apart, RatingQuery

COUNTS: Final = "/v1/statistics/counts"
DURATIONS: Final = "/v1/statistics/durations"
TIMELINESS: Final = "/v1/statistics/timeliness"
BACKLOG: Final = "/v1/statistics/backlog"
COMPARISON: Final = "/v1/statistics/comparison"
STEPS: Final = "/v1/statistics/steps"
VISITS: Final = "/v1/statistics/visits"
FEES: Final = "/v1/statistics/fees"
VEILED: Final = "/v1/statistics/veiled"
PETITIONS: Final = "/v1/statistics/petitions"
RATINGS: Final = "/v1/statistics/ratings"

MAX_PERIODS: Final = 400

_SPAN: Final = ("from", "to")
_PLACES: Final = ("office", "subtree", "level", "procedure", "field")
_OF_WHOM: Final = (*_PLACES, "channel")
GROUPED_MEMBERS: Final = (*_SPAN, *_OF_WHOM, "granularity", "by", "format")
MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    COUNTS: GROUPED_MEMBERS,
    DURATIONS: GROUPED_MEMBERS,
    TIMELINESS: GROUPED_MEMBERS,
    BACKLOG: GROUPED_MEMBERS,
    STEPS: GROUPED_MEMBERS,
    VISITS: GROUPED_MEMBERS,
    FEES: GROUPED_MEMBERS,
    COMPARISON: (*_SPAN, *_OF_WHOM, "granularity", "format"),
    VEILED: (*_SPAN, "office", "format"),
    PETITIONS: ("format",),
    RATINGS: (*_SPAN, *_PLACES, "stage", "granularity", "by", "format"),
}
# What the first definitions know; of `by`, the durations know one value.
_FIRST: Final = frozenset({*_SPAN, "office", "procedure", "format"})

Members = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FirstRequest:
    """What is asked of the first definitions, and of veiled dossiers."""

    span: Span
    office: str | None
    procedure: str | None
    by_period: bool = False


def is_first(path: str, members: Members) -> bool:
    """Tell whether an address asks for a first definition."""
    if path == DURATIONS and members.get("by") == Dimension.PERIOD:
        members = {name: text for name, text in members.items() if name != "by"}
    months = [members[name] for name in _SPAN if name in members]
    return (
        path in (COUNTS, DURATIONS)
        and members.keys() <= _FIRST
        and all(_granularity_of(name) in (Granularity.MONTH, None) for name in months)
    )


def first_request(members: Members) -> FirstRequest:
    """Read a request for a first definition.

    Raises:
        MalformedParameter: a member is not what it must be.
    """
    first, last = (_month(members, name) for name in _SPAN)
    _check_order(first, last)
    by_period = members.get("by") == Dimension.PERIOD
    return FirstRequest(
        Span(first, last), members.get("office"), members.get("procedure"), by_period
    )


def grouped_query(path: str, members: Members) -> Query:
    """Read a request for groups.

    Raises:
        MalformedParameter: a member is not what it must be, or too many periods are asked for.
    """
    granularity = _granularity(members)
    first, last = members.get("from"), members.get("to")
    _check_order(first, last)
    by = _dimensions(path, members)
    if Dimension.PERIOD in by:
        _check_periods(first, last, granularity)
    return Query(
        office=members.get("office"),
        subtree=_flag(members, "subtree"),
        level=_one_of(members, "level", [level.value for level in Level]),
        procedure=members.get("procedure"),
        field=members.get("field"),
        channel=_one_of(members, "channel", [channel.value for channel in Channel]),
        first=first,
        last=last,
        granularity=granularity,
        by=by,
    )


def rating_query(members: Members) -> RatingQuery:
    """Read a request for ratings.

    Raises:
        MalformedParameter: a member is not what it must be, or days are asked for.
    """
    text = members.get("by")
    try:
        by = frozenset(map(Apart, text.split(","))) if text else frozenset[Apart]()
    except ValueError as error:
        raise MalformedParameter(f"by lists any of {', '.join(Apart)}, between commas") from error
    if _granularity(members) is Granularity.DAY:
        raise MalformedParameter("tallies of ratings are of whole months: no days can be asked for")
    stage = _one_of(members, "stage", [each.value for each in RatingStage])
    of = grouped_query(RATINGS, {**members, "by": ",".join(by - {Apart.STAGE})})
    return RatingQuery(of, None if stage is None else RatingStage(stage), Apart.STAGE in by)


def _dimensions(path: str, members: Members) -> frozenset[Dimension]:
    if path == COMPARISON:
        return frozenset({Dimension.OFFICE})
    text = members.get("by")
    try:
        by = frozenset(map(Dimension, text.split(","))) if text else frozenset[Dimension]()
    except ValueError as error:
        names = ", ".join(Dimension)
        raise MalformedParameter(f"by lists any of {names}, between commas") from error
    return by | {Dimension.PERIOD} if path == BACKLOG else by


def _granularity(members: Members) -> Granularity:
    text = _one_of(members, "granularity", [each.value for each in Granularity])
    given = {_granularity_of(members[name]) for name in _SPAN if name in members}
    wanted = Granularity(text) if text is not None else next(iter(given), None)
    wanted = wanted or Granularity.MONTH
    if given - {wanted}:
        forms = "a day such as 2026-11-21, a month 2026-11, a quarter 2026-Q4 or a year 2026"
        raise MalformedParameter(f"from and to are {forms}, both of the granularity")
    return wanted


def _granularity_of(text: str) -> Granularity | None:
    try:
        return granularity_of(text)
    except MalformedMoment:
        return None


def _month(members: Members, name: str) -> str | None:
    text = members.get(name)
    if text is not None and _granularity_of(text) is not Granularity.MONTH:
        raise MalformedParameter(f"{name} is a month such as 2026-11")
    return text


def _check_order(first: str | None, last: str | None) -> None:
    if first is not None and last is not None and first > last:
        raise MalformedParameter("from comes after to")


def _check_periods(first: str | None, last: str | None, granularity: Granularity) -> None:
    if granularity is not Granularity.DAY:
        return
    if first is None or last is None:
        raise MalformedParameter("figures by the day need from and to")
    if sum(1 for _ in periods_between(first, last, granularity)) > MAX_PERIODS:
        raise MalformedParameter(f"at most {MAX_PERIODS} days can be asked for at once")


def _flag(members: Members, name: str) -> bool:
    return _one_of(members, name, ["0", "1"]) == "1"


def _one_of(members: Members, name: str, known: list[str]) -> str | None:
    text = members.get(name)
    if text is not None and text not in known:
        raise MalformedParameter(f"{name} is one of {', '.join(known)}")
    return text
