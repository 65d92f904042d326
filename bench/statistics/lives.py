"""Lives of the world's dossiers: every act of each, some ten, written as it came and as it ended.

A dossier is handed in, accepted, sent on within its office or to a department, taken over, perhaps
asked for a payment or for papers, decided, issued and handed over. Chance places the acts, one seed
always the same. Nobody signed anything.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec.structs import replace

from bench.statistics.beside import fee_of
from domain.actions import Signer
from domain.dossiers import WAIT_OF_STATUS, Dossier, Status, Wait, WaitKind
from domain.facts import Channel, PaymentMethod
from domain.moments import Moment
from domain.roles import Role
from projections.dossier_rows import Act

# One of so many dossiers owes no fee, waits for its payment, or is sent to a department.
PER_ONE_OWING_NOTHING: Final = 10
PER_ONE_WAITING: Final = 8
PER_ONE_SENT_AWAY: Final = 6
OFFICES_PER_DEPARTMENT: Final = 4
MOST_HOURS_AT_INTAKE: Final = 20
MOST_HOURS_OF_WAITING: Final = 72
MOST_HOURS_UNTIL_RETURN: Final = 60
_METHODS: Final = (PaymentMethod.ONLINE_PORTAL, PaymentMethod.ONLINE_GATEWAY, PaymentMethod.CASH)
_STATUS_OF: Final = {wait: status for status, wait in WAIT_OF_STATUS.items()}


class Written(NamedTuple):
    """What is written of a dossier at one moment: its state, and the acts since the last one."""

    at: datetime
    dossier: Dossier
    acts: Sequence[Act]


class _Done(NamedTuple):
    at: datetime
    kind: str
    roles: tuple[Role, ...]
    status: Status
    office: str
    to_office: str | None = None
    amount_vnd: int | None = None
    method: PaymentMethod | None = None


def written_in_time(found: Iterable[Dossier], sealed_at: datetime) -> list[Written]:
    """Give each dossier as it was when accepted, and as it is at the end, in order of time.

    Its acts have no entry index yet.
    """
    written = [each for dossier in found for each in _Life(dossier, sealed_at).written()]
    return sorted(written, key=itemgetter(0))


class _Life:
    """One dossier with its acts, as of the last seal."""

    def __init__(self, drawn: Dossier, sealed_at: datetime) -> None:
        self._number = int(drawn.stream[8:], 16)
        self._random = random.Random(self._number)
        self._sealed_at = sealed_at
        self._accepted = _instant(drawn.accepted_at)
        fee = fee_of(drawn.procedure)
        self._fee = 0 if fee is None or self._number % PER_ONE_OWING_NOTHING == 0 else fee
        self._waits_to_pay = bool(self._fee) and self._number % PER_ONE_WAITING == 1
        self._has_fee = fee is not None
        self._paid = self._accepted + self._hours(MOST_HOURS_OF_WAITING)
        if drawn.ended_at is not None:
            # By then it is settled.
            self._paid = min(self._paid, _instant(drawn.ended_at))
        self._dossier = self._told(drawn)

    def _hours(self, most: int) -> timedelta:
        return timedelta(seconds=self._random.randint(60, most * 3600))

    def _told(self, drawn: Dossier) -> Dossier:
        """Say of a dossier when it was handed in and handed over, and its wait for a payment."""
        submitted, returned = self._accepted, None
        if drawn.channel is not Channel.COUNTER:
            submitted -= self._hours(MOST_HOURS_AT_INTAKE)
        waits, status = drawn.waits, drawn.status
        if self._waits_to_pay and drawn.ended_at is not None:
            since, until = Moment(instant=self._accepted), Moment(instant=self._paid)
            waits = (Wait(WaitKind.PAYMENT, since, until), *waits)
        if drawn.ended_at is not None:
            handed_over = _instant(drawn.ended_at) + self._hours(MOST_HOURS_UNTIL_RETURN)
            is_returned = handed_over <= self._sealed_at
            returned = Moment(instant=handed_over) if is_returned else None
            status = Status.RESULT_RETURNED if is_returned else Status.PROCESSED
        return replace(
            drawn,
            submitted_at=Moment(instant=submitted),
            returned_at=returned,
            waits=waits,
            status=status,
        )

    def written(self) -> Iterator[Written]:
        """Give the dossier as it was accepted, and as it ended where it did."""
        begun = self._begun()
        first = list(self._intake())
        acts = [self._act(begun, number, done) for number, done in enumerate(first, 1)]
        yield Written(self._accepted, begun, acts)
        dossier = self._dossier
        if dossier.ended_at is not None:
            done = sorted((*self._work(), *self._end()), key=itemgetter(0))
            acts = [self._act(dossier, number, each) for number, each in enumerate(done, 1)]
            acts = [replace(act, version=len(first) + act.version) for act in acts]
            yield Written(_instant(dossier.returned_at or dossier.ended_at), dossier, acts)

    def _begun(self) -> Dossier:
        dossier = self._dossier
        changes = dossier.due_changes
        wait = Wait(WaitKind.PAYMENT, Moment(instant=self._accepted))
        return replace(
            dossier,
            status=_STATUS_OF[wait.kind] if self._waits_to_pay else Status.IN_PROCESS,
            due=changes[0].due_before if changes else dossier.due,
            ended_at=None,
            returned_at=None,
            outcome=None,
            waits=(wait,) if self._waits_to_pay else (),
            due_changes=(),
            supplement_requests=0,
        )

    def _intake(self) -> Iterator[_Done]:
        office, at = self._dossier.office, self._accepted
        is_counter = self._dossier.channel is Channel.COUNTER
        by = (Role.APPLICANT, Role.RECEIVER) if is_counter else (Role.APPLICANT,)
        submitted = _instant(self._dossier.submitted_at)
        yield _Done(submitted, "submitted", by, Status.NEWLY_REGISTERED, office)
        yield _Done(at, "accepted", (Role.RECEIVER,), Status.ACCEPTED, office)
        if self._has_fee:
            asked = _Done(at, "fee_assessed", (Role.RECEIVER,), Status.ACCEPTED, office)
            yield asked._replace(amount_vnd=self._fee)
        if self._waits_to_pay:
            asked = _Done(at, "payment_required", (Role.RECEIVER,), Status.PAYMENT_REQUIRED, office)
            yield asked._replace(amount_vnd=self._fee)

    def _work(self) -> Iterator[_Done]:
        """Give what was done from the acceptance until it was submitted for approval."""
        dossier, office = self._dossier, self._dossier.office
        papers = [wait for wait in dossier.waits if wait.kind is WaitKind.SUPPLEMENT]
        assert dossier.ended_at is not None
        until = _instant(papers[0].since if papers else dossier.ended_at)
        sent, taken, given = self._moments(self._accepted, until)
        holder = self._holder()
        work = Status.IN_PROCESS
        if self._fee:
            method = _METHODS[self._number % len(_METHODS)]
            paid = _Done(self._paid, "payment_confirmed", (Role.RECEIVER,), work, office)
            yield paid._replace(amount_vnd=self._fee, method=method)
        yield _Done(sent, "forwarded", (Role.RECEIVER,), Status.ACCEPTED, office, holder)
        yield _Done(taken, "handover_acknowledged", (Role.PROCESSOR,), work, holder)
        yield _Done(given, "processor_assigned", (Role.ASSIGNER,), work, holder)
        for wait in papers:
            yield from self._papers(wait, holder)

    def _papers(self, wait: Wait, holder: str) -> Iterator[_Done]:
        asked, brought = _instant(wait.since), _instant(wait.until)
        status = Status.SUPPLEMENT_REQUIRED
        at_counter = self._dossier.channel is Channel.COUNTER
        by = (Role.APPLICANT, Role.RECEIVER) if at_counter else (Role.APPLICANT,)
        yield _Done(asked, "supplement_requested", (Role.PROCESSOR,), status, holder)
        yield _Done(brought, "supplement_submitted", by, status, self._dossier.office)
        yield _Done(brought, "supplement_completed", (Role.PROCESSOR,), Status.IN_PROCESS, holder)

    def _end(self) -> Iterator[_Done]:
        dossier = self._dossier
        holder, work = self._holder(), Status.IN_PROCESS
        papers = [wait.until for wait in dossier.waits if wait.kind is WaitKind.SUPPLEMENT]
        begun, ended = _instant(papers[0]) if papers else self._accepted, _instant(dossier.ended_at)
        drafted, decided = sorted(self._moments(begun + (ended - begun) / 2, ended)[:2])
        yield _Done(drafted, "submitted_for_approval", (Role.PROCESSOR,), work, holder)
        yield _Done(decided, "result_approved", (Role.APPROVER,), work, holder)
        yield _Done(ended, "result_issued", (Role.CLERK,), Status.PROCESSED, holder)
        if dossier.returned_at is not None:
            returned, status = _instant(dossier.returned_at), Status.RESULT_RETURNED
            by_post = dossier.channel is Channel.POST
            by = (Role.POST,) if by_post else (Role.RETURNER, Role.APPLICANT)
            if by_post:
                sent = ended + (returned - ended) / 2
                clerk = (Role.CLERK,)
                yield _Done(sent, "result_dispatched", clerk, Status.PROCESSED, dossier.office)
            yield _Done(returned, "result_returned", by, status, dossier.office)

    def _holder(self) -> str:
        """Give who works on it: one of so many dossiers is sent to a department."""
        office = self._dossier.office
        if self._number % PER_ONE_SENT_AWAY:
            return office
        name, _, number = office.rpartition(".")
        return f"{name}.{int(number) // OFFICES_PER_DEPARTMENT * OFFICES_PER_DEPARTMENT:03d}"

    def _moments(self, since: datetime, until: datetime) -> list[datetime]:
        """Draw three moments of the first half of a stretch, to the second."""
        shares = sorted(self._random.random() / 2 for _ in range(3))
        return [(since + (until - since) * share).replace(microsecond=0) for share in shares]

    def _act(self, dossier: Dossier, version: int, done: _Done) -> Act:
        at = done.at.replace(microsecond=0)
        return Act(
            entry_index=None,
            stream=dossier.stream,
            version=version,
            kind=f"dossier.{done.kind}",
            at=Moment(instant=at),
            recorded_at=at,
            office=done.office,
            signers=tuple(self._signer(role, done.office) for role in done.roles),
            status=done.status,
            due=dossier.due,
            appointment=dossier.appointment,
            amount_vnd=done.amount_vnd,
            to_office=done.to_office,
            payment_method=None if done.method is None else done.method.value,
        )

    def _signer(self, role: Role, office: str) -> Signer:
        if role is Role.APPLICANT:
            return Signer(f"applicant-{self._number:016x}", role)
        return Signer(f"officer-{office.replace('.', '-').lower()}-{role.value}", role)


def _instant(moment: Moment | None) -> datetime:
    assert moment is not None
    assert moment.instant is not None
    return moment.instant
