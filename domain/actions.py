"""Actions: what somebody did and signed, as the domain sees it: header, public and private facts.

A stream is one thing's history, written `<type>:<id>`. A kind of action belongs to one type.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from domain.errors import MalformedStream
from domain.facts import Details, Facts
from domain.facts.shapes import RANDOM_ID
from domain.moments import Moment
from domain.roles import Role, SignerRule


class StreamType(StrEnum):
    """What a stream is the history of."""

    LEDGER = "ledger"
    KEY = "key"
    OFFICE = "office"
    PROCEDURE = "procedure"
    CALENDAR = "calendar"
    DOSSIER = "dossier"
    RATING = "rating"
    PETITION = "petition"
    DENUNCIATION = "denunciation"
    ACCESS = "access"
    FINDING = "finding"
    TALLY = "tally"


# Streams whose actions are nobody's official act in particular: their header names no office.
OFFICELESS_STREAMS: Final = frozenset(
    {
        StreamType.LEDGER,
        StreamType.KEY,
        StreamType.ACCESS,
        StreamType.DENUNCIATION,
        StreamType.TALLY,
    }
)

# Streams that name no office although an officer of one signs: an office in the header would tell
# whose matter is looked at or examined. There a role counts for whichever office it is held.
VEILED_STREAMS: Final = frozenset({StreamType.ACCESS, StreamType.FINDING, StreamType.DENUNCIATION})

_CODE = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
# SPEC: formats.md, "Imported actions" and "Keys": a random id is a version 4 UUID, or 128 bits in
# hex. Nothing else, so that nobody's code or name becomes the name of a stream for ever.
_STREAM_IDS: Final = {
    StreamType.LEDGER: re.compile("[A-Za-z0-9][A-Za-z0-9./:_-]{0,199}"),
    StreamType.KEY: re.compile("[a-z][a-z0-9_-]{0,47}-[0-9a-f]{16}"),
    StreamType.OFFICE: re.compile(_CODE),
    StreamType.PROCEDURE: re.compile(_CODE),
    StreamType.CALENDAR: re.compile(_CODE),
    StreamType.DOSSIER: re.compile(RANDOM_ID),
    StreamType.RATING: re.compile(RANDOM_ID),
    StreamType.PETITION: re.compile(RANDOM_ID),
    StreamType.DENUNCIATION: re.compile(RANDOM_ID),
    StreamType.ACCESS: re.compile("[0-9a-f]{64}"),
    StreamType.FINDING: re.compile(RANDOM_ID),
    StreamType.TALLY: re.compile("[0-9]{4}-(?:0[1-9]|1[0-2])"),
}
_STREAMS: Final = {
    stream_type: re.compile(f"{stream_type}:(?:{pattern.pattern})")
    for stream_type, pattern in _STREAM_IDS.items()
}


_RANDOM_WANTED: Final = "the id must be random: a version 4 UUID, or 32 lower-case hex digits"


class StreamId(msgspec.Struct, frozen=True):
    """A checked stream name in its two parts."""

    type: StreamType
    id: str

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"


def parse_stream(text: str) -> StreamId:
    """Read `<type>:<id>`.

    Raises:
        MalformedStream: no such type, or the id is not of that type's form.
    """
    type_text, _, stream_id = text.partition(":")
    try:
        stream_type = StreamType(type_text)
    except ValueError as error:
        raise MalformedStream from error
    pattern = _STREAM_IDS[stream_type]
    if not pattern.fullmatch(stream_id):
        is_random = pattern.pattern == RANDOM_ID
        raise MalformedStream(_RANDOM_WANTED if is_random else f"the id of {stream_type}:")
    return StreamId(stream_type, stream_id)


def streams_of(stream_type: StreamType) -> re.Pattern[str]:
    """Give what matches in full the names that `parse_stream` reads as ones of this type."""
    return _STREAMS[stream_type]


class Need(msgspec.Struct, frozen=True):
    """A member, public or private, without which an act is refused; imports have what they have.

    Asked always, or only where the public `fact` has one of the `values` (None: where it is
    absent). Another member may do as well (`or_else`).
    """

    member: str
    or_else: str | None = None
    fact: str | None = None
    values: tuple[StrEnum | None, ...] = ()

    def is_asked(self, facts: Facts) -> bool:
        """Tell whether public facts are such that the member is needed."""
        return self.fact is None or getattr(facts, self.fact) in self.values

    def is_met(self, part: msgspec.Struct) -> bool:
        """Tell whether the part of the act that holds the member says it."""
        names = (self.member, self.or_else) if self.or_else else (self.member,)
        return any(getattr(part, name) not in (None, ()) for name in names)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of action: its name, what it holds, where it belongs and who may sign it.

    A deferred kind is recorded and promised at once, but published later. Where `details_required`
    is set, the act says nothing without its private part. `needs` are members that it must have
    beside those that its shape asks of everybody.
    """

    name: str
    stream: StreamType
    facts: type[Facts]
    details: type[Details] | None = None
    signers: SignerRule
    deferred: bool = False
    details_required: bool = False
    needs: tuple[Need, ...] = ()

    @property
    def public_needs(self) -> tuple[Need, ...]:
        """Give the needed members of the public facts."""
        return tuple(need for need in self.needs if need.member in self.facts.__struct_fields__)

    @property
    def private_needs(self) -> tuple[Need, ...]:
        """Give the needed members of the private part."""
        return tuple(need for need in self.needs if need.member not in self.facts.__struct_fields__)


class Signer(msgspec.Struct, frozen=True):
    """Who signs, by key name, and as what."""

    key: str
    role: Role


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One action whose signatures somebody else has checked.

    `details` is None for a reader who cannot open them. `previous` is the base64 leaf hash of the
    stream's previous entry, absent at version 1.
    """

    kind: Kind
    ledger: str
    stream: str
    version: int
    at: Moment
    signers: tuple[Signer, ...]
    facts: Facts
    previous: str | None = None
    office: str | None = None
    details: Details | None = None
    commitment: str | None = None

    @property
    def stream_id(self) -> str:
        """Give what follows the type in the stream's name."""
        return self.stream.partition(":")[2]

    @property
    def is_imported(self) -> bool:
        """Tell whether an importer signs, who never signs together with others."""
        return self.signers[0].role is Role.IMPORTER
