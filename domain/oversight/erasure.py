"""Erasure: when the personal data of a dossier may be destroyed, over facts that are given.

Public facts show the retention and the holds. Complaints, denunciations and findings name their
dossier in private alone, so who holds the vault counts those and asks here.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from domain.dossiers import Dossier
from domain.errors import DossierErased, ErasureBlocked, RetentionNotPassed
from domain.moments import Moment


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """How many open matters name a dossier in private; a denunciation has no end on record."""

    complaints: int = 0
    denunciations: int = 0
    findings: int = 0


@dataclass(frozen=True, slots=True)
class ErasureCase:
    """What stands against erasure on a day; `retention_until` None where nobody declared one."""

    day: date
    retention_until: date | None
    open_holds: int = 0
    matters: OpenMatters = OpenMatters()


def check_erasure(case: ErasureCase) -> None:
    """Check that nothing stands against erasing a dossier's personal data.

    The refusal names a hold, and never whether it was a denunciation or a finding: both are sealed.

    Raises:
        RetentionNotPassed: the retention runs until that day or later, or is not declared.
        ErasureBlocked: a hold, complaint, denunciation or finding is open.
    """
    if case.retention_until is None:
        raise RetentionNotPassed("retention_years")
    if case.day <= case.retention_until:
        raise RetentionNotPassed(case.retention_until.isoformat())
    check_nothing_open(case.open_holds, case.matters)


def check_nothing_open(holds: int, matters: OpenMatters) -> None:
    """Check that nothing open keeps a dossier's personal data, whatever its retention is.

    Raises:
        ErasureBlocked: a hold, complaint, denunciation or finding is open.
    """
    if holds:
        # It stands on the dossier's own stream, for whoever may decide here to see.
        raise ErasureBlocked(f"holds: {holds}")
    if matters.complaints + matters.denunciations + matters.findings:
        raise ErasureBlocked


def check_has_no_details(*, has_details: bool) -> None:
    """Check that an act on a dossier whose private part was erased brings no new one.

    Raises:
        DossierErased: it does; the key is destroyed, and none is made again.
    """
    if has_details:
        raise DossierErased


def noting_end(before: Dossier | None, after: Dossier, recorded_after: datetime) -> Dossier:
    """Note the last moment before which an end, or a handing over, cannot have been recorded."""
    former = (None, None) if before is None else (before.ended_at, before.returned_at)
    if (after.ended_at, after.returned_at) == former:
        return after
    return replace(after, end_recorded_after=Moment(instant=recorded_after))


def retained_from(dossier: Dossier, zone: str) -> date | None:
    """Give the day from which retention counts: the end's, but not before it was recorded.

    An end that is dated back hastens no erasure. An import is recorded late by nature; its end is
    what it says.
    """
    ended, recorded_after = dossier.returned_at or dossier.ended_at, dossier.end_recorded_after
    if ended is None:
        return None
    if recorded_after is None or dossier.imported:
        return ended.day_in(zone)
    return max(ended.day_in(zone), recorded_after.day_in(zone))


def retention_end(ended_on: date, retention_years: int) -> date:
    """Give the last day of the retention; what ended on 29 February is kept until the 28th."""
    year = ended_on.year + retention_years
    return date(year, ended_on.month, min(ended_on.day, monthrange(year, ended_on.month)[1]))
