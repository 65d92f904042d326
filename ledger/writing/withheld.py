"""Acts whose notes never enter the log: those of a deferred kind, and those on veiled dossiers.

Both are recorded and promised at once. Their promises are stored with them, since they must hold
for months and through every restart: memory forgets, and a promise is never dated anew.
"""

from datetime import datetime, timedelta

from domain.actions import Action, StreamType
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.rules.register import Register
from domain.veils import is_veiled, top_office, veil_act
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.storage.port import NewEvent, StoredEvent
from ledger.writing.envelopes import DeferredPool, Waiting
from ledger.writing.veils import LONGEST_VEILED, Face, VeilPool, parse_face
from transparency.hashing import leaf_hash
from transparency.notes import SigningKey
from transparency.promises import Promise, sign_promise


class VeiledDossiers:
    """Which dossiers are veiled, and what each of their acts shows."""

    def __init__(self) -> None:
        self._tops: dict[str, str] = {}

    def face_of(
        self, action: Action, before: StreamState | None, after: StreamState, register: Register
    ) -> Face | None:
        """Give what an act shows; None where it is open.

        ``before`` and ``after`` are the states of its stream; ``register`` knows the act.
        """
        if not isinstance(after, Dossier):
            return None
        if before is None and is_veiled(after, register):
            self._tops[action.stream] = top_office(after.office, register)
        top = self._tops.get(action.stream)
        office = register.office(after.office)
        if top is None or office is None:
            return None
        assert before is None or isinstance(before, Dossier)
        return Face(top, veil_act(before, after, office.office.time_zone))

    def use_map(self, tops: dict[str, str]) -> None:
        """Keep in this map which dossiers are veiled, and under which office."""
        self._tops = tops

    def remember(self, stream: str, face: Face) -> None:
        """Take in that a stored act of a stream was promised under a veil."""
        self._tops.setdefault(stream, face.office)


class WithheldActs:
    """Promises and keeps what is withheld, until it may enter the log as something else."""

    def __init__(self, ledger: str, promise_key: SigningKey):
        self._ledger = ledger
        self._promise_key = promise_key
        self._deferred = DeferredPool(promise_key)
        self._veils = VeilPool()
        self.dossiers = VeiledDossiers()

    def record(self, action: Action, note: bytes, now: datetime, face: Face | None) -> NewEvent:
        """Promise an act, let it wait, and give it as it is stored; ``now`` is in whole seconds.

        Without a ``face`` it is of a deferred kind.
        """
        publish_by = _end_of_month(now) if face is None else now + LONGEST_VEILED
        promise = Promise(
            self._ledger,
            leaf_hash(note),
            action.stream,
            action.version,
            now,
            publish_by,
            None if face is None else str(face),
        )
        self._await(action.stream, action.version, note, promise)
        signed = sign_promise(promise, self._promise_key)
        return NewEvent(action.stream, action.version, action.kind.name, note, None, signed)

    def remember(self, event: StoredEvent) -> datetime:
        """Take in a stored act: where it waits, let it wait; and that its dossier is veiled.

        Returns:
            When it was promised: the clock had reached that instant.

        Raises:
            StoreCorrupt: its promise is missing, not ours, or not one of its stream's.
        """
        promise = self._deferred.promise_of(event)
        if is_on_dossier(event.stream) != (promise.published_as is not None):
            raise StoreCorrupt(f"the promise of {event.place} is not one of its kind")
        if promise.published_as is not None:
            self.dossiers.remember(event.stream, _face(promise.published_as))
        if event.entry_index is None:
            self._await(event.stream, event.version, event.note, promise)
        return promise.promised_at

    def _await(self, stream: str, version: int, note: bytes, promise: Promise) -> None:
        if promise.published_as is None:
            self._deferred.add(stream, version, note, promise.promised_at)
            return
        commitment = self._deferred.commitment_of(note)
        face = _face(promise.published_as)
        self._veils.add((stream, version), face, commitment, promise.promised_at)

    def waiting(self) -> list[tuple[str, int]]:
        """Give stream and version of each act that waits."""
        return [*self._deferred.waiting(), *self._veils.waiting()]

    def has_due(self, now: datetime) -> bool:
        """Tell whether something may enter the log that waited until now."""
        return self._deferred.has_due(now) or self._veils.has_due(now)

    def take_due(self, now: datetime) -> list[Waiting]:
        """Give what is due, in the order in which it enters the log, and let it wait no more."""
        return [*self._deferred.take_due(now), *self._veils.take_due(now)]

    def opening_of(self, note: bytes) -> bytes:
        """Give what shows, to whoever has it, that an envelope or a veil stands for this note."""
        return self._deferred.opening_of(note)


def is_on_dossier(stream: str) -> bool:
    """Tell whether a stream is a dossier's: what is withheld there is veiled, else deferred."""
    return stream.startswith(f"{StreamType.DOSSIER}:")


def _face(published_as: str) -> Face:
    try:
        return parse_face(published_as)
    except MalformedAction as error:
        raise StoreCorrupt(f"a stored promise cannot be read: {error}") from error


def _end_of_month(instant: datetime) -> datetime:
    first = instant.replace(day=1, hour=0, minute=0, second=0)
    return (first + timedelta(days=32)).replace(day=1)
