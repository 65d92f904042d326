"""An index auditor over HTTP: it replays the log first, and cosigns only over right seals."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from falcon.testing import Result

from api.witnessing import index_auditor as auditor_module
from api.witnessing.folder import Statement, WitnessFolder
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys
from tests.support.transparency_builders import WrittenLog
from tests.support.witnesses.builders import RunningWitness, make_a_witness, request_for
from transparency.checkpoints import open_checkpoint
from transparency.errors import ReplayIncomplete, TileNotFound
from transparency.evidence.checkpoints import judge_fork
from transparency.evidence.files import parse_evidence
from transparency.evidence.seals import UNSEALED, WRONG_INDEX_ROOT, judge_unsealed
from transparency.index import StreamIndex
from transparency.seals import is_seal, parse_seal
from transparency.tile_store import LogSource, MemoryTileStore
from transparency.verifier import verify_receipt

KEYS = operator_keys()
LOGS = {KEYS.origin: (KEYS.log.verification_key,)}


class Auditing:
    """An index auditor over a forger's log, as the forger publishes it."""

    def __init__(self, folder: WitnessFolder, forger: Forger, source: LogSource | None = None):
        self.folder, self.forger, self.source = folder, forger, source or forger.tiles
        self.running = self._start()

    def _start(self) -> RunningWitness:
        return RunningWitness(self.folder, logs=LOGS, audited=self.source)

    def restart(self) -> None:
        self.running.close()
        self.running = self._start()

    def ask(self, tree_size: int | None = None) -> Result:
        last = self.running.store.last(KEYS.origin)
        old_size = 0 if last is None else last.checkpoint.tree_size
        return self.running.ask(request_for(self.forger.written, old_size, tree_size))


@pytest.fixture
def auditing(tmp_path: Path) -> Iterator[Auditing]:
    folder = make_a_witness(tmp_path / "auditor", Statement.INDEX_AUDITED)
    made = Auditing(folder, a_forger())
    yield made
    made.running.close()


def test_right_seals_are_cosigned_again_and_again(auditing: Auditing) -> None:
    statuses = []
    for _ in range(3):
        statuses.append(auditing.ask().status_code)
        auditing.forger.a_dossier("dossier.accepted")
        auditing.forger.seal()
        auditing.restart()
    statuses.append(auditing.ask().status_code)

    assert statuses == [200] * 4
    replay = auditing.running.store.replay(KEYS.origin)
    assert replay is not None
    assert replay.tree_size == auditing.forger.written.tree.tree_size


def test_auditor_makes_the_index_that_the_ledger_makes(auditing: Auditing) -> None:
    """Entries without a stream are among them: a veil, an envelope, and what nobody can read."""
    auditing.forger.add(
        b"dossier-ledger/veil@v1\n\n", b"dossier-ledger/envelope@v1\n\n", b"nobody can read this"
    )
    auditing.forger.a_dossier()
    auditing.forger.seal()

    assert auditing.ask().status_code == 200


def forget_a_stream(forger: Forger) -> None:
    forger.seal(index_root_hash=StreamIndex().root_hash())


def cover_one_less(forger: Forger) -> None:
    forger.seal(covers=forger.size - 1)


def publish_unsealed(forger: Forger) -> None:
    forger.publish()


def write_no_seal(forger: Forger) -> None:
    forger.add(b"dossier-ledger/seal@v1\nnonsense")
    forger.publish()


@pytest.mark.parametrize(
    "cheat", [forget_a_stream, cover_one_less, publish_unsealed, write_no_seal]
)
def test_wrong_seal_is_refused_for_ever_and_kept_as_evidence(
    auditing: Auditing, cheat: Callable[[Forger], None]
) -> None:
    assert auditing.ask().status_code == 200
    before = auditing.forger.size
    auditing.forger.a_dossier()
    right_root = auditing.forger.index.root_hash()
    cheat(auditing.forger)
    after = auditing.forger.size

    answers = [auditing.ask()]
    auditing.forger.seal()
    answers.append(auditing.ask())
    auditing.restart()
    answers.append(auditing.ask())
    answers.append(auditing.ask(before))

    assert [each.status_code for each in answers] == [422] * 4
    assert {each.json["code"] for each in answers} == {"seal_wrong"}
    (kept,) = auditing.folder.evidence.iterdir()
    assert kept.name == f"seal-{after - 1}"
    receipt = verify_receipt((kept / "seal.tlog-proof").read_bytes(), KEYS.log.verification_key)
    checkpoint = open_checkpoint((kept / "checkpoint").read_bytes(), KEYS.log.verification_key)
    assert receipt.entry == auditing.forger.written.entries[after - 1]
    assert checkpoint.checkpoint.tree_size == after
    expected = (kept / "expected").read_text().splitlines()
    if cheat is forget_a_stream:
        assert is_seal(receipt.entry)
        assert parse_seal(receipt.entry).index_root_hash != right_root
    assert expected[1] == f"covers {after - 1}"
    charge = WRONG_INDEX_ROOT if cheat is forget_a_stream else UNSEALED
    evidence = parse_evidence((kept / f"{charge}.evidence.json").read_bytes())
    if charge == UNSEALED:
        judge_unsealed(evidence, KEYS.log.verification_key)
    assert evidence.kind == charge


