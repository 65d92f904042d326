"""Keys: who may sign as what, and the record of the ledger's own keys.

A vkey is `<name>+<key id>+<base64>`; what its bytes mean is not the domain's business.
"""

import msgspec

from domain.facts import ANY_OFFICE, Grant, RevocationReason
from domain.moments import Moment
from domain.roles import Role

__all__ = ["ANY_OFFICE", "Grant", "KeyRecord", "LedgerRecord", "root_keys", "vkey_name"]


class KeyRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="key"):
    """What the registry holds of one key. A revoked key never comes back."""

    name: str
    vkey: str
    grants: tuple[Grant, ...]
    registered_at: Moment
    revoked_at: Moment | None = None
    revoked_for: RevocationReason | None = None

    def has_role(self, role: Role) -> bool:
        """Tell whether the role is held for any office at all."""
        return any(grant.role is role for grant in self.grants)

    def covers(self, role: Role, office: str | None) -> bool:
        """Tell whether the role is held for that office; None asks for a grant for any office."""
        for grant in self.grants:
            if grant.role is role and grant.office in (ANY_OFFICE, office):
                return True
        return False


class LedgerRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="ledger"):
    """What entry 0 said about the ledger itself."""

    origin: str
    registrar_vkey: str
    log_vkey: str
    promise_vkey: str
    system_vkey: str
    recovery_vkeys: tuple[str, ...]
    index_version: int
    longest_publication_delay_seconds: int
    opened_at: Moment


def vkey_name(vkey: str) -> str:
    """Give the key name that stands before the first plus sign."""
    return vkey.partition("+")[0]


def root_keys(ledger: LedgerRecord) -> tuple[KeyRecord, KeyRecord]:
    """Give the records of the registrar's root and the system key, which entry 0 enrols.

    A `Register` answers them like keys that were registered on streams of their own.
    """
    return (
        _root(ledger.registrar_vkey, Role.REGISTRAR, ledger.opened_at),
        _root(ledger.system_vkey, Role.SYSTEM, ledger.opened_at),
    )


def _root(vkey: str, role: Role, opened_at: Moment) -> KeyRecord:
    return KeyRecord(vkey_name(vkey), vkey, (Grant(role, ANY_OFFICE),), opened_at)
