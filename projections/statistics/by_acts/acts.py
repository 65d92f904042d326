"""What these figures look at of a dossier's public acts, and the seconds and days of moments.

Moments are the texts that rows hold: `2026-11-21T08:03:11Z`, or a day alone.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final, NamedTuple

from domain.moments import SECONDS_PER_DAY, render_moment, time_zone
from domain.roles import Role
from projections.dossier_rows import Act

_DAY_LENGTH: Final = len("2026-11-21")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL: Final = _EPOCH.toordinal()

SUBMITTED: Final = "dossier.submitted"
ROUTED: Final = "dossier.routed_to_office"
TAKEN_OVER: Final = "dossier.handover_acknowledged"
SUPPLEMENT_HANDED_IN: Final = "dossier.supplement_submitted"
PAYMENT_REQUIRED: Final = "dossier.payment_required"
PAYMENT_CONFIRMED: Final = "dossier.payment_confirmed"
PAYMENT_REFUNDED: Final = "dossier.payment_refunded"
FEE_ASSESSED: Final = "dossier.fee_assessed"
RESULT_SENT: Final = "dossier.result_dispatched"
RETURNED: Final = "dossier.result_returned"
# Of these alone it matters as what they were signed.
SIGNED_AT_THE_COUNTER: Final = frozenset({SUPPLEMENT_HANDED_IN, RETURNED})


class SeenAct(NamedTuple):
    """One public act of a dossier as far as figures look at it.

    ``roles`` are those of its signers, where it matters who signed; else there are none.
    """

    kind: str
    at: str
    office: str | None
    to_office: str | None
    amount_vnd: int | None
    payment_method: str | None
    roles: frozenset[Role]


def seen_act(act: Act) -> SeenAct:
    """Give what figures look at of an act."""
    return SeenAct(
        act.kind,
        render_moment(act.at),
        act.office,
        act.to_office,
        act.amount_vnd,
        act.payment_method,
        roles_of(act),
    )


def roles_of(act: Act) -> frozenset[Role]:
    """Give the roles of an act's signers where figures look at them."""
    if act.kind not in SIGNED_AT_THE_COUNTER:
        return frozenset()
    return frozenset(signer.role for signer in act.signers)


def is_day(moment: str) -> bool:
    """Tell whether only the day of a moment is known."""
    return len(moment) == _DAY_LENGTH


def day_of(moment: str, zone: str) -> str:
    """Give the day of a moment in a time zone."""
    if is_day(moment):
        return moment
    turn, before, after = _days_of(moment[:_DAY_LENGTH], zone)
    if turn is None:
        return _day_of(moment, zone)
    return before if moment < turn else after


def _day_of(moment: str, zone: str) -> str:
    return datetime.fromisoformat(moment).astimezone(time_zone(zone)).date().isoformat()


@lru_cache(maxsize=20_000)
def _days_of(utc_day: str, zone: str) -> tuple[str | None, str, str]:
    """Give the first moment of a day by UTC that is of the next day in a zone, and both days.

    There is none named where the zone's clocks may be set anew on it: each moment is then looked at
    by itself.
    """
    first = datetime.fromisoformat(f"{utc_day}T00:00:00Z").astimezone(time_zone(zone))
    last = datetime.fromisoformat(f"{utc_day}T23:59:59Z").astimezone(time_zone(zone))
    before, after = first.date().isoformat(), last.date().isoformat()
    if first.utcoffset() != last.utcoffset():
        return None, before, after
    left = SECONDS_PER_DAY - (first.hour * 60 + first.minute) * 60 - first.second
    if left >= SECONDS_PER_DAY:
        return utc_day, after, after
    turn = f"{left // 3600:02d}:{left // 60 % 60:02d}:{left % 60:02d}"
    return f"{utc_day}T{turn}Z", before, after


def second_of(zone: str, moment: str) -> int:
    """Give the second since 1970 of a moment; of a day alone its first one in that zone."""
    if len(moment) == _DAY_LENGTH:
        start = datetime.combine(date.fromisoformat(moment), time(), time_zone(zone))
        return int(start.astimezone(UTC).timestamp())
    # Their difference is found three times faster than what `timestamp` gives.
    since = datetime.fromisoformat(moment) - _EPOCH
    return since.days * SECONDS_PER_DAY + since.seconds


def day_second_of(zone: str, moment: str) -> int:
    """Give whole days since 1970 up to a moment's day in that zone, as seconds."""
    day = date.fromisoformat(day_of(moment, zone))
    return (day.toordinal() - _EPOCH_ORDINAL) * SECONDS_PER_DAY


def of_kinds(acts: Sequence[SeenAct], kinds: frozenset[str]) -> list[SeenAct]:
    """Give the acts of some kinds, in order."""
    return [act for act in acts if act.kind in kinds]
