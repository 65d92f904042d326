"""An operator who has all the operator's keys and a real ledger's entries, and goes on as it likes.

Its log is made again from what the ledger published, byte for byte while it is honest. A liar here
is a careful one: whatever it changes, every seal, index root, embedded checkpoint, tile and
signature of its own is made again to fit. What it has not are the keys of officers, unless one
helps it, and those of witnesses.
"""

from collections.abc import Callable, Sequence

from ledger.evidence.judging import stream_of
from tests.support.forged_logs import Forger
from tests.support.ledger_builders import ORIGIN, World
from transparency.seals import is_seal, parse_seal

Change = Callable[[list[bytes]], Sequence[bytes]]


class Operator(Forger):
    """Continues a ledger that was honest until now."""

    def __init__(self, world: World, entries: Sequence[bytes] | None = None) -> None:
        super().__init__()
        self.world = world
        self.clock, self.desk, self.documents = world.clock, world.desk, world.documents
        for entry in world.entries() if entries is None else entries:
            if is_seal(entry):
                self.sealed_at = parse_seal(entry).sealed_at
                self.seal(sealed_at=self.sealed_at)
            else:
                self.add(entry)
        # Nothing is ever published without a seal: what an older copy lacks one for, it lacks.
        assert not self.pending

    def _learn(self, body: bytes) -> None:
        # What is no action of this ledger has no stream in its index, and an honest seal says so.
        if stream_of(body, ORIGIN) is not None:
            super()._learn(body)

    def remade(self, change: Change) -> "Operator":
        """The same ledger with other entries, and with seals and checkpoints that fit them."""
        return Operator(self.world, change(list(self.written.entries)))

    def as_of(self, tree_size: int) -> "Operator":
        """The ledger as its copy of an earlier day has it."""
        return self.remade(lambda entries: entries[:tree_size])
