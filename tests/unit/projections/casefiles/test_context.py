"""A trail beside its peers: compared with the obvious count, and nobody is named or ranked."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median_low

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.actions import Signer
from domain.moments import Moment
from domain.roles import Role
from projections.casefiles.context import (
    LEAST_PEER_DOSSIERS,
    LEAST_PEERS,
    NO_ROLE,
    Handled,
    TrailSum,
    compare,
    side_of,
)
from projections.dossier_rows import Act

ME = "officer-me"
PERSONS = (ME, "officer-a", "officer-b", "officer-c", "officer-d")
ROLES = ("processor", "receiver")

_doers = st.frozensets(st.tuples(st.sampled_from(ROLES), st.sampled_from(PERSONS)), max_size=4)
_handled = st.builds(
    Handled,
    stream=st.just(""),
    office=st.sampled_from(("A", "B", "C", "D")),
    procedure=st.sampled_from(("P", "Q")),
    level=st.just("commune"),
    quarter=st.sampled_from(("2026-Q3", "2026-Q4")),
    resolved=st.booleans(),
    late=st.booleans(),
    supplements=st.booleans(),
    refused=st.booleans(),
    seconds=st.none() | st.integers(0, 10**7),
    doers=_doers,
)


@st.composite
def populations(draw: st.DrawFn) -> tuple[Handled, ...]:
    found = draw(st.lists(_handled, max_size=60))
    return tuple(
        Handled(**{name: getattr(each, name) for name in Handled.__slots__} | {"stream": str(n)})
        for n, each in enumerate(found)
    )


def a_dossier(number: int, person: str, **changes: object) -> Handled:
    members: dict[str, object] = {
        "stream": f"dossier:{number}",
        "office": "A",
        "procedure": "P",
        "level": "commune",
        "quarter": "2026-Q4",
        "resolved": True,
        "late": False,
        "supplements": False,
        "refused": False,
        "seconds": 100,
        "doers": frozenset({("processor", person)}),
    }
    return msgspec.convert(members | changes, Handled)


def total_of(places: set[tuple[str, str]], *persons: str) -> TrailSum:
    return TrailSum(frozenset(persons), Counter(), places)


@given(populations())
def test_figures_of_a_person_are_those_of_the_obvious_count(
    population: tuple[Handled, ...],
) -> None:
    places = {(role, each.stream) for each in population for role, who in each.doers if who == ME}

    context = compare(total_of(places, ME), population)

    for row in context.groups:
        like = [
            each
            for each in population
            if (each.procedure, each.level, each.quarter) == (row.procedure, row.level, row.quarter)
        ]
        own = [each for each in like if (row.role, ME) in each.doers]
        others = [
            each
            for each in like
            if each not in own and any(role == row.role for role, _ in each.doers)
        ]
        peers = {who for each in others for role, who in each.doers if role == row.role}
        assert row.own == side_of(own)
        assert row.own.dossiers > 0
        assert (row.peer_dossiers, row.peers) == (len(others), len(peers))
        is_shown = len(others) >= LEAST_PEER_DOSSIERS and len(peers) >= LEAST_PEERS
        assert row.peers_figures == (side_of(others) if is_shown else None)
    shown = msgspec.json.encode(context).decode()
    assert not any(person in shown for person in PERSONS)


@given(st.lists(_handled, max_size=40))
def test_side_counts_by_hand(population: Sequence[Handled]) -> None:
    side = side_of(population)

    times = [each.seconds for each in population if each.seconds is not None]
    assert side.median_seconds == (median_low(times) if times else None)
    late = [each for each in population if each.resolved and each.late]
    assert side.late == len(late) <= side.resolved
    assert side.late_permille == (1000 * len(late) // side.resolved if side.resolved else None)
    assert side.refused + sum(not each.refused for each in population) == side.dossiers


def test_nine_dossiers_and_two_colleagues_are_too_few_to_be_shown() -> None:
    mine = [a_dossier(0, ME)]
    places = {("processor", "dossier:0")}

    def peers(count: int, persons: int) -> object:
        others = [a_dossier(n, PERSONS[1 + n % persons]) for n in range(1, count + 1)]
        (row,) = compare(total_of(places, ME), mine + others).groups
        return row.peers_figures

    assert peers(9, 3) is None
    assert peers(10, 2) is None
    assert peers(10, 3) is not None


def test_peers_are_of_the_same_role_procedure_level_and_quarter() -> None:
    like = [a_dossier(n, PERSONS[1 + n % 3]) for n in range(1, 11)]
    unlike = [
        a_dossier(20, "officer-a", procedure="Q"),
        a_dossier(21, "officer-a", level="province"),
        a_dossier(22, "officer-a", quarter="2026-Q3"),
        a_dossier(23, "officer-a", doers=frozenset({("receiver", "officer-a")})),
        # One's own outside the period of the trail is no peer's either.
        a_dossier(24, ME),
    ]

    (row,) = compare(
        total_of({("processor", "dossier:0")}, ME), [a_dossier(0, ME), *like, *unlike]
    ).groups

    assert (row.own.dossiers, row.peer_dossiers, row.peers) == (1, 10, 3)


def test_office_is_beside_the_other_offices() -> None:
    own = [a_dossier(n, ME, office="A") for n in range(3)]
    others = [a_dossier(10 + n, ME, office="BCD"[n % 3], late=n == 0) for n in range(12)]
    places = {(NO_ROLE, each.stream) for each in own}

    (row,) = compare(total_of(places), own + others).groups

    assert (row.role, row.own.dossiers, row.peer_dossiers, row.peers) == ("*", 3, 12, 3)
    assert row.peers_figures is not None
    assert (row.peers_figures.late, row.peers_figures.late_permille) == (1, 83)


def test_sum_keeps_roles_for_a_person_alone_and_counts_every_act() -> None:
    act = Act(
        entry_index=1, stream="dossier:1", version=2, kind="dossier.accepted",
        at=Moment(instant=datetime(2026, 11, 20, tzinfo=UTC)),
        recorded_at=datetime(2026, 11, 20, tzinfo=UTC), office="A",
        signers=(Signer(key=ME, role=Role.RECEIVER),),
    )  # fmt: skip
    of_person, of_office = TrailSum(frozenset({ME})), TrailSum()
    for total in (of_person, of_office):
        total.add(act, Role.RECEIVER)
        total.add(msgspec.structs.replace(act, stream="key:x", kind="key.registered"), Role.HOLDER)

    assert of_person.places == {("receiver", "dossier:1")}
    assert of_office.places == {(NO_ROLE, "dossier:1")}
    assert of_person.by_kind == {"dossier.accepted": 1, "key.registered": 1}
    assert compare(of_person, []).dossiers == 1
