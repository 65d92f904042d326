"""Pages of findings while leads and raisings come and go: what stays is shown exactly once."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from hypothesis import given
from hypothesis import strategies as st

from api.resources.findings.gathering import Gatherer, Joining, Pager
from api.resources.findings.leads import Looked, Scope
from domain.facts import ANY_OFFICE, Grant
from domain.keys import KeyRecord
from domain.moments import parse_moment
from domain.roles import Role
from projections.findings import Finding
from projections.findings.life.identities import bounded, identity_of_lead, stream_for
from projections.findings.life.records import FindingLife, Step
from projections.findings.peers.running import PEER_RULES
from projections.findings.rules.clocks.clock_games import R05
from projections.findings.rules.clocks.supplements import R02
from projections.findings.shapes import Peers
from projections.leads.places import LeadPlace, PlacedLead, placed_walk
from projections.opening.digests import LifeDigest, digest_of
from projections.views import Position
from tests.support.builders import OFFICE

SECRET: Final = b"view secret"
AT: Final = parse_moment("2026-11-22T02:00:00Z")
PEERS: Final = Peers(group=R02.name, n=30, threshold="1/2", base_rate="1/3", observed="2/3")


def a_lead(stream: str, number: int, rule: Any = R02, **more: Any) -> Finding:
    return cast("Finding", rule.finding(stream, OFFICE, rule.name, (number,), **more))


LEADS: Final = (
    *(a_lead("dossier:1", number) for number in (1, 2, 3)),
    a_lead("dossier:1", 1, R05),
    a_lead("dossier:2", 4),
    a_lead("dossier:3", 0, veiled=True, versions=(2,)),
    a_lead("petition:1", 5),
    a_lead("key:somebody", 6),
    *(a_lead("key:somebody", number, PEER_RULES[0], peers=PEERS) for number in (7, 8)),
)


@dataclass(frozen=True)
class Moving:
    """What is there while one page is read: leads, and raised ones, by their number in `LEADS`."""

    leads: frozenset[int]
    raised: tuple[int, ...]

    @property
    def findings(self) -> set[str]:
        return {identity_of_lead(LEADS[number]) for number in self.leads | set(self.raised)}


@dataclass
class Source:
    """Gives leads and lives as a ledger does, of what is there at one moment."""

    now: Moving
    by_hand: frozenset[int]

    def placed(self) -> list[PlacedLead]:
        found = [LEADS[number] for number in sorted(self.now.leads)]
        return placed_walk(
            [each for each in found if each.peers is None],
            [each for each in found if each.peers is not None],
        )

    def after(self, place: LeadPlace | None, limit: int) -> list[PlacedLead]:
        return [each for each in self.placed() if place is None or each.place > place][:limit]

    def sorted_by(self, sortings: Collection[str]) -> list[Finding]:
        return [each.finding for each in self.placed() if each.place.sorting in sortings]

    def lives(self) -> dict[str, FindingLife]:
        lives = (self._life(LEADS[number], number, at) for at, number in enumerate(self.now.raised))
        return {life.stream: life for life in lives}

    def digests(self) -> dict[str, LifeDigest]:
        return {stream: digest_of(life) for stream, life in self.lives().items()}

    def open(self, _streams: Iterable[str], _position: Position) -> dict[str, FindingLife]:
        return self.lives()

    def joining(self, digests: dict[str, LifeDigest]) -> Joining:
        return Joining(digests, SECRET)

    def _life(self, lead: Finding, number: int, at: int) -> FindingLife:
        named = f"finding:{number:032x}"
        return FindingLife(
            stream=named if number in self.by_hand else stream_for(lead, SECRET),
            raised=Step(version=1, entry_index=at, at=AT, key="inspector", role=Role.INSPECTOR),
            is_alarm=False,
            rule=lead.rule,
            rule_version=lead.rule_version,
            against_peers=lead.peers is not None,
            evidence=bounded(lead.evidence),
            versions=lead.versions,
            about=lead.stream,
            office=lead.office,
        )


INSPECTOR: Final = KeyRecord("inspector", "inspector+0+", (Grant(Role.INSPECTOR, ANY_OFFICE),), AT)
EVERYTHING: Final = Scope(INSPECTOR, None, None, with_peers=True, order=None)


def paged(moments: Callable[[], Moving], by_hand: frozenset[int], limit: int) -> list[str]:
    """Read all pages, each of what is there then; give each finding by its identity."""
    shown, after = [], None
    while True:
        source = Source(moments(), by_hand)
        pager = Pager(cast("Looked", source), source.digests(), EVERYTHING)
        page = pager.page(cast("Gatherer", source), cast("Position", None), after, limit)
        shown += [identity_of_lead(_as_lead(each.finding)) for each in page.known]
        after = page.ends_at
        if after is None:
            return shown


def _as_lead(finding: Finding) -> Finding:
    (same,) = [
        lead
        for lead in LEADS
        if (lead.rule, lead.stream) == (finding.rule, finding.stream)
        and (lead.evidence, lead.versions) == (finding.evidence, finding.versions)
    ]
    return same


@st.composite
def courses(draw: st.DrawFn) -> list[Moving]:
    numbers = st.integers(0, len(LEADS) - 1)
    moments, raised = [], draw(st.lists(numbers, unique=True))
    for _ in range(draw(st.integers(1, 12))):
        moments.append(Moving(draw(st.frozensets(numbers)), tuple(raised)))
        more = draw(st.lists(numbers, unique=True, max_size=2))
        raised += [number for number in more if number not in raised]
    return moments


@given(courses(), st.frozensets(st.integers(0, len(LEADS) - 1)), st.integers(1, 4))
def test_finding_that_is_there_all_the_time_is_shown_once_whatever_comes_and_goes(
    course: list[Moving], by_hand: frozenset[int], limit: int
) -> None:
    read: list[Moving] = []

    def next_moment() -> Moving:
        read.append(course[min(len(read), len(course) - 1)])
        return read[-1]

    shown = paged(next_moment, by_hand, limit)

    stays = set.intersection(*(each.findings for each in read))
    assert {each: shown.count(each) for each in stays} == dict.fromkeys(stays, 1)
    assert len(shown) == len(set(shown))


def test_lead_that_goes_between_two_pages_takes_none_of_its_dossier_with_it() -> None:
    everything = Moving(frozenset({0, 1, 2}), ())
    moments = iter([everything, *[Moving(frozenset({1, 2}), ())] * 3])

    shown = paged(lambda: next(moments), frozenset(), 1)

    assert sorted(shown) == sorted(everything.findings)


def test_raised_finding_that_becomes_a_lead_between_two_pages_is_not_left_out() -> None:
    alone = Moving(frozenset({4, 7}), (2,))
    moments = iter([alone, *[Moving(frozenset({2, 4, 7}), (2,))] * 3])

    assert sorted(paged(lambda: next(moments), frozenset(), 1)) == sorted(alone.findings)


def test_lead_that_goes_after_it_was_shown_is_not_shown_again_as_what_was_raised() -> None:
    there = Moving(frozenset({0, 4}), (0,))
    moments = iter([there, *[Moving(frozenset({4}), (0,))] * 3])

    assert sorted(paged(lambda: next(moments), frozenset(), 1)) == sorted(there.findings)


def test_finding_that_was_raised_twice_by_hand_is_on_one_page_and_on_another() -> None:
    source = Source(Moving(frozenset({0}), (0,)), frozenset())
    (first,) = source.lives().values()
    again = Source(source.now, frozenset({0})).lives()
    lives = {first.stream: first, **again}
    source.lives = lambda: lives  # type: ignore[method-assign]
    pager = Pager(cast("Looked", source), source.digests(), EVERYTHING)

    streams, after = [], None
    for _ in range(2):
        page = pager.page(cast("Gatherer", source), cast("Position", None), after, 1)
        streams += [known.life.stream for known in page.known if known.life is not None]
        after = page.ends_at

    assert sorted(streams) == sorted(lives)
    assert after is None
