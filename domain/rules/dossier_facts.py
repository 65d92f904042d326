"""Rules about the facts of dossiers: what contradicts the header, the state or another fact."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from domain.actions import Action
from domain.dossiers import Dossier, Status
from domain.errors import FactInvalid, FactMissing, MalformedMoment
from domain.facts import (
    ApplicantKeyReplaced,
    AppointmentRescheduled,
    ClosingGround,
    ConsultationAnswered,
    ConsultationOverdueNotified,
    ConsultationRequested,
    DossierAccepted,
    DossierClosed,
    DossierForwarded,
    DossierRoutedToOffice,
    DossierSubmitted,
    DueDateImported,
    ExtensionApologyIssued,
    HandoverAcknowledged,
    HoldLifted,
    IntakeSupplementRequested,
    PaymentRequired,
    ProxyAuthorised,
    ProxyRevoked,
    ReschedulingGround,
    ReturnedForRework,
    StepTransferred,
    SubmittedForApproval,
    SupplementRequested,
)
from domain.keys import vkey_name
from domain.moments import parse_moment
from domain.rules.register import Register, StreamState, office_record, procedure_record

FactRule = Callable[[StreamState | None, Action, Register], None]

_STATUS_OF_GROUND: Final = {
    ClosingGround.NO_SUPPLEMENT: Status.SUPPLEMENT_REQUIRED,
    ClosingGround.NO_PAYMENT: Status.PAYMENT_REQUIRED,
}


def check_moment(name: str, text: str | None) -> None:
    """Check that a moment in the facts exists.

    Raises:
        FactInvalid: it does not.
    """
    if text is None:
        return
    try:
        parse_moment(text)
    except MalformedMoment as error:
        raise FactInvalid(f"{name}: there is no such moment") from error


def _submitted(_state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, DossierSubmitted)
    procedure_record(register, facts.procedure)
    if facts.applicant_key is None:
        if not action.is_imported:
            raise FactMissing("applicant_key")
        return
    # Whoever names a key must hold it, or a stranger's key could be tied to a dossier.
    if vkey_name(facts.applicant_key) not in {signer.key for signer in action.signers}:
        raise FactInvalid("applicant_key: it does not sign this act")
    # No log holds citizens' signatures, so an import has nobody who signs as the applicant; and a
    # key that is enrolled would link the dossier to a person.
    if action.is_imported or register.key(vkey_name(facts.applicant_key)) is not None:
        found = "an import names none" if action.is_imported else "it is enrolled"
        raise FactInvalid(f"applicant_key: {found}")


def _accepted(_state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, DossierAccepted)
    check_moment("appointment", action.facts.appointment)


def _routed(state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, DossierRoutedToOffice)
    assert isinstance(state, Dossier)
    office_record(register, action.facts.to_office)
    if action.facts.to_office == state.office:
        raise FactInvalid(f"to_office: the dossier lies with {state.office} already")


def _sent(state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, DossierForwarded | StepTransferred)
    office_record(register, facts.to_office)
    _check_step(state, facts.step, register)


def _step_begun(state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, HandoverAcknowledged | SubmittedForApproval | ReturnedForRework)
    _check_step(state, facts.step, register)


def _check_step(state: StreamState | None, step: str | None, register: Register) -> None:
    """Refuse a step that the procedure version does not publish: it could be any word."""
    if step is None:
        return
    assert isinstance(state, Dossier)
    version = procedure_record(register, state.procedure).version(state.procedure_version)
    if version is None or step not in {one.code for one in version.steps}:
        raise FactInvalid("step: this version of the procedure has none of that code")


def _supplement_asked(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, IntakeSupplementRequested | SupplementRequested)
    _check_answer_day("answer_by", action.facts.answer_by, action, register)


def _payment_required(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, PaymentRequired)
    _check_answer_day("pay_by", action.facts.pay_by, action, register)


def _consultation_requested(_state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, ConsultationRequested)
    _check_answer_day("answer_by", action.facts.answer_by, action, register)


def _consultation_named(_state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, ConsultationAnswered | ConsultationOverdueNotified)
    _check_earlier_version("request_version", action.facts.request_version, action)


def _closed(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, DossierClosed)
    assert isinstance(state, Dossier)
    if state.status is not _STATUS_OF_GROUND[action.facts.ground]:
        raise FactInvalid(f"ground: {action.facts.ground.value} in status {state.status.name}")


def _apology_issued(_state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, ExtensionApologyIssued)
    check_moment("appointment", action.facts.appointment)


def _rescheduled(_state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, AppointmentRescheduled)
    check_moment("appointment", facts.appointment)
    if facts.ground is ReschedulingGround.APOLOGY:
        _check_earlier_version("apology_version", facts.apology_version, action)
    elif facts.apology_version is not None:
        raise FactInvalid(f"apology_version: named beside the ground {facts.ground.value}")


def _due_date_imported(_state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, DueDateImported)
    if (facts.due_on is None) == (facts.due_at is None):
        found = "none" if facts.due_on is None else "both"
        raise FactInvalid(f"due_on, due_at: {found} of them")
    check_moment("due_at", facts.due_at)


def _key_replaced(state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, ApplicantKeyReplaced)
    _check_new_key("applicant_key", action.facts.applicant_key, state, register)


def _proxy_authorised(state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(action.facts, ProxyAuthorised)
    _check_new_key("proxy_key", action.facts.proxy_key, state, register)


def _proxy_revoked(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, ProxyRevoked)
    assert isinstance(state, Dossier)
    if action.facts.proxy not in state.proxy_keys:
        raise FactInvalid(f"proxy: {action.facts.proxy} is no proxy of this dossier")


def _hold_lifted(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(action.facts, HoldLifted)
    assert isinstance(state, Dossier)
    if action.facts.hold_version not in state.holds:
        raise FactInvalid(f"hold_version: no hold of version {action.facts.hold_version} is open")


def _check_new_key(name: str, vkey: str, state: StreamState | None, register: Register) -> None:
    """Refuse a key that the dossier has, and one that is enrolled: it would name a person."""
    assert isinstance(state, Dossier)
    key = vkey_name(vkey)
    if key in (*state.applicant_keys, *state.proxy_keys) or register.key(key) is not None:
        raise FactInvalid(f"{name}: {key} signs on this dossier already, or is enrolled")


def _check_answer_day(name: str, day: date | None, action: Action, register: Register) -> None:
    """Refuse a day to answer by that lies before the act itself; sources may hold any day."""
    if day is None or action.is_imported:
        return
    assert action.office is not None
    if day < action.at.day_in(office_record(register, action.office).office.time_zone):
        raise FactInvalid(f"{name}: {day.isoformat()} is before the day of the act")


def _check_earlier_version(name: str, version: int | None, action: Action) -> None:
    if version is None:
        if not action.is_imported:
            raise FactMissing(name)
    elif version >= action.version:
        raise FactInvalid(f"{name}: {version}, and this act is version {action.version}")


DOSSIER_FACT_RULES: Final[Mapping[str, FactRule]] = {
    "dossier.submitted": _submitted,
    "dossier.intake_supplement_requested": _supplement_asked,
    "dossier.accepted": _accepted,
    "dossier.routed_to_office": _routed,
    "dossier.forwarded": _sent,
    "dossier.step_transferred": _sent,
    "dossier.handover_acknowledged": _step_begun,
    "dossier.submitted_for_approval": _step_begun,
    "dossier.returned_for_rework": _step_begun,
    "dossier.consultation_requested": _consultation_requested,
    "dossier.consultation_answered": _consultation_named,
    "dossier.consultation_overdue_notified": _consultation_named,
    "dossier.supplement_requested": _supplement_asked,
    "dossier.closed": _closed,
    "dossier.payment_required": _payment_required,
    "dossier.extension_apology_issued": _apology_issued,
    "dossier.appointment_rescheduled": _rescheduled,
    "dossier.due_date_imported": _due_date_imported,
    "dossier.applicant_key_replaced": _key_replaced,
    "dossier.proxy_authorised": _proxy_authorised,
    "dossier.proxy_revoked": _proxy_revoked,
    "dossier.hold_lifted": _hold_lifted,
}
