"""The status block of a dossier's page: stage, desk, officer, step, waits, movement, what is next.

The officer is there only where the page's reader may know who it is. Key names are for whoever
wants to check: the template keeps them under "check it".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.words import Names, Words
from domain.dossiers import Due
from domain.errors import Sentence
from domain.moments import Moment
from projections.dossier_page import DossierPage, HandlingOfficer, PageAct
from projections.status.corrected import Corrected
from projections.status.desks import Desk
from projections.status.situation import Situation
from projections.status.stages import STAGE_NAMES
from projections.status.steps import STEP_GAPS, Step, StepGap
from projections.status.waiting import Waiting

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class SituationBlock:
    """What the block shows, each a sentence or None; `officer` are name, title, room, telephone."""

    stage: str
    desk: str | None
    officer: tuple[str, ...]
    officer_unknown: str | None
    key: str | None
    step: tuple[str, ...]
    waiting: tuple[str, ...]
    idle: str | None
    overdue: str | None
    complaint: str | None
    next: tuple[str, ...]


def situation_block(
    opened: DossierPage, zone: str, names: Names, words: Words
) -> SituationBlock | None:
    """Put where a dossier stands into words; None where nobody worked that out."""
    situation = opened.situation
    if situation is None:
        return None
    overdue, movement = situation.overdue, situation.movement
    idle = None if movement is None else movement.sentence
    return SituationBlock(
        stage=say(STAGE_NAMES[situation.stage], words),
        desk=None if situation.desk is None else _desk(situation.desk, zone, names, words),
        officer=tuple(_officer(opened.officer, words)),
        officer_unknown=_unknown(situation, opened.officer, words),
        key=None if situation.desk is None else situation.desk.key,
        step=tuple(_step(situation.step, zone, words)),
        waiting=tuple(_waiting(each, zone, words) for each in situation.waiting),
        idle=None if idle is None else say(idle, words),
        overdue=None if overdue is None else say(overdue.sentence, words),
        complaint=None if overdue is None else say(overdue.complaint, words),
        next=tuple(_next(situation, words)),
    )


def say(sentence: Sentence, words: Words) -> str:
    """Give a sentence in the page's language."""
    return sentence.en if words.language == "en" else sentence.vi


def _desk(desk: Desk, zone: str, names: Names, words: Words) -> str:
    key = "situation.desk" if desk.taken_over else "situation.desk_on_its_way"
    return words.texts(
        key,
        role=words.member("role", desk.role),
        office=words.office(names, desk.office),
        since=words.formats.moment(desk.since, zone),
    )


def _officer(officer: HandlingOfficer | None, words: Words) -> Iterator[str]:
    if officer is None:
        return
    members = {
        "name": officer.name,
        "assigned_as": None if officer.name else officer.assigned_as,
        "title": officer.title,
        "unit": officer.unit,
        "room": officer.room,
        "telephone": officer.telephone,
    }
    labels = {
        "name": words.texts("situation.name"),
        "assigned_as": words.texts("situation.assigned_as"),
        "title": words.texts("situation.job"),
        "unit": words.texts("situation.unit"),
        "room": words.texts("situation.room"),
        "telephone": words.texts("situation.telephone"),
    }
    for name, value in members.items():
        if value:
            yield f"{labels[name]}: {value}"


def _unknown(situation: Situation, officer: HandlingOfficer | None, words: Words) -> str | None:
    """Say why nobody is named where the dossier lies with an office."""
    if situation.desk is None:
        return None
    if officer is None:
        return words.texts("situation.nobody_in_person")
    if officer.stored or officer.assigned_as:
        return None
    return words.texts("situation.not_stored")


def _step(step: Step | StepGap, zone: str, words: Words) -> Iterator[str]:
    if isinstance(step, StepGap):
        yield say(STEP_GAPS[step], words)
        return
    name = step.name
    yield words.texts(
        "situation.step",
        name=step.code or str(step.number) if name is None else say(name, words),
        since=words.formats.moment(step.begun_at, zone),
    )
    if step.used_percent is not None and step.used_seconds is not None:
        yield words.texts(
            "situation.step_used",
            used=words.formats.number(step.used_seconds // _SECONDS_PER_HOUR),
            hours=words.formats.number(step.hours or 0),
            percent=words.formats.whole_percent(step.used_percent),
        )
    if step.gap is not None:
        yield say(STEP_GAPS[step.gap], words)


def _waiting(waiting: Waiting, zone: str, words: Words) -> str:
    since = words.texts("dossier.wait_since", time=words.formats.moment(waiting.since, zone))
    told = f"{say(waiting.sentence, words)} ({since})"
    if waiting.until is None:
        return told
    until = words.formats.due(waiting.until, zone)
    key = "situation.until" if waiting.until_verified else "situation.until_unverified"
    return f"{told} {words.texts(key, time=until)}"


def _next(situation: Situation, words: Words) -> Iterator[str]:
    yield from (say(act.sentence, words) for act in situation.next.acts)
    if not situation.next.acts:
        yield say(situation.next.sentence, words)
    elif situation.next.step_sentence is not None:
        yield say(situation.next.step_sentence, words)


def effect_lines(act: PageAct, zone: str, words: Words) -> Iterator[str]:
    """Say what an act did to the dates and why, and what of it was corrected since."""
    effect = act.effect
    if effect is not None:
        key = "situation.appointment_moved" if effect.is_appointment else "situation.due_moved"
        if effect.before == effect.after:
            key = "situation.due_stays"
        yield words.texts(
            key,
            before=_due(effect.before, zone, words),
            after=_due(effect.after, zone, words),
            reason=say(effect.reason, words),
        )
    for corrected in act.corrected:
        yield _corrected(corrected, words)
    if act.corrects is not None:
        yield words.texts("situation.corrects", version=act.corrects)


def _due(due: Due | None, zone: str, words: Words) -> str:
    return words.texts("situation.no_date") if due is None else words.formats.due(due, zone)


def _corrected(corrected: Corrected, words: Words) -> str:
    field = words.member("correctable", corrected.field)
    if corrected.after is None:
        return words.texts("situation.corrected", field=field, version=corrected.version)
    return words.texts(
        "situation.corrected_values",
        field=field,
        version=corrected.version,
        before=corrected.before or words.texts("situation.nothing"),
        after=corrected.after,
    )


def outside_lines(opened: DossierPage, zone: str, words: Words) -> Iterator[tuple[Moment, str]]:
    """Say which acts on other streams moved the due date, each with its moment."""
    for move in opened.moved_by_others:
        text = words.texts(
            "situation.due_moved",
            before=_due(move.change.due_before, zone, words),
            after=_due(move.change.due_after, zone, words),
            reason=say(move.reason, words),
        )
        yield move.change.at, text
