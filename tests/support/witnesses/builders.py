"""Builders of witnesses and of what they are asked: folders, parts, clients, requests."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from falcon.testing import Result, TestClient

from api.witnessing.app import create_witness_app
from api.witnessing.folder import Statement, WitnessFolder, load_witness, make_witness
from api.witnessing.index_auditor import IndexAuditor
from api.witnessing.store import WitnessStore
from api.witnessing.witness import Witness, WitnessParts, check_state
from tests.support.ledger_builders import START
from tests.support.transparency_builders import ORIGIN, WrittenLog, a_key
from transparency.checkpoints import SignedCheckpoint
from transparency.cosignatures import cosigner_key
from transparency.notes import VerificationKey
from transparency.proofs import prove_consistency
from transparency.tile_store import LogSource
from transparency.witnessing.answers import HttpAnswer
from transparency.witnessing.requests import AddCheckpoint, render_add_checkpoint

WITNESS_NAME = "witness.example/w1"
LOGS: Mapping[str, Sequence[VerificationKey]] = {ORIGIN: (a_key().verification_key,)}


def make_a_witness(
    path: Path, statement: Statement = Statement.CONSISTENT, seed_byte: int = 9
) -> WitnessFolder:
    """Make a witness whose key depends only on the arguments."""
    folder = WitnessFolder(path)
    make_witness(
        folder,
        WITNESS_NAME,
        statement,
        lambda state_id: WitnessStore.make(folder.state, state_id),
        lambda count: bytes([seed_byte]) * count,
    )
    return folder


class RunningWitness:
    """A witness that was started from its folder, with everything checked as a server does."""

    def __init__(
        self,
        folder: WitnessFolder,
        *,
        logs: Mapping[str, Sequence[VerificationKey]] = LOGS,
        audited: LogSource | None = None,
        clock: Callable[[], datetime] = lambda: START,
    ) -> None:
        self.folder = folder
        key, birth = load_witness(folder)
        self.store = WitnessStore.open(folder.state)
        try:
            check_state(folder, birth, self.store)
            auditor = None
            if audited is not None:
                auditor = IndexAuditor(next(iter(logs)), audited, self.store, folder.evidence)
        except BaseException:
            self.store.close()
            raise
        self.auditor = auditor
        self.key = cosigner_key(key)
        parts = WitnessParts(folder, key, birth, self.store, logs, clock, auditor)
        self.witness = Witness(parts)
        self.app = create_witness_app(self.witness, bytes)
        self.client = TestClient(self.app)

    def ask(self, body: bytes) -> Result:
        """Ask for a cosignature."""
        return self.client.simulate_post("/add-checkpoint", body=body)

    def answer(self, request: AddCheckpoint) -> HttpAnswer:
        """Ask as a log does, and give the answer unread."""
        body = render_add_checkpoint(request.old_size, request.proof, request.note)
        result = self.ask(body)
        return HttpAnswer(result.status_code, result.headers["content-type"], result.content)

    def close(self) -> None:
        """Stop, as a process that ends."""
        self.store.close()


def request_for(
    log: WrittenLog, old_size: int, tree_size: int | None = None, note: bytes | None = None
) -> bytes:
    """Ask for a log's checkpoint, with the honest proof from the old size."""
    signed = log.signed_checkpoint(tree_size)
    size = signed.checkpoint.tree_size
    proof = prove_consistency(old_size, size, log.tree) if 0 < old_size <= size else []
    return render_add_checkpoint(old_size, proof, note or signed.note)


def parsed_request(log: WrittenLog, old_size: int, signed: SignedCheckpoint) -> AddCheckpoint:
    """Give the same as a request that is not written yet."""
    size = signed.checkpoint.tree_size
    proof = prove_consistency(old_size, size, log.tree) if old_size else []
    return AddCheckpoint(old_size, tuple(proof), signed.checkpoint, signed.note)
