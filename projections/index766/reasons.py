"""Why our public record has no input for an indicator, and what it takes for one: in words."""

from collections.abc import Mapping
from typing import Final

from domain.errors import Sentence
from domain.index766 import Missing

# Indicators that no public record of ours can give: the rest of `inputs` is measured.
NOT_ON_RECORD: Final[Mapping[str, Sentence]] = {
    "1.1": Sentence(
        vi="Ngày quyết định công bố và ngày hiệu lực của văn bản không có trong sổ công khai.",
        en="The dates of the decisions and of the texts they rest on are not on public record.",
    ),
    "1.2": Sentence(
        vi="Ngày quyết định công bố không có trong sổ công khai.",
        en="The dates of the decisions that publish procedures are not on public record.",
    ),
    "1.4": Sentence(
        vi="Số hồ sơ trên Cổng Dịch vụ công quốc gia và Hệ thống báo cáo không có ở đây.",
        en="The counts of the national portal and of the report system are not held here.",
    ),
    "2.2": Sentence(
        vi="Chỉ số chỉ hiển thị theo từng thủ tục; xem số liệu thời gian giải quyết.",
        en="The index shows it for one procedure at a time; see the figures of durations.",
    ),
    "3.5": Sentence(
        vi="Danh mục không ghi thủ tục nào được thanh toán trực tuyến.",
        en="The catalogue does not say which procedures can be paid online.",
    ),
    "4.1": Sentence(
        vi="Kết quả có bản điện tử hay không nằm trong phần riêng tư của hồ sơ.",
        en="Whether a result is electronic stands in the private part of a dossier.",
    ),
    "4.2": Sentence(
        vi="Tệp thành phần và tệp kết quả nằm trong phần riêng tư của hồ sơ.",
        en="The files of papers and results stand in the private part of a dossier.",
    ),
    "4.3": Sentence(
        vi="Thành phần được dùng lại hay không nằm trong phần riêng tư của hồ sơ.",
        en="Which papers were used again stands in the private part of a dossier.",
    ),
    "4.4": Sentence(
        vi="Việc lấy từ kho dữ liệu cá nhân nằm trong phần riêng tư của hồ sơ.",
        en="What came from the citizen's store stands in the private part of a dossier.",
    ),
    "4.5a": Sentence(
        vi="Cơ sở dữ liệu nào được tra cứu nằm trong phần riêng tư của hồ sơ.",
        en="Which database was asked stands in the private part of a dossier.",
    ),
    "4.5b": Sentence(
        vi="Cơ sở dữ liệu nào được tra cứu nằm trong phần riêng tư của hồ sơ.",
        en="Which database was asked stands in the private part of a dossier.",
    ),
    "4.6": Sentence(
        vi="Việc chứng thực bản sao điện tử của từng xã không có trong sổ công khai.",
        en="Which communes offer certified electronic copies is not on public record.",
    ),
}

SATISFACTION_UNKNOWN: Final = Sentence(
    vi="Đánh giá và phản ánh không gắn công khai với hồ sơ nào, nên không tính được hợp của chúng; "
    "tỷ lệ không thể cao hơn mức chỉ trừ hồ sơ quá hạn.",
    en="Ratings and petitions name no dossier in public, so their union cannot be taken off; the "
    "share is at most what is left without late dossiers.",
)
LEVELS_UNKNOWN: Final = Sentence(
    vi="Có thủ tục chưa công bố mức độ dịch vụ công trực tuyến.",
    en="Some procedures state no level of online service.",
)
TOO_FEW_PETITIONS: Final = Sentence(
    vi="Quá ít phản ánh, kiến nghị: chúng được tính ở cơ quan cấp trên.",
    en="Too little feedback: it is counted under an office above.",
)
NO_CALENDAR: Final = Sentence(
    vi="Chưa có lịch làm việc công bố để tính thời hạn trả lời.",
    en="No published calendar covers the time limits of the answers.",
)
NO_RULE_HERE: Final = Sentence(
    vi="Chưa có cách lấy số liệu cho chỉ tiêu này.", en="Nothing here measures this indicator."
)

OPEN_DOSSIERS: Final = Sentence(vi="Không gồm hồ sơ được che.", en="Without veiled dossiers.")


def on_time_without_due(dossiers: int) -> Sentence:
    """Say how many dossiers that ended count as on time for want of a due date."""
    return Sentence(
        vi=(
            f"{OPEN_DOSSIERS.vi} Trong tử số có {dossiers} hồ sơ đã giải quyết không có ngày hẹn "
            "trả và không có thời hạn."
        ),
        en=(
            f"{OPEN_DOSSIERS.en} Of the numerator, {dossiers} were resolved without an appointment "
            "and without a due date."
        ),
    )


BY_LEVEL: Final = Sentence(
    vi="Thẩm quyền lấy theo cấp thực hiện ghi trong thủ tục đang có hiệu lực cuối kỳ.",
    en="Competence is read from the levels that procedures in force at the period's end name.",
)
PARTS_PUBLISHED: Final = Sentence(
    vi="Xét bảy bộ phận trong văn bản thủ tục công bố ở đây, tính đến nay.",
    en="The seven parts are looked for in the procedures published here, as of now.",
)
FEES_KNOWN: Final = Sentence(
    vi="Chỉ tính thủ tục ghi mức phí, lệ phí bằng số lớn hơn 0, và hồ sơ không được che.",
    en="Only procedures that state a fee as an amount above 0 count; without veiled dossiers.",
)
FEEDBACK_SHOWN: Final = Sentence(
    vi="Nhóm dưới mười phản ánh, kiến nghị được tính ở cơ quan cấp trên.",
    en="Groups of less than ten are counted under an office above.",
)
DISPUTES_ONLY: Final = Sentence(
    vi="Không hài lòng chỉ được biết qua phản ánh lại; nhóm dưới mười tính ở cơ quan cấp trên.",
    en="Dissatisfaction is known from disputes alone; groups of less than ten are counted above.",
)


def not_on_record(indicator: str) -> Missing:
    """Give the missing input of an indicator that nothing public measures."""
    return Missing(NOT_ON_RECORD.get(indicator, NO_RULE_HERE))
