"""Shapes of analyses: a figure, the datasets it reads, and its columns in the order of its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import Sentence
from projections.analytics.names import FigureName
from projections.opendata.shapes import Dataset

# The library types its values by names that only exist at run time.
Table = Any
Value = Any
Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its rows are ordered by ``key``, which no two of them share.

    ``measures`` are the columns after the key; each is an integer, and those in ``may_be_null``
    may be none. ``expression`` is given the tables by the names of their datasets.
    """

    name: FigureName
    definition: str
    title: Sentence
    meaning: Sentence
    datasets: tuple[Dataset, ...]
    key: tuple[str, ...]
    measures: tuple[str, ...]
    expression: Callable[[Tables], Table]
    may_be_null: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the names of all columns, in order."""
        return (*self.key, *self.measures)

    def rows(self, tables: Tables) -> Table:
        """Give the expression of the rows: these columns, text and integers alone, in order."""
        found = self.expression(tables)
        texts = {name: found[name].cast("string") for name in self.key}
        numbers = {name: found[name].cast("int64") for name in self.measures}
        return found.select(**texts, **numbers).order_by(list(self.key))
