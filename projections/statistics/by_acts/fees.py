"""Fees: what public acts say of money, each act in the period of its own day (`fees@v1`).

What the catalogue asks for (assessed), what was asked of the applicant (required), paid by each
method and paid back, as acts and as VND. Outstanding is what dossiers that wait for a payment were
asked for last: it begins and ends with the wait. What was waived is private: an exemption tells of
poverty, illness or war, so only the applicant's part of the act names it; "assessed and not
required" is no waiver either, since who pays at once is never asked.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from domain.dossiers import WaitKind
from domain.facts import PaymentMethod
from projections.dossier_rows import NOTHING, DossierRow
from projections.statistics.by_acts.acts import (
    FEE_ASSESSED,
    PAYMENT_CONFIRMED,
    PAYMENT_REFUNDED,
    PAYMENT_REQUIRED,
    SeenAct,
    day_of,
)
from projections.statistics.by_acts.stretches import waits_in

ASSESSED: Final = "assessed"
REQUIRED: Final = "required"
REFUNDED: Final = "refunded"
OUTSTANDING: Final = "outstanding"
PAID: Final = {method.value: f"paid_{method.value}" for method in PaymentMethod}
FEE_MEASURES: Final = (ASSESSED, REQUIRED, *PAID.values(), REFUNDED, OUTSTANDING)

_PLAIN: Final = {
    FEE_ASSESSED: ASSESSED,
    PAYMENT_REQUIRED: REQUIRED,
    PAYMENT_REFUNDED: REFUNDED,
}
FEE_KINDS: Final = frozenset({*_PLAIN, PAYMENT_CONFIRMED})


class FeeChange(NamedTuple):
    """What is added to a measure on a day: acts (or dossiers that owe), and VND."""

    day: str
    measure: str
    times: int
    amount_vnd: int


def fee_changes(row: DossierRow, acts: Sequence[SeenAct], zone: str) -> Iterator[FeeChange]:
    """Give what an accepted dossier adds to the figures of fees; before its acceptance nothing."""
    if row.accepted_at is None:
        return
    for act in acts:
        # Few acts name an amount.
        if act.amount_vnd is not None:
            measure = _measure_of(act)
            if measure is not None:
                yield _change(day_of(act.at, zone), measure, 1, act.amount_vnd)
    if row.waits != NOTHING:
        yield from _outstanding(row, acts, zone)


def _change(day: str, measure: str, times: int, amount_vnd: int) -> FeeChange:
    # As its own constructor makes it, which takes twice as long.
    return tuple.__new__(FeeChange, (day, measure, times, amount_vnd))


def _measure_of(act: SeenAct) -> str | None:
    if act.kind == PAYMENT_CONFIRMED and act.payment_method is not None:
        return PAID[act.payment_method]
    return _PLAIN.get(act.kind)


def _outstanding(row: DossierRow, acts: Sequence[SeenAct], zone: str) -> Iterator[FeeChange]:
    waits = [wait for wait in waits_in(row.waits) if wait.kind is WaitKind.PAYMENT]
    if not waits:
        return
    required = [act for act in acts if act.kind == PAYMENT_REQUIRED]
    begun = 0
    for wait in waits:
        # Each request begins one wait; a wait that goes on after a denied withdrawal has none of
        # its own, and the one before it still holds.
        if begun < len(required) and required[begun].at == wait.since:
            begun += 1
        amount = required[begun - 1].amount_vnd if begun else None
        if amount is None:
            continue
        begins_on = day_of(wait.since, zone)
        yield _change(begins_on, OUTSTANDING, 1, amount)
        if wait.until is not None:
            # An imported wait may end before it begins.
            ends_on = max(begins_on, day_of(wait.until, zone))
            yield _change(ends_on, OUTSTANDING, -1, -amount)
