"""`qd766-2022`: the indicators of Decision 766/QD-TTg of 23 June 2022 (domain.md 5.1).

Ratios come from the operator's formula document. Points marked observed were worked out from
scores that the portal showed (tolerance 0.015) and are not law; where the text says otherwise, the
note does. A denominator of zero is "0 or N/A" in the text: it is 0 where that was observed, 6 for
petitions by their own text, and not applicable elsewhere.
"""

from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import Band, FormulaSet, Group
from domain.index766.wording_2022.digitisation import DIGITISATION
from domain.index766.wording_2022.online import ONLINE, PAYMENT
from domain.index766.wording_2022.progress import PROGRESS
from domain.index766.wording_2022.satisfaction import SATISFACTION
from domain.index766.wording_2022.transparency import TRANSPARENCY

QD766_2022: Final = FormulaSet(
    version="qd766-2022",
    source=Sentence(
        vi="Quyết định 766/QĐ-TTg ngày 23/06/2022; công thức theo tài liệu của đơn vị vận hành "
        "Cổng; cách quy đổi điểm một phần do quan sát, không phải quy định.",
        en="Decision 766/QD-TTg of 23 June 2022; formulas by the portal operator's document; how "
        "points follow is in part worked out from published scores, and not law.",
    ),
    indicators=(*TRANSPARENCY, *PROGRESS, *ONLINE, *PAYMENT, *DIGITISATION, *SATISFACTION),
    maxima={
        Group.TRANSPARENCY: 18,
        Group.PROGRESS: 20,
        Group.ONLINE: 12,
        Group.PAYMENT: 10,
        Group.DIGITISATION: 22,
        Group.SATISFACTION: 18,
    },
    bands=(
        Band(90, Sentence(vi="Xuất sắc", en="excellent"), verified=True),
        Band(80, Sentence(vi="Tốt", en="good"), verified=False),
        Band(70, Sentence(vi="Khá", en="fair"), verified=False),
        Band(50, Sentence(vi="Trung bình", en="average"), verified=False),
        Band(0, Sentence(vi="Yếu", en="weak"), verified=True),
    ),
)
