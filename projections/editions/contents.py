"""What stands in an edition: fixed lists of statistics addresses, `editions@v1` to `editions@v3`.

New editions are of the newest list; those that were made keep theirs, and are made again by it. The
second has steps and visits by month, and revises more than counts and durations. The third has
ratings, and revises the figures of each office, too.
"""

from dataclasses import dataclass
from typing import Final

from projections import counts, durations
from projections.editions.definitions.earlier import DEFINITIONS, MORE_DEFINITIONS
from projections.editions.definitions.third import THIRD_DEFINITIONS
from projections.editions.revisions import RevisedFile
from projections.editions.shapes import (
    FORMAT,
    REVISIONS_DEFINITION,
    BothLanguages,
    Definition,
)
from projections.index766 import answers, report
from projections.petitions import figures as petitions
from projections.statistics import backlog, comparing_offices, counting, judging, lasting
from projections.statistics.by_acts import fee_figures, step_figures, visit_figures
from projections.tallies import rating_shapes as ratings
from projections.veiled import counts as veiled

JSON_MEDIA_TYPE: Final = "application/json"
CSV_MEDIA_TYPE: Final = "text/csv; charset=utf-8"

COUNTS_FILE: Final = "counts.json"
DURATIONS_FILE: Final = "durations.json"


@dataclass(frozen=True, slots=True)
class EditionFile:
    """One file, the statistics address that it answers, and by which definition."""

    name: str
    address: str
    definition: str

    @property
    def media_type(self) -> str:
        """Give the file's media type."""
        return CSV_MEDIA_TYPE if self.name.endswith(".csv") else JSON_MEDIA_TYPE


def _file(name: str, path: str, definition: str) -> EditionFile:
    return EditionFile(name, f"/v1/statistics/{path}", definition)


_FIRST_FILES: Final = (
    _file(COUNTS_FILE, "counts", counts.DEFINITION),
    _file("counts.csv", "counts?format=csv", counts.DEFINITION),
    _file("counts-by-month.json", "counts?by=period", counting.DEFINITION),
    _file("counts-by-office.json", "counts?by=office", counting.DEFINITION),
    _file("counts-by-field.json", "counts?by=field", counting.DEFINITION),
    _file("counts-by-channel.json", "counts?by=channel", counting.DEFINITION),
    _file("counts-by-office-and-month.json", "counts?by=office,period", counting.DEFINITION),
    _file(DURATIONS_FILE, "durations?by=period", durations.DEFINITION),
    _file("durations-by-office.json", "durations?by=office", lasting.DEFINITION),
    _file("timeliness-by-month.json", "timeliness?by=period&granularity=month", judging.DEFINITION),
    _file("timeliness-by-office.json", "timeliness?by=office", judging.DEFINITION),
    _file("backlog.json", "backlog", backlog.DEFINITION),
    _file("steps.json", "steps", step_figures.DEFINITION),
    _file("steps-by-office.json", "steps?by=office", step_figures.DEFINITION),
    _file("visits-by-office.json", "visits?by=office", visit_figures.DEFINITION),
    _file("fees-by-month.json", "fees?by=period", fee_figures.DEFINITION),
    _file("comparison.json", "comparison", comparing_offices.DEFINITION),
    _file("index.json", "index", answers.DEFINITION),
    _file("report.json", "report", report.DEFINITION),
    _file("veiled.json", "veiled", veiled.DEFINITION),
    _file("petitions.json", "petitions", petitions.DEFINITION),
)

_SECOND_FILES: Final = (
    *_FIRST_FILES,
    _file("steps-by-month.json", "steps?by=period", step_figures.DEFINITION),
    _file("visits-by-month.json", "visits?by=period", visit_figures.DEFINITION),
)

_THIRD_FILES: Final = (
    *_SECOND_FILES,
    _file("ratings-by-month.json", "ratings?by=period", ratings.DEFINITION),
    _file("ratings-by-office.json", "ratings?by=office", ratings.DEFINITION),
    _file("ratings-by-stage.json", "ratings?by=stage", ratings.DEFINITION),
    _file("ratings-by-office-and-month.json", "ratings?by=office,period", ratings.DEFINITION),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """One version of what stands in an edition, and which files are compared with those before.

    Where it ``compares_offices``, the figures of each office are compared, too (`offices`).
    """

    format: str
    files: tuple[EditionFile, ...]
    definitions: tuple[Definition, ...]
    revisions_definition: str
    revised: tuple[RevisedFile, ...] = ()
    compares_offices: bool = False

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Name the files that the next edition looks at again."""
        return COUNTS_FILE, DURATIONS_FILE, *(each.name for each in self.revised)

    @property
    def has_ratings(self) -> bool:
        """Tell whether figures of it are added up from tallies."""
        return any(each.definition == ratings.DEFINITION for each in self.files)


# What a tally counted never changes; how many dossiers ended in its month may.
_OF_RATINGS: Final = ("ratings", "ended_dossiers", "ratings_per_10000_ended")
_REVISED: Final = (
    RevisedFile("timeliness-by-month.json", "timeliness"),
    RevisedFile("backlog.json", "backlog"),
    RevisedFile("steps-by-month.json", "steps", by=("stage",)),
    # Who fetches a result later is a visit more in the month of the dossier's end.
    RevisedFile("visits-by-month.json", "visits", only=("resolved", "supplements")),
    RevisedFile("fees-by-month.json", "fees"),
    # How petitions of a past month stand goes on changing; how many were filed does not.
    RevisedFile("petitions.json", "petitions", by=("track",), only=("filed",)),
)
FIRST: Final = Contents(FORMAT, _FIRST_FILES, DEFINITIONS, REVISIONS_DEFINITION)
SECOND: Final = Contents(
    "editions@v2",
    _SECOND_FILES,
    MORE_DEFINITIONS,
    "revisions@v2",
    _REVISED,
)
THIRD: Final = Contents(
    "editions@v3",
    _THIRD_FILES,
    THIRD_DEFINITIONS,
    "revisions@v3",
    (
        *_REVISED,
        RevisedFile("ratings-by-month.json", "ratings", only=_OF_RATINGS, is_tallied=True),
    ),
    compares_offices=True,
)
NEWEST: Final = THIRD
CONTENTS: Final = {each.format: each for each in (FIRST, SECOND, THIRD)}
FILES: Final = NEWEST.files

TOO_MANY: Final = BothLanguages(
    "Nhiều số liệu hơn mức một câu trả lời được chứa; hãy hỏi từng phần tại địa chỉ này.",
    "More figures than one answer may hold; ask for them in parts at this address.",
)
