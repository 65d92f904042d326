"""The shapes of answers about dossiers, reads and trails, and what others share.

Moments are texts: an instant `2026-11-21T08:03:11Z`, or a day `2026-11-21`. Every answer says of
which checkpoint it is, so that whoever doubts it can read the log up to there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from api.bodies import EntryIndex, Version
from domain.errors import Sentence
from domain.moments import render_moment
from projections.counts import CheckpointReference
from projections.people.trail import TrailEntry
from transparency.encoding import render_utc_milliseconds


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


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
