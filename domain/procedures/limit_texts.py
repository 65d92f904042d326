"""Time limits as real catalogues write them: read where they are unambiguous, else kept as prose.

Nothing is guessed. `30 Ngày làm việc`, `20 Ngày`, `01 Giờ`, `7 Tháng`, `Không quá 03 (ba) ngày`
are limits. `Không quy định` says that there is none; `0.5 Giờ`, `10-25`, `0 Giờ` (a form left
empty), `Trước khi tàu cập cảng` and two limits for one channel stay prose, each with its doubt.
A description that says the same number of another kind of days contradicts the limit, and one
that names a longer one shows another case: then the limit stays prose as well.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.procedures.limits import Limit, LimitUnit

MAX_AMOUNT: Final = 3650

_UNITS: Final = {
    "ngày làm việc": LimitUnit.WORKING_DAYS,
    "ngày": LimitUnit.CALENDAR_DAYS,
    "giờ làm việc": LimitUnit.HOURS,
    "giờ": LimitUnit.HOURS,
    "tháng": LimitUnit.MONTHS,
}
_UNIT: Final = "|".join(_UNITS)
_DURATION: Final = rf"(?P<amount>[0-9]{{1,9}})(?:\s*\([^()0-9]*\))?\s*(?P<unit>{_UNIT})"
_WHOLE: Final = re.compile(
    rf"(?:không quá|tối đa|trong thời hạn|trong vòng)?\s*{_DURATION}"
    r"(?:,?\s*kể từ ngày nhận (?:đủ|được) hồ sơ(?: hợp lệ)?)?[.;]?"
)
_ANYWHERE: Final = re.compile(rf"(?<![0-9.,/-]){_DURATION}(?!\w)")
_FRACTION: Final = re.compile(rf"[0-9]+[.,][0-9]+\s*(?:{_UNIT})")
_NONE_SET: Final = ("không quy định", "không có", "không có thông tin")
_DAY_UNITS: Final = frozenset({LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS})

Duration = tuple[int, LimitUnit]


class LimitDoubt(StrEnum):
    """Why a limit stays prose, or what a reader of a parsed one should know."""

    NOT_STATED = "limit_not_stated"
    NOT_REGULATED = "limit_not_regulated"
    ZERO = "limit_zero"
    FRACTION = "limit_fraction"
    TOO_LONG = "limit_too_long"
    UNREADABLE = "limit_unreadable"
    SEVERAL_CASES = "limit_several_cases"
    CONTRADICTED = "limit_contradicted"
    # The limit is parsed: the description names parts of it, or a shorter case.
    DESCRIBED_OTHERWISE = "limit_described_otherwise"


@dataclass(frozen=True, slots=True)
class LimitReading:
    """What was made of a text: the limit, whose prose is the source's, and the doubt about it."""

    limit: Limit
    doubt: LimitDoubt | None = None

    @property
    def is_parsed(self) -> bool:
        """Tell whether the limit has an amount and a unit."""
        return self.limit.unit is not LimitUnit.UNKNOWN


@dataclass(frozen=True, slots=True)
class StatedLimit:
    """One row of a catalogue: the limit's text, and what is said beside it."""

    text: str
    description: str = ""


def read_limit(rows: Sequence[StatedLimit]) -> LimitReading:
    """Read the limit that one channel states, in one row or in several that say the same."""
    prose = _prose_of(rows)
    readings = {_read_text(row.text) for row in rows}
    if len(readings) != 1:
        doubt = LimitDoubt.SEVERAL_CASES if readings else LimitDoubt.NOT_STATED
        return _as_prose(prose, doubt)
    (reading,) = readings
    if isinstance(reading, LimitDoubt):
        return _as_prose(prose, reading)
    doubted = _doubt_by_description(reading, {d for row in rows for d in _named(row.description)})
    if doubted in (LimitDoubt.CONTRADICTED, LimitDoubt.SEVERAL_CASES):
        return _as_prose(prose, doubted)
    amount, unit = reading
    return LimitReading(Limit(unit=unit, amount=amount, prose=prose), doubted)


def _read_text(text: str) -> Duration | LimitDoubt:
    folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    if folded.rstrip(".") in _NONE_SET:
        return LimitDoubt.NOT_REGULATED
    whole = _WHOLE.fullmatch(folded)
    if whole is None:
        return _doubt_about(folded)
    amount, unit = _duration(whole)
    if amount == 0:
        return LimitDoubt.ZERO
    return LimitDoubt.TOO_LONG if amount > MAX_AMOUNT else (amount, unit)


def _doubt_about(folded: str) -> LimitDoubt:
    if not folded:
        return LimitDoubt.NOT_STATED
    if _FRACTION.fullmatch(folded):
        return LimitDoubt.FRACTION
    several = len(set(_named(folded))) > 1
    return LimitDoubt.SEVERAL_CASES if several else LimitDoubt.UNREADABLE


def _doubt_by_description(declared: Duration, named: set[Duration]) -> LimitDoubt | None:
    amount, unit = declared
    others = named - {declared}
    if not others:
        return None
    if declared not in named and any(
        other == amount and {other_unit, unit} == _DAY_UNITS for other, other_unit in others
    ):
        return LimitDoubt.CONTRADICTED
    if any(other > amount and other_unit is unit for other, other_unit in others):
        return LimitDoubt.SEVERAL_CASES
    return LimitDoubt.DESCRIBED_OTHERWISE


def _named(description: str) -> Iterator[Duration]:
    folded = " ".join(unicodedata.normalize("NFC", description).casefold().split())
    return (_duration(match) for match in _ANYWHERE.finditer(folded))


def _duration(match: re.Match[str]) -> Duration:
    return int(match["amount"]), _UNITS[match["unit"]]


def _prose_of(rows: Sequence[StatedLimit]) -> str | None:
    lines = []
    for row in rows:
        parts = (part.strip() for part in (row.text, row.description))
        line = ": ".join(dict.fromkeys(part for part in parts if part))
        if line and line not in lines:
            lines.append(line)
    return "\n".join(lines) or None


def _as_prose(prose: str | None, doubt: LimitDoubt) -> LimitReading:
    return LimitReading(Limit(unit=LimitUnit.UNKNOWN, prose=prose), doubt)
