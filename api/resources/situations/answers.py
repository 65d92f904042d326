"""Writing a dossier's answer: its page for its holder, and where it stands for whoever may know."""

import msgspec

from api.resources.actions import receipt_url
from api.resources.answers import render_instant, two_languages
from api.resources.situations.shapes import (
    ActAnswer,
    ActSignerAnswer,
    CorrectedAnswer,
    DeskAnswer,
    DossierAnswer,
    DueEffectAnswer,
    MovementAnswer,
    NextActAnswer,
    OfficerAnswer,
    OutsideMoveAnswer,
    OverdueAnswer,
    SituationAnswer,
    StepUseAnswer,
    WaitingAnswer,
)
from domain.dossiers import Dossier
from domain.facts import Details
from domain.moments import Moment, render_moment
from domain.reading.private_parts import SEALED_MEMBERS
from projections.counts import CheckpointReference
from projections.dossier_page import DossierPage, HandlingOfficer, PageAct
from projections.dossier_rows import render_due
from projections.status.corrected import Corrected
from projections.status.desks import Desk
from projections.status.due_effects import DueEffect, OutsideMove
from projections.status.lateness import Overdue
from projections.status.moving import Movement
from projections.status.next_steps import NextSteps
from projections.status.situation import Situation
from projections.status.stages import STAGE_NAMES
from projections.status.steps import STEP_GAPS, Step, StepGap
from projections.status.waiting import Waiting


def dossier_answer(page: DossierPage, checkpoint: CheckpointReference, as_of: str) -> DossierAnswer:
    """Write the page of a dossier for its holder."""
    dossier = page.dossier
    return DossierAnswer(
        stream=dossier.stream,
        procedure=dossier.procedure,
        office=dossier.office,
        channel=dossier.channel.value,
        status=dossier.status.value,
        status_name=dossier.status.name.lower(),
        share_done_percent=page.share_done,
        submitted_at=render_moment(dossier.submitted_at),
        acts=tuple(_act_answer(dossier, act, veiled=page.veiled) for act in page.acts),
        checkpoint=checkpoint,
        as_of=as_of,
        accepted_at=_moment_text(dossier.accepted_at),
        due=render_due(dossier.due),
        appointment=render_due(dossier.appointment),
        ended_at=_moment_text(dossier.ended_at),
        returned_at=_moment_text(dossier.returned_at),
        outcome=None if dossier.outcome is None else dossier.outcome.value,
        personal_data_erased_at=_moment_text(dossier.erased_at),
        veiled=page.veiled,
        situation=None
        if page.situation is None
        else situation_answer(page.situation, page.officer),
        moved_by_others=tuple(map(_outside_answer, page.moved_by_others)),
    )


def _act_answer(dossier: Dossier, act: PageAct, *, veiled: bool) -> ActAnswer:
    return ActAnswer(
        version=act.version,
        kind=act.kind,
        at=render_moment(act.at),
        roles=tuple(role.value for role in act.roles),
        assurances=tuple(assurance.value for assurance in act.assurances),
        published=act.published,
        receipt_url=receipt_url(dossier.stream, act.version, act.entry_index),
        facts=msgspec.Raw(msgspec.json.encode(act.facts)),
        details=None if act.details is None else _details(act.details),
        office=act.office,
        entry_index=act.entry_index,
        recorded_at=None if act.recorded_at is None else render_instant(act.recorded_at),
        status=None if act.status is None else act.status.value,
        due=render_due(act.due),
        appointment=render_due(act.appointment),
        due_changed=act.due_changed,
        appointment_changed=act.appointment_changed,
        signers=tuple(
            ActSignerAnswer(key=signer.key, role=signer.role.value, assurance=assurance.value)
            for signer, assurance in zip(act.signers, act.assurances, strict=True)
        ),
        proof_url=_proof_url(act, veiled=veiled),
        effect=None if act.effect is None else _effect_answer(act.effect),
        corrected=tuple(map(_corrected_answer, act.corrected)),
        corrects=act.corrects,
    )


def _details(details: Details) -> msgspec.Raw:
    """Write a private part without the members that are shown to nobody, not even as empty."""
    members: dict[str, object] = msgspec.to_builtins(details)
    shown = {name: value for name, value in members.items() if name not in SEALED_MEMBERS}
    return msgspec.Raw(msgspec.json.encode(shown))


def _proof_url(act: PageAct, *, veiled: bool) -> str | None:
    # Of a veiled dossier the index is its veil's, whose receipt alone says nothing of the act.
    if veiled or act.entry_index is None or not act.published:
        return None
    return f"/v1/entries/{act.entry_index}/receipt"


