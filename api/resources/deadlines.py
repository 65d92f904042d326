"""The due dates of one dossier with all of their reasons: rule, law, calendar, waits, days off.

Whoever may see the dossier may see them (`api.resources.dossiers`). They rest on published entries
and documents alone, so whoever reads the log can count them again.
"""

import asyncio

import msgspec
from falcon.asgi import Request, Response

from api.bodies import EntryIndex, Version, encode
from api.parts import Parts
from api.reading.askers import Askers, Proof
from api.reading.rights import reading_as
from api.resources.answers import TwoLanguages, two_languages
from domain.clocks.counting import CountedStretch, Start
from domain.clocks.explanations import (
    CalendarReference,
    CountStep,
    Explanation,
    SpecialDay,
)
from domain.dossiers import Dossier, DueChange, TooLate
from domain.errors import Sentence
from domain.moments import render_moment
from domain.procedures import LimitUnit
from domain.reading.rights import Subject
from ledger.errors import UnknownDossier
from projections.clocks.explaining import DueBasis, ExplainedDossier, explain_dossier
from projections.counts import CheckpointReference
from projections.dossier_rows import render_due
from projections.reading import reference_to
from projections.states import StreamStates
from projections.views import Position, ViewReader

_WITHOUT_COUNT = {
    DueBasis.NOT_ACCEPTED: Sentence(
        "Hồ sơ chưa được tiếp nhận nên chưa có thời hạn giải quyết.",
        "The dossier was not accepted yet, so it has no legal due date.",
    ),
    DueBasis.IMPORTED: Sentence(
        "Thời hạn giải quyết lấy từ hệ thống cũ; sổ này không tính lại.",
        "The due date was taken over from another system; this ledger does not count it again.",
    ),
    DueBasis.APPOINTMENT: Sentence(
        "Thủ tục không có thời hạn tính được; ngày hẹn trên giấy hẹn được dùng làm hạn.",
        "The procedure has no limit that can be counted; the appointment on the slip stands in.",
    ),
    DueBasis.NONE: Sentence(
        "Không có thời hạn giải quyết tính được.", "There is no due date that can be counted."
    ),
}


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the parts of the answer; an absent member is left out."""


class LawAnswer(_Part, frozen=True, kw_only=True):
    """Which version of the law held; `verified` is False where a number of it was not read in it.

    `source` is where a limit that the procedure does not state was read.
    """

    verified: bool
    id: str | None = None
    name: TwoLanguages | None = None
    source: str | None = None


class LimitAnswer(_Part, frozen=True, kw_only=True):
    """What is counted: an amount of a unit; `unknown` is a day that was asked for."""

    unit: LimitUnit
    amount: int | None = None


class StartAnswer(_Part, frozen=True, kw_only=True):
    """What the count begins with, and why; `at` is the act, `counts_from` the count."""

    at: str
    counts_from: str
    reason: str


class StretchAnswer(_Part, frozen=True, kw_only=True):
    """A stretch in which the dossier waited or rested; `counted` is in `counted_unit`.

    An outage has `declared_at`, from when on the ledger knew of it.
    """

    kind: str
    since: str
    until: str
    effect: str
    counted: int
    counted_unit: str
    due: str | None = None
    declared_at: str | None = None


class SpecialDayAnswer(_Part, frozen=True, kw_only=True):
    """A weekday off or a weekend day worked, within the count."""

    day: str
    reason: str
    verified: bool
    name: TwoLanguages | None = None


class StepAnswer(_Part, frozen=True, kw_only=True):
    """One step of the count, and where it led."""

    what: str
    amount: int | None = None
    due: str | None = None


class CalendarAnswer(_Part, frozen=True, kw_only=True):
    """The calendar that was counted with; its document is under `/documents/`."""

    id: str
    version: Version
    document: str


class DueChangeAnswer(_Part, frozen=True, kw_only=True):
    """A move of the due date: both dates, and the entry that moved it."""

    at: str
    stream: str
    version: Version
    before: str | None = None
    after: str | None = None
    entry_index: EntryIndex | None = None


class TooLateAnswer(_Part, frozen=True, kw_only=True):
    """An act on another stream that came when the due date had passed: it moved nothing."""

    at: str
    stream: str
    version: Version
    entry_index: EntryIndex | None = None


class ExplanationAnswer(_Part, frozen=True, kw_only=True):
    """One clock, its due date and everything that the date rests on."""

    clock: str
    rule: str
    verified: bool
    law: LawAnswer
    procedure: str
    limit: LimitAnswer
    start: StartAnswer
    stretches: tuple[StretchAnswer, ...]
    special_days: tuple[SpecialDayAnswer, ...]
    weekend_days: int
    steps: tuple[StepAnswer, ...]
    sentence: TwoLanguages
    procedure_version: Version | None = None
    calendar: CalendarAnswer | None = None
    restarted: StartAnswer | None = None
    due: str | None = None
    ended_at: str | None = None


class DeadlineAnswer(_Part, frozen=True, kw_only=True):
    """Both dates of a dossier, why they are so, and its other clocks.

    No apology moves `due_legal`; `due_appointment` is what the slips show. `too_late` is the first
    calendar, or change of office hours, that came when `due_legal` had passed.
    """

    stream: str
    basis: DueBasis
    sentence: TwoLanguages
    changes: tuple[DueChangeAnswer, ...]
    apologies: int
    clocks: tuple[ExplanationAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str
    due_legal: str | None = None
    due_appointment: str | None = None
    too_late: TooLateAnswer | None = None


class DeadlinesResource:
    """``/v1/dossiers/{stream}/deadline``."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._askers = Askers(parts)

    async def on_get(self, request: Request, response: Response, *, stream: str) -> None:
        """Give the due dates with their reasons."""
        self._parts.lookups.check(request.remote_addr)
        response.set_header("Cache-Control", "no-store")
        proof = self._askers.proof(request, stream)
        response.data = encode(await asyncio.to_thread(self._answer, stream, proof))

    def _answer(self, stream: str, proof: Proof) -> DeadlineAnswer:
        asks = self._askers.asker(stream, proof).reader
        with reading_as(self._parts.views, asks, Subject.STATUS) as reader:
            position = reader.position()
            explained = explained_dossier(stream, reader, self._parts)
            entries = _entries_of(explained.dossier, reader)
        assert position is not None
        return deadline_answer(explained, entries, position)


