"""The witness's decision: each check in the specification's order, from the first to the last."""

from dataclasses import dataclass, replace

import pytest

from tests.support.transparency_builders import ORIGIN, a_key, a_log
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.cosignatures import add_signature_lines, cosign
from transparency.encoding import encode_base64
from transparency.errors import (
    CheckpointInconsistent,
    MalformedAddCheckpoint,
    OldSizeMismatch,
    OriginNotWitnessed,
    SubmissionNotSigned,
    TransparencyError,
)
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.notes import parse_note, render_note
from transparency.proofs import prove_consistency
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.deciding import (
    Submission,
    check_continues,
    is_fork,
    open_submission,
)
from transparency.witnessing.requests import (
    monitoring_path,
    parse_add_checkpoint,
    render_add_checkpoint,
)

LOG = a_log(MemoryTileStore(), 9)
LOGS = {ORIGIN: (a_key().verification_key,)}
FIVE = LOG.signed_checkpoint(5)
NINE = LOG.signed_checkpoint(9)
PROOF = prove_consistency(5, 9, LOG.tree)


def signed_note(tree_size: int, root_hash: bytes, origin: str = ORIGIN) -> bytes:
    return sign_checkpoint(Checkpoint(origin, tree_size, root_hash), a_key(origin))


@dataclass(frozen=True)
class Case:
    """One request, and the decision of a witness that stands at five entries."""

    name: str
    body: bytes
    error: type[TransparencyError] | None
    last: Checkpoint | None = FIVE.checkpoint


def hashes(count: int) -> list[bytes]:
    return [bytes([number]) * 32 for number in range(count)]


UNSIGNED = render_note(parse_note(NINE.note).text, [a_key("x.org", 3).sign(b"x\n")])
WRONG = render_note(parse_note(NINE.note).text, [a_key().sign(b"other\n")])
CASES = [
    Case("nothing", b"", MalformedAddCheckpoint),
    Case("no note", b"old 5\n", MalformedAddCheckpoint),
    Case("old size with a zero before", b"old 05\n\n" + NINE.note, MalformedAddCheckpoint),
    Case("no old size", b"\n" + NINE.note, MalformedAddCheckpoint),
    Case("two spaces", b"old  5\n\n" + NINE.note, MalformedAddCheckpoint),
    Case("carriage return", b"old 5\r\n\n" + NINE.note, MalformedAddCheckpoint),
    Case(
        "hash of 31 bytes",
        b"old 5\n" + encode_base64(bytes(31)).encode() + b"\n\n" + NINE.note,
        MalformedAddCheckpoint,
    ),
    Case(
        "64 hashes",
        b"old 5\n"
        + b"".join(encode_base64(single).encode() + b"\n" for single in hashes(64))
        + b"\n"
        + NINE.note,
        MalformedAddCheckpoint,
    ),
    Case(
        "note that is no checkpoint",
        render_add_checkpoint(5, PROOF, render_note(b"x\n", [a_key().sign(b"x\n")])),
        MalformedAddCheckpoint,
    ),
    Case("note cut off", render_add_checkpoint(5, PROOF, NINE.note[:-1]), MalformedAddCheckpoint),
    Case(
        "unknown origin, and unsigned as well",
        render_add_checkpoint(5, PROOF, signed_note(9, LOG.tree.root_hash(), "other.example")),
        OriginNotWitnessed,
    ),
    Case("no known signature", render_add_checkpoint(5, PROOF, UNSIGNED), SubmissionNotSigned),
    Case(
        "wrong signature by a known key",
        render_add_checkpoint(5, PROOF, WRONG),
        SubmissionNotSigned,
    ),
    Case(
        "unsigned, and old size beyond",
        render_add_checkpoint(10, [], UNSIGNED),
        SubmissionNotSigned,
    ),
    Case(
        "old size beyond the checkpoint's",
        render_add_checkpoint(10, [], NINE.note),
        MalformedAddCheckpoint,
    ),
    Case(
        "another old size, and a wrong proof",
        render_add_checkpoint(4, hashes(3), NINE.note),
        OldSizeMismatch,
    ),
    Case("probe from zero", render_add_checkpoint(0, [], NINE.note), OldSizeMismatch),
    Case(
        "old size where nothing was cosigned",
        render_add_checkpoint(5, PROOF, NINE.note),
        OldSizeMismatch,
        None,
    ),
    Case(
        "empty tree with a root",
        render_add_checkpoint(0, [], signed_note(0, bytes(32))),
        CheckpointInconsistent,
        None,
    ),
    Case(
        "proof from zero",
        render_add_checkpoint(0, hashes(1), NINE.note),
        CheckpointInconsistent,
        None,
    ),
    Case("no proof", render_add_checkpoint(5, [], NINE.note), CheckpointInconsistent),
    Case(
        "wrong proof",
        render_add_checkpoint(5, [*PROOF[:-1], bytes(32)], NINE.note),
        CheckpointInconsistent,
    ),
    Case(
        "proof with one hash more",
        render_add_checkpoint(5, [*PROOF, bytes(32)], NINE.note),
        CheckpointInconsistent,
    ),
    Case(
        "same size, other root",
        render_add_checkpoint(5, [], signed_note(5, bytes(32))),
        CheckpointInconsistent,
    ),
    Case(
        "same size and root, with a proof",
        render_add_checkpoint(5, hashes(1), FIVE.note),
        CheckpointInconsistent,
    ),
    Case("same size and root", render_add_checkpoint(5, [], FIVE.note), None),
    Case("continued", render_add_checkpoint(5, PROOF, NINE.note), None),
    Case("first", render_add_checkpoint(0, [], NINE.note), None, None),
    Case(
        "first, and empty",
        render_add_checkpoint(0, [], signed_note(0, EMPTY_ROOT_HASH)),
        None,
        None,
    ),
    Case(
        "after an empty tree",
        render_add_checkpoint(0, [], NINE.note),
        None,
        Checkpoint(ORIGIN, 0, EMPTY_ROOT_HASH),
    ),
]


