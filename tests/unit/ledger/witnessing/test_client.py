"""The client asks all witnesses at once, and gives a checkpoint only with its quorum."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.witnessing.client import AskingRules, Witnesses
from ledger.witnessing.desk import ToCosign
from ledger.witnessing.standing import read_standing
from tests.support.ledger_builders import ORIGIN, operator_keys
from tests.support.transparency_builders import WrittenLog, some_entries
from tests.support.witnesses.simulated import (
    QUICK,
    Behaviour,
    SimulatedWitness,
    a_client,
    a_policy,
    ahead,
    busy,
    dead,
    forked,
    garbled,
    lying,
    slow,
    unknowing,
)
from transparency.errors import QuorumMissing
from transparency.policies import check_quorum
from transparency.proofs import prove_consistency
from transparency.tile_store import MemoryTileStore

NAMES = ("w1", "w2", "w3")


@pytest.fixture
def log() -> WrittenLog:
    log = WrittenLog(MemoryTileStore(), operator_keys().log)
    log.publish(some_entries(3))
    return log


def wanted(log: WrittenLog, tree_size: int | None = None) -> ToCosign:
    signed = log.signed_checkpoint(tree_size)
    size = signed.checkpoint.tree_size
    return ToCosign(
        signed.checkpoint, signed.note, lambda old: prove_consistency(old, size, log.tree)
    )


def some_witnesses(**behaviours: Behaviour) -> list[SimulatedWitness]:
    return [SimulatedWitness(name, behaviours.get(name)) for name in NAMES]


def counts(client: Witnesses, name: str) -> tuple[int, int, int, int]:
    (one,) = [each for each in client.standing().witnesses if each.name == name]
    return one.asked, one.cosigned, one.refused, one.unanswered


def test_all_witnesses_cosign_the_published_checkpoint(log: WrittenLog, tmp_path: Path) -> None:
    witnesses = some_witnesses()
    client = a_client(witnesses, 3, tmp_path)

    note = client.cosign(wanted(log))

    assert len(check_quorum(a_policy(witnesses, 3), note)) == 3
    client.close()


@pytest.mark.parametrize(
    ("behaviour", "refused", "unanswered"),
    [
        (dead, 0, 1),
        (busy, 0, 1),
        (lying, 1, 0),
        (garbled, 1, 0),
        (unknowing, 1, 0),
        (forked, 1, 0),
        (ahead, 1, 0),
    ],
)
def test_two_of_three_are_enough_whatever_the_third_does(
    log: WrittenLog, tmp_path: Path, behaviour: Behaviour, refused: int, unanswered: int
) -> None:
    witnesses = some_witnesses(w2=behaviour)
    client = a_client(witnesses, 2, tmp_path)

    note = client.cosign(wanted(log))

    found = check_quorum(a_policy(witnesses, 2), note)
    assert {each.key.name for each in found} == {"w1.example/w1", "w3.example/w1"}
    assert counts(client, "w2") == (1, 0, refused, unanswered)
    client.close()


def test_slow_witness_delays_nobody_for_long(log: WrittenLog, tmp_path: Path) -> None:
    rules = replace(QUICK, request_seconds=10.0)
    client = a_client(some_witnesses(w2=slow), 2, tmp_path, rules)

    started = time.monotonic()
    client.cosign(wanted(log))

    assert time.monotonic() - started < 5
    client.close()


def test_slow_witness_is_cut_off_and_the_others_do(log: WrittenLog, tmp_path: Path) -> None:
    witnesses = some_witnesses(w2=slow)
    client = a_client(witnesses, 3, tmp_path)
    threading.Timer(0.8, client.finish).start()

    with pytest.raises(QuorumMissing):
        client.cosign(wanted(log))

    assert witnesses[1].cut_off.wait(10)
    assert counts(client, "w1") == (1, 1, 0, 0)
    client.close()
    assert counts(client, "w2")[3] >= 1


def test_quorum_that_comes_late_ends_the_waiting(log: WrittenLog, tmp_path: Path) -> None:
    tries: list[int] = []

    def third_time(witness: SimulatedWitness, request: object) -> object:
        tries.append(1)
        return busy(witness, request) if len(tries) < 3 else witness.honest(request)  # type: ignore[arg-type]

    client = a_client(some_witnesses(w2=third_time), 3, tmp_path)  # type: ignore[arg-type]

    client.cosign(wanted(log))

    assert counts(client, "w2") == (3, 1, 0, 2)
    assert counts(client, "w1") == (1, 1, 0, 0)
    standing = read_standing(tmp_path / "witnesses.json")
    assert standing is not None
    assert (standing.published, standing.waiting_for_quorum) == (1, False)
    client.close()


def test_witness_that_stands_elsewhere_gets_the_proof_from_there(
    log: WrittenLog, tmp_path: Path
) -> None:
    witnesses = some_witnesses()
    witnesses[0].last = log.signed_checkpoint(2).checkpoint
    client = a_client(witnesses, 3, tmp_path)

    client.cosign(wanted(log))
    log.publish(some_entries(9)[3:])
    client.cosign(wanted(log))

    assert witnesses[0].asked == [(0, 3), (2, 3), (3, 9)]
    assert witnesses[1].asked == [(0, 3), (3, 9)]
    client.close()


def test_fork_is_final_and_its_pieces_are_kept(log: WrittenLog, tmp_path: Path) -> None:
    witnesses = some_witnesses(w2=forked)
    client = a_client(witnesses, 3, tmp_path)
    threading.Timer(0.2, client.finish).start()

    with pytest.raises(QuorumMissing):
        client.cosign(wanted(log))

    assert len(witnesses[1].asked) == 1
    (place,) = (tmp_path / "evidence").iterdir()
    assert place.name.endswith("-3-fork")
    assert (place / "ours.checkpoint").read_bytes() == wanted(log).note
    assert ORIGIN in (place / "theirs.checkpoint").read_text()
    client.close()


def test_fail_open_publishes_without_a_quorum_and_counts_it(
    log: WrittenLog, tmp_path: Path
) -> None:
    rules = AskingRules(
        fail_open=True, request_seconds=0.3, attempts=2, retry_seconds=0.01, refresh_seconds=0
    )
    witnesses = some_witnesses(w2=dead, w3=dead)
    client = a_client(witnesses, 2, tmp_path, rules)

    note = client.cosign(wanted(log))

    with pytest.raises(QuorumMissing):
        check_quorum(a_policy(witnesses, 2), note)
    assert client.permits_receipts(note)
    assert client.standing().published_without_quorum == 1
    assert len(witnesses[1].asked) == 2
    client.close()


def test_fail_closed_permits_receipts_under_a_quorum_alone(log: WrittenLog, tmp_path: Path) -> None:
    client = a_client(some_witnesses(), 2, tmp_path)

    assert not client.permits_receipts(wanted(log).note)
    assert client.permits_receipts(client.cosign(wanted(log)))
    client.close()


def test_refreshed_note_has_newer_cosignatures(log: WrittenLog, tmp_path: Path) -> None:
    witnesses = some_witnesses()
    policy = a_policy(witnesses, 3)
    client = a_client(witnesses, 3, tmp_path)
    first = client.cosign(wanted(log))

    refreshed = client.refresh(replace(wanted(log), note=first))

    old, new = check_quorum(policy, first), check_quorum(policy, refreshed)
    assert max(each.posix_seconds for each in old) < max(each.posix_seconds for each in new)
    assert client.standing().refreshed == 1
    assert witnesses[0].asked[-1] == (3, 3)
    client.close()
