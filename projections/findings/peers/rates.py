"""Rates of officers against their peers: the funnel that several rules share.

A rate is that of one officer in one role: a receiver is held against receivers. The group's rate
takes the officer in, which makes it harder to be an outlier where there are few peers.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from domain.errors import Sentence
from domain.outliers.binomial import FunnelLimits, binomial_tails, funnel_limits
from domain.roles import Role
from projections.findings.peers.grouping import TOO_FEW, by_group
from projections.findings.peers.inputs.observing import Deed, Doer, Observed
from projections.findings.peers.shapes import (
    Examination,
    Numbers,
    PeerGroup,
    PeerRule,
    Population,
    Trial,
    entries_of_deeds,
    stream_of_person,
)
from projections.findings.shapes import Finding, Peers

Shows = Callable[[Observed, Doer], Sequence[Deed]]
"""Gives the deeds by which a dossier counts against somebody who handled it, if it does."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What is rated: in which roles, which dossiers are theirs, what counts, and how it is said.

    A dossier is theirs who acted on it in one of the roles; `name` stands in measurements.
    """

    name: str
    what: Sentence
    roles: frozenset[Role | None]
    shows: Shows


@dataclass(frozen=True, slots=True)
class _Handled:
    office: str
    deeds: tuple[Deed, ...]
    stream: str


@dataclass(frozen=True, slots=True)
class _Against:
    """The peers of one officer: their number of dossiers and hits, the officer's own taken in."""

    group: PeerGroup
    trials: int
    hits: int


def examine_rate(
    rule: PeerRule, rate: Rate, population: Population, numbers: Numbers, into: Examination
) -> None:
    """Hold every officer's rate against the peers'."""
    for group, dossiers in by_group(population.observed, into):
        for handled in _by_role(rate, dossiers).values():
            into.trials += _trials(rule, rate, (group, handled), numbers, into)
            _measure(rate, handled.values(), into)


def _measure(rate: Rate, handled: Iterable[Sequence[_Handled]], into: Examination) -> None:
    """Add up all officers' dossiers, and those that count, for the base rate of the population."""
    hits, every = into.measured.get(rate.name, (0, 0))
    for each in handled:
        hits, every = hits + sum(bool(one.deeds) for one in each), every + len(each)
    into.measured[rate.name] = hits, every


def _by_role(
    rate: Rate, dossiers: Iterable[Observed]
) -> dict[Role | None, dict[Doer, list[_Handled]]]:
    roles: defaultdict[Role | None, dict[Doer, list[_Handled]]] = defaultdict(dict)
    for observed in dossiers:
        for doer in observed.doers(rate.roles):
            handled = _Handled(observed.office, tuple(rate.shows(observed, doer)), observed.stream)
            roles[doer.role].setdefault(doer, []).append(handled)
    return roles


def _trials(
    rule: PeerRule,
    rate: Rate,
    peers: tuple[PeerGroup, dict[Doer, list[_Handled]]],
    numbers: Numbers,
    into: Examination,
) -> Iterator[Trial]:
    group, by_doer = peers
    total = sum(map(len, by_doer.values()))
    hits = sum(bool(each.deeds) for handled in by_doer.values() for each in handled)
    against = _Against(group, total, hits)
    for doer, handled in sorted(by_doer.items(), key=lambda pair: pair[0].person):
        if min(len(handled), total - len(handled)) < numbers.least_dossiers:
            into.silent[TOO_FEW.name] += 1
            continue
        yield _trial(rule, rate, doer, handled, against)


def _trial(
    rule: PeerRule,
    rate: Rate,
    doer: Doer,
    handled: Sequence[_Handled],
    against: _Against,
) -> Trial:
    hits, pooled = sum(bool(each.deeds) for each in handled), Fraction(against.hits, against.trials)
    tails, limits = (
        binomial_tails(hits, len(handled), pooled),
        funnel_limits(len(handled), pooled),
    )
    if not limits.is_above(hits):
        return Trial(p_value=tails.upper)
    return Trial(_finding(rule, rate, doer, handled, (against, limits)), tails.upper)


def _finding(
    rule: PeerRule,
    rate: Rate,
    doer: Doer,
    handled: Sequence[_Handled],
    beside: tuple[_Against, FunnelLimits],
) -> Finding:
    against, limits = beside
    hits = [each for each in handled if each.deeds]
    reason = Sentence(
        f"{rate.what.vi}: {len(hits)} trên {len(handled)} hồ sơ của cán bộ này, so với "
        f"{against.hits} trên {against.trials} của cả nhóm.",
        f"{rate.what.en}: {len(hits)} of this officer's {len(handled)} dossiers, against "
        f"{against.hits} of {against.trials} in the whole group.",
    )
    return rule.finding(
        stream_of_person(doer.person),
        _office_of(hits),
        reason,
        entries_of_deeds(deed for each in hits for deed in each.deeds),
        peers=Peers(
            group=against.group.said,
            n=against.trials,
            threshold=f"{limits.too_many}/{len(handled)}",
            base_rate=f"{against.hits}/{against.trials}",
            observed=f"{len(hits)}/{len(handled)}",
        ),
    )


def _office_of(handled: Iterable[_Handled]) -> str:
    """Give the office where most of it happened; of several alike the first by id."""
    counts: defaultdict[str, int] = defaultdict(int)
    for each in handled:
        counts[each.office] += 1
    return min(counts, key=lambda office: (-counts[office], office))
