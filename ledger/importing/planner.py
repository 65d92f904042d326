"""From one foreign case to the actions that tell it here, in order, each permitted by the domain.

Pure: the same case, mapping and secret give the same plan, to the byte. The planner rehearses
every action on the domain's own rules; what the state machine refuses, or has no kind for,
becomes `dossier.foreign_step_recorded` with its label. So nothing is dropped: one action for each
event of the source, and one for each attribute that the mapping makes one of.

Order: the submission first, whatever its time; then the case's events; then due date and end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from domain.actions import Kind
from domain.facts import (
    Channel,
    DossierSubmitted,
    DossierSubmittedDetails,
    DueDateImported,
    EndImported,
    ForeignStepRecorded,
    ForeignStepRecordedDetails,
    ImportableFacts,
)
from domain.kinds import KINDS
from domain.moments import Moment, render_moment
from ledger.importing.errors import MalformedSource
from ledger.importing.mapping import (
    DUE_DATE,
    END,
    FOREIGN_STEP,
    SUBMITTED,
    ActivityRow,
    AttributeRow,
    ImportMapping,
    static_facts,
)
from ledger.importing.plans import CasePlan, PlannedAction
from ledger.importing.pseudonyms import KeyedHash, Pseudonyms, label_hash
from ledger.importing.rehearsal import Rehearsal, Stage
from ledger.importing.sources import ForeignCase, ForeignEvent
from ledger.importing.timestamps import parse_timestamp, time_order

_SUBMITTED = KINDS[SUBMITTED]
_FOREIGN_STEP = KINDS[FOREIGN_STEP]
_DUE_DATE = KINDS[DUE_DATE]
_END = KINDS[END]


@dataclass(frozen=True, slots=True)
class _Step:
    """One event with its time understood."""

    event: ForeignEvent
    at: Moment


class Planner:
    """Plans the cases of one source; keeps nothing of one case for the next."""

    def __init__(self, mapping: ImportMapping, keyed_hash: KeyedHash) -> None:
        self._mapping = mapping
        self._rules = mapping.time_rules
        self._pseudonyms = Pseudonyms(mapping.name, keyed_hash)
        self._labels = frozenset(mapping.labels)
        self._stage = Stage(mapping)
        self._attributes: dict[str, AttributeRow] = {row.kind: row for row in mapping.attribute}
        self._submissions = {row.name for row in mapping.activity if SUBMITTED in row.kinds}
        self._activities = {row.name: row for row in mapping.activity}
        self._candidates = {row.name: tuple(_candidates(row)) for row in mapping.activity}

    def plan_case(self, case: ForeignCase) -> CasePlan:
        """Give the actions that tell one case.

        None for a case without events that does not say when it was submitted.

        Raises:
            MalformedSource: a time cannot be read.
        """
        stream = self._pseudonyms.stream(case.case_id)
        steps = self._steps(case)
        submission = self._submission(case, steps)
        if submission is None:
            return CasePlan(case.case_id, stream, self._mapping.office.id, (), len(steps))
        at, step = submission
        rehearsal = self._stage.rehearsal(stream)
        actions = [rehearsal.play(self._submit(stream, self._channel(case), at, step))]
        actions += [self._tell(rehearsal, each) for each in steps if each is not step]
        actions += [rehearsal.play(action) for action in self._conclude(rehearsal, case)]
        return CasePlan(case.case_id, stream, self._mapping.office.id, tuple(actions), len(steps))

    def _steps(self, case: ForeignCase) -> list[_Step]:
        steps = [_Step(event, self._moment(event.at, case, event.line)) for event in case.events]
        if self._mapping.case_order == "time":
            steps.sort(key=lambda step: time_order(step.at, self._rules))
        return steps

    def _moment(self, text: str, case: ForeignCase, line: int | None) -> Moment:
        try:
            return parse_timestamp(text, self._rules)
        except MalformedSource as error:
            raise MalformedSource(error.problem, line=line, case_id=case.case_id) from error

    def _submission(
        self, case: ForeignCase, steps: list[_Step]
    ) -> tuple[Moment, _Step | None] | None:
        """Find when the case was submitted, and the event that says so, if it is one.

        Where nothing says so, it had been submitted when its first event happened.
        """
        moment = self._attribute_moment(case, SUBMITTED)
        if moment is not None:
            return moment, None
        for step in steps:
            if step.event.activity in self._submissions:
                return step.at, step
        return (steps[0].at, None) if steps else None

    def _attribute_moment(self, case: ForeignCase, kind_name: str) -> Moment | None:
        row = self._attributes.get(kind_name)
        text = case.attributes.get(row.name) if row is not None else None
        if row is None or not text:
            return None
        moment = self._moment(text, case, case.line)
        if row.precision == "day":
            return Moment(day=moment.day_in(self._rules.zone.key))
        return moment

    def _channel(self, case: ForeignCase) -> Channel:
        table = self._mapping.channel
        if table.attribute is None:
            return table.default
        return table.values.get(case.attributes.get(table.attribute, ""), table.default)

    def _submit(
        self, stream: str, channel: Channel, at: Moment, step: _Step | None
    ) -> PlannedAction:
        facts = DossierSubmitted(procedure=self._mapping.procedure.code, channel=channel)
        if step is not None:
            facts = msgspec.structs.replace(facts, **self._said(step.event))
        details = DossierSubmittedDetails(secret=self._pseudonyms.holder_secret(stream))
        salt = self._pseudonyms.salt(stream, 1)
        return PlannedAction(_SUBMITTED, at, facts, step is not None, details, salt)

    def _tell(self, rehearsal: Rehearsal, step: _Step) -> PlannedAction:
        """Tell one event by the first of its kinds that the state permits, or as foreign."""
        said = self._said(step.event)
        for kind, static in self._kinds_of(step.event):
            facts = msgspec.structs.replace(static, **said)
            action = PlannedAction(kind, step.at, facts, from_event=True)
            if rehearsal.permits(action):
                return action
        return rehearsal.play(self._foreign_step(rehearsal, step, said))

    def _kinds_of(self, event: ForeignEvent) -> tuple[tuple[Kind, ImportableFacts], ...]:
        """Give the kinds that the event's row names, if the row holds for this event.

        Raises:
            MalformedSource: a CSV file has no column that the row asks for.
        """
        row = self._activities.get(event.activity)
        if row is None or not all(self._says(event, *wanted) for wanted in row.when.items()):
            return ()
        return self._candidates[row.name]

    def _says(self, event: ForeignEvent, name: str, wanted: str) -> bool:
        # Every event of a CSV file has every column; an event of an XES log need not.
        if self._mapping.source.format == "csv" and name not in event.attributes:
            raise MalformedSource(f"the column {name!r} of `when` is missing", line=event.line)
        return event.attributes.get(name) == wanted

    def _said(self, event: ForeignEvent) -> dict[str, str]:
        """Give what the public facts of one event's action say: by whom, and which activity."""
        said = {}
        if event.resource is not None:
            said["performer"] = self._pseudonyms.performer(event.resource)
        if event.activity in self._labels:
            said["label"] = event.activity
        else:
            said["label_hash"] = label_hash(event.activity)
        return said

    def _foreign_step(
        self, rehearsal: Rehearsal, step: _Step, said: dict[str, str]
    ) -> PlannedAction:
        facts = ForeignStepRecorded(**said)
        if "label" in said:
            return PlannedAction(_FOREIGN_STEP, step.at, facts, from_event=True)
        return PlannedAction(
            _FOREIGN_STEP,
            step.at,
            facts,
            from_event=True,
            details=ForeignStepRecordedDetails(label=step.event.activity),
            details_salt=self._pseudonyms.salt(rehearsal.stream, rehearsal.next_version),
        )

    def _conclude(self, rehearsal: Rehearsal, case: ForeignCase) -> Iterator[PlannedAction]:
        """Tell the due date, as of the acceptance, and the end."""
        due = self._attribute_moment(case, DUE_DATE)
        if due is not None:
            yield PlannedAction(_DUE_DATE, rehearsal.accepted_at, _due(due), from_event=False)
        end = self._attribute_moment(case, END)
        if end is not None:
            yield PlannedAction(_END, end, EndImported(), from_event=False)


def _candidates(row: ActivityRow) -> Iterator[tuple[Kind, ImportableFacts]]:
    """Give a row's kinds with their facts; a later submission is never permitted, so not it."""
    for name in row.kinds:
        if name != SUBMITTED:
            yield KINDS[name], static_facts(row, KINDS[name])


def _due(moment: Moment) -> DueDateImported:
    if moment.day is not None:
        return DueDateImported(due_on=moment.day)
    return DueDateImported(due_at=render_moment(moment))
