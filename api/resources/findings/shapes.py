"""The shapes of answers about findings: leads, what was raised, rules, and public alarms.

Evidence comes with the addresses of its receipts, which prove offline that the entry stands in the
log; the acts of a veiled dossier are no entries, and have receipts by stream and version.
"""

from collections.abc import Iterable, Iterator

import msgspec

from api.bodies import EntryIndex, Version
from api.resources.answers import TwoLanguages, two_languages
from api.resources.inspecting.shapes import OrderAnswer
from domain.moments import render_moment
from projections.counts import CheckpointReference
from projections.findings.life.precision import RunningPrecision
from projections.findings.life.records import Answered, FindingLife, Judged, Step
from projections.findings.shapes import Peers
from projections.rule_book.base_rates import LogBaseRate


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


class FindingProofAnswer(_Answer, frozen=True, kw_only=True):
    """Where one act is proven: its receipt, and its page where it is an entry of the log."""

    receipt: str
    entry_index: EntryIndex | None = None
    version: Version | None = None
    page: str | None = None


class PeersAnswer(_Answer, frozen=True, kw_only=True):
    """Against whom a rate was held; numbers are texts, exactly as they were compared."""

    group: TwoLanguages
    n: int
    threshold: str
    base_rate: str
    observed: str


class FindingStepAnswer(_Answer, frozen=True, kw_only=True):
    """One signed act on a finding."""

    at: str
    key: str
    role: str
    entry_index: EntryIndex | None = None
    receipt: str | None = None


class OfficeAnswerAnswer(_Answer, frozen=True, kw_only=True):
    """What was answered. `of_office`: the signer's role is held for the office that was asked.

    The office of a private finding is private, so the ledger takes the answer of any officer.
    """

    signed: FindingStepAnswer
    of_office: bool
    text: str | None = None


class VerdictAnswer(_Answer, frozen=True, kw_only=True):
    """What an inspector concluded."""

    signed: FindingStepAnswer
    verdict: str | None = None
    explanation: str | None = None


class RaisedAnswer(_Answer, frozen=True, kw_only=True):
    """A finding as it stands in the log: who raised it, who is asked, answers and verdict."""

    signed: FindingStepAnswer
    state: str
    answers: tuple[OfficeAnswerAnswer, ...]
    asked: str | None = None
    explanation: str | None = None
    verdict: VerdictAnswer | None = None


class FindingAnswer(_Answer, frozen=True, kw_only=True):
    """One lead: what looks wrong, on what evidence, and what may innocently explain it.

    `rule`, `rule_version` and `compares_with_peers` lead to the rule in `rules`. `finding_stream`
    is where it stands once it is raised; `raised` is absent until then. Without `found_now` the
    rule does not give it now: it was raised before, or from private parts.
    """

    rule: str
    rule_version: int
    compares_with_peers: bool
    name: TwoLanguages
    severity: str
    audience: str
    stream: str
    office: str
    reason: TwoLanguages
    why: TwoLanguages
    innocent_explanations: tuple[TwoLanguages, ...]
    evidence: tuple[EntryIndex, ...]
    proofs: tuple[FindingProofAnswer, ...]
    recomputable: bool
    found_now: bool
    finding_stream: str
    versions: tuple[Version, ...] = ()
    veiled: bool = False
    peers: PeersAnswer | None = None
    raised: RaisedAnswer | None = None


class ThresholdAnswer(_Answer, frozen=True, kw_only=True):
    """One number of a rule in words, what it rests on (law, assumption, own), and where read."""

    vi: str
    en: str
    source: str
    text: str


class CaseAnswer(_Answer, frozen=True, kw_only=True):
    """A case in which a rule keeps silent."""

    name: str
    vi: str
    en: str


class ExplanationAnswer(_Answer, frozen=True, kw_only=True):
    """What may innocently explain a hit; `shown_as` names the silent case that shows it."""

    vi: str
    en: str
    shown_as: str | None = None


class IntervalAnswer(_Answer, frozen=True, kw_only=True):
    """Wilson's interval of 95 % in permille, rounded outwards."""

    low_permille: int
    high_permille: int


class PrecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """confirmed / (confirmed + explained + mistaken), with its n; no share of too few (below 10).

    Of rules that are no public alarm, only inspectors are told.
    """

    confirmed: int
    explained: int
    mistaken: int
    n: int
    too_few: bool
    permille: int | None = None
    interval: IntervalAnswer | None = None


class BaseRateAnswer(_Answer, frozen=True, kw_only=True):
    """Of how many dossiers or comparisons a rule marks how many: here now, or on a real log."""

    examined: int
    hits: int
    log: str | None = None


class FindingRuleAnswer(_Answer, frozen=True, kw_only=True):
    """All that is written down of one rule, and how it does.

    `private_inputs` say why it is not `recomputable` in public. `precision` is of the verdicts so
    far; in public it is there for public alarms alone, and `closed` gives counts of ten or more.
    """

    id: str
    version: int
    compares_with_peers: bool
    severity: str
    audience: str
    recomputable: bool
    name: TwoLanguages
    looks_for: TwoLanguages
    why: TwoLanguages
    thresholds: tuple[ThresholdAnswer, ...]
    exclusions: tuple[CaseAnswer, ...]
    abstentions: tuple[CaseAnswer, ...]
    innocent_explanations: tuple[ExplanationAnswer, ...]
    private_inputs: tuple[TwoLanguages, ...]
    not_looked_for: tuple[TwoLanguages, ...]
    base_rate: BaseRateAnswer | None = None
    base_rates_on_real_logs: tuple[BaseRateAnswer, ...] = ()
    precision: PrecisionAnswer | None = None
    closed: dict[str, int] | None = None


