"""Acts whose publication is deferred: ratings and denunciations, whose notes only the ledger holds.

No entry says when one of them was recorded, but its envelope comes later: so it is right if it was
right at some instant before its envelope. It is tried whenever what it rests on moves: a rating
with its dossier, any other with its signers' keys.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.actions import Action
from domain.errors import DomainError
from domain.facts import SatisfactionRated
from domain.facts.feedback import DenunciationReceivedDetails
from ledger.action_notes import (
    KeySource,
    OpenedText,
    check_signature_lines,
    open_text,
    verify_signatures,
)
from ledger.errors import LedgerError
from ledger.inspecting.opening import PartOpener, Recorded, by_chunks
from ledger.inspecting.report import ENVELOPE_DIFFERS, ENVELOPE_EMPTY, Check, VaultReport, Why
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader, StoredEvent
from transparency.hashing import leaf_hash

EVENTS_PER_BATCH: Final = 500

EnvelopeOf = Callable[[bytes], bytes]


@dataclass(slots=True)
class _Waiting:
    """One act that was not found right yet, and what was said against it last."""

    entry_index: int | None
    opened: OpenedText
    action: Action
    refused: LedgerError | DomainError | None = None
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Denounced:
    """That a dossier is named by a denunciation, received at this act."""

    dossier: str
    action: Action


class DeferredActs:
    """Tries the deferred acts of one ledger, in the order of their recording."""

    def __init__(
        self,
        ledger: str,
        keys: KeySource,
        envelope_of: EnvelopeOf | None,
        latest: datetime,
        report: VaultReport,
    ):
        """``envelope_of`` makes a note's envelope, with the promise key; ``latest`` is now."""
        self._ledger = ledger
        self._keys = keys
        self._envelope_of = envelope_of
        self._latest = latest
        self._report = report
        self._by_envelope: dict[int, _Waiting] = {}
        self._unpublished: list[_Waiting] = []
        self._by_stream: dict[str, list[_Waiting]] = defaultdict(list)
        self.denounced: list[Denounced] = []

    def read(self, reader: LedgerReader, opener: PartOpener) -> None:
        """Read all deferred acts; they are few beside the entries, and stay until they are right.

        Raises:
            StoreUnavailable: ledger or vault cannot be read.
        """
        recorded = [*self._opened(reader.enveloped_events())]
        recorded += self._opened(reader.deferred_events())
        for chunk in by_chunks(recorded, EVENTS_PER_BATCH):
            for one, action in zip(chunk, opener.open(chunk), strict=True):
                self._await(one, action)

    def _opened(self, events: Sequence[StoredEvent]) -> Iterator[Recorded]:
        for event in events:
            try:
                yield Recorded(event.entry_index, open_text(event.note, self._ledger))
            except LedgerError:
                # The public audit names it: it reads the ledger database too.
                self._report.not_remade[Check.DEFERRED, Why.UNREADABLE] += 1

    def _await(self, one: Recorded, action: Action) -> None:
        details = action.details
        if isinstance(details, DenunciationReceivedDetails) and details.dossier is not None:
            self.denounced.append(Denounced(details.dossier, one.opened.action))
        waiting = _Waiting(one.entry_index, one.opened, action)
        if one.entry_index is None:
            self._unpublished.append(waiting)
        else:
            self._by_envelope[one.entry_index] = waiting
        for stream in _rests_on(action):
            self._by_stream[stream].append(waiting)

    def stream_moved(self, stream: str, state: LedgerState) -> None:
        """Try again what rests on a stream that has a new state."""
        if stream not in self._by_stream:
            return
        for waiting in self._by_stream[stream]:
            self._try(waiting, state)
        self._by_stream[stream] = [one for one in self._by_stream[stream] if not one.is_right]

    def take_envelope(self, entry_index: int, envelope: bytes, state: LedgerState) -> None:
        """Open an envelope, and say the last word on the act inside."""
        state.take_withheld(envelope)
        waiting = self._by_envelope.pop(entry_index, None)
        if waiting is None:
            message = "the ledger database holds no act for this envelope"
            self._report.add_problem(ENVELOPE_EMPTY, entry_index, message)
            return
        if self._envelope_of is None:
            self._report.not_remade[Check.ENVELOPES, Why.NO_PROMISE_KEY] += 1
        else:
            self._report.remade[Check.ENVELOPES] += 1
            if self._envelope_of(waiting.opened.note) != envelope:
                message = "the envelope commits to another note than the ledger database holds"
                self._report.add_problem(ENVELOPE_DIFFERS, entry_index, message)
        self._conclude(waiting, state)

    def finish(self, state: LedgerState, *, is_whole: bool) -> None:
        """Say the last word on what the log holds no envelope of yet.

        Where the log is not the whole ledger (``is_whole``), what an act rests on may be newer.
        """
        for waiting in (*self._by_envelope.values(), *self._unpublished):
            self._try(waiting, state)
            if waiting.is_right or is_whole:
                self._conclude(waiting, state)
            else:
                self._report.not_remade[Check.DEFERRED, Why.NEWER] += 1

    def _conclude(self, waiting: _Waiting, state: LedgerState) -> None:
        self._report.remade[Check.DEFERRED] += 1
        self._try(waiting, state)
        if waiting.is_right:
            return
        # A denunciation is sealed, and a rating is nobody's: kind and reason, and no stream.
        assert waiting.refused is not None
        message = f"{waiting.action.kind.name} must not have been recorded: {waiting.refused.code}"
        self._report.add_problem(waiting.refused.code, waiting.entry_index, message)

    def _try(self, waiting: _Waiting, state: LedgerState) -> None:
        if waiting.is_right:
            return
        try:
            state.check_public(waiting.action, self._latest)
            state.check_private(waiting.action)
            check_signature_lines(waiting.opened)
            verify_signatures(waiting.opened, {}, self._keys)
        except (LedgerError, DomainError) as error:
            waiting.refused = error
            return
        state.apply(waiting.action, leaf_hash(waiting.opened.note))
        waiting.is_right = True
        # What was found right keeps no private text in memory until its envelope comes.
        waiting.action = waiting.opened.action


def _rests_on(action: Action) -> list[str]:
    if isinstance(action.facts, SatisfactionRated):
        return [action.facts.dossier]
    return [f"key:{signer.key}" for signer in action.signers]
