"""Rules about facts: what the shape of a fact cannot say, checked against header and register."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from domain.actions import Action
from domain.calendars import parse_calendar
from domain.errors import (
    DocumentMissing,
    DocumentRefused,
    FactInvalid,
    FactMissing,
    MalformedDocument,
    MalformedMoment,
    NotPermitted,
    WrongStream,
)
from domain.facts import (
    ANY_OFFICE,
    CalendarPublished,
    DossierAccepted,
    DossierSubmitted,
    DueDateImported,
    ExtensionApologyIssued,
    Facts,
    ImportableFacts,
    KeyRegistered,
    LedgerOpened,
    OfficeRegistered,
    ProcedureVersionPublished,
)
from domain.keys import KeyRecord, vkey_name
from domain.moments import FIRST_YEAR, LAST_YEAR, parse_moment
from domain.offices import parse_office
from domain.procedures import ProcedureRecord, parse_procedure
from domain.roles import UNGRANTED_ROLES
from domain.rules.register import Register, StreamState, office_record, procedure_record

FactRule = Callable[[StreamState | None, Action, Register], None]


def check_facts(state: StreamState | None, action: Action, register: Register) -> None:
    """Check the public facts of one action that its state permits.

    Raises:
        ActionRefused: a fact is missing, invalid, or names something unknown.
    """
    facts = action.facts
    _check_days(facts)
    if isinstance(facts, ImportableFacts):
        _check_import_marks(facts, action)
    rule = FACT_RULES.get(action.kind.name)
    if rule is not None:
        rule(state, action, register)


def _check_days(facts: Facts) -> None:
    """Refuse days outside the years with which every fold can reckon in any time zone."""
    for name in facts.__struct_fields__:
        value = getattr(facts, name)
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise FactInvalid(name)


def check_stream(action: Action) -> None:
    """Check that the stream is of the kind's type.

    Raises:
        WrongStream: it is not.
    """
    if action.stream.partition(":")[0] != action.kind.stream:
        raise WrongStream(action.kind.name)


def document_bytes(register: Register, sha256_hex: str) -> bytes:
    """Give a public document that a fact names.

    Raises:
        DocumentMissing: it is not stored.
    """
    document = register.document(sha256_hex)
    if document is None:
        raise DocumentMissing(sha256_hex)
    return document


def _check_import_marks(facts: ImportableFacts, action: Action) -> None:
    """Refuse an importer's marks in anybody else's facts: public facts hold no free text."""
    if facts.performer is None and facts.label is None and facts.label_hash is None:
        return
    if not action.is_imported:
        raise FactInvalid("performer, label")
    if facts.label is not None and facts.label_hash is not None:
        raise FactInvalid("label_hash")


def _check_moment(name: str, text: str | None) -> None:
    if text is None:
        return
    try:
        parse_moment(text)
    except MalformedMoment as error:
        raise FactInvalid(name) from error


def _ledger_opened(_state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, LedgerOpened)
    if not facts.origin == action.ledger == action.stream_id == vkey_name(facts.log_vkey):
        raise FactInvalid("origin")
    # SPEC: formats.md, "Keys": log, witness, promise and actor keys never coincide.
    vkeys = (
        facts.registrar_vkey,
        facts.log_vkey,
        facts.promise_vkey,
        facts.system_vkey,
        *facts.recovery_vkeys,
    )
    if len({vkey_name(vkey) for vkey in vkeys}) < len(vkeys):
        raise FactInvalid("vkey")


def _key_registered(_state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, KeyRegistered)
    if vkey_name(facts.vkey) != action.stream_id:
        raise FactInvalid("vkey")
    if register.key(action.stream_id) is not None:
        raise FactInvalid("vkey")
    for grant in facts.grants:
        if grant.role in UNGRANTED_ROLES:
            raise FactInvalid("grants")
        if grant.office != ANY_OFFICE:
            office_record(register, grant.office)


def _key_revoked(state: StreamState | None, _action: Action, _register: Register) -> None:
    assert isinstance(state, KeyRecord)
    if state.revoked_at is not None:
        raise NotPermitted("key.revoked")


def _office_registered(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, OfficeRegistered)
    document = document_bytes(register, action.facts.document)
    try:
        office = parse_office(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error
    if office.id != action.stream_id:
        raise FactInvalid("document")


def _procedure_published(state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, ProcedureVersionPublished)
    document = document_bytes(register, facts.document)
    try:
        procedure = parse_procedure(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error
    if procedure.code != action.stream_id:
        raise FactInvalid("document")
    if procedure.version != facts.procedure_version:
        raise FactInvalid("procedure_version")
    if isinstance(state, ProcedureRecord) and procedure.version <= state.versions[-1].version:
        raise FactInvalid("procedure_version")


def _calendar_published(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, CalendarPublished)
    document = document_bytes(register, action.facts.document)
    try:
        calendar = parse_calendar(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error
    if calendar.id != action.stream_id:
        raise FactInvalid("document")


def _submitted(_state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, DossierSubmitted)
    procedure_record(register, facts.procedure)
    if facts.applicant_key is None:
        if not action.is_imported:
            raise FactMissing("applicant_key")
        return
    # Whoever names a key must hold it, or a stranger's key could be tied to a dossier.
    if vkey_name(facts.applicant_key) not in {signer.key for signer in action.signers}:
        raise FactInvalid("applicant_key")
    # No log holds citizens' signatures, so an import has nobody who signs as the applicant; and a
    # key that is enrolled would link the dossier to a person.
    if action.is_imported or register.key(vkey_name(facts.applicant_key)) is not None:
        raise FactInvalid("applicant_key")


def _accepted(_state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, DossierAccepted)
    _check_moment("appointment", action.facts.appointment)


def _apology_issued(_state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, ExtensionApologyIssued)
    _check_moment("appointment", action.facts.appointment)


def _due_date_imported(_state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, DueDateImported)
    if (facts.due_on is None) == (facts.due_at is None):
        raise FactInvalid("due_on, due_at")
    _check_moment("due_at", facts.due_at)


FACT_RULES: Final[Mapping[str, FactRule]] = {
    "ledger.opened": _ledger_opened,
    "key.registered": _key_registered,
    "key.revoked": _key_revoked,
    "office.registered": _office_registered,
    "procedure.version_published": _procedure_published,
    "calendar.published": _calendar_published,
    "dossier.submitted": _submitted,
    "dossier.accepted": _accepted,
    "dossier.extension_apology_issued": _apology_issued,
    "dossier.due_date_imported": _due_date_imported,
}
