"""Ratings as they are published, `ratings@v1`: the shapes of an answer, and what its codes mean.

What the numbers mean says `projections.tallies.ratings`.
"""

from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.statistics.by_acts.grouping import Words

DEFINITION: Final = "ratings@v1"

NO_RATINGS: Final = "no_ratings"
NONE_PLACED: Final = "none_placed"
NOT_SHOWN: Final = "marks_not_shown"
NOT_OF_ENDED: Final = "stage_not_of_ended"
TOO_FEW_ENDED: Final = "too_few_ended"
RATING_WORDS: Final = (
    Words(
        code="overall",
        vi="Đánh giá chung, từ 1 (kém nhất) đến 5; không hài lòng là 1 hoặc 2",
        en="Overall, 1 (worst) to 5; dissatisfied is 1 or 2",
    ),
    Words(
        code="contacts",
        vi="Số lần phải liên hệ để hoàn chỉnh hồ sơ: 2 là không lần nào, 1 là một lần, 0 là hơn",
        en="Contacts needed to complete the dossier: 2 is none, 1 is one, 0 is more",
    ),
    Words(
        code="agencies",
        vi="Số cơ quan phải liên hệ: 2 là không, 1 là một cơ quan, 0 là hơn",
        en="Agencies to contact: 2 is none, 1 is one, 0 is more",
    ),
    Words(
        code="attitude",
        vi="Thái độ phục vụ, từ 0 (kém nhất) đến 2",
        en="Attitude, 0 (worst) to 2",
    ),
    Words(
        code="unofficial_cost",
        vi="Chi phí ngoài quy định: có, không, từ chối trả lời",
        en="Costs outside the law: yes, no, no answer given",
    ),
    Words(
        code=NOT_SHOWN,
        vi="Không hiện: mỗi ô có ít hơn mười người trả lời, hoặc ít hơn ba người trả lời khác",
        en="Not shown: in each cell fewer than ten answered, or fewer than three otherwise",
    ),
    Words(
        code="ended_dossiers",
        vi="Hồ sơ công khai kết thúc trong những tháng của kỳ mà câu trả lời có bảng tổng hợp",
        en="Open dossiers that ended in those months of the period that have a tally here",
    ),
    Words(
        code="ratings_per_10000_ended",
        vi="Số lượt đánh giá trên mười nghìn hồ sơ đó; không phải tỷ lệ người đánh giá",
        en="Ratings for each ten thousand of them; no share of people",
    ),
    Words(
        code=NOT_OF_ENDED,
        vi="Giai đoạn này không chỉ có ở hồ sơ đã kết thúc, nên không có mẫu số công khai",
        en="The stage is not one of ended dossiers alone, so nothing public to divide by",
    ),
    Words(
        code=NO_RATINGS,
        vi="Chưa có đánh giá nào thuộc phạm vi được hỏi được tổng hợp",
        en="No rating of what is asked was counted",
    ),
    Words(
        code=NONE_PLACED,
        vi="Có đánh giá được tổng hợp, nhưng không xếp được lượt nào vào phạm vi được hỏi",
        en="Ratings were counted, and none could be placed in what is asked",
    ),
    Words(
        code=TOO_FEW_ENDED,
        vi="Ít hơn mười hồ sơ công khai kết thúc trong những tháng của kỳ có bảng tổng hợp",
        en="Fewer than ten open dossiers ended in those months of the period that have a tally",
    ),
    Words(
        code="not_placed",
        vi="Đứng trong ô quá thô (đã gộp để không lộ một ai) nên không chia được như yêu cầu",
        en="In cells too coarse (rolled up so that nobody is singled out) to be divided as asked",
    ),
)


class OverallMarks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The overall marks in the cells that show them, which hold `of_ratings`; else `missing`.

    `satisfied` answered 3 or more; its share is in hundredths of a percent, halves up.
    """

    of_ratings: int
    answered: int
    mark_1: int | None
    mark_2: int | None
    mark_3: int | None
    mark_4: int | None
    mark_5: int | None
    satisfied: int | None
    satisfied_per_10000: int | None
    missing: str | None


class PointMarks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The points of one question in the cells that show it, which hold `of_ratings`."""

    of_ratings: int
    answered: int
    points_0: int | None
    points_1: int | None
    points_2: int | None
    missing: str | None


class CostMarks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was answered about costs outside the law, in the cells that show it."""

    of_ratings: int
    answered: int
    yes: int | None
    no: int | None
    refuse: int | None
    missing: str | None


class RatingFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The ratings of one group and period; `*` where groups or periods are not told apart.

    `ended_dossiers` are open ones that ended in those months of the period whose tally is among the
    answer's `tallies`; where they are null, `response_missing` says why.
    """

    office: str
    procedure: str
    field: str | None
    stage: str
    period: str
    ratings: int
    ended_dossiers: int | None
    ratings_per_10000_ended: int | None
    response_missing: str | None
    overall: OverallMarks
    contacts: PointMarks
    agencies: PointMarks
    attitude: PointMarks
    unofficial_cost: CostMarks


class NotPlaced(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Ratings in cells too coarse to be placed, and under which office, if that is asked for.

    With `below` they are of offices under it; without an office, of any. `in_total` tells that
    they are asked for and only cannot be told apart.
    """

    office: str | None
    below: bool
    period: str
    in_total: bool
    ratings: int


class TallyUsed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One tally that an answer rests on, and what its entry says."""

    month: str
    entry_index: int
    document: str
    envelopes: int
    counted: int
    withheld: int


class RatingSums(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the ratings of an answer add up to; `withheld` wait for a later tally."""

    placed: int
    not_placed: int
    elsewhere: int
    counted: int
    counted_before: int
    withheld: int
    envelopes: int


class RatingsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A query as an answer repeats it."""

    office: str | None
    subtree: bool
    level: str | None
    procedure: str | None
    field: str | None
    stage: str | None
    period: str
    granularity: str
    by: tuple[str, ...]


class RatingStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Ratings as they are published; ``words`` says what codes mean."""

    asked: RatingsAsked
    figures: tuple[RatingFigure, ...]
    total: RatingFigure
    not_placed: tuple[NotPlaced, ...]
    sums: RatingSums
    tallies: tuple[TallyUsed, ...]
    least_ratings: int
    words: tuple[Words, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION
