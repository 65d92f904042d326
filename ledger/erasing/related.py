"""What an erasure takes along: private parts on other streams that are about the dossier.

Its access stream, its ratings, the findings about it that are closed, and the petitions that name
it and are settled for good. Denunciations are sealed and stay; so does a petition on which an
office still owes something, until `erase` is asked again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from domain.actions import Action
from domain.decisions import StreamState, evolve
from domain.facts import SatisfactionRated
from domain.facts.feedback import ComplaintFiledDetails, FeedbackFiledDetails
from domain.facts.integrity import FindingRaisedDetails
from domain.oversight.integrity import FindingRecord
from domain.oversight.petition_law import COMPLAINT_LAWS, law_on
from domain.oversight.petitions import PetitionRecord, PetitionTrack
from ledger.access_streams import find_access_stream
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.erasing.open_matters import opened_act, recorded_acts
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.private.vault import Vault
from ledger.remembering.matters import COMPLAINT_FILED, FINDING_RAISED
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader

RATED: Final = "rating.satisfaction_rated"
NAMING_KINDS: Final = frozenset({COMPLAINT_FILED, "petition.feedback_filed", FINDING_RAISED, RATED})
_UTC: Final = "UTC"


class Related:
    """Finds what belongs to dossiers, in one ledger and its vault."""

    def __init__(self, reader: LedgerReader, vault: Vault, ledger: str, documents: DocumentSource):
        self._reader = reader
        self._vault = vault
        self._ledger = ledger
        self._documents = documents

    def find(self, dossiers: Sequence[str], today: date) -> list[str]:
        """Name the streams whose private parts go with these dossiers.

        CRASH: a dossier's access stream is named after its first secret, so it is found only while
        that still opens: what is found here is erased before the dossier.

        Raises:
            StoreUnavailable: ledger or vault cannot be read.
        """
        named = dict.fromkeys(self._access_streams(dossiers))
        about = self._streams_about(frozenset(dossiers))
        named |= dict.fromkeys(stream for stream in about if self._has_settled(stream, today))
        return list(named)

    def _access_streams(self, dossiers: Sequence[str]) -> Iterator[str]:
        for dossier in dossiers:
            try:
                stream = find_access_stream(self._reader, self._vault.open, self._ledger, dossier)
            except (MalformedAction, StoreCorrupt):
                # Garbled: nobody can name the stream any more, nor read what it says.
                continue
            if stream is not None and self._reader.find(stream, 1) is not None:
                yield stream

    def _streams_about(self, dossiers: Collection[str]) -> list[str]:
        found: dict[str, set[str]] = defaultdict(set)
        for place, note in recorded_acts(self._reader, NAMING_KINDS):
            facts = open_text(note, self._ledger).action.facts
            if isinstance(facts, SatisfactionRated):
                found[place.stream].add(facts.dossier)
            else:
                opened = opened_act(self._vault.open, note, self._ledger)
                found[place.stream].add((opened and _dossier_of(opened)) or "")
        return [stream for stream, named in found.items() if not named.isdisjoint(dossiers)]

    def _has_settled(self, stream: str, today: date) -> bool:
        state: StreamState | None = None
        register = LedgerState(self._documents)
        for event in self._reader.stream_events(stream):
            state = evolve(state, open_text(event.note, self._ledger).action, register)
        if isinstance(state, PetitionRecord):
            return _is_over(state, today)
        return not (isinstance(state, FindingRecord) and state.is_open)


def _dossier_of(action: Action) -> str | None:
    match action.details:
        case FindingRaisedDetails() | ComplaintFiledDetails() | FeedbackFiledDetails() as details:
            return details.dossier
        case _:
            return None


def _is_over(record: PetitionRecord, today: date) -> bool:
    """Tell whether nothing follows on a petition any more, not even a second complaint."""
    if record.is_open or record.track is not PetitionTrack.COMPLAINT:
        return not record.is_open
    assert record.decided_at is not None
    decided_on = record.decided_at.day_in(_UTC)
    term = law_on(COMPLAINT_LAWS, decided_on).second_term(is_remote=record.is_remote)
    return today > decided_on + timedelta(days=term)
