"""Formats: numbers, days, instants and amounts as readers of a language write them (babel).

Vietnamese dates are written `21/11/2026`, English ones `21 November 2026`. Instants are shown in
the time zone of the office, 24 hours; beside one that is not Viet Nam's stands its offset, such as
`13:45, 11/10/2011 (UTC+02:00)`, and every page says what a time without one means.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from api.negotiation import Language
from domain.dossiers import Due
from domain.moments import Moment, time_zone

PAGE_ZONE: Final = "Asia/Ho_Chi_Minh"

_LOCALES: Final = {"vi": "vi_VN", "en": "en_GB"}
_DAY: Final = {"vi": "dd/MM/yyyy", "en": "d MMMM yyyy"}
_INSTANT: Final = {"vi": "HH:mm, dd/MM/yyyy", "en": "HH:mm, d MMMM yyyy"}
_SECOND: Final = {"vi": "HH:mm:ss, dd/MM/yyyy", "en": "HH:mm:ss, d MMMM yyyy"}
_MONTH: Final = {"vi": "MM/yyyy", "en": "MMM yyyy"}


@dataclass(frozen=True, slots=True)
class Formats:
    """How values are written in one language."""

    language: Language

    @property
    def _locale(self) -> Locale:
        return _locale_of(self.language)

    def number(self, number: int) -> str:
        """Write a count."""
        return _number(number, self.language)

    def one_decimal(self, number: float) -> str:
        """Write a number that is no count with one decimal, so that a column reads alike."""
        return format_decimal(number, format="#,##0.0", locale=self._locale)

    def percent(self, share: float) -> str:
        """Write a share of 1 as a percentage with one decimal, so that a column reads alike."""
        return _percent(share, self.language)

    def whole_percent(self, percent: int) -> str:
        """Write a percentage that is a whole number by its making."""
        return format_percent(percent / 100, locale=self._locale)

    def vnd(self, amount: int) -> str:
        """Write an amount of money."""
        return format_currency(amount, "VND", locale=self._locale)

    def day(self, day: date) -> str:
        """Write a day."""
        return format_date(day, _DAY[self.language], locale=self._locale)

    def instant(self, instant: datetime, zone: str = PAGE_ZONE) -> str:
        """Write an instant to the minute."""
        return self._instant(instant, _INSTANT[self.language], zone)

    def second(self, instant: datetime, zone: str = PAGE_ZONE) -> str:
        """Write an instant to the second."""
        return self._instant(instant, _SECOND[self.language], zone)

    def _instant(self, instant: datetime, pattern: str, zone: str) -> str:
        written: str = format_datetime(
            instant, pattern, tzinfo=time_zone(zone), locale=self._locale
        )
        local = instant.astimezone(time_zone(zone))
        if local.utcoffset() == instant.astimezone(time_zone(PAGE_ZONE)).utcoffset():
            return written
        sign_and_hours, minutes = local.strftime("%z")[:3], local.strftime("%z")[3:5]
        return f"{written} (UTC{sign_and_hours}:{minutes})"

    def moment(self, moment: Moment, zone: str = PAGE_ZONE) -> str:
        """Write a moment: an instant to the minute, or a day."""
        if moment.instant is not None:
            return self.instant(moment.instant, zone)
        assert moment.day is not None
        return self.day(moment.day)

    def due(self, due: Due, zone: str = PAGE_ZONE) -> str:
        """Write when something is due."""
        return self.moment(Moment(instant=due.instant, day=due.day), zone)

    def month(self, period: str) -> str:
        """Write a period `YYYY-MM`."""
        year, _, month = period.partition("-")
        return format_date(date(int(year), int(month), 1), _MONTH[self.language], self._locale)

    def period(self, period: str) -> str:
        """Write a year `YYYY`, a quarter `YYYY-Qn` or a month `YYYY-MM`."""
        year, _, part = period.partition("-")
        is_vietnamese = self.language == "vi"
        if not part:
            return f"Năm {year}" if is_vietnamese else year
        if part.startswith("Q"):
            return f"Quý {part[1:]}/{year}" if is_vietnamese else f"{part} {year}"
        if is_vietnamese:
            return f"Tháng {int(part)}/{year}"
        return format_date(date(int(year), int(part), 1), "MMMM yyyy", self._locale)


def machine_time(moment: Moment | Due | datetime) -> str:
    """Write a moment for the `datetime` attribute of a `<time>` element."""
    instant = moment if isinstance(moment, datetime) else moment.instant
    if instant is None:
        assert not isinstance(moment, datetime)
        assert moment.day is not None
        return moment.day.isoformat()
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="seconds") + "Z"


@lru_cache(maxsize=4_096)
def _number(number: int, language: Language) -> str:
    # A page of figures has thousands of numbers, and few different ones.
    return format_decimal(number, locale=_LOCALES[language])


@lru_cache(maxsize=4_096)
def _percent(share: float, language: Language) -> str:
    return format_percent(share, format="#,##0.0%", locale=_locale_of(language))


@cache
def _locale_of(language: Language) -> Locale:
    return Locale.parse(_LOCALES[language])
