"""The shapes of answers about dossiers, figures, findings and trails.

Moments are texts: an instant `2026-11-21T08:03:11Z`, or a day `2026-11-21`. Every answer says of
which checkpoint it is, so that whoever doubts it can read the log up to there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from api.bodies import EntryIndex, Version
from api.resources.actions import receipt_url
from domain.dossiers import Dossier
from domain.errors import Sentence
from domain.moments import Moment, render_moment
from projections.counts import CheckpointReference
from projections.dossier_page import DossierPage, PageAct
from projections.dossier_rows import render_due
from projections.findings import Finding
from projections.people.trail import TrailEntry
from transparency.encoding import render_utc_milliseconds

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


class ActAnswer(_Answer, frozen=True, kw_only=True):
    """One act on a dossier, as its holder sees it."""

    version: Version
    kind: str
    at: str
    roles: tuple[str, ...]
    assurances: tuple[str, ...]
    published: bool
    receipt_url: str
    facts: msgspec.Raw
    details: msgspec.Raw | None = None
    office: str | None = None
    entry_index: EntryIndex | None = None
    recorded_at: str | None = None
    status: int | None = None
    due: str | None = None
    appointment: str | None = None
    due_changed: bool = False
    appointment_changed: bool = False


class DossierAnswer(_Answer, frozen=True, kw_only=True):
    """Status and timeline of a dossier; the status is as of the checkpoint.

    The acts of a `veiled` one are no entries of the log: the entry of one is its veil.
    """

    stream: str
    procedure: str
    office: str
    channel: str
    status: int
    status_name: str
    share_done_percent: Percent
    submitted_at: str
    acts: tuple[ActAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str
    accepted_at: str | None = None
    due: str | None = None
    appointment: str | None = None
    ended_at: str | None = None
    returned_at: str | None = None
    outcome: str | None = None
    personal_data_erased_at: str | None = None
    veiled: bool = False


class AccessPlaceAnswer(_Answer, frozen=True, kw_only=True):
    """Where the next entry of a dossier's access stream goes; `previous` is absent at version 1."""

    stream: str
    version: Version
    previous: str | None = None


class OpenedActAnswer(_Answer, frozen=True, kw_only=True):
    """The private part of one act, without what names people unless that was asked for."""

    version: Version
    kind: str
    at: str
    details: msgspec.Raw


class ReadingAnswer(_Answer, frozen=True, kw_only=True):
    """What a recorded and published access entry opened, with the entry's receipt."""

    entry_index: EntryIndex
    stream: str
    version: Version
    receipt: str
    acts: tuple[OpenedActAnswer, ...]


class LoggedReadAnswer(_Answer, frozen=True, kw_only=True):
    """One read of private details; a `sealed` one says no more until its inspection order ends."""

    version: Version
    at: str
    receipt_url: str
    sealed: bool
    key: str | None = None
    role: str | None = None
    name: str | None = None
    purpose: str | None = None
    fields: tuple[str, ...] = ()
    explanation: str | None = None
    order: str | None = None


class OwnReadAnswer(_Answer, frozen=True, kw_only=True):
    """How often the dossier was opened with a slip's secret within one minute."""

    minute: str
    times: Annotated[int, msgspec.Meta(ge=1)]
    with_present_secret: bool


class ReplacingSignerAnswer(_Answer, frozen=True, kw_only=True):
    """Who signed the replacement of a slip, and as what."""

    role: str
    key: str
    name: str | None = None


class SlipReplacementAnswer(_Answer, frozen=True, kw_only=True):
    """That the asker's slip was replaced, when and by whom."""

    version: Version
    at: str
    signers: tuple[ReplacingSignerAnswer, ...]


class AccessAnswer(_Answer, frozen=True, kw_only=True):
    """Who has read private details of a dossier; `own_reads` are those by the slip's secret.

    `stream` is absent where nothing private is left, so that nobody can find the entries. To
    whoever has a slip that was `replaced`, the lists end there.
    """

    reads: tuple[LoggedReadAnswer, ...]
    stream: str | None = None
    own_reads: tuple[OwnReadAnswer, ...] = ()
    replaced: SlipReplacementAnswer | None = None


class TwoLanguages(_Answer, frozen=True, kw_only=True):
    """One sentence in Vietnamese and in English."""

    vi: str
    en: str


class FindingAnswer(_Answer, frozen=True, kw_only=True):
    """One lead about one dossier: what looks wrong, and what may innocently explain it.

    `versions` are the same acts as `evidence`, by their versions in the stream. The acts of a
    `veiled` dossier are no entries of the log.
    """

    rule: str
    rule_version: int
    severity: str
    stream: str
    office: str
    reason: TwoLanguages
    innocent_explanations: tuple[TwoLanguages, ...]
    evidence: tuple[EntryIndex, ...]
    versions: tuple[Version, ...] = ()
    veiled: bool = False


