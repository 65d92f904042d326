"""The scene of a cheat: a real ledger, and everybody who watches it, each with what they have.

Everybody looked once while the operator was honest. Then each looks again at what it shows now:

    audit              reads the whole log, with two anchors
    monitor            remembers the largest checkpoint that it saw
    witness            remembers the last checkpoint that it cosigned
    index_auditor      is a witness that replays the log first
    receipt_holder     keeps a receipt, and asks whether the log goes on from its checkpoint
    promise_holder     keeps a promise, and asks for the history of its stream once it has run out
    history_verifier   reads the history that the operator hands out of one stream
    policy_holder      audits by a policy that names whose cosignatures count

What they find is kept as files, which a judge reads who has two anchors and nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.witnessing.folder import Statement
from ledger.auditing import (
    SEAL_DATED_AHEAD,
    SEAL_WITNESSED_LATE,
    HowToAudit,
    Problem,
    WitnessRule,
    audit_log,
)
from ledger.auditing.teams import ShardsHere
from ledger.errors import LedgerError
from ledger.evidence.charges import BROKEN_PROMISE
from ledger.evidence.judging import JudgedBy, judge_file
from ledger.evidence.making import EvidenceSources, ReplayedIndex, make_evidence
from ledger.histories.building import HistoryMaker
from ledger.histories.verifying import verify_bundle
from ledger.mirroring.continuing import check_continues
from ledger.mirroring.evidence import FORK_FILE, checkpoint_pieces
from ledger.monitoring.monitor import MonitorOptions
from tests.simulation.cheats.operators import Operator
from tests.support.ledger_builders import World, a_world, handed, operator_keys
from tests.support.observers.mirrored_logs import FaultySource
from tests.support.observers.monitored_logs import Monitored
from tests.support.witnesses.builders import RunningWitness, make_a_witness, request_for
from transparency.checkpoints import SignedCheckpoint
from transparency.cosignatures import add_signature_lines, open_cosignatures
from transparency.errors import LogMisbehaviour, TransparencyError
from transparency.evidence.files import Evidence, Misbehaviour, render_evidence
from transparency.evidence.seals import make_receipt
from transparency.histories.bundles import HistoryBundle, render_history
from transparency.index import StreamIndex
from transparency.notes import render_vkey
from transparency.policies import Policy, parse_policy
from transparency.verifier import verify_receipt

KEYS = operator_keys()
ANCHORS = KEYS.anchors
LOGS = {KEYS.origin: (KEYS.log.verification_key,)}
NOTHING_MORE = ("new_checkpoint", "over")


@dataclass
class Scene:
    """A ledger of two dossiers that everybody has seen; `shown` is what the operator shows now."""

    folder: Path
    world: World = field(default_factory=a_world)
    evidence: list[bytes] = field(default_factory=list)
    promise: bytes = b""
    promised_stream: str = ""
    history: HistoryBundle | None = None

    def __post_init__(self) -> None:
        self.world.clock.pass_time(days=7)
        self.first = self.world.a_dossier("dossier.accepted")
        self.second = self.world.a_dossier()
        self.world.clock.pass_time(hours=1)
        self.world.record(self.world.act("dossier.accepted", self.second))
        self.shown = self.to_witness = Operator(self.world)
        assert self.shown.tiles.read_checkpoint() == self.world.tiles.read_checkpoint()
        self.receipt = make_receipt(self.shown.log(), self.shown.size - 2)
        self.read = self.first
        self.witness = self._a_witness("witness", Statement.CONSISTENT, 9)
        self.replayed = FaultySource(self.shown.tiles)
        self.index_auditor = self._a_witness("auditor", Statement.INDEX_AUDITED, 10)
        options = MonitorOptions(evidence=self.folder / "monitor")
        self.monitor = Monitored(self.shown, options)
        assert list(self._all_notices()) == []

    def _a_witness(self, name: str, statement: Statement, seed_byte: int) -> RunningWitness:
        folder = make_a_witness(self.folder / name, statement, seed_byte)
        audited = self.replayed if statement is Statement.INDEX_AUDITED else None
        clock = lambda: self.world.clock.now  # noqa: E731 - its own, which the operator has not
        return RunningWitness(folder, logs=LOGS, audited=audited, clock=clock)

    def close(self) -> None:
        """Let the witnesses go."""
        self.witness.close()
        self.index_auditor.close()

    @property
    def policy(self) -> Policy:
        """Whose cosignatures count: both witnesses'."""
        keys = (self.witness.key, self.index_auditor.key)
        names = [f"witness w{number} {render_vkey(key)}" for number, key in enumerate(keys)]
        text = "\n".join([*names, "group both all w0 w1", "quorum both", ""])
        return parse_policy(text.encode())

    def notices(self) -> dict[str, str]:
        """Who notices something about what is shown now, and by which code."""
        return dict(self._all_notices())

    def look(self) -> None:
        """Let everybody look; nobody may find anything."""
        assert self.notices() == {}

    def _all_notices(self) -> Iterator[tuple[str, str]]:
        asked = {
            "audit": self._audits(),
            "monitor": self._monitors(),
            "witness": self._asks(self.witness),
            "index_auditor": self._asks(self.index_auditor),
            "receipt_holder": self._holds_receipt(),
            "promise_holder": self._holds_promise(),
            "history_verifier": self._verifies_history(),
            "policy_holder": self._compares_times(),
        }
        return ((who, code) for who, code in asked.items() if code)

    def _audits(self) -> str:
        problems = self.shown.audit().problems
        self._make_files(problems)
        return " ".join(sorted({problem.code for problem in problems}))

    def _monitors(self) -> str:
        self.monitor.source.tiles = self.shown.tiles
        codes = {event.code for event in self.monitor.told()}
        return " ".join(sorted(codes - set(NOTHING_MORE)))

    def _asks(self, asked: RunningWitness) -> str:
        """Ask as the log does, from where the witness stands; an honest answer is a cosignature."""
        self.replayed.tiles = self.to_witness.tiles
        last = asked.store.last(KEYS.origin)
        stands_at = 0 if last is None else last.checkpoint.tree_size
        believed = min(stands_at, self.to_witness.written.tree.tree_size)
        answer = asked.ask(request_for(self.to_witness.written, believed))
        if answer.status_code == 200:
            return ""
        is_size = answer.headers["content-type"] == "text/x.tlog.size"
        return "old_size_mismatch" if is_size else str(answer.json["code"])

    def cosigned_checkpoint(self) -> bytes:
        """The published checkpoint with what both witnesses cosigned when they were asked."""
        note = self.shown.written.signed_checkpoint().note
        for asked in (self.witness, self.index_auditor):
            assert self._asks(asked) == ""
            last = asked.store.last(KEYS.origin)
            assert last is not None
            (cosignature,) = open_cosignatures(last.note, [asked.key])
            note = add_signature_lines(note, [cosignature.line])
        return note

    def _holds_receipt(self) -> str:
        held = verify_receipt(self.receipt, ANCHORS.logs).checkpoint
        newest = self.shown.log().signed_checkpoint
        try:
            check_continues(held, newest, self.shown.tiles, self.shown.tiles)
        except LogMisbehaviour as error:
            self._keep_fork(held, newest)
            return error.code
        except LedgerError as error:
            return error.code
        return ""

    def _keep_fork(self, held: SignedCheckpoint, newest: SignedCheckpoint) -> None:
        pieces = checkpoint_pieces(held, newest, self.shown.tiles, is_fork=True)
        self.evidence.append(pieces[FORK_FILE])

    def _holds_promise(self) -> str:
        if not self.promise:
            return ""
        history = render_history(self.shown_history(self.promised_stream))
        return self._charge(Evidence(BROKEN_PROMISE, {"promise": self.promise, "history": history}))

    def _verifies_history(self) -> str:
        bundle = self.history or self.shown_history(self.read)
        try:
            verify_bundle(render_history(bundle), ANCHORS)
        except (TransparencyError, LedgerError) as error:
            return error.code
        return ""

    def shown_history(self, stream: str, index: StreamIndex | None = None) -> HistoryBundle:
        """The history of a stream as the operator makes it, from its index or a false one."""
        replayed = ReplayedIndex(self.shown.log(), index or self.shown.index)
        return HistoryMaker(replayed, self.shown.tiles, ANCHORS.logs, replayed).history_of(stream)

    def _compares_times(self) -> str:
        """Audit once more, with a policy; give what no auditor without one finds."""
        rule = WitnessRule(self.policy)
        shown, how = self.shown, HowToAudit(set_up=ShardsHere, witnesses=rule)
        now = shown.clock.now
        *_, report = audit_log(shown.log(), ANCHORS, shown.documents, now=now, how=how)
        by_witnesses = (SEAL_WITNESSED_LATE, SEAL_DATED_AHEAD)
        found = [each for each in report.problems if each.code in by_witnesses]
        self._make_files(found, self.policy)
        return " ".join(sorted({each.code for each in found}))

    def _make_files(self, problems: Sequence[Problem], policy: Policy | None = None) -> None:
        log = self.shown.log()
        by = JudgedBy(ANCHORS, policy, log)
        sources = EvidenceSources(log, self.shown.tiles, self.shown.documents, by)
        self.evidence += map(render_evidence, make_evidence(problems, sources))

    def _charge(self, evidence: Evidence) -> str:
        """What a judge with the policy says of a charge; nothing where it does not convict."""
        data = render_evidence(evidence)
        try:
            found = judge_file(data, JudgedBy(ANCHORS, self.policy))
        except (TransparencyError, LedgerError):
            return ""
        self.evidence.append(data)
        return found.kind

    def all_files(self) -> list[bytes]:
        """Every file of evidence that somebody wrote, once."""
        written = [path.read_bytes() for path in sorted(self.folder.rglob("*.evidence.json"))]
        return sorted({*self.evidence, *written})

    def judged(self, by: JudgedBy) -> list[Misbehaviour]:
        """What all files convict the log of; each must convict."""
        return [judge_file(data, by) for data in self.all_files()]

    def promises(self, stream: str) -> None:
        """Have the ledger accept and promise the first act of a stream, and not publish it."""
        submitted = self.world.desk.submitted(stream)
        result = self.world.writer.record([handed(submitted)], with_seal=False)
        (verdict,) = result.verdicts
        self.promise, self.promised_stream = verdict.note, stream
