"""A trail beside its peers: the same figures of a person, an office or a proxy, and of all others.

Pure. A peer group holds the dossiers of one procedure, one level of offices and one quarter of
acceptance in which somebody acted in the same role (SPEC: domain.md 7.2, "Common inputs"). Peers
are that group without the dossiers of the trail. They are counted and never named, nobody is
ranked, and below ten dossiers, or three persons or offices, the figures of the peers are left out:
those of one colleague would be a person's. Every figure is whole numbers, so that anybody makes it
again.

A difference is no accusation: whoever is given the difficult dossiers is slower than others.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from domain.deadlines import Timeliness
from domain.dossiers import Dossier, Outcome
from domain.figures import net_duration_seconds, resolution
from domain.offices import OfficeRecord
from domain.outliers.quantiles import MEDIAN, quantile
from domain.roles import OFFICERS_ROLES, Role
from projections.dossier_rows import Act

LEAST_PEER_DOSSIERS: Final = 10
LEAST_PEERS: Final = 3
PERMILLE: Final = 1000
# An import's performer acts in no role that is known.
NO_ROLE: Final = "*"
_REFUSED: Final = frozenset({Outcome.REFUSED, Outcome.NOT_ACCEPTED})


class ContextGroup(NamedTuple):
    """A peer group; the role is `*` where the trail is not a person's."""

    role: str
    procedure: str
    level: str
    quarter: str


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some dossiers; rates in thousandths, rounded down, None of nothing.

    ``resolved`` have ended; ``late`` of them by their due date; ``with_supplements`` and
    ``refused`` are of ``dossiers``; ``median_seconds`` is of those whose ends are known to the
    second, net of waiting.
    """

    dossiers: int
    resolved: int
    late: int
    late_permille: int | None
    with_supplements: int
    supplements_permille: int | None
    refused: int
    refused_permille: int | None
    median_seconds: int | None


class ContextRow(msgspec.Struct, frozen=True, kw_only=True):
    """One peer group of a trail: its own figures, and those of all others in the group.

    ``peer_dossiers`` and ``peers`` (persons, or offices where the trail is not a person's) say how
    many there are, also where they are too few to be shown (``peers_figures`` None).
    """

    role: str
    procedure: str
    level: str
    quarter: str
    own: Side
    peer_dossiers: int
    peers: int
    peers_figures: Side | None


class TrailContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole trail adds up to: its acts by kind, its dossiers, and its peer groups."""

    acts: int
    by_kind: dict[str, int]
    dossiers: int
    groups: tuple[ContextRow, ...]


class DossierGroup(NamedTuple):
    """The dossiers that are like one another, whatever was done on them."""

    procedure: str
    level: str
    quarter: str


@dataclass(frozen=True, slots=True)
class Handled:
    """One dossier as context counts it; ``doers`` are who acted on it, by role."""

    stream: str
    office: str
    procedure: str
    level: str
    quarter: str
    resolved: bool
    late: bool
    supplements: bool
    refused: bool
    seconds: int | None
    doers: frozenset[tuple[str, str]]


@dataclass(slots=True)
class TrailSum:
    """Adds up a trail while it is read, act by act; ``places`` are its dossiers by role.

    ``persons`` are whose trail it is, as their acts name them; empty where it is no person's.
    """

    persons: frozenset[str] = frozenset()
    by_kind: Counter[str] = field(default_factory=Counter)
    places: set[tuple[str, str]] = field(default_factory=set)

    def add(self, act: Act, role: Role | None) -> None:
        """Take in an act, which the trail's person did in this role."""
        self.by_kind[act.kind] += 1
        if act.stream.startswith("dossier:"):
            named = role.value if self.persons and role is not None else NO_ROLE
            self.places.add((named, act.stream))

    @property
    def dossiers(self) -> set[str]:
        """Give the dossiers of the trail."""
        return {stream for _, stream in self.places}


def group_of(dossier: Dossier, record: OfficeRecord | None) -> DossierGroup | None:
    """Give the peer group of a dossier; None before its acceptance or without an office."""
    accepted = dossier.accepted_at
    if accepted is None or record is None:
        return None
    day = accepted.day_in(record.office.time_zone)
    quarter = f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return DossierGroup(dossier.procedure, record.at(accepted).level.value, quarter)


def handled(
    dossier: Dossier,
    acts: Iterable[Act],
    record: OfficeRecord | None,
    person_of: Callable[[str], str],
) -> Handled | None:
    """Keep of a dossier what context counts; None before its acceptance or without an office."""
    group = group_of(dossier, record)
    if group is None or record is None:
        return None
    zone = record.office.time_zone
    return Handled(
        stream=dossier.stream,
        office=dossier.office,
        procedure=group.procedure,
        level=group.level,
        quarter=group.quarter,
        resolved=dossier.ended_at is not None,
        late=resolution(dossier, zone) is Timeliness.LATE,
        supplements=dossier.supplement_requests > 0,
        refused=dossier.outcome in _REFUSED,
        seconds=_seconds(dossier, zone),
        doers=frozenset(_doers(acts, person_of)),
    )


def _seconds(dossier: Dossier, zone: str) -> int | None:
    ends = (dossier.accepted_at, dossier.ended_at)
    if any(end is None or end.is_day_only for end in ends):
        return None
    return net_duration_seconds(dossier, zone)


def _doers(acts: Iterable[Act], person_of: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for act in acts:
        for signer in act.signers:
            if signer.role in OFFICERS_ROLES:
                yield signer.role.value, person_of(signer.key)
        if act.performer is not None:
            yield NO_ROLE, act.performer


def compare(total: TrailSum, population: Iterable[Handled]) -> TrailContext:
    """Put a trail beside its peers; the population holds its dossiers and all like them."""
    own: defaultdict[ContextGroup, list[Handled]] = defaultdict(list)
    others: defaultdict[ContextGroup, list[Handled]] = defaultdict(list)
    roles = {role for role, _ in total.places}
    for each in population:
        for role in roles:
            group = ContextGroup(role, each.procedure, each.level, each.quarter)
            if (role, each.stream) in total.places:
                own[group].append(each)
            elif not total.persons or _peers_in(each, role, total):
                others[group].append(each)
    rows = (_row(group, own[group], others[group], total) for group in sorted(own))
    return TrailContext(
        acts=total.by_kind.total(),
        by_kind=dict(sorted(total.by_kind.items())),
        dossiers=len(total.dossiers),
        groups=tuple(rows),
    )


def _peers_in(each: Handled, role: str, total: TrailSum) -> set[str]:
    return {person for held, person in each.doers if held == role and person not in total.persons}


def _row(
    group: ContextGroup, own: list[Handled], others: list[Handled], total: TrailSum
) -> ContextRow:
    if total.persons:
        peers = {person for each in others for person in _peers_in(each, group.role, total)}
    else:
        peers = {each.office for each in others} - {each.office for each in own}
    is_shown = len(others) >= LEAST_PEER_DOSSIERS and len(peers) >= LEAST_PEERS
    return ContextRow(
        **group._asdict(),
        own=side_of(own),
        peer_dossiers=len(others),
        peers=len(peers),
        peers_figures=side_of(others) if is_shown else None,
    )


def side_of(dossiers: Iterable[Handled]) -> Side:
    """Count some dossiers."""
    counted = list(dossiers)
    resolved = [each for each in counted if each.resolved]
    late = sum(each.late for each in resolved)
    supplements = sum(each.supplements for each in counted)
    refused = sum(each.refused for each in counted)
    times = sorted(each.seconds for each in counted if each.seconds is not None)
    return Side(
        dossiers=len(counted),
        resolved=len(resolved),
        late=late,
        late_permille=_permille(late, len(resolved)),
        with_supplements=supplements,
        supplements_permille=_permille(supplements, len(counted)),
        refused=refused,
        refused_permille=_permille(refused, len(counted)),
        median_seconds=quantile(times, MEDIAN) if times else None,
    )


def _permille(part: int, whole: int) -> int | None:
    return None if whole == 0 else part * PERMILLE // whole
