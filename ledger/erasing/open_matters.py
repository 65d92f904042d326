"""What is on record about dossiers in private alone, for whoever may open private parts.

The writer asks at its start: complaints, denunciations and findings name their dossier nowhere
else, and what does not open may be about any dossier (`ledger.remembering.matters`).
"""

from collections.abc import Collection, Iterator
from typing import Final

from domain.actions import Action
from domain.kinds import KINDS
from ledger.access_streams import OpenPrivate
from ledger.action_notes import check_private_part, open_text
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.remembering.matters import OPENING_KINDS
from ledger.storage.port import EventPlace, LedgerReader

READ_BATCH: Final = 2_000


def opened_matters(
    reader: LedgerReader, open_private: OpenPrivate, ledger: str
) -> Iterator[Action]:
    """Give the acts that open a matter, each with its private part; what does not open is left out.

    Raises:
        StoreCorrupt, StoreUnavailable: the ledger database cannot be read.
    """
    for _, note in recorded_acts(reader, OPENING_KINDS):
        opened = opened_act(open_private, note, ledger)
        if opened is not None:
            yield opened


def opened_act(open_private: OpenPrivate, note: bytes, ledger: str) -> Action | None:
    """Give an act with its private part; None where it has none, or it does not open."""
    text = open_text(note, ledger)
    try:
        part = None if text.action.commitment is None else open_private(text.text_hash)
        if part is not None:
            return check_private_part(text.action, part.salt, part.details)
    except (MalformedAction, StoreCorrupt):
        # Whoever garbled it must not be able to stop the writer by it; `audit --vault` names it.
        pass
    return None


def recorded_acts(
    reader: LedgerReader, kinds: Collection[str]
) -> Iterator[tuple[EventPlace, bytes]]:
    """Give place and note of all acts of some kinds, in order within each stream."""
    if any(not KINDS[kind].deferred for kind in kinds):
        size = reader.sequenced_size()
        for start in range(0, size, READ_BATCH):
            end = min(size, start + READ_BATCH)
            places = reader.event_places(start, end)
            for entry_index, place in enumerate(places, start):
                if place is not None and place.kind in kinds and not KINDS[place.kind].deferred:
                    (entry,) = reader.entries(entry_index, entry_index + 1)
                    yield place, entry.body
    if any(KINDS[kind].deferred for kind in kinds):
        # Of these the log holds envelopes at most.
        for event in (*reader.enveloped_events(), *reader.deferred_events()):
            if event.kind in kinds:
                yield event.place, event.note
