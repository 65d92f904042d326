"""``witness init`` and ``witness show``; what ``witness serve`` refuses before it listens."""

from pathlib import Path

import pytest

from api.witnessing.folder import WitnessFolder
from tests.support.transparency_builders import ORIGIN, a_key, a_log
from tests.support.witnesses.builders import RunningWitness, request_for
from tests.unit.cli.running import Ran, run
from transparency.cosignatures import cosigner_key
from transparency.notes import parse_vkey, render_vkey
from transparency.policies import parse_policy
from transparency.tile_store import MemoryTileStore

LOG_VKEY = render_vkey(a_key().verification_key)
OTHER_VKEY = render_vkey(a_key("other.example/log", 2).verification_key)
LOG = a_log(MemoryTileStore(), 20)


def init(data: Path, *more: str) -> Ran:
    return run("witness", "init", "w.example/1", "--data", data, "--log", LOG_VKEY, *more)


def test_witness_is_made_with_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    data = tmp_path / "witness"

    made = init(data, "--json")

    key = parse_vkey(made.members["vkey"])
    assert made.members["statement"] == "consistent"
    assert (key.name, key.key_type) == ("w.example/1", 4)
    assert (data / "keys" / "witness.key").stat().st_mode & 0o777 == 0o600
    assert (data / "keys" / "witness.vkey").read_text() == f"{made.members['vkey']}\n"
    policy = parse_policy((data / "logs.policy").read_bytes())
    assert policy.log_keys(ORIGIN) == (a_key().verification_key,)


def test_witness_shows_how_far_it_has_cosigned(tmp_path: Path) -> None:
    init(tmp_path / "witness")
    witness = RunningWitness(WitnessFolder(tmp_path / "witness"))
    witness.ask(request_for(LOG, 0))
    witness.close()

    shown = run("witness", "show", "--data", tmp_path / "witness", "--json").members

    assert shown["logs"] == [LOG_VKEY]
    (cosigned,) = shown["cosigned"]
    assert (cosigned["origin"], cosigned["tree_size"]) == (ORIGIN, 20)
    assert cosigned["refused"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("init", "two words"), 2),
        (("init", "a+b"), 2),
        (("init", "w" * 256), 2),
        (("init", "w.example/2", "--log", "no key"), 2),
        (("init", "w.example/2", "--log", render_vkey(cosigner_key(a_key()))), 2),
        (("init", "w.example/2", "--log", LOG_VKEY, "--log", LOG_VKEY), 2),
        (("serve", "--port", "0"), 2),
        (("serve", "--index-auditor"), 2),
        (("serve", "--log", "http://127.0.0.1:9"), 2),
    ],
)
def test_command_that_cannot_be_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    ran = run("witness", *arguments, "--data", tmp_path / "witness")

    assert ran.code == code
    assert not (tmp_path / "witness" / "keys" / "witness.key").exists()


def test_second_witness_in_a_folder_is_refused(tmp_path: Path) -> None:
    init(tmp_path / "witness")

    again = init(tmp_path / "witness", "--json")

    assert (again.code, again.members["code"]) == (4, "witness_exists")


def test_key_serves_only_for_what_it_was_made_for(tmp_path: Path) -> None:
    init(tmp_path / "witness")
    init(tmp_path / "auditor", "--index-auditor", "--log", OTHER_VKEY)
    audit = ("--index-auditor", "--log", "http://127.0.0.1:9/log")
    serve = ("witness", "serve", "--port", "0", "--json")

    refused = [
        run(*serve, "--data", tmp_path / "witness", *audit),
        run(*serve, "--data", tmp_path / "auditor"),
        run(*serve, "--data", tmp_path / "auditor", *audit),
    ]

    assert [(each.code, each.members["code"]) for each in refused] == [
        (4, "statement_mismatch")
    ] * 3


def test_witness_without_its_state_is_not_served(tmp_path: Path) -> None:
    init(tmp_path / "witness")
    (tmp_path / "witness" / "witness.sqlite3").unlink()

    refused = run("witness", "serve", "--port", "0", "--data", tmp_path / "witness", "--json")

    assert (refused.code, refused.members["code"]) == (4, "witness_retired")
