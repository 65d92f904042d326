"""Stays by the obvious: who has the word at one instant, asked of every stretch between two acts.

Slow, and written apart from `projections.statistics.by_acts.stays`: it looks back over all acts
at each instant, where the other one walks forward.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from domain.dossiers import Dossier, Halt, Wait
from domain.moments import SECONDS_PER_DAY, Moment, parse_moment
from projections.statistics.by_acts.acts import SeenAct

WAITING = {"supplement": "supplement", "payment": "payment", "withdrawal": "withdrawal"}
ORDER = (
    "supplement",
    "payment",
    "withdrawal",
    "suspension",
    "consultation",
    "site_survey",
    "outage",
)
TELLING = {
    "forwarded": "transfer",
    "step_transferred": "transfer",
    "handover_acknowledged": "processing",
    "processor_assigned": "processing",
    "processor_reassigned": "processing",
    "returned_for_rework": "processing",
    "submitted_for_approval": "awaiting_decision",
    "result_approved": "issuing",
    "resolution_refused": "issuing",
}
WORKING = {
    "supplement_requested",
    "payment_required",
    "consultation_requested",
    "verification_scheduled",
    "verification_recorded",
}


def slow_stays(dossier: Dossier, acts: Sequence[SeenAct], zone: str) -> dict[tuple[str, str], int]:
    """Give seconds by office and stage, from submission to end."""
    found = Counter[tuple[str, str]]()
    assert dossier.accepted_at is not None
    rests: list[Wait | Halt] = [*dossier.waits, *dossier.halts]
    if dossier.ended_at is None:
        return {}
    for is_intake, first, last in (
        (True, dossier.submitted_at, dossier.accepted_at),
        (False, dossier.accepted_at, dossier.ended_at),
    ):
        by_day = first.is_day_only or last.is_day_only
        start, end = (place(each, zone, by_day=by_day) for each in (first, last))
        moments = [parse_moment(act.at) for act in acts]
        for rest in rests:
            moments += [rest.since, *([] if rest.until is None else [rest.until])]
        cuts = sorted({place(each, zone, by_day=by_day) for each in moments} | {start, end})
        inside = [cut for cut in cuts if start <= cut <= end]
        for since, until in pairwise(inside):
            reached = acts[: reached_acts(acts, since, zone, by_day=by_day)]
            having = {
                str(rest.kind)
                for rest in rests
                if place(rest.since, zone, by_day=by_day) <= since
                and (rest.until is None or since < place(rest.until, zone, by_day=by_day))
            }
            if is_intake:
                stage = "intake_wait" if having & WAITING.keys() else "intake"
                office = holder_at_intake(dossier, reached)
            else:
                stage = next((each for each in ORDER if each in having), work(acts, reached))
                office = holder_at_work(dossier, reached)
            found[office, stage] += until - since
    return {key: seconds for key, seconds in found.items() if seconds}


def reached_acts(acts: Sequence[SeenAct], at: int, zone: str, *, by_day: bool) -> int:
    """Count the acts that had happened by then; none happens before the ones that precede it."""
    for number, act in enumerate(acts):
        if place(parse_moment(act.at), zone, by_day=by_day) > at:
            return number
    return len(acts)


def work(acts: Sequence[SeenAct], reached: Sequence[SeenAct]) -> str:
    is_told = any(act.kind.removeprefix("dossier.") in TELLING for act in acts)
    stage = "sending_on" if is_told else "processing"
    for act in reached:
        kind = act.kind.removeprefix("dossier.")
        if kind in WORKING and stage in ("sending_on", "transfer"):
            stage = "processing"
        stage = TELLING.get(kind, stage)
    return stage


def holder_at_intake(dossier: Dossier, reached: Sequence[SeenAct]) -> str:
    for act in reversed(reached):
        if act.kind == "dossier.routed_to_office" and act.to_office is not None:
            return act.to_office
        if act.kind == "dossier.submitted" and act.office is not None:
            return act.office
    return dossier.office


def holder_at_work(dossier: Dossier, reached: Sequence[SeenAct]) -> str:
    for act in reversed(reached):
        if act.kind == "dossier.handover_acknowledged" and act.office is not None:
            return act.office
    return dossier.office


def place(moment: Moment, zone: str, *, by_day: bool) -> int:
    if by_day:
        return moment.day_in(zone).toordinal() * SECONDS_PER_DAY
    return int(moment.start_in(zone).timestamp())
