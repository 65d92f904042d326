"""One name per public key for ever; and a key is known only where it was brought."""

import pytest
from msgspec.structs import replace

from domain.facts import Channel, DossierSubmitted, Grant
from domain.roles import Role
from ledger.action_notes import open_entry, open_text, verify_action
from ledger.errors import KeyNameTaken, SchemaMismatch
from ledger.state import LedgerState
from ledger.stored_keys import StoredKeys
from tests.support.builders import PROCEDURE
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import (
    ORIGIN,
    KnownKeys,
    World,
    a_signing_key,
    a_world,
    operator_keys,
)
from transparency.notes import (
    COSIGNATURE_KEY_TYPE,
    SigningKey,
    VerificationKey,
    derive_key_name,
    render_vkey,
)


def _enrol(world: World, key: SigningKey) -> str:
    registrar = world.keys.registrar
    grants = [Grant(Role.RECEIVER, "*")]
    action = world.desk.drafter.register_key(
        registrar, key, grants, world.desk.now(), the_holder_of(key)
    )
    (verdict,) = world.record(action)
    return verdict.code


def _renamed(key: SigningKey, kind: str) -> SigningKey:
    return SigningKey(derive_key_name(kind, key.verification_key.public_key), key.seed)


def test_enrolled_key_cannot_be_enrolled_again_under_another_name() -> None:
    world = a_world()
    key = a_signing_key("officer", 7)

    codes = [_enrol(world, key), _enrol(world, _renamed(key, "clerk"))]

    assert codes == ["", "key_name_taken"]


@pytest.mark.parametrize("name", ["log", "promise", "system", "registrar"])
def test_the_ledgers_own_keys_cannot_be_enrolled_as_an_officers(name: str) -> None:
    world = a_world()
    own: SigningKey = getattr(operator_keys(), name)

    assert _enrol(world, _renamed(own, "officer")) == "key_name_taken"


def test_enrolled_key_cannot_be_an_applicants_under_another_name() -> None:
    world = a_world()
    key = _renamed(world.desk.officer, "applicant")
    stream = world.desk.new_stream()
    facts = DossierSubmitted(
        procedure=PROCEDURE, channel=Channel.ONLINE, applicant_key=render_vkey(key.verification_key)
    )

    (verdict,) = world.record(
        world.desk.submitted(stream, facts=facts, signers=[(Role.APPLICANT, key)])
    )

    assert verdict.code == "key_name_taken"


def test_key_of_a_cosigners_type_is_no_applicants_key() -> None:
    world = a_world()
    key = a_signing_key("applicant", 9)
    other_type = VerificationKey(key.name, COSIGNATURE_KEY_TYPE, key.verification_key.public_key)
    facts = DossierSubmitted(
        procedure=PROCEDURE, channel=Channel.ONLINE, applicant_key=render_vkey(other_type)
    )
    submitted = world.desk.submitted(
        world.desk.new_stream(), facts=facts, signers=[(Role.APPLICANT, key)]
    )

    with pytest.raises(SchemaMismatch):
        verify_action(submitted, ORIGIN, KnownKeys())


def test_applicants_key_is_known_on_its_own_dossier_only() -> None:
    world = a_world()
    first, second = world.a_dossier(), world.a_dossier()
    name = open_text(world.store.stream_events(first)[0].note, ORIGIN).action.signers[0].key
    keys = StoredKeys(world.store, ORIGIN)

    assert keys.find(name, first) is not None
    assert keys.find(name, second) is None
    assert keys.find(name, first) is not None


def test_other_key_whose_name_collides_in_64_bits_is_refused() -> None:
    """No collision is known: the action is made as if one had been found."""
    world = a_world()
    first = open_text(world.store.stream_events(world.a_dossier())[0].note, ORIGIN).action
    second = open_text(world.desk.submitted(world.desk.new_stream()).note, ORIGIN).action
    assert isinstance(first.facts, DossierSubmitted)
    assert isinstance(second.facts, DossierSubmitted)
    state = LedgerState(world.documents)
    for entry in world.entries():
        opened = open_entry(entry, ORIGIN)
        if opened is not None:
            state.apply_recorded(opened)
    name, other = first.signers[0].key, str(second.facts.applicant_key)
    colliding = replace(
        second,
        facts=replace(second.facts, applicant_key=f"{name}+{other.partition('+')[2]}"),
        signers=first.signers,
    )

    with pytest.raises(KeyNameTaken):
        state.check_public(colliding, world.clock.latest)
