"""Where an act belongs, as the ledger stood before an entry: office, procedure, offices above."""

from collections.abc import Iterator

from domain.actions import Action
from domain.errors import MalformedDocument
from domain.facts import (
    DossierRoutedToOffice,
    DossierSubmitted,
    OfficeRegistered,
    ProcedureVersionPublished,
)
from domain.offices import Office, parse_office
from domain.procedures import Procedure, parse_procedure
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.errors import StoreCorrupt
from ledger.storage.port import LedgerReader


class StoredPlaces:
    """Looks offices, procedures and dossiers up in a ledger database; `Places` for the domain.

    Only entries before ``tree_size`` count: so a tally that was published can be made again.
    """

    def __init__(self, reader: LedgerReader, documents: DocumentSource, tree_size: int):
        self._reader = reader
        self._documents = documents
        self._tree_size = tree_size
        self._offices: dict[str, Office | None] = {}
        self._procedures: dict[str, Procedure | None] = {}

    def office(self, office_id: str) -> Office | None:
        """Give an office as its newest document has it.

        Raises:
            StoreCorrupt: the document is missing or no office's.
        """
        if office_id not in self._offices:
            self._offices[office_id] = self._read_office(office_id)
        return self._offices[office_id]

    def procedure(self, code: str) -> Procedure | None:
        """Give the newest version of a procedure.

        Raises:
            StoreCorrupt: the document is missing or no procedure's.
        """
        if code not in self._procedures:
            self._procedures[code] = self._read_procedure(code)
        return self._procedures[code]

    def dossier(self, stream: str) -> tuple[str, str]:
        """Give the office that takes a dossier in, and its procedure.

        Raises:
            StoreCorrupt: there is no such dossier.
        """
        office, procedure = None, None
        for action in self._actions(stream, first_counts=True):
            facts = action.facts
            if isinstance(facts, DossierSubmitted):
                office, procedure = action.office, facts.procedure
            elif isinstance(facts, DossierRoutedToOffice):
                office = facts.to_office
        if office is None or procedure is None:
            raise StoreCorrupt(f"{stream} is rated, and is no dossier of this ledger")
        return office, procedure

    def _read_office(self, office_id: str) -> Office | None:
        found = None
        for action in self._actions(f"office:{office_id}"):
            if isinstance(action.facts, OfficeRegistered):
                found = action.facts.document
        try:
            return None if found is None else parse_office(self._document(found))
        except MalformedDocument as error:
            raise StoreCorrupt(f"the document of office {office_id} cannot be read") from error

    def _read_procedure(self, code: str) -> Procedure | None:
        found = None
        for action in self._actions(f"procedure:{code}"):
            if isinstance(action.facts, ProcedureVersionPublished):
                found = action.facts.document
        try:
            return None if found is None else parse_procedure(self._document(found))
        except MalformedDocument as error:
            raise StoreCorrupt(f"the document of procedure {code} cannot be read") from error

    def _document(self, document_hex: str) -> bytes:
        document = self._documents.read(document_hex)
        if document is None:
            raise StoreCorrupt(f"document {document_hex} is missing")
        return document

    def _actions(self, stream: str, *, first_counts: bool = False) -> Iterator[Action]:
        """Give the actions of a stream before ``tree_size``.

        With ``first_counts`` the first one even where it is veiled, and no entry tells when.
        """
        for event in self._reader.stream_events(stream):
            is_before = event.entry_index is not None and event.entry_index < self._tree_size
            if is_before or (first_counts and event.version == 1 and event.promise):
                yield open_text(event.note, None).action
