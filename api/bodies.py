"""The shapes of request and response bodies: the types that parse are the types that document.

`api.openapi` describes exactly these. Text members are Unicode; notes and receipts are ASCII text
in themselves, so they travel as JSON strings unchanged.
"""

from typing import Annotated, Final, TypeVar

import msgspec

from api.errors import MalformedBody
from domain.offices.codes import CodeFormat
from ledger.action_notes import SubmittedAction
from ledger.intake import Answer
from ledger.witnessing.standing import WitnessesStanding
from transparency.encoding import decode_base64

BodyT = TypeVar("BodyT", bound=msgspec.Struct)

Base64 = Annotated[str, msgspec.Meta(max_length=64, description="base64 with padding")]
EntryIndex = Annotated[int, msgspec.Meta(ge=0)]
Version = Annotated[int, msgspec.Meta(ge=1)]
ReceiptText = Annotated[str, msgspec.Meta(description="a C2SP tlog-proof with its entry")]
NoteText = Annotated[str, msgspec.Meta(description="a C2SP signed note")]


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what clients send."""


class _Response(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of what we send; an absent member is left out."""


class SentDetails(_Request, frozen=True, kw_only=True):
    """The private part of an action: the salt of its commitment, and its canonical JSON."""

    salt: Base64
    body: str


class SentAction(_Request, frozen=True, kw_only=True):
    """One signed action, with what its text commits to or names by hash."""

    note: NoteText
    details: SentDetails | None = None
    document: str | None = None


class RecordedAnswer(_Response, frozen=True, kw_only=True):
    """The action is recorded, published and proven."""

    entry_index: EntryIndex
    stream: str
    version: Version
    receipt: ReceiptText
    promise: NoteText | None = None
    opening: str | None = None


class PromisedAnswer(_Response, frozen=True, kw_only=True):
    """The action is recorded and promised; its receipt will stand under ``receipt_url``.

    ``opening`` shows, beside that receipt, that the envelope in the log holds this very action:
    whoever signed a rating keeps it.
    """

    stream: str
    version: Version
    receipt_url: str
    promise: NoteText | None = None
    entry_index: EntryIndex | None = None
    opening: str | None = None


class BatchVerdict(_Response, frozen=True, kw_only=True):
    """What became of one line of a batch; ``code`` is empty for a recorded action."""

    line: Annotated[int, msgspec.Meta(ge=1)]
    code: str
    message: str | None = None
    stream: str | None = None
    version: Version | None = None
    entry_index: EntryIndex | None = None
    promise: NoteText | None = None
    refusal: NoteText | None = None
    receipt: ReceiptText | None = None
    repeated: bool = False
    opening: str | None = None


class LookupRequest(_Request, frozen=True, kw_only=True):
    """The dossier code that stands on a slip; `origin` is the system that gave it, if another."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    origin: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9.-]{0,63}$")] | None = None


class LookupAnswer(_Response, frozen=True, kw_only=True):
    """How much of the work is done: all that a code alone opens (Circular 01/2018 art. 16)."""

    share_done_percent: Annotated[int, msgspec.Meta(ge=0, le=100)]


class PetitionLookupRequest(_Request, frozen=True, kw_only=True):
    """Which petition: its id, its secret, or both; the secret opens the answers as well."""

    petition: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None
    secret: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None


class CodeRequest(_Request, frozen=True, kw_only=True):
    """For which submitted dossier a code is wanted; format B names its owner agency."""

    dossier: Annotated[str, msgspec.Meta(min_length=1, max_length=44)]
    format: CodeFormat = CodeFormat.A
    owner: Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{2}$")] | None = None


class CodeAnswer(_Response, frozen=True, kw_only=True):
    """The code that the acceptance may carry on this day; asking again gives the same."""

    code: str
    office: str
    day: str
    running_number: Annotated[int, msgspec.Meta(ge=1)]


class StreamHead(_Response, frozen=True, kw_only=True):
    """The last action of a stream: the next one has the next version and names this leaf hash.

    That of a veiled dossier has an `entry_index` once its veil stands in the log.
    """

    stream: str
    version: Version
    leaf_hash: Base64
    entry_index: EntryIndex | None = None


class LedgerAnchors(_Response, frozen=True, kw_only=True):
    """The ledger's name and its two trust anchors as vkeys."""

    origin: str
    log: str
    registrar: str
    demo: bool = False


class Problem(_Response, frozen=True, kw_only=True):
    """A problem document (RFC 9457): one shape for whatever went wrong.

    ``refusal`` is there where the action was correctly signed and refused, ``incident`` where the
    fault is ours.
    """

    type: str
    title: str
    status: int
    code: str
    remedy: str
    detail: str | None = None
    refusal: NoteText | None = None
    incident: str | None = None


