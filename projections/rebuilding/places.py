"""Rebuilding from notes alone: projections that need no states of streams, and no rows of the core.

Of veils nothing is remembered. For the holders' projection it is remembered of each dossier which
list of papers holds for it: that follows from three kinds of acts, and from the registry.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.actions import Action, StreamType
from domain.decisions import StreamState
from domain.errors import DomainError
from domain.facts import DossierRoutedToOffice, DossierSubmitted
from domain.procedures import Procedure
from domain.rules.dates.due_fold import version_at_acceptance
from domain.rules.register import Register
from ledger.documents import DocumentSource
from projections.dossier_rows import Act
from projections.entries import EntryUnreadable, PublicEntry
from projections.follower import EntryReader, Follower, PrivateFold, PrivateRows, Tell
from projections.requested_papers import DossierPlace, procedure_holding
from projections.states import StreamStates
from projections.views import Views

_REGISTRY: Final = frozenset({StreamType.OFFICE, StreamType.PROCEDURE})


class DossierPlaces:
    """Which procedure and office each dossier is of, folded entry by entry."""

    def __init__(self, ledger: str, documents: DocumentSource) -> None:
        self.ledger = ledger
        self.documents = documents
        self._registry = StreamStates(ledger, documents)
        self._places: dict[str, DossierPlace] = {}
        # Many dossiers are of one procedure and office: these share what is remembered.
        self._shared: dict[DossierPlace, DossierPlace] = {}

    def apply(self, entry: PublicEntry) -> None:
        """Fold one entry.

        Raises:
            EntryUnreadable: the entry does not fit what came before, or its document is missing.
        """
        action = entry.action
        if action.kind.stream in _REGISTRY:
            self._registry.apply(entry)
            return
        placing = _PLACING.get(action.kind.name)
        if placing is None:
            return
        try:
            place = placing(self._places.get(action.stream), action, self._registry)
        except (DomainError, KeyError) as error:
            raise EntryUnreadable(entry.entry_index, f"{action.kind.name}: {error}") from error
        self._places[action.stream] = self._shared.setdefault(place, place)

    def procedure_of(self, entry: PublicEntry) -> Procedure | None:
        """Give the version of the procedure whose list of papers holds for an entry's dossier."""
        place = self._places[entry.action.stream]
        return procedure_holding(place, entry.action, self._registry)


def _submitted(_place: DossierPlace | None, action: Action, _register: Register) -> DossierPlace:
    assert isinstance(action.facts, DossierSubmitted)
    assert action.office is not None
    return DossierPlace(action.facts.procedure, action.office)


def _accepted(place: DossierPlace | None, action: Action, register: Register) -> DossierPlace:
    assert place is not None
    version = version_at_acceptance(place.procedure, place.office, action.at, register).version
    return DossierPlace(place.procedure, place.office, version)


def _routed(place: DossierPlace | None, action: Action, _register: Register) -> DossierPlace:
    assert place is not None
    assert isinstance(action.facts, DossierRoutedToOffice)
    return DossierPlace(place.procedure, action.facts.to_office, place.procedure_version)


# The kinds by which a dossier gets its procedure, office or accepted version; no other moves them.
_PLACING: Final[Mapping[str, Callable[[DossierPlace | None, Action, Register], DossierPlace]]] = {
    "dossier.submitted": _submitted,
    "dossier.accepted": _accepted,
    "dossier.routed_to_office": _routed,
}


class NotesFollower(Follower):
    """A follower that folds no states: of each entry it takes what holders and veils need."""

    def __init__(
        self,
        reader: EntryReader,
        views: Views,
        places: DossierPlaces,
        private: PrivateFold | None,
        tell: Tell,
    ) -> None:
        """Without ``private`` nothing is folded for the holders' projection, nor remembered."""
        super().__init__(places.ledger, reader, views, places.documents, private, tell)
        self._places = places

    def _take_in(
        self, entries: Sequence[PublicEntry], private: PrivateRows
    ) -> tuple[dict[str, StreamState], list[Act]]:
        if self._folds_private:
            for entry in entries:
                self._places.apply(entry)
                self._add_private(private, entry)
        return {}, []

    def _procedure_of(self, entry: PublicEntry) -> Procedure | None:
        return self._places.procedure_of(entry)
