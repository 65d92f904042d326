"""Reading what was published and is missing here: proven under a checkpoint, or from own files.

Up to the newest checkpoint each entry is proven before it is given, whatever gives it. Bundles of
this ledger's own that reach beyond every checkpoint (a crash came before theirs, or it was lost)
prove nothing by themselves: `ledger.starting_over.checking` makes everything in them again.
"""

from collections.abc import Sequence

from ledger.documents import documents_named
from ledger.errors import PublishedEntriesLost, StoreUnavailable
from ledger.starting_over.copies import PublishedCopy
from transparency.checkpoints import SignedCheckpoint
from transparency.errors import TransparencyError
from transparency.tile_store import TileSource
from transparency.tiles import TILE_WIDTH, EntryBundle, bundle_path, parse_bundle
from transparency.trusted_log import TrustedLog


def read_missing(
    copies: Sequence[PublishedCopy], newest: SignedCheckpoint | None, stored_size: int
) -> tuple[list[bytes], str]:
    """Give the entries from ``stored_size`` on, and the name of the copy that gave them.

    Raises:
        PublishedEntriesLost: nothing within reach gives all of them.
    """
    signed_size = 0 if newest is None else newest.checkpoint.tree_size
    entries: list[bytes] = []
    names = list[str]()
    if newest is not None and signed_size > stored_size:
        proven, name = _read_proven(copies, newest, stored_size)
        entries += proven
        names.append(name)
    own = next((copy for copy in copies if copy.is_own), None)
    start = stored_size + len(entries)
    if own is not None and own.log is not None and own.least_size > start:
        entries += _read_own(own.log, start, own.least_size)
        names.append(own.name)
    _check_all_within_reach(copies, stored_size + len(entries))
    return entries, " and ".join(dict.fromkeys(names))


def _check_all_within_reach(copies: Sequence[PublishedCopy], reached: int) -> None:
    for copy in copies:
        if copy.least_size > reached:
            raise PublishedEntriesLost(
                f"{copy.name} has seen {copy.least_size} entries, and only {reached} can be had"
            )


def _read_proven(
    copies: Sequence[PublishedCopy], newest: SignedCheckpoint, start: int
) -> tuple[list[bytes], str]:
    reasons = []
    # Its own disk first: nothing is nearer.
    for copy in sorted(copies, key=lambda each: not each.is_own):
        if copy.log is None:
            continue
        try:
            log = TrustedLog(copy.log, newest)
            return list(log.entries(start, log.tree_size)), copy.name
        except TransparencyError as error:
            # Wherever it fails, another copy may have it: the proof is against the same root.
            reasons.append(f"{copy.name}: {error.code} ({error})")
    size = newest.checkpoint.tree_size
    told = "; ".join(reasons) or "no copy is within reach"
    raise PublishedEntriesLost(f"entries {start} to {size} were published, and are lost: {told}")


def _read_own(files: TileSource, start: int, end: int) -> list[bytes]:
    entries: list[bytes] = []
    for bundle_index in range(start // TILE_WIDTH, (end - 1) // TILE_WIDTH + 1):
        first = bundle_index * TILE_WIDTH
        width = min(TILE_WIDTH, end - first)
        try:
            bundle = parse_bundle(files.read(bundle_path(EntryBundle(bundle_index, width))))
        except TransparencyError as error:
            raise PublishedEntriesLost(
                f"own files reach to entry {end}, and bundle {bundle_index} does not read: {error}"
            ) from error
        if len(bundle) < width:
            raise PublishedEntriesLost(f"bundle {bundle_index} holds fewer entries than its name")
        entries += bundle[max(0, start - first) : width]
    return entries


class CopiedDocuments:
    """Public documents from the first copy that has them."""

    def __init__(self, copies: Sequence[PublishedCopy]):
        self._sources = [copy.documents for copy in copies if copy.documents is not None]

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where nobody has it.

        Raises:
            StoreUnavailable: nobody gave it, and one of them does not answer.
        """
        unanswered: StoreUnavailable | None = None
        for source in self._sources:
            try:
                document = source.read(document_hex)
            except StoreUnavailable as error:
                unanswered = error
                continue
            if document is not None:
                return document
        if unanswered is not None:
            raise unanswered
        return None


def documents_of(entries: Sequence[bytes]) -> list[str]:
    """Give the hashes of the documents that entries name, each once."""
    return list(dict.fromkeys(name for entry in entries for name in documents_named(entry)))
