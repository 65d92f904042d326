r"""The bytes of an action meet JSON here: signed text, canonical form, private part.

The signed text of an action is two lines, each ended by LF (formats.md, "Action note")::

    dossier-ledger/action@v1
    {"action":"dossier.accepted","at":"2026-11-21T08:03:11Z","facts":{},"ledger":"...", ...}

The second line is one JSON object in canonical form: names sorted, no spaces, printable ASCII
without escapes, integers only, no unknown member, no ``null``, no member that repeats a default.
The line must equal its own re-serialisation, so one action has one spelling.

The private part is canonical JSON in UTF-8. It travels beside the note; the note holds its
commitment, ``SHA-256("dossier-ledger/details@v1\n" || 32-byte salt || bytes)``.

>>> canonical_json({"b": 1, "a": ["x"]})
b'{"a":["x"],"b":1}'
"""

import functools
import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Final, Generic, TypeVar

import msgspec
import orjson

from domain.roles import Role
from ledger.errors import DetailsMismatch, NotCanonical, TooLarge

ACTION_TYPE_LINE: Final = b"dossier-ledger/action@v1\n"
DETAILS_PREFIX: Final = b"dossier-ledger/details@v1\n"
MAX_TEXT_LINE_BYTES: Final = 16 * 1024
MAX_DETAILS_BYTES: Final = 256 * 1024
SALT_BYTES: Final = 32
MAX_SAFE_INTEGER: Final = 2**53 - 1
MAX_NESTING: Final = 16

FactsT = TypeVar("FactsT", bound=msgspec.Struct)
AtT = TypeVar("AtT", bound=date)

_PRINTABLE_LINE = re.compile(rb"[\x20-\x5b\x5d-\x7e]+")
# As numbers, which are found ten times faster than as one byte each.
_BACKSLASH: Final = ord(b"\\")
_DELETE: Final = 0x7F
_sorted_encoder = msgspec.json.Encoder(order="sorted")


class SignerLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"role": "as"}):
    """One element of ``signers``: which key signs, and as what."""

    key: str
    role: str


class SignedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The second line of an action's text, with the facts still as they were written."""

    action: str
    at: str
    facts: msgspec.Raw
    ledger: str
    signers: tuple[SignerLine, ...]
    stream: str
    version: int
    details: str | None = None
    office: str | None = None
    previous: str | None = None


class SignerRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"role": "as"}):
    """One element of ``signers``, its role read."""

    key: str
    role: Role


