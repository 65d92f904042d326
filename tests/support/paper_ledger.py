"""A ledger on paper: signed entries, seals, checkpoints and tiles in memory, nothing decided.

It writes whatever a test wants written, in the formats of the real writer, and can stop between
any two steps of a publication.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from domain.facts import (
    CalendarPublished,
    Channel,
    Details,
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
    Facts,
    LedgerOpened,
    OfficeRegistered,
    ProcedureVersionPublished,
)
from domain.facts.feedback import ComplaintFiled, ComplaintFiledDetails
from domain.kinds import KINDS
from domain.moments import parse_moment
from domain.roles import Role
from domain.veils import VeilAct
from ledger.action_notes import open_text
from ledger.documents import MemoryDocuments
from ledger.drafting import Draft, sign_draft
from ledger.key_files import Anchors, new_actor_key
from ledger.private.vault import PrivatePart
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import Group, NewBody, NewEvent, PublishedCheckpoint
from ledger.writing.envelopes import commitment_of
from ledger.writing.public_log import PublicLog
from ledger.writing.veils import Veil, render_veil
from tests.support.dossier_cases import CALENDAR, HANOI, OFFICE, PROCEDURE, a_procedure, instant
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash
from transparency.notes import SigningKey, render_vkey
from transparency.promises import Promise, sign_promise
from transparency.tile_store import MemoryTileStore

ORIGIN = "localhost/paper"
SECRET = encode_base64(bytes(32))
CODE = "H27-261121-0001"
SALT = bytes(range(32))
BERLIN_OFFICE = "X1"
FACE = f"{OFFICE} step"


class PaperLedger:
    """Keeps entries in a memory store and a memory tile store; keys are made from a counter."""

    def __init__(self) -> None:
        self._made_keys = 0
        self.log_key = SigningKey(ORIGIN, self._random_bytes(32))
        self.registrar = self.new_key("registrar")
        self.officer = self.new_key("officer")
        self.head = self.new_key("officer")
        self.applicant = self.new_key("applicant")
        self.importer = self.new_key("importer")
        self.store = MemoryLedgerStore()
        self.token = self.store.claim_lease("paper")
        self.tiles = MemoryTileStore()
        self.documents = MemoryDocuments()
        self.private: dict[bytes, PrivatePart] = {}
        self.log = PublicLog(ORIGIN, self.log_key)
        self._heads: dict[str, tuple[int, bytes]] = {}
        self.veiled: set[str] = set()

    def _random_bytes(self, count: int) -> bytes:
        self._made_keys += 1
        return self._made_keys.to_bytes(2, "big") * (count // 2)

    def new_key(self, kind: str) -> SigningKey:
        return new_actor_key(kind, self._random_bytes)

    @property
    def anchors(self) -> Anchors:
        return Anchors(ORIGIN, self.log_key.verification_key, self.registrar.verification_key)

    def act(
        self,
        kind: str,
        stream: str,
        at: str,
        role: Role,
        key: SigningKey,
        *,
        facts: Facts | None = None,
        office: str | None = OFFICE,
        details: Details | None = None,
    ) -> int:
        version, previous = self._heads.get(stream, (0, None))
        draft = Draft(
            kind=kind,
            ledger=ORIGIN,
            stream=stream,
            version=version + 1,
            previous=previous,
            at=parse_moment(at),
            office=office,
            roles=(role,),
            facts=KINDS[kind].facts() if facts is None else facts,
            details=details,
            salt=None if details is None else SALT,
        )
        submitted = sign_draft(draft, (key,))
        if submitted.details is not None:
            text_hash = open_text(submitted.note, ORIGIN).text_hash
            self.private[text_hash] = PrivatePart(
                stream, version + 1, text_hash, SALT, submitted.details
            )
        self._heads[stream] = (version + 1, leaf_hash(submitted.note))
        if stream in self.veiled:
            self._record_veiled(stream, version + 1, kind, submitted.note, at)
            return -1
        return self._record_event(stream, version + 1, kind, submitted.note)

    def _record_veiled(self, stream: str, version: int, kind: str, note: bytes, at: str) -> None:
        """Record an act of a veiled dossier as promised at the moment that it says."""
        promised_at = instant(at).replace(microsecond=0)
        publish_by = promised_at + timedelta(days=400)
        promise = Promise(ORIGIN, leaf_hash(note), stream, version, promised_at, publish_by, FACE)
        event = NewEvent(stream, version, kind, note, None, sign_promise(promise, self.promise))
        self.store.record_group(Group((event,)), fencing_token=self.token)

    def append_veil(self, stream: str, version: int, act: VeilAct = VeilAct.STEP) -> int:
        """Let the veil of a recorded act enter the log."""
        event = self.store.find(stream, version)
        assert event is not None
        body = render_veil(Veil("2026-02", OFFICE, act, commitment_of(SALT, event.note)))
        entry_index = self.log.tree_size
        self.log.append(body, None)
        group = Group((), (NewBody(entry_index, body, stream, version),))
        self.store.record_group(group, fencing_token=self.token)
        return entry_index

    def _record_event(self, stream: str, version: int, kind: str, note: bytes) -> int:
        entry_index = self.log.tree_size
        self.log.append(note, stream)
        event = NewEvent(stream, version, kind, note, entry_index)
        self.store.record_group(Group((event,)), fencing_token=self.token)
        return entry_index

    def append_body(self, body: bytes) -> int:
        entry_index = self.log.tree_size
        self.log.append(body, None)
        group = Group((), (NewBody(entry_index, body),))
        self.store.record_group(group, fencing_token=self.token)
        return entry_index

    def seal(self, at: str) -> int:
        published = self.store.checkpoint()
        body = self.log.make_seal(instant(at), b"" if published is None else published.note)
        entry_index = self.append_body(body)
        self.log.note_seal(instant(at))
        return entry_index

    def publish(self) -> PublishedCheckpoint:
        published = self.store.checkpoint()
        old = 0 if published is None else published.tree_size
        publication = self.log.publication(old, self.log.sealed_size)
        checkpoint = PublishedCheckpoint(publication.tree_size, publication.checkpoint_note)
        self.tiles.write_all(publication.files)
        self.store.swap_checkpoint(checkpoint, expected_tree_size=old, fencing_token=self.token)
        self.tiles.write_checkpoint(checkpoint.note)
        return checkpoint

    def seal_and_publish(self, at: str) -> PublishedCheckpoint:
        self.seal(at)
        return self.publish()

    def open_registry(self, at: str = "2025-01-02T00:00:00Z", **procedure: Any) -> None:
        """Write entry 0, two offices in two time zones, one procedure and the calendar."""
        self.promise = self.new_key("promise")
        opened = LedgerOpened(
            origin=ORIGIN,
            registrar_vkey=render_vkey(self.registrar.verification_key),
            log_vkey=render_vkey(self.log_key.verification_key),
            promise_vkey=render_vkey(self.promise.verification_key),
            system_vkey=render_vkey(self.new_key("system").verification_key),
            index_version=1,
            longest_publication_delay_seconds=3600,
        )
        self._registry(f"ledger:{ORIGIN}", "ledger.opened", at, opened)
        for office, zone in ((OFFICE, HANOI), (BERLIN_OFFICE, "Europe/Berlin")):
            self.register_office(office, zone, at)
        self.publish_procedure(at, **procedure)
        calendar = CalendarPublished(document=self._document(CALENDAR))
        self._registry("calendar:VN", "calendar.published", at, calendar)

    def register_office(self, office: str, zone: str, at: str) -> None:
        """Register an office, or its next document."""
        document = self._document(
            {
                "id": office,
                "level": "province",
                "name": {"vi": office, "en": office},
                "time_zone": zone,
            }
        )
        facts = OfficeRegistered(document=document)
        self._registry(f"office:{office}", "office.registered", at, facts)

    def publish_procedure(self, at: str, version: int = 1, **procedure: Any) -> None:
        """Publish a version of the one procedure."""
        document = self._document(a_procedure(version=version, **procedure))
        facts = ProcedureVersionPublished(document=document, procedure_version=version)
        self._registry(f"procedure:{PROCEDURE}", "procedure.version_published", at, facts)

    def _document(self, value: object) -> str:
        return self.documents.store(msgspec.json.encode(value))

    def _registry(self, stream: str, kind: str, at: str, facts: Facts) -> None:
        role = Role.CATALOGUE_ADMIN if kind.endswith("published") else Role.REGISTRAR
        self.act(kind, stream, at, role, self.registrar, facts=facts, office=None)

    def submit(self, stream: str, at: str, office: str = OFFICE) -> int:
        facts = DossierSubmitted(
            procedure=PROCEDURE,
            channel=Channel.ONLINE,
            applicant_key=render_vkey(self.applicant.verification_key),
        )
        return self.act(
            "dossier.submitted",
            stream,
            at,
            Role.APPLICANT,
            self.applicant,
            facts=facts,
            office=office,
            details=DossierSubmittedDetails(secret=SECRET),
        )

    def complain(self, stream: str, at: str, office: str = OFFICE) -> int:
        """Let the desk take down a complaint of somebody without a key."""
        facts = ComplaintFiled(level=1)
        details = ComplaintFiledDetails(secret=SECRET, text="Chậm")
        return self.act(
            "petition.complaint_filed",
            stream,
            at,
            Role.RECEIVER,
            self.registrar,
            facts=facts,
            office=office,
            details=details,
        )

    def accept(self, stream: str, at: str, office: str = OFFICE, code: str = CODE) -> int:
        return self.act(
            "dossier.accepted",
            stream,
            at,
            Role.RECEIVER,
            self.officer,
            facts=DossierAccepted(),
            office=office,
            details=DossierAcceptedDetails(code=code),
        )

    def finish(self, stream: str, at: str, office: str = OFFICE) -> int:
        """Assign, approve and issue at one moment; give the last entry's index."""
        steps = (
            ("processor_assigned", Role.ASSIGNER, self.head),
            ("result_approved", Role.APPROVER, self.head),
            ("result_issued", Role.CLERK, self.officer),
        )
        indexes = [
            self.act(f"dossier.{kind}", stream, at, role, key, office=office)
            for kind, role, key in steps
        ]
        return indexes[-1]

    def bodies(self) -> Sequence[tuple[int, bytes]]:
        size = self.store.sequenced_size()
        return [(entry.entry_index, entry.body) for entry in self.store.entries(0, size)]


def a_stream(number: int) -> str:
    return f"dossier:{number:032x}"
