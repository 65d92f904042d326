"""The registrar's root: how it rotates, how it is recovered, and who cannot do either."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.actions import Action, Signer
from domain.decisions import decide, evolve
from domain.errors import (
    ActionRefused,
    CoSignerMissing,
    FactInvalid,
    KeyNotEnrolled,
    NotPermitted,
    NotYourRole,
    RevokedKey,
)
from domain.facts import Grant, KeyRegistered, LedgerOpened, RootRecovered, RootRotated
from domain.keys import LedgerRecord, root_keys
from domain.person_errors import SignerRepeated
from domain.roles import Role
from tests.support.builders import (
    COMMITMENT,
    LEDGER,
    OFFICE,
    MemoryRegister,
    a_key,
    a_moment,
    a_register,
    an_action,
)

ROOT = "registrar-0000000000000001"
SECOND = "registrar-0000000000000002"
THIRD = "registrar-0000000000000003"
RECOVERY = tuple(f"recovery-000000000000001{number}" for number in range(3))
STRANGER = "officer-00000000000000ff"


def a_vkey(name: str) -> str:
    return f"{name}+0a1b2c3d+{name[-16:].replace('-', 'x').replace('/', 'x').rjust(44, 'A')}"


def an_opening(**changes: Any) -> Action:
    given: dict[str, Any] = {
        "recovery_vkeys": tuple(map(a_vkey, RECOVERY)),
        "recovery_threshold": 2,
    } | changes
    facts = LedgerOpened(
        origin=LEDGER,
        registrar_vkey=a_vkey(ROOT),
        log_vkey=a_vkey(LEDGER),
        promise_vkey=a_vkey("promise-00000000000000aa"),
        system_vkey=a_vkey("system-00000000000000ab"),
        index_version=1,
        longest_publication_delay_seconds=3600,
        **given,
    )
    return on_ledger("ledger.opened", facts, Signer(ROOT, Role.REGISTRAR))


def on_ledger(kind: str, facts: Any, *signers: Signer, **changes: Any) -> Action:
    return an_action(
        kind, stream=f"ledger:{LEDGER}", office=None, facts=facts, signers=signers, **changes
    )


def a_rotation(old: str = ROOT, new: str = SECOND, **changes: Any) -> Action:
    facts = RootRotated(registrar_vkey=a_vkey(new))
    signers = (Signer(old, Role.REGISTRAR), Signer(new, Role.HOLDER))
    return on_ledger("ledger.root_rotated", facts, *changes.pop("signers", signers), **changes)


def a_recovery(*recovery: str, new: str = SECOND, **changes: Any) -> Action:
    facts = RootRecovered(registrar_vkey=a_vkey(new))
    signers = (*(Signer(name, Role.RECOVERY) for name in recovery), Signer(new, Role.HOLDER))
    return on_ledger("ledger.root_recovered", facts, *changes.pop("signers", signers), **changes)


def an_enrolment(by: str, at: str = "2026-03-02T02:00:00Z") -> Action:
    name = "officer-0000000000000009"
    facts = KeyRegistered(vkey=a_vkey(name), grants=(Grant(Role.REGISTRAR, "*"),))
    signers = (Signer(by, Role.REGISTRAR), Signer(name, Role.HOLDER))
    return an_action(
        "key.registered",
        stream=f"key:{name}",
        office=None,
        facts=facts,
        signers=signers,
        at=a_moment(at),
        commitment=COMMITMENT,
    )


def opened(*actions: Action) -> tuple[LedgerRecord, MemoryRegister]:
    """Give the ledger's state after its opening and these actions, with its keys registered."""
    register = a_register()
    state: Any = None
    for action in (an_opening(), *actions):
        decide(state, action, register)
        state = evolve(state, action, register)
        register.keys |= {record.name: record for record in root_keys(state)}
    return state, register


def test_rotated_root_enrols_and_the_old_one_does_not_any_more() -> None:
    state, register = opened(a_rotation())

    decide(None, an_enrolment(SECOND), register)
    with pytest.raises(RevokedKey):
        decide(None, an_enrolment(ROOT), register)
    assert [former.vkey for former in state.former_roots] == [a_vkey(ROOT)]


def test_new_root_has_no_rights_at_moments_before_it_was_the_root() -> None:
    _, register = opened(a_rotation())

    with pytest.raises(ActionRefused, match="role_not_held_then"):
        decide(None, an_enrolment(SECOND, at="2026-03-02T01:59:59Z"), register)


def test_recovery_overrides_a_root_that_a_thief_rotated() -> None:
    state, register = opened(a_rotation(), a_recovery(*RECOVERY[:2], new=THIRD))

    decide(None, an_enrolment(THIRD), register)
    for name in (ROOT, SECOND):
        with pytest.raises(RevokedKey):
            decide(None, an_enrolment(name), register)
    with pytest.raises(NotYourRole):
        decide(state, a_rotation(old=SECOND, new=STRANGER), register)


@pytest.mark.parametrize("signing", [RECOVERY[:2], RECOVERY[1:], RECOVERY])
def test_any_k_of_n_recovery_keys_recover(signing: tuple[str, ...]) -> None:
    state, _ = opened(a_recovery(*signing))

    assert state.registrar_vkey == a_vkey(SECOND)


