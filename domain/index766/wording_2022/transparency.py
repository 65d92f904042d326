"""Group 1 of `qd766-2022`: how procedures are published, and dossiers synchronised."""

from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import Basis, Group, Indicator, WhenEmpty
from domain.index766.wording_2022.shared import WHOLE

TRANSPARENCY: Final = (
    Indicator(
        id="1.1",
        code="PUBLISH_ON_TIME",
        group=Group.TRANSPARENCY,
        maximum=6,
        name=Sentence(
            vi="Tỷ lệ thủ tục hành chính công bố đúng hạn",
            en="Procedures published by decision in time",
        ),
        numerator=Sentence(
            vi="thủ tục có quyết định công bố trước ngày văn bản có hiệu lực ít nhất 20 ngày làm "
            "việc (bộ) hoặc 5 ngày làm việc (tỉnh)",
            en="procedures whose decision came at least 20 working days (ministry) or 5 (province) "
            "before the newest text it rests on took effect",
        ),
        denominator=Sentence(
            vi="thủ tục công bố trong kỳ", en="procedures published in the period"
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="1.2",
        code="PUBLIC_UPDATE_ON_TIME",
        group=Group.TRANSPARENCY,
        maximum=4,
        name=Sentence(
            vi="Tỷ lệ thủ tục hành chính được cập nhật, công khai đúng hạn",
            en="Procedures made public in time",
        ),
        numerator=Sentence(
            vi="thủ tục công khai trong 10 ngày làm việc (bộ) hoặc 5 ngày làm việc (tỉnh) kể từ "
            "ngày quyết định",
            en="procedures made public within 10 working days (ministry) or 5 (province) of the "
            "decision",
        ),
        denominator=Sentence(
            vi="thủ tục phải cập nhật, công khai trong kỳ",
            en="procedures that were to be made public in the period",
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="1.3",
        code="PUBLIC_CONTENT_FULL",
        group=Group.TRANSPARENCY,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ thủ tục hành chính công khai đầy đủ các bộ phận tạo thành",
            en="Procedures published with all their parts",
        ),
        numerator=Sentence(
            vi="thủ tục có đủ bảy bộ phận: tên, trình tự, cách thức, hồ sơ, thời hạn, đối tượng, "
            "cơ quan thực hiện",
            en="procedures with all seven parts: name, steps, ways, papers, limit, subjects, "
            "office",
        ),
        denominator=Sentence(
            vi="thủ tục đang công khai (không theo kỳ)", en="published procedures, as of now"
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="1.4",
        code="DOSSIER_SYNC",
        group=Group.TRANSPARENCY,
        maximum=6,
        name=Sentence(
            vi="Tỷ lệ hồ sơ đồng bộ lên Cổng Dịch vụ công quốc gia",
            en="Dossiers synchronised with the national portal",
        ),
        numerator=Sentence(
            vi="hồ sơ đã đồng bộ có ngày tiếp nhận trong kỳ",
            en="synchronised dossiers accepted in the period",
        ),
        denominator=Sentence(
            vi="số lớn hơn giữa Hệ thống báo cáo quốc gia và Cổng",
            en="the greater count of the national report system and the portal",
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
        note=Sentence(
            vi="Nếu mẫu số bằng 0: lấy số của năm trước chia 12 hoặc chia 4.",
            en="Where the denominator is 0, last year's count by 12 or by 4 stands for it.",
        ),
    ),
)
