"""A shard: the streams that one process looks after, from their bytes to their decisions.

It takes entries in index order and holds actions back until the seal that covers them, because
that seal's time is the clock of their decision. A shard of one, which looks after all streams, is
an auditor of the whole. Of several each knows what decisions on its streams rest on; where that
is not enough (a key that only another shard may have met), it says so: `Answer.doubt`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import thread_time
from typing import Final

from domain.actions import Action
from domain.errors import DomainError
from domain.facts import LedgerOpened
from domain.veils import is_veiled
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.auditing.messages import (
    FOLLOWED,
    OWN,
    Answer,
    Batch,
    Ending,
    Fold,
    Found,
    Sealed,
)
from ledger.auditing.packing import pack, unpack
from ledger.auditing.report import add_spent
from ledger.documents import DocumentSource
from ledger.errors import AuditStateRefused, InvalidSignature, LedgerError, UnknownKey
from ledger.key_files import Anchors
from ledger.state import LedgerState
from ledger.writing.public_log import index_key
from ledger.writing.reading import place_of
from ledger.writing.veils import is_withheld
from transparency.errors import TransparencyError
from transparency.index.parts import IndexPart, part_of
from transparency.notes import NoteSignature, VerificationKey, check_signature, render_vkey

READING: Final = "reading entries"
SIGNATURES: Final = "signatures"
INDEX: Final = "index roots"
DECISIONS: Final = "decisions"
STATISTICS: Final = "statistics"
# No date or number can hold what an act's rules count with: no honest writer got further, either.
DECISION_NOT_REPEATABLE: Final = "decision_not_repeatable"

# Nothing is under way between two batches; actions may wait for a seal.
_REMEMBERED: Final = ("_state", "_indexes", "_changed_parts", "_keys", "_held", "_sealed_at")


@dataclass(frozen=True, slots=True)
class ShardSetting:
    """What a shard is made from; it goes to the process that the shard runs in.

    ``number`` is the shard's own among ``shards``; ``names_places`` asks where each action says
    that it belongs; ``fold`` makes figures at the end.
    """

    anchors: Anchors
    documents: DocumentSource
    number: int = 0
    shards: int = 1
    names_places: bool = False
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    """An action, or else an envelope or a veil, that waits for the seal covering it."""

    entry_index: int
    duty: int
    opened: OpenedText | None
    withheld: bytes = b""


_SignatureTask = tuple[int, VerificationKey, bytes, NoteSignature]


class Shard:
    """Takes in what it is given, batch by batch."""

    def __init__(self, setting: ShardSetting) -> None:
        self._setting = setting
        self._origin = setting.anchors.origin
        self._vkeys = (render_vkey(setting.anchors.registrar), render_vkey(setting.anchors.log))
        self._is_alone = setting.shards == 1
        self._state = LedgerState(setting.documents)
        self._indexes: dict[int, IndexPart] = {}
        self._changed_parts: set[int] = set()
        self._keys: dict[str, VerificationKey] = {}
        self._held: list[_Held] = []
        self._tasks: list[_SignatureTask] = []
        self._sealed_at: datetime | None = None
        self._answer = Answer()

    def take(self, batch: Batch) -> Answer:
        """Take the next entries in, and say what is wrong with them."""
        answer = self._answer = Answer()
        since = thread_time()
        for entry_index, entry, duty in zip(
            batch.entry_indexes, batch.entries, batch.duties, strict=True
        ):
            if not entry and entry_index in batch.sealed_at:
                self._spend(READING, since)
                self._take_seal(entry_index, batch.sealed_at[entry_index])
                since = thread_time()
            elif is_withheld(entry):
                self._held.append(_Held(entry_index, duty, None, entry))
            else:
                self._take_action(entry_index, entry, duty)
        since = self._spend(READING, since)
        self._verify_signatures()
        self._spend(SIGNATURES, since)
        return answer

    def end(self) -> Ending:
        """Say what is left at the end of the log."""
        since = thread_time()
        fold, folded = self._setting.fold, None
        if fold is not None and self._sealed_at is not None:
            folded = fold(self._state, self._sealed_at)
        spent = {STATISTICS: thread_time() - since}
        return Ending(self._state.roots(self._origin), len(self._held), folded, spent)

    def save(self) -> bytes:
        """Give everything that the shard remembers, for `restore` of one of the same setting."""
        members = {name: getattr(self, name) for name in _REMEMBERED}
        return pack(members, self._setting.documents)

    def restore(self, saved: bytes) -> None:
        """Remember what another shard of the same setting remembered.

        Raises:
            AuditStateRefused: the bytes are not what `save` gave.
        """
        members = unpack(saved, self._setting.documents)
        if members.keys() != set(_REMEMBERED):
            raise AuditStateRefused("the state file was written by another version")
        for name, value in members.items():
            setattr(self, name, value)

    def _spend(self, part: str, since: float) -> float:
        now = thread_time()
        add_spent(self._answer.spent, {part: now - since})
        return now

    def _take_action(self, entry_index: int, entry: bytes, duty: int) -> None:
        found = self._answer.unreadable if duty != FOLLOWED else []
        try:
            opened = action_notes.open_text(entry, self._origin)
            if duty != FOLLOWED:
                self._note(entry_index, opened.action)
            action_notes.check_signature_lines(opened)
            if opened.action.kind.deferred:
                # SPEC: formats.md, "Neighbour test": it stands in an envelope, or says whose it is.
                name = opened.action.kind.name
                found.append(Found(entry_index, "published_in_clear", name))
            self._check_opening(entry_index, opened)
            self._queue_signatures(entry_index, opened, duty)
        except (LedgerError, DomainError, TransparencyError) as error:
            found.append(Found(entry_index, error.code, str(error)))
        else:
            self._held.append(_Held(entry_index, duty, opened))

    def _note(self, entry_index: int, action: Action) -> None:
        # The index knows every readable action, permitted or not: it reads only the text.
        key, answer = index_key(action.stream), self._answer
        part = 0 if self._is_alone else part_of(key)
        if part % self._setting.shards != self._setting.number:
            answer.doubt = f"entry {entry_index} came to another shard than its stream's"
        if part not in self._indexes:
            self._indexes[part] = IndexPart()
        self._indexes[part].append(key, entry_index)
        self._changed_parts.add(part)
        answer.actions += 1
        if self._setting.names_places:
            answer.places[entry_index] = place_of(action)
        if not self._is_alone:
            for vkey in action_notes.vkeys_of(action.facts):
                name, _, public_key = vkey.split("+", 2)
                answer.brought.append((name, public_key, action.stream))

    def _check_opening(self, entry_index: int, opened: OpenedText) -> None:
        facts = opened.action.facts
        if (entry_index == 0) != isinstance(facts, LedgerOpened):
            raise UnknownKey("entry 0, and no other, opens the ledger")
        if isinstance(facts, LedgerOpened):
            named = (facts.registrar_vkey, facts.log_vkey)
            if named != self._vkeys:
                raise UnknownKey("the ledger was opened with other keys than the anchors")

    def _queue_signatures(self, entry_index: int, opened: OpenedText, duty: int) -> None:
        for name, key in action_notes.keys_brought(opened.action).items():
            if self._keys.setdefault(name, key) != key:
                raise UnknownKey(f"two public keys have the name {name}")
        for signature in opened.signed.signatures:
            key_or_none = self._keys.get(signature.key_name)
            if key_or_none is None:
                if not self._is_alone:
                    self._answer.doubt = f"entry {entry_index}: whose is {signature.key_name}?"
                raise UnknownKey(f"no entry before this one brings {signature.key_name}")
            if duty != FOLLOWED:
                self._tasks.append((entry_index, key_or_none, opened.signed.text, signature))

    def _verify_signatures(self) -> None:
        tasks, self._tasks = self._tasks, []
        self._answer.signatures_verified += len(tasks)
        self._answer.unsigned += _wrong_signatures(tasks)

    def _take_seal(self, entry_index: int, sealed_at: datetime) -> None:
        sealed = self._answer.sealed[entry_index] = Sealed(entry_index)
        since = thread_time()
        for part in self._changed_parts:
            sealed.roots[part] = self._indexes[part].root_hash()
        self._changed_parts.clear()
        since = self._spend(INDEX, since)
        held, self._held = self._held, []
        for each in held:
            self._repeat_decision(each, sealed_at, sealed)
        self._state.note_seal(sealed_at)
        self._sealed_at = sealed_at
        self._spend(DECISIONS, since)

    def _repeat_decision(self, held: _Held, sealed_at: datetime, sealed: Sealed) -> None:
        try:
            found = self._decide_again(held, sealed_at)
        except (LedgerError, DomainError) as error:
            found = error.code, f"must not have been recorded: {error}"
        except (ArithmeticError, ValueError) as error:
            found = DECISION_NOT_REPEATABLE, f"nobody can decide this: {error}"
        if found is not None:
            _refuse(sealed, held, Found(held.entry_index, *found))

    def _decide_again(self, held: _Held, sealed_at: datetime) -> tuple[str, str] | None:
        if held.opened is None:
            self._state.take_withheld(held.withheld)
            return None
        action = held.opened.action
        self._answer.decisions_repeated += held.duty != FOLLOWED
        self._state.check_public(action, sealed_at)
        self._state.apply_recorded(held.opened)
        # SPEC: formats.md, "Neighbour test": what the procedure veils is veiled from its first act.
        dossier = self._state.dossier(action.stream) if action.version == 1 else None
        if dossier is not None and is_veiled(dossier, self._state):
            return "published_in_clear", action.kind.name
        return None


def _refuse(sealed: Sealed, held: _Held, found: Found) -> None:
    if held.duty != FOLLOWED:
        sealed.refused.append(found)
    if held.duty != OWN:
        sealed.followed.append((found.entry_index, found.code))


def _wrong_signatures(tasks: Sequence[_SignatureTask]) -> list[Found]:
    wrong = []
    for entry_index, key, text, signature in tasks:
        try:
            check_signature(key, text, signature)
        except TransparencyError as error:
            wrong.append(Found(entry_index, InvalidSignature.code, str(error)))
    return wrong