class LeadStandAnswer(_Answer, frozen=True, kw_only=True):
    """The checkpoint that leads are as of; acts after it were not looked at yet."""

    checkpoint: CheckpointReference
    as_of: str


class FindingsAnswer(_Answer, frozen=True, kw_only=True):
    """One page of the findings about the offices that the inspector's key covers, with their rules.

    `next` leads to the page after it. The order is one that new findings do not change; what was
    raised and no rule gives now stands where its lead stood. What was raised, answered and closed
    is as of `checkpoint`. `leads` says as of when rules looked at dossiers, and `comparisons` as of
    when those ran that compare with peers: in a large ledger both are kept, and somewhat earlier.
    Base rates are of the whole list; `unopened` counts findings whose private part did not open.
    """

    findings: tuple[FindingAnswer, ...]
    rules: tuple[FindingRuleAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str
    leads: LeadStandAnswer
    comparisons: LeadStandAnswer | None = None
    unopened: int = 0
    order: OrderAnswer | None = None
    next: str | None = None


class AskedFindingsAnswer(_Answer, frozen=True, kw_only=True):
    """The findings that were raised about the asker's offices, or that ask for the asker's word."""

    findings: tuple[FindingAnswer, ...]
    rules: tuple[FindingRuleAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str


class FindingRulesAnswer(_Answer, frozen=True, kw_only=True):
    """All rules, in order; as of a checkpoint what became of their findings."""

    rules: tuple[FindingRuleAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str


class AlarmAnswer(_Answer, frozen=True, kw_only=True):
    """One public alarm in full; `document` is what it rests on beside entries."""

    stream: str
    rule: str
    rule_version: int
    name: TwoLanguages
    looks_for: TwoLanguages
    why: TwoLanguages
    innocent_explanations: tuple[TwoLanguages, ...]
    evidence: tuple[EntryIndex, ...]
    proofs: tuple[FindingProofAnswer, ...]
    acts: tuple[FindingProofAnswer, ...]
    state: str
    raised_at: str
    office: str | None = None
    document: str | None = None
    answered_at: str | None = None
    closed_at: str | None = None
    verdict: str | None = None


class AlarmsAnswer(_Answer, frozen=True, kw_only=True):
    """All public alarms of the log, closed ones among them, oldest first."""

    alarms: tuple[AlarmAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str


def entry_proof(entry_index: int) -> FindingProofAnswer:
    """Say where an entry of the log is proven."""
    return FindingProofAnswer(
        entry_index=entry_index,
        receipt=f"/v1/entries/{entry_index}/receipt",
        page=f"/entries/{entry_index}",
    )


def proofs_of(
    stream: str, evidence: Iterable[int], versions: Iterable[int], *, veiled: bool
) -> Iterator[FindingProofAnswer]:
    """Say where the acts of a finding are proven."""
    yield from map(entry_proof, evidence)
    if veiled:
        for version in versions:
            receipt = f"/v1/streams/{stream}/versions/{version}/receipt"
            yield FindingProofAnswer(version=version, receipt=receipt)


def peers_answer(peers: Peers | None) -> PeersAnswer | None:
    """Write against whom a rate was held."""
    if peers is None:
        return None
    return PeersAnswer(
        group=two_languages(peers.group),
        n=peers.n,
        threshold=peers.threshold,
        base_rate=peers.base_rate,
        observed=peers.observed,
    )


def step_answer(step: Step) -> FindingStepAnswer:
    """Write one signed act on a finding."""
    index = step.entry_index
    return FindingStepAnswer(
        at=render_moment(step.at),
        key=step.key,
        role=step.role.value,
        entry_index=index,
        receipt=None if index is None else entry_proof(index).receipt,
    )


def raised_answer(life: FindingLife, answers: Iterable[tuple[Answered, bool]]) -> RaisedAnswer:
    """Write what became of a finding; each answer with whether its signer is of the office."""
    return RaisedAnswer(
        signed=step_answer(life.raised),
        state=life.state.value,
        answers=tuple(
            OfficeAnswerAnswer(
                signed=step_answer(answered.step), of_office=of_office, text=answered.text
            )
            for answered, of_office in answers
        ),
        asked=life.asked,
        explanation=life.explanation,
        verdict=None if life.judged is None else _verdict(life.judged),
    )


def _verdict(judged: Judged) -> VerdictAnswer:
    return VerdictAnswer(
        signed=step_answer(judged.step),
        verdict=None if judged.verdict is None else judged.verdict.value,
        explanation=judged.explanation,
    )


def precision_answer(precision: RunningPrecision) -> PrecisionAnswer:
    """Write a running precision; its n always stands beside it."""
    interval = precision.interval
    return PrecisionAnswer(
        confirmed=precision.confirmed,
        explained=precision.explained,
        mistaken=precision.mistaken,
        n=precision.n,
        too_few=precision.too_few,
        permille=precision.permille,
        interval=None
        if interval is None
        else IntervalAnswer(
            low_permille=interval.low_permille, high_permille=interval.high_permille
        ),
    )


def base_rate_answer(rate: LogBaseRate) -> BaseRateAnswer:
    """Write how often a rule marks something on a real log."""
    return BaseRateAnswer(examined=rate.examined, hits=rate.hits, log=rate.log)
