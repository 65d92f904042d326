"""The dataset of ratings: one row per cell of the monthly tallies, as their documents have them.

A cell holds ten ratings or more and is never divided (`domain.tallies`), so whatever is added or
subtracted here is a union of cells. Nothing stands here that the tallies do not say: every figure
of `ratings@v1` without a choice of offices, fields or procedures is a sum of rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from domain.errors import Sentence
from domain.tallies import Cell
from projections.opendata.shapes import Column, ColumnType, Dataset, Row, column, optional
from projections.tallies.published import RatingTally, check_whole
from projections.tallies.ratings import cells_of

# The questions of a tally, and a column for each value that can be answered, the lowest first.
MARKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "overall": tuple(f"overall_mark_{mark}" for mark in range(1, 6)),
        "contacts": tuple(f"contacts_points_{points}" for points in range(3)),
        "agencies": tuple(f"agencies_points_{points}" for points in range(3)),
        "attitude": tuple(f"attitude_points_{points}" for points in range(3)),
        "unofficial_cost": tuple(f"unofficial_cost_{said}" for said in ("yes", "no", "refuse")),
    }
)
_QUESTIONS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "overall": Sentence("Đánh giá chung", "Overall"),
        "contacts": Sentence("Số lần phải liên hệ", "Contacts needed"),
        "agencies": Sentence("Số cơ quan phải liên hệ", "Agencies to contact"),
        "attitude": Sentence("Thái độ phục vụ", "Attitude"),
        "unofficial_cost": Sentence("Chi phí ngoài quy định", "Costs outside the law"),
    }
)
_ANSWERS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "yes": Sentence("có", "yes"),
        "no": Sentence("không", "no"),
        "refuse": Sentence("từ chối trả lời", "no answer given"),
    }
)

_WHERE: Final[tuple[Column, ...]] = (
    column(
        "period",
        ColumnType.MONTH,
        "Tháng của bảng tổng hợp; có lượt được đánh giá từ tháng trước.",
        "Month of the tally; some of its ratings were given in months before.",
    ),
    column(
        "entry_index",
        ColumnType.INTEGER,
        "Số thứ tự mục của bảng tổng hợp trong nhật ký.",
        "Index of the tally's entry in the log.",
    ),
    column(
        "document",
        ColumnType.TEXT,
        "SHA-256 của bảng tổng hợp, dạng hex; đọc tại /documents/<hex>.",
        "SHA-256 of the tally's document in hex; served at /documents/<hex>.",
    ),
    column(
        "number",
        ColumnType.INTEGER,
        "Thứ tự của ô trong bảng, từ 1.",
        "Place of the cell among the tally's, from 1.",
    ),
    optional(
        "office",
        ColumnType.TEXT,
        "Cơ quan; trống nếu ô không nói cơ quan nào.",
        "Office; empty where the cell names none.",
    ),
    column(
        "below",
        ColumnType.BOOLEAN,
        "Đúng nếu là các cơ quan cấp dưới của cơ quan đó, phần không có ô riêng.",
        "Whether it is the offices under that one, as far as no other cell counts them.",
    ),
    optional(
        "procedure",
        ColumnType.TEXT,
        "Mã thủ tục; trống nếu ô gộp nhiều thủ tục.",
        "Code of the procedure; empty where the cell leaves it open.",
    ),
    optional(
        "field",
        ColumnType.TEXT,
        "Lĩnh vực, khi ô gộp các thủ tục của một lĩnh vực.",
        "Field, where the cell joins the procedures of one.",
    ),
    optional(
        "stage",
        ColumnType.TEXT,
        "Giai đoạn được đánh giá; trống nếu ô gộp các giai đoạn.",
        "The stage that was rated; empty where the cell leaves it open.",
    ),
    column(
        "ratings",
        ColumnType.INTEGER,
        "Số lượt đánh giá trong ô, ít nhất mười.",
        "Ratings in the cell, ten or more.",
    ),
)


def _mark_column(question: str, name: str) -> Column:
    value = name.removeprefix(f"{question}_")
    points = value.rpartition("_")[2]
    answer = _ANSWERS.get(value, Sentence(f"mức {points}", f"mark {points}"))
    asked = _QUESTIONS[question]
    return optional(
        name,
        ColumnType.INTEGER,
        f"{asked.vi}, số trả lời {answer.vi}; trống nếu ô không hiện câu hỏi này.",
        f"{asked.en}, how many answered {answer.en}; empty where the cell does not show it.",
    )


RATING_CELLS: Final = Dataset(
    name="rating_cells",
    definition="rating_cells@v1",
    title=Sentence("Đánh giá hài lòng theo ô", "Ratings by cell"),
    meaning=Sentence(
        "Mỗi ô của các bảng tổng hợp đánh giá hằng tháng là một dòng, ít nhất mười lượt; ô nhỏ hơn "
        "đã gộp để không lộ một ai. Câu hỏi có ít hơn mười người trả lời, hoặc ít hơn ba người trả "
        "lời khác, thì không hiện.",
        "One row per cell of the monthly tallies of ratings, ten or more in each: smaller ones "
        "were joined so that nobody is singled out. A question that fewer than ten answered, or "
        "fewer than three otherwise than the most, is not shown.",
    ),
    order=Sentence(
        "Theo số thứ tự mục của bảng tổng hợp, rồi thứ tự ô.",
        "By the tally's entry index, then as the cells stand in it.",
    ),
    columns=(
        *_WHERE,
        *(_mark_column(question, name) for question, names in MARKS.items() for name in names),
    ),
    key=("entry_index", "number"),
)


def rating_cell_rows(tallies: Iterable[RatingTally]) -> Iterator[Row]:
    """Give the rows of `RATING_CELLS`, in the order in which the tallies come.

    Raises:
        StoreUnavailable: the document of a tally is missing.
    """
    for tally in tallies:
        check_whole((tally,))
        for number, cell in enumerate(cells_of(tally), 1):
            yield rating_cell_row(tally, number, cell)


def rating_cell_row(tally: RatingTally, number: int, cell: Cell) -> Row:
    """Give the row of one cell, which is the tally's of that number."""
    return {
        "period": tally.month,
        "entry_index": tally.entry_index,
        "document": tally.facts.document,
        "number": number,
        "office": cell.office,
        "below": cell.below,
        "procedure": cell.procedure,
        "field": cell.field,
        "stage": None if cell.stage is None else cell.stage.value,
        "ratings": cell.count,
        **_marks(cell),
    }


def _marks(cell: Cell) -> Row:
    return {
        name: count
        for question, names in MARKS.items()
        for name, count in zip(names, cell.marks.get(question, (None,) * len(names)), strict=True)
    }
