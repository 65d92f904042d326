"""A small ledger of H27 for tests: keys from seeds, a stepping clock, and a writer on given stores.

Everything depends on seeds alone, so two worlds of one seed hold the same bytes.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from domain.dossiers import Channel
from domain.facts import (
    Details,
    DossierSubmitted,
    DossierSubmittedDetails,
    Facts,
    Grant,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.kinds import KINDS
from domain.moments import Moment
from domain.procedures import Limit, LimitUnit, Procedure
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.auditing import AuditReport, HowToAudit, audit_log
from ledger.auditing.teams import ShardsHere
from ledger.bodies import canonical_json
from ledger.calendar_source import calendar_document
from ledger.documents import MemoryDocuments
from ledger.drafting import FIRST_PLACE, Drafter, Place, Publishing, next_place
from ledger.key_files import OperatorKeys
from ledger.opening import opening_action
from ledger.state import LedgerState
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import LedgerReader, LedgerStore
from ledger.writing.frames import HandedAction, Verdict
from ledger.writing.publishing import Cosigners
from ledger.writing.writer import Writer, WriterKeys
from tests.support.builders import LEAST_FACTS, PROCEDURE, a_procedure, an_office
from tests.support.keys.personnel import the_holder_of
from tests.support.oversight.needs import completed_details
from transparency.checkpoints import open_checkpoint
from transparency.encoding import encode_base64
from transparency.notes import SigningKey, render_vkey
from transparency.tile_store import MemoryTileStore, TileStore
from transparency.trusted_log import TrustedLog

ORIGIN = "localhost/0a1b2c3d"
OFFICE = "H27"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
OFFICER_ROLES = (
    Role.RECEIVER,
    Role.ASSIGNER,
    Role.PROCESSOR,
    Role.APPROVER,
    Role.CLERK,
    Role.RETURNER,
)


def a_signing_key(kind: str, number: int = 0) -> SigningKey:
    """A key of a kind, made from its kind and number alone."""
    return SigningKey.named_after_kind(kind, random.Random(f"{kind} {number}").randbytes(32))


@lru_cache(maxsize=1)
def the_calendar() -> bytes:
    """The published calendar, computed once a run."""
    return calendar_document(2025, 2027)


@lru_cache(maxsize=1)
def operator_keys() -> OperatorKeys:
    """The operator's keys, made from seeds."""
    return OperatorKeys(
        origin=ORIGIN,
        log=SigningKey(ORIGIN, bytes([7]) * 32),
        promise=a_signing_key("promise"),
        registrar=a_signing_key("registrar"),
        system=a_signing_key("system"),
        recovery=tuple(a_signing_key("recovery", number) for number in range(3)),
        key_encryption_key=bytes([9]) * 32,
        import_secret=bytes([10]) * 32,
        view_secret=bytes([11]) * 32,
    )


@dataclass
class SteppingClock:
    """A clock that goes on by one step at every look."""

    now: datetime = START
    step: timedelta = timedelta(milliseconds=10)

    def __post_init__(self) -> None:
        self.latest = self.now

    def __call__(self) -> datetime:
        self.now += self.step
        self.latest = max(self.latest, self.now)
        return self.now

    def pass_time(self, **time: float) -> None:
        """Let time pass, as `timedelta` names it."""
        self.now += timedelta(**time)


