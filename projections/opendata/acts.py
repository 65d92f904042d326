"""Published acts in the order of the log: windows of them, filtered, for files and feeds.

Rows of acts never change once they are written, so what lies before a position is the same in
every transaction: a reader may take window after window without holding one open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import sqlalchemy as sa

from domain.actions import StreamType
from projections.dossier_rows import Act, DossierRow, index_of
from projections.stored.tuples.acts import open_act
from projections.tables import act_signers_table, acts_table, dossiers_table
from projections.views import ViewReader

WINDOW_ACTS: Final = 2_000
_DOSSIERS: Final = (f"{StreamType.DOSSIER}:", f"{StreamType.DOSSIER};")


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts are wanted; None leaves a member open."""

    office: str | None = None
    stream: str | None = None
    kind: str | None = None

    @property
    def is_indexed(self) -> bool:
        """Tell whether acts that match are found without reading the others."""
        return self.office is not None or self.stream is not None


EVERY_ACT: Final = ActFilter()


class ActReader(ViewReader):
    """Reads published acts in order; it never sees those of veiled dossiers."""

    @classmethod
    def beside(cls, reader: ViewReader) -> Self:
        """Read in the same transaction as another reader, whatever that one may see."""
        return cls(reader._connection)

    def acts_between(
        self, start: int, end: int, limit: int, wanted: ActFilter = EVERY_ACT
    ) -> list[Act]:
        """Give the first ``limit`` acts with entry indexes from start to before end."""
        query = _between(sa.select(acts_table), start, end, wanted)
        query = query.order_by(acts_table.c.entry_index).limit(limit)
        return [open_act(row) for row in self._connection.execute(query)]

    def last_act_before(self, end: int, wanted: ActFilter = EVERY_ACT) -> int | None:
        """Give the entry index of the last act before an index."""
        query = _between(sa.select(acts_table), 0, end, wanted)
        query = query.order_by(acts_table.c.entry_index.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else index_of(open_act(row))

    def dossier_row(self, stream: str) -> DossierRow | None:
        """Give the row of one open dossier."""
        query = sa.select(dossiers_table).where(dossiers_table.c.stream == stream)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else DossierRow(**row._mapping)

    def dossier_rows_after(self, stream: str, limit: int) -> list[DossierRow]:
        """Give the rows of the next open dossiers, by stream."""
        streams = dossiers_table.c.stream
        query = sa.select(dossiers_table).where(streams > stream).order_by(streams).limit(limit)
        return [DossierRow(**row._mapping) for row in self._connection.execute(query)]

    def dossiers_begun(self, start: int, limit: int) -> list[tuple[int, str]]:
        """Give the next dossiers in the order of their first acts, with those acts' indexes."""
        acts = acts_table.c
        query = (
            sa.select(acts.entry_index, acts.stream)
            .where(acts.entry_index >= start, acts.version == 1, *_of_dossiers(acts.stream))
            .order_by(acts.entry_index)
            .limit(limit)
        )
        return [(row.entry_index, row.stream) for row in self._connection.execute(query)]

    def dossier_signers(self) -> Iterator[str]:
        """Give the keys and performers that acted on dossiers, each once, in order."""
        acts, signers = acts_table.c, act_signers_table.c
        query = (
            sa.select(signers.signer)
            .join(acts_table, acts.entry_index == signers.entry_index)
            .where(*_of_dossiers(acts.stream))
            .distinct()
            .order_by(signers.signer)
        )
        yield from self._connection.scalars(query)

    def dossier_activities(self, foreign_step: str) -> list[str]:
        """Give the kinds of acts on dossiers, and the labels of steps of a foreign kind, in order.

        A foreign step without a public label goes by its kind.
        """
        acts = acts_table.c
        label = sa.case((acts.kind == foreign_step, acts.label), else_=None)
        name = sa.func.coalesce(label, acts.kind)
        query = sa.select(name).where(*_of_dossiers(acts.stream)).distinct()
        return list(self._connection.scalars(query.order_by(name)))

    def count_cases(self) -> tuple[int, int]:
        """Count the open dossiers, and the acts on them."""
        acts = acts_table.c
        query = sa.select(sa.func.count(acts.stream.distinct()), sa.func.count())
        cases, events = self._connection.execute(query.where(*_of_dossiers(acts.stream))).one()
        return cases, events


def _of_dossiers(stream: sa.ColumnElement[str]) -> tuple[sa.ColumnElement[bool], ...]:
    # A range, not LIKE: an index answers it.
    first, after = _DOSSIERS
    return stream >= first, stream < after


def _between(query: sa.Select[Any], start: int, end: int, wanted: ActFilter) -> sa.Select[Any]:
    acts = acts_table.c
    query = query.where(acts.entry_index >= start, acts.entry_index < end)
    for name in ("office", "stream", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(acts[name] == value)
    return query


def walk_acts(reader: ActReader, start: int, end: int) -> Iterator[Act]:
    """Give all acts from one entry index to before another, reading window by window."""
    while True:
        window = reader.acts_between(start, end, WINDOW_ACTS)
        yield from window
        if len(window) < WINDOW_ACTS:
            return
        start = index_of(window[-1]) + 1


def walk_dossiers(reader: ActReader) -> Iterator[str]:
    """Give the open dossiers in the order of their first acts."""
    start = 0
    while True:
        begun = reader.dossiers_begun(start, WINDOW_ACTS)
        yield from (stream for _, stream in begun)
        if len(begun) < WINDOW_ACTS:
            return
        start = begun[-1][0] + 1


def walk_dossier_rows(reader: ActReader) -> Iterator[DossierRow]:
    """Give the rows of all open dossiers by stream, reading window by window."""
    last = ""
    while window := reader.dossier_rows_after(last, WINDOW_ACTS):
        yield from window
        last = window[-1].stream
