"""From a dossier's opened acts to the packet that the portal is sent.

Pure but for the register: the acts are those of one stream with the private parts that still open.
What was erased, or is not known here, is left out; nothing is made up. `NEVER_FILLED` names what
no act of this ledger tells. LAW: Circular 01/2018 art. 17: every step with who did it and when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.actions import Action
from domain.decisions import evolve
from domain.dossiers import Dossier, Due, Outcome, Status
from domain.facts import (
    Channel,
    Component,
    ComponentDigitisedDetails,
    ComponentSource,
    DeliveryChoiceChangedDetails,
    DossierAcceptedDetails,
    DossierSubmittedDetails,
    ExternalDataQueriedDetails,
    FeeAssessedDetails,
    IdentityCheckedDetails,
    IdentityMethod,
    IdentitySubject,
    KeyRegisteredDetails,
    PaymentConfirmed,
    PaymentMethod,
    ResultIssuedDetails,
    ResultReturnedDetails,
    SupplementRequestedDetails,
)
from domain.facts.shapes import DeliveryMethod
from domain.moments import Moment, render_moment
from domain.procedures import Procedure
from domain.roles import Role
from domain.rules.register import Register
from ledger.portal.packets import (
    COUNTER,
    ONLINE,
    POST,
    Packet,
    PacketFee,
    PacketPaper,
    PacketResult,
    PacketStep,
    PacketSupplement,
)

_CHANNELS: Final = {Channel.COUNTER: COUNTER, Channel.ONLINE: ONLINE, Channel.POST: POST}
# 1: on the portal, 2: on the agency's own gateway (domain.md 2.4); what was not paid online is 0.
_PAID_ONLINE: Final = {
    PaymentMethod.ONLINE_PORTAL: 1,
    PaymentMethod.ONLINE_GATEWAY: 2,
    PaymentMethod.CASH: 0,
    PaymentMethod.TRANSFER: 0,
}
# Of the applicant no kind is asked; files lie with the office, and are known by their hash alone;
# a step is an act, which has one moment, and its hours are the catalogue's, not the act's.
NEVER_FILLED: Final = (
    "LoaiDoiTuong",
    "TaiLieuNop.TenTepDinhKem",
    "DanhSachLePhi.TenPhiLePhi",
    "DanhSachGiayToKetQua.TenGiayTo",
    "DanhSachGiayToKetQua.DuongDanTepTinKetQua",
    "TienTrinh.NgayBatDau",
    "TienTrinh.NgayKetThucTheoQuyDinh",
)
_CITIZENS: Final = frozenset({Role.APPLICANT, Role.PROXY})
_REQUESTS: Final = frozenset(
    {"dossier.supplement_requested", "dossier.intake_supplement_requested"}
)
_COMPLETED: Final = "dossier.supplement_completed"

FindOfficer = Callable[[str], KeyRegisteredDetails | None]


@dataclass(slots=True)
class _Told:
    """What the acts tell besides the state that they lead to."""

    code: str | None = None
    submission: DossierSubmittedDetails | None = None
    refused_at: Moment | None = None
    steps: list[PacketStep] = field(default_factory=list)
    supplements: list[PacketSupplement] = field(default_factory=list)
    fees: list[PacketFee] = field(default_factory=list)
    results: list[PacketResult] = field(default_factory=list)
    digitised: set[str] = field(default_factory=set)
    delivery: DeliveryMethod | None = None
    address: str | None = None
    paid_online: int | None = None
    has_verified_account: bool | None = None
    connected: dict[str, None] = field(default_factory=dict)


def packet_of(acts: Sequence[Action], register: Register, officer_of: FindOfficer) -> Packet | None:
    """Give the packet of one dossier; None before it has a code.

    ``officer_of`` gives what the registry's private part says of the holder of a key.
    """
    told, dossier = _Told(), None
    for act in acts:
        before = dossier
        state = evolve(dossier, act, register)
        assert isinstance(state, Dossier)
        dossier = state
        _tell(told, act, before, dossier, officer_of)
    if dossier is None or told.code is None:
        return None
    return _packet(told.code, dossier, told, register)


def _tell(
    told: _Told, act: Action, before: Dossier | None, after: Dossier, officer_of: FindOfficer
) -> None:
    _open(told, act)
    _open_around(told, act)
    if after.outcome in (Outcome.NOT_ACCEPTED, Outcome.REFUSED) and told.refused_at is None:
        told.refused_at = act.at
    step = _step(act, after, officer_of)
    told.steps.append(step)
    if act.kind.name in _REQUESTS:
        told.supplements.append(_asked(act, step, after))
    elif act.kind.name == _COMPLETED and told.supplements:
        told.supplements[-1] = _completed(told.supplements[-1], act, before, after)


def _open(told: _Told, act: Action) -> None:
    """Take in what the private part of an act tells."""
    match act.details:
        case DossierSubmittedDetails():
            told.submission = act.details
            told.delivery = act.details.delivery
        case DossierAcceptedDetails():
            told.code = act.details.code or told.code
        case FeeAssessedDetails():
            fee, amount = act.details.fee_code, act.details.amount_due_vnd
            told.fees.append(PacketFee(code=fee, amount_vnd=amount))
        case ResultIssuedDetails():
            told.results.append(PacketResult(code=act.details.number))
        case ComponentDigitisedDetails():
            told.digitised.add(act.details.component)
        case _:
            pass


def _open_around(told: _Told, act: Action) -> None:
    """Take in what an act tells of delivery, payment, identity and databases that were asked."""
    if isinstance(act.facts, PaymentConfirmed):
        told.paid_online = _PAID_ONLINE[act.facts.method]
    match act.details:
        case DeliveryChoiceChangedDetails():
            told.delivery, told.address = act.details.delivery, act.details.address
        case ResultReturnedDetails():
            told.delivery = act.details.method or told.delivery
        case IdentityCheckedDetails(
            subject=IdentitySubject.APPLICANT, method=IdentityMethod.ELECTRONIC_IDENTITY
        ):
            told.has_verified_account = act.details.matched
        case ExternalDataQueriedDetails(answered=True):
            told.connected[act.details.source] = None
        case _:
            pass


def _step(act: Action, after: Dossier, officer_of: FindOfficer) -> PacketStep:
    """Tell one act as a step; whoever applies is no officer and is not named as one."""
    signer = next((each for each in act.signers if each.role not in _CITIZENS), None)
    officer = None if signer is None else officer_of(signer.key)
    name = None if signer is None else signer.key
    return PacketStep(
        officer=(officer and (officer.display_name or officer.personnel_number)) or name,
        title=(officer and officer.title) or (signer.role.value if signer else None),
        at=render_moment(act.at),
        unit=act.office,
        content=act.kind.name,
        status=after.status.value,
    )


def _asked(act: Action, step: PacketStep, after: Dossier) -> PacketSupplement:
    items = act.details.items if isinstance(act.details, SupplementRequestedDetails) else ()
    content = "; ".join(f"{item.component}: {item.reason}" for item in items)
    return PacketSupplement(
        officer=step.officer,
        content=content[:4000] or None,
        requested_at=render_moment(act.at),
        old_appointment=_text(after.appointment),
    )


def _completed(
    asked: PacketSupplement, act: Action, before: Dossier | None, after: Dossier
) -> PacketSupplement:
    moved = before is None or before.appointment != after.appointment
    return PacketSupplement(
        officer=asked.officer,
        content=asked.content,
        requested_at=asked.requested_at,
        completed_at=render_moment(act.at),
        old_appointment=asked.old_appointment,
        new_appointment=_text(after.appointment) if moved else None,
    )


def _packet(code: str, dossier: Dossier, told: _Told, register: Register) -> Packet:
    record = register.procedure(dossier.procedure)
    procedure = None
    if record is not None:
        procedure = record.version(dossier.procedure_version) or record.versions[-1]
    submission = told.submission
    is_processed = dossier.status in (Status.STOPPED, Status.PROCESSED, Status.RESULT_RETURNED)
    papers = () if submission is None else submission.components
    digitised = told.digitised
    return Packet(
        code=code,
        procedure=dossier.procedure,
        procedure_name=procedure.name.vi if procedure else None,
        procedure_field=_field(procedure),
        channel=_CHANNELS[dossier.channel],
        applicant_name=submission.applicant_name if submission else None,
        applicant_number=submission.applicant_number if submission else None,
        submitted_at=render_moment(dossier.submitted_at),
        accepted_at=_moment(dossier.accepted_at),
        appointment=_text(dossier.appointment or dossier.due),
        processed_at=_moment(dossier.ended_at) if is_processed else None,
        returned_at=_moment(dossier.returned_at),
        refused_at=_moment(told.refused_at),
        status=dossier.status.value,
        return_form=told.delivery and told.delivery.value,
        return_place=told.address,
        unit=dossier.current_office,
        papers=tuple(_paper(paper, digitised) for paper in papers),
        fees=tuple(told.fees),
        results=tuple(told.results),
        has_digitised=bool(digitised) if papers else None,
        has_verified_account=told.has_verified_account,
        paid_online=told.paid_online,
        connected=tuple(told.connected),
        supplements=tuple(told.supplements),
        steps=tuple(told.steps),
    )


def _field(procedure: Procedure | None) -> str | None:
    """Give the field's code, or its name where the catalogue has no code for it."""
    if procedure is None:
        return None
    return procedure.field_code or (procedure.field[:200] if procedure.field else None)


def _paper(paper: Component, digitised: set[str]) -> PacketPaper:
    source = paper.source
    return PacketPaper(
        component=paper.code,
        digitised=paper.code in digitised,
        reused=None if source is None else source is ComponentSource.REUSED,
        from_store=None if source is None else source is ComponentSource.CITIZEN_STORE,
    )


def _moment(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)


def _text(due: Due | None) -> str | None:
    return None if due is None else render_moment(Moment(instant=due.instant, day=due.day))