def decide(body: bytes, last: Checkpoint | None) -> Submission:
    submission = open_submission(parse_add_checkpoint(body), LOGS)
    check_continues(submission, last)
    return submission


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_request_meets_the_checks_in_the_order_of_the_specification(case: Case) -> None:
    if case.error is None:
        assert decide(case.body, case.last).checkpoint.origin == ORIGIN
        return
    with pytest.raises(case.error) as caught:
        decide(case.body, case.last)
    assert type(caught.value) is case.error


def test_mismatch_says_where_the_witness_stands() -> None:
    with pytest.raises(OldSizeMismatch) as caught:
        decide(render_add_checkpoint(4, [], NINE.note), FIVE.checkpoint)

    assert caught.value.tree_size == 5


def test_sixty_three_hashes_are_read() -> None:
    request = parse_add_checkpoint(render_add_checkpoint(5, hashes(63), NINE.note))

    assert request.proof == tuple(hashes(63))


def test_lines_of_unknown_keys_are_dropped_from_what_is_kept() -> None:
    text = parse_note(NINE.note).text
    note = add_signature_lines(NINE.note, [cosign(text, a_key("stranger.example", 7), 1)])

    submission = decide(render_add_checkpoint(5, PROOF, note), FIVE.checkpoint)

    assert submission.signed.note == NINE.note


def test_either_key_of_a_log_that_changes_its_key_is_enough_and_a_wrong_one_too_much() -> None:
    new_key = a_key(ORIGIN, 2)
    logs = {ORIGIN: (a_key().verification_key, new_key.verification_key)}
    text = parse_note(NINE.note).text
    both = render_note(text, [a_key().sign(text), new_key.sign(text)])
    one_wrong = render_note(text, [a_key().sign(text), new_key.sign(b"other\n")])

    for note in (NINE.note, both, render_note(text, [new_key.sign(text)])):
        request = parse_add_checkpoint(render_add_checkpoint(5, PROOF, note))
        assert open_submission(request, logs).signed.note == note
    request = parse_add_checkpoint(render_add_checkpoint(5, PROOF, one_wrong))
    with pytest.raises(SubmissionNotSigned):
        open_submission(request, logs)


def test_request_is_written_as_it_was_read() -> None:
    request = parse_add_checkpoint(render_add_checkpoint(5, PROOF, NINE.note))

    assert render_add_checkpoint(request.old_size, request.proof, request.note) == (
        render_add_checkpoint(5, PROOF, NINE.note)
    )
    assert replace(request, old_size=5) == request


def test_two_trees_of_one_size_are_a_fork_whatever_a_proof_says() -> None:
    five, nine = FIVE.checkpoint, NINE.checkpoint

    assert is_fork(five, replace(five, root_hash=bytes(32)))
    assert not is_fork(five, five)
    assert not is_fork(five, nine)


def test_last_checkpoint_is_shown_under_the_hash_of_its_origin() -> None:
    """SPEC: tlog-witness, "Monitoring": the lower-case hex of the origin's SHA-256."""
    digest = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5"

    assert monitoring_path("example.com") != monitoring_path("example.org")
    assert monitoring_path("example.org") == f"{digest}/checkpoint"
