"""What figures of `editions@v3` mean besides those of the first list: ratings, and what is revised.

A measure of the revisions begins with the name that stands here after `revised.`. Ratings are
those of `projections.tallies.ratings`, which says what no figure can tell of anybody.
"""

from typing import Final

from projections.editions.definitions.earlier import DEFINITIONS, define
from projections.editions.shapes import Definition


def _revised(theme: str, names: tuple[str, str], file: str, more: tuple[str, str]) -> Definition:
    """Define a theme whose months are compared, of the whole ledger and of each office."""
    address = f"/v1/statistics/{theme}?by=office,period"
    vi = f"Như trong tệp {file}; của từng cơ quan như {address} trả lời. {more[0]}"
    en = f"As in the file {file}; of each office as {address} answers. {more[1]}"
    return define(f"revised.{theme}", (names[0], vi), (names[1], en))


_AFTER_THE_DOT: Final = (
    "Phần sau dấu chấm là tên trong tệp đó.",
    "What follows the dot is its name there.",
)

THIRD_DEFINITIONS: Final = (
    *DEFINITIONS,
    define(
        "ratings",
        (
            "Đánh giá hài lòng",
            "Cộng từ các bảng tổng hợp hằng tháng, mỗi ô ít nhất mười lượt và không bao giờ bị "
            "chia; lượt đánh giá thuộc tháng của bảng đã đếm nó. Phần không tách được theo cơ quan "
            "hay giai đoạn được nêu riêng.",
        ),
        (
            "Ratings",
            "Added up from the monthly tallies, whose cells hold ten or more each and are never "
            "divided; a rating stands in the month whose tally counts it. What cannot be told "
            "apart by office or stage is said beside.",
        ),
    ),
    _revised(
        "timeliness",
        ("Đúng hạn theo tháng", "On time by month"),
        "timeliness-by-month.json",
        _AFTER_THE_DOT,
    ),
    _revised(
        "backlog",
        ("Tồn đọng cuối tháng", "Pending at the month's end"),
        "backlog.json",
        _AFTER_THE_DOT,
    ),
    _revised(
        "steps",
        ("Thời gian từng giai đoạn theo tháng", "Time per stage by month"),
        "steps-by-month.json",
        (
            "Sau dấu chấm là giai đoạn, rồi tên trong tệp.",
            "After the dot stand the stage and its name there.",
        ),
    ),
    _revised(
        "visits",
        ("Số lần đến theo tháng", "Visits by month"),
        "visits-by-month.json",
        _AFTER_THE_DOT,
    ),
    _revised(
        "fees",
        ("Phí, lệ phí theo tháng", "Fees by month"),
        "fees-by-month.json",
        ("Tiền tính bằng đồng.", "Amounts are in VND."),
    ),
    define(
        "revised.petitions",
        (
            "Phản ánh, kiến nghị, khiếu nại đã nộp",
            "Số đã nộp trong tháng, như trong tệp petitions.json, nơi nhóm dưới mười đứng dưới cơ "
            "quan cấp trên; sau dấu chấm là loại.",
        ),
        (
            "Petitions filed",
            "How many were filed in the month, as in the file petitions.json, where groups of less "
            "than ten stand under an office above; after the dot stands the track.",
        ),
    ),
    _revised(
        "ratings",
        ("Đánh giá hài lòng theo tháng", "Ratings by month"),
        "ratings-by-month.json",
        (
            "Tháng chỉ được so khi bản trước đã có bảng tổng hợp của tháng đó.",
            "A month is compared once the edition before had its tally.",
        ),
    ),
)
