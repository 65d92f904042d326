"""What figures mean, in Vietnamese and English, so that a copy explains itself: the earlier lists.

Editions of `editions@v1` and `editions@v2` hold these words, so none of them changes any more.

The meanings are those of `projections.counts` (the counts that every agency publishes), of
`projections.durations`, and of the modules that each file's definition names. They are this
ledger's: the national form II.06 was not read, and the files about the index of Decision 766 say
themselves where a reading is ours.
"""

from typing import Final

from projections.editions.shapes import BothLanguages, Definition


def define(name: str, vi: tuple[str, str], en: tuple[str, str]) -> Definition:
    """Define a word: its name and its meaning in each language."""
    return Definition(
        id=name, name=BothLanguages(vi[0], en[0]), meaning=BothLanguages(vi[1], en[1])
    )


DEFINITIONS: Final = (
    define(
        "as_of",
        (
            "Tính đến",
            "Thời điểm niêm phong của điểm chốt. Kỳ chưa kết thúc được tính đến thời điểm này.",
        ),
        (
            "As of",
            "The time of the checkpoint's seal. A period that is not over counts up to it.",
        ),
    ),
    define(
        "period",
        ("Kỳ", "Một tháng theo múi giờ của cơ quan; * là toàn bộ thời gian."),
        ("Period", "A month of the office's time zone; * is all history."),
    ),
    define(
        "received",
        (
            "Tiếp nhận",
            "Hồ sơ được tiếp nhận (đã đủ thành phần và có mã) trong kỳ. Hồ sơ mới nộp chưa tính.",
        ),
        (
            "Received",
            "Dossiers accepted (complete, with a code) in the period. A submission alone does not "
            "count.",
        ),
    ),
    define(
        "resolved_early",
        ("Trước hạn", "Hồ sơ kết thúc giải quyết trong kỳ, trước ngày hết hạn theo luật."),
        ("Early", "Dossiers whose processing ended in the period, before the legal due day."),
    ),
    define(
        "resolved_on_time",
        (
            "Đúng hạn",
            "Hồ sơ kết thúc giải quyết trong kỳ, đúng ngày hết hạn theo luật hoặc không có hạn. "
            "Hạn ghi giờ thì so theo giờ. Xin lỗi và hẹn lại không dời hạn này.",
        ),
        (
            "On time",
            "Dossiers whose processing ended in the period, on the legal due day or without one. A "
            "due instant is compared by the instant. An apology does not move it.",
        ),
    ),
    define(
        "resolved_late",
        ("Quá hạn (đã giải quyết)", "Hồ sơ kết thúc giải quyết trong kỳ, sau hạn theo luật."),
        ("Late", "Dossiers whose processing ended in the period, after they were due by law."),
    ),
    define(
        "pending_in_time",
        (
            "Đang giải quyết, trong hạn",
            "Hồ sơ đã tiếp nhận, chưa kết thúc vào cuối kỳ và chưa quá hạn; hồ sơ đang chờ người "
            "nộp (bổ sung, nộp tiền, rút) cũng tính ở đây.",
        ),
        (
            "Pending, in time",
            "Dossiers accepted, not ended by the end of the period, and not overdue; those that "
            "wait for their applicant (supplement, payment, withdrawal) count here, too.",
        ),
    ),
    define(
        "pending_overdue",
        (
            "Đang giải quyết, quá hạn",
            "Hồ sơ đã tiếp nhận, chưa kết thúc vào cuối kỳ, đã quá hạn đang có hiệu lực lúc đó và "
            "không chờ người nộp.",
        ),
        (
            "Pending, overdue",
            "Dossiers accepted, not ended by the end of the period, past the due date in force at "
            "that moment, and not waiting for their applicant.",
        ),
    ),
    define(
        "carried_over",
        (
            "Tồn kỳ trước chuyển sang",
            "Đang giải quyết vào cuối kỳ trước. Luôn đúng: chuyển sang + tiếp nhận = đã giải quyết "
            "(trước, đúng, quá hạn) + đang giải quyết (trong hạn, quá hạn).",
        ),
        (
            "Carried over",
            "Pending at the end of the period before. Always: carried over + received = resolved "
            "(early, on time, late) + pending (in time, overdue).",
        ),
    ),
    define(
        "gross",
        (
            "Thời gian cả chờ (gross)",
            "Từ khi tiếp nhận đến khi kết thúc giải quyết, tính bằng giây, kể cả lúc chờ người "
            "nộp. Trung vị và phân vị theo thứ hạng gần nhất: luôn là giá trị có thật. Hồ sơ ghi "
            "kết thúc trước khi tiếp nhận thì không đo.",
        ),
        (
            "Gross time",
            "From acceptance to the end of processing, in seconds, waits for the applicant "
            "included. Medians and percentiles are by the nearest rank: values that occurred. What "
            "ended before its acceptance is not measured.",
        ),
    ),
    define(
        "net",
        ("Thời gian trừ chờ (net)", "Như trên, đã trừ thời gian hồ sơ chờ người nộp."),
        ("Net time", "The same without the time in which the dossier waited for its applicant."),
    ),
    define(
        "gross_median_seconds",
        ("Trung vị, cả chờ (giây)", "Một nửa số hồ sơ kết thúc trong tháng không lâu hơn, cả chờ."),
        (
            "Median, gross (seconds)",
            "Half of the dossiers that ended in the month took no longer, waits included.",
        ),
    ),
    define(
        "gross_p90_seconds",
        ("Phân vị 90, cả chờ (giây)", "Chín phần mười số hồ sơ không lâu hơn, cả chờ."),
        (
            "90th percentile, gross (seconds)",
            "Nine in ten of the dossiers took no longer, waits included.",
        ),
    ),
    define(
        "net_median_seconds",
        ("Trung vị, trừ chờ (giây)", "Một nửa số hồ sơ không lâu hơn, đã trừ thời gian chờ."),
        ("Median, net (seconds)", "Half of the dossiers took no longer, waits taken off."),
    ),
    define(
        "net_p90_seconds",
        ("Phân vị 90, trừ chờ (giây)", "Chín phần mười số hồ sơ không lâu hơn, đã trừ chờ."),
        (
            "90th percentile, net (seconds)",
            "Nine in ten of the dossiers took no longer, waits taken off.",
        ),
    ),
    define(
        "supplement_requests",
        ("Lần yêu cầu bổ sung", "Số lần yêu cầu bổ sung của các hồ sơ kết thúc trong kỳ."),
        ("Supplement requests", "How often the dossiers that ended were asked for papers."),
    ),
    define(
        "supplemented",
        ("Hồ sơ phải bổ sung", "Hồ sơ kết thúc trong kỳ đã có ít nhất một lần yêu cầu bổ sung."),
        ("Supplemented", "Dossiers that ended and were asked for papers at least once."),
    ),
    define(
        "by_law",
        (
            "Theo luật",
            "Quá hạn theo luật: kết thúc sau hạn trong kỳ, hoặc cuối kỳ đang giải quyết quá hạn.",
        ),
        (
            "By law",
            "Late by law: ended in the period after it was due, or pending at its end and overdue.",
        ),
    ),
    define(
        "by_index",
        (
            "Theo Bộ chỉ số 766",
            "Cùng các hồ sơ, xét theo ngày hẹn trả như chỉ số 2.1 của Quyết định 766. Vài chỗ là "
            "cách đọc của chúng tôi, chưa được xác nhận; mỗi chỗ khác với luật có một lý do.",
        ),
        (
            "By the index of Decision 766",
            "The same dossiers, judged by the appointment as indicator 2.1 does. Some readings are "
            "ours and unverified; each difference from the law has one reason.",
        ),
    ),
    define(
        "steps",
        (
            "Thời gian theo bước",
            "Hồ sơ ở mỗi bước và mỗi cơ quan bao lâu, tính bằng giây, vào kỳ kết thúc; tên bước ở "
            "trong tệp.",
        ),
        (
            "Time per step",
            "How long dossiers stayed in each step at each office, in seconds, in the period of "
            "their end; the file names the steps.",
        ),
    ),
    define(
        "visits",
        (
            "Số lần đi lại",
            "Số lần người nộp phải đến, đếm từ các hành vi nêu trong tệp, của hồ sơ kết thúc "
            "trong kỳ.",
        ),
        (
            "Visits",
            "How often applicants had to come, by the acts that the file names, of dossiers that "
            "ended in the period.",
        ),
    ),
    define(
        "fees",
        (
            "Phí, lệ phí",
            "Số hành vi và số tiền (đồng) trong kỳ, và khoản còn phải nộp vào cuối kỳ. Khoản miễn "
            "giảm là riêng tư nên không có.",
        ),
        (
            "Fees",
            "Acts about money and amounts (VND) in the period, and what was outstanding at its "
            "end. What was waived is private, and not in it.",
        ),
    ),
    define(
        "comparison",
        (
            "So sánh giữa các cơ quan",
            "Tỷ lệ quá hạn trên số đã giải quyết, kèm số hồ sơ n và khoảng tin cậy 95 %. Dưới 30 "
            "hồ sơ thì không so sánh; ô dưới 10 không hiện.",
        ),
        (
            "Comparison of offices",
            "Which share of what was resolved was late, with n and a 95 % interval. Below 30 "
            "nothing is compared; cells below 10 are not shown.",
        ),
    ),
    define(
        "index",
        (
            "Bộ chỉ số 766",
            "Cả sổ cái, quý gần nhất đã kết thúc, theo phiên bản công thức ghi trong tệp. Không "
            "phải điểm chính thức; phần suy ra từ điểm quan sát được đánh dấu, không phải luật.",
        ),
        (
            "The index of Decision 766",
            "The whole ledger, the last quarter that is over, by the formula version that the file "
            "names. No official score; what was worked out from observed scores is marked, and is "
            "not law.",
        ),
    ),
    define(
        "report",
        (
            "Biểu tổng hợp dạng II.06",
            "Cả sổ cái, quý gần nhất đã kết thúc, theo lĩnh vực. Chưa đọc được văn bản quy định "
            "biểu mẫu này: các cột theo cách các cơ quan công bố, chưa được xác nhận.",
        ),
        (
            "Report in the shape of form II.06",
            "The whole ledger, the last quarter that is over, by field. The form's text was not "
            "read: columns are those that agencies publish, unverified.",
        ),
    ),
    define(
        "veiled",
        (
            "Hồ sơ có màn che",
            "Hồ sơ của thủ tục riêng tư, chỉ đếm theo tháng và cơ quan trên cùng; không có trong "
            "các tệp khác.",
        ),
        (
            "Veiled dossiers",
            "Dossiers of private procedures, counted by month and top office alone; no other file "
            "holds them.",
        ),
    ),
    define(
        "petitions",
        (
            "Phản ánh, kiến nghị, khiếu nại",
            "Theo cơ quan và tháng nộp; nhóm dưới mười được cộng lên cơ quan cấp trên.",
        ),
        (
            "Feedback and complaints",
            "By office and month of filing; groups of less than ten stand under an office above.",
        ),
    ),
    define(
        "revision",
        (
            "Số liệu sửa lại",
            "Số liệu của một tháng đã kết thúc ở bản trước, nay khác đi vì hành vi ghi muộn, đính "
            "chính, hay nhập dữ liệu cũ. Bản trước giữ nguyên từng byte.",
        ),
        (
            "Revision",
            "A figure of a month that was over in the edition before, and is another one now, by a "
            "late act, a correction, or an import of old history. The edition before keeps its "
            "bytes.",
        ),
    ),
)

