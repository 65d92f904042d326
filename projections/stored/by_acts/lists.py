"""Lists of parts by office and month, as the bytes that their rows hold.

A list says of each procedure, in order, how many parts it has; the parts are two columns of equal
length, so that hundreds of thousands are walked without a value of their own each: where each part
counts (`COUNTED`: day of the month, channel, measure, and whether it takes away), as unsigned
16-bit integers, and its total, as signed 64-bit integers; of stays the total is `told_stay`. Both
have the lowest byte first; the parts of a procedure stand in the order of both.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import accumulate, compress
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
_PLACE_BYTES: Final = 2
_TOTAL_BYTES: Final = 8
_NOT_HELD: Final = "the lists do not hold what a dossier added: rebuild the views"


class StoredList(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How many parts each procedure has, in order, and the two columns of all, packed."""

    counts: dict[str, int]
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


_Columns = tuple[bytes, bytes]
_NO_PARTS: Final[_Columns] = (b"", b"")


def first_place(day: str) -> int:
    """Give the first place of a day in its month."""
    return int(day[-2:]) * PLACES_PER_DAY


def unpack_list(packed: bytes) -> StoredList:
    """Read a list.

    Raises:
        StoreCorrupt: that is none.
    """
    try:
        found = _decoder.decode(packed)
    except (msgspec.MsgspecError, TypeError) as error:
        raise StoreCorrupt(f"a list of parts cannot be read: {error}") from error
    counts = found.counts.values()
    if min(counts, default=0) <= 0 or len(found.places) != _PLACE_BYTES * sum(counts):
        raise StoreCorrupt("a list of parts counts other parts than it has")
    if len(found.places) * _TOTAL_BYTES != len(found.totals) * _PLACE_BYTES:
        raise StoreCorrupt("a list of parts has columns of unequal length")
    return found


class _Counts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    counts: dict[str, int]


_counts_decoder = msgspec.msgpack.Decoder(_Counts)


def procedures_in(packed: bytes) -> Iterable[str]:
    """Give the procedures of which a list has parts, without reading these.

    Raises:
        StoreCorrupt: that is none.
    """
    try:
        return _counts_decoder.decode(packed).counts
    except (msgspec.MsgspecError, TypeError) as error:
        raise StoreCorrupt(f"a list of parts cannot be read: {error}") from error


def parts_in(places: bytes) -> int:
    """Give how many parts a packed column of places has."""
    return len(places) // _PLACE_BYTES


def parts_among(listed: StoredList, procedures: Collection[str]) -> tuple[bytes, bytes]:
    """Give the two columns of the parts of some procedures, packed."""
    counts = listed.counts.values()
    wanted = map(procedures.__contains__, listed.counts)
    places, totals = [], []
    for count, end in compress(zip(counts, accumulate(counts), strict=True), wanted):
        begin = end - count
        places.append(listed.places[begin * _PLACE_BYTES : end * _PLACE_BYTES])
        totals.append(listed.totals[begin * _TOTAL_BYTES : end * _TOTAL_BYTES])
    return b"".join(places), b"".join(totals)


def unpack_places(packed: bytes) -> "array[int]":
    """Read a column of places."""
    return _unpacked("H", packed)


def unpack_totals(packed: bytes) -> "array[int]":
    """Read a column of totals, as `unpack_places` does."""
    return _unpacked("q", packed)


def _unpacked(form: str, packed: bytes) -> "array[int]":
    column = array(form)
    assert column.itemsize == (_PLACE_BYTES if form == "H" else _TOTAL_BYTES)
    try:
        column.frombytes(packed)
    except ValueError as error:
        raise StoreCorrupt(f"a column of parts cannot be read: {error}") from error
    if sys.byteorder == "big":
        column.byteswap()
    return column


def changed_list(
    theme: str, packed: bytes | None, changes: Mapping[str, PairChange]
) -> bytes | None:
    """Change what a list, or none, holds of some procedures; None where no parts are left.

    Raises:
        StoreCorrupt: a part is to be taken out that is not listed.
    """
    found = {} if packed is None else _by_procedure(unpack_list(packed))
    for procedure, change in changes.items():
        found[procedure] = _changed(theme, found.get(procedure, _NO_PARTS), change)
    left = [(code, columns) for code, columns in sorted(found.items()) if columns != _NO_PARTS]
    if not left:
        return None
    counts = {code: len(places) // _PLACE_BYTES for code, (places, _) in left}
    places, totals = (b"".join([columns[which] for _, columns in left]) for which in (0, 1))
    return _encoder.encode(StoredList(counts, places, totals))


def _by_procedure(listed: StoredList) -> dict[str, _Columns]:
    found: dict[str, _Columns] = {}
    begin = 0
    for procedure, count in listed.counts.items():
        end = begin + count
        found[procedure] = (
            listed.places[begin * _PLACE_BYTES : end * _PLACE_BYTES],
            listed.totals[begin * _TOTAL_BYTES : end * _TOTAL_BYTES],
        )
        begin = end
    return found


def _changed(theme: str, columns: _Columns, change: PairChange) -> _Columns:
    """Put parts of one procedure in, and take others out."""
    listed: Iterable[tuple[int, int]] = _listed(theme, change.more)
    if columns != _NO_PARTS or change.less:
        counts = Counter(_stored(columns))
        counts.update(listed)
        counts.subtract(_listed(theme, change.less))
        if any(count < 0 for count in counts.values()):
            raise StoreCorrupt(_NOT_HELD)
        listed = counts.elements()
    found = sorted(listed)
    if not found:
        return _NO_PARTS
    places, totals = zip(*found, strict=True)
    return _packed("H", places), _packed("q", totals)


def _listed(theme: str, parts: Iterable[PairPart]) -> Iterable[tuple[int, int]]:
    # Where each counts, and its total; ``times`` are 1 or -1.
    numbers, is_stay = _NUMBERS[theme], theme == Theme.STEPS
    found: list[tuple[int, int]] = []
    known, first = "", 0
    for day, channel, measure, times, total in parts:
        # Those of one dossier come together, and name one day.
        if day is not known:
            known, first = day, first_place(day)
        told = told_stay(total, channel) if is_stay else total
        found.append((first + numbers[channel, measure, times], told))
    return found


def _stored(columns: _Columns) -> Iterable[tuple[int, int]]:
    return zip(unpack_places(columns[0]), unpack_totals(columns[1]), strict=True)


def _packed(form: str, values: Iterable[int]) -> bytes:
    column = array(form, values)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()