class FindingsAnswer(_Answer, frozen=True, kw_only=True):
    """The findings about the dossiers of the offices that the inspector's key covers."""

    findings: tuple[FindingAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str


class TrailActAnswer(_Answer, frozen=True, kw_only=True):
    """One act that the person signed, or that the performer of an import did.

    An act on a `veiled` dossier is no entry of the log, and has no `entry_index`.
    """

    stream: str
    version: Version
    kind: str
    at: str
    recorded_at: str
    entry_index: EntryIndex | None = None
    veiled: bool = False
    office: str | None = None
    key: str | None = None
    role: str | None = None
    assurance: str | None = None


class TrailKeyAnswer(_Answer, frozen=True, kw_only=True):
    """One key of the person, and by what it is known to be theirs."""

    name: str
    link: str


class TrailAnswer(_Answer, frozen=True, kw_only=True):
    """Everything that one person did in a period of recorded times, with whichever key."""

    signer: str
    keys: tuple[TrailKeyAnswer, ...]
    acts: tuple[TrailActAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str


def render_instant(instant: datetime) -> str:
    """Write a seal's time."""
    return render_utc_milliseconds(instant)


def two_languages(sentence: Sentence) -> TwoLanguages:
    """Give a sentence in both languages."""
    return TwoLanguages(vi=sentence.vi, en=sentence.en)


def dossier_answer(page: DossierPage, checkpoint: CheckpointReference, as_of: str) -> DossierAnswer:
    """Write the page of a dossier for its holder."""
    dossier = page.dossier
    return DossierAnswer(
        stream=dossier.stream,
        procedure=dossier.procedure,
        office=dossier.office,
        channel=dossier.channel.value,
        status=dossier.status.value,
        status_name=dossier.status.name.lower(),
        share_done_percent=page.share_done,
        submitted_at=render_moment(dossier.submitted_at),
        acts=tuple(_act_answer(dossier, act) for act in page.acts),
        checkpoint=checkpoint,
        as_of=as_of,
        accepted_at=_moment_text(dossier.accepted_at),
        due=render_due(dossier.due),
        appointment=render_due(dossier.appointment),
        ended_at=_moment_text(dossier.ended_at),
        returned_at=_moment_text(dossier.returned_at),
        outcome=None if dossier.outcome is None else dossier.outcome.value,
        personal_data_erased_at=_moment_text(dossier.erased_at),
        veiled=page.veiled,
    )


def _act_answer(dossier: Dossier, act: PageAct) -> ActAnswer:
    return ActAnswer(
        version=act.version,
        kind=act.kind,
        at=render_moment(act.at),
        roles=tuple(role.value for role in act.roles),
        assurances=tuple(assurance.value for assurance in act.assurances),
        published=act.published,
        receipt_url=receipt_url(dossier.stream, act.version, act.entry_index),
        facts=msgspec.Raw(msgspec.json.encode(act.facts)),
        details=None if act.details is None else msgspec.Raw(msgspec.json.encode(act.details)),
        office=act.office,
        entry_index=act.entry_index,
        recorded_at=None if act.recorded_at is None else render_instant(act.recorded_at),
        status=None if act.status is None else act.status.value,
        due=render_due(act.due),
        appointment=render_due(act.appointment),
        due_changed=act.due_changed,
        appointment_changed=act.appointment_changed,
    )


def finding_answer(finding: Finding) -> FindingAnswer:
    """Write one finding."""
    return FindingAnswer(
        rule=finding.rule,
        rule_version=finding.rule_version,
        severity=finding.severity.value,
        stream=finding.stream,
        office=finding.office,
        reason=two_languages(finding.reason),
        innocent_explanations=tuple(map(two_languages, finding.innocent_explanations)),
        evidence=finding.evidence,
        versions=finding.versions,
        veiled=finding.veiled,
    )


def trail_acts(entries: Sequence[TrailEntry]) -> tuple[TrailActAnswer, ...]:
    """Write the acts of a trail."""
    return tuple(
        TrailActAnswer(
            entry_index=entry.entry_index,
            veiled=entry.veiled,
            stream=entry.stream,
            version=entry.version,
            kind=entry.kind,
            at=render_moment(entry.at),
            recorded_at=render_instant(entry.recorded_at),
            office=entry.office,
            key=entry.key,
            role=None if entry.role is None else entry.role.value,
            assurance=None if entry.assurance is None else entry.assurance.value,
        )
        for entry in entries
    )


def _moment_text(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)
