"""The datasets of figures: counts and durations per office, procedure and month.

Their meanings are those of `counts@v1` and `durations@v1`. Where the figures come from stands
behind a port, so that they may be folded from all dossiers or read from kept cells.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import msgspec

from domain.errors import Sentence
from projections import counts, durations
from projections.counts import Figure
from projections.durations import Duration
from projections.opendata.shapes import ColumnType, Dataset, Row, column
from projections.reading import read_counts, read_durations
from projections.views import ViewReader

_PLACE: Final = (
    column("office", ColumnType.TEXT, "Mã cơ quan.", "Id of the office."),
    column("procedure", ColumnType.TEXT, "Mã thủ tục.", "Code of the procedure."),
    column(
        "period",
        ColumnType.MONTH,
        "Tháng theo múi giờ của cơ quan.",
        "Month in the office's time zone.",
    ),
)
_KEY: Final = ("office", "procedure", "period")
_ORDER: Final = Sentence("Theo cơ quan, thủ tục, tháng.", "By office, procedure and month.")

COUNTS: Final = Dataset(
    name="counts",
    definition=counts.DEFINITION,
    title=Sentence("Số lượng hồ sơ theo tháng", "Counts of dossiers by month"),
    meaning=Sentence(
        "Tiếp nhận, đã giải quyết, đang giải quyết. Tồn đầu kỳ + tiếp nhận = đã giải quyết + đang "
        "giải quyết. Hồ sơ được che không có ở đây.",
        "Received, resolved and pending. Carried over + received = resolved + pending. Veiled "
        "dossiers are not in it.",
    ),
    order=_ORDER,
    columns=(
        *_PLACE,
        column("received", ColumnType.INTEGER, "Tiếp nhận trong tháng.", "Accepted in the month."),
        column(
            "resolved_early",
            ColumnType.INTEGER,
            "Giải quyết xong trước hạn.",
            "Ended before the due day.",
        ),
        column(
            "resolved_on_time",
            ColumnType.INTEGER,
            "Giải quyết xong đúng hạn.",
            "Ended on the due day, or without a due date.",
        ),
        column(
            "resolved_late",
            ColumnType.INTEGER,
            "Giải quyết xong quá hạn.",
            "Ended after the due date.",
        ),
        column(
            "pending_in_time",
            ColumnType.INTEGER,
            "Đang giải quyết, còn hạn vào cuối tháng.",
            "Pending and not overdue at the month's end.",
        ),
        column(
            "pending_overdue",
            ColumnType.INTEGER,
            "Đang giải quyết, quá hạn vào cuối tháng.",
            "Pending and overdue at the month's end.",
        ),
        column(
            "carried_over",
            ColumnType.INTEGER,
            "Tồn từ tháng trước.",
            "Pending at the end of the month before.",
        ),
    ),
    key=_KEY,
)

DURATIONS: Final = Dataset(
    name="durations",
    definition=durations.DEFINITION,
    title=Sentence("Thời gian giải quyết theo tháng", "Durations by month"),
    meaning=Sentence(
        "Hồ sơ đã giải quyết xong trong tháng mất bao lâu, kể cả và không kể thời gian chờ người "
        "nộp; tính bằng giây.",
        "How long the dossiers resolved in a month took, with and without the waits for the "
        "applicant, in seconds.",
    ),
    order=_ORDER,
    columns=(
        *_PLACE,
        column(
            "resolved",
            ColumnType.INTEGER,
            "Số hồ sơ đã giải quyết xong và đo được; không kể hồ sơ kết thúc trước khi tiếp nhận.",
            "How many resolved dossiers were measured: none that ended before its acceptance.",
        ),
        column(
            "gross_median_seconds",
            ColumnType.INTEGER,
            "Trung vị, kể cả thời gian chờ.",
            "Median, waits included.",
        ),
        column(
            "gross_p90_seconds",
            ColumnType.INTEGER,
            "Phân vị 90, kể cả thời gian chờ.",
            "90th percentile, waits included.",
        ),
        column(
            "net_median_seconds",
            ColumnType.INTEGER,
            "Trung vị, không kể thời gian chờ.",
            "Median without the waits.",
        ),
        column(
            "net_p90_seconds",
            ColumnType.INTEGER,
            "Phân vị 90, không kể thời gian chờ.",
            "90th percentile without the waits.",
        ),
    ),
    key=_KEY,
)


class FigureSource(Protocol):
    """Where monthly figures come from, in the order of office, procedure and month."""

    def counts(self) -> Iterable[Figure]:
        """Give the counts of every office, procedure and month."""

    def durations(self) -> Iterable[Duration]:
        """Give the durations of every office, procedure and month."""


class FoldedFigures:
    """Figures folded from all dossiers of the views, as of the views' checkpoint."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    def counts(self) -> Iterable[Figure]:
        """Give the counts of every office, procedure and month."""
        statistics = read_counts(self._reader)
        return () if statistics is None else statistics.figures

    def durations(self) -> Iterable[Duration]:
        """Give the durations of every office, procedure and month."""
        statistics = read_durations(self._reader, by_period=True)
        return () if statistics is None else statistics.durations


def count_rows(source: FigureSource) -> Iterator[Row]:
    """Give the rows of `COUNTS`."""
    return map(msgspec.structs.asdict, source.counts())


def duration_rows(source: FigureSource) -> Iterator[Row]:
    """Give the rows of `DURATIONS`."""
    return map(msgspec.structs.asdict, source.durations())
