"""The bytes that answer an address of the index or of the report: for the server and `recompute`.

They hold no figures of `api.figures.answering`: they are of one unit and one period.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from api.bodies import encode
from api.errors import MalformedParameter
from api.figures.asking import Members
from api.figures.sheets import SHEET_MEDIA_TYPE, render_report
from api.figures.sources import AS_OF_COLUMNS, Answered, as_of_values
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE, render_csv
from domain.errors import MalformedMoment
from domain.index766 import DEFAULT_VERSION, FORMULAS, formulas_of
from projections.counts import CheckpointReference
from projections.index766.answers import IndexStatistics
from projections.index766.inputs import PublicRecord
from projections.index766.making import make_index, make_report
from projections.index766.report import UNVERIFIED, Report, ReportRow

INDEX: Final = "/v1/statistics/index"
REPORT: Final = "/v1/statistics/report"
INDEX_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    INDEX: ("office", "period", "formulas", "format"),
    REPORT: ("office", "period", "format"),
}
INDEX_COLUMNS: Final = (
    "office",
    "period",
    "formula_version",
    "id",
    "code",
    "group",
    "name_vi",
    "name_en",
    "state",
    "numerator",
    "denominator",
    "ratio_hundredths",
    "points_hundredths",
    "maximum",
    "out_of",
    "points_basis",
    "missing_vi",
    "missing_en",
)
REPORT_COLUMNS: Final = ("form", "verified", "office", "period", *ReportRow.__struct_fields__)
_CSV: Final = f"{CSV_MEDIA_TYPE}; charset=utf-8"


def answer_unit(
    record: PublicRecord, checkpoint: CheckpointReference, path: str, members: Members
) -> Answered:
    """Answer an address of the index or of the report, as the server does.

    Raises:
        MalformedParameter: a member is not what it must be; no such office is registered.
    """
    office, period = members.get("office"), members.get("period")
    if office is not None and office not in record.cells.places().offices:
        raise MalformedParameter("no such office is registered")
    try:
        if path == REPORT:
            report = make_report(record.cells, office, period, checkpoint)
            return answer_report(report, _format(members, "json", "csv", "xlsx"))
        formulas = formulas_of(members.get("formulas") or DEFAULT_VERSION)
        if formulas is None:
            raise MalformedParameter(f"formulas is one of {', '.join(FORMULAS)}")
        index = make_index(record, formulas, office, period, checkpoint)
    except MalformedMoment as error:
        raise bad_period() from error
    return answer_index(index, _format(members, "json", "csv"))


def bad_period() -> MalformedParameter:
    """Give the refusal of a period that is none."""
    return MalformedParameter("period is a month (2026-09), a quarter (2026-Q3) or a year (2026)")


def answer_index(statistics: IndexStatistics, wanted: str) -> Answered:
    """Write the index as JSON, or as CSV with one row per indicator."""
    if wanted == "csv":
        columns = (*INDEX_COLUMNS, *AS_OF_COLUMNS)
        return Answered(render_csv(columns, _index_rows(statistics)), _CSV)
    return Answered(encode(statistics), JSON_MEDIA_TYPE)


def answer_report(report: Report, wanted: str) -> Answered:
    """Write the report as JSON, as CSV, or as a spreadsheet."""
    if wanted == "xlsx":
        return Answered(render_report(report), SHEET_MEDIA_TYPE)
    if wanted == "csv":
        columns = (*REPORT_COLUMNS, "note_vi", "note_en", *AS_OF_COLUMNS)
        return Answered(render_csv(columns, _report_rows(report)), _CSV)
    return Answered(encode(report), JSON_MEDIA_TYPE)


def _format(members: Members, *known: str) -> str:
    wanted = members.get("format", "json")
    if wanted not in known:
        raise MalformedParameter(f"format is {', '.join(known[:-1])} or {known[-1]}")
    return wanted


def _as_of(checkpoint: CheckpointReference, as_of: str, definition: str) -> dict[str, object]:
    return dict(zip(AS_OF_COLUMNS, as_of_values(checkpoint, as_of, definition), strict=True))


def _index_rows(statistics: IndexStatistics) -> Iterable[Mapping[str, object]]:
    whole = {
        "office": statistics.office,
        "period": statistics.period,
        "formula_version": statistics.formula_version,
        **_as_of(statistics.checkpoint, statistics.as_of, statistics.definition),
    }
    for one in statistics.indicators:
        missing = one.missing
        yield {
            **msgspec.structs.asdict(one),
            **whole,
            "name_vi": one.name.vi,
            "name_en": one.name.en,
            "missing_vi": None if missing is None else missing.vi,
            "missing_en": None if missing is None else missing.en,
        }
    for each in (*statistics.groups, statistics.total):
        yield {**msgspec.structs.asdict(each), **whole, "state": "sum"}


def _report_rows(report: Report) -> Iterable[Mapping[str, object]]:
    whole = {
        "form": report.form,
        "verified": report.verified,
        "office": report.office,
        "period": report.period,
        "note_vi": UNVERIFIED.vi,
        "note_en": UNVERIFIED.en,
        **_as_of(report.checkpoint, report.as_of, report.definition),
    }
    for row in (*report.rows, report.total):
        yield {**msgspec.structs.asdict(row), **whole}
