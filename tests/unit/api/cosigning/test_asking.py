"""Settings name the policy; receipts fail closed unless they say otherwise."""

from pathlib import Path
from typing import Any

import pytest

from api.cosigning.asking import ReceiptRule, configured_policy, witness_client
from api.resources.receipts import ReceiptMaker
from api.settings import Settings, SettingsInvalid, load_settings, render_environment
from ledger.writing.publishing import NoCosigners
from tests.support.ledger_builders import a_world
from tests.support.witnesses.simulated import SimulatedWitness, a_client, a_policy
from transparency.errors import QuorumMissing
from transparency.policies import render_policy
from transparency.receipts import parse_receipt

WITNESSES = [SimulatedWitness("w1"), SimulatedWitness("w2")]


def _settings(folder: Path, table: str) -> Settings:
    (folder / "policy.txt").write_bytes(render_policy(a_policy(WITNESSES, 2)))
    (folder / "ledger.toml").write_text(f"[witnesses]\n{table}\n", encoding="utf-8")
    return load_settings({"DOSSIER_LEDGER_DATA": str(folder)})


def test_table_names_the_policy_and_how_witnesses_are_asked(tmp_path: Path) -> None:
    settings = _settings(tmp_path, 'policy = "policy.txt"\nfail_open = true\nattempts = 1')

    assert configured_policy(settings) == a_policy(WITNESSES, 2)
    client = witness_client(settings)
    assert client is not None
    assert [each.name for each in client.standing().witnesses] == ["w1", "w2"]
    assert client.standing().fail_open
    client.close()


def test_other_processes_read_the_same_table(tmp_path: Path) -> None:
    settings = _settings(tmp_path, 'policy = "policy.txt"\nrequest_seconds = 2.5')

    assert load_settings(render_environment(settings)).witnesses == settings.witnesses


@pytest.mark.parametrize(
    "table",
    [
        'policy = "elsewhere.txt"',
        'policy = "ledger.toml"',
        "fail_open = true",
        'policy = "policy.txt"\nfail_opne = true',
        'policy = "policy.txt"\nrequest_seconds = 0',
    ],
    ids=["no such file", "no policy", "no file named", "misspelt", "no time at all"],
)
def test_impossible_table_is_an_error(tmp_path: Path, table: str) -> None:
    with pytest.raises(SettingsInvalid):
        witness_client(_settings(tmp_path, table))


@pytest.mark.parametrize("variable", ["{", "[]", '{"policy": 3}'])
def test_variable_that_is_no_table_is_an_error(tmp_path: Path, variable: str) -> None:
    with pytest.raises(SettingsInvalid):
        load_settings({"DOSSIER_LEDGER_WITNESSES": variable})


def test_without_a_policy_nobody_is_asked(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    assert witness_client(settings) is None
    assert ReceiptRule.of(settings).words(b"anything") == "none"


def _receipt(world: Any, rule: ReceiptRule) -> bytes:
    maker = ReceiptMaker(world.store, world.tiles, world.keys.anchors.logs, rule)
    return parse_receipt(maker.receipt_at(0)).checkpoint_note


def test_receipt_waits_for_the_quorum_and_is_given_under_the_refreshed_checkpoint(
    tmp_path: Path,
) -> None:
    witnesses = [SimulatedWitness("w1"), SimulatedWitness("w2")]
    client = a_client(witnesses, 2, tmp_path)
    rule = ReceiptRule(a_policy(witnesses, 2))
    world = a_world(cosigners=NoCosigners())
    with pytest.raises(QuorumMissing):
        _receipt(world, rule)

    world.cosigners = client
    world.writer = world.new_writer()
    world.writer.take_over("with a policy")
    world.writer.refresh_cosignatures(world.writer.checkpoint_note)

    assert rule.words(_receipt(world, rule)) == "met"
    client.close()


def test_fail_open_gives_receipts_and_says_so(tmp_path: Path) -> None:
    rule = ReceiptRule(a_policy(WITNESSES, 2), fail_open=True)
    world = a_world()

    assert rule.words(_receipt(world, rule)) == "missing"
