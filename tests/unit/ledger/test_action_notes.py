"""The order of checks, walked from the first refusal to the last, and what stands between them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.facts import Grant, KeyRevoked, RevocationReason
from domain.moments import Moment, render_moment
from domain.roles import Role
from ledger.action_notes import MAX_NOTE_BYTES, SubmittedAction, open_text
from tests.support.intake_builders import Counter, a_counter
from tests.support.ledger_builders import ORIGIN, START, World, a_signing_key, a_world
from tests.support.wrecks import Wreck, an_acceptance, wreck_of
from transparency.encoding import encode_base64
from transparency.notes import NoteSignature, SigningKey
from transparency.promises import open_promise, open_refusal
from transparency.verifier import verify_receipt

STRANGER = a_signing_key("officer", 99)
REVOKED = a_signing_key("catalogue", 5)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    world = a_world()
    _enrol_and_revoke(world, REVOKED)
    with a_counter(tmp_path_factory.mktemp("private"), world) as made:
        yield made


def _enrol_and_revoke(world: World, key: SigningKey) -> None:
    desk = world.desk
    grants = [Grant(Role.CATALOGUE_ADMIN, "*")]
    world.record(desk.drafter.register_key(desk.registrar, key, grants, desk.now()))
    world.record(_revocation(world, key))


def _revocation(world: World, key: SigningKey) -> SubmittedAction:
    return world.act(
        "key.revoked",
        f"key:{key.name}",
        facts=KeyRevoked(reason=RevocationReason.LOST),
        signers=[(Role.REGISTRAR, world.desk.registrar)],
        office=None,
    )


# What makes each check fail, from the first check to the last. Where two faults cannot stand in
# one action (its `at` is either before the enrolment or in the future) the earlier check has it.


def _too_large(wreck: Wreck) -> None:
    wreck.renote.append(lambda note: note + b"x" * MAX_NOTE_BYTES)


def _no_note(wreck: Wreck) -> None:
    wreck.renote.append(lambda note: note.removesuffix(b"\n"))


def _a_space_among_the_facts(wreck: Wreck) -> None:
    wreck.respell = lambda line: line.replace(b'"appointment":', b'"appointment": ')


def _another_ledger(wreck: Wreck) -> None:
    wreck.members["ledger"] = "localhost/ffffffff"


def _no_such_kind(wreck: Wreck) -> None:
    wreck.members["action"] = "dossier.vanished"


def _an_unknown_member(wreck: Wreck) -> None:
    wreck.members["facts"]["applicant"] = "somebody"


def _a_line_too_many(wreck: Wreck) -> None:
    wreck.relines = lambda lines: [*lines, replace(lines[0], key_name=STRANGER.name)]


def _an_unknown_key(wreck: Wreck) -> None:
    wreck.keys = [STRANGER]


def _a_wrong_signature(wreck: Wreck) -> None:
    def spoil(lines: list[NoteSignature]) -> list[NoteSignature]:
        return [replace(line, signature=line.signature[::-1]) for line in lines]

    wreck.relines = spoil


def _other_details(wreck: Wreck) -> None:
    wreck.details = wreck.details.replace(b"H27-", b"H28-")


def _a_revoked_key(wreck: Wreck) -> None:
    wreck.keys = [REVOKED]


def _a_role_not_held(wreck: Wreck) -> None:
    wreck.keys = [wreck.world.desk.catalogue]


def _before_the_enrolment(wreck: Wreck) -> None:
    wreck.members["at"] = render_moment(Moment(instant=START - timedelta(days=1)))


def _a_stale_version(wreck: Wreck) -> None:
    wreck.members["previous"] = encode_base64(bytes(32))


def _not_permitted(wreck: Wreck) -> None:
    """The dossier has been accepted already."""
    accepted = wreck.world.a_dossier("dossier.accepted")
    moved = wreck_of(wreck.world, an_acceptance(wreck.world, accepted))
    for name in ("stream", "version", "previous"):
        wreck.members[name] = moved.members[name]


def _a_day_that_does_not_exist(wreck: Wreck) -> None:
    wreck.members["facts"]["appointment"] = "2026-02-30"


def _in_the_future(wreck: Wreck) -> None:
    wreck.members["at"] = render_moment(
        Moment(day=wreck.world.clock.now.date() + timedelta(days=2))
    )


CHECKS: list[tuple[str, Callable[[Wreck], None]]] = [
    ("too_large", _too_large),
    ("malformed_note", _no_note),
    ("not_canonical", _a_space_among_the_facts),
    ("wrong_ledger", _another_ledger),
    ("unknown_kind", _no_such_kind),
    ("schema_mismatch", _an_unknown_member),
    ("signature_lines_mismatch", _a_line_too_many),
    ("unknown_key", _an_unknown_key),
    ("invalid_signature", _a_wrong_signature),
    ("details_mismatch", _other_details),
    ("key_revoked", _a_revoked_key),
    ("not_your_role", _a_role_not_held),
    ("role_not_held_then", _before_the_enrolment),
    ("stale_version", _a_stale_version),
    ("not_permitted", _not_permitted),
    ("fact_invalid", _a_day_that_does_not_exist),
    ("acted_in_the_future", _in_the_future),
]
CODES = [code for code, _ in CHECKS]
FIRST_SIGNED_REFUSAL = CODES.index("details_mismatch")


def _wrong_from(world: World, first: int) -> SubmittedAction:
    """An action that is wrong in one check and in all later ones."""
    wreck = wreck_of(world, an_acceptance(world, world.a_dossier()))
    for _, spoil in reversed(CHECKS[first:]):
        spoil(wreck)
    return wreck.submitted()


@pytest.mark.parametrize("first", range(len(CHECKS)), ids=CODES)
def test_an_action_wrong_in_one_check_and_all_later_ones_gets_the_code_of_the_first(
    counter: Counter, first: int
) -> None:
    wrong = _wrong_from(counter.world, first)

    (answer,) = counter.submit(wrong)

    assert answer.code == CODES[first]
    if first < FIRST_SIGNED_REFUSAL:
        assert answer.note == b""
    else:
        refusal = open_refusal(answer.note, counter.world.keys.promise.verification_key)
        assert (refusal.code, refusal.ledger) == (CODES[first], ORIGIN)
        assert refusal.text_hash == open_text(wrong.note, ORIGIN).text_hash


def test_an_action_wrong_in_no_check_is_recorded_promised_and_gets_a_receipt(
    counter: Counter,
) -> None:
    right = _wrong_from(counter.world, len(CHECKS))

    (answer,) = counter.submit(right)

    assert answer.code == ""
    promise = open_promise(answer.note, counter.world.keys.promise.verification_key)
    assert (promise.stream, promise.version) == (answer.stream, answer.version)
    assert answer.receipt is not None
    verified = verify_receipt(answer.receipt, counter.world.keys.log.verification_key)
    assert (verified.entry, verified.entry_index) == (right.note, answer.entry_index)


def test_a_version_that_is_taken_is_refused_only_after_the_role(counter: Counter) -> None:
    world = counter.world
    stream = world.a_dossier()
    first, other = an_acceptance(world, stream), wreck_of(world, an_acceptance(world, stream))
    assert counter.code_of(first) == ""
    other.members["facts"]["appointment"] = "2026-03-21"

    stale = counter.code_of(other.submitted())
    _a_role_not_held(other)

    assert (stale, counter.code_of(other.submitted())) == ("stale_version", "not_your_role")


def test_the_same_text_again_gets_the_first_answer_whatever_changed_since(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = a_world()
    stream = world.a_dossier()
    action = an_acceptance(world, stream)
    with a_counter(tmp_path_factory.mktemp("private"), world) as counter:
        (first,) = counter.submit(action)
        key = f"key:{world.desk.officer.name}"
        assert counter.code_of(_revocation(world, world.desk.officer)) == ""
        assert world.next_place(key).version == 3

        (again,) = counter.submit(action)

        assert (again.code, again.repeated) == ("", True)
        assert (again.entry_index, again.version) == (first.entry_index, first.version)
        assert again.receipt is not None
        verify_receipt(again.receipt, world.keys.log.verification_key)
        assert counter.code_of(world.act("dossier.processor_assigned", stream)) == "key_revoked"


def test_one_action_twice_in_one_batch_is_recorded_once_and_answered_twice(
    counter: Counter,
) -> None:
    action = an_acceptance(counter.world, counter.world.a_dossier())

    first, again = counter.submit(action, action)

    assert (first.code, first.repeated, again.code, again.repeated) == ("", False, "", True)
    assert first.entry_index == again.entry_index is not None
    assert first.note == again.note != b""
    assert first.receipt == again.receipt is not None