class ProblemExplained(_Response, frozen=True, kw_only=True):
    """What one error code means, in Vietnamese and English."""

    code: str
    status: int
    title: dict[str, str]
    remedy: dict[str, str]


class FollowerHealth(_Response, frozen=True, kw_only=True):
    """How far the views have followed the log."""

    follows: bool
    log_position: int
    behind_entries: int


class ProjectionStop(_Response, frozen=True, kw_only=True):
    """Where and why a projection stopped; ``cause`` is the code of an error, or `unforeseen`.

    ``as_of`` is the time of the seal that it stands at, where it is of the views.
    """

    last_entry_index: int | None
    as_of: str | None
    cause: str
    error: str


class ProjectionHealth(_Response, frozen=True, kw_only=True):
    """How far one projection has come; what rests on one that stopped is answered 503."""

    name: str
    log_position: int
    behind_entries: int
    stopped: ProjectionStop | None


class Health(_Response, frozen=True, kw_only=True):
    """Whether this server can take actions and answer with fresh figures.

    ``ready`` goes by the writer and the views as a whole, whatever projection has stopped alone.
    ``witnesses`` counts since the writer started; absent where nobody is asked to cosign.
    """

    ready: bool
    writer: bool
    follower: FollowerHealth
    published_size: int
    projections: tuple[ProjectionHealth, ...] = ()
    witnesses: WitnessesStanding | None = None


_sent_action_decoder: Final = msgspec.json.Decoder(SentAction)
_code_decoder: Final = msgspec.json.Decoder(CodeRequest)
_lookup_decoder: Final = msgspec.json.Decoder(LookupRequest)
_petition_lookup_decoder: Final = msgspec.json.Decoder(PetitionLookupRequest)
_encoder: Final = msgspec.json.Encoder()


def encode(body: object) -> bytes:
    """Write a response body as JSON."""
    return _encoder.encode(body)


def _decode(decoder: "msgspec.json.Decoder[BodyT]", body: bytes) -> BodyT:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody(str(error)) from error


def parse_action(body: bytes) -> SubmittedAction:
    """Read one action as a client sends it; nothing of it is checked but its JSON.

    Raises:
        MalformedBody: not UTF-8, not JSON, another shape, or a salt that is not base64.
    """
    sent = _decode(_sent_action_decoder, body)
    document = None if sent.document is None else sent.document.encode()
    if sent.details is None:
        return SubmittedAction(sent.note.encode(), document=document)
    try:
        salt = decode_base64(sent.details.salt)
    except ValueError as error:
        raise MalformedBody("the salt is not base64") from error
    return SubmittedAction(sent.note.encode(), salt, sent.details.body.encode(), document)


def parse_lookup(body: bytes) -> LookupRequest:
    """Read a lookup by code.

    Raises:
        MalformedBody: not UTF-8, not JSON, or another shape.
    """
    return _decode(_lookup_decoder, body)


def parse_petition_lookup(body: bytes) -> PetitionLookupRequest:
    """Read a lookup of a petition.

    Raises:
        MalformedBody: not UTF-8, not JSON, another shape, or neither id nor secret.
    """
    try:
        asked = _decode(_petition_lookup_decoder, body)
    except MalformedBody as error:
        raise MalformedBody(f"{error}; the members are petition and secret: one or both") from error
    if asked.petition is None and asked.secret is None:
        raise MalformedBody("petition, secret or both are wanted")
    return asked


def parse_code_request(body: bytes) -> CodeRequest:
    """Read a request for a dossier code.

    Raises:
        MalformedBody: not UTF-8, not JSON, or another shape.
    """
    return _decode(_code_decoder, body)


def text_or_none(note: bytes | None) -> str | None:
    """Give a note or receipt as text; None where there is none."""
    return note.decode() if note else None


def batch_verdict(line: int, answer: Answer, *, with_receipt: bool) -> BatchVerdict:
    """Say what became of one line of a batch."""
    if answer.code:
        return BatchVerdict(
            line=line,
            code=answer.code,
            message=answer.message or None,
            refusal=text_or_none(answer.note),
        )
    return BatchVerdict(
        line=line,
        code="",
        stream=answer.stream,
        version=answer.version,
        entry_index=answer.entry_index,
        promise=text_or_none(answer.note),
        receipt=text_or_none(answer.receipt) if with_receipt else None,
        repeated=answer.repeated,
        opening=text_or_none(answer.opening),
    )