def explained_dossier(stream: str, reader: ViewReader, parts: Parts) -> ExplainedDossier:
    """Explain the clocks of a dossier as one read of the views has them.

    Raises:
        UnknownDossier: there is no such dossier.
    """
    dossier = reader.dossier(stream)
    if dossier is None:
        raise UnknownDossier
    register = StreamStates(parts.origin, parts.documents, reader.states)
    return explain_dossier(dossier, reader.acts_of(stream), register)


def _entries_of(dossier: Dossier, reader: ViewReader) -> dict[tuple[str, int], int]:
    """Give where in the log each entry stands that moved a due date, or came too late for it."""
    streams = {change.stream for change in dossier.due_changes}
    if dossier.came_too_late is not None:
        streams.add(dossier.came_too_late.stream)
    acts = (act for stream in streams for act in reader.acts_of(stream))
    return {
        (act.stream, act.version): act.entry_index for act in acts if act.entry_index is not None
    }


def deadline_answer(
    explained: ExplainedDossier, entries: dict[tuple[str, int], int], position: Position
) -> DeadlineAnswer:
    """Write the explanations of a dossier."""
    dossier, processing = explained.dossier, explained.processing
    clocks = (*((processing,) if processing is not None else ()), *explained.others)
    return DeadlineAnswer(
        stream=dossier.stream,
        basis=explained.basis,
        sentence=two_languages(sentence_of(explained)),
        changes=tuple(_change_answer(change, entries) for change in dossier.due_changes),
        apologies=dossier.apologies,
        clocks=tuple(map(_explanation_answer, clocks)),
        checkpoint=reference_to(position),
        as_of=position.as_of,
        due_legal=render_due(dossier.due),
        due_appointment=render_due(dossier.appointment),
        too_late=None
        if dossier.came_too_late is None
        else _too_late_answer(dossier.came_too_late, entries),
    )


