"""Group 3 of `qd766-2022`: online service and online payment, which the portal shows apart."""

from fractions import Fraction
from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import Basis, Group, Indicator, SharePoints, WhenEmpty
from domain.index766.wording_2022.shared import (
    ACCEPTED,
    FEE_PROCEDURES,
    FULL_AT_80,
    PROCEDURES,
    WHOLE,
)

ONLINE: Final = (
    Indicator(
        id="3.1",
        group=Group.ONLINE,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ thủ tục hành chính cung cấp dịch vụ công trực tuyến",
            en="Procedures offered online",
        ),
        numerator=Sentence(
            vi="thủ tục có dịch vụ công trực tuyến một phần hoặc toàn trình",
            en="procedures with partial or full online service",
        ),
        denominator=PROCEDURES,
        points=FULL_AT_80,
        points_basis=Basis.PUBLISHED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="3.2",
        group=Group.ONLINE,
        maximum=4,
        name=Sentence(
            vi="Tỷ lệ dịch vụ công trực tuyến có phát sinh hồ sơ",
            en="Online services with dossiers",
        ),
        numerator=Sentence(
            vi="dịch vụ công trực tuyến có hồ sơ tiếp nhận trực tuyến trong kỳ",
            en="online services with a dossier that came online in the period",
        ),
        denominator=Sentence(vi="dịch vụ công trực tuyến", en="online services"),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="3.3",
        group=Group.ONLINE,
        maximum=6,
        name=Sentence(vi="Tỷ lệ hồ sơ nộp trực tuyến", en="Dossiers handed in online"),
        numerator=Sentence(
            vi="hồ sơ tiếp nhận trực tuyến trong kỳ", en="dossiers accepted that came online"
        ),
        denominator=ACCEPTED,
        points=SharePoints(Fraction(50, 100)),
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
        note=Sentence(
            vi="Văn bản còn nhân tỷ lệ đồng bộ và đòi kết quả điện tử; điểm quan sát được dùng tỷ "
            "lệ thuần.",
            en="The text multiplies by the share synchronised and wants an electronic result; the "
            "scores observed use the plain ratio.",
        ),
    ),
)

_OFFERED_NOTE: Final = Sentence(
    vi="Điểm quan sát được: 6A + min(2; 2,5B) + 2,5C, làm tròn từng số hạng; cách hiểu tên trường "
    "của C chưa chắc chắn.",
    en="Observed: 6A + min(2, 2.5 B) + 2.5 C, each term rounded; how to read the field of C is "
    "uncertain.",
)

PAYMENT: Final = (
    Indicator(
        id="3.5",
        group=Group.PAYMENT,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ thủ tục có phí, lệ phí được thanh toán trực tuyến",
            en="Fee procedures that can be paid online",
        ),
        numerator=Sentence(
            vi="thủ tục có phí, lệ phí được tích hợp thanh toán trực tuyến",
            en="fee procedures offered for online payment",
        ),
        denominator=FEE_PROCEDURES,
        points=FULL_AT_80,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.ZERO,
        note=_OFFERED_NOTE,
    ),
    Indicator(
        id="3.5b",
        group=Group.PAYMENT,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ thủ tục có giao dịch thanh toán trực tuyến",
            en="Fee procedures with an online transaction",
        ),
        numerator=Sentence(
            vi="thủ tục có phí, lệ phí có giao dịch thanh toán trực tuyến",
            en="fee procedures with an online transaction",
        ),
        denominator=FEE_PROCEDURES,
        points=FULL_AT_80,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.ZERO,
    ),
    Indicator(
        id="3.6",
        group=Group.PAYMENT,
        maximum=6,
        name=Sentence(vi="Tỷ lệ hồ sơ thanh toán trực tuyến", en="Dossiers paid online"),
        numerator=Sentence(
            vi="hồ sơ thanh toán qua Cổng hoặc cổng thanh toán của cơ quan",
            en="dossiers paid through the portal or the agency's gateway",
        ),
        denominator=Sentence(
            vi="hồ sơ của thủ tục có phí, lệ phí, trừ hồ sơ có mọi khoản bằng 0",
            en="dossiers of procedures with a fee, less those whose fees are all 0",
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.ZERO,
    ),
)
