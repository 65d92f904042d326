"""Views made from a public log alone, so that exports need nothing from the operator.

The follower's own code folds the log, as `audit` has it fold, into a database in a folder of the
caller's. Entries leave the log only proven under the signed checkpoint; private parts are not
there, so nothing private is folded.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from ledger.documents import DocumentSource
from ledger.errors import StoreUnavailable
from ledger.key_files import Anchors
from projections.comparing import NOTHING_PRIVATE, ProvenEntries
from projections.entries import EntryUnreadable, read_checkpoint_note
from projections.follower import Follower
from projections.tallies.logged import LoggedStreams
from projections.tallies.published import Tallies
from projections.views import ViewReader, Views, open_views
from transparency.checkpoints import open_checkpoint
from transparency.seals import is_seal, parse_seal
from transparency.tile_store import LogSource
from transparency.trusted_log import TrustedLog

VIEWS_FILE: Final = "views.sqlite3"


@contextmanager
def refolded_views(
    source: LogSource,
    anchors: Anchors,
    documents: DocumentSource,
    folder: Path,
    tree_size: int | None = None,
) -> Iterator[Views]:
    """Fold a log into views in a folder, up to its newest checkpoint or an earlier published one.

    Raises:
        TransparencyError: the log is not what its key signed, or cannot be read.
        EntryUnreadable: an entry cannot be folded, or the size is no published one.
    """
    signed = open_checkpoint(source.read_checkpoint(), anchors.logs)
    if tree_size is not None and tree_size != signed.checkpoint.tree_size:
        signed = open_checkpoint(_note_of_size(TrustedLog(source, signed), tree_size), anchors.logs)
    with closing(open_views(folder / VIEWS_FILE)) as views:
        reader = ProvenEntries(TrustedLog(source, signed))
        Follower(anchors.origin, reader, views, documents, NOTHING_PRIVATE).catch_up()
        yield views


def logged_tallies(
    source: LogSource, anchors: Anchors, documents: DocumentSource, reader: ViewReader
) -> Tallies:
    """Give the tallies of a log, as of where views stand that were folded from it.

    Raises:
        TransparencyError: the log is not what its key signed, or not that of the views.
        StoreUnavailable: the views stand at no checkpoint yet.
    """
    position = reader.position()
    if position is None:
        raise StoreUnavailable("nothing is published yet")
    log = TrustedLog(source, open_checkpoint(source.read_checkpoint(), anchors.logs))
    log.check_extends(open_checkpoint(position.checkpoint_note, anchors.logs))
    streams = LoggedStreams(reader.acts_of, ProvenEntries(log))
    return Tallies(anchors.origin, streams, documents)


def _note_of_size(log: TrustedLog, tree_size: int) -> bytes:
    """Find the checkpoint of an earlier size, which the first seal after it embeds."""
    if 0 < tree_size < log.tree_size:
        for entry in log.entries(tree_size, log.tree_size):
            if not is_seal(entry):
                continue
            note = parse_seal(entry).previous_checkpoint
            if note and read_checkpoint_note(note).tree_size == tree_size:
                return note
            break
    raise EntryUnreadable(tree_size, "the log published no checkpoint of that size")
