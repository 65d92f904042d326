"""`verify`: it claims what the file shows and no more, and says whose receipt it was given."""

from pathlib import Path

import pytest

from api import bootstrap
from api.resources.receipts import ReceiptMaker
from api.settings import settings_of_process
from tests.unit.cli.running import Ran, a_key, a_ledger, run, submission


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return a_ledger(tmp_path)


def _receipt_at(data: Path, entry_index: int) -> Path:
    settings = settings_of_process({"data": data})
    anchors = bootstrap.operator_keys(settings).anchors
    tiles = bootstrap.tile_store(settings)
    maker = ReceiptMaker(bootstrap.ledger_reader(settings), tiles, anchors.log)
    path = data.parent / f"{entry_index}.receipt"
    path.write_bytes(maker.receipt_at(entry_index))
    return path


def _verify(receipt: Path, data: Path) -> Ran:
    return run("verify", receipt, "--data", data, "--json")


def test_missing_file_is_complained_of_before_missing_anchors(tmp_path: Path) -> None:
    refused = _verify(tmp_path / "nope.receipt", tmp_path / "none")

    assert refused.code == 2
    assert "nope.receipt" in refused.members["message"]


def test_missing_anchors_are_named_without_python_words(data: Path, tmp_path: Path) -> None:
    refused = _verify(_receipt_at(data, 0), tmp_path / "none")

    assert refused.code == 2
    assert refused.members["message"].startswith("there are no trust anchors at ")


def test_receipt_of_another_ledger_is_told_from_a_forged_one(data: Path, tmp_path: Path) -> None:
    origin = (data / "keys" / "origin").read_text().strip()
    other = tmp_path / "other"
    run("keys", "show", "log", "--data", other)
    receipt = _receipt_at(data, 0)

    of_another = _verify(receipt, other)
    receipt.write_bytes(receipt.read_bytes().replace(b"\nindex 0", b"\nindex 1"))
    forged = _verify(receipt, data)

    assert (of_another.code, of_another.members["code"]) == (1, "checkpoint_not_signed")
    assert f"this receipt is of '{origin}'" in of_another.members["message"]
    assert forged.code == 1
    assert "this receipt is of" not in forged.members["message"]


def test_seal_is_called_a_seal_and_nothing_is_said_of_a_dossier(data: Path) -> None:
    shown = _verify(_receipt_at(data, 1), data)

    words = " ".join([*shown.members["proved"], *shown.members["not_proved"]])
    assert shown.code == 0
    assert "the entry is a seal" in words
    assert "history" not in words
    assert "signed it" not in words


def test_applicants_signature_is_proved_by_the_receipt_alone(data: Path, tmp_path: Path) -> None:
    run(*submission(a_key(tmp_path), "--data", data, "--receipt", tmp_path / "r"))

    shown = _verify(tmp_path / "r", data)

    assert any("signed it with the key that the entry itself" in each for each in _proved(shown))
    assert any("history of dossier:" in each for each in shown.members["not_proved"])


def test_officers_signature_is_left_open_by_a_receipt_alone(data: Path) -> None:
    size = int(run("audit", "--data", data, "--json").members["entries"])
    shown = [_verify(_receipt_at(data, index), data) for index in range(size)]
    imported = next(each for each in shown if any("foreign_step" in line for line in _proved(each)))

    assert not any("signed it" in line for line in _proved(imported))
    assert any("is good and that it had the right" in line for line in _open(imported))


def test_receipt_without_policy_says_that_nobodys_cosignatures_were_looked_at(data: Path) -> None:
    """It said that no witness had cosigned, where nobody had asked."""
    receipt = _receipt_at(data, 0)

    english = _verify(receipt, data)
    vietnamese = run("verify", receipt, "--data", data, "--json", "--lang", "vi")

    assert not any("no witness has" in line for line in _open(english))
    assert any(
        "no policy of witnesses was named with --policy, so nobody's cosignatures" in line
        for line in _open(english)
    )
    assert any("nên chưa xem xác nhận của ai" in line for line in _open(vietnamese))


def test_every_sentence_on_receipts_is_there_in_both_languages(data: Path, tmp_path: Path) -> None:
    run(*submission(a_key(tmp_path), "--data", data, "--receipt", tmp_path / "r"))
    size = int(run("audit", "--data", data, "--json").members["entries"])

    for receipt in (tmp_path / "r", *(_receipt_at(data, index) for index in range(size))):
        english = _verify(receipt, data)
        vietnamese = run("verify", receipt, "--data", data, "--json", "--lang", "vi")
        for part in ("proved", "not_proved"):
            assert len(english.members[part]) == len(vietnamese.members[part])
            assert not set(english.members[part]) & set(vietnamese.members[part])


@pytest.mark.parametrize(
    "content",
    [
        b"localhost/demo\n1\nAAAA\n\nsignature\n",
        b"quorum none\n",
        b"{}",
        b'{"type":"dossier-ledger/something@v1"}',
        b"not json {",
        b"",
    ],
    ids=["checkpoint", "policy", "empty object", "another type", "any text", "empty"],
)
def test_file_of_no_known_kind_is_told_which_kinds_there_are(
    tmp_path: Path, content: bytes
) -> None:
    """A file of none of them was said to be a bad history."""
    file = tmp_path / "some.file"
    file.write_bytes(content)

    refused = _verify(file, tmp_path / "none")

    assert (refused.code, refused.members["code"]) == (2, "file_kind_unknown")
    message = refused.members["message"]
    for said in (str(file), "*.tlog-proof", "*.dossier.json", "*.evidence.json", "biên nhận"):
        assert said in message


def _proved(shown: Ran) -> list[str]:
    return list(shown.members["proved"])


def _open(shown: Ran) -> list[str]:
    return list(shown.members["not_proved"])


def test_no_python_in_what_people_read(data: Path) -> None:
    for command in (("audit",), ("recompute",)):
        said = run(*command, "--data", data).out
        assert "ok: yes" in said
        for python in ("True", "False", "None", "{'"):
            assert python not in said


@pytest.mark.parametrize("command", ["audit", "recompute"])
def test_log_that_cannot_be_reached_is_named(data: Path, command: str) -> None:
    refused = run(command, "--log", "http://127.0.0.1:9/log", "--data", data, "--json")

    assert refused.code == 3
    assert "http://127.0.0.1:9/log" in refused.members["message"]
