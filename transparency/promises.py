r"""Promises and refusals: what the operator signs at once, so that it cannot deny it later.

Both are signed notes whose text has two lines, each ended by LF: a type line, and one JSON
object in canonical form (names sorted, no spaces, printable ASCII without escapes).

    dossier-ledger/promise@v1
    {"leaf_hash":"<base64>","ledger":"<origin>","promised_at":"<RFC 3339, UTC seconds>",
     "publish_by":"<RFC 3339, UTC seconds>","published_as":"<absent, or what stands for it>",
     "stream":"<stream>","version":<1 and more>}

    dossier-ledger/refusal@v1
    {"code":"<error code>","ledger":"<origin>","text_hash":"<base64>"}

(The object stands on one line.) A promise says that the entry with this leaf hash will be
under a checkpoint by `publish_by`; with `published_as` it is another entry that will be, which
says those words and commits to the one promised. A refusal says that the action with this text
hash came, correctly signed, and was not recorded, and why.

>>> from datetime import UTC, datetime, timedelta
>>> from transparency.notes import SigningKey
>>> key = SigningKey("p.org", bytes(32))
>>> at = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)
>>> promise = Promise("x.org", bytes(32), "key:a", 1, at, at + timedelta(hours=1))
>>> note = sign_promise(promise, key)
>>> for line in note.decode().splitlines():
...     print(line.replace(',"publish_by"', '\n ,"publish_by"'))
dossier-ledger/promise@v1
{"leaf_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","ledger":"x.org","promised_at":"2026-11-21T08:03:11Z"
 ,"publish_by":"2026-11-21T09:03:11Z","stream":"key:a","version":1}
<BLANKLINE>
— p.org /l7U2tDYbhMtb6EYoieye3HHBsHJLP/zMfSAmsdxclx3vX94f/NdM75K9R7F3qPvTj/m6v2W9ooMMG45CiLrtUkE2g4=
>>> open_promise(note, key.verification_key) == promise
True
>>> refusal = Refusal("x.org", bytes(32), "stale_version")
>>> print(sign_refusal(refusal, key).decode(), end="")
dossier-ledger/refusal@v1
{"code":"stale_version","ledger":"x.org","text_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
<BLANKLINE>
— p.org /l7U2qHVCthIb2o1nkaO957Hs9b+vMklT8Jrt3pLn4dJHVqIh1+a8RsMrmA/1p/uGCHsw7Askxcl8mgnnFdz+HGEHgk=
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import orjson

from transparency.encoding import (
    decode_base64,
    encode_base64,
    parse_utc_seconds,
    render_utc_seconds,
)
from transparency.errors import MalformedNote, MalformedPromise
from transparency.hashing import HASH_BYTES
from transparency.notes import SigningKey, VerificationKey, open_note, render_note

PROMISE_TYPE_LINE = b"dossier-ledger/promise@v1\n"
REFUSAL_TYPE_LINE = b"dossier-ledger/refusal@v1\n"
MAX_STATEMENT_BYTES = 4096
MAX_VERSION = 2**53 - 1

_Statement = TypeVar("_Statement", "Promise", "Refusal")


@dataclass(frozen=True, slots=True)
class Promise:
    """An entry will be published by an instant; both instants are UTC, whole seconds."""

    ledger: str
    leaf_hash: bytes
    stream: str
    version: int
    promised_at: datetime
    publish_by: datetime
    published_as: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A correctly signed action was not recorded, for the reason that the code names."""

    ledger: str
    text_hash: bytes
    code: str


def sign_promise(promise: Promise, key: SigningKey) -> bytes:
    """Sign a promise into a note."""
    return _sign(_render_promise(promise), key)


def open_promise(note: bytes, key: VerificationKey) -> Promise:
    """Check and read a promise.

    Raises:
        MalformedPromise: the note is no promise.
        SignatureInvalid: it is not signed by this key.
    """
    return _open(note, key, _read_promise, _render_promise)


def sign_refusal(refusal: Refusal, key: SigningKey) -> bytes:
    """Sign a refusal into a note."""
    return _sign(_render_refusal(refusal), key)


def open_refusal(note: bytes, key: VerificationKey) -> Refusal:
    """Check and read a refusal.

    Raises:
        MalformedPromise: the note is no refusal.
        SignatureInvalid: it is not signed by this key.
    """
    return _open(note, key, _read_refusal, _render_refusal)


def _sign(text: bytes, key: SigningKey) -> bytes:
    assert len(text) <= MAX_STATEMENT_BYTES
    assert _is_plain(text)

    return render_note(text, [key.sign(text)])


def _open(
    note: bytes,
    key: VerificationKey,
    read: Callable[[dict[str, object]], _Statement],
    render: Callable[[_Statement], bytes],
) -> _Statement:
    try:
        text = open_note(note, [key]).text
    except MalformedNote as error:
        raise MalformedPromise("a promise or refusal is a signed note") from error
    if len(text) > MAX_STATEMENT_BYTES or not _is_plain(text):
        raise MalformedPromise("a promise or refusal is short printable ASCII without escapes")
    try:
        statement = read(orjson.loads(text.partition(b"\n")[2]))
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedPromise("a member is missing or malformed") from error
    # Rendering is the only rule about order, spaces, further members and the type line.
    if render(statement) != text:
        raise MalformedPromise("this is another statement, or not in canonical form")
    return statement


def _is_plain(text: bytes) -> bool:
    return text.isascii() and b"\\" not in text and b"\x7f" not in text


def _render_promise(promise: Promise) -> bytes:
    assert len(promise.leaf_hash) == HASH_BYTES
    assert 0 < promise.version <= MAX_VERSION

    members: dict[str, object] = {
        "leaf_hash": encode_base64(promise.leaf_hash),
        "ledger": promise.ledger,
        "promised_at": render_utc_seconds(promise.promised_at),
        "publish_by": render_utc_seconds(promise.publish_by),
        "stream": promise.stream,
        "version": promise.version,
    }
    if promise.published_as is not None:
        members["published_as"] = promise.published_as
    return PROMISE_TYPE_LINE + _render_members(members)


def _read_promise(members: dict[str, object]) -> Promise:
    version = members["version"]
    if type(version) is not int or not 0 < version <= MAX_VERSION:
        raise ValueError("a version is a number from 1 to 2^53 - 1")
    return Promise(
        ledger=_text(members["ledger"]),
        leaf_hash=decode_base64(_text(members["leaf_hash"]), size_bytes=HASH_BYTES),
        stream=_text(members["stream"]),
        version=version,
        promised_at=parse_utc_seconds(_text(members["promised_at"])),
        publish_by=parse_utc_seconds(_text(members["publish_by"])),
        published_as=_text(members["published_as"]) if "published_as" in members else None,
    )


def _render_refusal(refusal: Refusal) -> bytes:
    assert len(refusal.text_hash) == HASH_BYTES

    members = {
        "code": refusal.code,
        "ledger": refusal.ledger,
        "text_hash": encode_base64(refusal.text_hash),
    }
    return REFUSAL_TYPE_LINE + _render_members(members)


def _read_refusal(members: dict[str, object]) -> Refusal:
    return Refusal(
        ledger=_text(members["ledger"]),
        text_hash=decode_base64(_text(members["text_hash"]), size_bytes=HASH_BYTES),
        code=_text(members["code"]),
    )


def _render_members(members: Mapping[str, object]) -> bytes:
    return orjson.dumps(members, option=orjson.OPT_SORT_KEYS) + b"\n"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
