"""What a log reads in a witness's answers, and a whole exchange between the two."""

import pytest

from tests.support.transparency_builders import ORIGIN, WrittenLog, a_key, a_log
from transparency.checkpoints import Checkpoint
from transparency.cosignatures import cosign, cosigner_key, render_signature_lines
from transparency.errors import (
    CheckpointInconsistent,
    MalformedWitnessAnswer,
    OldSizeMismatch,
)
from transparency.notes import parse_note
from transparency.proofs import prove_consistency
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.answers import (
    MAX_ANSWER_BYTES,
    SIGNATURES_MEDIA_TYPE,
    SIZE_MEDIA_TYPE,
    CallsItFork,
    CannotNow,
    Cosigned,
    HttpAnswer,
    IsAhead,
    StandsAt,
    WillNot,
    WitnessAnswer,
    ask_witness,
    parse_size,
    read_answer,
    render_size,
)
from transparency.witnessing.deciding import check_continues, open_submission
from transparency.witnessing.requests import (
    AddCheckpoint,
    parse_add_checkpoint,
    render_add_checkpoint,
)

WITNESS = a_key("witness.example/w1", 9)
KEY = cosigner_key(WITNESS)
LOG = a_log(MemoryTileStore(), 9)
NINE = LOG.signed_checkpoint()
TEXT = parse_note(NINE.note).text
STRANGER = a_key("stranger.example", 3)


def a_request(old_size: int = 5) -> AddCheckpoint:
    return AddCheckpoint(old_size, (), NINE.checkpoint, NINE.note)


@pytest.mark.parametrize(
    ("status", "content_type", "body", "old_size", "meaning"),
    [
        (409, SIZE_MEDIA_TYPE, b"7\n", 5, StandsAt(7)),
        (409, "Text/X.Tlog.Size; charset=utf-8", b"0\n", 5, StandsAt(0)),
        (409, SIZE_MEDIA_TYPE, b"9\n", 5, StandsAt(9)),
        (409, SIZE_MEDIA_TYPE, b"10\n", 5, IsAhead(10)),
        (409, SIZE_MEDIA_TYPE, b"9\n", 9, CallsItFork(409)),
        (409, "text/plain", b"conflict", 9, CallsItFork(409)),
        (422, "text/plain", b"", 5, CallsItFork(422)),
        (400, "text/plain", b"", 5, WillNot(400)),
        (403, "text/plain", b"", 5, WillNot(403)),
        (404, "text/plain", b"", 5, WillNot(404)),
        (408, "text/plain", b"", 5, CannotNow(408)),
        (429, "text/plain", b"", 5, CannotNow(429)),
        (500, "text/plain", b"", 5, CannotNow(500)),
        (503, "text/plain", b"", 5, CannotNow(503)),
    ],
)
def test_answer_means(
    status: int, content_type: str, body: bytes, old_size: int, meaning: WitnessAnswer
) -> None:
    answer = HttpAnswer(status, content_type, body)

    assert read_answer(answer, a_request(old_size), KEY) == meaning


def test_cosignature_is_found_among_lines_of_strangers() -> None:
    lines = [cosign(TEXT, STRANGER, 4), cosign(TEXT, WITNESS, 5)]
    answer = HttpAnswer(200, SIGNATURES_MEDIA_TYPE, render_signature_lines(lines))

    read = read_answer(answer, a_request(), KEY)

    assert isinstance(read, Cosigned)
    assert (read.cosignature.key, read.cosignature.posix_seconds) == (KEY, 5)


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, SIGNATURES_MEDIA_TYPE, b""),
        (200, SIGNATURES_MEDIA_TYPE, b"fine\n"),
        (200, SIGNATURES_MEDIA_TYPE, render_signature_lines([cosign(TEXT, STRANGER, 4)])),
        (200, SIGNATURES_MEDIA_TYPE, render_signature_lines([cosign(b"x\n", WITNESS, 4)])),
        (200, SIGNATURES_MEDIA_TYPE, render_signature_lines([cosign(TEXT, WITNESS, 4)] * 2)),
        (200, SIGNATURES_MEDIA_TYPE, b"\n" * (MAX_ANSWER_BYTES + 1)),
        (409, SIZE_MEDIA_TYPE, b"7"),
        (409, SIZE_MEDIA_TYPE, b"07\n"),
        (409, SIZE_MEDIA_TYPE, b"7\n\n"),
        (409, SIZE_MEDIA_TYPE, b"5\n"),
        (409, "text/plain", b"7\n"),
        (201, SIGNATURES_MEDIA_TYPE, render_signature_lines([cosign(TEXT, WITNESS, 4)])),
        (302, "text/plain", b""),
    ],
)
def test_answer_that_no_witness_gives_is_refused(
    status: int, content_type: str, body: bytes
) -> None:
    with pytest.raises(MalformedWitnessAnswer):
        read_answer(HttpAnswer(status, content_type, body), a_request(), KEY)


