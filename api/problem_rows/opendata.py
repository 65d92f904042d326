"""Rows of the table of problems about open data, feeds and daily editions."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api import errors as api_errors
from api.problem_rows.shapes import ProblemType, alarm, row
from domain.errors import Sentence
from projections.editions import errors as edition_errors
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
    edition_errors.NoEdition: row(
        HTTPStatus.NOT_FOUND,
        "Không có bản số liệu thống kê của ngày này, hoặc bản của ngày này không có tệp đó.",
        "There is no edition of the statistics of this day, or no such file in it.",
        Sentence(
            "Ngày không có gì công bố thì bản trước vẫn còn hiệu lực; một ngày chỉ có bản riêng "
            "sau khi công bố điểm chốt được niêm phong sau ngày đó. Các bản nằm ở "
            "/v1/statistics/editions.",
            "Where nothing was published, the edition before still stands; a day has its own once "
            "a checkpoint sealed after its end is published. All of them are listed at "
            "/v1/statistics/editions.",
        ),
    ),
    edition_errors.EditionDiffers: alarm(
        "Bản số liệu thống kê này không khớp với nhật ký.",
        "This edition of the statistics does not agree with the log.",
    ),
}
