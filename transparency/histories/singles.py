"""Each entry of a history as a receipt of its own, which any C2SP tool checks (tlog-proof)."""

from collections.abc import Iterator

from transparency.checkpoints import parse_checkpoint_text
from transparency.hashing import leaf_hash
from transparency.histories.bundles import HistoryBundle, parse_nodes
from transparency.histories.multiproofs import inclusion_proofs
from transparency.notes import parse_note
from transparency.receipts import Receipt, render_receipt


def receipts_in(bundle: HistoryBundle) -> Iterator[tuple[int, bytes]]:
    """Give entry index and receipt of every entry and of the seal; none of them is checked here.

    Raises:
        MalformedNote, MalformedCheckpoint, MalformedHistory, ProofInvalid: there are none to give.
    """
    size = parse_checkpoint_text(parse_note(bundle.checkpoint).text).tree_size
    entries = {each.index: each.entry for part in bundle.streams for each in part.entries}
    entries |= {
        each.entry.index: each.entry.entry
        for each in bundle.withheld_notes
        if each.entry is not None
    }
    entries[size - 1] = bundle.seal
    leaves = {index: leaf_hash(entry) for index, entry in entries.items()}
    proofs = inclusion_proofs(leaves, size, parse_nodes(bundle.nodes))
    for index in sorted(entries):
        receipt = Receipt(entries[index], index, tuple(proofs[index]), bundle.checkpoint)
        yield index, render_receipt(receipt)