BOTH = (Signer(ROOT, Role.REGISTRAR), Signer(SECOND, Role.HOLDER))
ONE = Signer(RECOVERY[0], Role.RECOVERY)


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        pytest.param(a_rotation(signers=BOTH[:1]), CoSignerMissing, id="without the new root"),
        pytest.param(a_rotation(signers=BOTH[1:]), CoSignerMissing, id="without the old root"),
        pytest.param(a_rotation(old=STRANGER), NotYourRole, id="by another key as the old root"),
        pytest.param(
            a_rotation(signers=(BOTH[0], Signer(STRANGER, Role.HOLDER))),
            NotYourRole,
            id="another key as the new root",
        ),
        pytest.param(
            a_rotation(new=ROOT, signers=(BOTH[0], Signer(ROOT, Role.HOLDER))),
            SignerRepeated,
            id="to itself",
        ),
        pytest.param(a_rotation(new=RECOVERY[0]), FactInvalid, id="to a recovery key"),
        pytest.param(
            a_rotation(new="system-00000000000000ab"), FactInvalid, id="to the system's key"
        ),
        pytest.param(a_recovery(RECOVERY[0]), CoSignerMissing, id="k - 1 recovery keys"),
        pytest.param(
            a_recovery(RECOVERY[0], RECOVERY[0]), SignerRepeated, id="one recovery key twice"
        ),
        pytest.param(
            a_recovery(signers=(ONE, Signer(RECOVERY[1], Role.RECOVERY))),
            CoSignerMissing,
            id="recovery without possession of the new root",
        ),
        pytest.param(a_recovery(RECOVERY[0], STRANGER), NotYourRole, id="a key of somebody else"),
        pytest.param(a_recovery(RECOVERY[0], ROOT), NotYourRole, id="the root as a recovery key"),
        pytest.param(
            a_rotation(signers=(ONE, BOTH[1])), NotYourRole, id="a recovery key rotates by itself"
        ),
    ],
)
def test_root_is_not_changed_by_less(action: Action, refusal: type[ActionRefused]) -> None:
    state, register = opened()

    with pytest.raises(refusal):
        decide(state, action, register)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.RECOVERY, Role.RECEIVER])
def test_recovery_key_signs_nothing_else(role: Role) -> None:
    _, register = opened()
    signer = Signer(RECOVERY[0], role)
    acceptance = an_action("dossier.accepted", signers=(signer,), office=OFFICE)
    holder = Signer("officer-0000000000000009", Role.HOLDER)
    enrolment = an_enrolment(RECOVERY[0])

    with pytest.raises((KeyNotEnrolled, NotYourRole)):
        decide(None, acceptance, register)
    with pytest.raises((KeyNotEnrolled, NotYourRole)):
        decide(None, an_action_with(enrolment, signer, holder), register)


def an_action_with(action: Action, *signers: Signer) -> Action:
    return replace(action, signers=signers)


def test_former_root_never_comes_back() -> None:
    state, register = opened(a_rotation())

    with pytest.raises(FactInvalid):
        decide(state, a_rotation(old=SECOND, new=ROOT), register)


def test_officers_key_does_not_become_the_root() -> None:
    state, register = opened()
    register.keys[SECOND] = a_key(SECOND)

    with pytest.raises(FactInvalid):
        decide(state, a_rotation(), register)


def test_public_key_of_the_ledger_under_another_name_does_not_become_the_root() -> None:
    state, register = opened()
    other_name = "registrar-00000000000000cc"
    facts = RootRotated(registrar_vkey=a_vkey(RECOVERY[0]).replace(RECOVERY[0], other_name))
    signers = (Signer(ROOT, Role.REGISTRAR), Signer(other_name, Role.HOLDER))

    with pytest.raises(FactInvalid):
        decide(state, on_ledger("ledger.root_rotated", facts, *signers), register)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"recovery_threshold": None}, id="recovery keys without their number"),
        pytest.param({"recovery_threshold": 4}, id="more than there are"),
        pytest.param({"recovery_vkeys": ()}, id="a number without recovery keys"),
    ],
)
def test_opening_says_how_many_recovery_keys_it_takes(changes: dict[str, Any]) -> None:
    with pytest.raises(FactInvalid, match="recovery_threshold"):
        decide(None, an_opening(**changes), a_register())


def test_ledger_without_recovery_keys_is_not_recovered() -> None:
    state, register = opened()
    bare = LedgerRecord(
        state.origin, state.registrar_vkey, state.log_vkey, state.promise_vkey, state.system_vkey,
        (), 1, 1, state.opened_at,
    )  # fmt: skip

    with pytest.raises(NotYourRole):
        decide(bare, a_recovery(*RECOVERY[:2]), register)


@pytest.mark.parametrize("action", [a_rotation(), a_recovery(*RECOVERY[:2])])
def test_ledger_that_is_not_open_has_no_root_to_change(action: Action) -> None:
    with pytest.raises(NotPermitted):
        decide(None, action, a_register())