class Desk:
    """Drafts and signs actions as the people of H27; `Drafter` does the work."""

    def __init__(self, clock: SteppingClock, seed: int = 0) -> None:
        self.clock = clock
        self.random = random.Random(seed)
        self.drafter = Drafter(ORIGIN, self.random.randbytes)
        self.officer = a_signing_key("officer")
        self.colleague = a_signing_key("officer", 2)
        self.catalogue = a_signing_key("catalogue")
        self.registrar = operator_keys().registrar
        self._applicants: dict[str, SigningKey] = {}

    def now(self) -> Moment:
        """The present moment, to the second."""
        return Moment(instant=self.clock.now.replace(microsecond=0))

    def registry(self) -> list[SubmittedAction]:
        """What a new ledger begins with: itself, keys, the office, procedure and calendar."""
        draft = self.drafter
        grants = [Grant(role, OFFICE) for role in OFFICER_ROLES]
        catalogue = [Grant(Role.CATALOGUE_ADMIN, "*")]
        office = canonical_json(an_office(OFFICE))
        procedure = canonical_json(the_procedure())
        return [
            opening_action(operator_keys(), self.clock.now),
            draft.register_office(self.registrar, OFFICE, office, FIRST_PLACE, self.now()),
            draft.register_key(
                self.registrar, self.officer, grants, self.now(), the_holder_of(self.officer)
            ),
            draft.register_key(
                self.registrar, self.colleague, grants, self.now(), the_holder_of(self.colleague)
            ),
            draft.register_key(self.registrar, self.catalogue, catalogue, self.now()),
            draft.publish_procedure(self.catalogue, PROCEDURE, 1, self._publishing(procedure)),
            draft.publish_calendar(self.catalogue, "VN", self._publishing(the_calendar())),
        ]

    def _publishing(self, document: bytes) -> Publishing:
        return Publishing(document, OFFICE, FIRST_PLACE, self.now())

    def new_stream(self, kind: str = "dossier") -> str:
        """A fresh random stream name."""
        return f"{kind}:{self.random.randbytes(16).hex()}"

    def applicant_of(self, stream: str) -> SigningKey:
        """The applicant's key of a dossier, made for it alone."""
        if stream not in self._applicants:
            self._applicants[stream] = a_signing_key("applicant", self.random.getrandbits(64))
        return self._applicants[stream]

    def submitted(self, stream: str, **changes: Any) -> SubmittedAction:
        """The first action of a dossier, with details."""
        key = self.applicant_of(stream)
        facts = DossierSubmitted(
            procedure=PROCEDURE,
            channel=Channel.ONLINE,
            applicant_key=render_vkey(key.verification_key),
        )
        secret = encode_base64(self.random.randbytes(32))
        details = DossierSubmittedDetails(secret=secret, applicant_name="Nguyễn Thị Minh Khai")
        given: dict[str, Any] = {"facts": facts, "details": details, "place": FIRST_PLACE} | changes
        return self.act("dossier.submitted", stream, **given)

    def act(
        self,
        kind: str,
        stream: str,
        place: Place,
        facts: Facts | None = None,
        details: Details | None = None,
        *,
        at: Moment | None = None,
        signers: Sequence[tuple[Role, SigningKey]] | None = None,
        office: str | None = OFFICE,
    ) -> SubmittedAction:
        """One action of any kind, signed by whoever usually does, that says what it must."""
        facts = facts or LEAST_FACTS.get(kind) or KINDS[kind].facts()
        return self.drafter.sign(
            kind,
            stream,
            place,
            at or self.now(),
            facts,
            signers or self._usual_signers(kind, stream),
            office=office,
            details=completed_details(KINDS[kind], facts, details),
        )

    def _usual_signers(self, kind: str, stream: str) -> list[tuple[Role, SigningKey]]:
        alone = KINDS[kind].signers.alone
        role = next((role for role in OFFICER_ROLES if role in alone), Role.APPLICANT)
        key = self.applicant_of(stream) if role is Role.APPLICANT else self.officer
        return [(role, key)]

    def rating(
        self, stream: str, dossier: str, stage: RatingStage = RatingStage.RECEIPT, overall: int = 5
    ) -> SubmittedAction:
        """A rating of one dossier by its applicant, on a stream of its own."""
        return self.drafter.sign(
            "rating.satisfaction_rated",
            stream,
            FIRST_PLACE,
            self.now(),
            SatisfactionRated(dossier=dossier, stage=stage),
            [(Role.APPLICANT, self.applicant_of(dossier))],
            details=SatisfactionRatedDetails(overall=overall),
        )


def the_procedure() -> Procedure:
    """The procedure of all dossiers here: seven working days."""
    return a_procedure(limit=Limit(amount=7, unit=LimitUnit.WORKING_DAYS))


def handed(submitted: SubmittedAction) -> HandedAction:
    """What a web worker hands to the writer once it verified an action."""
    return HandedAction(submitted.note, submitted.salt, submitted.details)


