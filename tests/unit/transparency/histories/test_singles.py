"""The entries of a history as receipts, each of which stands alone."""

import msgspec

from tests.support.histories.sealed_logs import a_sealed_log
from transparency.histories.bundles import HistoryEntry, WithheldNote
from transparency.histories.singles import receipts_in
from transparency.verifier import verify_receipt

LOG = a_sealed_log()
BUNDLE = LOG.history("a", "c")


def test_every_entry_and_the_seal_are_receipts() -> None:
    for entry_index, receipt in receipts_in(BUNDLE):
        assert receipt == LOG.receipt(entry_index)
        assert verify_receipt(receipt, LOG.key.verification_key).entry == LOG.entries[entry_index]

    shown = {each.index for part in BUNDLE.streams for each in part.entries}
    assert {place for place, _ in receipts_in(BUNDLE)} == shown | {len(LOG.entries) - 1}


def test_what_stands_for_a_withheld_note_is_a_receipt_and_one_without_is_none() -> None:
    first, *others = BUNDLE.streams
    placed = HistoryEntry(entry=first.entries[0].entry, index=first.entries[0].index)
    withheld = tuple(
        WithheldNote(note=b"a note", salt=bytes(32), promise=b"", entry=entry)
        for entry in (placed, None)
    )
    rest = msgspec.structs.replace(first, entries=first.entries[1:])
    bundle = msgspec.structs.replace(BUNDLE, streams=(rest, *others), withheld=withheld)

    assert list(receipts_in(bundle)) == list(receipts_in(BUNDLE))
