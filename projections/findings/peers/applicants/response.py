"""Whether fewer people rate an office after a month of bad marks: part of R22.

An office's share of finished dossiers that were rated, in the three months before the bad one and
in the three after it; the bad one itself is on neither side, since the angry rate more. Whoever
rates is taken to do so within a month, so the last of them must be that long over. A drop that all
other offices had as well says nothing of this one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import erfc, sqrt
from typing import Final

from domain.outliers.deviations import drop_z_hundredths, is_drop
from projections.findings.cases import case
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.inputs.private import LOW_RATING, Rated
from projections.findings.peers.shapes import Examination, Numbers, Population

FEW_ENDED: Final = case(
    "few_ended",
    "Dưới 30 hồ sơ đã xong trong ba tháng trước hoặc ba tháng sau tháng đó.",
    "Fewer than 30 dossiers were finished in the three months before that one, or after it.",
)
NOT_OVER: Final = case(
    "not_over",
    "Ba tháng sau đó chưa qua đủ lâu để người dân kịp đánh giá.",
    "The three months after it are not yet over for long enough that people had time to rate.",
)
FEW_MARKS: Final = case(
    "few_bad_marks",
    "Dưới năm lượt đánh giá thấp trong tháng, hoặc dưới một phần năm số lượt.",
    "Fewer than five low marks in the month, or less than a fifth of its marks.",
)
ELSEWHERE: Final = case(
    "drops_elsewhere",
    "Ở các cơ quan khác tỷ lệ đánh giá cũng giảm như vậy (biểu mẫu, kênh đánh giá thay đổi).",
    "The share of rated dossiers fell at the other offices, too: the form or the channel changed.",
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the dossiers that were finished in a stretch were rated."""

    rated: int
    ended: int

    @property
    def rate(self) -> Fraction:
        """Give the share; none where nothing was finished."""
        return Fraction(self.rated, self.ended) if self.ended else Fraction(0)


@dataclass(frozen=True, slots=True)
class Drop:
    """One office around one month of bad marks.

    `expected` is the share before, or less where other offices fell; `evidence` are entries of the
    dossiers that were marked low.
    """

    office: str
    month: str
    before: Share
    after: Share
    expected: Fraction
    low: tuple[Observed, ...]
    is_hit: bool

    @property
    def z_hundredths(self) -> int | None:
        """Give by how many standard deviations the share fell, in hundredths."""
        return drop_z_hundredths(
            (self.before.ended, self.expected), (self.after.ended, self.after.rate)
        )

    @property
    def p_value(self) -> float:
        """Give how likely so great a fall is by chance: the normal distribution's upper tail."""
        z = self.z_hundredths
        return 1.0 if z is None else erfc(z / 100 / sqrt(2)) / 2


@dataclass(frozen=True, slots=True)
class _Counts:
    """What an office finished in a month, and how many of those were ever rated."""

    ended: Counter[tuple[str, int]]
    rated: Counter[tuple[str, int]]

    def share(self, offices: Collection[str], months: Sequence[int]) -> Share:
        cells = [(office, month) for office in offices for month in months]
        return Share(
            sum(self.rated[cell] for cell in cells), sum(self.ended[cell] for cell in cells)
        )


def drops(
    population: Population, ratings: Sequence[Rated], numbers: Numbers, found: Examination
) -> Iterator[Drop]:
    """Give each office and month of bad marks that could be judged, hit or none."""
    dossiers = {each.stream: each for each in population.observed}
    counts = _counts(population.observed, {rated.dossier for rated in ratings})
    offices = {office for office, _ in counts.ended}
    for (office, month), low in sorted(_bad_months(ratings, dossiers, numbers, found).items()):
        zone = low[0].zone
        if population.as_of.day_in(zone) < _judged_from(month, numbers):
            found.silent[NOT_OVER.name] += 1
            continue
        earlier = range(month - numbers.response_months, month)
        later = range(month + 1, month + 1 + numbers.response_months)
        mine = counts.share([office], earlier), counts.share([office], later)
        if min(mine[0].ended, mine[1].ended) < numbers.least_dossiers:
            found.silent[FEW_ENDED.name] += 1
            continue
        rest = offices - {office}
        others = counts.share(rest, earlier), counts.share(rest, later)
        yield _drop((office, month, low), mine, others, numbers, found)


def _drop(
    what: tuple[str, int, tuple[Observed, ...]],
    mine: tuple[Share, Share],
    others: tuple[Share, Share],
    numbers: Numbers,
    found: Examination,
) -> Drop:
    (office, month, low), (before, after) = what, mine
    expected = before.rate * _change(others, numbers)
    former, latter = (before.ended, before.rate), (after.ended, after.rate)
    is_hit = is_drop((before.ended, expected), latter, numbers.spike_deviations)
    if not is_hit and is_drop(former, latter, numbers.spike_deviations):
        found.silent[ELSEWHERE.name] += 1
    return Drop(office, _name(month), before, after, expected, low, is_hit)


def _change(others: tuple[Share, Share], numbers: Numbers) -> Fraction:
    """Give to what part the others' share fell; one where it rose, or too few tell."""
    before, after = others
    if min(before.ended, after.ended) < numbers.least_dossiers or before.rate == 0:
        return Fraction(1)
    return min(Fraction(1), after.rate / before.rate)


def _counts(observed: Sequence[Observed], rated: Collection[str]) -> _Counts:
    counts = _Counts(Counter(), Counter())
    for each in observed:
        finished_on = each.returned_on or each.ended_on
        if finished_on is None:
            continue
        cell = each.office, _number(finished_on)
        counts.ended[cell] += 1
        counts.rated[cell] += each.stream in rated
    return counts


def _bad_months(
    ratings: Sequence[Rated],
    dossiers: Mapping[str, Observed],
    numbers: Numbers,
    found: Examination,
) -> dict[tuple[str, int], tuple[Observed, ...]]:
    """Give by office and month the dossiers that were marked low, where those were many."""
    marks: defaultdict[tuple[str, int], list[tuple[Observed, bool]]] = defaultdict(list)
    for rated in ratings:
        about = dossiers.get(rated.dossier)
        if about is not None:
            month = _number(rated.at.day_in(about.zone))
            marks[about.office, month].append((about, rated.overall <= LOW_RATING))
    bad = {}
    for cell, given in marks.items():
        low = tuple(about for about, is_low in given if is_low)
        if len(low) >= numbers.bad_marks and len(low) * 100 >= numbers.bad_percent * len(given):
            bad[cell] = low
        else:
            found.silent[FEW_MARKS.name] += bool(low)
    return bad


def _number(day: date) -> int:
    """Number months on end, so that they can be counted."""
    return day.year * 12 + day.month - 1


def _name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _judged_from(month: int, numbers: Numbers) -> date:
    after = month + numbers.response_months + 1
    return date(after // 12, after % 12 + 1, 1) + timedelta(days=numbers.days_to_rate)
