"""Evaluation: the nine indicators by which officers and agencies are rated, and their bands.

LAW: Circular 01/2018/TT-VPCP arts 13 to 15. Whether they hold after 1 July 2025 was not verified,
so thresholds and bands are data of a version that says so. Scores are whole tenths: 35 is 3.5.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.deadlines import Timeliness

Points = int
HUNDRED: Final = 100
MOST_POINTS: Final = 2
TENTHS: Final = 10

OFFICER_INDICATORS: Final = (1, 2, 3, 4, 7)
AGENCY_INDICATORS: Final = (*OFFICER_INDICATORS, 5, 6, 8, 9)

_BY_TIMELINESS: Final[Mapping[Timeliness, Points]] = {
    Timeliness.EARLY: 2,
    Timeliness.ON_TIME: 1,
    Timeliness.LATE: 0,
}


class OfficerBand(StrEnum):
    """How well an officer did the duty."""

    FULL = "full"  # 100 %
    MOST = "most"  # from 70 to below 100 %
    LITTLE = "little"  # below 70 %


class AgencyBand(StrEnum):
    """How an agency is classed."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    AVERAGE = "average"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class EvaluationLaw:
    """Thresholds and bands of one version of the rules; shares in percent, bands in tenths.

    `least_ratings_…` are this ledger's own: below them no score is shown.
    """

    id: str
    source: str
    verified_until: date | None
    one_stop_percent: int = 20
    one_stop_district_percent: int = 50
    feedback_percent: int = 90
    online_procedures_percent: int = 20
    online_dossiers_percent: int = 30
    online_least_percent: int = 15
    officer_bands: tuple[tuple[int, OfficerBand], ...] = (
        (50, OfficerBand.FULL),
        (35, OfficerBand.MOST),
    )
    agency_bands: tuple[tuple[int, AgencyBand], ...] = (
        (150, AgencyBand.EXCELLENT),
        (120, AgencyBand.GOOD),
        (90, AgencyBand.FAIR),
        (60, AgencyBand.AVERAGE),
    )
    least_ratings_office: int = 10
    least_ratings_officer: int = 30


CIRCULAR_2018: Final = EvaluationLaw(
    id="tt01-2018",
    source="Circular 01/2018/TT-VPCP, arts 13 to 15",
    verified_until=date(2025, 6, 30),
)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; without any there is no share."""

    part: int
    whole: int

    def reaches(self, percent: int) -> bool:
        """Tell whether the share is at least so many percent, without rounding."""
        return self.whole > 0 and self.part * HUNDRED >= percent * self.whole

    @property
    def is_whole(self) -> bool:
        """Tell whether it is all of them."""
        return self.whole > 0 and self.part == self.whole


def total_time_points(timeliness: Timeliness) -> Points:
    """Rate the total time of a dossier against its limit (indicator 1)."""
    return _BY_TIMELINESS[timeliness]


def unit_time_points(spent_seconds: int, share_seconds: int) -> Points:
    """Rate the time of one unit against its share of the internal process (indicator 2)."""
    if spent_seconds < share_seconds:
        return 2
    return 1 if spent_seconds == share_seconds else 0


def contact_points(contacts: int, at_applicants_fault: int = 0) -> Points:
    """Rate how often the applicant had to contact the reception (indicator 3)."""
    assert 0 <= at_applicants_fault <= contacts
    return max(0, 2 - (contacts - at_applicants_fault))


def agency_points(agencies: int, on_site_councils: int = 0) -> Points:
    """Rate how many agencies the applicant had to contact (indicator 4).

    One is the one-stop shop; councils that work on site are not counted against it.
    """
    if agencies == 0:
        return 2
    return 1 if agencies - on_site_councils <= 1 else 0


def one_stop_points(
    decided_there: Share,
    returned_there: Share,
    law: EvaluationLaw = CIRCULAR_2018,
    *,
    is_district: bool = False,
) -> Points:
    """Rate how much of the process takes place at the one-stop shop (indicator 5).

    `decided_there`: procedures received, appraised and approved there; `returned_there`: received
    and returned there.
    """
    wanted = law.one_stop_district_percent if is_district else law.one_stop_percent
    if decided_there.reaches(wanted):
        return 2
    return 1 if returned_there.is_whole else 0


def publication_points(*, is_posted: bool, is_electronic: bool) -> Points:
    """Rate how completely procedures are published, on the wall and online (indicator 6)."""
    return int(is_posted) + int(is_electronic)


def attitude_points(timeliness: Timeliness, complaints: int, found_untrue: int = 0) -> Points:
    """Rate the attitude to the applicant of one dossier (indicator 7).

    Late without a complaint meets neither condition of the circular's higher marks, so it has none.
    """
    assert 0 <= found_untrue <= complaints
    return 0 if complaints > found_untrue else _BY_TIMELINESS[timeliness]


def feedback_points(
    in_time: Share, *, is_dragging: bool, law: EvaluationLaw = CIRCULAR_2018
) -> Points:
    """Rate how feedback was handled (indicator 8); none at all earns the highest mark."""
    if is_dragging:
        return 0
    if in_time.whole == 0 or in_time.is_whole:
        return 2
    return 1 if in_time.reaches(law.feedback_percent) else 0


def online_points(
    procedures: Share, dossiers: Share, *, has_late: bool, law: EvaluationLaw = CIRCULAR_2018
) -> Points:
    """Rate online service (indicator 9): procedures at level 3 or 4, dossiers handed in online."""
    if has_late or not dossiers.reaches(law.online_least_percent):
        return 0
    meets_both = procedures.reaches(law.online_procedures_percent) and dossiers.reaches(
        law.online_dossiers_percent
    )
    return 2 if meets_both else 1


def indicator_tenths(points: Iterable[Points]) -> int | None:
    """Give the mean of an indicator in tenths, halves rounded up; None without data."""
    return counted_tenths(Counter(points))


def counted_tenths(counts: Mapping[Points, int]) -> int | None:
    """Give the mean of marks that are counted by their points, as `indicator_tenths` does."""
    assert all(0 <= points <= MOST_POINTS for points in counts)
    known = sum(counts.values())
    if not known:
        return None
    total = sum(points * count for points, count in counts.items())
    return (2 * TENTHS * total + known) // (2 * known)


def officer_tenths(indicators: Mapping[int, int | None]) -> int:
    """Add up an officer's indicators, at most 100 tenths; those without data are left out."""
    return _sum_of(indicators, OFFICER_INDICATORS)


def agency_tenths(indicators: Mapping[int, int | None]) -> int:
    """Add up an agency's indicators, at most 180 tenths; those without data are left out."""
    return _sum_of(indicators, AGENCY_INDICATORS)


def _sum_of(indicators: Mapping[int, int | None], counted: tuple[int, ...]) -> int:
    return sum(indicators.get(number) or 0 for number in counted)


def officer_band(tenths: int, law: EvaluationLaw = CIRCULAR_2018) -> OfficerBand:
    """Class an officer's score."""
    for least, band in law.officer_bands:
        if tenths >= least:
            return band
    return OfficerBand.LITTLE


def agency_band(tenths: int, law: EvaluationLaw = CIRCULAR_2018) -> AgencyBand:
    """Class an agency's score."""
    for least, band in law.agency_bands:
        if tenths >= least:
            return band
    return AgencyBand.WEAK