def sentence_of(explained: ExplainedDossier) -> Sentence:
    """Give the one sentence about the legal due date."""
    if explained.basis is DueBasis.COUNTED and explained.processing is not None:
        return explained.processing.sentence
    return _WITHOUT_COUNT[explained.basis]


def _change_answer(change: DueChange, entries: dict[tuple[str, int], int]) -> DueChangeAnswer:
    return DueChangeAnswer(
        at=render_moment(change.at),
        stream=change.stream,
        version=change.version,
        before=render_due(change.due_before),
        after=render_due(change.due_after),
        entry_index=entries.get((change.stream, change.version)),
    )


def _too_late_answer(late: TooLate, entries: dict[tuple[str, int], int]) -> TooLateAnswer:
    return TooLateAnswer(
        at=render_moment(late.at),
        stream=late.stream,
        version=late.version,
        entry_index=entries.get((late.stream, late.version)),
    )


def _explanation_answer(explanation: Explanation) -> ExplanationAnswer:
    reading, counted = explanation.reading, explanation.reading.count
    calendar = explanation.calendar
    return ExplanationAnswer(
        clock=reading.clock.value,
        rule=reading.rule,
        verified=explanation.is_verified,
        law=_law_answer(explanation),
        procedure=explanation.procedure,
        procedure_version=explanation.procedure_version,
        calendar=None if calendar is None else _calendar_answer(calendar),
        limit=LimitAnswer(unit=counted.limit.unit, amount=counted.limit.amount),
        start=_start_answer(counted.first_start),
        restarted=None if counted.start is counted.first_start else _start_answer(counted.start),
        stretches=tuple(
            _stretch_answer(stretch, counted.limit.unit) for stretch in counted.stretches
        ),
        special_days=tuple(map(_special_day_answer, explanation.special_days)),
        weekend_days=explanation.weekend_days,
        steps=tuple(map(_step_answer, explanation.steps)),
        due=render_due(explanation.due),
        ended_at=None if reading.ended_at is None else render_moment(reading.ended_at),
        sentence=two_languages(explanation.sentence),
    )


def _calendar_answer(calendar: CalendarReference) -> CalendarAnswer:
    return CalendarAnswer(id=calendar.id, version=calendar.version, document=calendar.document)


def _law_answer(explanation: Explanation) -> LawAnswer:
    reading = explanation.reading
    law, limit = reading.law, reading.from_law
    return LawAnswer(
        verified=reading.law_verified,
        id=None if law is None else law.id,
        name=None if law is None else two_languages(law.name),
        source=None if limit is None else limit.source,
    )


def _start_answer(start: Start) -> StartAnswer:
    return StartAnswer(
        at=render_moment(start.at),
        counts_from=render_moment(start.counts_from),
        reason=start.reason.value,
    )


def _stretch_answer(counted: CountedStretch, unit: LimitUnit) -> StretchAnswer:
    stretch = counted.stretch
    units = {LimitUnit.HOURS: "seconds", LimitUnit.WORKING_DAYS: "working_days"}
    return StretchAnswer(
        kind=stretch.kind.value,
        since=render_moment(stretch.since),
        until=render_moment(stretch.until),
        effect=counted.effect.value,
        counted=counted.counted,
        counted_unit=units.get(unit, "calendar_days"),
        due=render_due(counted.due),
        declared_at=None if stretch.declared_at is None else render_moment(stretch.declared_at),
    )


def _special_day_answer(special: SpecialDay) -> SpecialDayAnswer:
    return SpecialDayAnswer(
        day=special.day.isoformat(),
        reason=special.reason.value,
        verified=special.verified,
        name=None if special.name is None else two_languages(special.name),
    )


def _step_answer(step: CountStep) -> StepAnswer:
    return StepAnswer(what=step.what, amount=step.amount, due=render_due(step.due))
