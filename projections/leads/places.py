"""The place of each lead in the order of all leads, where a page ends and the next one begins.

A place is the section, what sorts within it (the subject's stream; among rules that compare, the
rule's place among them before it), and a number among those of one subject. New leads come between
others and move none, so whoever pages by places misses nothing that stays and sees nothing twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from domain.actions import StreamType
from projections.findings import Finding
from projections.findings.peers.running import PEER_RULES
from projections.findings.shapes import Rule
from projections.rule_book.book import rule_of


class Section(IntEnum):
    """The parts of a list of findings, in their order; `RAISED` is what no rule gives now."""

    DOSSIERS = 0
    VEILED = 1
    PETITIONS = 2
    ALARMS = 3
    PEERS = 4
    RAISED = 5


class LeadPlace(NamedTuple):
    """Where a lead stands; places compare as the leads are ordered."""

    section: int
    sorting: str
    place: int


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
    """Give the findings of a section with their places; they come in order."""
    seen: Counter[str] = Counter()
    for finding in findings:
        sorting = sorting_of(section, rule_of(finding), finding.stream)
        yield PlacedLead(LeadPlace(section.value, sorting, seen[sorting]), finding)
        seen[sorting] += 1


def placed_walk(walked: Iterable[Finding], compared: Iterable[Finding]) -> list[PlacedLead]:
    """Give with its place all that a walk found, and what rules that compare found."""
    parts: dict[Section, list[Finding]] = {section: [] for section in Section}
    for finding in walked:
        parts[_section_of(finding)].append(finding)
    parts[Section.PEERS] += compared
    return sorted(
        (each for section, found in parts.items() for each in placed(section, found)),
        key=lambda each: each.place,
    )


def _section_of(finding: Finding) -> Section:
    if finding.stream.startswith(f"{StreamType.DOSSIER}:"):
        return Section.VEILED if finding.veiled else Section.DOSSIERS
    if finding.stream.startswith(f"{StreamType.PETITION}:"):
        return Section.PETITIONS
    return Section.ALARMS
