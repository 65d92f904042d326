"""Populations for the rules on dossiers: for each rule one that fires, and one for each silence."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from domain.actions import Signer
from domain.dossiers import Wait, WaitKind
from domain.moments import Moment
from domain.procedures import Limit, LimitUnit
from domain.roles import Role
from projections.findings.peers.inputs.private import PrivateInputs
from projections.findings.peers.shapes import Population
from tests.support.dossier_cases import a_procedure
from tests.support.peers.populations import (
    DAY,
    HOUR,
    START,
    Plan,
    a_population,
    officer,
    spread,
)

FIRES: Final = "fires"
Fixture = Callable[[], Population]
APPLICANT: Final = Signer("applicant-00000000000000ab", Role.APPLICANT)
PROXY_KEY: Final = "proxy-00000000000000ac"
OTHER_PROXY: Final = "proxy-00000000000000ad"
PROXY: Final = (("proxy_keys", (PROXY_KEY,)),)
OFFICERS: Final = 10
EACH: Final = 40

_GAME: Final = {"game": True}
_SUPPLEMENT: Final = {"more": (("supplement_requested", DAY, officer(1)),)}
_WITHDRAWN: Final = {"more": (("withdrawal_requested", DAY, APPLICANT),)}


def _of(change: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Give a change as officer ``number`` makes it."""
    more = tuple(
        (kind, after, officer(number) if signer.role is Role.PROCESSOR else signer)
        for kind, after, signer in change.get("more", ())
    )
    return dict(change) | ({"more": more} if more else {})


def _rates(
    change: Mapping[str, Any],
    *,
    own: int = 20,
    own_all: int = EACH,
    others: int = 1,
    registered: bool = True,
) -> Population:
    """Let officer 1 have ``own`` of ``own_all`` dossiers changed, each other ``others`` of 40."""
    plans = []
    for number in range(1, OFFICERS + 1):
        changed, size = (own, own_all) if number == 1 else (others, EACH)
        for place in range(size):
            plan = Plan(processor=officer(number), registered=registered)
            plans.append(replace(plan, **_of(change, number)) if place < changed else plan)
    return a_population(spread(plans))


def _rate_fixtures(change: Mapping[str, Any]) -> dict[str, Fixture]:
    return {
        FIRES: lambda: _rates(change),
        "like_the_others": lambda: _rates(change, others=20),
        "too_few": lambda: _rates(change, own=29, own_all=29, others=0),
        "no_office": lambda: _rates(change, registered=False),
    }


def _usual(count: int, **more: Any) -> list[Plan]:
    """Make dossiers that take from two to four days."""
    return [Plan(seconds=2 * DAY + place * 1_700 % (2 * DAY), **more) for place in range(count)]


def _quick(ordinary: list[Plan], **more: Any) -> Population:
    return a_population(spread([*ordinary, Plan(seconds=60, **more)]))


def _sitting(ordinary: list[Plan], count: int = 5, **more: Any) -> Population:
    at = START + timedelta(days=30)
    burst = [
        Plan(accepted_at=at + timedelta(minutes=2 * place), seconds=1_200, **more)
        for place in range(count)
    ]
    return a_population([*spread(ordinary), *burst])


def _delivered_together() -> Population:
    plans = _usual(100)
    end = START + timedelta(days=40)
    together = [
        Plan(accepted_at=end - timedelta(seconds=plan.seconds or 0), seconds=plan.seconds)
        for plan in plans[:20]
    ]
    return a_population([*spread(plans), *together])


_HOURS: Final = a_procedure(limit=Limit(unit=LimitUnit.HOURS, amount=4))
SPEED: Final[Mapping[str, Fixture]] = {
    FIRES: lambda: _quick(_usual(100)),
    "fires: burst": lambda: _sitting(_usual(100)),
    "same_day": lambda: _quick(_usual(100, version=_HOURS), version=_HOURS),
    "batch_delivery": _delivered_together,
    "quick_for_all": lambda: _sitting([Plan(seconds=1_000 + 13 * place) for place in range(100)]),
    "too_few": lambda: _quick(_usual(29)),
    "no_office": lambda: _quick(_usual(100, registered=False), registered=False),
    "day_only": lambda: _quick(_usual(100, day_only=True), day_only=True),
    "veiled": lambda: _quick(_usual(100), veiled=True),
    "no_spread": lambda: _quick([Plan() for _ in range(100)]),
}


