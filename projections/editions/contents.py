"""What stands in an edition: fixed lists of statistics addresses, `editions@v1` and `editions@v2`.

New editions are of the newest list; those that were made keep theirs, and are made again by it. The
second has steps and visits by month, and revises more than counts and durations.
"""

from dataclasses import dataclass
from typing import Final

from projections import counts, durations
from projections.editions.definitions import DEFINITIONS, MORE_DEFINITIONS
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


@dataclass(frozen=True, slots=True)
class Contents:
    """One version of what stands in an edition, and which files are compared with those before."""

    format: str
    files: tuple[EditionFile, ...]
    definitions: tuple[Definition, ...]
    revisions_definition: str
    revised: tuple[RevisedFile, ...] = ()

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Name the files that the next edition looks at again."""
        return COUNTS_FILE, DURATIONS_FILE, *(each.name for each in self.revised)


FIRST: Final = Contents(FORMAT, _FIRST_FILES, DEFINITIONS, REVISIONS_DEFINITION)
SECOND: Final = Contents(
    "editions@v2",
    _SECOND_FILES,
    MORE_DEFINITIONS,
    "revisions@v2",
    (
        RevisedFile("timeliness-by-month.json", "timeliness"),
        RevisedFile("backlog.json", "backlog"),
        RevisedFile("steps-by-month.json", "steps", by=("stage",)),
        # Who fetches a result later is a visit more in the month of the dossier's end.
        RevisedFile("visits-by-month.json", "visits", only=("resolved", "supplements")),
        RevisedFile("fees-by-month.json", "fees"),
        # How petitions of a past month stand goes on changing; how many were filed does not.
        RevisedFile("petitions.json", "petitions", by=("track",), only=("filed",)),
    ),
)
NEWEST: Final = SECOND
CONTENTS: Final = {each.format: each for each in (FIRST, SECOND)}
FILES: Final = NEWEST.files

TOO_MANY: Final = BothLanguages(
    "Nhiều số liệu hơn mức một câu trả lời được chứa; hãy hỏi từng phần tại địa chỉ này.",
    "More figures than one answer may hold; ask for them in parts at this address.",
)
