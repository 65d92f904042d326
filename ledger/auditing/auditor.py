"""The auditor: takes a log in, lets shards look at it, and puts together what they find.

It reads what takes no trust: hashes, seals, which stream an entry is on. Everything that it
reports stands in the order of the log, whichever shard found it and when; so one shard and many
give the same report. Where several cannot tell what is right, they do not guess: `AskTheWhole`.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import thread_time
from typing import Final

from domain.actions import StreamType
from ledger.auditing.messages import FOLLOWED, OWN, SHARED, Answer, Batch, Found, HashedEntry
from ledger.auditing.packing import pack, unpack
from ledger.auditing.report import AuditReport, Problem, add_spent
from ledger.auditing.routing import is_shared, stream_of
from ledger.auditing.sealing import SealChecks
from ledger.auditing.state_file import KeptState
from ledger.auditing.teams import Team
from ledger.errors import AuditStateRefused
from ledger.storage.port import EventPlace
from ledger.writing.public_log import index_key
from ledger.writing.veils import is_withheld
from transparency.errors import MalformedSeal
from transparency.index.parts import PARTS, IndexParts, part_of
from transparency.merkle import Frontier
from transparency.seals import Seal, is_seal, parse_seal

HASHING: Final = "hashes and seals"
MERGING: Final = "putting together"

_DOSSIER: Final = f"{StreamType.DOSSIER}:"

_REMEMBERED: Final = (
    "_checks",
    "_report",
    "_parts",
    "_known_keys",
    "_frontier",
    "_ends_in_seal",
    "_unsigned",
)


class AskTheWhole(Exception):
    """Several shards cannot tell; one that looks after all streams can."""


@dataclass(slots=True)
class TakenBatch:
    """A batch that all shards have answered: what it was, and where its actions belong."""

    entries: Sequence[HashedEntry]
    places: dict[int, EventPlace] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _SealHere:
    """A seal of a batch, and what is wrong with it but for the index."""

    entry_index: int
    seal: Seal
    problems: list[Problem]


@dataclass(slots=True)
class _UnderWay:
    entries: Sequence[HashedEntry]
    seals: list[_SealHere] = field(default_factory=list)
    unreadable: list[Found] = field(default_factory=list)
    withheld: int = 0


class Auditor:
    """Takes one log in, batch by batch; `audit_log` drives it."""

    def __init__(self, team: Team, checks: SealChecks, report: AuditReport) -> None:
        self._team = team
        self._checks = checks
        self._report = report
        self._parts = IndexParts(1 if team.shards == 1 else PARTS)
        self._known_keys = KnownKeys()
        self._frontier = Frontier()
        self._ends_in_seal = False
        self._unsigned: list[Found] = []
        self._under_way: deque[_UnderWay] = deque()

    @property
    def report(self) -> AuditReport:
        """Give the report as it stands."""
        return self._report

    @property
    def checks(self) -> SealChecks:
        """Give what checks the seals."""
        return self._checks

    @property
    def root_hash(self) -> bytes:
        """Give the root of all entries that were given."""
        return self._frontier.root_hash()

    def take(self, entries: Sequence[HashedEntry]) -> Iterator[TakenBatch]:
        """Give the next entries to the shards; gives back those batches that are done with.

        Raises:
            AskTheWhole: start again with a team of one.
            StoreUnavailable: a process of the audit has ended.
        """
        since = thread_time()
        under_way = _UnderWay(entries)
        batches = [Batch() for _ in range(self._team.shards)]
        for entry_index, entry, entry_hash in entries:
            self._ends_in_seal = is_seal(entry)
            if self._ends_in_seal:
                self._route_seal(entry_index, entry, batches, under_way)
            else:
                under_way.withheld += _route(entry_index, entry, batches)
            self._frontier.append(entry_hash)
            if self._ends_in_seal:
                self._checks.note_root(entry_index + 1, self._frontier.root_hash())
        self._spend(HASHING, since)
        self._team.give(batches)
        self._under_way.append(under_way)
        while len(self._under_way) >= self._team.ahead:
            yield self._put_together()

    def drain(self) -> Iterator[TakenBatch]:
        """Collect what is under way.

        Raises:
            AskTheWhole, StoreUnavailable: as `take`.
        """
        while self._under_way:
            yield self._put_together()

    def finish(self) -> None:
        """Take what the shards leave at the end of the log, and see that it ends in a seal.

        Of a team here, the auditor may be given what the log grows by, and be asked again.

        Raises:
            StoreUnavailable: a process of the audit has ended.
        """
        assert not self._under_way
        endings = self._team.endings()
        for found in self._unsigned:
            self._report.problems.append(Problem(found.code, found.entry_index, found.message))
        self._unsigned = []
        self._report.roots = endings[0].roots
        self._report.folded = [ending.folded for ending in endings]
        for ending in endings:
            add_spent(self._report.spent, ending.spent)
        if any(ending.waiting for ending in endings) or not self._ends_in_seal:
            message = "the log does not end in a seal over all before it"
            self._report.add_problem("not_sealed", None, message)

    def save(self) -> KeptState:
        """Give what the auditor and its shards remember; nothing may be under way.

        Raises:
            StoreUnavailable: a process of the audit has ended.
        """
        assert not self._under_way
        remembered = pack({name: getattr(self, name) for name in _REMEMBERED})
        shards = tuple(self._team.save())
        return KeptState(self._frontier.tree_size, self.root_hash, remembered, shards)

    def restore(self, kept: KeptState) -> None:
        """Go on from what `save` gave; the report goes on, too.

        Raises:
            AuditStateRefused: it is something else.
            StoreUnavailable: a process of the audit has ended.
        """
        members = unpack(kept.auditor)
        if members.keys() != set(_REMEMBERED):
            raise AuditStateRefused("the state was written by another version")
        for name, value in members.items():
            setattr(self, name, value)
        self._team.restore(kept.shards)
        if (self._frontier.tree_size, self.root_hash) != (kept.tree_size, kept.root_hash):
            raise AuditStateRefused("the state is not of the entries that it names")

    def _spend(self, part: str, since: float) -> None:
        add_spent(self._report.spent, {part: thread_time() - since})

    def _route_seal(
        self, entry_index: int, entry: bytes, batches: Sequence[Batch], under_way: _UnderWay
    ) -> None:
        try:
            seal = parse_seal(entry)
        except MalformedSeal as error:
            under_way.unreadable.append(Found(entry_index, error.code, str(error)))
        else:
            problems = self._checks.check(entry_index, seal)
            under_way.seals.append(_SealHere(entry_index, seal, problems))
            for batch in batches:
                batch.add_seal(entry_index, seal.sealed_at)

    def _put_together(self) -> TakenBatch:
        answers = self._team.answers()
        since = thread_time()
        under_way = self._under_way.popleft()
        for answer in answers:
            self._known_keys.take(answer)
        self._count(under_way, answers)
        self._report_problems(under_way, answers)
        taken = TakenBatch(under_way.entries)
        for answer in answers:
            taken.places |= answer.places
        self._spend(MERGING, since)
        return taken

    def _count(self, under_way: _UnderWay, answers: Sequence[Answer]) -> None:
        report = self._report
        report.entries += len(under_way.entries)
        report.seals += len(under_way.seals)
        report.witnessed = self._checks.witnessed
        report.envelopes += under_way.withheld
        for answer in answers:
            report.actions += answer.actions
            report.signatures_verified += answer.signatures_verified
            report.decisions_repeated += answer.decisions_repeated
            add_spent(report.spent, answer.spent)
        self._unsigned += _merged([answer.unsigned for answer in answers])

    def _report_problems(self, under_way: _UnderWay, answers: Sequence[Answer]) -> None:
        """Add what was found in the order of the log; what a seal brings out, at the seal."""
        unreadable = deque(_merged([under_way.unreadable, *(one.unreadable for one in answers)]))
        for here in under_way.seals:
            while unreadable and unreadable[0].entry_index < here.entry_index:
                self._report.add_problem(*_as_problem(unreadable.popleft()))
            self._report_seal(here, answers)
        for found in unreadable:
            self._report.add_problem(*_as_problem(found))

    def _report_seal(self, here: _SealHere, answers: Sequence[Answer]) -> None:
        entry_index, seal = here.entry_index, here.seal
        if seal.covers != entry_index:
            message = f"the seal covers {seal.covers}"
            self._report.add_problem("wrong_seal", entry_index, message)
        came_of_it = [answer.sealed[entry_index] for answer in answers]
        for sealed in came_of_it:
            if sealed.followed != came_of_it[0].followed:
                raise AskTheWhole(f"seal {entry_index}: shards differ on shared streams")
            self._parts.update(sealed.roots)
        if seal.index_root_hash != self._parts.root_hash():
            message = "the index has another root"
            self._report.add_problem("wrong_index_root", entry_index, message)
        for problem in here.problems:
            self._report.add_problem(problem.code, problem.entry_index, problem.message)
        for found in _merged([sealed.refused for sealed in came_of_it]):
            self._report.add_problem(*_as_problem(found))


def _route(entry_index: int, entry: bytes, batches: Sequence[Batch]) -> bool:
    """Give an entry to whom it concerns; tell whether it stands for an act withheld."""
    if is_withheld(entry):
        # All count them: whichever shard has a tally asks how many there were.
        for number, batch in enumerate(batches):
            batch.add(entry_index, entry, FOLLOWED if number else SHARED)
        return True
    stream = stream_of(entry)
    if stream is None:
        batches[0].add(entry_index, entry, OWN)
        return False
    own = part_of(index_key(stream)) % len(batches)
    if len(batches) > 1 and is_shared(stream):
        for number, batch in enumerate(batches):
            batch.add(entry_index, entry, SHARED if number == own else FOLLOWED)
    else:
        batches[own].add(entry_index, entry, OWN)
    return False


def _as_problem(found: Found) -> tuple[str, int, str]:
    return found.code, found.entry_index, found.message


def _merged(found: Sequence[Sequence[Found]]) -> list[Found]:
    """Put findings in the order of entries; what one entry has, one shard found, in its order."""
    return sorted((each for some in found for each in some), key=lambda each: each.entry_index)


class KnownKeys:
    """Names and public keys of all streams: no shard sees that two of them do not fit together."""

    def __init__(self) -> None:
        self._key_of_name: dict[str, str] = {}
        self._stream_of_key: dict[str, str] = {}

    def take(self, answer: Answer) -> None:
        """Take in what one shard met.

        Raises:
            AskTheWhole: perhaps a key may not be used as it was; the ledger's order decides.
        """
        if answer.doubt:
            raise AskTheWhole(answer.doubt)
        for name, public_key, stream in answer.brought:
            if self._key_of_name.setdefault(name, public_key) != public_key:
                raise AskTheWhole(f"{name} names two public keys")
            other = self._stream_of_key.setdefault(public_key, stream)
            is_applicants = other.startswith(_DOSSIER) and stream.startswith(_DOSSIER)
            if other != stream and not is_applicants:
                raise AskTheWhole(f"{name} is on {other} and on {stream}")
