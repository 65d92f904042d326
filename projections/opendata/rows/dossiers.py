"""The dataset of dossiers: one row per open dossier, with everything that its figures are made of.

Days are those of the office's time zone, so whoever computes figures from this table needs no
table of time zones, and two engines that know other ones still agree. What a dossier adds to how
many are overdue (`counts@v1`) stands as months: at the end of the first of ``overdue_from`` it is
overdue, at the end of the first of ``overdue_until`` it no more is, and so on by turns; a month
that is not over ends at the checkpoint.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from domain.dossiers import Dossier, Halt, Outcome, Status, Wait
from domain.errors import Sentence
from domain.figures import gross_duration_seconds, net_duration_seconds
from domain.moments import Moment, render_moment, time_zone
from ledger.errors import StoreCorrupt
from projections.counts import open_row
from projections.dossier_rows import DossierRow
from projections.opendata.shapes import Column, ColumnType, Dataset, Row, column, optional
from projections.statistics.being_ahead import ahead_of, moves_of
from projections.statistics.measures import OVERDUE, contribution_of
from projections.statistics.periods import Granularity

_ISSUED: Final = frozenset({Status.PROCESSED, Status.RESULT_RETURNED})
_NO_RESULT: Final = frozenset({Outcome.WITHDRAWN, Outcome.STOPPED, Outcome.NOT_ACCEPTED})

_WHOSE: Final[tuple[Column, ...]] = (
    column("stream", ColumnType.TEXT, "Dòng sự kiện của hồ sơ.", "The dossier's stream."),
    column("office", ColumnType.TEXT, "Cơ quan tiếp nhận.", "The office that took it in."),
    column("procedure", ColumnType.TEXT, "Mã thủ tục.", "Code of the procedure."),
    optional(
        "procedure_version",
        ColumnType.INTEGER,
        "Phiên bản thủ tục được áp dụng.",
        "The version of the procedure by which it is judged.",
    ),
    column("channel", ColumnType.TEXT, "Kênh nộp.", "The channel it came by."),
    column("status", ColumnType.INTEGER, "Trạng thái chính thức, từ 1 đến 10.", "Status, 1 to 10."),
    optional("outcome", ColumnType.TEXT, "Kết quả.", "How it ended."),
    column("imported", ColumnType.BOOLEAN, "Nhập từ hệ thống khác.", "Brought by an import."),
)
_WHEN: Final[tuple[Column, ...]] = (
    column("submitted_at", ColumnType.MOMENT, "Khi nào được nộp.", "When it was handed in."),
    optional("accepted_at", ColumnType.MOMENT, "Khi nào được tiếp nhận.", "When it was accepted."),
    optional("due", ColumnType.MOMENT, "Thời hạn giải quyết.", "When the legal limit ends."),
    optional("appointment", ColumnType.MOMENT, "Ngày hẹn trả.", "The appointment on the slip."),
    optional("ended_at", ColumnType.MOMENT, "Khi nào xử lý xong.", "When processing ended."),
    optional("returned_at", ColumnType.MOMENT, "Khi nào trả kết quả.", "When it was handed out."),
    optional(
        "received_on",
        ColumnType.DAY,
        "Ngày tiếp nhận theo múi giờ của cơ quan.",
        "Day of the acceptance in the office's time zone.",
    ),
    optional(
        "due_on",
        ColumnType.DAY,
        "Ngày hết hạn theo múi giờ của cơ quan.",
        "Day on which the limit ends, in the office's time zone.",
    ),
    optional(
        "ended_on",
        ColumnType.DAY,
        "Ngày xử lý xong theo múi giờ của cơ quan.",
        "Day of the end in the office's time zone.",
    ),
    optional(
        "accepted_unix_seconds",
        ColumnType.INTEGER,
        "Thời điểm tiếp nhận tính bằng giây từ 1970; trống nếu chỉ biết ngày.",
        "Instant of the acceptance in seconds since 1970; empty where only the day is known.",
    ),
    optional(
        "ended_unix_seconds",
        ColumnType.INTEGER,
        "Thời điểm xử lý xong tính bằng giây từ 1970; trống nếu chỉ biết ngày.",
        "Instant of the end in seconds since 1970; empty where only the day is known.",
    ),
    column(
        "as_of_on",
        ColumnType.DAY,
        "Ngày của điểm chốt theo múi giờ của cơ quan.",
        "Day of the checkpoint in the office's time zone.",
    ),
)
_WHAT: Final[tuple[Column, ...]] = (
    optional(
        "gross_seconds",
        ColumnType.INTEGER,
        "Từ tiếp nhận đến xử lý xong, giây; trống nếu kết thúc được ghi trước khi tiếp nhận.",
        "From acceptance to end, in seconds; empty where the end lies before the acceptance.",
    ),
    optional(
        "net_seconds",
        ColumnType.INTEGER,
        "Như trên, không kể thời gian chờ người nộp.",
        "The same without the waits for the applicant.",
    ),
    column(
        "supplement_requests",
        ColumnType.INTEGER,
        "Số lần yêu cầu bổ sung.",
        "How often papers were asked for.",
    ),
    column("apologies", ColumnType.INTEGER, "Số lần xin lỗi.", "How many apologies were given."),
    column(
        "waits",
        ColumnType.WORDS,
        "Những lần chờ người nộp: loại/từ/đến.",
        "The waits for the applicant: kind/since/until.",
    ),
    column(
        "halts",
        ColumnType.WORDS,
        "Những lần tạm dừng khác: loại/từ/đến.",
        "Other rests: kind/since/until.",
    ),
    column(
        "has_result",
        ColumnType.BOOLEAN,
        "Kết thúc bằng một kết quả giải quyết.",
        "Whether it ended with a result.",
    ),
    column(
        "overdue_from",
        ColumnType.WORDS,
        "Các tháng mà đến cuối tháng thì bắt đầu quá hạn.",
        "Months at whose end it is overdue and was not at the end of the month before.",
    ),
    column(
        "overdue_until",
        ColumnType.WORDS,
        "Các tháng mà đến cuối tháng thì không còn quá hạn.",
        "Months at whose end it is overdue no more.",
    ),
)

DOSSIERS: Final = Dataset(
    name="dossiers",
    definition="dossiers@v1",
    title=Sentence("Hồ sơ", "Dossiers"),
    meaning=Sentence(
        "Mỗi hồ sơ là một dòng, như tại điểm chốt. Hồ sơ được che không có ở đây.",
        "One row per dossier as it stands at the checkpoint. Veiled dossiers are not in it.",
    ),
    order=Sentence("Theo mã dòng sự kiện.", "By stream."),
    columns=(*_WHOSE, *_WHEN, *_WHAT),
    key=("stream",),
)


def dossier_rows(
    rows: Iterable[DossierRow], zones: Mapping[str, str], as_of: datetime
) -> Iterator[Row]:
    """Give the rows of `DOSSIERS`, in the order in which the dossiers come.

    Raises:
        StoreCorrupt: a row does not hold a dossier of a registered office.
    """
    for row in rows:
        zone = zones.get(row.office)
        if zone is None:
            raise StoreCorrupt(f"the row of {row.stream} names an office that is not registered")
        yield dossier_row(row, open_row(row), zone, as_of)


def dossier_row(row: DossierRow, dossier: Dossier, zone: str, as_of: datetime) -> Row:
    """Give the row of one dossier; ``zone`` is its office's."""
    begins, ceases = overdue_months(dossier, zone, as_of)
    return {
        "stream": row.stream,
        "office": row.office,
        "procedure": row.procedure,
        "procedure_version": row.procedure_version,
        "channel": row.channel,
        "status": row.status,
        "outcome": row.outcome,
        "imported": row.imported,
        **_moments(row, dossier, zone),
        "as_of_on": as_of.astimezone(time_zone(zone)).date(),
        "gross_seconds": gross_duration_seconds(dossier, zone),
        "net_seconds": net_duration_seconds(dossier, zone),
        "supplement_requests": row.supplement_requests,
        "apologies": row.apologies,
        "waits": tuple(map(_stretch, dossier.waits)),
        "halts": tuple(map(_stretch, dossier.halts)),
        "has_result": has_result(dossier),
        "overdue_from": begins,
        "overdue_until": ceases,
    }


