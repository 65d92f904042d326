"""Roots that rotate and are recovered: written by the writer, and judged by the auditor.

The auditor holds the anchor of the first root alone, as everybody does who was there early.
"""

from dataclasses import replace

import pytest

from domain.facts import Channel, DossierSubmitted, Grant, KeyRegistered, RootRotated
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Place
from ledger.stored_keys import StoredKeys
from tests.support.builders import PROCEDURE
from tests.support.forged_logs import Forger, a_forger
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import (
    ORIGIN,
    World,
    a_signing_key,
    a_world,
    operator_keys,
)
from transparency.notes import SigningKey, derive_key_name, render_vkey

LEDGER = f"ledger:{ORIGIN}"
FIRST, SECOND, THIRD = (
    operator_keys().registrar,
    a_signing_key("registrar", 2),
    a_signing_key("registrar", 3),
)
RECOVERY = operator_keys().recovery
NOBODY = a_signing_key("registrar", 99)


def rotated(world: World, old: SigningKey, new: SigningKey) -> str:
    desk = world.desk
    action = desk.drafter.rotate_root(old, new, world.next_place(LEDGER), desk.now())
    (verdict,) = world.record(action)
    return verdict.code


def recovered(world: World, new: SigningKey, *recovery: SigningKey) -> str:
    desk = world.desk
    action = desk.drafter.recover_root(recovery, new, world.next_place(LEDGER), desk.now())
    (verdict,) = world.record(action)
    return verdict.code


def enrolled(world: World, registrar: SigningKey, number: int) -> str:
    key, grants = a_signing_key("officer", number), [Grant(Role.RECEIVER, "*")]
    action = world.desk.drafter.register_key(
        registrar, key, grants, world.desk.now(), the_holder_of(key)
    )
    (verdict,) = world.record(action)
    return verdict.code


def test_auditor_with_the_first_anchor_follows_a_rotated_root() -> None:
    world = a_world()

    codes = [rotated(world, FIRST, SECOND), rotated(world, SECOND, THIRD)]
    codes += [enrolled(world, THIRD, 11), enrolled(world, FIRST, 12), enrolled(world, SECOND, 13)]

    assert codes == ["", "", "", "key_revoked", "key_revoked"]
    report = world.audit(world.store)
    assert report.problems == []
    assert report.roots == [FIRST.name, SECOND.name, THIRD.name]


def test_auditor_with_the_first_anchor_follows_a_recovered_root() -> None:
    world = a_world()

    codes = [
        rotated(world, FIRST, NOBODY),  # a thief has the root
        recovered(world, SECOND, *RECOVERY[1:]),
        enrolled(world, SECOND, 11),
        enrolled(world, NOBODY, 12),
        rotated(world, NOBODY, THIRD),
    ]

    assert codes == ["", "", "", "key_revoked", "not_your_role"]
    report = world.audit(world.store)
    assert report.problems == []
    assert report.roots == [FIRST.name, NOBODY.name, SECOND.name]


def test_writer_that_starts_again_knows_the_root_in_force() -> None:
    world = a_world()
    rotated(world, FIRST, SECOND)

    world.writer = world.new_writer()
    world.writer.take_over("again")

    assert enrolled(world, SECOND, 11) == ""
    assert enrolled(world, FIRST, 12) == "key_revoked"


def test_stored_keys_learn_the_new_root_without_a_restart() -> None:
    world = a_world()
    keys = StoredKeys(world.store, ORIGIN)
    assert keys.find(FIRST.name, LEDGER) is not None
    assert keys.find(SECOND.name, LEDGER) is None

    rotated(world, FIRST, SECOND)

    assert keys.find(SECOND.name, LEDGER) == SECOND.verification_key
    assert keys.find(FIRST.name, LEDGER) == FIRST.verification_key


def test_root_is_no_key_that_was_enrolled_under_another_name() -> None:
    world = a_world()
    officer = world.desk.officer
    name = derive_key_name("registrar", officer.verification_key.public_key)

    assert rotated(world, FIRST, SigningKey(name, officer.seed)) == "key_name_taken"


@pytest.mark.parametrize("key", RECOVERY, ids=lambda key: key.name)
def test_recovery_key_is_enrolled_as_nobodys(key: SigningKey) -> None:
    world = a_world()
    other = SigningKey(derive_key_name("officer", key.verification_key.public_key), key.seed)

    assert enrolled_key(world, key) in ("fact_invalid", "key_name_taken")
    assert enrolled_key(world, other) == "key_name_taken"


