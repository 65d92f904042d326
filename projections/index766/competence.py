"""Which procedures a unit is competent for, and what their public documents say of them."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.facts import Channel
from domain.index766 import Input, Measured, Missing
from domain.procedures import LimitUnit, Procedure, ProcedureRecord
from domain.procedures.contents import Service
from projections.index766.reasons import (
    BY_LEVEL,
    FEES_KNOWN,
    LEVELS_UNKNOWN,
    PARTS_PUBLISHED,
)

_ONLINE = frozenset({Service.FULL, Service.PARTIAL})
Procedures = Mapping[str, Procedure]


def competent_for(
    records: Mapping[str, ProcedureRecord], levels: frozenset[str], day: date
) -> dict[str, Procedure]:
    """Give the versions in force on a day of procedures that offices of these levels carry out."""
    found: dict[str, Procedure] = {}
    for code, record in sorted(records.items()):
        version = record.version_in_force(day)
        if version is not None and levels & {level.value for level in version.office_levels()}:
            found[code] = version
    return found


def full_content(procedures: Procedures) -> Input:
    """Measure 1.3: procedures with all seven parts."""
    whole = sum(_has_all_parts(procedure) for procedure in procedures.values())
    return Measured(whole, len(procedures), PARTS_PUBLISHED)


def _has_all_parts(procedure: Procedure) -> bool:
    """Tell whether steps, ways, papers, limit, subjects and office are there; a name always is.

    LAW: Decree 63/2010 art. 8.2, as amended.
    """
    texts, limit = procedure.texts, procedure.limit
    return all(
        (
            texts.steps or procedure.steps,
            texts.ways or procedure.channels,
            procedure.cases,
            limit.unit is not LimitUnit.UNKNOWN or limit.prose,
            texts.subjects,
            texts.executing_office or texts.competent_office,
        )
    )


def offered_online(procedures: Procedures) -> Input:
    """Measure 3.1: procedures with partial or full online service."""
    if _has_unknown_level(procedures.values()):
        return Missing(LEVELS_UNKNOWN)
    return Measured(len(online_of(procedures)), len(procedures), BY_LEVEL)


def used_online(procedures: Procedures, came_online: frozenset[str]) -> Input:
    """Measure 3.2: online services with a dossier that came online."""
    if _has_unknown_level(procedures.values()):
        return Missing(LEVELS_UNKNOWN)
    online = online_of(procedures)
    return Measured(len(online & came_online), len(online), BY_LEVEL)


def online_of(procedures: Procedures) -> frozenset[str]:
    """Give the codes of those that are offered online."""
    return frozenset(code for code, each in procedures.items() if _service_of(each) in _ONLINE)


def with_fee(procedures: Procedures) -> frozenset[str]:
    """Give the codes of those that state a fee above 0, for whatever channel."""
    return frozenset(code for code, each in procedures.items() if _has_fee(each))


def with_transaction(fee_procedures: frozenset[str], paid_online: frozenset[str]) -> Input:
    """Measure 3.5b: fee procedures with an online transaction."""
    return Measured(len(fee_procedures & paid_online), len(fee_procedures), FEES_KNOWN)


def _has_fee(procedure: Procedure) -> bool:
    fees = (procedure.fee_for(channel) for channel in (None, *Channel))
    return any(fee.amount_vnd for fee in fees)


def _service_of(procedure: Procedure) -> Service | None:
    return None if procedure.service_level is None else procedure.service_level.service


def _has_unknown_level(procedures: Iterable[Procedure]) -> bool:
    return any(_service_of(procedure) is None for procedure in procedures)