def test_wrong_seal_that_no_checkpoint_ends_in_is_found_too(auditing: Auditing) -> None:
    assert auditing.ask().status_code == 200
    auditing.forger.a_dossier()
    auditing.forger.seal(publish=False, index_root_hash=bytes(32))
    auditing.forger.a_dossier()
    auditing.forger.seal()

    assert auditing.ask().json["code"] == "seal_wrong"


class Halting:
    """A log whose files are there only sometimes."""

    def __init__(self, source: LogSource) -> None:
        self._source = source
        self.is_there = False

    def read(self, path: str) -> bytes:
        if not self.is_there:
            raise TileNotFound(path)
        return self._source.read(path)

    def read_checkpoint(self) -> bytes:
        return self._source.read_checkpoint()


def test_log_that_cannot_be_read_is_cosigned_later(tmp_path: Path) -> None:
    forger = a_forger()
    source = Halting(forger.tiles)
    auditing = Auditing(make_a_witness(tmp_path / "w", Statement.INDEX_AUDITED), forger, source)

    refused = auditing.ask()
    source.is_there = True
    cosigned = auditing.ask()

    assert (refused.status_code, refused.json["code"]) == (503, "replay_incomplete")
    assert refused.headers["retry-after"] == "5"
    assert cosigned.status_code == 200
    auditing.running.close()


def test_long_replay_goes_on_where_time_ran_out(
    auditing: Auditing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditor_module, "KEPT_AFTER_ENTRIES", 4)
    for _ in range(5):
        auditing.forger.a_dossier("dossier.accepted")
    auditing.forger.seal()
    signed = auditing.forger.written.signed_checkpoint()
    sizes = []

    while True:
        auditor = auditing.running.auditor
        assert auditor is not None
        try:
            auditor.check(signed, within_seconds=-1)
            break
        except ReplayIncomplete:
            sizes.append(auditor.tree_size)
            auditing.restart()

    assert sizes[:3] == [4, 8, 12]
    assert auditing.ask().status_code == 200


def test_checkpoint_behind_the_replay_is_cosigned_where_a_seal_ends_it(
    auditing: Auditing,
) -> None:
    first_size = auditing.forger.size
    auditing.forger.a_dossier()
    auditing.forger.seal()
    auditor = auditing.running.auditor
    assert auditor is not None
    auditor.check(auditing.forger.written.signed_checkpoint())

    assert auditing.ask(first_size).status_code == 200
    unsealed = auditing.ask(first_size + 1)
    assert (unsealed.status_code, unsealed.json["code"]) == (422, "seal_wrong")


def test_log_that_was_rewritten_since_the_replay_is_refused_with_evidence(
    tmp_path: Path,
) -> None:
    """Nothing was cosigned yet, so only the replay remembers how the log began."""
    forger = a_forger()
    auditing = Auditing(make_a_witness(tmp_path / "w", Statement.INDEX_AUDITED), forger)
    auditor = auditing.running.auditor
    assert auditor is not None
    auditor.check(forger.written.signed_checkpoint())
    rewritten = WrittenLog(MemoryTileStore(), KEYS.log)
    rewritten.publish([b"another beginning", *forger.written.entries[1:]])

    auditing.source = rewritten.store
    auditing.restart()
    result = auditing.running.ask(request_for(rewritten, 0))

    assert (result.status_code, result.json["code"]) == (422, "checkpoint_inconsistent")
    (kept,) = auditing.folder.evidence.iterdir()
    assert kept.name.startswith("rewritten-")
    evidence = parse_evidence((kept / "fork.evidence.json").read_bytes())
    assert judge_fork(evidence, KEYS.log.verification_key).kind == "fork"
    auditing.running.close()