def _finished(day: int, office: str, registered: bool) -> Plan:
    at = START + timedelta(days=day - 5 - 3)
    return Plan(accepted_at=at, seconds=3 * DAY, office=office, registered=registered)


def _month(  # one office's January
    early: int, late: int, office: str = "H27", *, registered: bool = True, days: int = 20
) -> list[Plan]:
    """Finish dossiers evenly on the first days of January, and others on the last two of them."""
    first = [place % (days - 2) + 5 for place in range(early)]
    last = [days + 3 + place % 2 for place in range(late)]
    return [_finished(day, office, registered) for day in (*first, *last)]


def _offices(*shares: tuple[int, int]) -> list[Plan]:
    return [
        plan
        for number, (early, late) in enumerate(shares)
        for plan in _month(early, late, f"H{27 + number}")
    ]


SPIKE: Final[Mapping[str, Fixture]] = {
    FIRES: lambda: a_population(_offices((60, 40), (90, 10), (90, 10))),
    "fires: alone": lambda: a_population(_offices((60, 40))),
    "peers_too": lambda: a_population(_offices((60, 40), (60, 40), (60, 40))),
    "too_few": lambda: a_population(_offices((18, 11), (90, 10))),
    "no_office": lambda: a_population(_month(60, 40, registered=False)),
    "few_days": lambda: a_population(_month(60, 40, days=9)),
    "veiled": lambda: a_population([replace(plan, veiled=True) for plan in _offices((60, 40))]),
    "not_over": lambda: a_population(_offices((60, 40)), as_of="2026-01-31T10:00:00Z"),
}


def _waited(since_day: int) -> tuple[tuple[str, Any], ...]:
    since = START + timedelta(days=since_day)
    wait = Wait(WaitKind.SUPPLEMENT, Moment(instant=since), Moment(instant=since))
    return (("waits", (wait,)),)


def _queue(ordinary: int = 100, jump: Mapping[str, Any] | None = None, **more: Any) -> Population:
    """Let a hundred dossiers take twenty days, and four of one proxy, later, an hour each."""
    slow = [
        Plan(accepted_at=START + timedelta(hours=place), seconds=20 * DAY + 60 * place, **more)
        for place in range(ordinary)
    ]
    jumping = {"dossier": PROXY} | (more if "registered" in more or "day_only" in more else {})
    quick = [
        Plan(
            accepted_at=START + timedelta(days=8, hours=place),
            seconds=HOUR,
            **(jumping | dict(jump or {})),
        )
        for place in range(4)
    ]
    return a_population([*slow, *quick])


def _jumped_under_two_keys(holders: Mapping[str, bytes]) -> Population:
    """Let the four that jumped be of one proxy under two keys, each twice."""
    population = _queue()
    jumped = [each for each in population.observed if each.proxies]
    other = {each.stream for each in jumped[:2]}
    observed = tuple(
        replace(each, proxies=(OTHER_PROXY,)) if each.stream in other else each
        for each in population.observed
    )
    return replace(population, observed=observed, private=PrivateInputs(holders=holders))


QUEUES: Final[Mapping[str, Fixture]] = {
    FIRES: _queue,
    "fires: one number under two keys": lambda: _jumped_under_two_keys(
        {PROXY_KEY: b"same", OTHER_PROXY: b"same"}
    ),
    "innocent: twice for each of two proxies": lambda: _jumped_under_two_keys({}),
    "express": lambda: _queue(jump={"limit_days": 2}),
    "the_other_waited": lambda: _queue(dossier=_waited(1)),
    "too_few": lambda: _queue(26),
    "no_office": lambda: _queue(registered=False),
    "day_only": lambda: _queue(day_only=True),
    "no_proxy": lambda: _queue(jump={"dossier": ()}),
    "innocent: a fast case of many applicants": lambda: _queue(
        jump={"dossier": (("proxy_keys", ()),)}
    ),
}


