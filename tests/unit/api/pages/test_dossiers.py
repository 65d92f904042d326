"""What a holder reads about a dossier: holder, due date with reason, next step, timeline."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from api.negotiation import Language
from api.pages.dossiers import DueState, HolderPage, due_state, holder_page, holder_role
from api.pages.texts import load_texts
from api.pages.words import Words, all_words
from domain.calendars import CalendarRecord
from domain.dossiers import Channel, Dossier, Due, Status, Wait, WaitKind
from domain.facts import (
    DossierAccepted,
    DossierAcceptedDetails,
    Facts,
    IntakeRefused,
    IntakeRefusedDetails,
    PaymentRequired,
    ProcessorAssigned,
    SupplementItem,
    SupplementRequested,
    SupplementRequestedDetails,
)
from domain.facts.reasons import IntakeRefusalReason
from domain.offices import BilingualName, OfficeRecord
from domain.procedures import ChannelLimits, Limit, LimitUnit, ProcedureRecord, SupplementPolicy
from domain.roles import Assurance, Role
from projections.dossier_page import DossierPage, PageAct
from tests.support.builders import (
    DEPARTMENT,
    HEX64,
    OFFICE,
    PROCEDURE,
    ZONE,
    MemoryRegister,
    a_calendar,
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_procedure,
    an_office,
)

AS_OF = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
WORDS = all_words(load_texts())


def some_names(**changes: Any) -> MemoryRegister:
    department = an_office(
        DEPARTMENT, name=BilingualName(vi="Sở Xây dựng", en="Department of Construction")
    )
    procedure = ProcedureRecord(PROCEDURE, (a_procedure(**changes),), (HEX64,))
    return MemoryRegister(
        offices={
            OFFICE: OfficeRecord(an_office(), HEX64, a_moment()),
            DEPARTMENT: OfficeRecord(department, HEX64, a_moment()),
        },
        procedures={PROCEDURE: procedure},
    )


def some_names_with_a_calendar(**changes: Any) -> MemoryRegister:
    names = some_names()
    names.calendars["VN"] = CalendarRecord(a_calendar(**changes), HEX64, a_moment())
    return names


def an_act(kind: str, facts: Facts, **changes: Any) -> PageAct:
    settled: dict[str, Any] = {
        "entry_index": 7,
        "version": 1,
        "kind": kind,
        "at": a_moment(),
        "office": OFFICE,
        "roles": (Role.RECEIVER,),
        "facts": facts,
        "details": None,
        "published": True,
        "recorded_at": AS_OF,
        "status": Status.ACCEPTED,
        "due": None,
        "appointment": None,
        "due_changed": False,
        "appointment_changed": False,
    }
    return PageAct(**(settled | changes))


def a_page(
    dossier: Dossier, *acts: PageAct, language: Language = "en", **procedure: Any
) -> HolderPage:
    opened = DossierPage(dossier, 60, acts)
    return holder_page(opened, AS_OF, some_names(**procedure), WORDS[language])


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_status_has_a_next_step_in_words(status: Status, words: Words) -> None:
    page = a_page(a_dossier(status=status), language=words.language)

    assert page.next_step
    assert words.member("status", status) != str(status)


@pytest.mark.parametrize(
    ("status", "role"),
    [
        (Status.NEWLY_REGISTERED, Role.RECEIVER),
        (Status.IN_PROCESS, Role.PROCESSOR),
        (Status.SUPPLEMENT_REQUIRED, Role.APPLICANT),
        (Status.PAYMENT_REQUIRED, Role.APPLICANT),
        (Status.PROCESSED, Role.RETURNER),
        (Status.STOPPED, None),
        (Status.NOT_ACCEPTED, None),
        (Status.RESULT_RETURNED, None),
    ],
)
def test_status_says_who_has_to_act(status: Status, role: Role | None) -> None:
    assert holder_role(a_dossier(status=status)) is role


def test_approved_dossier_waits_for_the_clerk() -> None:
    dossier = a_dossier_in_process(approved_at=a_moment())

    page = a_page(dossier)

    assert page.holder == "Records clerk, Cam Lac commune"
    assert "signed" in page.next_step


def test_deciding_agency_holds_what_the_counter_only_relayed() -> None:
    assigned = an_act(
        "dossier.processor_assigned",
        ProcessorAssigned(),
        office=DEPARTMENT,
        roles=(Role.ASSIGNER,),
    )
    relayed = an_act("dossier.supplement_completed", Facts())

    page = a_page(a_dossier_in_process(), assigned, relayed)

    assert page.holder == "Processing officer, Department of Construction"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, DueState.IN_TIME),
        ({"due": Due(day=date(2026, 3, 4))}, DueState.OVERDUE),
        ({"due": None}, None),
        (
            {
                "due": Due(day=date(2026, 3, 4)),
                "status": Status.SUPPLEMENT_REQUIRED,
                "waits": (Wait(WaitKind.SUPPLEMENT, a_moment()),),
            },
            DueState.WAITING,
        ),
        ({"ended_at": a_moment("2026-03-10")}, DueState.ENDED_EARLY),
        ({"ended_at": a_moment("2026-03-11")}, DueState.ENDED_ON_TIME),
        ({"ended_at": a_moment("2026-03-12")}, DueState.ENDED_LATE),
    ],
)
def test_due_date_is_judged_as_of_the_checkpoint(
    changes: dict[str, Any], state: DueState | None
) -> None:
    assert due_state(a_dossier_in_process(**changes), AS_OF, ZONE) is state


@pytest.mark.parametrize(
    ("changes", "lateness"),
    [
        ({}, None),
        ({"due": Due(day=date(2026, 3, 3))}, "Working days late: 2"),
        (
            {"due": Due(instant=datetime(2026, 3, 5, 1, tzinfo=UTC))},
            "Less than one working day late",
        ),
        ({"ended_at": a_moment("2026-03-11")}, None),
        ({"ended_at": a_moment("2026-03-16")}, "Working days late: 3"),
        ({"ended_at": a_moment("2026-03-16"), "due": None}, None),
        ({"ended_at": a_moment("2099-03-16")}, None),
    ],
    ids=["in_time", "overdue", "an_hour", "on_time", "ended_late", "no_due", "beyond_calendar"],
)
def test_holder_reads_how_late_a_dossier_is(changes: dict[str, Any], lateness: str | None) -> None:
    opened = DossierPage(a_dossier_in_process(**changes), 60, ())

    page = holder_page(opened, AS_OF, some_names_with_a_calendar(), WORDS["en"])

    assert page.lateness == lateness


def test_lateness_is_not_guessed_without_a_calendar() -> None:
    page = a_page(a_dossier_in_process(due=Due(day=date(2026, 3, 3))))

    assert (page.due_state, page.lateness) == (DueState.OVERDUE, None)


def test_due_date_comes_with_its_limit_and_the_version_it_rests_on() -> None:
    page = a_page(a_dossier_in_process(), language="vi")

    assert page.due_reasons == (
        "Thủ tục này có thời hạn 7 ngày làm việc, tính từ khi tiếp nhận (10:00, 02/03/2026), "
        "theo phiên bản 1 của thủ tục.",
    )


def test_due_date_comes_with_the_limit_of_the_channel_that_it_came_by() -> None:
    limits = ChannelLimits(online=Limit(unit=LimitUnit.WORKING_DAYS, amount=3))

    online, counter = (
        a_page(a_dossier_in_process(channel=channel), channel_limits=limits)
        for channel in (Channel.ONLINE, Channel.COUNTER)
    )

    assert "3 working days" in online.due_reasons[0]
    assert "7 working days" in counter.due_reasons[0]


@pytest.mark.parametrize(
    ("policy", "part"),
    [
        (SupplementPolicy.RESTART, "counted anew"),
        (SupplementPolicy.PAUSE, "is added"),
        (SupplementPolicy.NONE, "do not change"),
    ],
)
def test_what_a_supplement_did_to_the_due_date_is_said(policy: SupplementPolicy, part: str) -> None:
    waits = (Wait(WaitKind.SUPPLEMENT, a_moment(), a_moment()),)

    page = a_page(a_dossier_in_process(waits=waits), supplement_policy=policy)

    assert part in page.due_reasons[1]


def test_apology_is_said_not_to_move_the_due_date() -> None:
    page = a_page(a_dossier_in_process(apologies=1))

    assert "does not move" in page.due_reasons[-1]


def test_paused_payment_is_said_only_where_the_procedure_pauses() -> None:
    waits = (Wait(WaitKind.PAYMENT, a_moment(), a_moment()),)
    dossier = a_dossier_in_process(waits=waits)

    assert len(a_page(dossier).due_reasons) == 1
    assert len(a_page(dossier, pause_in_payment=True).due_reasons) == 2


def test_limit_in_prose_is_told_apart_from_one_that_nobody_stated() -> None:
    unknown = Limit(unit=LimitUnit.UNKNOWN)

    with_due = a_page(a_dossier_in_process(), limit=unknown)
    without = a_page(a_dossier_in_process(due=None), limit=unknown)
    told = Limit(unit=LimitUnit.UNKNOWN, prose="ngay trong ngày")
    in_prose = a_page(a_dossier_in_process(due=None), limit=told)

    assert "appointment" in with_due.due_reasons[0]
    assert without.due_reasons == ("The procedure states no limit.",)
    assert "prose" in in_prose.due_reasons[0]


def test_dossier_before_acceptance_has_no_limit_yet() -> None:
    assert "accepted" in a_page(a_dossier()).due_reasons[0]


def test_imported_due_date_is_the_source_s() -> None:
    page = a_page(a_dossier_in_process(imported=True))

    assert page.due_reasons == ("This date was given by the source system.",)


def test_holder_reads_what_is_missing() -> None:
    item = SupplementItem(component="KQ.001", reason="Bản sao bị mờ")
    act = an_act(
        "dossier.supplement_requested",
        SupplementRequested(answer_by=date(2026, 3, 20)),
        details=SupplementRequestedDetails(items=(item,)),
    )

    page = a_page(a_dossier_in_process(), act, language="vi")

    assert page.acts[0].kind == "Yêu cầu bổ sung giấy tờ"
    assert page.acts[0].lines == ("Trả lời chậm nhất ngày 20/03/2026", "KQ.001: Bản sao bị mờ")


def test_holder_reads_why_intake_refused() -> None:
    act = an_act(
        "dossier.intake_refused",
        IntakeRefused(reason_code=IntakeRefusalReason.WRONG_AUTHORITY),
        details=IntakeRefusedDetails(explanation="Nộp tại Công an xã"),
    )

    page = a_page(a_dossier(status=Status.NOT_ACCEPTED), act)

    assert page.acts[0].lines == (
        "Reason: This office is not the right authority",
        "Explanation: Nộp tại Công an xã",
    )


def test_act_says_which_due_date_it_set() -> None:
    act = an_act(
        "dossier.accepted",
        DossierAccepted(appointment="2026-03-11"),
        due=Due(day=date(2026, 3, 11)),
        due_changed=True,
        details=DossierAcceptedDetails(code="H27.15-260302-0001"),
    )

    page = a_page(a_dossier_in_process(), act)

    assert page.code == "H27.15-260302-0001"
    assert page.acts[0].lines == (
        "Appointment: 11 March 2026",
        "Due from here on: 11 March 2026",
    )


def test_unpublished_act_names_no_entry() -> None:
    act = an_act("dossier.accepted", DossierAccepted(), published=False, recorded_at=None)

    page = a_page(a_dossier_in_process(), act)

    assert page.acts[0].entry_index is None


def test_amounts_are_written_as_money() -> None:
    act = an_act("dossier.payment_required", PaymentRequired(amount_vnd=20_000))

    (line,) = a_page(a_dossier(), act, language="vi").acts[0].lines

    assert line.replace("\xa0", " ") == "Số tiền: 20.000 ₫"


def test_names_that_are_not_registered_stay_ids() -> None:
    dossier = msgspec.structs.replace(a_dossier(), office="H99", procedure="9.999999")

    page = a_page(dossier)

    assert (page.office, page.procedure) == ("H99", "9.999999")


def test_signature_of_somebody_at_the_counter_says_so() -> None:
    act = an_act(
        "dossier.supplement_requested",
        SupplementRequested(),
        roles=(Role.APPLICANT, Role.RECEIVER),
        assurances=(Assurance.COUNTER, Assurance.OWN_KEY),
    )

    (shown,) = a_page(a_dossier(), act).acts

    assert shown.roles == (
        "Applicant (present at the counter, beside an officer)",
        "Receiving officer of the one-stop shop",
    )
