"""Signature lines, limits, details, documents and brought keys of actions, one by one."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import HandoverAcknowledgedDetails, RatingStage
from domain.roles import Role
from ledger import action_notes
from ledger.action_notes import MAX_NOTE_BYTES, SubmittedAction
from ledger.bodies import MAX_TEXT_LINE_BYTES
from ledger.intake import Answer
from ledger.stored_keys import StoredKeys
from tests.support.intake_builders import Counter, a_counter
from tests.support.ledger_builders import ORIGIN, World, a_signing_key, a_world
from tests.support.other_signatures import signed_otherwise
from tests.support.wrecks import Lines, Wreck, an_acceptance, wreck_of
from transparency.encoding import decode_base64, encode_base64
from transparency.notes import VerificationKey, render_vkey
from transparency.promises import open_refusal
from transparency.verifier import verify_receipt

STRANGER = a_signing_key("officer", 99)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with a_counter(tmp_path_factory.mktemp("private"), a_world()) as made:
        yield made


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
    desk = world.desk
    signers = [(Role.RECEIVER, desk.officer), (Role.PROCESSOR, desk.colleague)]
    stream = world.a_dossier("dossier.accepted")
    details = HandoverAcknowledgedDetails(from_unit="Một cửa", to_unit="Tư pháp")
    action = world.act("dossier.handover_acknowledged", stream, details=details, signers=signers)
    wreck = wreck_of(world, action)
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
    wreck = wreck_of(world, an_acceptance(world, world.a_dossier()))

    codes = [
        counter.code_of(_with_text_of(size, wreck))
        for size in (MAX_TEXT_LINE_BYTES, MAX_TEXT_LINE_BYTES + 1)
    ]

    assert codes == ["unknown_office", "too_large"]


def _with_a_line_by(name: str) -> Lines:
    return lambda lines: [*lines, replace(lines[0], key_name=name)]


def test_a_note_of_60_000_bytes_is_read_and_one_byte_more_is_too_large(counter: Counter) -> None:
    world = counter.world
    wreck = wreck_of(world, an_acceptance(world, world.a_dossier()))
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
    action = an_acceptance(world, world.a_dossier())
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
    wreck = wreck_of(world, action)
    wreck.keys = [desk.applicant_of(stream)]
    wreck.members["facts"]["applicant_key"] = vkey
    return wreck.submitted()


def test_a_key_that_a_text_brings_must_bear_a_derived_name_and_be_a_safe_point(
    counter: Counter,
) -> None:
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


def test_a_rating_finds_the_applicants_key_on_the_dossier_that_it_names(counter: Counter) -> None:
    world = counter.world
    dossier = world.a_dossier("dossier.accepted")
    rating = world.desk.rating(world.desk.new_stream("rating"), dossier, RatingStage.RECEIPT)
    counter.keys = StoredKeys(world.store, ORIGIN)

    (answer,) = counter.submit(rating)

    assert (answer.code, answer.entry_index, answer.receipt) == ("", None, None)
    assert answer.note != b""


def test_a_receipt_for_the_same_text_signed_otherwise_holds_the_recorded_note(
    counter: Counter,
) -> None:
    action = an_acceptance(counter.world, counter.world.a_dossier())
    other = signed_otherwise(action, counter.world.desk.officer)

    first, again = (counter.submit(one)[0] for one in (action, other))

    assert first.receipt is not None
    assert again.receipt is not None
    log_key = counter.world.keys.log.verification_key
    entries = [verify_receipt(answer.receipt or b"", log_key).entry for answer in (first, again)]
    assert entries == [action.note, action.note]


def test_an_applicants_later_actions_are_verified_by_the_key_of_the_submission(
    counter: Counter,
) -> None:
    world = counter.world
    stream = world.a_dossier()
    counter.keys = StoredKeys(world.store, ORIGIN)
    signers = [(Role.APPLICANT, a_signing_key("applicant", 31))]

    by_another = counter.code_of(world.act("dossier.withdrawal_requested", stream, signers=signers))

    assert by_another == "unknown_key"
    assert counter.code_of(world.act("dossier.withdrawal_requested", stream)) == ""


def test_a_kind_on_a_stream_of_another_type_is_unknown(counter: Counter) -> None:
    wreck = wreck_of(counter.world, an_acceptance(counter.world, counter.world.a_dossier()))
    codes = []
    for stream in ("key:officer-0000000000000000", "dossier:Minh", "petition:1", "dossier", ""):
        wreck.members["stream"] = stream
        codes.append(counter.code_of(wreck.submitted()))

    assert codes == ["unknown_kind"] * 5


def test_a_version_beyond_what_a_database_holds_is_refused_before_anything_is_stored(
    counter: Counter,
) -> None:
    wreck = wreck_of(counter.world, counter.world.desk.submitted(counter.world.desk.new_stream()))
    wreck.members |= {"version": 2**64, "previous": encode_base64(bytes(32))}

    assert counter.code_of(wreck.submitted()) == "not_canonical"
    assert counter.code_of(an_acceptance(counter.world, counter.world.a_dossier())) == ""


@given(
    st.one_of(
        st.binary(min_size=31, max_size=33).map(encode_base64),
        st.from_regex(r"[A-Za-z0-9+/=\n]{40,45}", fullmatch=True),
        st.tuples(
            st.binary(min_size=32, max_size=32).map(encode_base64), st.characters(codec="ascii")
        ).map(lambda drawn: drawn[0][:42] + drawn[1] + "="),
    )
)
def test_pattern_of_a_hash_is_what_base64_of_32_bytes_reads(text: str) -> None:
    try:
        decode_base64(text, size_bytes=32)
    except ValueError:
        is_read = False
    else:
        is_read = True

    assert bool(action_notes._HASH_TEXT.fullmatch(text)) is is_read
