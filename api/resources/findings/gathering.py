"""Putting findings together: what rules give now, what was raised, and what is known of each rule.

Whoever asks has the right to it already: nothing is checked here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from api.parts import Parts
from api.resources.answers import TwoLanguages, two_languages
from api.resources.findings.shapes import (
    BaseRateAnswer,
    FindingAnswer,
    FindingRuleAnswer,
    base_rate_answer,
    peers_answer,
    precision_answer,
    proofs_of,
    raised_answer,
)
from domain.actions import StreamType
from domain.errors import Sentence
from domain.keys import KeyRecord
from projections.findings import Finding
from projections.findings.life.identities import identity_of_lead, stream_for
from projections.findings.life.precision import RuleVersion, RunningPrecision
from projections.findings.life.records import Answered, FindingLife
from projections.findings.shapes import Rule, Severity
from projections.opening.digests import DigestKeeper, LifeDigest, hash_of_identity
from projections.opening.lives import LifeOpener
from projections.rule_book.base_rates import base_rates
from projections.rule_book.book import BOOK, COMPARING, rule_named
from projections.rule_book.members import rule_members
from projections.views import Position, ViewReader

_NO_REASON: Final = Sentence(
    "Phát hiện đã được nêu; lý do không được ghi.", "This was raised; no reason was recorded."
)


@dataclass(frozen=True, slots=True)
class Known:
    """One finding, and its life if it was raised; ``found_now``: the rule gives it now."""

    finding: Finding
    rule: Rule | None
    life: FindingLife | None = None
    found_now: bool = True


class Gatherer:
    """Knows what was raised of one ledger's findings, and opens it: one in each web worker."""

    def __init__(self, parts: Parts):
        self._view_secret = parts.view_secret
        self._opener = LifeOpener(parts.reader, parts.origin, parts.vault.open)
        self._raised = DigestKeeper(self._opener.lives)

    def digests(self, reader: ViewReader, position: Position) -> dict[str, LifeDigest]:
        """Give what is kept of all raised findings as of the views' checkpoint, by stream.

        Raises:
            LedgerError: a private part does not open.
        """
        return self._raised.digests(reader.findings_raised(), position.log_position)

    def open(self, streams: Iterable[str], position: Position) -> dict[str, FindingLife]:
        """Open these findings as of the views' checkpoint, by stream.

        Raises:
            LedgerError: a private part does not open.
        """
        lives = self._opener.lives(streams, position.log_position)
        for life in lives:
            if life.rule is None:
                self._raised.forget(life.stream)
        return {life.stream: life for life in lives}

    def stream_of(self, known: Known) -> str:
        """Give the stream on which a finding stands, or would stand."""
        if known.life is not None:
            return known.life.stream
        return stream_for(known.finding, self._view_secret)

    def joining(self, digests: Mapping[str, LifeDigest]) -> "Joining":
        """Give by what leads are joined with what was raised."""
        return Joining(digests, self._view_secret)


class Joining:
    """Tells of each lead whether it was raised, by its stream or by what it says."""

    def __init__(self, digests: Mapping[str, LifeDigest], view_secret: bytes):
        self._digests = digests
        self._view_secret = view_secret
        self._by_identity = {
            digest.identity_hash: stream
            for stream, digest in digests.items()
            if digest.identity_hash is not None
        }

    def raised_as(self, lead: Finding) -> str | None:
        """Give the stream of the finding that a lead was raised as; None if nobody did."""
        if lead.stream in self._digests:
            return lead.stream
        stream = self._by_identity.get(hash_of_identity(identity_of_lead(lead)))
        if stream is not None:
            return stream
        named = stream_for(lead, self._view_secret)
        return named if named in self._digests else None


def keys_of_answers(reader: ViewReader, shown: Iterable[Known]) -> dict[str, KeyRecord]:
    """Give the records of the keys that signed answers to these findings, by name."""
    lives = (known.life for known in shown if known.life is not None)
    names = {answered.step.key for life in lives for answered in life.answers}
    states = reader.states(f"{StreamType.KEY}:{name}" for name in names).values()
    return {state.name: state for state in states if isinstance(state, KeyRecord)}


def known_of(life: FindingLife) -> Known:
    """Make of what was raised the finding that it is."""
    assert life.rule is not None
    rule = rule_named(life.rule, compares=life.against_peers)
    finding = Finding(
        rule=life.rule,
        rule_version=life.rule_version or 0,
        severity=Severity.INFORMATION if rule is None else rule.severity,
        stream=life.about or life.stream,
        office=life.office or "",
        reason=life.reason or (_NO_REASON if rule is None else rule.looks_for),
        innocent_explanations=() if rule is None else rule.innocent_explanations,
        evidence=life.evidence,
        versions=life.versions,
        veiled=bool(life.versions) and not life.evidence,
        recomputable=rule is not None and rule.recomputable,
    )
    if rule is not None:
        finding = msgspec.structs.replace(finding, audience=rule.audience)
    return Known(finding, rule, life, found_now=False)


def finding_answer(
    known: Known, stream: str, key_of: Callable[[str], KeyRecord | None]
) -> FindingAnswer:
    """Write one finding."""
    finding, rule, life = known.finding, known.rule, known.life
    no_rule = TwoLanguages(vi=finding.rule, en=finding.rule)
    return FindingAnswer(
        rule=finding.rule,
        rule_version=finding.rule_version,
        compares_with_peers=rule in COMPARING,
        name=no_rule if rule is None else two_languages(rule.name),
        severity=finding.severity.value,
        audience=finding.audience.value,
        stream=finding.stream,
        office=finding.office,
        reason=two_languages(finding.reason),
        why=no_rule if rule is None else two_languages(rule.why),
        innocent_explanations=tuple(map(two_languages, finding.innocent_explanations)),
        evidence=finding.evidence,
        proofs=tuple(
            proofs_of(finding.stream, finding.evidence, finding.versions, veiled=finding.veiled)
        ),
        recomputable=finding.recomputable,
        found_now=known.found_now,
        finding_stream=stream,
        versions=finding.versions,
        veiled=finding.veiled,
        peers=peers_answer(finding.peers),
        raised=None if life is None else raised_answer(life, _answers(life, key_of)),
    )


def _answers(
    life: FindingLife, key_of: Callable[[str], KeyRecord | None]
) -> Iterator[tuple[Answered, bool]]:
    for answered in life.answers:
        record = key_of(answered.step.key)
        yield answered, record is not None and record.covers(answered.step.role, life.office)


def rule_answer(
    rule: Rule,
    precision: Mapping[RuleVersion, RunningPrecision],
    here: BaseRateAnswer | None = None,
) -> FindingRuleAnswer:
    """Write one rule with its base rates, and the precision that may be told."""
    answer = msgspec.convert(rule_members(rule), FindingRuleAnswer)
    known = precision.get((rule.id, rule.version, rule in COMPARING))
    rates = base_rates().get((rule.id, rule in COMPARING), ())
    return msgspec.structs.replace(
        answer,
        base_rate=here,
        base_rates_on_real_logs=tuple(map(base_rate_answer, rates)),
        precision=None if known is None else precision_answer(known),
    )


def rules_among(found: Iterable[Known]) -> list[Rule]:
    """Give the rules of findings, each once, in the order of the book."""
    wanted = {id(known.rule) for known in found}
    return [rule for rule in BOOK if id(rule) in wanted]
