"""An office with its registrars, and the acts on keys that they or an attacker may sign."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.actions import Action, Signer
from domain.decisions import decide, evolve
from domain.errors import (
    ActionRefused,
)
from domain.facts import (
    Grant,
    KeyRegistered,
    KeyReplaced,
    KeyRevoked,
    RevocationReason,
    RoleEndReason,
    RoleGranted,
    RoleRevoked,
)
from domain.keys import KeyRecord, LedgerRecord, root_keys
from domain.roles import Role
from tests.support.builders import (
    COMMITMENT,
    DEPARTMENT,
    OFFICE,
    MemoryRegister,
    a_dossier,
    a_key,
    a_moment,
    a_register,
    an_action,
)

ROOT = "registrar-0000000000000001"
NATIONAL = "registrar-0000000000000002"
LOCAL = "registrar-0000000000000003"
OTHER_LOCAL = "registrar-0000000000000004"
OLD = "officer-0000000000000005"
NEW = "officer-0000000000000006"
RECEIVER = Grant(Role.RECEIVER, OFFICE)
CLERK = Grant(Role.CLERK, OFFICE)
ELSEWHERE = Grant(Role.RECEIVER, DEPARTMENT)


def a_vkey(name: str) -> str:
    return f"{name}+0a1b2c3d+{name[-16:].rjust(44, 'A')}"


def a_root() -> KeyRecord:
    ledger = LedgerRecord(
        "x", a_vkey(ROOT), "x+1+l", "p+1+p", "s+1+s", (), 1, 1, a_moment("2026-01-01T00:00:00Z")
    )
    return root_keys(ledger)[0]


@dataclass
class Office:
    """A register with the root, registrars of three reaches, and one officer who is enrolled."""

    register: MemoryRegister = field(
        default_factory=lambda: a_register(
            keys=[
                a_root(),
                a_key(NATIONAL, Grant(Role.REGISTRAR, "*")),
                a_key(LOCAL, Grant(Role.REGISTRAR, OFFICE)),
                a_key(OTHER_LOCAL, Grant(Role.REGISTRAR, DEPARTMENT)),
                a_key(OLD, RECEIVER),
            ]
        )
    )

    def record(self, action: Action) -> KeyRecord:
        """Decide an act on a key, and keep what it leaves."""
        name = action.stream_id
        state = self.register.keys.get(name)
        decide(state, action, self.register)
        after = evolve(state, action, self.register)
        assert isinstance(after, KeyRecord)
        self.register.keys[name] = after
        return after

    def refuses(self, action: Action, refusal: type[ActionRefused]) -> None:
        with pytest.raises(refusal):
            decide(self.register.keys.get(action.stream_id), action, self.register)

    def receives(self, key: str, at: str = "2026-03-02T02:00:00Z", office: str = OFFICE) -> None:
        """Let a key accept a dossier."""
        signers = (Signer(key, Role.RECEIVER),)
        action = an_action("dossier.accepted", signers=signers, at=a_moment(at), office=office)
        decide(a_dossier(), action, self.register)


def on_key(kind: str, name: str, facts: Any, *signers: Signer, **changes: Any) -> Action:
    given = signers or (Signer(LOCAL, Role.REGISTRAR),)
    return an_action(kind, stream=f"key:{name}", office=None, facts=facts, signers=given, **changes)


def an_enrolment(
    *grants: Grant, by: str = LOCAL, name: str = NEW, replaces: str | None = None, **changes: Any
) -> Action:
    facts = KeyRegistered(vkey=a_vkey(name), grants=grants, replaces=replaces, **changes)
    signers = (Signer(by, Role.REGISTRAR), Signer(name, Role.HOLDER))
    return on_key("key.registered", name, facts, *signers, commitment=COMMITMENT)


def a_grant(*grants: Grant, by: str = LOCAL, name: str = OLD, **changes: Any) -> Action:
    facts = RoleGranted(grants=grants)
    return on_key("key.role_granted", name, facts, Signer(by, Role.REGISTRAR), **changes)


def an_end(*grants: Grant, by: str = LOCAL) -> Action:
    facts = RoleRevoked(grants=grants, reason=RoleEndReason.MOVED)
    return on_key("key.role_revoked", OLD, facts, Signer(by, Role.REGISTRAR))


def a_replacement(successor: str = NEW, holder: str = NEW, by: str = LOCAL) -> Action:
    signers = (Signer(by, Role.REGISTRAR), Signer(holder, Role.HOLDER))
    return on_key("key.replaced", OLD, KeyReplaced(successor=successor), *signers)


def a_revocation(reason: RevocationReason, name: str = OLD, by: str = LOCAL) -> Action:
    facts = KeyRevoked(reason=reason)
    return on_key("key.revoked", name, facts, Signer(by, Role.REGISTRAR))
