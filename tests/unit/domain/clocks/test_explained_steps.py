"""Explanations of internal steps, and of what acts on other streams did to a date."""

from datetime import date

import pytest

from domain.clocks.explanations import explain
from domain.clocks.limits import step_reading
from domain.dossiers import Due, DueChange, Halt, HaltKind, StepBegun, TooLate
from domain.moments import Moment
from domain.offices import BilingualName
from domain.procedures import InternalStep
from domain.roles import Role
from tests.support.builders import a_dossier, a_moment, a_procedure
from tests.unit.domain.clocks.test_explanations import CALENDAR, WORKING, explained

STEPS = (
    InternalStep(role=Role.RECEIVER, hours=2),
    InternalStep(role=Role.PROCESSOR, hours=16),
    InternalStep(role=Role.APPROVER),
)


NAMED_STEPS = (
    InternalStep(role=Role.RECEIVER, hours=2, code="intake"),
    InternalStep(
        role=Role.PROCESSOR,
        hours=16,
        code="appraisal",
        name=BilingualName(vi="Thẩm định", en="Appraisal"),
    ),
    InternalStep(role=Role.APPROVER, code="signing"),
)


@pytest.mark.parametrize(
    ("steps", "number", "code", "due"),
    [
        pytest.param(STEPS, 1, None, "2026-03-02T04:00:00Z", id="the first of steps without codes"),
        pytest.param(STEPS, 2, None, "2026-03-04T02:00:00Z", id="the second of them"),
        pytest.param(STEPS, 3, None, None, id="a step without hours"),
        pytest.param(STEPS, 4, None, None, id="beyond all steps"),
        pytest.param(NAMED_STEPS, 4, "appraisal", "2026-03-04T02:00:00Z", id="named, out of turn"),
        pytest.param(NAMED_STEPS, 1, "signing", None, id="named, without hours"),
        pytest.param(NAMED_STEPS, 1, None, None, id="not named, where steps have codes"),
        pytest.param(STEPS, 1, "appraisal", None, id="named, where no step has a code"),
    ],
)
def test_step_is_the_one_that_the_act_names(
    steps: tuple[InternalStep, ...], number: int, code: str | None, due: str | None
) -> None:
    begun = StepBegun(a_moment("2026-03-02T02:00:00Z"), number, code)

    reading = step_reading(a_dossier(step=begun), a_procedure(steps=steps), WORKING)

    found = reading and reading.count.due and reading.count.due.instant
    assert found == (None if due is None else a_moment(due).instant)


def test_sentence_names_the_step_as_the_procedure_publishes_it() -> None:
    dossier = a_dossier(step=StepBegun(a_moment("2026-03-02T02:00:00Z"), 1, "appraisal"))

    reading = step_reading(dossier, a_procedure(steps=NAMED_STEPS), WORKING)

    assert reading is not None
    found = explain(reading, ("1", 1), CALENDAR, WORKING)
    assert "the present internal step “Appraisal”" in found.sentence.en
    assert "bước xử lý hiện tại “Thẩm định”" in found.sentence.vi
    assert step_reading(a_dossier(), a_procedure(steps=NAMED_STEPS), WORKING) is None


def test_calendar_that_came_when_the_date_had_passed_is_named_in_the_sentence() -> None:
    late = TooLate(a_moment("2026-03-12T02:00:00Z"), "calendar:VN", 4)
    dossier = a_dossier(accepted_at=Moment(day=date(2026, 3, 2)), came_too_late=late)

    found = explained(dossier, a_procedure())

    assert found.too_late == late
    assert (
        "version 4 of calendar VN, published 09:00 on 12 March 2026, moves nothing, since "
        "the limit had passed by then"
    ) in found.sentence.en
    assert "lịch làm việc VN bản 4 công bố 09:00 12/03/2026 không dời hạn" in found.sentence.vi


@pytest.mark.parametrize(
    ("stream", "en", "vi"),
    [
        ("office:H27.15", "version 3 of office H27.15 with other hours", "cơ quan H27.15 bản 3"),
        ("ledger:localhost/0a1b2c3d", "the end of an outage, declared", "kết thúc gián đoạn"),
    ],
)
def test_sentence_names_what_moved_the_date_from_another_stream(
    stream: str, en: str, vi: str
) -> None:
    change = DueChange(
        a_moment(), stream, 3, Due(day=date(2026, 3, 10)), Due(day=date(2026, 3, 11))
    )

    found = explained(a_dossier(accepted_at=Moment(day=date(2026, 3, 2))), a_procedure(), change)

    assert en in found.sentence.en
    assert vi in found.sentence.vi


def test_pause_of_an_outage_is_named_with_the_moment_of_its_declaration() -> None:
    outage = Halt(
        HaltKind.OUTAGE,
        a_moment("2026-03-03T02:00:00Z"),
        a_moment("2026-03-05T02:00:00Z"),
        stops_clock=True,
        declared_at=a_moment("2026-03-05T03:00:00Z"),
        outage_version=2,
    )
    dossier = a_dossier(accepted_at=Moment(day=date(2026, 3, 2)), halts=(outage,))

    found = explained(dossier, a_procedure(pause_in_outage=True))

    assert found.due == Due(day=date(2026, 3, 13))
    assert (
        "2 working days of an outage of the system not counted "
        "(09:00 on 3 March 2026 – 09:00 on 5 March 2026), "
        "known to the ledger from 10:00 on 5 March 2026"
    ) in found.sentence.en
    assert "gián đoạn hệ thống (09:00 03/03/2026 – 09:00 05/03/2026), công bố trong sổ" in (
        found.sentence.vi
    )
