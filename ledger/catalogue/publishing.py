"""Publishing what a catalogue says: the next version where the content changed, else nothing."""

from dataclasses import dataclass

from msgspec.structs import replace

from domain.facts import ANY_OFFICE, Grant, ProcedureVersionPublished
from domain.moments import Moment
from domain.procedures import Procedure, parse_procedure
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.bodies import canonical_json
from ledger.catalogue.readings import FIRST_VERSION
from ledger.documents import DocumentSource
from ledger.drafting import FIRST_PLACE, Drafter, Publishing, next_place
from ledger.errors import StoreCorrupt
from ledger.storage.port import LedgerReader
from transparency.notes import SigningKey

PUBLISHED: str = "procedure.version_published"


@dataclass(frozen=True, slots=True)
class PublishedCatalogue:
    """What a ledger has published of procedures, as its store and its documents hold it."""

    reader: LedgerReader
    documents: DocumentSource
    ledger: str

    def newest(self, code: str) -> Procedure | None:
        """Give the newest version of a procedure, None before its first.

        Raises:
            StoreCorrupt: its document is not kept here.
        """
        for event in reversed(self.reader.stream_events(f"procedure:{code}")):
            if event.kind == PUBLISHED:
                facts = open_text(event.note, self.ledger).action.facts
                assert isinstance(facts, ProcedureVersionPublished)
                return self._document(facts.document)
        return None

    def _document(self, document_hex: str) -> Procedure:
        document = self.documents.read(document_hex)
        if document is None:
            raise StoreCorrupt(f"document {document_hex} is named by an entry and lost")
        return parse_procedure(document)

    def next_version(self, procedure: Procedure) -> Procedure | None:
        """Give the version to publish; None where the newest one says the same already."""
        newest = self.newest(procedure.code)
        if newest is None:
            return replace(procedure, version=FIRST_VERSION)
        if replace(procedure, version=newest.version) == newest:
            return None
        return replace(procedure, version=newest.version + 1)


@dataclass(frozen=True, slots=True)
class Publisher:
    """A catalogue administrator at work: its key, the office whose act it is, and the moment."""

    drafter: Drafter
    key: SigningKey
    office: str
    at: Moment

    def publish(self, reader: LedgerReader, procedure: Procedure) -> SubmittedAction:
        """Sign the publication of one version."""
        code = procedure.code
        place = next_place(reader, f"procedure:{code}")
        what = Publishing(canonical_json(procedure), self.office, place, self.at)
        return self.drafter.publish_procedure(self.key, code, procedure.version, what)

    def enrolment(self, reader: LedgerReader, registrar: SigningKey) -> SubmittedAction | None:
        """Sign the enrolment of the administrator's key, where it is not enrolled yet."""
        if next_place(reader, f"key:{self.key.name}") != FIRST_PLACE:
            return None
        grants = [Grant(Role.CATALOGUE_ADMIN, ANY_OFFICE)]
        return self.drafter.register_key(registrar, self.key, grants, self.at)
