"""Group 2 of `qd766-2022`: progress and results."""

from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import Basis, Group, Indicator, WhenEmpty
from domain.index766.wording_2022.shared import WHOLE

PROGRESS: Final = (
    Indicator(
        id="2.1",
        group=Group.PROGRESS,
        maximum=20,
        name=Sentence(
            vi="Tỷ lệ hồ sơ xử lý trước hạn, đúng hạn", en="Dossiers resolved early or in time"
        ),
        numerator=Sentence(
            vi="hồ sơ đã giải quyết đúng hạn và đang giải quyết trong hạn, theo cách tính của chỉ "
            "số",
            en="dossiers resolved in time and pending in time, as the index counts it",
        ),
        denominator=Sentence(
            vi="hồ sơ được tiếp nhận, xử lý trong kỳ (gồm kỳ trước chuyển qua)",
            en="dossiers received or handled in the period, carried over included",
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="2.2",
        group=Group.PROGRESS,
        maximum=0,
        name=Sentence(
            vi="Thời gian giải quyết trung bình theo từng thủ tục",
            en="Average handling time by procedure",
        ),
        numerator=Sentence(
            vi="tổng thời gian giải quyết của hồ sơ hoàn thành đã tiếp nhận trong kỳ",
            en="handling time of completed dossiers that were accepted in the period",
        ),
        denominator=Sentence(vi="số hồ sơ đó", en="those dossiers"),
        points=WHOLE,
        points_basis=Basis.PUBLISHED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
)
