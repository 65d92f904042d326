"""Keys that a dossier learns later: another applicant's, a proxy's; through intake and audit."""

from collections.abc import Iterator

import pytest

from domain.facts import (
    ApplicantKeyReplaced,
    ApplicantKeyReplacedDetails,
    Grant,
    ProxyAuthorised,
    ProxyAuthorisedDetails,
)
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from tests.support.intake_builders import Counter, a_counter
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import World, a_signing_key, a_world
from transparency.notes import SigningKey, render_vkey

LATER = a_signing_key("applicant", 501)
# Not the one who enrolled the receiver: two signatures are of two independent people.
OTHER_REGISTRAR = a_signing_key("registrar", 502)


@pytest.fixture
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with a_counter(tmp_path_factory.mktemp("private"), a_world()) as made:
        yield made


def enrol_other_registrar(counter: Counter) -> None:
    desk = counter.world.desk
    enrolment = desk.drafter.register_key(
        desk.registrar,
        OTHER_REGISTRAR,
        [Grant(Role.REGISTRAR, "*")],
        desk.now(),
        the_holder_of(OTHER_REGISTRAR),
    )
    assert counter.code_of(enrolment) == ""


def test_registrar_who_enrolled_the_receiver_replaces_no_key_with_them(counter: Counter) -> None:
    world = counter.world
    stream = world.a_dossier()
    by_enroller = world.act(
        "dossier.applicant_key_replaced",
        stream,
        facts=ApplicantKeyReplaced(applicant_key=render_vkey(LATER.verification_key)),
        details=ApplicantKeyReplacedDetails(reason_code="key_lost", told_by="sms"),
        signers=[
            (Role.REGISTRAR, world.desk.registrar),
            (Role.RECEIVER, world.desk.officer),
            (Role.HOLDER, LATER),
        ],
    )

    assert counter.code_of(by_enroller) == "signers_not_independent"


def _replacement(world: World, stream: str, new_key: SigningKey) -> SubmittedAction:
    desk = world.desk
    return world.act(
        "dossier.applicant_key_replaced",
        stream,
        facts=ApplicantKeyReplaced(applicant_key=render_vkey(new_key.verification_key)),
        details=ApplicantKeyReplacedDetails(reason_code="key_lost", told_by="sms"),
        signers=[
            (Role.REGISTRAR, OTHER_REGISTRAR),
            (Role.RECEIVER, desk.officer),
            (Role.HOLDER, LATER),
        ],
    )


def _withdrawal(world: World, stream: str, role: Role, key: SigningKey) -> SubmittedAction:
    return world.act("dossier.withdrawal_requested", stream, signers=[(role, key)])


def test_lost_key_is_replaced_and_signs_nothing_more(counter: Counter) -> None:
    world = counter.world
    stream = world.a_dossier()
    lost = world.desk.applicant_of(stream)

    enrol_other_registrar(counter)
    assert counter.code_of(_replacement(world, stream, LATER)) == ""
    by_lost = counter.code_of(_withdrawal(world, stream, Role.APPLICANT, lost))
    by_new = counter.code_of(_withdrawal(world, stream, Role.APPLICANT, LATER))

    assert (by_lost, by_new) == ("not_your_dossier", "")
    assert world.audit().ok


def test_key_that_does_not_sign_replaces_none(counter: Counter) -> None:
    world = counter.world
    stream = world.a_dossier()

    assert counter.code_of(_replacement(world, stream, a_signing_key("applicant", 502))) != ""


def test_proxy_signs_with_a_key_that_the_applicant_named(counter: Counter) -> None:
    world = counter.world
    stream = world.a_dossier()
    named = world.act(
        "dossier.proxy_authorised",
        stream,
        facts=ProxyAuthorised(proxy_key=render_vkey(LATER.verification_key)),
        details=ProxyAuthorisedDetails(proxy_name="Lê Văn An", scope="everything"),
        signers=[(Role.APPLICANT, world.desk.applicant_of(stream)), (Role.HOLDER, LATER)],
    )

    assert counter.code_of(named) == ""
    assert counter.code_of(_withdrawal(world, stream, Role.PROXY, LATER)) == ""
    assert world.audit().ok
