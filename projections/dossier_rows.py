"""The rows that figures, findings and trails are made from: one per dossier, one per act.

Rows hold what is written in the views, as plain columns: moments and due dates as their text
(`2026-11-21T08:03:11Z` or `2026-11-21`); waits, halts and changes of the due date as JSON. Figures
are computed from rows alone, so a row that somebody changed shows in the figures, and `recompute`
finds it. All of it is public.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from domain.actions import Signer
from domain.decisions import StreamState
from domain.dossiers import (
    ENDED_STATUSES,
    WAIT_OF_STATUS,
    Dossier,
    Due,
    DueChange,
    Halt,
    Outcome,
    Status,
    Wait,
    due_from_moment,
)
from domain.facts import (
    AppointmentRescheduled,
    Channel,
    ConsultationAnswered,
    ConsultationOverdueNotified,
    ConsultationRequested,
    DossierForwarded,
    DossierRoutedToOffice,
    Facts,
    FeeAssessed,
    HandoverAcknowledged,
    ImportableFacts,
    IntakeSupplementRequested,
    PaymentConfirmed,
    PaymentRefunded,
    PaymentRequired,
    ReturnedForRework,
    StepTransferred,
    SubmittedForApproval,
    SupplementRequested,
)
from domain.moments import Moment, parse_moment, render_day, render_instant, render_moment
from domain.roles import Role
from projections.entries import PublicEntry

NOTHING: Final = "[]"
_DAY_LENGTH: Final = len("2026-11-21")

_list_encoder = msgspec.json.Encoder()
_waits_decoder = msgspec.json.Decoder(tuple[Wait, ...])
_halts_decoder = msgspec.json.Decoder(tuple[Halt, ...])
_due_changes_decoder = msgspec.json.Decoder(tuple[DueChange, ...])


class DossierRow(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier in plain columns; key names and performers stay with its acts."""

    stream: str
    office: str
    procedure: str
    procedure_version: int | None
    channel: str
    status: int
    submitted_at: str
    accepted_at: str | None
    due: str | None
    appointment: str | None
    ended_at: str | None
    returned_at: str | None
    outcome: str | None
    waits: str
    halts: str
    due_changes: str
    supplement_requests: int
    apologies: int
    imported: bool


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One action: who signed it as what, when, and what it left.

    `entry_index` is None for an act of a veiled dossier, which the log shows under a veil only.

    `status`, `due` and `appointment` are the dossier's after the act; None on other streams.
    `amount_vnd`, `to_office`, `answer_by`, `payment_method` and `step` are what the act itself
    says, the last as the code of the internal step that it begins; `refers_to` is the version of
    the earlier act of the stream that it names. `label` is what an imported step was called, where
    that is public.
    """

    entry_index: int | None
    stream: str
    version: int
    kind: str
    at: Moment
    recorded_at: datetime
    office: str | None
    signers: tuple[Signer, ...]
    performer: str | None = None
    status: Status | None = None
    due: Due | None = None
    appointment: Due | None = None
    amount_vnd: int | None = None
    to_office: str | None = None
    answer_by: date | None = None
    refers_to: int | None = None
    payment_method: str | None = None
    label: str | None = None
    step: str | None = None

    @property
    def is_imported(self) -> bool:
        """Tell whether an importer signed."""
        return self.signers[0].role is Role.IMPORTER


def index_of(act: Act) -> int:
    """Give the entry index of an act on a stream that is never veiled."""
    assert act.entry_index is not None
    return act.entry_index


def act_of(entry: PublicEntry, state: StreamState) -> Act:
    """Make the act of a published entry and the state that it left."""
    action, facts = entry.action, entry.action.facts
    status = due = appointment = performer = label = None
    if isinstance(state, Dossier):
        status, due, appointment = state.status, state.due, state.appointment
    if isinstance(facts, ImportableFacts):
        performer, label = facts.performer, facts.label
    act = Act(
        entry_index=entry.entry_index,
        stream=action.stream,
        version=action.version,
        kind=action.kind.name,
        at=action.at,
        recorded_at=entry.recorded_at,
        office=action.office,
        signers=action.signers,
        performer=performer,
        status=status,
        due=due,
        appointment=appointment,
        label=label,
    )
    said = _SAID.get(type(facts))
    return act if said is None else msgspec.structs.replace(act, **said(facts))


def _asked(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, IntakeSupplementRequested | SupplementRequested)
    return {"answer_by": facts.answer_by}


def _payment_required(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, PaymentRequired)
    return {"amount_vnd": facts.amount_vnd, "answer_by": facts.pay_by}


def _payment_confirmed(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, PaymentConfirmed)
    return {"amount_vnd": facts.amount_vnd, "payment_method": facts.method.value}


def _payment_refunded(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, PaymentRefunded)
    return {"amount_vnd": facts.amount_vnd}


def _fee_assessed(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, FeeAssessed)
    return {"amount_vnd": facts.catalogue_amount_vnd}


def _sent(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, DossierForwarded | StepTransferred)
    return {"to_office": facts.to_office, "step": facts.step}


def _routed(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, DossierRoutedToOffice)
    return {"to_office": facts.to_office}


def _step_begun(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, HandoverAcknowledged | SubmittedForApproval | ReturnedForRework)
    return {"step": facts.step}


def _rescheduled(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, AppointmentRescheduled)
    return {"refers_to": facts.apology_version}


def _consultation_asked(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, ConsultationRequested)
    return {"answer_by": facts.answer_by}


def _consultation_named(facts: Facts) -> dict[str, Any]:
    assert isinstance(facts, ConsultationAnswered | ConsultationOverdueNotified)
    return {"refers_to": facts.request_version}


# What an act itself says, by the type of its facts: most say nothing that rows hold.
_SAID: Final[Mapping[type[Facts], Callable[[Facts], dict[str, Any]]]] = {
    IntakeSupplementRequested: _asked,
    SupplementRequested: _asked,
    PaymentRequired: _payment_required,
    PaymentConfirmed: _payment_confirmed,
    PaymentRefunded: _payment_refunded,
    FeeAssessed: _fee_assessed,
    DossierForwarded: _sent,
    StepTransferred: _sent,
    DossierRoutedToOffice: _routed,
    HandoverAcknowledged: _step_begun,
    SubmittedForApproval: _step_begun,
    ReturnedForRework: _step_begun,
    AppointmentRescheduled: _rescheduled,
    ConsultationRequested: _consultation_asked,
    ConsultationAnswered: _consultation_named,
    ConsultationOverdueNotified: _consultation_named,
}


def clock_stopping_acts(acts: Iterable[Act]) -> Iterator[Act]:
    """Give those of one dossier's acts, in order, by which it ended or began to wait."""
    ran = True
    for act in acts:
        runs = act.status not in ENDED_STATUSES and act.status not in WAIT_OF_STATUS
        if ran and not runs:
            yield act
        ran = runs


