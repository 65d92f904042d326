"""What is stored in a data folder, compared with what its log has published."""

from collections.abc import Mapping, Sequence
from itertools import chain

from ledger import action_notes
from ledger.auditing.messages import HashedEntry
from ledger.auditing.report import AuditReport
from ledger.errors import LedgerError
from ledger.storage.port import EventPlace, LedgerReader, StoredEvent
from ledger.writing.reading import place_of, veiled_events
from ledger.writing.veils import is_withheld
from ledger.writing.withheld import is_on_dossier
from transparency.seals import is_seal
from transparency.trusted_log import TrustedLog


def compare_entries(
    batch: Sequence[HashedEntry],
    places: Mapping[int, EventPlace],
    stored: LedgerReader,
    report: AuditReport,
) -> None:
    """Compare published entries with the stored ones; ``places`` is what actions say of theirs."""
    report.compared_with_store = True
    start, end = batch[0][0], batch[-1][0] + 1
    try:
        kept, kept_places = stored.entries(start, end), stored.event_places(start, end)
    except LedgerError as error:
        report.add_problem(error.code, start, str(error))
        return
    for (entry_index, published, _), entry in zip(batch, kept, strict=True):
        if entry.body != published:
            message = "the ledger database holds other bytes than the public log"
            report.add_problem("stored_entry_differs", entry_index, message)
    for (entry_index, published, _), place in zip(batch, kept_places, strict=True):
        named = places.get(entry_index)
        if not _is_in_place(published, named, place):
            message = f"the ledger database has it under {place}, and it says {named}"
            report.add_problem("stored_event_misplaced", entry_index, message)


def _is_in_place(published: bytes, named: EventPlace | None, place: EventPlace | None) -> bool:
    if is_seal(published):
        return place is None
    if is_withheld(published):
        # What is inside is published nowhere: `compare_unpublished` opens it from the store.
        return place is not None
    # An entry that cannot be read names no place, and is a problem of its own.
    return named is None or place == named


def compare_unpublished(ledger: str, stored: LedgerReader, report: AuditReport) -> None:
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


def compare_checkpoint(log: TrustedLog, stored: LedgerReader, report: AuditReport) -> None:
    """Compare the stored checkpoint with the published one."""
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
