"""Group 5 of `qd766-2022`: petitions, and how content applicants are."""

from fractions import Fraction
from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import Basis, Group, Indicator, SharePoints, WhenEmpty
from domain.index766.wording_2022.shared import FEEDBACK, WHOLE

_NONE_IS_FULL: Final = Sentence(
    vi="Không có phản ánh, kiến nghị: đủ 6 điểm.", en="No feedback at all: all 6 points."
)

SATISFACTION: Final = (
    Indicator(
        id="5.1a",
        code="PETITION_CLASSIFICATION_TTHC",
        group=Group.SATISFACTION,
        maximum=0,
        name=Sentence(
            vi="Phản ánh, kiến nghị về quy định, thủ tục hành chính",
            en="Feedback about rules and procedures",
        ),
        numerator=Sentence(
            vi="phản ánh, kiến nghị về quy định, thủ tục", en="feedback about rules and procedures"
        ),
        denominator=FEEDBACK,
        points=WHOLE,
        points_basis=Basis.PUBLISHED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="5.1b",
        code="PETITION_CLASSIFICATION_STAFF",
        group=Group.SATISFACTION,
        maximum=0,
        name=Sentence(
            vi="Phản ánh, kiến nghị về hành vi của cán bộ, công chức", en="Feedback about staff"
        ),
        numerator=Sentence(
            vi="phản ánh, kiến nghị về cán bộ, công chức", en="feedback about staff"
        ),
        denominator=FEEDBACK,
        points=WHOLE,
        points_basis=Basis.PUBLISHED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="5.2",
        code="PETITION_PROCESSING_ON_TIME",
        group=Group.SATISFACTION,
        maximum=6,
        name=Sentence(vi="Tỷ lệ phản ánh, kiến nghị xử lý đúng hạn", en="Feedback handled in time"),
        numerator=Sentence(
            vi="phản ánh, kiến nghị trả lời đúng hạn hoặc còn trong hạn",
            en="feedback answered in time, or pending in time",
        ),
        denominator=FEEDBACK,
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.FULL,
        note=_NONE_IS_FULL,
    ),
    Indicator(
        id="5.3",
        code="PETITION_HANDLING_SATISFACTION",
        group=Group.SATISFACTION,
        maximum=6,
        name=Sentence(
            vi="Tỷ lệ hài lòng trong xử lý phản ánh, kiến nghị",
            en="Satisfaction with how feedback was handled",
        ),
        numerator=Sentence(
            vi="phản ánh, kiến nghị trừ những việc không hài lòng, phản ánh lại hoặc quá hạn",
            en="feedback less what was found dissatisfying, disputed again or late",
        ),
        denominator=FEEDBACK,
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.FULL,
        note=_NONE_IS_FULL,
    ),
    Indicator(
        id="5.4",
        code="DOSSIER_RECEIVING_SATISFACTION",
        group=Group.SATISFACTION,
        maximum=6,
        name=Sentence(
            vi="Tỷ lệ hài lòng trong tiếp nhận, giải quyết thủ tục hành chính",
            en="Satisfaction with how dossiers were handled",
        ),
        numerator=Sentence(
            vi="hồ sơ trừ những hồ sơ quá hạn, bị đánh giá không hài lòng hoặc có phản ánh (tính "
            "một lần)",
            en="dossiers less those that are late, rated dissatisfying or petitioned about, each "
            "taken off once",
        ),
        denominator=Sentence(
            vi="hồ sơ được tiếp nhận, xử lý trong kỳ",
            en="dossiers received or handled in the period",
        ),
        points=SharePoints(Fraction(90, 100)),
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.ZERO,
    ),
)
