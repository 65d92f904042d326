"""Acts by an office after its end, and successors who take over what it had not decided."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from domain.calendars import add_working_hours
from domain.decisions import decide
from domain.errors import NotYourOffice, OfficeNotInForce
from domain.moments import Moment, parse_moment
from domain.offices import OfficeRecord, Session
from domain.rules.register import working_time
from domain.rules.territory import acts_for
from tests.support.builders import (
    ENROLLED_AT,
    HEX64,
    OFFICE,
    a_life,
    a_register,
    an_action,
    an_imported_action,
    an_office,
    dossier_after,
)

HEIR, GRANDCHILD = "H27.16", "H27.17"
BEFORE, AFTER = parse_moment("2026-06-30T10:00:00Z"), parse_moment("2026-06-30T17:00:00Z")
LAST_DAY = date(2026, 6, 30)


def a_territory() -> Any:
    """Give a register in which the usual office ended on 30 June 2026, Hanoi time."""
    register = a_register()
    ended = msgspec.structs.replace(an_office(OFFICE), valid_to=LAST_DAY, succeeded_by=(HEIR,))
    heir = an_office(HEIR)
    register.offices[OFFICE] = OfficeRecord(ended, HEX64, ENROLLED_AT)
    register.offices[HEIR] = OfficeRecord(heir, HEX64, ENROLLED_AT)
    register.offices[GRANDCHILD] = OfficeRecord(an_office(GRANDCHILD), HEX64, ENROLLED_AT)
    return register


def test_act_dated_after_the_end_of_its_office_is_refused() -> None:
    with pytest.raises(OfficeNotInForce):
        decide(None, an_action("dossier.submitted", at=AFTER), a_territory())


def test_act_dated_before_the_end_is_permitted_however_late_it_is_recorded() -> None:
    decide(None, an_action("dossier.submitted", at=BEFORE), a_territory())


def test_act_dated_before_the_office_existed_is_refused() -> None:
    register = a_territory()
    young = msgspec.structs.replace(an_office(OFFICE), valid_from=date(2026, 7, 1))
    register.offices[OFFICE] = OfficeRecord(young, HEX64, ENROLLED_AT)

    with pytest.raises(OfficeNotInForce):
        decide(None, an_action("dossier.submitted", at=BEFORE), register)


def test_history_of_another_system_is_told_as_it_is_found() -> None:
    decide(None, an_imported_action("dossier.submitted", at=AFTER), a_territory())


def test_successor_goes_on_with_what_the_ended_office_had_taken_in() -> None:
    dossier = dossier_after(*a_life("dossier.submitted"))
    act = an_action("dossier.accepted", version=2, office=HEIR, at=AFTER)

    decide(dossier, act, a_territory())


@pytest.mark.parametrize(
    ("office", "at"),
    [
        pytest.param(HEIR, BEFORE, id="successor before the end"),
        pytest.param(GRANDCHILD, AFTER, id="office that succeeds nobody"),
    ],
)
def test_nobody_else_takes_a_dossier_over(office: str, at: Moment) -> None:
    dossier = dossier_after(*a_life("dossier.submitted"))
    act = an_action("dossier.accepted", version=2, office=office, at=at)

    with pytest.raises(NotYourOffice):
        decide(dossier, act, a_territory())


def test_limits_in_hours_count_in_the_offices_own_hours() -> None:
    register = a_territory()
    early = (Session(opens="07:30", closes="11:30"), Session(opens="13:30", closes="17:00"))
    office = an_office(HEIR, office_hours=early)
    register.offices[HEIR] = OfficeRecord(office, HEX64, ENROLLED_AT)
    start = datetime(2026, 3, 2, 0, tzinfo=UTC)  # 07:00 of a Monday in Hanoi

    own, calendars = (
        add_working_hours(working_time(register, name), start, 4) for name in (HEIR, GRANDCHILD)
    )

    assert (own.hour, own.minute) == (4, 30)
    assert (calendars.hour, calendars.minute) == (5, 0)


def test_successor_of_a_successor_stands_in_and_circles_end() -> None:
    register = a_territory()
    ended = msgspec.structs.replace(
        an_office(HEIR), valid_to=LAST_DAY, succeeded_by=(OFFICE, GRANDCHILD)
    )
    register.offices[HEIR] = OfficeRecord(ended, HEX64, ENROLLED_AT)

    assert acts_for(register, GRANDCHILD, OFFICE, AFTER)
    assert not acts_for(register, "H99", OFFICE, AFTER)