def situation_answer(situation: Situation, officer: HandlingOfficer | None) -> SituationAnswer:
    """Write where a dossier stands; ``officer`` None where that is not for the asker."""
    return SituationAnswer(
        stage=situation.stage.value,
        stage_name=two_languages(STAGE_NAMES[situation.stage]),
        step=_step_answer(situation.step),
        waiting=tuple(map(_waiting_answer, situation.waiting)),
        next=tuple(_next_answers(situation.next)),
        next_sentence=two_languages(situation.next.sentence),
        idle_after_working_days=situation.idle_after_working_days,
        as_of=render_instant(situation.as_of),
        desk=None if situation.desk is None else _desk_answer(situation.desk),
        officer=None if officer is None else _officer_answer(officer),
        movement=None if situation.movement is None else _movement_answer(situation.movement),
        overdue=None if situation.overdue is None else _overdue_answer(situation.overdue),
    )


def _desk_answer(desk: Desk) -> DeskAnswer:
    return DeskAnswer(
        office=desk.office,
        role=desk.role.value,
        since=render_moment(desk.since),
        version=desk.version,
        taken_over=desk.taken_over,
        key=desk.key,
    )


def _officer_answer(officer: HandlingOfficer) -> OfficerAnswer:
    return OfficerAnswer(
        stored=officer.stored,
        name=officer.name,
        title=officer.title,
        room=officer.room,
        telephone=officer.telephone,
        assigned_as=officer.assigned_as,
        unit=officer.unit,
        key=officer.key,
    )


def _step_answer(step: Step | StepGap) -> StepUseAnswer:
    if isinstance(step, StepGap):
        return StepUseAnswer(gap_code=step.value, gap=two_languages(STEP_GAPS[step]))
    return StepUseAnswer(
        number=step.number,
        code=step.code,
        name=None if step.name is None else two_languages(step.name),
        role=None if step.role is None else step.role.value,
        unit=step.unit,
        begun_at=render_moment(step.begun_at),
        hours=step.hours,
        used_seconds=step.used_seconds,
        waited_seconds=step.waited_seconds,
        used_percent=step.used_percent,
        gap_code=None if step.gap is None else step.gap.value,
        gap=None if step.gap is None else two_languages(STEP_GAPS[step.gap]),
    )


def _waiting_answer(waiting: Waiting) -> WaitingAnswer:
    return WaitingAnswer(
        what=waiting.what.value,
        awaited=waiting.awaited.value,
        since=render_moment(waiting.since),
        sentence=two_languages(waiting.sentence),
        until=render_due(waiting.until),
        until_verified=waiting.until_verified,
        stops_clock=waiting.stops_clock,
    )


def _next_answers(steps: NextSteps) -> list[NextActAnswer]:
    return [
        NextActAnswer(
            kind=act.kind,
            roles=tuple(role.value for role in act.roles),
            sentence=two_languages(act.sentence),
        )
        for act in steps.acts
    ]


def _movement_answer(movement: Movement) -> MovementAnswer:
    return MovementAnswer(
        kind=movement.kind,
        at=render_moment(movement.at),
        working_days=movement.working_days,
        idle=None if movement.sentence is None else two_languages(movement.sentence),
    )


def _overdue_answer(overdue: Overdue) -> OverdueAnswer:
    due = render_due(overdue.due)
    assert due is not None
    return OverdueAnswer(
        due=due,
        sentence=two_languages(overdue.sentence),
        right_of_complaint=two_languages(overdue.complaint),
        apologies=overdue.apologies,
        working_days=overdue.working_days,
    )


def _effect_answer(effect: DueEffect) -> DueEffectAnswer:
    return DueEffectAnswer(
        reason=two_languages(effect.reason),
        before=render_due(effect.before),
        after=render_due(effect.after),
        is_appointment=effect.is_appointment,
    )


def _corrected_answer(corrected: Corrected) -> CorrectedAnswer:
    return CorrectedAnswer(
        version=corrected.version,
        field=corrected.field.value,
        before=corrected.before,
        after=corrected.after,
    )


def _outside_answer(move: OutsideMove) -> OutsideMoveAnswer:
    change = move.change
    return OutsideMoveAnswer(
        at=render_moment(change.at),
        stream=change.stream,
        version=change.version,
        reason=two_languages(move.reason),
        before=render_due(change.due_before),
        after=render_due(change.due_after),
    )


def _moment_text(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)