def row_of(dossier: Dossier) -> DossierRow:
    """Make the row of a dossier's state."""
    return DossierRow(
        stream=dossier.stream,
        office=dossier.office,
        procedure=dossier.procedure,
        procedure_version=dossier.procedure_version,
        channel=dossier.channel.value,
        status=dossier.status.value,
        submitted_at=render_moment(dossier.submitted_at),
        accepted_at=_moment_text(dossier.accepted_at),
        due=render_due(dossier.due),
        appointment=render_due(dossier.appointment),
        ended_at=_moment_text(dossier.ended_at),
        returned_at=_moment_text(dossier.returned_at),
        outcome=None if dossier.outcome is None else dossier.outcome.value,
        waits=_list_text(dossier.waits),
        halts=_list_text(dossier.halts),
        due_changes=_list_text(dossier.due_changes),
        supplement_requests=dossier.supplement_requests,
        apologies=dossier.apologies,
        imported=dossier.imported,
    )


def counted_dossier(row: DossierRow) -> Dossier:
    """Give the dossier of a row, without those who acted on it: what figures are made from.

    Raises:
        DomainError, ValueError, msgspec.MsgspecError: the row does not hold a dossier.
    """
    return Dossier(
        stream=row.stream,
        procedure=row.procedure,
        office=row.office,
        procedure_version=row.procedure_version,
        channel=Channel(row.channel),
        status=Status(row.status),
        submitted_at=_stored_moment(row.submitted_at),
        accepted_at=_moment(row.accepted_at),
        due=parse_due(row.due),
        appointment=parse_due(row.appointment),
        ended_at=_moment(row.ended_at),
        returned_at=_moment(row.returned_at),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        waits=() if row.waits == NOTHING else _waits_decoder.decode(row.waits),
        halts=() if row.halts == NOTHING else _halts_decoder.decode(row.halts),
        due_changes=()
        if row.due_changes == NOTHING
        else _due_changes_decoder.decode(row.due_changes),
        supplement_requests=row.supplement_requests,
        apologies=row.apologies,
        imported=row.imported,
        # What is stopped without an end rests by law, and may go on.
        suspended=row.status == Status.STOPPED and row.ended_at is None,
    )


def _list_text(stretches: tuple[Wait, ...] | tuple[Halt, ...] | tuple[DueChange, ...]) -> str:
    return _list_encoder.encode(stretches).decode() if stretches else NOTHING


def render_due(due: Due | None) -> str | None:
    """Write a due date as the text of a moment."""
    if due is None:
        return None
    if due.instant is not None:
        return render_instant(due.instant)
    assert due.day is not None
    return render_day(due.day)


def parse_due(text: str | None) -> Due | None:
    """Read what `render_due` writes."""
    return None if text is None else due_from_moment(_stored_moment(text))


def _moment_text(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)


def _moment(text: str | None) -> Moment | None:
    return None if text is None else _stored_moment(text)


def _stored_moment(text: str) -> Moment:
    # Rows are read by the hundred thousand, and hold only what `render_moment` wrote; any other
    # text takes the strict way and is refused there.
    try:
        if len(text) == _DAY_LENGTH:
            return Moment(day=date.fromisoformat(text))
        if text.endswith("Z"):
            return Moment(instant=datetime.fromisoformat(text))
    except ValueError:
        pass
    return parse_moment(text)
