"""The rehearsal of one case: the domain's own rules, on a stage with just what an import needs.

On the stage there is one key that may import, the mapping's office and its procedure, as the real
registry will have them. What is permitted here is permitted there: the rules on an imported
dossier look at nothing else.
"""

import hashlib
from typing import Final

from domain.actions import Action, Signer
from domain.calendars import CalendarRecord
from domain.decisions import decide, evolve
from domain.dossiers import Dossier
from domain.errors import ActionRefused
from domain.facts import ANY_OFFICE, Grant
from domain.keys import KeyRecord
from domain.moments import FIRST_YEAR, Moment, parse_moment
from domain.offices import OfficeRecord, parse_office
from domain.oversight.integrity import Outage
from domain.procedures import ProcedureRecord, parse_procedure
from domain.roles import Role
from ledger.importing.mapping import ImportMapping
from ledger.importing.plans import PlannedAction

_LEDGER: Final = "rehearsal"

REHEARSAL_KEY: Final = "importer-0000000000000000"

_KEY: Final = KeyRecord(
    name=REHEARSAL_KEY,
    vkey="",
    grants=(Grant(Role.IMPORTER, ANY_OFFICE),),
    registered_at=parse_moment(f"{FIRST_YEAR}-01-01"),
)
_SIGNERS: Final = (Signer(_KEY.name, Role.IMPORTER),)


class Stage:
    """A register of one key, one office and one procedure."""

    def __init__(self, mapping: ImportMapping) -> None:
        office, procedure = mapping.office_document(), mapping.procedure_document()
        office_hex = hashlib.sha256(office).hexdigest()
        procedure_hex = hashlib.sha256(procedure).hexdigest()
        self._documents = {office_hex: office, procedure_hex: procedure}
        self._office = OfficeRecord(parse_office(office), office_hex, _KEY.registered_at)
        parsed = parse_procedure(procedure)
        self._procedure = ProcedureRecord(parsed.code, (parsed,), (procedure_hex,))

    def rehearsal(self, stream: str) -> "Rehearsal":
        """Begin the rehearsal of one dossier."""
        return Rehearsal(stream, self._office.office.id, self)

    def key(self, name: str) -> KeyRecord | None:
        """Give the importer's key."""
        return _KEY if name == _KEY.name else None

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the source's office."""
        return self._office if office_id == self._office.office.id else None

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the source's procedure."""
        return self._procedure if code == self._procedure.code else None

    def calendar(self, calendar_id: str) -> CalendarRecord | None:  # noqa: ARG002
        """Give nothing: a procedure whose limit is unknown counts no working days."""
        return None

    def dossier(self, stream: str) -> Dossier | None:  # noqa: ARG002
        """Give nothing: no action of an import looks at another dossier."""
        return None

    def outages(self, ledger: str) -> tuple[Outage, ...]:  # noqa: ARG002
        """Give nothing: no clock of an import's procedure stands still."""
        return ()

    def document(self, sha256_hex: str) -> bytes | None:
        """Give one of the two public documents."""
        return self._documents.get(sha256_hex)


class Rehearsal:
    """The dossier of one case as its planned actions leave it, one after the other."""

    def __init__(self, stream: str, office: str, stage: Stage) -> None:
        self.stream = stream
        self.next_version = 1
        self._office = office
        self._stage = stage
        self._dossier: Dossier | None = None

    @property
    def dossier(self) -> Dossier:
        """Give the dossier, which the submission has opened."""
        assert self._dossier is not None
        return self._dossier

    @property
    def accepted_at(self) -> Moment:
        """Give when the dossier was accepted, or else submitted."""
        return self.dossier.accepted_at or self.dossier.submitted_at

    def permits(self, planned: PlannedAction) -> bool:
        """Play an action if the rules permit it, and tell whether they do."""
        try:
            self.play(planned)
        except ActionRefused:
            return False
        return True

    def play(self, planned: PlannedAction) -> PlannedAction:
        """Play an action and give it back.

        Raises:
            ActionRefused: the rules do not permit it; nothing has changed.
        """
        action = self._action(planned)
        decide(self._dossier, action, self._stage)
        state = evolve(self._dossier, action, self._stage)
        assert isinstance(state, Dossier)
        self._dossier = state
        self.next_version += 1
        return planned

    def _action(self, planned: PlannedAction) -> Action:
        return Action(
            kind=planned.kind,
            ledger=_LEDGER,
            stream=self.stream,
            version=self.next_version,
            at=planned.at,
            signers=_SIGNERS,
            facts=planned.facts,
            office=self._office,
            details=planned.details,
        )
