"""Names of analyses, engines and forms, for whoever has none of the libraries installed."""

from enum import StrEnum


class FigureName(StrEnum):
    """The figures that can be analysed."""

    COUNTS = "counts"
    BACKLOG = "backlog"
    DURATIONS = "durations"
    SUPPLEMENTS = "supplements"
    HANDOVERS = "handovers"
    HANDS = "hands"
    HOURS = "hours"
    OVERTAKES = "overtakes"
    RATINGS = "ratings"


class EngineName(StrEnum):
    """What computes: DuckDB in this process, or Spark."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class AnalysisForm(StrEnum):
    """How the rows of a figure are written."""

    CSV = "csv"
    JSONL = "jsonl"
