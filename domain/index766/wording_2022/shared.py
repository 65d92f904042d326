"""What several indicators of `qd766-2022` share: denominators in words, and point formulas."""

from fractions import Fraction
from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import SharePoints

ACCEPTED: Final = Sentence(vi="hồ sơ tiếp nhận trong kỳ", en="dossiers accepted in the period")
FEEDBACK: Final = Sentence(
    vi="phản ánh, kiến nghị tiếp nhận trong kỳ", en="feedback filed in the period"
)
FEE_PROCEDURES: Final = Sentence(vi="thủ tục hành chính có phí, lệ phí", en="procedures with a fee")
PROCEDURES: Final = Sentence(
    vi="thủ tục hành chính thuộc thẩm quyền giải quyết", en="procedures in the unit's competence"
)

WHOLE: Final = SharePoints()
FULL_AT_80: Final = SharePoints(Fraction(80, 100))
