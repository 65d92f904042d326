"""From a dossier's opened acts to the packet that the portal is sent.

Pure but for the register: the acts are those of one stream with the private parts that still open.
What was erased, or is not known here, is left out; nothing is made up. LAW: Circular 01/2018
art. 17: every step with who did it and when.
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
    DossierAcceptedDetails,
    DossierSubmittedDetails,
    FeeAssessedDetails,
    KeyRegisteredDetails,
    ResultIssuedDetails,
    SupplementRequestedDetails,
)
from domain.moments import Moment, render_moment
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
    procedure = record and (record.version(dossier.procedure_version) or record.versions[-1])
    submission = told.submission
    is_processed = dossier.status in (Status.STOPPED, Status.PROCESSED, Status.RESULT_RETURNED)
    papers = () if submission is None else submission.components
    digitised = told.digitised
    return Packet(
        code=code,
        procedure=dossier.procedure,
        procedure_name=procedure.name.vi if procedure else None,
        procedure_field=procedure.field[:200] if procedure and procedure.field else None,
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
        unit=dossier.current_office,
        papers=tuple(_paper(paper, digitised) for paper in papers),
        fees=tuple(told.fees),
        results=tuple(told.results),
        has_digitised=bool(digitised) if papers else None,
        supplements=tuple(told.supplements),
        steps=tuple(told.steps),
    )


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
