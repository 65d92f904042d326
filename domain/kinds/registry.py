"""Kinds of the registry: the ledger itself, keys, offices, procedures, calendars (rows 50, 51)."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.roles import Role, SignerSet, any_of, signed_by

# The key that an act is about signs it too: that proves that its holder has it.
WITH_ITS_HOLDER: Final = SignerSet(frozenset({Role.REGISTRAR}), with_all=frozenset({Role.HOLDER}))

REGISTRY: Final[tuple[Kind, ...]] = (
    Kind(
        name="ledger.opened",
        stream=StreamType.LEDGER,
        facts=facts.LedgerOpened,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="ledger.root_rotated",
        stream=StreamType.LEDGER,
        facts=facts.RootRotated,
        signers=signed_by(WITH_ITS_HOLDER),
    ),
    Kind(
        name="ledger.root_recovered",
        stream=StreamType.LEDGER,
        facts=facts.RootRecovered,
        signers=signed_by(SignerSet(frozenset({Role.RECOVERY}), with_all=frozenset({Role.HOLDER}))),
    ),
    Kind(
        name="ledger.log_key_rotated",
        stream=StreamType.LEDGER,
        facts=facts.LogKeyRotated,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="ledger.log_key_retired",
        stream=StreamType.LEDGER,
        facts=facts.LogKeyRetired,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="key.registered",
        stream=StreamType.KEY,
        facts=facts.KeyRegistered,
        details=facts.KeyRegisteredDetails,
        signers=signed_by(WITH_ITS_HOLDER),
    ),
    Kind(
        name="key.replaced",
        stream=StreamType.KEY,
        facts=facts.KeyReplaced,
        signers=signed_by(WITH_ITS_HOLDER),
    ),
    Kind(
        name="key.revoked",
        stream=StreamType.KEY,
        facts=facts.KeyRevoked,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="key.role_granted",
        stream=StreamType.KEY,
        facts=facts.RoleGranted,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="key.role_revoked",
        stream=StreamType.KEY,
        facts=facts.RoleRevoked,
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
