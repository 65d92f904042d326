"""The order of checks, walked from the first refusal to the last, and what stands between them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from domain.facts import DossierAccepted, DossierAcceptedDetails, KeyRevoked, RevocationReason
from domain.moments import Moment, render_moment
from domain.roles import Role
from ledger.action_notes import MAX_NOTE_BYTES, SubmittedAction, open_text
from ledger.bodies import ACTION_TYPE_LINE, MAX_TEXT_LINE_BYTES
from ledger.intake import Answer
from tests.support.intake_builders import Counter, a_counter
from tests.support.ledger_builders import ORIGIN, START, World, a_signing_key, a_world
from transparency.encoding import encode_base64
from transparency.notes import NoteSignature, SigningKey, parse_note, render_note
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
    from domain.facts import Grant

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


@dataclass
class Wreck:
    """An action of which everything can be made wrong, each thing for itself."""

    world: World
    members: dict[str, Any]
    salt: bytes
    details: bytes
    keys: list[SigningKey]
    respell: Callable[[bytes], bytes] = lambda line: line
    relines: Callable[[list[NoteSignature]], list[NoteSignature]] = lambda lines: lines
    renote: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def submitted(self) -> SubmittedAction:
        self.members["signers"] = [
            {"as": signer["as"], "key": key.name}
            for signer, key in zip(self.members["signers"], self.keys, strict=True)
        ]
        line = json.dumps(self.members, sort_keys=True, separators=(",", ":")).encode()
        text = ACTION_TYPE_LINE + self.respell(line) + b"\n"
        note = render_note(text, self.relines([key.sign(text) for key in self.keys]))
        for change in self.renote:
            note = change(note)
        return SubmittedAction(note, self.salt, self.details)


def _wreck_of(world: World, action: SubmittedAction) -> Wreck:
    line = parse_note(action.note).text[len(ACTION_TYPE_LINE) :]
    assert action.salt is not None
    assert action.details is not None
    return Wreck(world, json.loads(line), action.salt, action.details, [world.desk.officer])


def _an_acceptance(world: World, stream: str) -> SubmittedAction:
    return world.act(
        "dossier.accepted",
        stream,
        facts=DossierAccepted(appointment="2026-03-20"),
        details=DossierAcceptedDetails(code="H27-260302-0001"),
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
    wreck.details = wreck.details.replace(b"0001", b"0002")


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
    moved = _wreck_of(wreck.world, _an_acceptance(wreck.world, accepted))
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
    wreck = _wreck_of(world, _an_acceptance(world, world.a_dossier()))
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
    first, other = _an_acceptance(world, stream), _wreck_of(world, _an_acceptance(world, stream))
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
    action = _an_acceptance(world, stream)
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
    action = _an_acceptance(counter.world, counter.world.a_dossier())

    first, again = counter.submit(action, action)

    assert (first.code, first.repeated, again.code, again.repeated) == ("", False, "", True)
    assert first.entry_index == again.entry_index is not None
    assert first.note == again.note != b""
    assert first.receipt == again.receipt is not None


Lines = Callable[[list[NoteSignature]], list[NoteSignature]]

OTHER_LINES: dict[str, Lines] = {
    "one stripped": lambda lines: lines[:1],
    "one added": lambda lines: [*lines, STRANGER.sign(b"\n")],
    "reordered": lambda lines: lines[::-1],
    "the first repeated": lambda lines: [lines[0], *lines],
    "the first in place of the second": lambda lines: [lines[0], lines[0]],
    "one by another": lambda lines: [lines[0], STRANGER.sign(b"\n")],
}


@pytest.mark.parametrize("relines", OTHER_LINES.values(), ids=OTHER_LINES.keys())
def test_signature_lines_other_than_the_signers_in_order_are_refused(
    counter: Counter, relines: Lines
) -> None:
    wreck = _hand_over(counter.world)
    wreck.relines = relines

    assert counter.code_of(wreck.submitted()) == "signature_lines_mismatch"


def test_signature_lines_as_the_text_asks_for_them_pass(counter: Counter) -> None:
    assert counter.code_of(_hand_over(counter.world).submitted()) == ""


def test_one_key_that_signs_twice_is_refused(counter: Counter) -> None:
    wreck = _hand_over(counter.world)
    wreck.keys = [wreck.keys[0], wreck.keys[0]]

    assert counter.code_of(wreck.submitted()) == "signature_lines_mismatch"


def _hand_over(world: World) -> Wreck:
    """A hand-over that giver and taker sign."""
    from domain.facts import HandoverAcknowledgedDetails

    desk = world.desk
    signers = [(Role.RECEIVER, desk.officer), (Role.PROCESSOR, desk.colleague)]
    stream = world.a_dossier("dossier.accepted")
    details = HandoverAcknowledgedDetails(from_unit="Một cửa", to_unit="Tư pháp")
    action = world.act("dossier.handover_acknowledged", stream, details=details, signers=signers)
    wreck = _wreck_of(world, action)
    wreck.keys = [desk.officer, desk.colleague]
    return wreck


def _with_text_of(size_bytes: int, wreck: Wreck) -> SubmittedAction:
    """The action with a JSON line of exactly this many bytes, by an office with a long name."""
    wreck.members["office"] = ""
    short = json.dumps(wreck.members, sort_keys=True, separators=(",", ":"))
    wreck.members["office"] = "x" * (size_bytes - len(short))
    return wreck.submitted()


def test_a_line_of_16_kib_is_read_and_one_byte_more_is_too_large(counter: Counter) -> None:
    world = counter.world
    wreck = _wreck_of(world, _an_acceptance(world, world.a_dossier()))

    codes = [
        counter.code_of(_with_text_of(size, wreck))
        for size in (MAX_TEXT_LINE_BYTES, MAX_TEXT_LINE_BYTES + 1)
    ]

    assert codes == ["unknown_office", "too_large"]


def _with_a_line_by(name: str) -> Lines:
    return lambda lines: [*lines, replace(lines[0], key_name=name)]


def test_a_note_of_60_000_bytes_is_read_and_one_byte_more_is_too_large(counter: Counter) -> None:
    world = counter.world
    wreck = _wreck_of(world, _an_acceptance(world, world.a_dossier()))
    rest = MAX_NOTE_BYTES - len(wreck.submitted().note)
    codes = []
    for size in (rest, rest + 1):
        line_bytes = len("— ") + 2 + len(" \n") + len(encode_base64(bytes(68)))
        name = "x" * (size - line_bytes)
        wreck.relines = _with_a_line_by(name)
        submitted = wreck.submitted()
        assert len(submitted.note) == MAX_NOTE_BYTES - rest + size
        codes.append(counter.code_of(submitted))

    assert codes == ["signature_lines_mismatch", "too_large"]


def test_details_of_another_salt_no_salt_or_none_are_refused(counter: Counter) -> None:
    world = counter.world
    action = _an_acceptance(world, world.a_dossier())
    wrong = [
        replace(action, salt=bytes(32)),
        replace(action, salt=b""),
        replace(action, salt=None),
        replace(action, details=None),
        replace(action, salt=None, details=None),
    ]

    assert [counter.code_of(one) for one in wrong] == ["details_mismatch"] * len(wrong)
    assert counter.code_of(action) == ""


def test_details_that_the_text_does_not_commit_to_are_refused(counter: Counter) -> None:
    world = counter.world
    action = world.act("dossier.accepted", world.a_dossier())

    wrong = replace(action, salt=bytes(32), details=b"{}")

    assert counter.code_of(wrong) == "details_mismatch"


def test_a_document_that_is_missing_changed_or_not_asked_for_is_refused(
    counter: Counter,
) -> None:
    desk = counter.world.desk
    place = counter.world.next_place("office:H27")
    document = b'{"id":"H27"}'
    action = desk.drafter.register_office(desk.registrar, "H27", document, place, desk.now())
    unasked = counter.world.act("dossier.accepted", counter.world.a_dossier())

    answers: list[Answer] = counter.submit(
        replace(action, document=None),
        replace(action, document=document + b" "),
        replace(unasked, document=document),
    )

    assert [answer.code for answer in answers] == ["document_mismatch"] * 3
    promise_key = counter.world.keys.promise.verification_key
    assert all(open_refusal(answer.note, promise_key) for answer in answers)


def _submission_with(world: World, vkey: str) -> SubmittedAction:
    desk = world.desk
    stream = desk.new_stream()
    action = desk.submitted(stream)
    wreck = _wreck_of(world, action)
    wreck.keys = [desk.applicant_of(stream)]
    wreck.members["facts"]["applicant_key"] = vkey
    return wreck.submitted()


def test_a_key_that_a_text_brings_must_bear_a_derived_name_and_be_a_safe_point(
    counter: Counter,
) -> None:
    from transparency.notes import VerificationKey, render_vkey

    key = a_signing_key("applicant", 1234)
    public = key.verification_key.public_key
    suffix = key.name.rpartition("-")[2]
    names = {
        "the log's name": ORIGIN,
        "a person's name": "nguyen-thi-minh-khai",
        "a person's name before the derived part": f"Nguyen.Thi.Khai-{suffix}",
        "no kind": suffix,
        "an empty kind": f"-{suffix}",
        "another key's derived part": a_signing_key("applicant", 4321).name,
    }
    vkeys = [render_vkey(VerificationKey(name, 1, public)) for name in names.values()]
    low_order = VerificationKey("applicant-0000000000000000", 1, bytes(32))
    vkeys += [render_vkey(low_order), f"{key.name}+00000000+" + encode_base64(bytes([1]) + public)]

    answers = [counter.code_of(_submission_with(counter.world, vkey)) for vkey in vkeys]

    assert answers == ["schema_mismatch"] * len(vkeys)
