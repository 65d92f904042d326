"""`act`: no secret is lost, no receipt replaced, and each complaint says what is wanted."""

import errno
from pathlib import Path

import pytest

from cli.acting.receipt_files import ReceiptFile
from tests.unit.cli.running import Ran, a_key, a_ledger, run, submission


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_key(tmp_path_factory.mktemp("keys"))


def _entries(data: Path) -> int:
    return int(run("audit", "--data", data, "--json").members["entries"])


def test_dossier_is_submitted_with_a_secret_its_page_and_a_receipt_in_new_folders(
    tmp_path: Path,
) -> None:
    data, key, receipt = a_ledger(tmp_path), a_key(tmp_path), tmp_path / "new" / "sub" / "r"

    done = run(*submission(key, "--data", data, "--receipt", receipt, "--json"))

    assert done.code == 0
    assert run("verify", receipt, "--data", data).code == 0
    assert done.members["page"] == f"/dossiers/{done.members['stream'].partition(':')[2]}"
    assert "Keep this secret" in done.said
    assert done.members["page"] in done.said


@pytest.mark.parametrize("blocked", ["a file that exists", "a folder that is a file"])
def test_receipt_that_cannot_be_kept_stops_the_act_before_it_is_sent(
    tmp_path: Path, blocked: str
) -> None:
    data, key = a_ledger(tmp_path), a_key(tmp_path)
    (tmp_path / "there").write_text("kept")
    receipt = tmp_path / "there" / ("" if blocked == "a file that exists" else "sub/r")
    before = _entries(data)

    refused = run(*submission(key, "--data", data, "--receipt", receipt, "--json"))

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert str(receipt) in refused.members["message"]
    assert (tmp_path / "there").read_text() == "kept"
    assert _entries(data) == before


def test_receipt_that_the_disk_does_not_take_leaves_the_secret_said(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_file: ReceiptFile, _receipt: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ReceiptFile, "keep", full_disk)
    data = a_ledger(tmp_path)

    done = run(*submission(key, "--data", data, "--receipt", tmp_path / "r", "--json"))

    assert done.code == 3
    assert {"stream", "entry_index", "secret"} <= done.members.keys()
    assert "the action is recorded, but" in done.said
    assert not (tmp_path / "r").exists()


def test_refused_act_leaves_no_empty_receipt_and_no_folder_for_it(
    tmp_path: Path, key: Path
) -> None:
    data = a_ledger(tmp_path)

    refused = run(
        *submission(key, "--data", data, "--receipt", tmp_path / "new" / "r"), "--office", "NOWHERE"
    )

    assert refused.code == 4
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (("--facts", "[]"), "--facts []: a JSON object is wanted"),
        (("--facts", "null"), "--facts null: a JSON object is wanted"),
        (("--facts", "{"), "--facts is no JSON"),
        (("--details", "[]"), "--details []: a JSON object is wanted"),
        (("--details", "null"), "--details null: a JSON object is wanted"),
        (("--facts", '{"channel":"fax","procedure":"SAMPLE-1"}'), "allowed: counter, online, post"),
        (("--facts", '{"channel":"online"}'), "--facts of dossier.submitted: Object missing"),
        (("--details", '{"secret":7}'), "--details of dossier.submitted: "),
        (("--stream", "dossier:nope"), "dossier.submitted wants dossier:<id>"),
        (("--stream", "office:SAMPLE"), "dossier.submitted wants dossier:<id>"),
        (("--at", "yesterday"), "2026-11-21T08:03:11Z (UTC), or a day as 2026-11-21"),
        (("--sign", "applicant=nope.key"), "there is no key file nope.key"),
        (("--sign", "king=nope.key"), "role=KEYFILE is wanted; roles: applicant, "),
        (("--server", "localhost:8000"), "as http://127.0.0.1:8000"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_was_mistyped_is_named_with_what_is_wanted(
    tmp_path: Path, key: Path, typed: tuple[str, str], wanted: str
) -> None:
    refused = run(*submission(key, "--data", tmp_path / "data", "--json", *typed))

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert wanted in refused.members["message"]
    assert not (tmp_path / "data").exists()


def test_kind_that_is_mistyped_is_answered_with_those_that_look_like_it(key: Path) -> None:
    refused = run("act", "dossier.acepted", "--stream", "new", "--sign", f"receiver={key}")

    assert refused.code == 2
    assert "did you mean dossier.accepted" in refused.said


def test_applicants_key_used_for_a_second_dossier_is_warned_of(tmp_path: Path) -> None:
    data, key = a_ledger(tmp_path), a_key(tmp_path)

    first = _submitted(key, data)
    second = _submitted(key, data)

    assert "both are one person's" not in first.said
    assert "both are one person's" in second.said
    assert first.members["stream"] in second.said


def test_petition_is_filed_with_its_key_and_a_secret_that_is_said_once(tmp_path: Path) -> None:
    data, key = a_ledger(tmp_path), a_key(tmp_path)
    filing: list[str | Path] = [
        *("act", "petition.feedback_filed", "--stream", "new", "--office", "SAMPLE"),
        *("--details", '{"text":"Chậm"}', "--sign", f"applicant={key}", "--data", data, "--json"),
    ]

    done = run(*filing)

    assert done.code == 0
    assert len(done.members["petition_secret"]) == 44
    assert done.members["page"] == "/petitions/track"
    assert "Keep this secret" in done.said


def _submitted(key: Path, data: Path) -> Ran:
    done = run(*submission(key, "--data", data, "--json"))
    assert done.code in (0, 4)
    return done
