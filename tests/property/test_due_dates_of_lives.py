"""Random lives with calendars published in between: the due date is a function of what happened.

Invariant 6 of domain.md 2.7: acceptance, procedure version, calendar and what stopped the clock
give the date, whatever the order in which it was counted; an ended dossier keeps its own.
"""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import Calendar, WorkingTime
from domain.clocks.limits import has_passed, processing_count
from domain.decisions import decide, evolve, moved_by
from domain.dossiers import Dossier
from domain.errors import ActionRefused
from domain.facts import CalendarPublished
from domain.figures import due_in_force
from domain.moments import Moment
from domain.procedures import Limit, LimitUnit, Procedure, SupplementPolicy
from tests.support.builders import (
    HEX64,
    ZONE,
    MemoryRegister,
    a_calendar,
    a_dossier,
    a_procedure,
    a_register,
    an_action,
)

CALENDAR = "calendar.published"
ACTS = (
    "dossier.handover_acknowledged",
    "dossier.supplement_requested",
    "dossier.supplement_completed",
    "dossier.payment_required",
    "dossier.payment_confirmed",
    "dossier.consultation_requested",
    "dossier.consultation_answered",
    "dossier.verification_scheduled",
    "dossier.verification_recorded",
    "dossier.processing_suspended",
    "dossier.processing_resumed",
    "dossier.withdrawal_requested",
    "dossier.withdrawal_denied",
    "dossier.extension_apology_issued",
    CALENDAR,
)
ENDS = ("dossier.resolution_refused", "dossier.processing_stopped", "dossier.withdrawal_confirmed")
START = datetime(2026, 3, 2, 2, tzinfo=UTC)

limits = st.builds(
    Limit,
    unit=st.sampled_from([unit for unit in LimitUnit if unit is not LimitUnit.UNKNOWN]),
    amount=st.integers(0, 20),
)
procedures = st.builds(
    lambda limit, policy, flags: a_procedure(
        limit=limit,
        supplement_policy=policy,
        pause_in_payment=flags[0],
        pause_in_consultation=flags[1],
        pause_in_site_survey=flags[2],
    ),
    limits,
    st.sampled_from(list(SupplementPolicy)),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
gaps = st.lists(st.integers(0, 72), min_size=4, max_size=20)
days_off = st.sets(st.dates(date(2026, 3, 2), date(2026, 5, 30)), max_size=6)


class Ledger:
    """One dossier, a register, and the calendars so far."""

    def __init__(self, register: MemoryRegister) -> None:
        self.register = register
        self.calendars: list[Calendar] = [register.calendars["VN"].calendar]
        register.documents[HEX64] = msgspec.json.encode(self.calendars[0])
        accepted = an_action("dossier.accepted", at=Moment(instant=START))
        state = evolve(a_dossier(), accepted, register)
        assert isinstance(state, Dossier)
        self.dossier = state
        self.act("dossier.handover_acknowledged", Moment(instant=START))

    def permitted(self, at: Moment, kinds: tuple[str, ...] = ACTS) -> list[str]:
        """Give what may come next; the publication of a calendar always may."""
        return [kind for kind in kinds if kind == CALENDAR or self._permits(kind, at)]

    def _permits(self, kind: str, at: Moment) -> bool:
        try:
            decide(self.dossier, an_action(kind, at=at, version=9), self.register)
        except ActionRefused:
            return False
        return True

    def act(self, kind: str, at: Moment) -> None:
        state = evolve(self.dossier, an_action(kind, at=at, version=9), self.register)
        assert isinstance(state, Dossier)
        self.dossier = state

    def publish(self, off: set[date], at: Moment) -> None:
        calendar = a_calendar(days_off=tuple(sorted({*a_calendar().days_off, *off})))
        self.calendars.append(calendar)
        version = len(self.calendars)
        document = msgspec.json.encode(calendar)
        sha256_hex = sha256(document).hexdigest()
        self.register.documents[sha256_hex] = document
        before = self.register.calendars["VN"]
        self.register.calendars["VN"] = before.followed_by(calendar, sha256_hex, at)
        action = an_action(
            CALENDAR,
            stream="calendar:VN",
            version=version,
            at=at,
            facts=CalendarPublished(document=HEX64),
        )
        self.dossier = moved_by(self.dossier, action, self.register) or self.dossier


@settings(deadline=None)
@given(procedures, gaps, st.data())
def test_due_date_is_a_function_of_what_happened_and_of_the_calendar(
    procedure: Procedure, hours: list[int], data: st.DataObject
) -> None:
    ledger, now = Ledger(a_register(procedure)), START
    seen = [(now, ledger.dossier.due)]
    for gap in hours:
        now += timedelta(hours=gap, minutes=1)
        at = Moment(instant=now)
        kind = data.draw(st.sampled_from(ledger.permitted(at)))
        before = ledger.dossier
        if kind == CALENDAR:
            ledger.publish(data.draw(days_off), at)
            if has_passed(before, procedure, at, ZONE):
                assert ledger.dossier.due == before.due
        else:
            ledger.act(kind, at)
        seen.append((now, ledger.dossier.due))
        check_due_date(ledger, procedure)

    at = Moment(instant=now)
    for kind in ledger.permitted(at, ENDS)[:1]:
        ledger.act(kind, at)
        ended = ledger.dossier
        ledger.publish(data.draw(days_off), at)
        assert ledger.dossier == ended
        check_due_date(ledger, procedure)

    for instant, due in seen:
        assert due_in_force(ledger.dossier, instant, ZONE) == due


def check_due_date(ledger: Ledger, procedure: Procedure) -> None:
    dossier = ledger.dossier
    assert dossier.calendar_version is not None
    if dossier.came_too_late is not None:
        assert dossier.calendar_version < dossier.came_too_late.version
    elif dossier.ended_at is None:
        assert dossier.calendar_version == len(ledger.calendars)
    working = WorkingTime(ledger.calendars[dossier.calendar_version - 1], ZONE)
    counted = processing_count(dossier, procedure, working)
    assert counted is not None
    assert counted.due == dossier.due
    assert all(change.due_before != change.due_after for change in dossier.due_changes)


@settings(deadline=None)
@given(procedures, gaps, st.data())
def test_apology_never_moves_the_legal_due_date(
    procedure: Procedure, hours: list[int], data: st.DataObject
) -> None:
    ledger, now = Ledger(a_register(procedure)), START
    for gap in hours:
        now += timedelta(hours=gap, minutes=1)
        at = Moment(instant=now)
        permitted = [kind for kind in ledger.permitted(at) if kind != CALENDAR]
        if not permitted:
            break
        before = ledger.dossier.due
        kind = data.draw(st.sampled_from(permitted))
        ledger.act(kind, at)

        if kind == "dossier.extension_apology_issued":
            assert ledger.dossier.due == before
            assert ledger.dossier.appointment is not None
