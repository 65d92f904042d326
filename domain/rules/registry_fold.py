"""How the states of registry and rating streams follow from their actions."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.calendars import CalendarRecord, parse_calendar
from domain.facts import (
    CalendarPublished,
    KeyRegistered,
    KeyRevoked,
    LedgerOpened,
    OfficeRegistered,
    ProcedureVersionPublished,
    SatisfactionRated,
)
from domain.keys import KeyRecord, LedgerRecord
from domain.offices import OfficeRecord, parse_office
from domain.procedures import ProcedureRecord, parse_procedure
from domain.rules.facts import document_bytes
from domain.rules.register import RatingRecord, Register, StreamState

Fold = Callable[[StreamState | None, Action, Register], StreamState]


def _ledger_opened(_state: StreamState | None, action: Action, _register: Register) -> LedgerRecord:
    facts = action.facts
    assert isinstance(facts, LedgerOpened)
    return LedgerRecord(
        facts.origin,
        facts.registrar_vkey,
        facts.log_vkey,
        facts.promise_vkey,
        facts.system_vkey,
        facts.recovery_vkeys,
        facts.index_version,
        facts.longest_publication_delay_seconds,
        action.at,
    )


def _key_registered(_state: StreamState | None, action: Action, _register: Register) -> KeyRecord:
    facts = action.facts
    assert isinstance(facts, KeyRegistered)
    return KeyRecord(action.stream_id, facts.vkey, facts.grants, action.at)


def _key_revoked(state: StreamState | None, action: Action, _register: Register) -> KeyRecord:
    assert isinstance(state, KeyRecord)
    assert isinstance(action.facts, KeyRevoked)
    return replace(state, revoked_at=action.at, revoked_for=action.facts.reason)


def _office_registered(
    _state: StreamState | None, action: Action, register: Register
) -> OfficeRecord:
    assert isinstance(action.facts, OfficeRegistered)
    sha256_hex = action.facts.document
    return OfficeRecord(parse_office(document_bytes(register, sha256_hex)), sha256_hex, action.at)


def _procedure_published(
    state: StreamState | None, action: Action, register: Register
) -> ProcedureRecord:
    assert isinstance(action.facts, ProcedureVersionPublished)
    sha256_hex = action.facts.document
    procedure = parse_procedure(document_bytes(register, sha256_hex))
    if state is None:
        return ProcedureRecord(procedure.code, (procedure,), (sha256_hex,))
    assert isinstance(state, ProcedureRecord)
    return ProcedureRecord(state.code, (*state.versions, procedure), (*state.documents, sha256_hex))


def _calendar_published(
    _state: StreamState | None, action: Action, register: Register
) -> CalendarRecord:
    assert isinstance(action.facts, CalendarPublished)
    sha256_hex = action.facts.document
    calendar = parse_calendar(document_bytes(register, sha256_hex))
    return CalendarRecord(calendar, sha256_hex, action.at)


def _satisfaction_rated(
    _state: StreamState | None, action: Action, _register: Register
) -> RatingRecord:
    facts = action.facts
    assert isinstance(facts, SatisfactionRated)
    return RatingRecord(facts.dossier, facts.stage, facts.overall, action.at)


REGISTRY_FOLDS: Final[Mapping[str, Fold]] = {
    "ledger.opened": _ledger_opened,
    "key.registered": _key_registered,
    "key.revoked": _key_revoked,
    "office.registered": _office_registered,
    "procedure.version_published": _procedure_published,
    "calendar.published": _calendar_published,
    "rating.satisfaction_rated": _satisfaction_rated,
}
