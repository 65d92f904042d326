"""A witness over HTTP: every status of tlog-witness, with its body and media type."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.ledger_builders import START
from tests.support.transparency_builders import ORIGIN, WrittenLog, a_key, a_log
from tests.support.witnesses.builders import RunningWitness, make_a_witness, request_for
from transparency.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from transparency.cosignatures import (
    add_signature_lines,
    open_cosignatures,
    parse_signature_lines,
)
from transparency.evidence.checkpoints import judge_fork
from transparency.evidence.files import parse_evidence
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.notes import parse_note, render_note
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.requests import MAX_REQUEST_BYTES, render_add_checkpoint

LOG = a_log(MemoryTileStore(), 20)
FORK = WrittenLog(MemoryTileStore())
FORK.publish([b"another beginning", *LOG.entries[1:]])
SIZE_TYPE = "text/x.tlog.size"
PROBLEM_TYPE = "application/problem+json"


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[RunningWitness]:
    """A witness that stands at ten entries."""
    running = RunningWitness(make_a_witness(tmp_path / "witness"))
    assert running.ask(request_for(LOG, 0, 10)).status_code == 200
    yield running
    running.close()


def signed(tree_size: int, root_hash: bytes, origin: str = ORIGIN) -> bytes:
    return sign_checkpoint(Checkpoint(origin, tree_size, root_hash), a_key(origin))


def by(seed_byte: int, text: bytes, note: bytes) -> bytes:
    return render_note(parse_note(note).text, [a_key(ORIGIN, seed_byte).sign(text)])


TEN, TWENTY = LOG.signed_checkpoint(10).note, LOG.signed_checkpoint().note


@dataclass(frozen=True)
class Case:
    name: str
    body: bytes
    status: int
    code: str | None = None


CASES = [
    Case("nothing", b"", 400, "malformed_add_checkpoint"),
    Case("not UTF-8", b"\xff" * 40, 400, "malformed_add_checkpoint"),
    Case(
        "too many hashes",
        b"old 10\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + TWENTY,
        400,
        "malformed_add_checkpoint",
    ),
    Case("old size beyond", render_add_checkpoint(21, [], TWENTY), 400, "malformed_add_checkpoint"),
    Case(
        "unknown origin",
        render_add_checkpoint(0, [], signed(1, bytes(32), "x.org")),
        404,
        "origin_not_witnessed",
    ),
    Case(
        "another's signature",
        render_add_checkpoint(10, [], by(5, b"x\n", TWENTY)),
        403,
        "submission_not_signed",
    ),
    Case(
        "wrong signature",
        render_add_checkpoint(10, [], by(1, b"x\n", TWENTY)),
        403,
        "submission_not_signed",
    ),
    Case("probe from zero", request_for(LOG, 0), 409),
    Case("old size before", request_for(LOG, 9), 409),
    Case("old size after", request_for(LOG, 11), 409),
    Case("going back", request_for(LOG, 5, 9), 409),
    Case("no proof", render_add_checkpoint(10, [], TWENTY), 422, "checkpoint_inconsistent"),
    Case("fork", request_for(FORK, 10), 422, "checkpoint_inconsistent"),
    Case("fork of one size", request_for(FORK, 10, 10), 422, "checkpoint_inconsistent"),
    Case("refreshed", request_for(LOG, 10, 10), 200),
    Case("continued", request_for(LOG, 10), 200),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_request_is_answered_with_the_status_of_the_specification(
    witness: RunningWitness, case: Case
) -> None:
    result = witness.ask(case.body)

    assert result.status_code == case.status
    if case.status == 409:
        assert (result.headers["content-type"], result.content) == (SIZE_TYPE, b"10\n")
    elif case.code is not None:
        assert result.headers["content-type"] == PROBLEM_TYPE
        assert result.json["code"] == case.code
    else:
        (line,) = parse_signature_lines(result.content)
        assert line.key_name == witness.key.name
    moved = case.status == 200 and case.name == "continued"
    assert witness.ask(b"old 0\n\n" + TWENTY).content == (b"20\n" if moved else b"10\n")


def test_empty_log_is_cosigned_and_grows_and_its_wrong_root_is_refused(tmp_path: Path) -> None:
    witness = RunningWitness(make_a_witness(tmp_path / "witness"))

    wrong = witness.ask(render_add_checkpoint(0, [], signed(0, bytes(32))))
    empty = witness.ask(render_add_checkpoint(0, [], signed(0, EMPTY_ROOT_HASH)))
    with_proof = witness.ask(render_add_checkpoint(0, [bytes(32)], TWENTY))
    grown = witness.ask(render_add_checkpoint(0, [], TWENTY))

    statuses = [each.status_code for each in (wrong, empty, with_proof, grown)]
    assert statuses == [422, 200, 422, 200]
    witness.close()


def test_answer_completes_the_checkpoint_and_monitors_see_the_same(
    witness: RunningWitness,
) -> None:
    result = witness.ask(request_for(LOG, 10))
    note = add_signature_lines(TWENTY, parse_signature_lines(result.content))

    (cosignature,) = open_cosignatures(note, [witness.key])
    path = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    shown = witness.client.simulate_get(path)

    assert cosignature.posix_seconds == int(START.timestamp())
    assert (shown.status_code, shown.content) == (200, note)
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert open_checkpoint(note, a_key().verification_key).checkpoint.tree_size == 20


@pytest.mark.parametrize("origin", ["x.org", ""])
def test_nothing_is_shown_of_a_log_that_was_never_cosigned(
    witness: RunningWitness, origin: str
) -> None:
    path = f"/{sha256(origin.encode()).hexdigest()}/checkpoint"

    assert witness.client.simulate_get(path).status_code == 404
    assert witness.client.simulate_get("/no-hash/checkpoint").status_code == 404


def test_body_may_come_without_its_length_and_not_over_the_limit(witness: RunningWitness) -> None:
    largest = witness.ask(b"x" * MAX_REQUEST_BYTES)
    beyond = witness.ask(b"x" * (MAX_REQUEST_BYTES + 1))

    assert (largest.status_code, beyond.status_code) == (400, 413)
    assert witness.client.simulate_get("/add-checkpoint").status_code == 405


def test_time_of_cosignatures_never_goes_back(tmp_path: Path) -> None:
    moments = iter([START, START - timedelta(hours=1), START + timedelta(seconds=5)])
    witness = RunningWitness(make_a_witness(tmp_path / "witness"), clock=lambda: next(moments))

    seconds = []
    for old_size in (0, 10, 10):
        lines = parse_signature_lines(witness.ask(request_for(LOG, old_size, 10)).content)
        (found,) = open_cosignatures(add_signature_lines(TEN, lines), [witness.key])
        seconds.append(found.posix_seconds)

    start = int(START.timestamp())
    assert seconds == [start, start, start + 5]
    witness.close()


def test_witness_says_in_two_languages_what_its_key_stands_for(witness: RunningWitness) -> None:
    text = witness.client.simulate_get("/vkey").text

    assert text.startswith("witness.example/w1+24b5d9fe+")
    assert "A cosignature of this witness says" in text
    assert "Chữ ký của bên chứng kiến này" in text
    assert witness.client.simulate_get("/livez").text == "ok\n"


def test_both_checkpoints_of_a_fork_are_kept_once(witness: RunningWitness) -> None:
    for _ in range(2):
        assert witness.ask(request_for(FORK, 10, 10)).status_code == 422

    (kept,) = witness.folder.evidence.iterdir()
    first, second = (
        (kept / name).read_bytes() for name in ("first.checkpoint", "second.checkpoint")
    )
    key = a_key().verification_key
    roots = {open_checkpoint(note, key).checkpoint.root_hash for note in (first, second)}
    assert kept.name.startswith("fork-10-")
    judge_fork(parse_evidence((kept / "fork.evidence.json").read_bytes()), key)
    assert len(roots) == 2
