"""R32, two books: totals that somebody published, held against what the log says of the period.

The published document is an inspector's CSV or JSON, or the answer of a statistics server: a list
of figures, each with `office`, `procedure` and `period`, where `*` stands for all of them, and the
counts by their names. Ours are the months of `counts@v1`. Flows (received, resolved) add up over
months; what is carried over is the first month's, and what is pending the last one's.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from domain.calendars import Calendar, add_working_days
from domain.errors import CalendarHorizonPassed, MalformedDocument, Sentence
from projections.findings.cases import BEYOND_CALENDAR, NO_CALENDAR, case, explained, own
from projections.findings.shapes import Audience, Finding, Peers, Rule, Severity

ALL: Final = "*"
RECONCILIATION_WORKING_DAYS: Final = 5
MOST_FIGURES: Final = 100_000
MONTHS_PER_YEAR: Final = 12

_RESOLVED: Final = ("resolved_early", "resolved_on_time", "resolved_late")
_PENDING: Final = ("pending_in_time", "pending_overdue")
# By the name that a book may use: which of our counts it is the sum of.
COUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in ("received", "carried_over", *_RESOLVED, *_PENDING)},
    "resolved": _RESOLVED,
    "pending": _PENDING,
}
_KEYS: Final = ("office", "procedure", "period")
_PERIOD: Final = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])|-Q([1-4]))?")

_WINDOW: Final = case(
    "reconciliation_window",
    "Chưa quá 5 ngày làm việc kể từ khi kỳ kết thúc.",
    "The period ended no more than 5 working days ago.",
)
_OTHER_CUT: Final = case(
    "other_period",
    "Kỳ được công bố không phải là tháng, quý hay năm (chẳng hạn là toàn bộ lịch sử).",
    "The published period is no month, quarter or year, so it may be cut otherwise; all history "
    "is none either, since it ends at some moment.",
)


@dataclass(frozen=True, slots=True)
class BookFigure:
    """The counts of one office, procedure and period (`2026-11`, `2026-Q4` or `2026`)."""

    office: str
    procedure: str
    period: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Book:
    """Totals as they were published, and the SHA-256 of the document that they stand in."""

    sha256_hex: str
    figures: tuple[BookFigure, ...]


@dataclass(frozen=True, slots=True)
class Ours:
    """The months of `counts@v1` as of a checkpoint, whose seal's day and calendar are given."""

    figures: tuple[BookFigure, ...]
    tree_size: int
    root_base64: str
    sealed_on: date
    calendar: Calendar | None


class BookDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One count that was published otherwise than the log has it."""

    office: str
    procedure: str
    period: str
    count: str
    published: int
    ours: int


class MeasureDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a statistics answer that was published otherwise than the log has it.

    `measure` is where it stands in the answer; decimals are text, None is nothing measured.
    """

    office: str
    procedure: str
    period: str
    measure: str
    published: int | str | None
    ours: int | str | None


_Difference = BookDifference | MeasureDifference


