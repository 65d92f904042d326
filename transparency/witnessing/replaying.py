"""What an index auditor does: replays a log, and believes a seal only if it makes the same one.

An entry belongs to a stream or to none; which, a function says that reads the entry alone. The
replay keeps the right edge of the tree and the index, and holds each seal against both: `covers`
is the seal's own place, and its root is that of the index over all entries before. It goes on
where it stood: `Frontier.subtree_hashes` and the streams of the entries taken are its whole state.

>>> from datetime import UTC, datetime
>>> from transparency.seals import Seal, render_seal
>>> replay = IndexReplay(lambda entry: entry[:1] * 32)
>>> replay.take(b"a first entry") == b"a" * 32
True
>>> index = StreamIndex()
>>> index.append(b"a" * 32, 0)
>>> seal = Seal(1, index.root_hash(), datetime(2026, 11, 21, tzinfo=UTC), b"")
>>> replay.take(render_seal(seal)) is None, replay.tree_size, replay.ends_in_seal
(True, 2, True)
"""

from collections.abc import Callable, Iterable

from transparency.errors import MalformedSeal, SealWrong
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.merkle import Frontier
from transparency.seals import is_seal, parse_seal

NO_SEAL = "published without a seal as its last entry"

StreamKeyOf = Callable[[bytes], bytes | None]


class IndexReplay:
    """A log, replayed so far; every seal in it was right."""

    def __init__(
        self,
        stream_key_of: StreamKeyOf,
        frontier: Frontier | None = None,
        streams: Iterable[tuple[int, bytes]] = (),
        *,
        ends_in_seal: bool = False,
    ) -> None:
        self._stream_key_of = stream_key_of
        self.frontier = frontier or Frontier()
        self._index = StreamIndex()
        self._ends_in_seal = ends_in_seal
        for entry_index, stream_key in streams:
            self._index.append(stream_key, entry_index)

    @property
    def tree_size(self) -> int:
        """Count the entries taken."""
        return self.frontier.tree_size

    @property
    def ends_in_seal(self) -> bool:
        """Tell whether the last entry taken was a seal, so that the log may end here."""
        return self._ends_in_seal

    def index_root_hash(self) -> bytes:
        """Give the root that a seal must have if it comes next."""
        return self._index.root_hash()

    def take(self, entry: bytes) -> bytes | None:
        """Take the next entry; give the key of its stream, if it has one.

        Raises:
            SealWrong: it is a seal, and not the one that must stand here; it is not taken.
        """
        entry_index = self.tree_size
        stream_key: bytes | None = None
        if is_seal(entry):
            self._check_seal(entry, entry_index)
        else:
            stream_key = self._stream_key_of(entry)
        if stream_key is not None:
            self._index.append(stream_key, entry_index)
        self.frontier.append(leaf_hash(entry))
        self._ends_in_seal = is_seal(entry)
        return stream_key

    def check_end(self) -> None:
        """Check that the log may have been published as far as it was taken.

        Raises:
            SealWrong: its last entry is not a seal.
        """
        # SPEC: formats.md, "Seal entry": a checkpoint of size N > 0 is published only if leaf N-1
        # is a seal.
        if self.tree_size and not self._ends_in_seal:
            raise SealWrong(NO_SEAL, self.tree_size - 1, self.index_root_hash())

    def _check_seal(self, entry: bytes, entry_index: int) -> None:
        root_hash = self.index_root_hash()
        try:
            seal = parse_seal(entry)
        except MalformedSeal as error:
            raise SealWrong(f"the seal cannot be read: {error}", entry_index, root_hash) from error
        if seal.covers != entry_index:
            raise SealWrong(f"the seal covers {seal.covers}", entry_index, root_hash)
        if seal.index_root_hash != root_hash:
            raise SealWrong("the seal has another index root", entry_index, root_hash)
