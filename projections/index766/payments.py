"""Payments of a period: which dossiers were paid online, and which owed nothing.

A dossier belongs to the period in which it was accepted. It is paid online if a payment through
the portal or the agency's gateway was confirmed; it owes nothing if acts about money name amounts
and all of them are 0. What an applicant owes after an exemption is private, and not looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from domain.facts import PaymentMethod
from domain.index766 import Input, Measured
from domain.moments import parse_moment
from projections.index766.reasons import FEES_KNOWN
from projections.statistics.periods import Granularity, period_at
from projections.statistics.places import Places
from projections.stored.fees import FeeAct

_ONLINE = frozenset({PaymentMethod.ONLINE_PORTAL.value, PaymentMethod.ONLINE_GATEWAY.value})


@dataclass(frozen=True, slots=True)
class Payments:
    """How many dossiers of each procedure were paid online, and how many owed nothing."""

    paid_online: Mapping[str, int] = field(default_factory=dict)
    owing_nothing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which dossiers are looked at: of these offices (None: all), accepted in these months."""

    offices: frozenset[str] | None
    months: tuple[str, ...]


def payments_of(acts: Iterable[FeeAct], places: Places, wanted: Accepted) -> Payments:
    """Fold acts about money; those of one dossier must follow one another.

    The views keep what it gives month by month (`projections.stored.payments`).
    """
    paid: dict[str, int] = {}
    nothing: dict[str, int] = {}
    for _, of_dossier in groupby(acts, key=attrgetter("stream")):
        found = list(of_dossier)
        if not _is_wanted(found[0], places, wanted):
            continue
        procedure = found[0].procedure
        if not any(act.amount_vnd for act in found):
            nothing[procedure] = nothing.get(procedure, 0) + 1
        elif any(act.payment_method in _ONLINE for act in found):
            paid[procedure] = paid.get(procedure, 0) + 1
    return Payments(paid, nothing)


def _is_wanted(act: FeeAct, places: Places, wanted: Accepted) -> bool:
    if wanted.offices is not None and act.office not in wanted.offices:
        return False
    zone = places.zone_of(act.office)
    if zone is None:
        return False
    day = parse_moment(act.accepted_at).day_in(zone)
    return period_at(day, Granularity.MONTH) in wanted.months


def paid_online(
    payments: Payments, received: Mapping[str, int], fee_procedures: frozenset[str]
) -> Input:
    """Measure 3.6; ``received`` counts the dossiers accepted in the period by procedure."""
    owing = sum(
        max(0, received.get(code, 0) - payments.owing_nothing.get(code, 0))
        for code in fee_procedures
    )
    paid = sum(payments.paid_online.get(code, 0) for code in fee_procedures)
    return Measured(paid, owing, FEES_KNOWN)
