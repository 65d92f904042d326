"""Whose turn it is: which kept editions a run asks for again, and which wrong ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

# How soon after the first pass, which asks for all, the next kept edition is asked for again: one
# of a large ledger has some 20 MB.
LOOK_AGAIN_AFTER: Final = timedelta(minutes=1)


@dataclass(slots=True)
class LookingAgain:
    """All kept editions once, in as many rounds as that takes, and then one after the other.

    None of them counts as looked at before it was; one that cannot be read waits for the others.
    """

    # None before the first pass.
    _left: list[date] | None = None
    _looked_at: tuple[date, datetime] | None = None

    def due(self, held: Iterable[date], now: datetime) -> list[date]:
        """Give what is to be looked at in this round."""
        days = sorted(held)
        if self._left is None and days:
            self._left = days
        elif not self._left and self._looked_at is not None:
            last, at = self._looked_at
            self._left = after(days, last)[:1] if now - at >= LOOK_AGAIN_AFTER else []
        return [day for day in self._left or () if day in days]

    def looked(self, day: date, now: datetime) -> None:
        """Note that an edition was looked at."""
        if self._left and day in self._left:
            self._left.remove(day)
            self._looked_at = day, now

    def put_off(self, day: date, now: datetime) -> None:
        """Note that one could not be read: the others come first."""
        alone = self._left == [day]
        self.looked(day, now)
        if self._left is not None and not alone:
            self._left.append(day)


@dataclass(slots=True)
class InTurn:
    """Some days at a time, each round going on where the last one ended."""

    _last: date | None = None

    def next_of(self, days: Iterable[date], most: int) -> list[date]:
        """Give the next days, at most so many; whatever comes of them, others are next."""
        chosen = after(sorted(days), self._last)[:most]
        if chosen:
            self._last = chosen[-1]
        return chosen


@dataclass(slots=True)
class Untried:
    """Listed editions that a run has not asked for so far come before those that it could not keep.

    The newest come first, so that no crowd of old wrong ones stands before the edition of a day
    that has just ended; those of days to come stand last.
    """

    _tried: set[date] = field(default_factory=set)
    _again: InTurn = field(default_factory=InTurn)

    def fresh(self, days: set[date], today: date) -> list[date]:
        """Give those that were not tried in this run."""
        return sorted(days - self._tried, key=lambda day: (day > today, -day.toordinal()))

    def again(self, days: set[date], most: int) -> list[date]:
        """Give some of those that were tried before and are not kept."""
        self._tried &= days
        return self._again.next_of(self._tried, most)

    def note(self, day: date) -> None:
        """Note that one is asked for: whatever comes of it, others are next."""
        self._tried.add(day)


def after(days: list[date], last: date | None) -> list[date]:
    """Give all days, beginning after the last one that had its turn."""
    if last is None:
        return days
    return [day for day in days if day > last] + [day for day in days if day <= last]
