"""When an office's smaller duties are done, and where there is none."""

from typing import Any

import pytest

from domain.clocks.duties import (
    intake_notice_reading,
    return_reading,
    send_back_reading,
    transfer_reading,
)
from domain.clocks.explanations import explain
from domain.dossiers import Dossier, Outcome, Wait, WaitKind
from domain.facts import Channel
from domain.procedures import Limit, LimitUnit
from tests.support.builders import a_dossier, a_moment, a_procedure
from tests.support.references.worked import WORKING

THREE_DAYS = Limit(amount=3, unit=LimitUnit.WORKING_DAYS)
ACCEPTED, LATER, LATEST = (a_moment(f"2026-03-0{day}T02:00:00Z") for day in (3, 4, 5))
BEFORE_ALL_LAWS = a_moment("2018-06-20T02:00:00Z")


def accepted(**changes: Any) -> Dossier:
    return a_dossier(**({"accepted_at": ACCEPTED} | changes))


@pytest.mark.parametrize(
    ("dossier", "told", "ended"),
    [
        pytest.param(a_dossier(), None, None, id="nobody was told"),
        pytest.param(a_dossier(), LATER, LATER, id="somebody was told"),
        pytest.param(accepted(), None, ACCEPTED, id="somebody accepted"),
        pytest.param(accepted(), LATER, ACCEPTED, id="accepted before anybody was told"),
        pytest.param(
            a_dossier(waits=(Wait(WaitKind.SUPPLEMENT, LATEST),)), LATER, LATER, id="asked later"
        ),
    ],
)
def test_notice_is_given_when_somebody_is_told_or_answers(
    dossier: Dossier, told: Any, ended: Any
) -> None:
    reading = intake_notice_reading(dossier, told, WORKING)

    assert reading is not None
    assert reading.ended_at == ended


def test_transfer_is_done_by_the_first_act_beyond_the_counter_or_by_the_end() -> None:
    ended = accepted(ended_at=LATEST)

    readings = [
        transfer_reading(dossier, a_procedure(), at, WORKING)
        for dossier, at in ((accepted(), None), (accepted(), LATER), (ended, None), (ended, LATER))
    ]

    assert [each and each.ended_at for each in readings] == [None, LATER, LATEST, LATER]


def test_sending_back_ends_with_the_first_request_after_the_acceptance() -> None:
    at_intake = Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-02T02:00:00Z"), ACCEPTED)
    asked = accepted(
        waits=(at_intake, Wait(WaitKind.PAYMENT, LATER), Wait(WaitKind.SUPPLEMENT, LATEST)),
        waits_at_intake=1,
    )

    readings = [
        send_back_reading(dossier, WORKING)
        for dossier in (accepted(), asked, accepted(ended_at=LATER))
    ]

    assert [each and each.ended_at for each in readings] == [None, LATEST, LATER]


@pytest.mark.parametrize(
    "dossier",
    [
        pytest.param(a_dossier(), id="not accepted"),
        pytest.param(accepted(accepted_at=BEFORE_ALL_LAWS), id="before any law that is known"),
    ],
)
def test_there_is_nothing_to_transfer_or_to_send_back(dossier: Dossier) -> None:
    assert transfer_reading(dossier, a_procedure(), None, WORKING) is None
    assert transfer_reading(dossier, None, None, WORKING) is None
    assert send_back_reading(dossier, WORKING) is None


def test_where_the_counter_decides_nothing_is_transferred() -> None:
    assert transfer_reading(accepted(), a_procedure(counter_decides=True), None, WORKING) is None


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        pytest.param({"ended_at": LATER, "outcome": Outcome.GRANTED}, None, id="nobody said when"),
        pytest.param(
            {"ended_at": LATER, "outcome": Outcome.GRANTED},
            Limit(unit=LimitUnit.UNKNOWN, prose="ngay"),
            id="said in words",
        ),
        pytest.param({}, THREE_DAYS, id="no end"),
        pytest.param({"ended_at": LATER, "outcome": Outcome.WITHDRAWN}, THREE_DAYS, id="no result"),
    ],
)
def test_no_limit_of_returning_is_invented(changes: dict[str, Any], limit: Limit | None) -> None:
    procedure = a_procedure(return_limit=limit)

    assert return_reading(accepted(**changes), procedure, WORKING) is None
    assert return_reading(accepted(**changes), None, WORKING) is None


def test_duties_explain_themselves_in_both_languages() -> None:
    late = accepted(accepted_at=a_moment("2026-03-03T08:30:00Z"))
    ended = accepted(ended_at=LATER, outcome=Outcome.REFUSED)
    readings = (
        intake_notice_reading(late, None, WORKING),
        transfer_reading(late, a_procedure(), None, WORKING),
        send_back_reading(late, WORKING),
        return_reading(ended, a_procedure(return_limit=THREE_DAYS), WORKING),
    )

    found = [explain(each, ("1", 1), None, WORKING).sentence for each in readings if each]

    assert [sentence.en.partition(":")[0] for sentence in found] == [
        "The limit for telling the receiving officer of the submission ends at 10",
        "The limit for transferring the dossier to the deciding office ends on 4 March 2026",
        "The limit for sending back a dossier that does not meet the conditions ends on "
        "6 March 2026",
        "The limit for handing over the result ends on 9 March 2026",
    ]
    assert (
        "within the working day counted from the next working day 4 March 2026 because it was "
        "accepted late in the day (15:30 on 3 March 2026)"
    ) in found[1].en
    assert (
        "trong ngày làm việc tính từ ngày làm việc tiếp theo 04/03/2026 vì tiếp nhận muộn trong "
        "ngày (15:30 03/03/2026)"
    ) in found[1].vi
    unverified = ["was not checked" in sentence.en for sentence in found]
    assert unverified == [True, True, True, False]


def test_no_notice_is_due_of_what_did_not_come_online() -> None:
    for channel in (Channel.COUNTER, Channel.POST):
        assert intake_notice_reading(a_dossier(channel=channel), None, WORKING) is None


def test_same_day_limit_does_not_leave_out_its_only_day() -> None:
    in_the_morning = accepted(accepted_at=a_moment("2026-03-03T02:18:00Z"))
    reading = transfer_reading(in_the_morning, a_procedure(), None, WORKING)

    assert reading is not None
    found = explain(reading, ("1", 1), None, WORKING).sentence

    assert "ends on 3 March 2026: within the working day (from 09:18 on 3 March 2026)" in found.en
    assert "là 03/03/2026: trong ngày làm việc (từ 09:18 03/03/2026)" in found.vi
    assert "not counted" not in found.en
    assert "ngày đầu không tính" not in found.vi
