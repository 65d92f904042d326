"""The eight invariants of domain.md 2.7, each a function over what a ledger's readers were told.

What is impossible must not be there. What is improper is recorded, and then its finding must be
there: so an invariant that people can break holds as "or the finding says so".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec

from domain.calendars import Calendar, WorkingTime, working_time_between
from domain.clocks.limits import processing_count
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.facts import Details, DossierAcceptedDetails
from domain.figures import paused_at
from domain.moments import Moment, is_before
from domain.procedures import ProcedureRecord
from domain.roles import Role
from ledger.state import LedgerState
from projections.comparing import FoldSources, compare_views
from projections.counts import CountStatistics
from projections.dossier_rows import Act
from projections.findings import Finding
from projections.findings.rules.people.persons import SAME_PERSON
from projections.people.persons import Persons
from projections.recompute import compare, figures_from_log
from tests.lives.town import Town
from tests.support.builders import ZONE
from tests.support.references.counts import counts_of_month

CLOCK_TOLERANCE = timedelta(minutes=5)
# Rows 4, 17 and 19 of domain.md 2.7, and those of intake and of approval.
REQUESTS = (
    "dossier.intake_supplement_requested",
    "dossier.supplement_requested",
    "dossier.supplement_judged_incomplete",
)
INTAKE = ("dossier.intake_supplement_requested", "dossier.accepted", "dossier.intake_refused")
APPROVAL = ("dossier.result_approved", "dossier.resolution_refused")
APOLOGY = "dossier.extension_apology_issued"


@dataclass(frozen=True)
class Told:
    """One dossier as the views tell of it, with the private parts that its officers kept."""

    dossier: Dossier
    acts: tuple[Act, ...]
    findings: tuple[Finding, ...]
    details: dict[int, Details]
    calendars: Sequence[Calendar]
    procedure: ProcedureRecord
    persons: Persons

    def acts_of(self, *kinds: str) -> list[Act]:
        return [act for act in self.acts if act.kind in kinds]

    def has_finding(self, rule: str, *evidence: Act) -> bool:
        """Tell whether a rule found something, with all of these acts as its evidence."""
        wanted = {act.entry_index for act in evidence}
        return any(
            finding.rule == rule and wanted <= set(finding.evidence) for finding in self.findings
        )


def check_order_of_milestones(told: Told) -> None:
    """1: accepted, issued, returned in this order; nothing recorded before it happened."""
    dossier = told.dossier
    issued = [act.at for act in told.acts_of("dossier.result_issued")]
    steps = [dossier.accepted_at, *issued[:1], dossier.returned_at]
    known = [step for step in steps if step is not None]
    in_order = not any(is_before(later, former, ZONE) for former, later in pairwise(known))
    assert in_order or dossier.imported or told.has_finding("R08")
    for act in told.acts:
        if act.at.instant is not None:
            assert act.recorded_at >= act.at.instant - CLOCK_TOLERANCE


def check_one_code_for_an_acceptance(told: Told) -> None:
    """2: an acceptance at most, with one code at most, whose date is the day of acceptance."""
    accepted = told.acts_of("dossier.accepted")
    assert (told.dossier.accepted_at is not None) == bool(accepted)
    assert len(accepted) <= 1
    for act in accepted:
        code = code_of(told.details.get(act.version))
        if code is not None and not told.dossier.imported:
            assert code.split("-")[1] == f"{act.at.day_in(ZONE):%y%m%d}"


def check_codes_are_unique(codes: Iterable[str]) -> None:
    """2: no two dossiers have one code."""
    given = list(codes)
    assert len(given) == len(set(given))


def code_of(details: Details | None) -> str | None:
    return details.code if isinstance(details, DossierAcceptedDetails) else None


def check_supplement_lists(told: Told) -> None:
    """3: every request is counted, its list is kept, and asking more than once is found.

    What a later list asks beyond the first one (R03) shows in the private part alone.
    """
    requests = told.acts_of(*REQUESTS)
    assert told.dossier.supplement_requests == len(requests)
    lists = [
        {item.component for item in getattr(told.details[act.version], "items", ())}
        for act in requests
        if act.version in told.details
    ]
    assert len(lists) == len(requests)
    assert all(lists)
    if len(requests) > 1:
        assert told.has_finding("R02", *requests)


def check_apologies(told: Told) -> None:
    """4: one apology; more are recorded, and found."""
    apologies = told.acts_of(APOLOGY)
    assert told.dossier.apologies == len(apologies)
    assert len(apologies) <= 1 or told.has_finding("R07", *apologies)


def check_segregation(told: Told) -> None:
    """5: whoever both took in and approved is found, by all keys, with an act of each duty."""
    person_of = told.persons.person_of
    intake = _signed(told.acts_of(*INTAKE), Role.RECEIVER)
    approval = _signed(told.acts_of(*APPROVAL), Role.APPROVER)
    for taken, receiver in intake:
        for approved, approver in approval:
            if person_of(receiver) == person_of(approver):
                assert told.has_finding("R16", taken, approved)
    for finding in told.findings:
        if finding.rule == "R16" and finding.reason == SAME_PERSON:
            duties = {
                act.kind in APPROVAL for act in told.acts if act.entry_index in finding.evidence
            }
            assert duties == {True, False}


def _signed(acts: Sequence[Act], role: Role) -> list[tuple[Act, str]]:
    return [(act, signer.key) for act in acts for signer in act.signers if signer.role is role]


def check_due_date(told: Told) -> None:
    """6: the due date is a pure function of what happened; time spent and pauses are all time."""
    dossier = told.dossier
    if dossier.calendar_version is None:
        return
    calendar = told.calendars[dossier.calendar_version - 1]
    working = WorkingTime(calendar, ZONE)
    procedure = told.procedure.version(dossier.procedure_version)
    assert procedure is not None
    if not dossier.due_imported:
        counted = processing_count(dossier, procedure, working)
        assert counted is not None
        assert counted.due == dossier.due
    if dossier.came_too_late is not None:
        assert dossier.calendar_version < dossier.came_too_late.version
    elif dossier.ended_at is None:
        assert dossier.calendar_version == len(told.calendars)
    _check_time_adds_up(told, working)


def _check_time_adds_up(told: Told, working: WorkingTime) -> None:
    """Cut the time from acceptance to end at every act: each piece is spent, or waited."""
    dossier = told.dossier
    first, last = dossier.accepted_at, dossier.ended_at
    moments = [act.at for act in told.acts]
    if last is None or not _only_go_on(moments) or first is None:
        return
    assert first.instant is not None
    assert last.instant is not None
    cuts = [
        at.instant for at in moments if at.instant and first.instant <= at.instant <= last.instant
    ]
    spent = timedelta(0)
    for since, until in pairwise(cuts):
        if not paused_at(dossier, since, ZONE):
            spent += working_time_between(working, since, until)
    pauses = timedelta(0)
    for wait in dossier.waits[dossier.waits_at_intake :]:
        assert wait.since.instant is not None
        end = last.instant if wait.until is None else wait.until.instant
        assert end is not None
        pauses += working_time_between(working, wait.since.instant, end)
    assert spent + pauses == working_time_between(working, first.instant, last.instant)


def _only_go_on(moments: Sequence[Moment]) -> bool:
    instants = [at.instant for at in moments if at.instant is not None]
    return len(instants) == len(moments) and instants == sorted(instants)


def check_statistics_identity(
    published: CountStatistics, dossiers: Sequence[Dossier], as_of: datetime
) -> None:
    """7: carried over and received are resolved and pending, as a slow reference counts them."""
    published.total.check_identity()
    for figure in published.figures:
        figure.check_identity()
        month = date.fromisoformat(f"{figure.period}-01")
        mine = [
            dossier
            for dossier in dossiers
            if (dossier.office, dossier.procedure) == (figure.office, figure.procedure)
        ]
        counted = counts_of_month(mine, month, as_of, ZONE)
        assert counted == {name: getattr(figure, name) for name in counted}


def check_replay(town: Town, published: CountStatistics, dossiers: Sequence[Dossier]) -> None:
    """8: the ledger read again gives the same state, the same figures and the same views."""
    assert _states(_state_after_restart(town)) == _states(town.state)
    kept = _without_seals(town.state)
    assert {dossier.stream: dossier for dossier in dossiers} == {
        stream: state for stream, state in kept.items() if isinstance(state, Dossier)
    }
    assert _without_seals(town.public) == {
        stream: state for stream, state in kept.items() if not stream.startswith("rating:")
    }
    anchors, world = town.world.keys.anchors, town.world
    recomputed = figures_from_log(world.tiles, anchors, world.documents)
    assert compare(published, recomputed) == []
    compared = compare_views(
        Path(town.views_path), FoldSources(world.tiles, anchors, world.documents)
    )
    assert compared.was_compared
    assert compared.differences == ()


def _state_after_restart(town: Town) -> LedgerState:
    writer = town.world.new_writer()
    writer.take_over("successor")
    return writer._state


def _states(state: LedgerState) -> dict[str, StreamState]:
    return {stream: head.state for stream, head in state.streams().items()}


def _without_seals(state: LedgerState) -> dict[str, StreamState]:
    """Leave out between which seals an end was recorded: who folds acts alone sees no seal.

    The views and the town's auditor take the acts one by one; seals are of no use to them, since
    only the ledger's own retention counts from there. A ledger that starts again reads its seals,
    so its states are compared in full.
    """
    return {stream: _as_folded(each) for stream, each in _states(state).items()}


def _as_folded(state: StreamState) -> StreamState:
    if isinstance(state, Dossier):
        return msgspec.structs.replace(state, end_recorded_after=None)
    return state
