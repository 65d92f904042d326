"""A ledger with its vault, and a writer that can be told to skip what rests on private details."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from domain.actions import Action
from domain.facts import (
    Details,
    DossierAcceptedDetails,
    Facts,
    Grant,
    KeyRegisteredDetails,
)
from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.roles import Role
from ledger.access_streams import access_stream
from ledger.action_notes import SubmittedAction, open_text
from ledger.bodies import canonical_json
from ledger.codes.allotted import AllottedCode
from ledger.drafting import Publishing, next_place
from ledger.inspecting.auditor import VaultAuditor, VaultSources
from ledger.inspecting.report import VaultReport
from ledger.private.vault import Keyring, PrivatePart, Vault
from ledger.state import LedgerState
from ledger.writing.envelopes import DeferredPool
from ledger.writing.writer import Writer, WriterKeys
from tests.support.builders import PROCEDURE
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import (
    OFFICE,
    ORIGIN,
    World,
    a_signing_key,
    operator_keys,
    the_procedure,
)
from transparency.notes import SigningKey

INSPECTOR = a_signing_key("inspector")
HEAD = a_signing_key("officer", 7)
NUMBER = "CB-0001"
STORED_AT = "2026-03-02T01:00:00Z"


class LaxState(LedgerState):
    """A writer's memory that skips every rule on private details."""

    def check_private(self, action: Action) -> None:
        """Permit anything."""

    def check_matters(self, action: Action) -> None:
        """Permit an erasure, whatever is open."""


class PrivateWorld(World):
    """A world whose private parts are kept in a folder; ``state`` may make its writer a forger."""

    def __init__(
        self, folder: Path, *, state: type[LedgerState] = LedgerState, **stores: Any
    ) -> None:
        self._state = state
        self.folder = folder
        super().__init__(**stores)
        self.keyring = Keyring(
            folder / "keyring.sqlite3", self.keys.key_encryption_key, self._random
        )
        self.vault = Vault(folder / "vault.sqlite3", self.keyring, ORIGIN, self._random)
        self.open()
        self._enrol()

    def _random(self, count: int) -> bytes:
        return self.desk.random.randbytes(count)

    def new_writer(self) -> Writer:
        """Give a writer with the state that this world is told to have."""
        return Writer(
            self.store,
            self.tiles,
            lambda: self._state(self.documents),
            WriterKeys(self.keys.log, self.keys.promise),
            self.clock,
        )

    def _enrol(self) -> None:
        desk = self.desk
        procedure = msgspec.structs.replace(the_procedure(), version=2, retention_years=1)
        place = next_place(self.store, f"procedure:{PROCEDURE}")
        publishing = Publishing(canonical_json(procedure), OFFICE, place, desk.now())
        self.settle(
            self.enrolment(INSPECTOR, Role.INSPECTOR),
            self.enrolment(HEAD, Role.HEAD, number=NUMBER),
            desk.drafter.publish_procedure(desk.catalogue, PROCEDURE, 2, publishing),
        )

    def enrolment(
        self, key: SigningKey, *roles: Role, number: str | None = None
    ) -> SubmittedAction:
        """Enrol a key with roles for any office, perhaps with a personnel number."""
        details = the_holder_of(key)
        if number is not None:
            details = KeyRegisteredDetails(personnel_number=number)
        grants = [Grant(role, "*") for role in roles]
        desk = self.desk
        return desk.drafter.register_key(desk.registrar, key, grants, desk.now(), details)

    def settle(self, *submitted: SubmittedAction) -> None:
        """Record actions with their private parts; each of them is accepted."""
        self.keep(*submitted)
        codes = [verdict.code for verdict in self.record(*submitted)]
        assert codes == [""] * len(codes)

    def keep(self, *submitted: SubmittedAction) -> None:
        """Keep private parts, recorded or not."""
        parts = [
            PrivatePart(opened.action.stream, opened.action.version, opened.text_hash, salt, text)
            for one in submitted
            if (salt := one.salt) is not None and (text := one.details) is not None
            for opened in (open_text(one.note, ORIGIN),)
        ]
        self.vault.store(parts, STORED_AT)

    def keep_private(self, submitted: Sequence[SubmittedAction]) -> None:
        """Keep them in the vault."""
        self.keep(*submitted)

    def submit(self) -> str:
        """Record a dossier; give its stream."""
        stream = self.desk.new_stream()
        self.settle(self.desk.submitted(stream))
        return stream

    def accept(self, stream: str, code: str | None = None) -> None:
        """Record an acceptance, perhaps with a code."""
        details = DossierAcceptedDetails(code=code or self.a_code(1), register_number="17")
        self.settle(self.act("dossier.accepted", stream, details=details))

    def a_code(self, number: int, *, days: int = 0) -> str:
        """Give a code of this day, or of another one."""
        day = self.clock.now + timedelta(hours=7, days=days)
        return f"{OFFICE}-{day:%y%m%d}-{number:04d}"

    def by_inspector(
        self, kind: str, stream: str, details: Details, facts: Facts | None = None
    ) -> SubmittedAction:
        """Give the next act of a stream, signed by the inspector."""
        signers = [(Role.INSPECTOR, INSPECTOR)]
        return self.act(kind, stream, facts=facts, details=details, signers=signers, office=None)

    def a_read(self, stream: str, dossier: str, **changes: Any) -> SubmittedAction:
        """Give the entry of a read."""
        given = {"purpose": AccessPurpose.SUPERVISION, "fields": ("contact",)} | changes
        details = AccessLoggedDetails(dossier=dossier, **given)
        return self.by_inspector("access.logged", stream, details)

    def access_stream(self, dossier: str) -> str:
        """Name a dossier's access stream by its secret."""
        event = self.store.find(dossier, 1)
        assert event is not None
        part = self.vault.open(open_text(event.note, ORIGIN).text_hash)
        assert part is not None
        return access_stream(msgspec.json.decode(part.details)["secret"])

    def end_month(self) -> None:
        """Let the month end, so that envelopes enter the log."""
        self.clock.pass_time(days=32)
        self.submit()

    def auditor(self, allotted: Sequence[AllottedCode] = ()) -> VaultAuditor:
        """Give an inspector's auditor of this world."""
        pool = DeferredPool(operator_keys().promise)
        sources = VaultSources(ORIGIN, self.store, self.vault, self.documents, allotted, pool)
        return VaultAuditor(sources, self.clock.latest)

    def inspect(self, allotted: Sequence[AllottedCode] = ()) -> VaultReport:
        """Audit the published log with the vault opened."""
        *_, report = self.auditor(allotted).audit(self.log())
        return report


def codes_of(report: VaultReport) -> list[str]:
    """Give the codes of what is wrong."""
    return [problem.code for problem in report.problems]
