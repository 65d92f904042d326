"""Logs with deliberately wrong content, all of it signed with the right log key.

A `Forger` appends whatever it is given and seals it; every part of a seal can be set. What is
not set is as an honest writer would make it.
"""

from datetime import datetime, timedelta
from typing import Any

from ledger.action_notes import SubmittedAction, open_text
from ledger.auditing import AuditReport
from ledger.documents import MemoryDocuments
from ledger.drafting import FIRST_PLACE, Place, place_after
from ledger.errors import MalformedAction
from ledger.storage.port import LedgerReader
from ledger.writing.public_log import index_key
from tests.support.ledger_builders import START, Desk, SteppingClock, audited, operator_keys
from tests.support.transparency_builders import WrittenLog
from transparency.index import StreamIndex
from transparency.seals import Seal, is_seal, render_seal
from transparency.tile_store import MemoryTileStore
from transparency.trusted_log import TrustedLog


class Forger:
    """A writer that checks nothing and can be told to lie."""

    def __init__(self) -> None:
        self.clock = SteppingClock()
        self.desk = Desk(self.clock)
        self.documents = MemoryDocuments()
        self.tiles = MemoryTileStore()
        self.written = WrittenLog(self.tiles, operator_keys().log)
        self.index = StreamIndex()
        self.places: dict[str, Place] = {}
        self.pending: list[bytes] = []
        self.sealed_at = START

    @property
    def size(self) -> int:
        """Count the entries, published or not."""
        return self.written.tree.tree_size + len(self.pending)

    def add(self, *actions: SubmittedAction | bytes) -> None:
        """Append actions, or any bytes, as they are."""
        for action in actions:
            body = action if isinstance(action, bytes) else action.note
            self._learn(body)
            if isinstance(action, SubmittedAction) and action.document is not None:
                self.documents.store(action.document)
            self.pending.append(body)

    def _learn(self, body: bytes) -> None:
        if is_seal(body):
            return
        try:
            stream = open_text(body, None).action.stream
        except MalformedAction:
            return
        self.index.append(index_key(stream), self.size)
        self.places[stream] = place_after(self.place(stream), body)

    def act(self, kind: str, stream: str, **changes: Any) -> SubmittedAction:
        """The next action of a stream, signed by whoever usually does."""
        given: dict[str, Any] = {"place": self.place(stream)} | changes
        return self.desk.act(kind, stream, **given)

    def place(self, stream: str) -> Place:
        """Where the stream's next action goes."""
        return self.places.get(stream, FIRST_PLACE)

    def a_dossier(self, *kinds: str) -> str:
        """Append a dossier with these actions after its submission; give its stream."""
        stream = self.desk.new_stream()
        self.add(self.desk.submitted(stream))
        for kind in kinds:
            self.add(self.act(kind, stream))
        return stream

    def seal(self, *, publish: bool = True, **lies: Any) -> None:
        """Append a seal over everything before it, and publish up to it."""
        self.sealed_at = max(self.sealed_at, self._now())
        size = self.written.tree.tree_size
        truth: dict[str, Any] = {
            "covers": self.size,
            "index_root_hash": self.index.root_hash(),
            "sealed_at": self.sealed_at,
            "previous_checkpoint": self.written.signed_checkpoint().note if size else b"",
        }
        self.pending.append(render_seal(Seal(**(truth | lies))))
        if publish:
            self.publish()

    def _now(self) -> datetime:
        now = self.clock() + timedelta(seconds=1)
        return now.replace(microsecond=0)

    def publish(self) -> None:
        """Publish what was appended, sealed or not."""
        self.written.publish(self.pending)
        self.pending = []

    def log(self) -> TrustedLog:
        """The published log."""
        return TrustedLog(self.tiles, self.written.signed_checkpoint())

    def audit(self, stored: LedgerReader | None = None, now: datetime | None = None) -> AuditReport:
        """Audit what was published, by a clock that agrees with ours unless another is given."""
        return audited(self.log(), self.documents, now or self.clock.now, stored)

    def problems(self) -> list[tuple[str, int | None]]:
        """What the auditor names, and where."""
        return [(problem.code, problem.entry_index) for problem in self.audit().problems]


def a_forger() -> Forger:
    """A forger whose registry is published honestly."""
    forger = Forger()
    forger.add(*forger.desk.registry())
    forger.seal()
    return forger
