"""Rows of the table of problems about whoever copies and watches a log: what it stops at."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import ProblemType, alarm, row
from domain.errors import Sentence
from ledger.mirroring.continuing import LogShrank
from ledger.monitoring.state import MonitorStateMismatch

OBSERVING_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    LogShrank: alarm(
        "Nhật ký cho thấy ít mục hơn trước đây.",
        "The log shows fewer entries than it did before.",
    ),
    MonitorStateMismatch: row(
        HTTPStatus.CONFLICT,
        "Tệp trạng thái này là của một nhật ký khác.",
        "This file of a monitor's state is another log's.",
        Sentence("Hãy chọn tệp khác (--state).", "Name another file (--state)."),
    ),
}