def _moments(row: DossierRow, dossier: Dossier, zone: str) -> Row:
    accepted, ended, due = dossier.accepted_at, dossier.ended_at, dossier.due
    due_moment = None if due is None else Moment(instant=due.instant, day=due.day)
    return {
        "submitted_at": row.submitted_at,
        "accepted_at": row.accepted_at,
        "due": row.due,
        "appointment": row.appointment,
        "ended_at": row.ended_at,
        "returned_at": row.returned_at,
        "received_on": None if accepted is None else accepted.day_in(zone),
        "due_on": None if due_moment is None else due_moment.day_in(zone),
        "ended_on": None if ended is None else ended.day_in(zone),
        "accepted_unix_seconds": _unix_seconds(accepted),
        "ended_unix_seconds": _unix_seconds(ended),
    }


def overdue_months(
    dossier: Dossier, zone: str, as_of: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the months at whose ends it begins, and ceases, to be counted as overdue."""
    moves: Counter[str] = Counter()
    contribution = contribution_of(dossier, zone)
    if contribution is None:
        return (), ()
    for change in contribution.changes:
        if change.measure == OVERDUE and change.at <= as_of:
            local = change.at.astimezone(time_zone(zone)).date()
            moves[local.isoformat()[:7]] += change.delta
    ahead = ahead_of(dossier, zone, as_of)
    if ahead is not None:
        for month, measure, delta in moves_of(ahead, Granularity.MONTH):
            if measure == OVERDUE:
                moves[month] += delta
    assert all(abs(delta) <= 1 for delta in moves.values())
    months = sorted(moves)
    return (
        tuple(month for month in months if moves[month] > 0),
        tuple(month for month in months if moves[month] < 0),
    )


def has_result(dossier: Dossier) -> bool:
    """Tell whether a dossier ended with a result."""
    return (
        dossier.ended_at is not None
        and dossier.status in _ISSUED
        and dossier.outcome not in _NO_RESULT
    )


def _stretch(stretch: Wait | Halt) -> str:
    until = "" if stretch.until is None else render_moment(stretch.until)
    return f"{stretch.kind.value}/{render_moment(stretch.since)}/{until}"


def _unix_seconds(moment: Moment | None) -> int | None:
    if moment is None or moment.instant is None:
        return None
    return int(moment.instant.timestamp())
