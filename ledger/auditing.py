"""The full audit of a log: every hash, seal, signature, key and public decision, made again.

The auditor has two anchors (the log's key and the registrar's root) and the public log; with the
data folder it also compares what is stored there with what is published. It takes entries in
index order and holds actions back until the seal that covers them, because that seal's time is
the clock of their decision. The auditor's own clock says only that no seal is from the future.
What it finds wrong it reports and goes on, so that one report names
everything.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Final

from domain.actions import Action
from domain.errors import DomainError
from domain.facts import LedgerOpened
from domain.veils import is_veiled
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.documents import DocumentSource
from ledger.errors import InvalidSignature, LedgerError, UnknownKey
from ledger.key_files import Anchors
from ledger.state import LedgerState
from ledger.storage.port import EventPlace, LedgerReader, StoredEvent
from ledger.writing.public_log import index_key
from ledger.writing.reading import place_of, veiled_events
from ledger.writing.veils import is_withheld
from ledger.writing.withheld import is_on_dossier
from transparency.checkpoints import open_checkpoint
from transparency.errors import LogMisbehaviour, TransparencyError
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.merkle import Frontier
from transparency.notes import (
    NoteSignature,
    VerificationKey,
    check_signature,
    render_vkey,
)
from transparency.seals import Seal, is_seal, parse_seal
from transparency.trusted_log import TrustedLog

MAX_PROBLEMS: Final = 1_000
SIGNATURES_PER_TASK: Final = 256
READ_BATCH: Final = 1_000
SEAL_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it must be; ``entry_index`` is None for the log as a whole."""

    code: str
    entry_index: int | None
    message: str