def enrolled_key(world: World, key: SigningKey) -> str:
    grants = [Grant(Role.RECEIVER, "*")]
    details = the_holder_of(key)
    (verdict,) = world.record(
        world.desk.drafter.register_key(FIRST, key, grants, world.desk.now(), details)
    )
    return verdict.code


@pytest.mark.parametrize("key", RECOVERY, ids=lambda key: key.name)
def test_recovery_key_is_no_applicants(key: SigningKey) -> None:
    world = a_world()
    facts = DossierSubmitted(
        procedure=PROCEDURE, channel=Channel.ONLINE, applicant_key=render_vkey(key.verification_key)
    )
    stream = world.desk.new_stream()

    (verdict,) = world.record(
        world.desk.submitted(stream, facts=facts, signers=[(Role.APPLICANT, key)])
    )

    assert verdict.code == "key_name_taken"


# What a dishonest operator, who has the log's key, may write: the auditor names it.


def an_act(forger: Forger, *signers: tuple[Role, SigningKey], new: SigningKey) -> SubmittedAction:
    facts = RootRotated(registrar_vkey=render_vkey(new.verification_key))
    return forger.act("ledger.root_rotated", LEDGER, facts=facts, signers=signers, office=None)


def a_recovery(forger: Forger, *recovery: SigningKey, new: SigningKey) -> SubmittedAction:
    desk = forger.desk
    return desk.drafter.recover_root(recovery, new, forger.place(LEDGER), desk.now())


def enrolment_by(forger: Forger, registrar: SigningKey) -> SubmittedAction:
    key = a_signing_key("officer", 77)
    facts = KeyRegistered(
        vkey=render_vkey(key.verification_key), grants=(Grant(Role.RECEIVER, "*"),)
    )
    signers = [(Role.REGISTRAR, registrar), (Role.HOLDER, key)]
    stream = f"key:{key.name}"
    return forger.act(
        "key.registered",
        stream,
        facts=facts,
        signers=signers,
        office=None,
        place=FIRST_PLACE,
        details=the_holder_of(key),
    )


def test_rotation_that_only_one_root_signed_is_named_and_gives_no_right() -> None:
    for signers in ([(Role.REGISTRAR, FIRST)], [(Role.HOLDER, NOBODY)]):
        forger = a_forger()
        start = forger.size
        forger.add(an_act(forger, *signers, new=NOBODY))
        forger.add(enrolment_by(forger, NOBODY))
        forger.seal()

        assert forger.problems() == [
            ("co_signer_missing", start),
            ("key_not_enrolled", start + 1),
        ]


def test_rotation_with_a_forged_signature_of_the_old_root_is_named() -> None:
    forger = a_forger()
    start = forger.size
    impostor = replace(FIRST, seed=NOBODY.seed)
    forger.add(an_act(forger, (Role.REGISTRAR, impostor), (Role.HOLDER, NOBODY), new=NOBODY))
    forger.seal()

    assert ("invalid_signature", start) in forger.problems()


def test_recovery_by_too_few_or_by_strangers_is_named() -> None:
    for recovery, code in (
        (RECOVERY[:1], "co_signer_missing"),
        ((RECOVERY[0], FIRST), "not_your_role"),
    ):
        forger = a_forger()
        start = forger.size
        forger.add(a_recovery(forger, *recovery, new=NOBODY))
        forger.seal()

        assert forger.problems() == [(code, start)]


def test_rotation_that_skips_the_ledgers_history_is_named() -> None:
    forger = a_forger()
    start = forger.size
    signers = ((Role.REGISTRAR, FIRST), (Role.HOLDER, SECOND))
    facts = RootRotated(registrar_vkey=render_vkey(SECOND.verification_key))
    forger.add(
        forger.act(
            "ledger.root_rotated",
            LEDGER,
            facts=facts,
            signers=signers,
            office=None,
            place=Place(2, bytes(32)),
        )
    )
    forger.seal()

    assert forger.problems() == [("stale_version", start)]


def test_enrolment_by_a_root_that_was_replaced_is_named() -> None:
    forger = a_forger()
    forger.add(an_act(forger, (Role.REGISTRAR, FIRST), (Role.HOLDER, SECOND), new=SECOND))
    start = forger.size
    forger.add(enrolment_by(forger, FIRST))
    forger.seal()

    assert forger.problems() == [("key_revoked", start)]
