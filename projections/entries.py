"""Public entries: what a follower folds, in order, each with the time at which it was recorded.

A log entry is an action, a seal, an envelope (whose content is published nowhere, so no public fold
reads it), or the veil of an act on a veiled dossier (of which public figures count the little that
it says); anything else is an alarm, never skipped. The recorded time of an action is the
time of the first *published* seal that covers it (formats.md, "Seal entry"). A seal was published
if the next one embeds the checkpoint that ends in it, or if the log ends in it; one that a crash
left unpublished dates nothing. So actions come in groups, one for each published checkpoint.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import msgspec

from domain.actions import Action
from ledger.bodies import ACTION_TYPE_LINE
from ledger.errors import LedgerError
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from ledger.writing.veils import VEIL_TYPE_LINE, Veil, parse_veil
from projections.folding.notes import read_published
from transparency.checkpoints import Checkpoint, parse_checkpoint_text
from transparency.errors import TransparencyError
from transparency.notes import parse_note
from transparency.seals import Seal, is_seal, parse_seal


class ProjectionError(Exception):
    """Base of what this room raises; only its subclasses with a code are raised."""

    code: ClassVar[str]


class EntryUnreadable(ProjectionError):
    """A published entry cannot be folded: raise the alarm and stop, never skip it."""

    code = "entry_unreadable"

    def __init__(self, entry_index: int | None, reason: str) -> None:
        where = "an act under a veil" if entry_index is None else f"entry {entry_index}"
        super().__init__(f"{where}: {reason}")
        self.entry_index = entry_index


class PublicEntry(msgspec.Struct, frozen=True):
    """One published action and when it was recorded.

    The acts of veiled dossiers, which no public fold meets, have no ``entry_index``: their notes
    are no entries. ``text`` is the signed one.
    """

    entry_index: int | None
    action: Action
    recorded_at: datetime
    text: bytes

    @property
    def text_hash(self) -> bytes:
        """Give the hash by which the private part of the action is found: few are asked for it."""
        return hashlib.sha256(self.text).digest()


@dataclass(frozen=True, slots=True)
class SealedGroup:
    """The actions and veils that one publication added, and the checkpoint that it published.

    ``sealed_at`` is the recorded time of all of them, and the time that figures made of
    everything so far are of.
    """

    entries: tuple[PublicEntry, ...]
    tree_size: int
    sealed_at: datetime
    checkpoint_note: bytes
    veils: tuple[Veil, ...] = ()


# An action's entry index, the action, and its text, before the seal that dates it.
_Unsealed = tuple[int, Action, bytes]


def sealed_groups(
    bodies: Iterable[tuple[int, bytes]], ledger: str, last_note: bytes
) -> Iterator[SealedGroup]:
    """Give the actions of a stretch of the log that ends at a published checkpoint.

    The stretch begins at entry 0 or where an earlier published checkpoint ended; ``last_note`` is
    the checkpoint that it ends at, which no seal in it embeds. Signatures are not checked.

    Raises:
        EntryUnreadable: an entry is none of ours, or the stretch does not end in its seal.
    """
    covered: list[_Unsealed | Veil] = []
    uncovered: list[_Unsealed | Veil] = []
    seal: Seal | None = None
    entry_index = -1
    for entry_index, body in bodies:
        # Nearly all entries are actions, so what else one may be is asked of the others alone.
        if body.startswith(ACTION_TYPE_LINE) or not is_seal(body):
            opened = _open_body(entry_index, body, ledger)
            if opened is not None:
                uncovered.append(opened)
            continue
        following = _open_seal(entry_index, body)
        if seal is not None and _was_published(seal, following):
            yield _group(covered, seal, following.previous_checkpoint)
            covered = []
        covered += uncovered
        uncovered, seal = [], following
    if seal is not None and seal.covers == entry_index:
        yield _group(covered, seal, last_note)
    elif entry_index >= 0:
        raise EntryUnreadable(entry_index, "the checkpoint does not end in a seal")


def public_entries(bodies: Iterable[tuple[int, bytes]], ledger: str) -> Iterator[PublicEntry]:
    """Give the actions of `sealed_groups` one by one."""
    for group in sealed_groups(bodies, ledger, b""):
        yield from group.entries


def read_checkpoint_note(note: bytes) -> Checkpoint:
    """Read the checkpoint in a note of our own ledger; whoever doubts it opens it with a key.

    Raises:
        TransparencyError: it is no note, or its text is no checkpoint.
    """
    return parse_checkpoint_text(parse_note(note).text)


def _open_body(entry_index: int, body: bytes, ledger: str) -> _Unsealed | Veil | None:
    """Open an entry that is no seal; None for an envelope."""
    try:
        if not body.startswith(ACTION_TYPE_LINE):
            if body.startswith(ENVELOPE_TYPE_LINE):
                return None
            if body.startswith(VEIL_TYPE_LINE):
                return parse_veil(body)
        action, text = read_published(body, ledger)
    except LedgerError as error:
        raise EntryUnreadable(entry_index, str(error)) from error
    return entry_index, action, text


def _open_seal(entry_index: int, body: bytes) -> Seal:
    try:
        seal = parse_seal(body)
    except TransparencyError as error:
        raise EntryUnreadable(entry_index, str(error)) from error
    if seal.covers != entry_index:
        raise EntryUnreadable(entry_index, f"a seal that says it covers {seal.covers} entries")
    return seal


def _was_published(seal: Seal, following: Seal) -> bool:
    """Tell whether a seal was published, by what the next one embeds."""
    if not following.previous_checkpoint:
        return False
    try:
        embedded = read_checkpoint_note(following.previous_checkpoint)
    except TransparencyError as error:
        raise EntryUnreadable(following.covers, str(error)) from error
    if embedded.tree_size > seal.covers + 1:
        raise EntryUnreadable(following.covers, "a seal embeds a checkpoint that ends in no seal")
    return embedded.tree_size == seal.covers + 1


def _group(unsealed: list[_Unsealed | Veil], seal: Seal, note: bytes) -> SealedGroup:
    sealed_at = seal.sealed_at
    entries = tuple(
        [
            PublicEntry(held[0], held[1], sealed_at, held[2])
            for held in unsealed
            if not isinstance(held, Veil)
        ]
    )
    veils = tuple(held for held in unsealed if isinstance(held, Veil))
    return SealedGroup(entries, seal.covers + 1, seal.sealed_at, note, veils)