@dataclass(slots=True)
class AuditReport:
    """What an audit saw; `roots` are the registrar's root keys, from the anchor to the present."""

    tree_size: int
    root_hash: bytes
    entries: int = 0
    actions: int = 0
    seals: int = 0
    envelopes: int = 0
    signatures_verified: int = 0
    decisions_repeated: int = 0
    compared_with_store: bool = False
    roots: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.problems

    def add_problem(self, code: str, entry_index: int | None, message: str) -> None:
        """Name one thing that is wrong; beyond a thousand, more would say nothing more."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, entry_index, message))


@dataclass(frozen=True, slots=True)
class _Held:
    """An action, or else an envelope or a veil, that waits for the seal covering it."""

    entry_index: int
    opened: OpenedText | None
    withheld: bytes = b""


SignatureTask = tuple[int, VerificationKey, bytes, NoteSignature]


class Auditor:
    """Takes one log in, entry by entry; `audit_log` drives it."""

    def __init__(
        self, anchors: Anchors, documents: DocumentSource, report: AuditReport, now: datetime
    ):
        self._anchors = anchors
        self._report = report
        self._latest_seal_at = now + SEAL_CLOCK_TOLERANCE
        self._state = LedgerState(documents)
        self._index = StreamIndex()
        self._frontier = Frontier()
        self._held: list[_Held] = []
        self._last_seal: Seal | None = None
        self._last_seal_size = 0
        self._ends_in_seal = False
        self._has_embedded = False
        self._embedded_size = 0
        self._sealed_roots: dict[int, bytes] = {}
        self._keys: dict[str, VerificationKey] = {}
        self._tasks: list[SignatureTask] = []
        self._pool = ThreadPoolExecutor()
        self._running: list[Future[list[Problem]]] = []

    def take(self, entry_index: int, entry: bytes) -> EventPlace | None:
        """Take the next entry in; give where an action says that it belongs."""
        self._report.entries += 1
        named: EventPlace | None = None
        self._ends_in_seal = is_seal(entry)
        try:
            if is_seal(entry):
                self._take_seal(entry_index, parse_seal(entry))
            elif is_withheld(entry):
                self._report.envelopes += 1
                self._held.append(_Held(entry_index, None, entry))
            else:
                opened = action_notes.open_text(entry, self._anchors.origin)
                named = place_of(opened.action)
                self._take_action(entry_index, opened)
        except (LedgerError, DomainError, TransparencyError) as error:
            self._problem(error.code, entry_index, str(error))
        self._frontier.append(leaf_hash(entry))
        if is_seal(entry):
            self._sealed_roots[entry_index + 1] = self._frontier.root_hash()
        return named

    def finish(self) -> None:
        """Collect what is still running, and see that the log ends in a seal."""
        self._start_task()
        for running in self._running:
            self._report.problems.extend(running.result())
        self._pool.shutdown()
        self._report.roots = self._state.roots(self._anchors.origin)
        if self._held or not self._ends_in_seal:
            self._problem("not_sealed", None, "the log does not end in a seal over all before it")

    def _take_action(self, entry_index: int, opened: OpenedText) -> None:
        # The index knows every readable action, permitted or not: it reads only the text.
        self._index.append(index_key(opened.action.stream), entry_index)
        self._report.actions += 1
        action_notes.check_signature_lines(opened)
        if opened.action.kind.deferred:
            # SPEC: formats.md, "Neighbour test": it stands in an envelope, or says whose it is.
            self._problem("published_in_clear", entry_index, opened.action.kind.name)
        self._check_opening(entry_index, opened)
        self._queue_signatures(entry_index, opened)
        self._held.append(_Held(entry_index, opened))

    def _check_opening(self, entry_index: int, opened: OpenedText) -> None:
        facts = opened.action.facts
        if (entry_index == 0) != isinstance(facts, LedgerOpened):
            raise UnknownKey("entry 0, and no other, opens the ledger")
        if isinstance(facts, LedgerOpened):
            wanted = (render_vkey(self._anchors.registrar), render_vkey(self._anchors.log))
            if (facts.registrar_vkey, facts.log_vkey) != wanted:
                raise UnknownKey("the ledger was opened with other keys than the anchors")

    def _queue_signatures(self, entry_index: int, opened: OpenedText) -> None:
        for name, key in action_notes.keys_brought(opened.action).items():
            if self._keys.setdefault(name, key) != key:
                raise UnknownKey(f"two public keys have the name {name}")
        for signature in opened.signed.signatures:
            key_or_none = self._keys.get(signature.key_name)
            if key_or_none is None:
                raise UnknownKey(f"no entry before this one brings {signature.key_name}")
            self._tasks.append((entry_index, key_or_none, opened.signed.text, signature))
        if len(self._tasks) >= SIGNATURES_PER_TASK:
            self._start_task()

    def _start_task(self) -> None:
        tasks, self._tasks = self._tasks, []
        self._report.signatures_verified += len(tasks)
        self._running.append(self._pool.submit(_verify_all, tasks))

    def _take_seal(self, entry_index: int, seal: Seal) -> None:
        self._report.seals += 1
        if seal.covers != entry_index:
            self._problem("wrong_seal", entry_index, f"the seal covers {seal.covers}")
        if seal.index_root_hash != self._index.root_hash():
            self._problem("wrong_index_root", entry_index, "the index has another root")
        self._check_time(entry_index, seal)
        try:
            self._check_previous(entry_index, seal)
        except TransparencyError as error:
            self._problem(error.code, entry_index, str(error))
        self._last_seal, self._last_seal_size = seal, entry_index + 1
        held, self._held = self._held, []
        for action in held:
            self._repeat_decision(action, seal)
        self._state.note_seal(seal.sealed_at)

    def _check_time(self, entry_index: int, seal: Seal) -> None:
        before = self._last_seal
        if before is not None and seal.sealed_at < before.sealed_at:
            self._problem("seal_time_went_back", entry_index, "earlier than the seal before")
        is_first_ahead = before is None or before.sealed_at <= self._latest_seal_at
        if seal.sealed_at > self._latest_seal_at and is_first_ahead:
            # Seals that follow are no earlier: one line names them all, and hides nothing else.
            message = f"sealed at {seal.sealed_at.isoformat()}, later than the auditor's clock"
            self._problem("seal_in_the_future", entry_index, message)

    def _check_previous(self, entry_index: int, seal: Seal) -> None:
        if not seal.previous_checkpoint:
            if self._has_embedded:
                self._problem("checkpoint_missing", entry_index, "no previous checkpoint embedded")
            return
        self._has_embedded = True
        previous = open_checkpoint(seal.previous_checkpoint, self._anchors.log).checkpoint
        if self._sealed_roots.get(previous.tree_size) != previous.root_hash:
            self._problem("wrong_checkpoint", entry_index, "the embedded checkpoint is not ours")
            return
        if previous.tree_size < self._embedded_size:
            self._problem("checkpoint_went_back", entry_index, "a later one was embedded before")
            return
        self._check_none_left_out(previous.tree_size)
        self._embedded_size = previous.tree_size

    def _check_none_left_out(self, previous_size: int) -> None:
        # SPEC: formats.md, "Seal entry": the previously published checkpoint. So the first seal
        # after a checkpoint embeds it; one that turns up only later was left out there.
        if self._embedded_size < previous_size < self._last_seal_size:
            left_out_at = min(size for size in self._sealed_roots if size > previous_size) - 1
            message = f"the published checkpoint of size {previous_size} is not embedded"
            self._problem("checkpoint_missing", left_out_at, message)

    def _repeat_decision(self, held: _Held, seal: Seal) -> None:
        try:
            if held.opened is None:
                self._state.take_withheld(held.withheld)
                return
            action = held.opened.action
            self._report.decisions_repeated += 1
            self._state.check_public(action, seal.sealed_at)
            self._state.apply_recorded(held.opened)
        except (LedgerError, DomainError) as error:
            self._problem(error.code, held.entry_index, f"must not have been recorded: {error}")
            return
        self._check_needs_no_veil(held.entry_index, action)

    def _check_needs_no_veil(self, entry_index: int, action: Action) -> None:
        # SPEC: formats.md, "Neighbour test": what the procedure veils is veiled from its first act.
        dossier = self._state.dossier(action.stream) if action.version == 1 else None
        if dossier is not None and is_veiled(dossier, self._state):
            self._problem("published_in_clear", entry_index, action.kind.name)

    def _problem(self, code: str, entry_index: int | None, message: str) -> None:
        self._report.add_problem(code, entry_index, message)


def _verify_all(tasks: Sequence[SignatureTask]) -> list[Problem]:
    problems = []
    for entry_index, key, text, signature in tasks:
        try:
            check_signature(key, text, signature)
        except TransparencyError as error:
            problems.append(Problem(InvalidSignature.code, entry_index, str(error)))
    return problems


def audit_log(
    log: TrustedLog,
    anchors: Anchors,
    documents: DocumentSource,
    *,
    now: datetime,
    stored: LedgerReader | None = None,
) -> Iterator[AuditReport]:
    """Audit a whole log; gives the report again and again as it grows, complete at the end.

    ``now`` is the auditor's own clock, read when the log was opened or later; ``stored`` is the
    ledger database to compare with, where the auditor has it.
    """
    checkpoint = log.signed_checkpoint.checkpoint
    report = AuditReport(checkpoint.tree_size, checkpoint.root_hash)
    auditor = Auditor(anchors, documents, report, now)
    try:
        for batch in _batched(log.replay(), READ_BATCH):
            places = [auditor.take(entry_index, entry) for entry_index, entry in batch]
            if stored is not None:
                _compare(batch, places, stored, report)
            yield report
    except LogMisbehaviour:
        raise
    except TransparencyError as error:
        report.add_problem(error.code, None, str(error))
    auditor.finish()
    if stored is not None:
        _compare_checkpoint(log, stored, report)
        _compare_unpublished(anchors.origin, stored, report)
    yield report


def _batched(entries: Iterable[tuple[int, bytes]], size: int) -> Iterator[list[tuple[int, bytes]]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, size)):
        yield batch


def _compare(
    batch: Sequence[tuple[int, bytes]],
    places: Sequence[EventPlace | None],
    stored: LedgerReader,
    report: AuditReport,
) -> None:
    report.compared_with_store = True
    start, end = batch[0][0], batch[-1][0] + 1
    try:
        kept, kept_places = stored.entries(start, end), stored.event_places(start, end)
    except LedgerError as error:
        report.add_problem(error.code, start, str(error))
        return
    for (entry_index, published), entry in zip(batch, kept, strict=True):
        if entry.body != published:
            message = "the ledger database holds other bytes than the public log"
            report.add_problem("stored_entry_differs", entry_index, message)
    for (entry_index, published), named, place in zip(batch, places, kept_places, strict=True):
        if not _is_in_place(published, named, place):
            message = f"the ledger database has it under {place}, and it says {named}"
            report.add_problem("stored_event_misplaced", entry_index, message)


def _is_in_place(published: bytes, named: EventPlace | None, place: EventPlace | None) -> bool:
    if is_seal(published):
        return place is None
    if is_withheld(published):
        # What is inside is published nowhere: `_compare_unpublished` opens it from the store.
        return place is not None
    # An entry that cannot be read names no place, and is a problem of its own.
    return named is None or place == named


def _compare_unpublished(ledger: str, stored: LedgerReader, report: AuditReport) -> None:
    """Look at the events whose note is no entry: only those of a deferred kind may be such."""
    try:
        for event in chain(
            stored.enveloped_events(), stored.deferred_events(), veiled_events(stored)
        ):
            _check_unpublished(event, ledger, report)
    except LedgerError as error:
        report.add_problem(error.code, None, str(error))


def _check_unpublished(event: StoredEvent, ledger: str, report: AuditReport) -> None:
    try:
        action = action_notes.open_text(event.note, ledger).action
    except LedgerError as error:
        message = f"{event.place} is stored, its note is no entry and cannot be read: {error}"
        report.add_problem("stored_event_unpublished", event.entry_index, message)
        return
    if event.place != place_of(action):
        message = f"the ledger database has it under {event.place}, and it says {place_of(action)}"
        report.add_problem("stored_event_misplaced", event.entry_index, message)
    # That a dossier ought to be veiled, and each veil the right one, takes the vault's audit.
    if not (action.kind.deferred or (event.promise and is_on_dossier(event.stream))):
        message = f"{event.place} is stored, and its note is no entry of the log"
        report.add_problem("stored_event_unpublished", event.entry_index, message)


def _compare_checkpoint(log: TrustedLog, stored: LedgerReader, report: AuditReport) -> None:
    kept, published = stored.checkpoint(), log.signed_checkpoint.note
    if kept is None or kept.tree_size < log.tree_size:
        message = "the ledger database knows no checkpoint of this size"
        report.add_problem("stored_checkpoint_behind", None, message)
    elif kept.tree_size == log.tree_size and _text_of(kept.note) != _text_of(published):
        message = "the ledger database holds another checkpoint than the public log"
        report.add_problem("stored_checkpoint_differs", None, message)


def _text_of(checkpoint_note: bytes) -> bytes:
    # Cosignatures may differ; the log's own three lines may not.
    return checkpoint_note.partition(b"\n\n")[0]
