"""Writing what changed of the figures made from acts: cells, lists of parts, parts of dossiers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from projections.statistics.by_acts.adding import Part
from projections.statistics.by_acts.cells import ActKey, Changes, PairChange, Sums
from projections.stored.by_acts.lists import changed_list
from projections.stored.by_acts.packing import changed_cell
from projections.stored.tuples.inserting import Row, insert_tuples, replace_tuples, take_out_tuples
from projections.stored.tuples.selecting import rows_with_keys
from projections.tables import ACT_CELLS

MOST_AT_ONCE: Final = 20_000


class ListKey(NamedTuple):
    """One list: the parts of an office in a month."""

    theme: str
    month: str
    office: str


class Added(NamedTuple):
    """What a dossier of a procedure and channel added."""

    procedure: str
    channel: str
    parts: tuple[Part, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Added)
ChangeT = TypeVar("ChangeT")
KeyT = TypeVar("KeyT", bound=tuple[str, ...])


def write_changes(connection: sa.Connection, changes: Changes, *, is_empty: bool) -> None:
    """Add changes to the cells and lists; where these are empty, nothing is looked for.

    Raises:
        StoreCorrupt: they do not hold what is to be taken out.
    """
    cells, lists = changes.all_cells(), iter(_by_list(changes).items())
    _change(connection, ACT_CELLS.cells, cells, _cell, is_empty=is_empty)
    _change(connection, ACT_CELLS.lists, lists, _list, is_empty=is_empty)


def _by_list(changes: Changes) -> dict[ListKey, dict[str, PairChange]]:
    """Give by list what changes of each procedure."""
    found: dict[ListKey, dict[str, PairChange]] = {}
    for (theme, office, procedure, month), change in changes.pairs.items():
        found.setdefault(ListKey(theme, month, office), {})[procedure] = change
    return found


def _cell(_: ActKey, packed: bytes | None, change: Sums) -> bytes | None:
    return changed_cell(packed, change)


def _list(key: ListKey, packed: bytes | None, change: Mapping[str, PairChange]) -> bytes | None:
    return changed_list(key.theme, packed, change)


def _change(
    connection: sa.Connection,
    table: sa.Table,
    changes: Iterator[tuple[KeyT, ChangeT]],
    change: Callable[[KeyT, bytes | None, ChangeT], bytes | None],
    *,
    is_empty: bool,
) -> None:
    keys = [column.name for column in table.primary_key.columns]
    while part := list(islice(changes, MOST_AT_ONCE)):
        stored = {} if is_empty else _stored(connection, table, keys, [key for key, _ in part])
        rows: list[Row] = []
        gone: list[Row] = []
        for key, by_key in part:
            packed = change(key, stored.get(key), by_key)
            if packed is not None:
                rows.append((*key, packed))
            elif key in stored:
                gone.append(key)
        if is_empty:
            # In the order of their keys they come to the end of the table, one after another.
            rows.sort(key=lambda row: row[:-1])
            insert_tuples(connection, table, rows)
        else:
            replace_tuples(connection, table, rows)
        take_out_tuples(connection, table, keys, gone)


def _stored(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], keys: Sequence[Sequence[str]]
) -> dict[Row, Any]:
    found = rows_with_keys(connection, table, names, keys)
    return {tuple(row[:-1]): row[-1] for row in found}


def added_by(connection: sa.Connection, streams: Iterable[str]) -> dict[str, Added]:
    """Give what dossiers added so far."""
    found = rows_with_keys(connection, ACT_CELLS.parts, ("stream",), [(each,) for each in streams])
    return {str(stream): _decoder.decode(parts) for stream, parts in found}  # type: ignore[arg-type]


def write_added(connection: sa.Connection, changed: Mapping[str, Added], *, is_empty: bool) -> None:
    """Write what dossiers add now."""
    rows: list[Row] = [
        (stream, _encoder.encode(added)) for stream, added in changed.items() if added.parts
    ]
    if is_empty:
        insert_tuples(connection, ACT_CELLS.parts, rows)
        return
    gone: list[Row] = [(stream,) for stream, added in changed.items() if not added.parts]
    replace_tuples(connection, ACT_CELLS.parts, rows)
    take_out_tuples(connection, ACT_CELLS.parts, ("stream",), gone)
