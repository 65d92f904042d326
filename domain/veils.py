"""Veils: which dossiers are veiled, and the little that the public log says of each of their acts.

SPEC: formats.md, "Neighbour test"; ADR 0029. A dossier is veiled for ever if, at its first act, the
procedure version in force says so for the level of the office. Its acts never enter the log; in
their place comes a veil, which names the office at the top of the tree and one of the words below.
"""

from enum import StrEnum
from typing import Final

from domain.deadlines import Timeliness
from domain.dossiers import Dossier
from domain.figures import resolution
from domain.procedures import Publication
from domain.rules.register import Register

LEAST_OF_CROWD: Final = 10


class VeilAct(StrEnum):
    """What a veil says that was done."""

    RECEIVED = "received"
    ENDED_EARLY = "ended_early"
    ENDED_ON_TIME = "ended_on_time"
    ENDED_LATE = "ended_late"
    STEP = "step"


class Crowd(StrEnum):
    """Among what an act must be one of ten: somebody at the counter sees which of these it was."""

    RECEIVED = "received"
    ENDED = "ended"
    STEP = "step"


_ENDS: Final = {
    Timeliness.EARLY: VeilAct.ENDED_EARLY,
    Timeliness.ON_TIME: VeilAct.ENDED_ON_TIME,
    Timeliness.LATE: VeilAct.ENDED_LATE,
}


def crowd_of(act: VeilAct) -> Crowd:
    """Give the crowd in which an act hides."""
    if act is VeilAct.RECEIVED:
        return Crowd.RECEIVED
    return Crowd.STEP if act is VeilAct.STEP else Crowd.ENDED


def is_veiled(dossier: Dossier, register: Register) -> bool:
    """Tell, of a dossier as its first act left it, whether it is veiled.

    Where no version is in force on the day that the act names, one that veils is enough: that
    day is the submitter's word, and an import may be older than every version. What cannot be
    looked up at all is open.
    """
    procedure, office = register.procedure(dossier.procedure), register.office(dossier.office)
    if procedure is None or office is None:
        return False
    day, level = dossier.submitted_at.day_in(office.office.time_zone), office.office.level
    version = procedure.version_in_force(day)
    versions = procedure.versions if version is None else (version,)
    return any(each.publication_at(level) is Publication.VEILED for each in versions)


def top_office(office_id: str, register: Register) -> str:
    """Give the office at the top of an office's tree: the one with the largest crowd.

    A circle, or a parent that is not registered, ends the way up.
    """
    seen = [office_id]
    while (record := register.office(seen[-1])) is not None:
        parent = record.office.parent
        if parent is None or parent in seen or register.office(parent) is None:
            break
        seen.append(parent)
    return seen[-1]


def veil_act(before: Dossier | None, after: Dossier, zone: str) -> VeilAct:
    """Give what a veil says of the act between two states of a dossier; ``zone`` is its office's.

    Only accepted dossiers count, as in `domain.figures`: an end before the acceptance is a step,
    and the acceptance that follows it tells nothing of the end. No act undoes an end.
    """
    was_counted = before is not None and before.accepted_at is not None
    if after.accepted_at is None:
        return VeilAct.STEP
    if not was_counted:
        return VeilAct.RECEIVED
    assert before is not None
    if before.ended_at is None and after.ended_at is not None:
        kind = resolution(after, zone)
        assert kind is not None
        return _ENDS[kind]
    return VeilAct.STEP
