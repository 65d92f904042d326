"""One officer's evaluation over a quarter or a year, `officer-evaluation@v1`: a pure function.

LAW: Circular 01/2018/TT-VPCP arts 13 to 15 (domain.md 6.1). The officer is a person, with all
keys; the dossiers are those that the person processed and that ended in the period:

    1  total time   early 2, on time 1, late 0
    3  contacts     requests for a supplement: none 2, one 1, more 0. Whose fault one was is not on
                    record: all of them count
    4  agencies     different offices that asked for something: none 2, one 1, more 0
    2  unit's time  not here: the views keep no moment at which each internal step began and ended
    7  attitude     not here: a complaint names its dossier in its private part alone

Below the least number of dossiers no score is shown, whoever asks: that number is this ledger's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from domain.dossiers import Dossier
from domain.evaluation import (
    CIRCULAR_2018,
    OFFICER_INDICATORS,
    TENTHS,
    EvaluationLaw,
    OfficerBand,
    agency_points,
    contact_points,
    indicator_tenths,
    officer_band,
    officer_tenths,
    total_time_points,
)
from domain.figures import resolution
from projections.counts import CheckpointReference
from projections.dossier_rows import Act

DEFINITION: Final = "officer-evaluation@v1"
MOST_POINTS: Final = 2

# By which an office asks the applicant for something: kinds 4, 17 and 19 of domain.md 2.
ASKING_KINDS: Final = frozenset(
    {
        "dossier.intake_supplement_requested",
        "dossier.supplement_requested",
        "dossier.supplement_judged_incomplete",
    }
)


class OfficerMissing(StrEnum):
    """Why an officer's indicator has no value."""

    NOTHING_ENDED = "nothing_ended"
    TOO_FEW_DOSSIERS = "too_few_dossiers"
    STEPS_NOT_KEPT = "steps_not_kept"
    COMPLAINTS_NOT_LINKED = "complaints_not_linked"


class OfficerIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """One of an officer's five indicators; `tenths` (0 to 20) or why there are none.

    `counted` is on how many dossiers it rests.
    """

    number: int
    counted: int = 0
    tenths: int | None = None
    missing: OfficerMissing | None = None


class OfficerEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """An officer's evaluation, named by the key that was asked for; veiled dossiers are in it.

    `dossiers` is how many ended in the period that the reader may count; the others are left out,
    and all indicators to a reader who may count none. `tenths` add up the indicators that have a
    value, None without any; `most_tenths` is the most they could be. `verified` tells whether the
    rules are known to hold in the whole period. `faults_known` is always false: an applicant's
    own fault, which the circular exempts in indicator 3, is not on record.
    """

    officer: str
    period: str
    months: tuple[str, ...]
    is_over: bool
    dossiers: int
    indicators: tuple[OfficerIndicator, ...]
    tenths: int | None
    most_tenths: int
    band: OfficerBand | None
    law: str
    law_source: str
    verified: bool
    least_dossiers: int
    checkpoint: CheckpointReference
    as_of: str
    faults_known: bool = False
    definition: str = DEFINITION


@dataclass(frozen=True, slots=True)
class Processed:
    """One ended dossier that the officer processed, with all its acts."""

    dossier: Dossier
    acts: Sequence[Act]
    zone: str


def officer_indicators(
    processed: Sequence[Processed], law: EvaluationLaw = CIRCULAR_2018
) -> tuple[OfficerIndicator, ...]:
    """Give the five indicators of an officer, in order."""
    found = {
        1: _mean(1, processed, _total_time, law),
        3: _mean(3, processed, _contacts, law),
        4: _mean(4, processed, _agencies, law),
        2: OfficerIndicator(number=2, missing=OfficerMissing.STEPS_NOT_KEPT),
        7: OfficerIndicator(number=7, missing=OfficerMissing.COMPLAINTS_NOT_LINKED),
    }
    return tuple(found[number] for number in OFFICER_INDICATORS)


def officer_sum(
    indicators: Iterable[OfficerIndicator], law: EvaluationLaw = CIRCULAR_2018
) -> tuple[int | None, int, OfficerBand | None]:
    """Give the sum, the most it could be, and the band where no indicator is missing."""
    by_number = {one.number: one.tenths for one in indicators}
    known = [number for number, tenths in by_number.items() if tenths is not None]
    if not known:
        return None, 0, None
    total = officer_tenths(by_number)
    is_whole = set(known) == set(OFFICER_INDICATORS)
    most = len(known) * MOST_POINTS * TENTHS
    return total, most, officer_band(total, law) if is_whole else None


def _mean(
    number: int,
    processed: Sequence[Processed],
    points_of: Callable[[Processed], int],
    law: EvaluationLaw,
) -> OfficerIndicator:
    counted = len(processed)
    if counted < law.least_ratings_officer:
        few = OfficerMissing.TOO_FEW_DOSSIERS if counted else OfficerMissing.NOTHING_ENDED
        return OfficerIndicator(number=number, counted=counted, missing=few)
    tenths = indicator_tenths(map(points_of, processed))
    return OfficerIndicator(number=number, counted=counted, tenths=tenths)


def _total_time(one: Processed) -> int:
    kept = resolution(one.dossier, one.zone)
    assert kept is not None
    return total_time_points(kept)


def _contacts(one: Processed) -> int:
    return contact_points(len(_requests(one)))


def _agencies(one: Processed) -> int:
    return agency_points(len({act.office for act in _requests(one)}))


def _requests(one: Processed) -> list[Act]:
    return [act for act in one.acts if act.kind in ASKING_KINDS]
