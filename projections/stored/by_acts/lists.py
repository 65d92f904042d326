"""Lists of parts by office, procedure and year, as the bytes that their rows hold.

A list is two columns of equal length, so that hundreds of thousands of parts are walked without a
value of their own each: where each part counts (`COUNTED`: day, channel, measure, and whether it
takes away), as signed 32-bit integers, and its total, as signed 64-bit integers; of stays the
total is `told_stay`. Both have the lowest byte first; parts stand in the order of both.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from domain.facts import Channel
from ledger.errors import StoreCorrupt
from projections.statistics.by_acts.adding import NOT_KNOWN, SUPPLEMENTS, VISITS, Theme
from projections.statistics.by_acts.cells import PairChange, PairPart, told_stay
from projections.statistics.by_acts.fees import FEE_MEASURES
from projections.statistics.by_acts.stays import Stage

MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    Theme.STEPS: tuple(stage.value for stage in Stage),
    Theme.VISITS: (NOT_KNOWN, *VISITS, *SUPPLEMENTS),
    Theme.FEES: FEE_MEASURES,
}
CHANNELS: Final = tuple(channel.value for channel in Channel)
# Of each day a part has so many places: two for each measure of a channel, and more to spare.
PLACES_PER_DAY: Final = 128
_PLACE_BYTES: Final = 4
_TOTAL_BYTES: Final = 8
_NOT_HELD: Final = "the lists do not hold what a dossier added: rebuild the views"


class StoredList(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The two columns of one list, packed."""

    places: bytes
    totals: bytes


class Counted(NamedTuple):
    """What a place of a day says: channel, measure, and whether parts add (1) or take away (-1)."""

    channel: str
    measure: str
    sign: int


def _of_a_day(theme: str) -> tuple[Counted, ...]:
    found = tuple(
        Counted(channel, measure, sign)
        for channel in CHANNELS
        for measure in MEASURES[theme]
        for sign in (1, -1)
    )
    assert len(found) <= PLACES_PER_DAY
    return found


COUNTED: Final = {theme.value: _of_a_day(theme) for theme in Theme}
_NUMBERS: Final[Mapping[str, Mapping[tuple[str, str, int], int]]] = {
    theme: {(each.channel, each.measure, each.sign): number for number, each in enumerate(found)}
    for theme, found in COUNTED.items()
}
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(StoredList)


@lru_cache(maxsize=20_000)
def first_place(day: str) -> int:
    """Give the first place of a day."""
    return date.fromisoformat(day).toordinal() * PLACES_PER_DAY


def unpack_list(packed: bytes) -> StoredList:
    """Read a list.

    Raises:
        StoreCorrupt: that is none.
    """
    try:
        found = _decoder.decode(packed)
    except (msgspec.MsgspecError, TypeError) as error:
        raise StoreCorrupt(f"a list of parts cannot be read: {error}") from error
    if len(found.places) * _TOTAL_BYTES != len(found.totals) * _PLACE_BYTES:
        raise StoreCorrupt("a list of parts has columns of unequal length")
    return found


def unpack_places(packed: bytes) -> "array[int]":
    """Read a column of places; several of them after one another, too."""
    return _unpacked("i", packed)


def places_in(packed: bytes) -> Sequence[int]:
    """Look into a column of places without a copy of it, where the machine's order of bytes is its.

    Raises:
        StoreCorrupt: that is none.
    """
    if sys.byteorder == "big":
        return unpack_places(packed)
    try:
        return memoryview(packed).cast("i")
    except TypeError as error:
        raise StoreCorrupt(f"a column of parts cannot be read: {error}") from error


def unpack_totals(packed: bytes) -> "array[int]":
    """Read a column of totals, as `unpack_places` does."""
    return _unpacked("q", packed)


def _unpacked(form: str, packed: bytes) -> "array[int]":
    column = array(form)
    assert column.itemsize == (_PLACE_BYTES if form == "i" else _TOTAL_BYTES)
    try:
        column.frombytes(packed)
    except ValueError as error:
        raise StoreCorrupt(f"a column of parts cannot be read: {error}") from error
    if sys.byteorder == "big":
        column.byteswap()
    return column


def changed_list(theme: str, packed: bytes | None, change: PairChange) -> bytes | None:
    """Put parts into a list, or into none, and take others out; None where none are left.

    Raises:
        StoreCorrupt: a part is to be taken out that is not listed.
    """
    listed: Iterable[tuple[int, int]] = _listed(theme, change.more)
    if packed is not None or change.less:
        counts = Counter(_stored(packed))
        counts.update(listed)
        counts.subtract(_listed(theme, change.less))
        if any(count < 0 for count in counts.values()):
            raise StoreCorrupt(_NOT_HELD)
        listed = counts.elements()
    found = sorted(listed)
    if not found:
        return None
    places, totals = zip(*found, strict=True)
    return _encoder.encode(StoredList(_packed("i", places), _packed("q", totals)))


def _listed(theme: str, parts: Iterable[PairPart]) -> Iterable[tuple[int, int]]:
    # Where each counts, and its total; ``times`` are 1 or -1.
    numbers = _NUMBERS[theme]
    if theme == Theme.STEPS:
        return [
            (first_place(day) + numbers[channel, measure, times], told_stay(total, channel))
            for day, channel, measure, times, total in parts
        ]
    return [
        (first_place(day) + numbers[channel, measure, times], total)
        for day, channel, measure, times, total in parts
    ]


def _stored(packed: bytes | None) -> Iterable[tuple[int, int]]:
    if packed is None:
        return ()
    found = unpack_list(packed)
    return zip(unpack_places(found.places), unpack_totals(found.totals), strict=True)


def _packed(form: str, values: Iterable[int]) -> bytes:
    column = array(form, values)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()
