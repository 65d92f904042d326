"""Signing a foreign log's planned actions and handing them in; safe to repeat at any time.

A case never spans two batches, so batches may overlap: while one is decided and committed, the
next is signed. Whatever an earlier, perhaps interrupted, import recorded is recognised by its
text and counted as repeated.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from domain.facts import Grant
from domain.keys import ANY_OFFICE
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Drafter, Publishing, next_place, place_after
from ledger.importing.errors import ImportStopped
from ledger.importing.mapping import ImportMapping
from ledger.importing.planner import Planner
from ledger.importing.plans import CasePlan
from ledger.importing.sources import ForeignCase
from ledger.intake import Answer
from ledger.storage.port import LedgerReader
from transparency.notes import SigningKey

BATCH_ACTIONS: Final = 1_000
OVERLAPPING_BATCHES: Final = 2
PUBLICATION_SECONDS: Final = 60.0
IMPORTER_ROLES: Final = (Role.IMPORTER, Role.CATALOGUE_ADMIN)


class Submitter(Protocol):
    """Whoever takes signed actions in: `ledger.intake.Intake`."""

    async def submit(
        self, submitted: Sequence[SubmittedAction], wait_seconds: float
    ) -> list[Answer]:
        """Take actions in this order."""


@dataclass(slots=True)
class ImportReport:
    """What an import did; ``dropped`` is 0 unless the planner is broken."""

    dossiers: int = 0
    events_read: int = 0
    events_recorded: int = 0
    events_repeated: int = 0
    neutral_steps: int = 0
    attribute_actions: int = 0
    actions_recorded: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Batch:
    plans: tuple[CasePlan, ...]
    submitted: tuple[SubmittedAction, ...]


class ImportDriver:
    """Imports one foreign log into one ledger."""

    def __init__(
        self, submitter: Submitter, drafter: Drafter, planner: Planner, importer: SigningKey
    ):
        self._submitter = submitter
        self._drafter = drafter
        self._planner = planner
        self._importer = importer

    async def run(
        self, cases: Iterable[ForeignCase], on_progress: Callable[[ImportReport], None]
    ) -> ImportReport:
        """Import all cases; what was read before an error is recorded.

        Raises:
            ImportStopped: the ledger refused an action; the code says why.
            MalformedSource: the source cannot be read further.
            StoreUnavailable: the ledger failed; import again to continue.
        """
        report = ImportReport()
        # The caller holds what is counted here, and can say how far an import came that failed.
        on_progress(report)
        under_way: list[tuple[_Batch, asyncio.Task[list[Answer]]]] = []
        try:
            for batch in self._batches(cases):
                task = asyncio.create_task(
                    self._submitter.submit(batch.submitted, PUBLICATION_SECONDS)
                )
                under_way.append((batch, task))
                await asyncio.sleep(0)
                if len(under_way) >= OVERLAPPING_BATCHES:
                    await self._finish(under_way.pop(0), report)
                    on_progress(report)
        finally:
            for pair in under_way:
                await self._finish(pair, report)
        on_progress(report)
        return report

    async def _finish(
        self, pair: tuple[_Batch, "asyncio.Task[list[Answer]]"], report: ImportReport
    ) -> None:
        batch, task = pair
        answers = iter(await task)
        for plan in batch.plans:
            _count(plan, [next(answers) for _ in plan.actions], report)

    def _batches(self, cases: Iterable[ForeignCase]) -> Iterator[_Batch]:
        plans: list[CasePlan] = []
        submitted: list[SubmittedAction] = []
        for case in cases:
            plan = self._planner.plan_case(case)
            plans.append(plan)
            submitted.extend(self._sign(plan))
            if len(submitted) >= BATCH_ACTIONS:
                yield _Batch(tuple(plans), tuple(submitted))
                plans, submitted = [], []
        if plans:
            yield _Batch(tuple(plans), tuple(submitted))

    def _sign(self, plan: CasePlan) -> Iterator[SubmittedAction]:
        place = FIRST_PLACE
        for planned in plan.actions:
            action = self._drafter.sign(
                planned.kind.name,
                plan.stream,
                place,
                planned.at,
                planned.facts,
                ((planned.role, self._importer),),
                office=plan.office,
                details=planned.details,
                salt=planned.details_salt,
            )
            place = place_after(place, action.note)
            yield action


def _count(plan: CasePlan, answers: Sequence[Answer], report: ImportReport) -> None:
    for planned, answer in zip(plan.actions, answers, strict=True):
        if answer.code:
            raise ImportStopped(
                f"case {plan.case_id!r}: {planned.kind.name} was refused: "
                f"{answer.code}: {answer.message}"
            )
        report.events_recorded += planned.from_event and not answer.repeated
        report.events_repeated += planned.from_event and answer.repeated
        report.actions_recorded += not answer.repeated
    report.dossiers += bool(plan.actions)
    report.events_read += plan.events_read
    report.neutral_steps += plan.neutral_steps
    report.attribute_actions += plan.attribute_actions
    report.dropped += plan.dropped


def preparations(
    reader: LedgerReader,
    drafter: Drafter,
    mapping: ImportMapping,
    keys: tuple[SigningKey, SigningKey],
    at: Moment,
) -> list[SubmittedAction]:
    """Give the registry acts that an import needs and the ledger lacks, in order.

    ``keys`` are the registrar's and the importer's. An office or procedure that is there already
    is left as it is: another mapping of the same source may have published it.
    """
    registrar, importer = keys
    office = mapping.office
    wanted: list[SubmittedAction] = []
    if next_place(reader, f"key:{importer.name}") == FIRST_PLACE:
        grants = [Grant(role, ANY_OFFICE) for role in IMPORTER_ROLES]
        wanted.append(drafter.register_key(registrar, importer, grants, at))
    if next_place(reader, f"office:{office.id}") == FIRST_PLACE:
        document = mapping.office_document()
        wanted.append(drafter.register_office(registrar, office.id, document, FIRST_PLACE, at))
    code = mapping.procedure.code
    if next_place(reader, f"procedure:{code}") == FIRST_PLACE:
        what = Publishing(mapping.procedure_document(), office.id, FIRST_PLACE, at)
        wanted.append(drafter.publish_procedure(importer, code, 1, what))
    return wanted
