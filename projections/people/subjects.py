"""Whose trail is asked for: a person, an office, a procedure, a dossier or a proxy, and where from.

A trail has two rows of acts: entries, by their index, and acts on veiled dossiers, which are none,
by the moment of recording. A page goes on where the one before ended in each of them, so a
`TrailCursor` holds both places. As text it is the next entry index, and after `~` the last act on a
veiled dossier that was given:

>>> str(TrailCursor(57))
'57'
>>> at = datetime(2026, 11, 20, 2, tzinfo=UTC)
>>> after = TrailCursor(57, VeiledPlace(at, "dossier:00000000000000000000000000000001", 3))
>>> str(after)
'57~2026-11-20T02:00:00.000Z~dossier:00000000000000000000000000000001~3'
>>> parse_cursor(str(after)) == after
True
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from transparency.encoding import (
    parse_decimal,
    parse_utc_milliseconds,
    render_utc_milliseconds,
)

FIRST_MOMENT: Final = datetime(1900, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2200, 1, 1, tzinfo=UTC)
# SQLite counts in 64 bits.
_LARGEST: Final = 2**53 - 1
_ALONE: Final = 1
_WITH_VEILED: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class VeiledPlace:
    """Where an act on a veiled dossier stands in a trail."""

    recorded_at: datetime
    stream: str
    version: int


@dataclass(frozen=True, slots=True)
class TrailCursor:
    """Where a page of a trail begins: the next entry index to read, and after which veiled act."""

    entry_index: int = 0
    veiled: VeiledPlace | None = None

    def __str__(self) -> str:
        """Write it as an address has it."""
        if self.veiled is None:
            return str(self.entry_index)
        at = render_utc_milliseconds(self.veiled.recorded_at)
        return f"{self.entry_index}~{at}~{self.veiled.stream}~{self.veiled.version}"


START: Final = TrailCursor()


def parse_cursor(text: str) -> TrailCursor:
    """Read what `TrailCursor` writes.

    Raises:
        ValueError: it is no place of a trail.
    """
    parts = text.split("~")
    if len(parts) not in (_ALONE, _WITH_VEILED):
        raise ValueError("a place is an entry index, perhaps with that of a veiled act")
    index = _number(parts[0])
    if len(parts) == _ALONE:
        return TrailCursor(index)
    place = VeiledPlace(parse_utc_milliseconds(parts[1]), parts[2], _number(parts[3]))
    return TrailCursor(index, place)


def _number(text: str) -> int:
    number = parse_decimal(text)
    if number > _LARGEST:
        raise ValueError("the number is too large")
    return number


@dataclass(frozen=True, slots=True)
class OrderScope:
    """What an inspection order lets be looked at: all acts of offices, or on dossiers."""

    offices: tuple[str, ...] = ()
    dossiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """Which acts are wanted: those that all given members name, recorded in the period.

    ``signers`` are keys or performers of one person; ``offices`` those whose acts are wanted;
    ``proxy`` a proxy's key, by whose acts and the revocations on its dossiers are found.
    ``covered`` are the offices that the reader's grants reach (None: all), ``scope`` those of an
    order. ``limit`` None gives all.
    """

    signers: tuple[str, ...] | None = None
    offices: tuple[str, ...] | None = None
    procedure: str | None = None
    dossiers: tuple[str, ...] | None = None
    proxy: str | None = None
    start: datetime = FIRST_MOMENT
    end: datetime = LAST_MOMENT
    covered: tuple[str, ...] | None = None
    scope: OrderScope | None = None
    after: TrailCursor = START
    limit: int | None = None
