"""Visits: on how many days the applicant had to come in person, as public acts tell (`visits@v1`).

Which acts count is data, with a sentence each. Several on one day are one visit. What was done by
post, online or by somebody else's act is none. Of an imported dossier no act at a counter is
known, so it has no number of visits. All of it is our own reading: no law counts visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import Sentence
from domain.facts import Channel, PaymentMethod
from domain.roles import Role
from projections.dossier_rows import DossierRow
from projections.statistics.by_acts.acts import (
    PAYMENT_CONFIRMED,
    RESULT_SENT,
    RETURNED,
    SUBMITTED,
    SUPPLEMENT_HANDED_IN,
    SeenAct,
    day_of,
)

# Three stands for three or more.
MOST_TOLD_APART: Final = 3
_OFFICERS: Final = frozenset({Role.RECEIVER, Role.RETURNER})


@dataclass(frozen=True, slots=True)
class CountedAct:
    """One kind of act that shows that somebody came, and when it does."""

    kind: str
    sentence: Sentence


COUNTED_ACTS: Final = (
    CountedAct(
        SUBMITTED,
        Sentence("Nộp hồ sơ trực tiếp tại quầy.", "The dossier was handed in at the counter."),
    ),
    CountedAct(
        SUPPLEMENT_HANDED_IN,
        Sentence(
            "Nộp bổ sung có chữ ký của người tiếp nhận, hồ sơ không nộp qua bưu chính.",
            "A supplement was signed by the receiver, too, and the dossier did not come by post.",
        ),
    ),
    CountedAct(
        PAYMENT_CONFIRMED,
        Sentence("Nộp tiền mặt.", "A payment was made in cash."),
    ),
    CountedAct(
        RETURNED,
        Sentence(
            "Kết quả do cán bộ trả ký, trước đó không gửi qua bưu chính.",
            "An officer signed for handing over the result, and it was not sent by post before.",
        ),
    ),
)
VISIT_KINDS: Final = frozenset({*(counted.kind for counted in COUNTED_ACTS), RESULT_SENT})


def visits_of(row: DossierRow, acts: Sequence[SeenAct], zone: str) -> int | None:
    """Count the days on which the applicant came; None where the acts do not tell."""
    if row.imported:
        return None
    days, is_sent = set[str](), False
    for act in acts:
        is_sent = is_sent or act.kind == RESULT_SENT
        if act.kind in VISIT_KINDS and _is_in_person(act, row.channel, is_sent=is_sent):
            days.add(day_of(act.at, zone))
    return len(days)


def _is_in_person(act: SeenAct, channel: str, *, is_sent: bool) -> bool:
    match act.kind:
        case "dossier.submitted":
            return channel == Channel.COUNTER
        case "dossier.supplement_submitted":
            return Role.RECEIVER in act.roles and channel != Channel.POST
        case "dossier.payment_confirmed":
            return act.payment_method == PaymentMethod.CASH
        case "dossier.result_returned":
            return bool(_OFFICERS & act.roles) and Role.POST not in act.roles and not is_sent
        case _:
            return False
