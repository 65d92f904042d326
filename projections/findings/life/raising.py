"""What is signed when a finding is raised: public of an alarm, a commitment of all others."""

from dataclasses import dataclass

from domain.actions import StreamType
from domain.facts.integrity import FindingRaised, FindingRaisedDetails
from projections.findings.life.identities import bounded, is_alarm
from projections.findings.shapes import Finding

_LONGEST_EXPLANATION = 4000
_KEY = f"{StreamType.KEY}:"
_DOSSIER = f"{StreamType.DOSSIER}:"


@dataclass(frozen=True, slots=True)
class Raising:
    """The facts and the private part of a finding to be raised; an alarm has no private part."""

    facts: FindingRaised
    details: FindingRaisedDetails | None
    office: str | None


def raising_of(finding: Finding, asked: str | None = None, document: str | None = None) -> Raising:
    """Give what is signed of a lead.

    ``asked`` is the key of the officer who is to answer; by default whom the finding is about.
    ``document`` is the SHA-256 of what an alarm rests on beside entries.
    """
    if is_alarm(finding.rule):
        facts = FindingRaised(
            rule=finding.rule,
            rule_version=finding.rule_version,
            evidence=bounded(finding.evidence),
            document=document,
        )
        return Raising(facts, None, _office(finding))
    assert document is None
    is_person = finding.stream.startswith(_KEY)
    details = FindingRaisedDetails(
        rule=finding.rule,
        rule_version=finding.rule_version,
        evidence=bounded(finding.evidence),
        dossier=finding.stream if finding.stream.startswith(_DOSSIER) else None,
        office=_office(finding),
        explanation=f"{finding.reason.vi}\n{finding.reason.en}"[:_LONGEST_EXPLANATION],
        about=finding.stream,
        versions=bounded(finding.versions),
        asked=asked or (finding.stream.removeprefix(_KEY) if is_person else None),
        against_peers=finding.peers is not None,
    )
    return Raising(FindingRaised(), details, None)


def _office(finding: Finding) -> str | None:
    """Give the office that a finding is about; what is about several stands under none."""
    return finding.office if finding.office and finding.office != "*" else None
