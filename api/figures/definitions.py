"""What each definition of a public figure is called, and where it is answered.

An answer names its definition; `docs/statistics.md` holds this table, and a test compares the two.
"""

from dataclasses import dataclass
from typing import Final

from api.figures.asking import (
    BACKLOG,
    COMPARISON,
    COUNTS,
    DURATIONS,
    FEES,
    PETITIONS,
    RATINGS,
    STEPS,
    TIMELINESS,
    VEILED,
    VISITS,
)
from api.figures.indexing import INDEX, REPORT
from domain.errors import Sentence
from projections.counts import DEFINITION as COUNTS_1
from projections.durations import DEFINITION as DURATIONS_1
from projections.index766.answers import DEFINITION as INDEX_1
from projections.index766.report import DEFINITION as REPORT_1
from projections.petitions.figures import DEFINITION as PETITIONS_1
from projections.statistics.backlog import DEFINITION as BACKLOG_1
from projections.statistics.by_acts.fee_figures import DEFINITION as FEES_1
from projections.statistics.by_acts.step_figures import DEFINITION as STEPS_1
from projections.statistics.by_acts.visit_figures import DEFINITION as VISITS_1
from projections.statistics.comparing_offices import DEFINITION as COMPARISON_1
from projections.statistics.counting import DEFINITION as COUNTS_2
from projections.statistics.judging import DEFINITION as TIMELINESS_1
from projections.statistics.lasting import DEFINITION as DURATIONS_2
from projections.tallies.rating_shapes import DEFINITION as RATINGS_1
from projections.veiled.counts import DEFINITION as VEILED_1


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of what a figure means: its name in answers, its address, what it is called."""

    name: str
    address: str
    called: Sentence


DEFINITIONS: Final = (
    Definition(
        COUNTS_1,
        COUNTS,
        Sentence(
            "Số hồ sơ tiếp nhận, đã giải quyết, đang giải quyết theo cơ quan, thủ tục, tháng",
            "Received, resolved and pending dossiers by office, procedure and month",
        ),
    ),
    Definition(
        COUNTS_2,
        COUNTS,
        Sentence(
            "Số hồ sơ tiếp nhận, đã giải quyết, đang giải quyết theo cách gộp tùy chọn",
            "Received, resolved and pending dossiers by any grouping",
        ),
    ),
    Definition(
        DURATIONS_1,
        DURATIONS,
        Sentence(
            "Thời gian giải quyết theo cơ quan và thủ tục: trung vị, bách phân vị 90",
            "Processing times by office and procedure: median, 90th percentile",
        ),
    ),
    Definition(
        DURATIONS_2,
        DURATIONS,
        Sentence(
            "Thời gian giải quyết theo cách gộp tùy chọn: trung vị, phân vị 75 và 90, dài nhất",
            "Processing times by any grouping: median, 75th and 90th percentile, longest",
        ),
    ),
    Definition(
        STEPS_1,
        STEPS,
        Sentence(
            "Thời gian từng giai đoạn, theo cơ quan giữ hồ sơ",
            "Time per stage, at the office that held the dossier",
        ),
    ),
    Definition(
        VISITS_1,
        VISITS,
        Sentence(
            "Số lần phải đến và số lần bị yêu cầu bổ sung của mỗi hồ sơ đã giải quyết",
            "Visits and requested supplements per resolved dossier",
        ),
    ),
    Definition(
        FEES_1,
        FEES,
        Sentence(
            "Phí, lệ phí: tính theo danh mục, yêu cầu nộp, đã nộp, hoàn trả, còn phải nộp",
            "Fees: assessed, required, paid, paid back, outstanding",
        ),
    ),
    Definition(
        TIMELINESS_1,
        TIMELINESS,
        Sentence(
            "Đúng hạn theo luật và theo Quyết định 766, và lý do khác nhau",
            "On time by law and by Decision 766, and why the two differ",
        ),
    ),
    Definition(
        BACKLOG_1,
        BACKLOG,
        Sentence(
            "Hồ sơ đang giải quyết cuối mỗi kỳ: trong hạn, quá hạn",
            "Pending at the end of each period: in time, overdue",
        ),
    ),
    Definition(
        COMPARISON_1,
        COMPARISON,
        Sentence(
            "So sánh tỷ lệ quá hạn giữa các cơ quan, kèm cỡ mẫu và khoảng tin cậy",
            "Shares resolved late compared between offices, with n and interval",
        ),
    ),
    Definition(
        VEILED_1,
        VEILED,
        Sentence(
            "Hồ sơ được che: tiếp nhận, kết thúc, đang giải quyết theo cơ quan cấp cao nhất",
            "Veiled dossiers received, ended and pending by top office",
        ),
    ),
    Definition(
        PETITIONS_1,
        PETITIONS,
        Sentence(
            "Phản ánh, kiến nghị và khiếu nại: đã xử lý đúng hạn, quá hạn",
            "Feedback and complaints: answered in time, late",
        ),
    ),
    Definition(
        RATINGS_1,
        RATINGS,
        Sentence(
            "Đánh giá hài lòng: số lượt, phân bố điểm từng câu hỏi, tỷ lệ hài lòng",
            "Ratings: how many, the spread of marks per question, share satisfied",
        ),
    ),
    Definition(
        INDEX_1,
        INDEX,
        Sentence("Bộ chỉ số theo Quyết định 766/QĐ-TTg", "The index of Decision 766/QĐ-TTg"),
    ),
    Definition(
        REPORT_1,
        REPORT,
        Sentence(
            "Biểu mẫu II.06, Thông tư 01/2020/TT-VPCP (chưa kiểm chứng)",
            "Form II.06 of Circular 01/2020/TT-VPCP (unverified)",
        ),
    ),
)