def _brokers(
    own: int = 20,
    own_all: int = 60,
    others: int = 0,
    proxy: tuple[tuple[str, Any], ...] = PROXY,
    **more: Any,
) -> Population:
    """Let a proxy have ``own`` of officer 1's dossiers, and ``others`` of 60 of four others'."""
    plans = []
    for number in range(1, 6):
        mine, size = (own, own_all) if number == 1 else (others, 60)
        for place in range(size):
            plan = Plan(processor=officer(number), receiver=officer(100 + number, Role.RECEIVER))
            has_proxy = place < mine
            changed: dict[str, Any] = {"dossier": proxy} if has_proxy else {}
            if has_proxy and number == 1:
                changed |= {name: value for name, value in more.items() if name == "seconds"}
            if "registered" in more:
                changed["registered"] = more["registered"]
            plans.append(replace(plan, **changed))
    return a_population(spread(plans))


def proxies_under_two_keys(holders: Mapping[str, bytes]) -> Population:
    """Let a proxy sign under one of two keys, each for six of officer 1's first dossiers."""
    population = _brokers(12)
    first = [each.stream for each in population.observed if each.proxies][:6]
    observed = tuple(
        replace(each, proxies=(OTHER_PROXY,)) if each.stream in first else each
        for each in population.observed
    )
    return replace(population, observed=observed, private=PrivateInputs(holders=holders))


def _one_contact() -> Population:
    population = _brokers()
    streams = [each.stream for each in population.observed if each.proxies]
    bare = tuple(replace(each, proxies=()) for each in population.observed)
    private = PrivateInputs(contacts=dict.fromkeys(streams, b"contact"))
    return replace(population, observed=bare, private=private)


def _one_account() -> Population:
    population = _brokers()
    shared = tuple(
        replace(each, proxies=(), applicant_keys=(APPLICANT.key,) if each.proxies else ())
        for each in population.observed
    )
    private = PrivateInputs(accounts=frozenset({APPLICANT.key}))
    return replace(population, observed=shared, private=private)


BROKERS: Final[Mapping[str, Fixture]] = {
    FIRES: _brokers,
    "fires: one number under two keys": lambda: proxies_under_two_keys(
        {PROXY_KEY: b"same", OTHER_PROXY: b"same"}
    ),
    "fires: one contact of several applicants": _one_contact,
    "fires: one key of several applicants": _one_account,
    "innocent: a key that stands for one applicant": lambda: replace(
        _one_account(), private=PrivateInputs(holders={APPLICANT.key: b"one"})
    ),
    "innocent: two persons, two keys": lambda: proxies_under_two_keys(
        {PROXY_KEY: b"one", OTHER_PROXY: b"another"}
    ),
    "fires: speed": lambda: _brokers(12, others=12, seconds=HOUR),
    "everywhere": lambda: _brokers(others=20),
    "few_of_pair": lambda: _brokers(9),
    "too_few": lambda: _brokers(20, 29),
    "no_proxy": lambda: _brokers(proxy=()),
    "no_office": lambda: _brokers(registered=False),
}


def _performers() -> Population:
    plans = []
    for number in range(1, OFFICERS + 1):
        for place in range(EACH):
            asks = place < (20 if number == 1 else 1)
            more = (("supplement_requested", DAY, officer(number)),) if asks else ()
            plans.append(Plan(performer=f"{number:016x}", more=more))
    return a_population(spread(plans))


GAMES: Final = _rate_fixtures(_GAME)
OUTLIERS: Final[Mapping[str, Fixture]] = _rate_fixtures(_SUPPLEMENT) | {
    "fires: refusals": lambda: _rates({"more": (("resolution_refused", DAY, officer(1)),)}),
    "fires: performers of an import": _performers,
}
WITHDRAWALS: Final = _rate_fixtures(_WITHDRAWN)
