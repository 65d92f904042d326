"""What web workers and the writer say to each other: length-prefixed MessagePack over a socket.

A frame is a big-endian u32 length and one tagged struct. A client sends `HandOver` (verified
actions; their details and documents are durable already) and gets, under the same request id,
first `Verdicts` (recorded or refused) and then, when everything recorded is published, one or
more `Published`. `RefuseText` asks for the signature under a refusal that the web worker decided.
"""

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from ledger.errors import StoreCorrupt

MAX_FRAME_BYTES: Final = 64 * 1024 * 1024
MAX_GROUP_ACTIONS: Final = 512
HEADER: Final = struct.Struct(">I")


class HandedAction(msgspec.Struct, frozen=True, array_like=True):
    """One verified action on its way to the writer."""

    note: bytes
    salt: bytes | None = None
    details: bytes | None = None


class HandOver(msgspec.Struct, frozen=True, tag="hand_over"):
    """Verified actions to be decided in this order; at most 512."""

    request_id: int
    actions: list[HandedAction]


class RefuseText(msgspec.Struct, frozen=True, tag="refuse_text"):
    """Ask for a signed refusal of a correctly signed text."""

    request_id: int
    text_hash: bytes
    code: str


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """What became of one action.

    ``code`` is empty for a recorded action; ``note`` is then the promise (empty where the entry
    is published already), otherwise the refusal. ``entry_index`` is None while refused or
    deferred. ``entry`` holds the recorded note where the one handed over differs from it: the same
    text, signed otherwise. ``opening`` opens the envelope of a deferred one.
    """

    code: str
    message: str
    entry_index: int | None
    note: bytes
    repeated: bool = False
    entry: bytes = b""
    opening: bytes = b""


class Verdicts(msgspec.Struct, frozen=True, tag="verdicts"):
    """One verdict per action of a `HandOver`, in its order."""

    request_id: int
    verdicts: list[Verdict]


class ProvenEntry(msgspec.Struct, frozen=True, array_like=True):
    """The place and inclusion proof of the action at ``position`` of the hand-over."""

    position: int
    entry_index: int
    proof: list[bytes]


class Published(msgspec.Struct, frozen=True, tag="published"):
    """These actions of the hand-over are in the tree of this checkpoint."""

    request_id: int
    checkpoint_note: bytes
    proven: list[ProvenEntry]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The writer could not do it; nothing is known to be recorded."""

    request_id: int
    code: str
    message: str


Request = HandOver | RefuseText
Reply = Verdicts | Published | Failed

_encoder = msgspec.msgpack.Encoder()
_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


class FrameBuffer:
    """Cuts what arrives on a socket into the bodies of frames."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in and give each body that is complete now.

        Raises:
            StoreCorrupt: a length is over the limit.
        """
        self._bytes += data
        start = 0
        while len(self._bytes) >= start + HEADER.size:
            (length,) = HEADER.unpack_from(self._bytes, start)
            if length > MAX_FRAME_BYTES:
                raise StoreCorrupt(f"a frame of {length} bytes is over the limit")
            end = start + HEADER.size + length
            if len(self._bytes) < end:
                break
            yield bytes(self._bytes[start + HEADER.size : end])
            start = end
        del self._bytes[:start]


def render_frame(frame: Request | Reply) -> bytes:
    """Give a frame with its length before it."""
    body = _encoder.encode(frame)
    assert len(body) <= MAX_FRAME_BYTES
    return HEADER.pack(len(body)) + body


def parse_request(body: bytes) -> Request:
    """Read what a client sent, without its length.

    Raises:
        StoreCorrupt: not a request; only our own processes write here.
    """
    try:
        return _request_decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise StoreCorrupt(f"a hand-over cannot be read: {error}") from error


def parse_reply(body: bytes) -> Reply:
    """Read what the writer sent, without its length.

    Raises:
        StoreCorrupt: not a reply; only our own processes write here.
    """
    try:
        return _reply_decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise StoreCorrupt(f"a reply of the writer cannot be read: {error}") from error
