"""Late entries and outages: who declares them for which office, and how they end."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import StreamState, decide, evolve
from domain.errors import (
    CoSignerMissing,
    FactInvalid,
    NotYourOffice,
    NotYourRole,
    OutageTooOld,
    UnknownOffice,
)
from domain.facts import Facts, Grant
from domain.facts.integrity import (
    LateEntryDeclared,
    LateEntryGround,
    OutageDeclared,
    OutageEnded,
)
from domain.keys import LedgerRecord
from domain.offices import OfficeRecord
from domain.oversight.integrity import Outage
from domain.roles import Role
from tests.support.builders import (
    DEPARTMENT,
    LEDGER,
    OFFICE,
    a_key,
    a_moment,
    a_register,
    an_action,
    signed_as,
)


def refusal(error: type[Exception], state: StreamState | None, action: Action) -> None:
    with pytest.raises(error):
        decide(state, action, a_register())


# Late entries.


def office_of(state: StreamState | None) -> OfficeRecord:
    assert isinstance(state, OfficeRecord)
    return state


def a_late_entry(since: str, until: str, **changes: Any) -> Action:
    facts = LateEntryDeclared(
        ground=LateEntryGround.OUTAGE,
        since=date.fromisoformat(since),
        until=date.fromisoformat(until),
    )
    usual = {"stream": f"office:{OFFICE}", "facts": facts}
    return an_action("office.late_entry_declared", **(usual | changes))


def test_late_entries_stay_with_the_office_through_its_next_document() -> None:
    register = a_register()
    record = office_of(register.office(OFFICE))

    for since in ("2026-02-23", "2026-02-26"):
        action = a_late_entry(since, "2026-02-27")
        decide(record, action, register)
        record = office_of(evolve(record, action, register))

    again = record.followed_by(record.office, "cd" * 32, a_moment())
    assert [entry.since.day for entry in again.late_entries] == [23, 26]
    assert again.late_entries[0].declared_at == a_moment()


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(FactInvalid, a_late_entry("2026-02-27", "2026-02-26"), id="ends first"),
        pytest.param(FactInvalid, a_late_entry("2026-02-27", "2026-03-03"), id="days to come"),
        pytest.param(
            FactInvalid,
            a_late_entry("2026-02-26", "2026-02-27", office=DEPARTMENT),
            id="for another office",
        ),
        pytest.param(
            CoSignerMissing,
            a_late_entry("2026-02-26", "2026-02-27", signers=signed_as(Role.RECEIVER)),
            id="without the head",
        ),
    ],
)
def test_late_entry_is_refused(error: type[Exception], action: Action) -> None:
    refusal(error, a_register().office(OFFICE), action)


# Outages.


def a_ledger(**changes: Any) -> LedgerRecord:
    vkey = f"registrar-00000000000000aa+0a1b2c3d+{'A' * 44}"
    record = LedgerRecord(LEDGER, vkey, vkey, vkey, vkey, (), 1, 3600, a_moment("2026-01-01"))
    return msgspec.structs.replace(record, **changes)


def an_outage(name: str, facts: Facts, **changes: Any) -> Action:
    usual = {"stream": f"ledger:{LEDGER}", "office": None, "facts": facts, "version": 2}
    return an_action(name, **(usual | changes))


def declared(*offices: str, since: str = "2026-03-02T01:00:00Z", **changes: Any) -> Action:
    expected = changes.pop("expected_until", None)
    facts = OutageDeclared(since=since, expected_until=expected, offices=offices)
    return an_outage("ledger.outage_declared", facts, **changes)


def ended(until: str, version: int = 2, **changes: Any) -> Action:
    facts = OutageEnded(declared_version=version, until=until)
    return an_outage("ledger.outage_ended", facts, **({"version": 3} | changes))


def test_outage_lasts_until_it_is_ended() -> None:
    register = a_register()
    record: StreamState = a_ledger()

    for action in (declared(OFFICE), ended("2026-03-02T02:00:00Z")):
        decide(record, action, register)
        record = evolve(record, action, register)

    assert isinstance(record, LedgerRecord)
    since = a_moment("2026-03-02T01:00:00Z").instant
    assert since is not None
    assert record.outages == (Outage(2, since, a_moment().instant, (OFFICE,)),)


def test_head_declares_outages_of_the_own_offices_alone() -> None:
    head = a_key("officer-00000000000000a1", Grant(Role.HEAD, OFFICE))
    register = a_register(keys=[head])
    by_head: dict[str, Any] = {"signers": signed_as(Role.HEAD, key=head.name)}

    decide(a_ledger(), declared(OFFICE, **by_head), register)
    for offices in [(), (DEPARTMENT,), (OFFICE, DEPARTMENT)]:
        with pytest.raises(NotYourOffice):
            decide(a_ledger(), declared(*offices, **by_head), register)
    everywhere = evolve(a_ledger(), declared(), register)
    with pytest.raises(NotYourOffice):
        decide(everywhere, ended("2026-03-02T02:00:00Z", **by_head), register)


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(FactInvalid, declared(since="2026-02-30T00:00:00Z"), id="no such day"),
        pytest.param(FactInvalid, declared(expected_until="2026-03-02T01:00:00Z"), id="no time"),
        pytest.param(FactInvalid, declared(OFFICE, OFFICE), id="an office twice"),
        pytest.param(UnknownOffice, declared("H99"), id="unknown office"),
        pytest.param(FactInvalid, declared(office=OFFICE), id="office in the header"),
        pytest.param(NotYourRole, declared(signers=signed_as(Role.RECEIVER)), id="by a receiver"),
        pytest.param(FactInvalid, ended("2026-03-02T02:00:00Z", version=1), id="never declared"),
        pytest.param(FactInvalid, ended("2026-03-01T02:00:00Z"), id="over before it began"),
        pytest.param(FactInvalid, ended("2026-03-02T02:00:01Z"), id="over later than now"),
    ],
)
def test_outage_is_refused(error: type[Exception], action: Action) -> None:
    record = evolve(a_ledger(), declared(), a_register())

    refusal(error, record, action)


def test_outage_is_ended_once() -> None:
    register = a_register()
    over = evolve(evolve(a_ledger(), declared(), register), ended("2026-03-02T02:00:00Z"), register)

    refusal(FactInvalid, over, ended("2026-03-02T02:00:00Z"))


@pytest.mark.parametrize(
    ("since", "told", "is_refused"),
    [
        pytest.param("2026-03-02T01:00:00Z", "2026-03-05T02:00:00Z", False, id="three days"),
        pytest.param("2026-03-02T01:00:00Z", "2026-03-06T02:00:00Z", True, id="four days"),
        pytest.param("2026-03-05T01:00:00Z", "2026-03-10T02:00:00Z", False, id="over a weekend"),
        pytest.param("2024-03-01T01:00:00Z", "2026-03-03T02:00:00Z", True, id="beyond calendars"),
    ],
)
def test_outage_that_is_told_late_cannot_begin_weeks_ago(
    since: str, told: str, is_refused: bool
) -> None:
    """A month of lateness was gone: the procedure's clock had "rested" since the first day."""
    action, register = declared(OFFICE, since=since, at=a_moment(told)), a_register()

    if is_refused:
        with pytest.raises(OutageTooOld):
            decide(a_ledger(), action, register)
    else:
        decide(a_ledger(), action, register)


def test_outage_counts_all_days_where_no_calendar_is_published() -> None:
    register = a_register()
    register.calendars.clear()
    told = a_moment("2026-03-10T02:00:00Z")

    with pytest.raises(OutageTooOld):
        decide(a_ledger(), declared(OFFICE, since="2026-03-05T01:00:00Z", at=told), register)
