"""Kinds of the registry: the ledger itself, keys, offices, procedures, calendars (rows 50, 51)."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.roles import Role, SignerSet, any_of, signed_by

REGISTRY: Final[tuple[Kind, ...]] = (
    Kind(
        name="ledger.opened",
        stream=StreamType.LEDGER,
        facts=facts.LedgerOpened,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="key.registered",
        stream=StreamType.KEY,
        facts=facts.KeyRegistered,
        details=facts.KeyRegisteredDetails,
        signers=signed_by(
            SignerSet(frozenset({Role.REGISTRAR}), with_all=frozenset({Role.HOLDER}))
        ),
    ),
    Kind(
        name="key.revoked",
        stream=StreamType.KEY,
        facts=facts.KeyRevoked,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="office.registered",
        stream=StreamType.OFFICE,
        facts=facts.OfficeRegistered,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="procedure.version_published",
        stream=StreamType.PROCEDURE,
        facts=facts.ProcedureVersionPublished,
        signers=signed_by(any_of(Role.CATALOGUE_ADMIN)),
    ),
    Kind(
        name="calendar.published",
        stream=StreamType.CALENDAR,
        facts=facts.CalendarPublished,
        signers=signed_by(any_of(Role.CATALOGUE_ADMIN)),
    ),
)
