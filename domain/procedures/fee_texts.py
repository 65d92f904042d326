"""Fees as real catalogues write them: one amount in đồng is read, everything else stays prose.

`Phí : 0 Đồng`, `Lệ phí : 50.000 Đồng` and `Phí : Không Đồng` are amounts; lines that agree are
one. Lists for several cases, foreign currencies, shares of another fee and amounts that a remark
explains stay prose, with their doubt.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.procedures.limits import Fee

MAX_AMOUNT_VND: Final = 10**12

_LINE: Final = re.compile(
    r"(?:(?:phí|lệ phí)\s*:\s*)?(?P<amount>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,13}|không)\s*đồng\.?"
)


class FeeDoubt(StrEnum):
    """Why a fee stays prose."""

    NOT_STATED = "fee_not_stated"
    UNREADABLE = "fee_unreadable"
    SEVERAL_CASES = "fee_several_cases"


@dataclass(frozen=True, slots=True)
class FeeReading:
    """What was made of a text: the fee, whose prose is the source's, and the doubt about it."""

    fee: Fee
    doubt: FeeDoubt | None = None


def read_fee(texts: Sequence[str]) -> FeeReading:
    """Read the fee that one channel states, in one line or in several that say the same."""
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    if not lines:
        return FeeReading(Fee(), FeeDoubt.NOT_STATED)
    prose = "\n".join(dict.fromkeys(lines))
    amounts = {_amount(line) for line in lines}
    if len(amounts) > 1:
        return FeeReading(Fee(prose=prose), FeeDoubt.SEVERAL_CASES)
    (amount,) = amounts
    if amount is None:
        return FeeReading(Fee(prose=prose), FeeDoubt.UNREADABLE)
    return FeeReading(Fee(amount_vnd=amount, prose=prose))


def _amount(line: str) -> int | None:
    folded = " ".join(unicodedata.normalize("NFC", line).casefold().split())
    match = _LINE.fullmatch(folded)
    if match is None:
        return None
    if match["amount"] == "không":
        return 0
    amount = int(match["amount"].replace(".", ""))
    return amount if amount <= MAX_AMOUNT_VND else None
