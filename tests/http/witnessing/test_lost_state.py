"""A witness whose state is lost, older, or half moved: it never cosigns less than it has."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from api.witnessing import witness as witness_module
from api.witnessing.folder import WitnessFolder, load_witness, read_heights
from api.witnessing.store import CosignedCheckpoint, WitnessStore
from api.witnessing.witness import check_state
from ledger.errors import StoreCorrupt, StoreUnavailable, WitnessExists, WitnessRetired
from tests.support.transparency_builders import ORIGIN, a_log
from tests.support.witnesses.builders import RunningWitness, make_a_witness, request_for
from transparency.cosignatures import add_signature_lines, parse_signature_lines
from transparency.errors import OldSizeMismatch
from transparency.tile_store import MemoryTileStore

LOG = a_log(MemoryTileStore(), 40)


def cosign_up_to(folder: WitnessFolder, *sizes: int) -> bytes:
    """Start the witness, let it cosign these sizes in turn, stop it; give the last answer."""
    witness = RunningWitness(folder)
    last = witness.store.last(ORIGIN)
    old_size = 0 if last is None else last.checkpoint.tree_size
    answer = b""
    for size in sizes:
        result = witness.ask(request_for(LOG, old_size, size))
        assert result.status_code == 200
        answer, old_size = result.content, size
    witness.close()
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> WitnessFolder:
    return make_a_witness(tmp_path / "witness")


def test_witness_goes_on_where_it_stood(folder: WitnessFolder) -> None:
    cosign_up_to(folder, 10, 20)

    witness = RunningWitness(folder)

    assert witness.ask(request_for(LOG, 0)).content == b"20\n"
    assert witness.ask(request_for(LOG, 20)).status_code == 200
    witness.close()


def lose_state(folder: WitnessFolder) -> None:
    for path in folder.path.glob("witness.sqlite3*"):
        path.unlink()


def lose_birth(folder: WitnessFolder) -> None:
    folder.born.unlink()


def lose_heights(folder: WitnessFolder) -> None:
    folder.heights.unlink()


def take_another_s_state(folder: WitnessFolder) -> None:
    lose_state(folder)
    # Another key, made elsewhere; its state was copied over.
    other = make_a_witness(folder.path.parent / "other", seed_byte=10)
    shutil.copy(other.state, folder.state)


def take_another_s_birth(folder: WitnessFolder) -> None:
    other = make_a_witness(folder.path.parent / "other", seed_byte=10)
    shutil.copy(other.born, folder.born)


class WatchedStore(WitnessStore):
    """Lets somebody else cosign between reading the state and writing the marks anew."""

    def __init__(self, store: WitnessStore, cosign: threading.Thread) -> None:
        self._store, self._cosign = store, cosign

    def state_id(self) -> str:
        return self._store.state_id()

    def all_last(self) -> tuple[CosignedCheckpoint, ...]:
        found = self._store.all_last()
        self._cosign.start()
        # Whether it can end now is what the test is about.
        self._cosign.join(0.5)
        return found


def test_mark_of_a_witness_that_cosigns_while_another_starts_is_not_lost(
    folder: WitnessFolder,
) -> None:
    cosign_up_to(folder, 10)
    running = RunningWitness(folder)
    answers: list[int] = []
    body = request_for(LOG, 10, 20)
    cosign = threading.Thread(target=lambda: answers.append(running.ask(body).status_code))
    _, birth = load_witness(folder)

    check_state(folder, birth, WatchedStore(running.store, cosign))
    cosign.join()
    running.close()

    assert answers == [200]
    assert read_heights(folder)[ORIGIN].tree_size == 20


@pytest.mark.parametrize(
    "harm", [lose_state, lose_birth, lose_heights, take_another_s_state, take_another_s_birth]
)
def test_key_whose_state_or_marks_are_lost_is_retired(
    folder: WitnessFolder, harm: Callable[[WitnessFolder], None]
) -> None:
    cosign_up_to(folder, 10)
    harm(folder)

    with pytest.raises(WitnessRetired):
        RunningWitness(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("witness.born", b"nonsense\n"),
        ("witness.born", b"dossier-ledger/witness-born@v1\nkey\nkind\nid\n"),
        ("witness.born", b"\xff\n"),
        ("witness.heights", b"nonsense\n"),
        ("witness.heights", b"07 AAAA x.org\n"),
        ("witness.key", b"nonsense\n"),
    ],
)
def test_key_whose_marks_cannot_be_read_does_not_serve(
    folder: WitnessFolder, name: str, content: bytes
) -> None:
    (folder.path / "keys" / name).write_bytes(content)

    with pytest.raises(StoreCorrupt):
        RunningWitness(folder)


def test_older_copy_of_the_state_is_refused(folder: WitnessFolder, tmp_path: Path) -> None:
    cosign_up_to(folder, 10)
    shutil.copy(folder.state, tmp_path / "backup")
    cosign_up_to(folder, 20)
    lose_state(folder)
    shutil.copy(tmp_path / "backup", folder.state)

    with pytest.raises(WitnessRetired, match="size 20"):
        RunningWitness(folder)


def test_older_copy_of_everything_is_known_by_ones_own_cosignature(
    folder: WitnessFolder, tmp_path: Path
) -> None:
    cosign_up_to(folder, 10)
    shutil.copytree(folder.path, tmp_path / "backup")
    answer = cosign_up_to(folder, 20)
    note = add_signature_lines(LOG.signed_checkpoint(20).note, parse_signature_lines(answer))
    restored = WitnessFolder(tmp_path / "backup")

    witness = RunningWitness(restored)
    refused = [
        witness.ask(request_for(LOG, 10, 20, note)),
        witness.ask(request_for(LOG, 10, 15)),
    ]
    witness.close()

    assert [(each.status_code, each.json["code"]) for each in refused] == [
        (500, "witness_retired"),
        (500, "witness_retired"),
    ]
    with pytest.raises(WitnessRetired, match="size 20"):
        RunningWitness(restored)


def test_wrong_line_under_our_own_name_retires_nobody(folder: WitnessFolder) -> None:
    answer = cosign_up_to(folder, 10)
    witness = RunningWitness(folder)
    note = add_signature_lines(LOG.signed_checkpoint(20).note, parse_signature_lines(answer))

    assert witness.ask(request_for(LOG, 10, 20, note)).status_code == 200
    witness.close()


class Died(BaseException):
    """The process ended here."""


def die(*_arguments: object) -> None:
    raise Died


def test_crash_between_state_and_answer_loses_neither(
    folder: WitnessFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = RunningWitness(folder)
    with monkeypatch.context() as crash:
        crash.setattr(witness_module, "append_height", die)
        with pytest.raises(Died):
            witness.witness.add_checkpoint(request_for(LOG, 0, 10))
    witness.close()

    again = RunningWitness(folder)

    assert again.ask(request_for(LOG, 0, 10)).content == b"10\n"
    assert again.ask(request_for(LOG, 10, 10)).status_code == 200
    again.close()


def test_crash_before_the_state_moved_leaves_it_where_it_was(
    folder: WitnessFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = RunningWitness(folder)
    with monkeypatch.context() as crash:
        crash.setattr(witness_module, "cosign", die)
        with pytest.raises(Died):
            witness.witness.add_checkpoint(request_for(LOG, 0, 10))
    witness.close()

    again = RunningWitness(folder)

    assert again.ask(request_for(LOG, 0, 10)).status_code == 200
    again.close()


def test_nothing_is_answered_where_the_marks_cannot_grow(
    folder: WitnessFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = RunningWitness(folder)

    def full_disk(_descriptor: int, _data: bytes) -> int:
        return 3

    with monkeypatch.context() as fault:
        fault.setattr(os, "write", full_disk)
        with pytest.raises(StoreUnavailable):
            witness.witness.add_checkpoint(request_for(LOG, 0, 10))

    assert witness.ask(request_for(LOG, 10, 20)).status_code == 200
    witness.close()


def test_mark_that_was_cut_off_by_a_crash_says_nothing(folder: WitnessFolder) -> None:
    cosign_up_to(folder, 10)
    with folder.heights.open("ab") as file:
        file.write(b"20 AAAA")

    assert cosign_up_to(folder, 20)


def test_marks_are_written_anew_before_they_grow_large(
    folder: WitnessFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_module, "MAX_HEIGHTS_BYTES", 200)

    cosign_up_to(folder, *range(1, 30))

    assert folder.heights.stat().st_size <= 300
    cosign_up_to(folder, 30)


def test_of_two_requests_at_once_one_wins(folder: WitnessFolder) -> None:
    """Both pass the first look; the second finds the other's checkpoint in the last one."""
    both_looked = threading.Barrier(2, timeout=10)

    witnesses = [RunningWitness(folder) for _ in range(2)]
    for witness in witnesses:
        look = witness.store.last

        def look_and_wait(origin: str, look: Callable[[str], object] = look) -> object:
            found = look(origin)
            both_looked.wait()
            return found

        witness.store.last = look_and_wait  # type: ignore[method-assign, assignment]

    outcomes: list[object] = []

    def ask(witness: RunningWitness, size: int) -> None:
        try:
            witness.witness.add_checkpoint(request_for(LOG, 0, size))
            outcomes.append(size)
        except OldSizeMismatch as error:
            outcomes.append(error)

    threads = [
        threading.Thread(target=ask, args=pair) for pair in zip(witnesses, (10, 20), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [each for each in outcomes if isinstance(each, int)]
    (loser,) = [each for each in outcomes if isinstance(each, OldSizeMismatch)]
    assert loser.tree_size == winner
    for witness in witnesses:
        witness.close()


def test_witness_is_made_once_and_in_no_ledger_s_folder(
    folder: WitnessFolder, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    (ledger / "keys").mkdir(parents=True)
    (ledger / "keys" / "origin").write_text("x.org\n")

    for path in (folder.path, ledger):
        with pytest.raises(WitnessExists):
            make_a_witness(path)


def test_making_that_was_cut_off_is_begun_anew(folder: WitnessFolder) -> None:
    folder.key.unlink()

    made = make_a_witness(folder.path, seed_byte=11)

    assert cosign_up_to(made, 10)
