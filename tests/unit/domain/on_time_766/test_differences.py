"""Where law and index judge one dossier differently, and the one reason that is told."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.dossiers import Dossier, Due, DueChange, Halt, HaltKind
from domain.moments import parse_moment
from domain.on_time_766 import REASON_SENTENCES, Reason766, difference_766
from tests.support.builders import ZONE, a_dossier, a_dossier_in_process
from tests.support.index766.waits import (
    TOO_LATE,
    accepted,
    ended,
    papers,
    payment,
    suspension,
    withdrawal,
)

DUE = Due(day=date(2026, 3, 11))
LATER = Due(day=date(2026, 3, 25))


def moved(at: str, before: Due | None = DUE, after: Due = LATER) -> dict[str, Any]:
    return {"due": after, "due_changes": (DueChange(parse_moment(at), "x", 3, before, after),)}


@pytest.mark.parametrize(
    ("dossier", "reason", "by_index"),
    [
        pytest.param(
            ended("2026-03-20", appointment=LATER, apologies=1),
            Reason766.APPOINTMENT_MOVED,
            False,
            id="an apology moved the appointment",
        ),
        pytest.param(
            ended("2026-03-20", appointment=LATER),
            Reason766.APPOINTMENT_LATER,
            False,
            id="the slip promised more time than the law gives",
        ),
        pytest.param(
            ended("2026-03-11"), Reason766.APPOINTMENT_EARLIER, True, id="the slip promised less"
        ),
        pytest.param(
            ended("2026-03-14", waits=(papers("2026-03-03", "2026-03-07"),), apologies=1),
            Reason766.WAITS_SUBTRACTED,
            False,
            id="the supplement's time saves it",
        ),
        pytest.param(
            accepted(
                waits=(papers("2026-03-03", "2026-03-04"), papers("2026-03-05")),
                supplement_requests=2,
            ),
            Reason766.SEVERAL_SUPPLEMENTS,
            True,
            id="asked twice",
        ),
        pytest.param(
            accepted(waits=(papers("2026-03-12"),), supplement_requests=1),
            Reason766.OPEN_SUPPLEMENT_IS_END,
            True,
            id="papers were asked for after the appointment",
        ),
        pytest.param(
            accepted(waits=(withdrawal("2026-03-12"),)),
            Reason766.OPEN_WITHDRAWAL_IS_END,
            True,
            id="asked to withdraw after the appointment",
        ),
        pytest.param(
            accepted(halts=(suspension("2026-03-09"),)),
            Reason766.OPEN_SUSPENSION_IS_END,
            False,
            id="suspended, though the clock runs",
        ),
        pytest.param(
            a_dossier_in_process(
                ended_at=parse_moment("2026-03-20"),
                due=Due(day=date(2026, 3, 18)),
                due_changes=(DueChange(parse_moment("2026-03-04"), "calendar:VN", 2, LATER, DUE),),
            ),
            Reason766.NO_APPOINTMENT,
            False,
            id="no appointment, and the calendar moved the due date to before",
        ),
        pytest.param(
            ended("2026-03-20", waits=(papers("2026-03-03", "2026-03-04"),), **moved("2026-03-04")),
            Reason766.LIMIT_RESTARTED,
            True,
            id="the limit began anew by law",
        ),
        pytest.param(
            ended(
                "2026-03-20",
                halts=(suspension("2026-03-03", "2026-03-15", stops_clock=True),),
                **moved("2026-03-15"),
            ),
            Reason766.HALT_NOT_SUBTRACTED,
            True,
            id="a halt is over by law only",
        ),
        pytest.param(
            accepted(
                halts=(Halt(HaltKind.CONSULTATION, parse_moment("2026-03-03"), stops_clock=True),)
            ),
            Reason766.HALT_NOT_SUBTRACTED,
            True,
            id="a halt is under way",
        ),
        pytest.param(
            accepted(waits=(payment("2026-03-05"),)),
            Reason766.WAIT_NOT_SUBTRACTED,
            True,
            id="a payment is waited for",
        ),
        pytest.param(
            ended(
                "2026-03-20", waits=(payment("2026-03-05", "2026-03-15"),), **moved("2026-03-15")
            ),
            Reason766.WAIT_NOT_SUBTRACTED,
            True,
            id="a payment was waited for",
        ),
        pytest.param(
            ended("2026-03-20", **moved("2026-03-04")),
            Reason766.DUE_MOVED,
            True,
            id="a new day off moved the due date",
        ),
        pytest.param(ended("2026-03-20", due=None), Reason766.NO_DUE_DATE, True, id="no due date"),
    ],
)
def test_difference_from_the_law_has_its_reason(
    dossier: Dossier, reason: Reason766, *, by_index: bool
) -> None:
    difference = difference_766(dossier, ZONE, datetime(2026, 3, 22, tzinfo=UTC))

    assert difference is not None
    assert (difference.reason, difference.is_late_by_index) == (reason, by_index)


def test_no_difference_where_both_agree_or_nothing_is_judged() -> None:
    for dossier in (ended("2026-03-09"), ended("2026-03-19"), a_dossier()):
        assert difference_766(dossier, ZONE, TOO_LATE) is None


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(REASON_SENTENCES) == set(Reason766)
    for words in ("vi", "en"):
        assert len({getattr(each, words) for each in REASON_SENTENCES.values()}) == len(Reason766)
