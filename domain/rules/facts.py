"""Rules about facts: what the shape of a fact cannot say, checked against header and register."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from domain.actions import Action
from domain.calendars import parse_calendar
from domain.dossiers import Dossier
from domain.errors import (
    DocumentMissing,
    DocumentRefused,
    FactInvalid,
    MalformedDocument,
    WrongStream,
)
from domain.facts import (
    CalendarPublished,
    Facts,
    ImportableFacts,
    OfficeRegistered,
    ProcedureVersionPublished,
)
from domain.moments import FIRST_YEAR, LAST_YEAR
from domain.offices import parse_office
from domain.oversight.erasure import check_has_no_details
from domain.procedures import ProcedureRecord, parse_procedure
from domain.rules.dossier_facts import DOSSIER_FACT_RULES, check_moment
from domain.rules.feedback_rules import FEEDBACK_FACT_RULES
from domain.rules.integrity_rules import INTEGRITY_FACT_RULES
from domain.rules.key_facts import KEY_FACT_RULES
from domain.rules.personal_data import check_personal_data
from domain.rules.register import Register, StreamState
from domain.rules.required import check_has_private_part, check_private_needs, check_public_needs
from domain.rules.territory import check_owner

FactRule = Callable[[StreamState | None, Action, Register], None]


def check_facts(state: StreamState | None, action: Action, register: Register) -> None:
    """Check the public facts of one action that its state permits.

    Raises:
        ActionRefused: a fact is missing, invalid, or names something unknown.
    """
    facts = action.facts
    _check_private_part(state, action, register)
    check_public_needs(action)
    _check_days(facts)
    check_personal_data(facts)
    if isinstance(facts, ImportableFacts):
        _check_import_marks(facts, action)
    rule = FACT_RULES.get(action.kind.name)
    if rule is not None:
        rule(state, action, register)


def _check_private_part(state: StreamState | None, action: Action, register: Register) -> None:
    """Refuse an act that says nothing without its private part; imports have what they have.

    On an erased dossier it is the other way round: what is recorded there is public alone.
    """
    if isinstance(state, Dossier) and state.erased_at is not None:
        check_has_no_details(has_details=action.commitment is not None)
        return
    check_has_private_part(action, register)


def _check_days(facts: Facts) -> None:
    """Refuse days outside the years with which every fold can reckon in any time zone."""
    for name in facts.__struct_fields__:
        value = getattr(facts, name)
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            found = f"{value.isoformat()} is not within {FIRST_YEAR} to {LAST_YEAR}"
            raise FactInvalid(f"{name}: {found}")


def check_details(action: Action, register: Register) -> None:
    """Check what the private part of an action must say, and its moments, where it is opened.

    Raises:
        FactMissing: a member that the kind needs is absent.
        FactInvalid: a moment does not exist.
    """
    if action.details is None:
        return
    check_private_needs(action, register)
    for name in action.details.__struct_fields__:
        if name.endswith("_at"):
            check_moment(name, getattr(action.details, name))


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
        raise FactInvalid("performer, label, label_hash: no importer signs")
    if facts.label is not None and facts.label_hash is not None:
        raise FactInvalid("label_hash: it stands beside a label")


def _office_registered(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, OfficeRegistered)
    document = document_bytes(register, action.facts.document)
    try:
        office = parse_office(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error
    if office.id != action.stream_id:
        raise FactInvalid(f"document: it is of {office.id}, the stream of {action.stream_id}")


def _procedure_published(state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, ProcedureVersionPublished)
    document = document_bytes(register, facts.document)
    try:
        procedure = parse_procedure(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error
    if procedure.code != action.stream_id:
        raise FactInvalid(f"document: it is of {procedure.code}, the stream of {action.stream_id}")
    if procedure.version != facts.procedure_version:
        found = f"{facts.procedure_version}, and its document says {procedure.version}"
        raise FactInvalid(f"procedure_version: {found}")
    if isinstance(state, ProcedureRecord):
        check_owner(register, action, state.owner)
        if procedure.version <= state.versions[-1].version:
            found = f"{procedure.version}, and {state.versions[-1].version} is published"
            raise FactInvalid(f"procedure_version: {found}")


def _calendar_published(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, CalendarPublished)
    document = document_bytes(register, action.facts.document)
    try:
        calendar = parse_calendar(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error
    if calendar.id != action.stream_id:
        raise FactInvalid(f"document: it is of {calendar.id}, the stream of {action.stream_id}")


FACT_RULES: Final[Mapping[str, FactRule]] = {
    **KEY_FACT_RULES,
    **FEEDBACK_FACT_RULES,
    **INTEGRITY_FACT_RULES,
    **DOSSIER_FACT_RULES,
    "office.registered": _office_registered,
    "procedure.version_published": _procedure_published,
    "calendar.published": _calendar_published,
}