def test_size_is_written_as_it_is_read() -> None:
    assert [parse_size(render_size(size)) for size in (0, 1, 2**63 - 1)] == [0, 1, 2**63 - 1]


class SmallWitness:
    """A witness without disk or network: what it knows, and the decision."""

    def __init__(self, last: Checkpoint | None) -> None:
        self.last = last
        self.asked: list[int] = []

    def answer(self, request: AddCheckpoint) -> HttpAnswer:
        self.asked.append(request.old_size)
        body = render_add_checkpoint(request.old_size, request.proof, request.note)
        logs = {ORIGIN: (a_key().verification_key,)}
        submission = open_submission(parse_add_checkpoint(body), logs)
        try:
            check_continues(submission, self.last)
        except OldSizeMismatch as error:
            return HttpAnswer(409, SIZE_MEDIA_TYPE, render_size(error.tree_size))
        except CheckpointInconsistent:
            return HttpAnswer(422, "text/plain", b"")
        self.last = submission.checkpoint
        line = cosign(parse_note(request.note).text, WITNESS, 1679315147)
        return HttpAnswer(200, SIGNATURES_MEDIA_TYPE, render_signature_lines([line]))


def exchange(log: WrittenLog, witness: SmallWitness, believed_size: int) -> WitnessAnswer:
    signed = log.signed_checkpoint()

    def request_from(old_size: int) -> AddCheckpoint:
        size = signed.checkpoint.tree_size
        proof = prove_consistency(old_size, size, log.tree) if old_size else []
        return AddCheckpoint(old_size, tuple(proof), signed.checkpoint, signed.note)

    return ask_witness(witness.answer, request_from, believed_size, KEY)


@pytest.mark.parametrize(
    ("stands_at", "believed_size", "asked"),
    [(None, 0, [0]), (5, 5, [5]), (9, 9, [9]), (5, 0, [0, 5]), (None, 5, [5, 0]), (9, 5, [5, 9])],
)
def test_log_and_witness_come_together_from_wherever_the_log_believes_it_stands(
    stands_at: int | None, believed_size: int, asked: list[int]
) -> None:
    last = None if stands_at is None else LOG.signed_checkpoint(stands_at).checkpoint
    witness = SmallWitness(last)

    read = exchange(LOG, witness, believed_size)

    assert isinstance(read, Cosigned)
    assert witness.asked == asked
    assert witness.last == NINE.checkpoint


def test_log_that_was_rewritten_gets_no_cosignature() -> None:
    other = WrittenLog(MemoryTileStore())
    other.publish([b"another beginning", *LOG.entries[1:]])
    witness = SmallWitness(LOG.signed_checkpoint(5).checkpoint)

    assert exchange(other, witness, 5) == CallsItFork(422)
    assert witness.last == LOG.signed_checkpoint(5).checkpoint


def test_log_that_went_back_learns_that_the_witness_is_ahead() -> None:
    younger = a_log(MemoryTileStore(), 4)
    witness = SmallWitness(NINE.checkpoint)

    assert exchange(younger, witness, 4) == IsAhead(9)


def test_two_sizes_named_one_after_the_other_end_the_exchange() -> None:
    sizes = iter([b"7\n", b"8\n"])

    def restless(_request: AddCheckpoint) -> HttpAnswer:
        return HttpAnswer(409, SIZE_MEDIA_TYPE, next(sizes))

    assert ask_witness(restless, a_request, 5, KEY) == StandsAt(8)
