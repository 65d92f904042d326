"""Stays: how long a resolved dossier was in each stage, at each office that held it (`steps@v1`).

Every second from the submission to the end is in exactly one stage of one office, and the time
until the result was handed over is a stage of its own. So the stages from acceptance to end add up
to the gross duration (`domain.figures.gross_duration_seconds`). Where others than the office have
the word, that is the stage, whatever else went on: first the applicant's waits, then a suspension,
a consultation, a site survey, an outage. Internal steps are told apart by public acts alone: units
within an office and who works there are private.

An office holds a dossier from the submission, from being routed to it, or from its own signature
under the hand-over; so a hand-over that waits is time of the giver.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

from domain.dossiers import HaltKind, WaitKind
from domain.errors import Sentence
from projections.dossier_rows import NOTHING, DossierRow
from projections.statistics.by_acts.acts import (
    ROUTED,
    SUBMITTED,
    TAKEN_OVER,
    SeenAct,
    day_second_of,
    is_day,
    second_of,
)
from projections.statistics.by_acts.stretches import halts_in, waits_in


class Stage(StrEnum):
    """What a dossier was at, as its public acts tell."""

    INTAKE = "intake"
    INTAKE_WAIT = "intake_wait"
    SENDING_ON = "sending_on"
    TRANSFER = "transfer"
    PROCESSING = "processing"
    AWAITING_DECISION = "awaiting_decision"
    ISSUING = "issuing"
    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    WITHDRAWAL = "withdrawal"
    SUSPENSION = "suspension"
    CONSULTATION = "consultation"
    SITE_SURVEY = "site_survey"
    OUTAGE = "outage"
    HANDING_OVER = "handing_over"


STAGE_SENTENCES: Final[Mapping[Stage, Sentence]] = {
    Stage.INTAKE: Sentence(
        "Từ khi nộp đến khi tiếp nhận, không kể thời gian chờ người nộp",
        "From submission to acceptance, without waits for the applicant",
    ),
    Stage.INTAKE_WAIT: Sentence(
        "Chờ người nộp trước khi tiếp nhận", "Waiting for the applicant before acceptance"
    ),
    Stage.SENDING_ON: Sentence(
        "Từ khi tiếp nhận đến khi chuyển đi hoặc phân công",
        "From acceptance until it was sent on or assigned",
    ),
    Stage.TRANSFER: Sentence(
        "Đã chuyển đi, nơi nhận chưa nhận bàn giao", "Sent on, and not taken over yet"
    ),
    Stage.PROCESSING: Sentence("Thụ lý", "Being processed"),
    Stage.AWAITING_DECISION: Sentence("Đã trình, chờ ký duyệt", "Submitted, awaiting the decision"),
    Stage.ISSUING: Sentence(
        "Từ khi ký duyệt đến khi phát hành kết quả", "From the decision until it was issued"
    ),
    Stage.SUPPLEMENT: Sentence("Chờ người nộp bổ sung hồ sơ", "Waiting for a supplement"),
    Stage.PAYMENT: Sentence("Chờ người nộp nộp tiền", "Waiting for a payment"),
    Stage.WITHDRAWAL: Sentence(
        "Người nộp xin rút, chờ xác nhận", "A withdrawal was asked for and not confirmed yet"
    ),
    Stage.SUSPENSION: Sentence("Tạm dừng theo luật", "Suspended by law"),
    Stage.CONSULTATION: Sentence("Lấy ý kiến cơ quan khác", "Another agency is consulted"),
    Stage.SITE_SURVEY: Sentence("Thẩm tra, xác minh thực địa", "Being verified on site"),
    Stage.OUTAGE: Sentence("Hệ thống gián đoạn", "The system was out of order"),
    Stage.HANDING_OVER: Sentence(
        "Từ khi có kết quả đến khi trả", "From the end until the result was handed over"
    ),
}

_WAITS: Final[Mapping[str, Stage]] = {
    WaitKind.SUPPLEMENT: Stage.SUPPLEMENT,
    WaitKind.PAYMENT: Stage.PAYMENT,
    WaitKind.WITHDRAWAL: Stage.WITHDRAWAL,
}
_HALTS: Final[Mapping[str, Stage]] = {
    HaltKind.SUSPENSION: Stage.SUSPENSION,
    HaltKind.CONSULTATION: Stage.CONSULTATION,
    HaltKind.SITE_SURVEY: Stage.SITE_SURVEY,
    HaltKind.OUTAGE: Stage.OUTAGE,
}
# Who has the word is decided by this order, should several have it at once.
_FIRST_IS_STRONGEST: Final = (*_WAITS.values(), *_HALTS.values())

# By which act the office's own work goes on in another stage.
STAGE_AFTER: Final[Mapping[str, Stage]] = {
    "dossier.forwarded": Stage.TRANSFER,
    "dossier.step_transferred": Stage.TRANSFER,
    TAKEN_OVER: Stage.PROCESSING,
    "dossier.processor_assigned": Stage.PROCESSING,
    "dossier.processor_reassigned": Stage.PROCESSING,
    "dossier.returned_for_rework": Stage.PROCESSING,
    "dossier.submitted_for_approval": Stage.AWAITING_DECISION,
    "dossier.result_approved": Stage.ISSUING,
    "dossier.resolution_refused": Stage.ISSUING,
}
# Whoever does one of these is at work, though nobody signed that it was taken over.
SHOWS_WORK: Final = frozenset(
    {
        "dossier.supplement_requested",
        "dossier.payment_required",
        "dossier.consultation_requested",
        "dossier.verification_scheduled",
        "dossier.verification_recorded",
    }
)
_TELLING: Final = frozenset(STAGE_AFTER)
_BEFORE_WORK: Final = frozenset({Stage.SENDING_ON, Stage.TRANSFER})
MOVES_HOLDER: Final = frozenset({SUBMITTED, ROUTED, TAKEN_OVER})
_MOVES_AT_INTAKE: Final = frozenset({SUBMITTED, ROUTED})
STAY_KINDS: Final = frozenset({*STAGE_AFTER, *SHOWS_WORK, *MOVES_HOLDER})


class Stay(NamedTuple):
    """The time of one dossier in one stage at one office, in whole seconds."""

    office: str
    stage: Stage
    seconds: int


class _Rest(NamedTuple):
    """A stretch in which others than the office have the word; open where ``until`` is None."""

    stage: Stage
    since: str
    until: str | None


# A name is found many times faster than a member of its class.
_INTAKE: Final = Stage.INTAKE
_INTAKE_WAIT: Final = Stage.INTAKE_WAIT
_SENDING_ON: Final = Stage.SENDING_ON
_PROCESSING: Final = Stage.PROCESSING
_HANDING_OVER: Final = Stage.HANDING_OVER


def stays_of(row: DossierRow, acts: Sequence[SeenAct], zone: str) -> list[Stay]:
    """Give the stays from submission to end; none of a dossier that was not resolved.

    ``acts`` are the dossier's, by version. The day-only rule of `domain.moments.seconds_between`
    holds for each of the two stretches: whole days where its begin or its end is a day alone.
    """
    if row.accepted_at is None or row.ended_at is None:
        return []
    rests = _rests(row)
    total: _Total = {}
    if row.submitted_at != row.accepted_at:
        # Most waits begin later; texts of one form are in the order of moments.
        at_intake = [
            rest._replace(stage=_INTAKE_WAIT)
            for rest in rests
            if _is_wait(rest)
            and (len(rest.since) != len(row.accepted_at) or rest.since < row.accepted_at)
        ]
        seconds = _clock(row.submitted_at, row.accepted_at, zone)
        turns = _intake(row, acts, seconds)
        _add_stretch(total, (row.submitted_at, row.accepted_at), at_intake, turns, seconds)
    seconds = _clock(row.accepted_at, row.ended_at, zone)
    turns = _work(row, acts, seconds)
    _add_stretch(total, (row.accepted_at, row.ended_at), rests, turns, seconds)
    # As their own constructor makes them, which takes twice as long.
    return [tuple.__new__(Stay, (*whose, length)) for whose, length in total.items()]


def handing_over(row: DossierRow, acts: Sequence[SeenAct], zone: str) -> list[Stay]:
    """Give the stay from the end until the result was handed over; none before that."""
    if row.accepted_at is None or row.ended_at is None or row.returned_at is None:
        return []
    seconds = _clock(row.ended_at, row.returned_at, zone)
    length = seconds(row.returned_at) - seconds(row.ended_at)
    if length <= 0:
        return []
    takers = [act.office for act in acts if act.kind == TAKEN_OVER and act.office]
    return [Stay(takers[-1] if takers else row.office, _HANDING_OVER, length)]


# From a moment on, who holds the dossier and at what its own work is; the first begins a stretch.
_Turn = tuple[str, str, Stage]
_Seconds = Callable[[str], int]
_Total = dict[tuple[str, Stage], int]


def _intake(row: DossierRow, acts: Sequence[SeenAct], seconds: _Seconds) -> list[_Turn]:
    latest, office = row.submitted_at, row.office
    turns = [(latest, office, _INTAKE)]
    sent = {
        act.to_office if act.kind == ROUTED else act.office
        for act in acts
        if act.kind in _MOVES_AT_INTAKE
    }
    if sent <= {office, None}:
        return turns
    for kind, at, signed_for, sent_to, _amount, _method, _roles in acts:
        if len(at) != len(latest):
            latest = _later(latest, at, seconds)
        elif at > latest:
            latest = at
        holder = sent_to if kind == ROUTED else signed_for if kind == SUBMITTED else None
        if holder and holder != office:
            office = holder
            turns.append((latest, office, _INTAKE))
    return turns


def _work(row: DossierRow, acts: Sequence[SeenAct], seconds: _Seconds) -> list[_Turn]:
    assert row.accepted_at is not None
    tells = not _TELLING.isdisjoint([act.kind for act in acts])
    # The office that took it in, whatever happened at intake: nobody else could accept it.
    latest, office = row.accepted_at, row.office
    stage = _SENDING_ON if tells else _PROCESSING
    turns = [(latest, office, stage)]
    for kind, at, signed_for, _sent_to, _amount, _method, _roles in acts:
        if len(at) != len(latest):
            latest = _later(latest, at, seconds)
        elif at > latest:
            latest = at
        following = STAGE_AFTER.get(kind)
        if following is None:
            if stage not in _BEFORE_WORK or kind not in SHOWS_WORK:
                continue
            following = _PROCESSING
        holder = signed_for if kind == TAKEN_OVER and signed_for is not None else office
        if following is not stage or holder != office:
            office, stage = holder, following
            turns.append((latest, office, stage))
    return turns


def _later(latest: str, at: str, seconds: _Seconds) -> str:
    """Give the later of a day and an instant; texts of one form are in the order of moments.

    An act that claims a moment before the one of the act before it moves nothing back.
    """
    return at if seconds(at) > seconds(latest) else latest


def _rests(row: DossierRow) -> list[_Rest]:
    if row.waits == row.halts == NOTHING:
        return []
    waits = [_Rest(_WAITS[kind], since, until) for kind, since, until in waits_in(row.waits)]
    halts = [_Rest(_HALTS[kind], since, until) for kind, since, until in halts_in(row.halts)]
    return [*waits, *halts]


def _is_wait(rest: _Rest) -> bool:
    return rest.stage in _WAITS.values()


def _clock(first: str, last: str, zone: str) -> Callable[[str], int]:
    """Give how moments of a stretch are placed: by the second, or by the day."""
    by_day = is_day(first) or is_day(last)
    return partial(day_second_of, zone) if by_day else partial(second_of, zone)


def _add_stretch(
    total: _Total,
    bounds: tuple[str, str],
    rests: Iterable[_Rest],
    turns: Sequence[_Turn],
    seconds: _Seconds,
) -> None:
    """Divide a stretch, and add it up: who has the word, and at whose office."""
    since, last = seconds(bounds[0]), seconds(bounds[1])
    resting = [
        (seconds(begin), last if end is None else seconds(end), stage)
        for stage, begin, end in rests
    ]
    ends = [min(last, seconds(begin)) for begin, _, _ in turns[1:]]
    for (_, office, stage), until in zip(turns, (*ends, last), strict=True):
        # A turn that ends no later than it began is none, and the next one begins where it did.
        if until <= since:
            continue
        within = resting and [rest for rest in resting if rest[0] < until and rest[1] > since]
        if within:
            for at_stage, length in _divided((since, until), within, stage):
                total[office, at_stage] = total.get((office, at_stage), 0) + length
        else:
            total[office, stage] = total.get((office, stage), 0) + until - since
        since = until


def _divided(
    bounds: tuple[int, int], resting: Sequence[tuple[int, int, Stage]], own: Stage
) -> list[tuple[Stage, int]]:
    """Divide a turn among those who have the word in it; else its own stage goes on."""
    cuts = {*bounds}
    for begin, end, _ in resting:
        cuts.update((begin, end))
    found = []
    for since, until in pairwise(sorted([cut for cut in cuts if bounds[0] <= cut <= bounds[1]])):
        having = [stage for begin, end, stage in resting if begin <= since < end]
        stage = min(having, key=_RANK.__getitem__) if having else own
        found.append((stage, until - since))
    return found


_RANK: Final = {stage: rank for rank, stage in enumerate((Stage.INTAKE_WAIT, *_FIRST_IS_STRONGEST))}
