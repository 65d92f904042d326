"""The public document of an alarm R32: figures that differ, and nothing else.

What an inspector publishes with an alarm stands in the log for ever, so it has one shape without a
place for words: codes, periods, counts and hashes.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.errors import MalformedDocument

_PLACE: Final = r"^(?:\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$(?!\n)"
Place = Annotated[str, Meta(pattern=_PLACE, max_length=64)]
Period = Annotated[
    str, Meta(pattern=r"^[0-9]{4}(?:-(?:0[1-9]|1[0-2])|-Q[1-4])?$(?!\n)", max_length=7)
]
CountName = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{2,30}$(?!\n)", max_length=31)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class PublishedDifference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One count that was published otherwise than the ledger has it; `*` stands for all."""

    office: Place
    procedure: Place
    period: Period
    count: CountName
    published: Count
    ours: Count


class PublishedBooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document's hash, the checkpoint, and the figures that differ, or the first of them.

    `left_out` counts figures that were not compared, by the rule's silent case.
    """

    document_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", max_length=64)]
    tree_size: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    root: Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=$(?!\n)", max_length=44)]
    compared: Count
    left_out: dict[CountName, Count]
    differences: Annotated[tuple[PublishedDifference, ...], Meta(min_length=1, max_length=500)]
    differences_found: Count


def parse_books(document: bytes) -> PublishedBooks:
    """Read the document of an alarm R32.

    Raises:
        MalformedDocument: it is none, or holds more.
    """
    try:
        return msgspec.json.decode(document, type=PublishedBooks)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedDocument(f"the books of an alarm: {error}") from error
