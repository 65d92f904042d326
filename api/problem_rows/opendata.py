"""Rows of the table of problems about open data and feeds."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api import errors as api_errors
from api.problem_rows.shapes import ProblemType, row
from domain.errors import Sentence
from projections.opendata import errors as data_errors

OPEN_DATA_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    api_errors.TooManyListeners: row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Đã có quá nhiều người theo dõi luồng sự kiện.",
        "As many listen to the feed already as the server bears.",
        Sentence(
            "Hãy thử lại sau, hoặc đọc luồng Atom tại /v1/feeds/entries.atom.",
            "Try again later, or read the Atom feed at /v1/feeds/entries.atom.",
        ),
    ),
    data_errors.FormNotInstalled: row(
        HTTPStatus.NOT_IMPLEMENTED,
        "Máy chủ này không tạo được tệp Parquet.",
        "This server cannot write Parquet.",
        Sentence(
            "Hãy tải CSV hoặc JSON Lines: cùng các dòng đó.",
            "Take CSV or JSON Lines: they hold the same rows.",
        ),
    ),
}
