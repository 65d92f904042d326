"""The place of each finding in the order of all, where a page ends and the next one begins.

A place is the section, what sorts within it (the stream that the finding is about; among rules that
compare, the rule's place among them before it), and by what the finding is known again: rule,
version, and the hash of its identity. A lead has the same place before and after it was raised, and
so has what was raised when no rule gives it any more. So whatever comes or goes moves none of the
others, and whoever pages by places misses nothing that stays and sees nothing twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import IntEnum
from operator import attrgetter
from typing import NamedTuple

from domain.actions import StreamType
from projections.findings import Finding
from projections.findings.life.identities import hash_of_identity, identity_of_lead, is_alarm
from projections.findings.peers.running import PEER_RULES
from projections.findings.shapes import Rule
from projections.opening.digests import LifeDigest
from projections.rule_book.book import rule_named, rule_of

_FINDING = f"{StreamType.FINDING}:"
_HASH_HEX = 32


class Section(IntEnum):
    """The parts of a list of findings, in their order."""

    DOSSIERS = 0
    PETITIONS = 1
    ALARMS = 2
    PEERS = 3


class LeadPlace(NamedTuple):
    """Where a finding stands; places compare as findings are ordered."""

    section: int
    sorting: str
    place: str


class PlacedLead(NamedTuple):
    """A lead and its place."""

    place: LeadPlace
    finding: Finding


def sorting_of(section: Section, rule: Rule | None, stream: str) -> str:
    """Give by what leads of a section sort; `stream` is what they are about."""
    if section is not Section.PEERS:
        return stream
    places = [number for number, each in enumerate(PEER_RULES) if each is rule]
    return f"{places[0] if places else len(PEER_RULES):02d} {stream}"


def sortings_about(rule: Rule | None, streams: Iterable[str]) -> set[str]:
    """Give by what leads of a rule about one of these streams sort, in whatever section."""
    return {
        sorting_of(section, rule, stream)
        for stream in streams
        for section in (Section.DOSSIERS, Section.PEERS)
    }


def placed(section: Section, findings: Iterable[Finding]) -> Iterator[PlacedLead]:
    """Give the findings of a section with their places, in the order in which they come."""
    seen: Counter[LeadPlace] = Counter()
    for finding in findings:
        sorting = sorting_of(section, rule_of(finding), finding.stream)
        place = LeadPlace(section.value, sorting, _mark_of_lead(finding))
        known = seen[place]
        seen[place] += 1
        # One finding that a rule gives twice, with two reasons, has two places.
        yield PlacedLead(
            place._replace(place=f"{place.place} {known}") if known else place, finding
        )


def placed_walk(walked: Iterable[Finding], compared: Iterable[Finding]) -> list[PlacedLead]:
    """Give with its place all that a walk found, and what rules that compare found."""
    parts: dict[Section, list[Finding]] = {section: [] for section in Section}
    for finding in walked:
        parts[_section_about(finding.stream)].append(finding)
    parts[Section.PEERS] += compared
    return sorted(
        (each for section, found in parts.items() for each in placed(section, found)),
        key=lambda each: each.place,
    )


def places_of_raised(digests: Iterable[LifeDigest]) -> dict[str, LeadPlace]:
    """Give by its stream the place of what was raised, whether a rule gives it now or not.

    It is that of its lead. Who raises by hand what was raised before gives it a place behind that.
    """
    places: dict[str, LeadPlace] = {}
    taken: set[LeadPlace] = set()
    for digest in sorted(digests, key=attrgetter("raised_entry", "stream")):
        place = _place_of_raised(digest)
        if place in taken:
            place = place._replace(place=f"{place.place} {digest.stream}")
        taken.add(place)
        places[digest.stream] = place
    return places


def _place_of_raised(digest: LifeDigest) -> LeadPlace:
    rule = digest.rule or ""
    about = digest.stream if is_alarm(rule) else digest.subject
    section = Section.PEERS if digest.against_peers else _section_about(about)
    sorting = sorting_of(section, rule_named(rule, compares=digest.against_peers), about)
    if about.startswith(_FINDING) or digest.identity_hash is None:
        return LeadPlace(section.value, sorting, "")
    mark = _mark(rule, digest.rule_version or 0, digest.identity_hash)
    return LeadPlace(section.value, sorting, mark)


def _mark_of_lead(finding: Finding) -> str:
    if finding.stream.startswith(_FINDING):
        # An alarm that stands in the log: its stream names it alone.
        return ""
    identity_hash = hash_of_identity(identity_of_lead(finding))
    return _mark(finding.rule, finding.rule_version, identity_hash)


def _mark(rule: str, rule_version: int, identity_hash: bytes) -> str:
    return f"{rule} {rule_version} {identity_hash.hex()[:_HASH_HEX]}"


def _section_about(stream: str) -> Section:
    if stream.startswith(f"{StreamType.DOSSIER}:"):
        return Section.DOSSIERS
    if stream.startswith(f"{StreamType.PETITION}:"):
        return Section.PETITIONS
    return Section.ALARMS
