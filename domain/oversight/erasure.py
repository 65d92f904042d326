"""Erasure: when the personal data of a dossier may be destroyed, over facts that are given.

Public facts show the retention and the holds. Complaints, denunciations and findings name their
dossier in private alone, so who holds the vault counts those and asks here.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from domain.errors import DossierErased, ErasureBlocked, RetentionNotPassed


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

    The refusal never says whether it was a denunciation or a finding: both are sealed.

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
    if holds + matters.complaints + matters.denunciations + matters.findings:
        raise ErasureBlocked


def check_has_no_details(*, has_details: bool) -> None:
    """Check that an act on a dossier whose private part was erased brings no new one.

    Raises:
        DossierErased: it does; the key is destroyed, and none is made again.
    """
    if has_details:
        raise DossierErased


def retention_end(ended_on: date, retention_years: int) -> date:
    """Give the last day of the retention; what ended on 29 February is kept until the 28th."""
    year = ended_on.year + retention_years
    return date(year, ended_on.month, min(ended_on.day, monthrange(year, ended_on.month)[1]))
