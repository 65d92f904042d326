r"""The answers to ``add-checkpoint`` (C2SP tlog-witness): as a witness writes them, as a log reads.

| status | body | what the log does |
|---|---|---|
| 200 | one or more signature lines | keeps those of the witness's known key |
| 409, `text/x.tlog.size` | `<size> LF`: where the witness stands | proves from there, once more |
| 409 where old size and size are one, and the witness stands there; 422 | | stops: a fork |
| 400, 403, 404 | | stops: one side is set up wrongly |
| 408, 429, 5xx | | asks again later |

Version 1.0.0 of the specification answers 409 where size and old size are one and the roots
differ, later ones 422; both end the matter for that checkpoint.

>>> parse_size(render_size(70_000)), render_size(0)
(70000, b'0\n')
"""

from collections.abc import Callable
from dataclasses import dataclass

from transparency.cosignatures import Cosignature, open_cosignature, parse_signature_lines
from transparency.encoding import MAX_TREE_SIZE, parse_decimal
from transparency.errors import MalformedNote, MalformedWitnessAnswer, SignatureInvalid
from transparency.notes import VerificationKey, parse_note
from transparency.witnessing.requests import AddCheckpoint

SIZE_MEDIA_TYPE = "text/x.tlog.size"
SIGNATURES_MEDIA_TYPE = "text/plain; charset=utf-8"
MAX_ANSWER_BYTES = 64 * 1024

_OK = 200
_CONFLICT = 409
_UNPROCESSABLE = 422
_SET_UP_WRONGLY = frozenset({400, 403, 404})
_ASK_LATER = frozenset({408, 429, *range(500, 600)})
_MAX_SIZE_BYTES = 20


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back, unread."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness cosigned."""

    cosignature: Cosignature


@dataclass(frozen=True, slots=True)
class StandsAt:
    """The witness stands at another size, within the checkpoint's: prove from there."""

    tree_size: int


@dataclass(frozen=True, slots=True)
class IsAhead:
    """The witness has cosigned more of this log than the checkpoint holds."""

    tree_size: int


@dataclass(frozen=True, slots=True)
class CallsItFork:
    """The witness does not see the checkpoint continue what it cosigned: final for this one."""

    status: int


@dataclass(frozen=True, slots=True)
class WillNot:
    """The witness does not know the log or its key, or cannot read the request: final so far."""

    status: int


@dataclass(frozen=True, slots=True)
class CannotNow:
    """The witness cannot answer at the moment."""

    status: int


WitnessAnswer = Cosigned | StandsAt | IsAhead | CallsItFork | WillNot | CannotNow


def render_size(tree_size: int) -> bytes:
    """Write the body of a 409: where the witness stands."""
    assert 0 <= tree_size <= MAX_TREE_SIZE

    return b"%d\n" % tree_size


def parse_size(data: bytes) -> int:
    """Read the body of a 409.

    Raises:
        MalformedWitnessAnswer: it is not one size on one line.
    """
    if len(data) > _MAX_SIZE_BYTES or not data.endswith(b"\n"):
        raise MalformedWitnessAnswer("the body of a 409 is a size on one line")
    try:
        return parse_decimal(data[:-1].decode("ascii"))
    except ValueError as error:
        raise MalformedWitnessAnswer("the body of a 409 is a size on one line") from error


def read_answer(
    answer: HttpAnswer, request: AddCheckpoint, witness: VerificationKey
) -> WitnessAnswer:
    """Read what a witness with a known key answered to a request.

    Raises:
        MalformedWitnessAnswer: no witness answers so, or its signature is wrong or not there.
    """
    if answer.status == _OK:
        return Cosigned(_read_cosignature(answer.body, request, witness))
    if answer.status == _CONFLICT:
        return _read_conflict(answer, request)
    if answer.status == _UNPROCESSABLE:
        return CallsItFork(answer.status)
    if answer.status in _SET_UP_WRONGLY:
        return WillNot(answer.status)
    if answer.status in _ASK_LATER:
        return CannotNow(answer.status)
    raise MalformedWitnessAnswer(f"a witness does not answer {answer.status}")


def ask_witness(
    ask: Callable[[AddCheckpoint], HttpAnswer],
    request_from: Callable[[int], AddCheckpoint],
    believed_size: int,
    witness: VerificationKey,
) -> WitnessAnswer:
    """Go through a whole exchange: ask from the size one believes, and once more if told to.

    ``request_from`` makes the request with the proof from a size; ``ask`` sends one.

    Raises:
        MalformedWitnessAnswer: as `read_answer`.
    """
    request = request_from(believed_size)
    first = read_answer(ask(request), request, witness)
    if not isinstance(first, StandsAt):
        return first
    request = request_from(first.tree_size)
    # Somebody else may have moved the witness meanwhile: then this, too, says where it stands.
    return read_answer(ask(request), request, witness)


def _read_cosignature(body: bytes, request: AddCheckpoint, witness: VerificationKey) -> Cosignature:
    if len(body) > MAX_ANSWER_BYTES:
        raise MalformedWitnessAnswer(f"an answer has at most {MAX_ANSWER_BYTES} bytes")
    text = parse_note(request.note).text
    try:
        # SPEC: tlog-witness: "The client MUST ignore any cosignatures from unknown keys."
        known = [
            open_cosignature(text, witness, line)
            for line in parse_signature_lines(body)
            if (line.key_name, line.key_id) == (witness.name, witness.key_id)
        ]
    except (MalformedNote, SignatureInvalid) as error:
        raise MalformedWitnessAnswer(f"the answer holds no good cosignature: {error}") from error
    if len(known) != 1:
        raise MalformedWitnessAnswer(f"the answer holds {len(known)} lines by {witness.name}")
    return known[0]


def _read_conflict(answer: HttpAnswer, request: AddCheckpoint) -> WitnessAnswer:
    media_type = answer.content_type.partition(";")[0].strip().lower()
    size = request.checkpoint.tree_size
    # SPEC: tlog-witness v1.0.0 answers 409, too, where two trees of one size differ.
    stands_at = parse_size(answer.body) if media_type == SIZE_MEDIA_TYPE else request.old_size
    if stands_at == request.old_size:
        if request.old_size == size:
            return CallsItFork(answer.status)
        raise MalformedWitnessAnswer("a 409 does not say where else the witness stands")
    return IsAhead(stands_at) if stands_at > size else StandsAt(stands_at)