# What `revisions@v2` compares besides; a measure begins with the name after `revised.`.
MORE_DEFINITIONS: Final = (
    *DEFINITIONS,
    define(
        "revised.timeliness",
        (
            "Đúng hạn theo tháng",
            "Như trong tệp timeliness-by-month.json; phần sau dấu chấm là tên trong tệp đó.",
        ),
        (
            "On time by month",
            "As in the file timeliness-by-month.json; what follows the dot is its name there.",
        ),
    ),
    define(
        "revised.backlog",
        ("Tồn đọng cuối tháng", "Như trong tệp backlog.json."),
        ("Pending at the month's end", "As in the file backlog.json."),
    ),
    define(
        "revised.steps",
        (
            "Thời gian từng giai đoạn theo tháng",
            "Như trong tệp steps-by-month.json; sau dấu chấm là giai đoạn, rồi tên trong tệp.",
        ),
        (
            "Time per stage by month",
            "As in the file steps-by-month.json; after the dot stand the stage and its name there.",
        ),
    ),
    define(
        "revised.visits",
        ("Số lần đến theo tháng", "Như trong tệp visits-by-month.json."),
        ("Visits by month", "As in the file visits-by-month.json."),
    ),
    define(
        "revised.fees",
        ("Phí, lệ phí theo tháng", "Như trong tệp fees-by-month.json; tiền tính bằng đồng."),
        ("Fees by month", "As in the file fees-by-month.json; amounts are in VND."),
    ),
    define(
        "revised.petitions",
        (
            "Phản ánh, kiến nghị, khiếu nại đã nộp",
            "Số đã nộp trong tháng, như trong tệp petitions.json; sau dấu chấm là loại.",
        ),
        (
            "Petitions filed",
            "How many were filed in the month, as in the file petitions.json; after the dot stands "
            "the track.",
        ),
    ),
)
