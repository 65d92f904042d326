"""Laws: which decree held on which day, and the limits that hold where a procedure says nothing.

Everything here is a parameter of a version of the law, with the text that it was read in. Where
that text is not the law's own (a decree about one sector, a summary), `verified` is False, and
whoever shows the number says so: it is an assumption of this ledger, not the law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from domain.clocks.arrivals import LateArrivals
from domain.errors import Sentence
from domain.facts import Channel
from domain.procedures import Limit, LimitUnit


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """A limit that the law sets, and where it was read."""

    limit: Limit
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class TransferRule:
    """How soon an accepted dossier goes on; what was accepted after `late_after` counts later."""

    limit: LegalLimit
    late_after: time


@dataclass(frozen=True, slots=True)
class Law:
    """One version of the law on one-stop offices (domain.md 2.1).

    `supplement_wait` is how long the applicant may take before the dossier may be closed;
    `supplement_request` how long after acceptance an office may still send a dossier back.
    `intake_notice` is how soon a receiving officer is told of what arrived, by channel; `transfer`
    how soon the deciding agency has what was accepted. How soon a result must be handed over
    stands in no text that was read: only a procedure may say it.
    """

    id: str
    name: Sentence
    valid_from: date
    valid_to: date | None
    acceptance: Mapping[Channel, LegalLimit]
    late_arrivals: LateArrivals
    supplement_wait: LegalLimit
    supplement_request: LegalLimit
    intake_notice: Mapping[Channel, LegalLimit]
    transfer: TransferRule


def _limit(amount: int, unit: LimitUnit, source: str, *, verified: bool) -> LegalLimit:
    return LegalLimit(Limit(unit=unit, amount=amount), source, verified)


# Read in decrees on single matters, not in the general decree: an assumption for all others.
_CHECK_ONLINE: Final = _limit(
    8, LimitUnit.HOURS, "Decree 297/2025 art. 6.4a; Resolution 66.7/2025 item 1", verified=False
)
_CHECK_ON_PAPER: Final = _limit(
    1, LimitUnit.WORKING_DAYS, "Resolution 66.7/2025 item 2", verified=False
)
_SUPPLEMENT_WAIT: Final = _limit(
    15, LimitUnit.WORKING_DAYS, "Decree 297/2025 art. 6.4a", verified=False
)
# Decree 297/2025 is about one sector: an assumption for all others.
_NOTICE: Final = {
    Channel.ONLINE: _limit(2, LimitUnit.HOURS, "Decree 297/2025 art. 6.4", verified=False)
}
_THREE_IN_THE_AFTERNOON: Final = time(15)
_ACCEPTANCE: Final = {
    Channel.ONLINE: _CHECK_ONLINE,
    Channel.COUNTER: _CHECK_ON_PAPER,
    Channel.POST: _CHECK_ON_PAPER,
}
_LATE_ARRIVALS: Final = LateArrivals(
    after=time(17),
    last_office_time=timedelta(hours=1),
    counts_from=time(8),
    source="Decree 297/2025 arts 3.5 and 6.3",
    verified=False,
)


def _transfer(*, verified: bool) -> TransferRule:
    """Give the rule on transfers: the same working day, or the next after three o'clock.

    LAW: Decree 61/2018 art. 18. How much of the next day its beginning is, the text does not say:
    the day is counted whole.
    """
    same_day = _limit(0, LimitUnit.WORKING_DAYS, "Decree 61/2018 art. 18", verified=verified)
    return TransferRule(same_day, _THREE_IN_THE_AFTERNOON)


LAWS: Final = (
    Law(
        id="nd61-2018",
        name=Sentence("Nghị định 61/2018/NĐ-CP", "Decree 61/2018/ND-CP"),
        valid_from=date(2018, 6, 21),
        valid_to=date(2025, 6, 30),
        acceptance=_ACCEPTANCE,
        late_arrivals=_LATE_ARRIVALS,
        supplement_wait=_SUPPLEMENT_WAIT,
        supplement_request=_limit(
            3, LimitUnit.WORKING_DAYS, "Decree 61/2018 art. 19.4", verified=True
        ),
        intake_notice=_NOTICE,
        transfer=_transfer(verified=True),
    ),
    Law(
        id="nd118-2025",
        name=Sentence("Nghị định 118/2025/NĐ-CP", "Decree 118/2025/ND-CP"),
        valid_from=date(2025, 7, 1),
        valid_to=None,
        acceptance=_ACCEPTANCE,
        late_arrivals=_LATE_ARRIVALS,
        supplement_wait=_SUPPLEMENT_WAIT,
        supplement_request=_limit(
            3, LimitUnit.WORKING_DAYS, "Decree 61/2018 art. 19.4", verified=False
        ),
        intake_notice=_NOTICE,
        transfer=_transfer(verified=False),
    ),
)


def law_on(day: date) -> Law | None:
    """Give the law that held on that day; None before the first one known here."""
    for law in LAWS:
        if law.valid_from <= day and (law.valid_to is None or day <= law.valid_to):
            return law
    return None