@dataclass
class World:
    """A ledger with its writer, stores and people."""

    store: LedgerStore = field(default_factory=MemoryLedgerStore)
    tiles: TileStore = field(default_factory=MemoryTileStore)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    clock: SteppingClock = field(default_factory=SteppingClock)
    seed: int = 0
    cosigners: Cosigners | None = None
    through: Callable[[list[HandedAction]], list[Verdict]] | None = None

    def __post_init__(self) -> None:
        self.desk = Desk(self.clock, self.seed)
        self.keys = operator_keys()
        self.writer = self.new_writer()

    def new_writer(self) -> Writer:
        """A writer on the same stores, as after a restart; it has not taken over yet."""
        return Writer(
            self.store,
            self.tiles,
            lambda: LedgerState(self.documents),
            WriterKeys(self.keys.log, self.keys.promise, self.keys.later_logs),
            self.clock,
            self.cosigners,
        )

    def open(self) -> "World":
        """Take over, and publish the registry."""
        self.writer.take_over("test")
        registry = self.desk.registry()
        self.keep_private(registry)
        verdicts = self.record(*registry)
        assert [verdict.code for verdict in verdicts] == [""] * len(verdicts)
        return self

    def keep_private(self, submitted: Sequence[SubmittedAction]) -> None:
        """Keep private parts, where this world has a vault."""

    def record(
        self, *submitted: SubmittedAction, with_seal: bool = True, publish: bool = True
    ) -> list[Verdict]:
        """Record a group, and publish it if it was sealed; through the loop where one runs."""
        self.keep_documents(submitted)
        if self.through is not None:
            return self.through([handed(one) for one in submitted])
        result = self.writer.record([handed(one) for one in submitted], with_seal=with_seal)
        if result.sealed and publish:
            self.writer.publish()
        return result.verdicts

    def keep_documents(self, submitted: Sequence[SubmittedAction]) -> None:
        """Keep public documents before the hand-over, as the intake does."""
        for one in submitted:
            if one.document is not None:
                self.documents.store(one.document)

    def next_place(self, stream: str) -> Place:
        """Where the stream's next action goes."""
        return next_place(self.store, stream)

    def act(self, kind: str, stream: str, **changes: Any) -> SubmittedAction:
        """The next action of a stream, signed and not recorded yet."""
        given: dict[str, Any] = {"place": self.next_place(stream)} | changes
        return self.desk.act(kind, stream, **given)

    def a_dossier(self, *kinds: str) -> str:
        """Record a dossier with these actions after its submission; give its stream."""
        stream = self.desk.new_stream()
        recorded = self.record(self.desk.submitted(stream))
        for kind in kinds:
            recorded += self.record(self.act(kind, stream))
        assert [verdict.code for verdict in recorded] == [""] * len(recorded)
        return stream

    def log(self) -> TrustedLog:
        """The published log, as anyone reads it."""
        note = self.tiles.read_checkpoint()
        return TrustedLog(self.tiles, open_checkpoint(note, self.keys.anchors.logs))

    def entries(self) -> list[bytes]:
        """All published entries."""
        log = self.log()
        return list(log.entries(0, log.tree_size))

    def audit(self, stored: LedgerReader | None = None) -> AuditReport:
        """Audit the published log, by a clock that nobody set back; with the store if given."""
        return audited(self.log(), self.documents, self.clock.latest, stored)


def audited(
    log: TrustedLog, documents: MemoryDocuments, now: datetime, stored: LedgerReader | None = None
) -> AuditReport:
    """What an audit reports, however many share the work."""
    reports = []
    for shards in (1, 3):
        how = HowToAudit(shards, set_up=ShardsHere)
        anchors = operator_keys().anchors
        *_, report = audit_log(log, anchors, documents, now=now, stored=stored, how=how)
        reports.append(report)
    assert reports[0] == reports[1]
    return reports[0]


def a_world(**changes: Any) -> World:
    """A world whose registry is published."""
    return World(**changes).open()


class KnownKeys:
    """A key source of a dictionary."""

    def __init__(self, *keys: SigningKey) -> None:
        self._keys: Mapping[str, SigningKey] = {key.name: key for key in keys}

    def find(self, key_name: str, stream: str) -> Any:
        """Give the key of that name."""
        found = self._keys.get(key_name)
        return None if found is None else found.verification_key
