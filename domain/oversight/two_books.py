"""The public document of an alarm R32: figures that differ, and nothing else.

What an inspector publishes with an alarm stands in the log for ever, so its shapes have no place
for words: codes, periods, numbers and hashes. The first shape (no member `shape`) holds counts; the
second, `two-books@v2`, any numbers of the answer to one statistics address.
"""

from typing import Annotated, Final, Literal

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


SECOND_SHAPE: Final = "two-books@v2"
_CODES: Final = r"[A-Za-z0-9][A-Za-z0-9.,_-]{0,63}"
Address = Annotated[
    str,
    Meta(
        pattern=rf"^/v1/statistics/[a-z][a-z0-9-]{{1,30}}"
        rf"(?:\?[a-z]{{2,20}}={_CODES}(?:&[a-z]{{2,20}}={_CODES}){{0,7}})?$(?!\n)",
        max_length=400,
    ),
]
AnswerPeriod = Annotated[
    str,
    Meta(
        pattern=r"^(?:\*|[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?|-Q[1-4])?)$(?!\n)",
        max_length=10,
    ),
]
# Where a number stands in an answer: `durations[3].net_median_seconds`.
Measure = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,40}(?:\[[0-9]{1,6}\]|\.[a-z0-9][a-z0-9_]{0,40}){0,8}$(?!\n)",
        max_length=200,
    ),
]
Whole = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Decimals = Annotated[
    str, Meta(pattern=r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,12}$(?!\n)", max_length=29)
]
# None where there is nothing to measure.
Number = Whole | Decimals | None


class AnswerDifference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of an answer that was published otherwise than the ledger has it."""

    office: Place
    procedure: Place
    period: AnswerPeriod
    measure: Measure
    published: Number
    ours: Number


class PublishedAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer's address and hash, the checkpoint, and the numbers that differ, or the first."""

    shape: Literal["two-books@v2"]
    address: Address
    document_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", max_length=64)]
    tree_size: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    root: Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=$(?!\n)", max_length=44)]
    compared: Count
    differences: Annotated[tuple[AnswerDifference, ...], Meta(min_length=1, max_length=500)]
    differences_found: Count


class _Shaped(msgspec.Struct):
    shape: str | None = None


def parse_books(document: bytes) -> PublishedBooks | PublishedAnswer:
    """Read the document of an alarm R32, of either shape.

    Raises:
        MalformedDocument: it is none, or holds more.
    """
    try:
        shape = msgspec.json.decode(document, type=_Shaped).shape
        if shape is not None:
            return msgspec.json.decode(document, type=PublishedAnswer)
        return msgspec.json.decode(document, type=PublishedBooks)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedDocument(f"the books of an alarm: {error}") from error