class ReadText(
    msgspec.Struct,
    Generic[FactsT, AtT],
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """The second line of an action's text, read with its time and the facts of its kind."""

    action: str
    at: AtT
    facts: FactsT
    ledger: str
    signers: tuple[SignerRole, ...]
    stream: str
    version: int
    details: str | None = None
    office: str | None = None
    previous: str | None = None


_text_decoder = msgspec.json.Decoder(SignedText)


@functools.cache
def _decoder_of(shape: type[FactsT]) -> msgspec.json.Decoder[FactsT]:
    return msgspec.json.Decoder(shape)


def canonical_json(value: object) -> bytes:
    """Render any JSON value of ours in canonical form: names sorted, no spaces, UTF-8."""
    return _sorted_encoder.encode(value)


def text_line(text: bytes) -> bytes:
    """Give the JSON line of a signed text, without its LF.

    Raises:
        NotCanonical: the text is not the type line and one line of printable ASCII.
        TooLarge: the line is over 16 KiB.
    """
    if not text.startswith(ACTION_TYPE_LINE) or not text.endswith(b"}\n"):
        raise NotCanonical("the text is not the action type line and one JSON object")
    line = text[len(ACTION_TYPE_LINE) : -1]
    if len(line) > MAX_TEXT_LINE_BYTES:
        raise TooLarge(f"the JSON line is {len(line)} bytes; at most {MAX_TEXT_LINE_BYTES}")
    if _PRINTABLE_LINE.fullmatch(line) is None:
        raise NotCanonical("the JSON line holds escapes, control characters or non-ASCII text")
    return line


def is_plain_line(line: bytes) -> bool:
    """Tell whether a line surely passes `text_line`, as long as it is canonical JSON besides.

    Canonical JSON of an object ends as one, and holds no control character that is not escaped:
    neither is looked at.
    """
    return (
        len(line) <= MAX_TEXT_LINE_BYTES
        and line.isascii()
        and _BACKSLASH not in line
        and _DELETE not in line
    )


def decode_text(line: bytes) -> SignedText | None:
    """Decode a canonical JSON line, or give None when it is not one of the right shape.

    The caller asks `check_generic_canonical` why: this path is the fast one, and it accepts
    exactly the lines that equal their own re-serialisation.
    """
    try:
        decoded = _text_decoder.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    if _sorted_encoder.encode(decoded) != line or decoded.version > MAX_SAFE_INTEGER:
        return None
    return decoded


def text_reader(
    facts_type: type[FactsT], at_type: type[AtT]
) -> Callable[[bytes], ReadText[FactsT, AtT] | None]:
    """Give what reads canonical lines of one kind, whose ``at`` are instants or are days.

    It gives None where `decode_text` must say what a line is, and reads none that `decode_text`
    and `decode_facts` together would not.
    """
    shape: type[ReadText[FactsT, AtT]] = ReadText[facts_type, at_type]  # type: ignore[valid-type]
    decode = msgspec.json.Decoder(shape).decode
    encode = _sorted_encoder.encode

    def read(line: bytes) -> ReadText[FactsT, AtT] | None:
        try:
            decoded = decode(line)
        except (msgspec.DecodeError, RecursionError):
            return None
        if encode(decoded) != line or decoded.version > MAX_SAFE_INTEGER:
            return None
        return decoded

    return read


def check_generic_canonical(line: bytes) -> dict[str, object]:
    """Give the JSON object of a line that is canonical, whatever its members.

    Raises:
        NotCanonical: not JSON, not an object, another spelling, a ``null``, a fraction, an
            integer of 2^53 or more, or values nested deeper than any action's.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(f"the JSON line cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise NotCanonical("the JSON line is not an object")
    _check_values(value, MAX_NESTING)
    if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) != line:
        raise NotCanonical("the JSON line differs from its canonical form")
    return value


def _check_values(value: object, levels_left: int) -> None:
    if levels_left == 0:
        raise NotCanonical("values are nested deeper than any action's")
    if value is None or isinstance(value, float):
        raise NotCanonical("null and fractions have no place in a signed text")
    if isinstance(value, int) and not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        raise NotCanonical("an integer is 2^53 or more")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_values(item, levels_left - 1)


def decode_facts(raw: msgspec.Raw, facts_type: type[FactsT]) -> FactsT:
    """Decode the public facts of one kind; the spelling must be canonical.

    Raises:
        msgspec.ValidationError: a member is missing, unknown or of the wrong shape.
        NotCanonical: the facts are spelt otherwise than we would spell them.
    """
    facts: FactsT = _decoder_of(facts_type).decode(raw)
    if _sorted_encoder.encode(facts) != bytes(raw):
        raise NotCanonical("the facts repeat a default or are not in canonical form")
    return facts


def commitment_of(details: bytes, salt: bytes) -> bytes:
    """Hash the private part with its salt (formats.md, "Action note")."""
    assert len(salt) == SALT_BYTES
    return hashlib.sha256(DETAILS_PREFIX + salt + details).digest()


def decode_details(details: bytes, details_type: type[msgspec.Struct]) -> msgspec.Struct:
    """Decode the private part of one kind; the spelling must be canonical.

    Raises:
        DetailsMismatch: too large, not of the kind's shape, or not in canonical form.
    """
    if len(details) > MAX_DETAILS_BYTES:
        raise DetailsMismatch(f"details are {len(details)} bytes; at most {MAX_DETAILS_BYTES}")
    try:
        decoded: msgspec.Struct = _decoder_of(details_type).decode(details)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DetailsMismatch(f"details have the wrong shape: {error}") from error
    if _sorted_encoder.encode(decoded) != details:
        raise DetailsMismatch("details are not in canonical form")
    return decoded