class TwoBooks(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of R32: the document, the checkpoint, and every count that differs.

    `left_out` counts the published figures that were not compared, by the case's name; of a
    statistics answer, the numbers that it lacks, by their place. Without differences there is no
    finding. `address` and `measures` are those of a statistics answer.
    """

    document_sha256: str
    tree_size: int
    root: str
    compared: int
    differences: tuple[BookDifference, ...]
    left_out: Mapping[str, int]
    finding: Finding | None
    address: str | None = None
    measures: tuple[MeasureDifference, ...] = ()


def read_book(document: bytes, period: str | None = None) -> Book:
    """Read published totals, JSON or CSV with a header.

    Other members and columns are passed over; a figure without any count is none. With ``period``
    only that one's figures are read, and those that name none are of it.

    Raises:
        MalformedDocument: neither of both, or a figure without office, procedure and period, or a
            count that is no whole number.
    """
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedDocument("the published totals are no text") from error
    rows = _json_rows(text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text)
    if period is not None:
        rows = [{**row, "period": row.get("period") or period} for row in rows]
        rows = [row for row in rows if row["period"] == period]
    figures = [_figure(row) for row in rows]
    kept = tuple(figure for figure in figures if figure.counts)
    if not kept:
        raise MalformedDocument("the published totals hold no count that is known here")
    return Book(hashlib.sha256(document).hexdigest(), kept)


def _json_rows(text: str) -> Sequence[Mapping[str, Any]]:
    try:
        read = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MalformedDocument(f"the published totals are no JSON: {error}") from error
    if isinstance(read, dict):
        total = read.get("total")
        read = [*_list_of(read.get("figures")), *([total] if isinstance(total, dict) else [])]
    rows = _list_of(read)
    if len(rows) > MOST_FIGURES or not all(isinstance(row, dict) for row in rows):
        raise MalformedDocument(f"the published totals are at most {MOST_FIGURES} objects")
    return rows


def _list_of(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedDocument("figures: a list of objects")
    return value


def _csv_rows(text: str) -> Sequence[Mapping[str, Any]]:
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise MalformedDocument(f"the published totals are no CSV: {error}") from error
    if len(rows) > MOST_FIGURES:
        raise MalformedDocument(f"the published totals are at most {MOST_FIGURES} rows")
    return rows


def _figure(row: Mapping[str, Any]) -> BookFigure:
    keys = [row.get(name) for name in _KEYS]
    if not all(isinstance(key, str) and key for key in keys):
        raise MalformedDocument("each figure names its office, procedure and period")
    office, procedure, period = (str(key) for key in keys)
    counts = {name: _count(name, row[name]) for name in COUNTS if row.get(name) not in (None, "")}
    return BookFigure(office, procedure, period, counts)


def _count(name: str, value: object) -> int:
    if isinstance(value, str) and re.fullmatch("[0-9]{1,15}", value, re.ASCII):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise MalformedDocument(f"{name}: a whole number")


def compare_books(book: Book, ours: Ours) -> TwoBooks:
    """Hold each published count against ours of the same period.

    What the book leaves out is not compared: a book may be about one office alone.
    """
    left_out: dict[str, int] = {}
    differences: list[BookDifference] = []
    compared = 0
    for figure in book.figures:
        silent = _silence(figure, ours)
        if silent is not None:
            left_out[silent] = left_out.get(silent, 0) + 1
            continue
        compared += 1
        differences += _differences(figure, ours.figures)
    found = tuple(differences)
    return TwoBooks(
        document_sha256=book.sha256_hex,
        tree_size=ours.tree_size,
        root=ours.root_base64,
        compared=compared,
        differences=found,
        left_out=left_out,
        finding=_finding(book, ours, compared, found) if found else None,
    )


def own_book_differs(
    document: bytes, ours: Ours, compared: int, differences: Sequence[BookDifference]
) -> TwoBooks:
    """Make the evidence of a server's own counts at one checkpoint, which no window excuses."""
    assert differences
    whole = _at_one_checkpoint(document, ours, compared, differences)
    return msgspec.structs.replace(whole, differences=tuple(differences))


def answer_differs(
    document: bytes, address: str, ours: Ours, compared: int, measures: Sequence[MeasureDifference]
) -> TwoBooks:
    """Make the evidence of a published answer that differs from the log's at its own checkpoint.

    As of the same entries no window excuses it; ``compared`` counts the answer's numbers.
    """
    whole = _at_one_checkpoint(document, ours, compared, measures)
    return msgspec.structs.replace(whole, address=address, measures=tuple(measures))


def _at_one_checkpoint(
    document: bytes, ours: Ours, compared: int, found: Sequence[_Difference]
) -> TwoBooks:
    book = Book(hashlib.sha256(document).hexdigest(), ())
    return TwoBooks(
        document_sha256=book.sha256_hex,
        tree_size=ours.tree_size,
        root=ours.root_base64,
        compared=compared,
        differences=(),
        left_out={},
        finding=_finding(book, ours, compared, found) if found else None,
    )


def _silence(figure: BookFigure, ours: Ours) -> str | None:
    """Name the case in which a figure is not compared; None where it is."""
    last = _last_day(figure.period)
    if last is None:
        return _OTHER_CUT.name
    if ours.calendar is None:
        return NO_CALENDAR.name
    try:
        window = add_working_days(ours.calendar, last, RECONCILIATION_WORKING_DAYS)
    except CalendarHorizonPassed:
        return BEYOND_CALENDAR.name
    return _WINDOW.name if ours.sealed_on <= window else None


def _months(period: str) -> tuple[str, str] | None:
    """Give the first and the last month of a period; None where it is none of ours."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    year, month, quarter = match.groups()
    if month:
        return period, period
    last = MONTHS_PER_YEAR if quarter is None else 3 * int(quarter)
    first = 1 if quarter is None else last - 2
    return f"{year}-{first:02d}", f"{year}-{last:02d}"


def _last_day(period: str) -> date | None:
    months = _months(period)
    if months is None or months[1][:4] in ("0000", "9999"):
        return None
    year, month = int(months[1][:4]), int(months[1][5:])
    following = date(year + month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1)
    return following - timedelta(days=1)


def _differences(figure: BookFigure, figures: Sequence[BookFigure]) -> Iterator[BookDifference]:
    months = _months(figure.period)
    assert months is not None
    about = [each for each in figures if _is_about(each, figure)]
    for name, published in figure.counts.items():
        mine = sum(_sum(part, about, months) for part in COUNTS[name])
        if mine != published:
            yield BookDifference(
                office=figure.office,
                procedure=figure.procedure,
                period=figure.period,
                count=name,
                published=published,
                ours=mine,
            )


def _is_about(ours: BookFigure, figure: BookFigure) -> bool:
    return figure.office in (ALL, ours.office) and figure.procedure in (ALL, ours.procedure)


def _sum(name: str, figures: Iterable[BookFigure], months: tuple[str, str]) -> int:
    first, last = months
    holds: Callable[[str], bool] = lambda month: first <= month <= last  # noqa: E731
    if name == "carried_over":
        holds = first.__eq__
    elif name in _PENDING:
        holds = last.__eq__
    return sum(figure.counts.get(name, 0) for figure in figures if holds(figure.period))


def _finding(
    book: Book,
    ours: Ours,
    compared: int,
    differences: Sequence[_Difference],
) -> Finding:
    first = differences[0]
    differ = "figure differs" if len(differences) == 1 else "figures differ"
    name = first.count if isinstance(first, BookDifference) else first.measure
    reason = Sentence(
        f"{len(differences)} số liệu công bố khác với sổ cái; chẳng hạn {name} của "
        f"{first.office}, kỳ {first.period}: công bố {first.published}, sổ cái {first.ours}. Văn "
        f"bản có SHA-256 {book.sha256_hex}; điểm kiểm tra {ours.tree_size}.",
        f"{len(differences)} published {differ} from the ledger's; for example "
        f"{name} of {first.office}, {first.period}: published {first.published}, ledger "
        f"{first.ours}. The document's SHA-256 is {book.sha256_hex}; checkpoint {ours.tree_size}.",
    )
    offices = {difference.office for difference in differences}
    # The checkpoint's own seal stands for it among the entries.
    return R32.finding(
        f"book:{book.sha256_hex}",
        first.office if len(offices) == 1 else ALL,
        reason,
        (ours.tree_size - 1,),
        peers=Peers(
            group=Sentence("không so với nhóm nào", "compared with nobody"),
            n=compared,
            threshold="> 0",
            base_rate="-",
            observed=f"{len(differences)}",
        ),
    )


R32: Final = Rule(
    id="R32",
    version=1,
    severity=Severity.CRITICAL,
    name=Sentence("Hai sổ", "Two books"),
    looks_for=Sentence(
        "Số liệu tổng hợp được công bố ở nơi khác khác với số liệu tính từ sổ cái cho cùng kỳ.",
        "Totals that were published elsewhere differ from those of the ledger for the same period.",
    ),
    why=Sentence(
        "Có thể có hồ sơ ngoài sổ cái, hoặc số liệu báo cáo bị sửa.",
        "Dossiers may be kept outside of the ledger, or the reported figures were changed.",
    ),
    explanations=(
        explained(
            "Đang đối chiếu số liệu của kỳ vừa kết thúc.",
            "The figures of a period that has just ended are being reconciled.",
            _WINDOW.name,
        ),
        explained(
            "Kỳ báo cáo được cắt theo cách khác.",
            "The report's period is cut otherwise.",
            _OTHER_CUT.name,
        ),
        explained("Lệch múi giờ.", "A difference of time zones."),
    ),
    exclusions=(_WINDOW,),
    abstentions=(_OTHER_CUT, NO_CALENDAR, BEYOND_CALENDAR),
    thresholds=(
        own(
            "Bất kỳ khác biệt nào sau 5 ngày làm việc.",
            "Any difference after 5 working days.",
        ),
    ),
    audience=Audience.PUBLIC_ALARM,
)
