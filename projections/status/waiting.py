"""What a dossier waits for now: what, from whom, since when, and until when it may.

A day that an act asked for comes first; without one it is the limit after which the law or the
procedure lets the office close the dossier, said to be unverified where its text was not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.clocks.limits import supplement_reading
from domain.dossiers import Dossier, Due, Halt, HaltKind, WaitKind
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from projections.dossier_rows import Act
from projections.status.basis import Basis
from projections.status.stages import Stage, last_of, open_halts


class Awaited(StrEnum):
    """Whose turn it is while a dossier waits or rests."""

    APPLICANT = "applicant"
    OFFICE = "office"
    CONSULTED_AGENCY = "consulted_agency"
    THE_LAW = "the_law"
    SYSTEM = "system"


class WaitedFor(StrEnum):
    """What it waits for."""

    SUPPLEMENT = "supplement"
    SUPPLEMENT_CHECK = "supplement_check"
    PAYMENT = "payment"
    WITHDRAWAL = "withdrawal"
    CONSULTATION = "consultation"
    SITE_SURVEY = "site_survey"
    SUSPENSION = "suspension"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that is waited for.

    ``until`` is None where nobody named a day and no limit is known. ``stops_clock`` tells whether
    the legal limit rests meanwhile, None where no procedure version says so.
    """

    what: WaitedFor
    awaited: Awaited
    since: Moment
    until: Due | None
    sentence: Sentence
    until_verified: bool = True
    stops_clock: bool | None = None


_WAITS: Final[Mapping[WaitKind, tuple[WaitedFor, Awaited]]] = {
    WaitKind.SUPPLEMENT: (WaitedFor.SUPPLEMENT, Awaited.APPLICANT),
    WaitKind.PAYMENT: (WaitedFor.PAYMENT, Awaited.APPLICANT),
    # The applicant has asked; whether the dossier is given back is the one-stop shop's to say.
    WaitKind.WITHDRAWAL: (WaitedFor.WITHDRAWAL, Awaited.OFFICE),
}
_HALTS: Final[Mapping[HaltKind, tuple[WaitedFor, Awaited]]] = {
    HaltKind.CONSULTATION: (WaitedFor.CONSULTATION, Awaited.CONSULTED_AGENCY),
    HaltKind.SITE_SURVEY: (WaitedFor.SITE_SURVEY, Awaited.OFFICE),
    HaltKind.SUSPENSION: (WaitedFor.SUSPENSION, Awaited.THE_LAW),
    HaltKind.OUTAGE: (WaitedFor.OUTAGE, Awaited.SYSTEM),
}

SENTENCES: Final[Mapping[WaitedFor, Sentence]] = {
    WaitedFor.SUPPLEMENT: Sentence(
        "Đang chờ người nộp bổ sung giấy tờ.", "It waits for the applicant's missing papers."
    ),
    WaitedFor.SUPPLEMENT_CHECK: Sentence(
        "Người nộp đã bổ sung; đang chờ cơ quan kiểm tra giấy tờ bổ sung.",
        "The applicant has handed in the papers; it waits for the office to check them.",
    ),
    WaitedFor.PAYMENT: Sentence(
        "Đang chờ người nộp thực hiện nghĩa vụ tài chính.",
        "It waits for the applicant's payment.",
    ),
    WaitedFor.WITHDRAWAL: Sentence(
        "Người nộp đã yêu cầu rút hồ sơ; đang chờ Bộ phận Một cửa xác nhận.",
        "The applicant asked to take it back; it waits for the one-stop shop to confirm that.",
    ),
    WaitedFor.CONSULTATION: Sentence(
        "Đang chờ cơ quan được lấy ý kiến trả lời.", "It waits for a consulted agency's answer."
    ),
    WaitedFor.SITE_SURVEY: Sentence(
        "Đang chờ cơ quan thẩm tra, xác minh thực địa.",
        "It waits for the office's verification on site.",
    ),
    WaitedFor.SUSPENSION: Sentence(
        "Việc giải quyết tạm dừng theo luật cho đến khi căn cứ không còn.",
        "By law the work rests until its ground has lapsed.",
    ),
    WaitedFor.OUTAGE: Sentence(
        "Hệ thống đang gián đoạn theo thông báo của cơ quan.",
        "An outage of the system has been declared.",
    ),
}

_ASKS: Final[Mapping[WaitKind, frozenset[str]]] = {
    WaitKind.SUPPLEMENT: frozenset(
        {"dossier.supplement_requested", "dossier.intake_supplement_requested"}
    ),
    WaitKind.PAYMENT: frozenset({"dossier.payment_required"}),
}


def awaited_now(dossier: Dossier, stage: Stage) -> tuple[tuple[WaitedFor, Awaited], ...]:
    """Give what the dossier waits for and from whom, in the order of `waiting_for`."""
    if dossier.ended_at is not None:
        return ()
    halts = tuple(_HALTS[halt.kind] for halt in open_halts(dossier))
    if not dossier.is_waiting or not dossier.waits:
        return halts
    return (_turn(dossier.waits[-1].kind, stage), *halts)


def _turn(kind: WaitKind, stage: Stage) -> tuple[WaitedFor, Awaited]:
    """Tell what a wait is for, and whose turn it is; papers that came wait for the office."""
    if stage is Stage.SUPPLEMENT_CHECK:
        return WaitedFor.SUPPLEMENT_CHECK, Awaited.OFFICE
    return _WAITS[kind]


def waiting_for(
    dossier: Dossier, acts: Sequence[Act], stage: Stage, basis: Basis
) -> tuple[Waiting, ...]:
    """Give everything that the dossier waits for now; nothing once it has ended."""
    if dossier.ended_at is not None:
        return ()
    return (
        *_of_the_applicant(dossier, acts, stage, basis),
        *(_of_a_halt(halt) for halt in open_halts(dossier)),
    )


def _of_the_applicant(
    dossier: Dossier, acts: Sequence[Act], stage: Stage, basis: Basis
) -> Iterator[Waiting]:
    if not dossier.is_waiting or not dossier.waits:
        return
    wait = dossier.waits[-1]
    what, awaited = _turn(wait.kind, stage)
    if stage is Stage.SUPPLEMENT_CHECK:
        handed_in = last_of(acts, {"dossier.supplement_submitted"})
        assert handed_in is not None
        yield Waiting(what, awaited, handed_in.at, None, SENTENCES[what])
        return
    until, is_verified = _until(wait.kind, dossier, acts, basis)
    yield Waiting(what, awaited, wait.since, until, SENTENCES[what], is_verified)


def _of_a_halt(halt: Halt) -> Waiting:
    what, awaited = _HALTS[halt.kind]
    until = None if halt.answer_by is None else Due(day=halt.answer_by)
    return Waiting(what, awaited, halt.since, until, SENTENCES[what], stops_clock=halt.stops_clock)


def _until(
    kind: WaitKind, dossier: Dossier, acts: Sequence[Act], basis: Basis
) -> tuple[Due | None, bool]:
    asking = last_of(acts, _ASKS.get(kind, ()))
    if asking is not None and asking.answer_by is not None:
        return Due(day=asking.answer_by), True
    if kind is not WaitKind.SUPPLEMENT or dossier.imported or basis.working is None:
        return None, True
    try:
        reading = supplement_reading(dossier, basis.procedure, basis.working)
    except CalendarHorizonPassed:
        return None, True
    return (None, True) if reading is None else (reading.count.due, reading.law_verified)
