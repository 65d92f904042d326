"""`read` and `reads list` against a server, and other commands that ask one: what they answer."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from domain.roles import Role
from ledger.key_files import load_private_key
from tests.served.server import OFFICE, PROCEDURE, Served, served
from tests.unit.cli.running import Ran, a_key, run

pytestmark = pytest.mark.served

APPLICANT = "Đặng Thị Hạnh"
FOLLOWS_SECONDS = 15.0


DETAILS = {"applicant_name": APPLICANT, "delivery": "online", "notice_version": "1"}


@dataclass(frozen=True)
class Case:
    """A dossier on a server, with its slip, its key, and an inspector's."""

    server: Served
    folder: Path
    stream: str
    secret: str
    inspector: Path

    def read(self, *more: str | Path, key: Path | None = None, role: str = "inspector") -> Ran:
        return run(
            *("read", self.stream, "dossier.submitted", "--as", role, "--json"),
            *("--key", key or self.inspector, "--server", self.server.address),
            *("--why", "Kiểm tra / check", "--data", self.folder / "none", *more),
        )

    def reads(self, *more: str | Path) -> Ran:
        return run(
            *("reads", "list", self.stream, "--server", self.server.address, "--json", *more)
        )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("reading")
    with served(folder / "data") as server:
        inspector = a_key(folder, Role.INSPECTOR)
        enroll(server, inspector, "CB-0001")
        facts = json.dumps({"channel": "online", "procedure": PROCEDURE})
        sent = run(
            *("act", "dossier.submitted", "--stream", "new", "--office", OFFICE, "--json"),
            *("--facts", facts, "--details", json.dumps(DETAILS)),
            *("--sign", f"applicant={a_key(folder)}", "--server", server.address),
            *("--receipt", folder / "r", "--data", folder / "none"),
        ).members
        case = Case(server, folder, sent["stream"], sent["secret"], inspector)
        _wait_until_the_views_follow(case)
        yield case


def enroll(server: Served, key: Path, number: str) -> str:
    """Enrol an inspector and give the key's name."""
    ran = run(
        *("keys", "enroll", key, "inspector@*", "--personnel-number", number, "--json"),
        *("--data", server.data),
    )
    assert ran.code == 0, ran.out
    return str(ran.members["name"])


def _wait_until_the_views_follow(case: Case) -> None:
    deadline = time.monotonic() + FOLLOWS_SECONDS
    while case.reads("--secret", case.secret).code != 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_inspector_reads_by_a_signed_entry_and_the_holder_sees_it(case: Case) -> None:
    read = case.read("--receipt", case.folder / "access.receipt")

    listed = case.reads("--secret", case.secret)
    by_key = case.reads("--key", case.folder / "applicant.key", "--data", case.folder / "none")

    assert read.code == 0, read.out
    (act,) = read.members["acts"]
    assert (act["kind"], act["version"]) == ("dossier.submitted", 1)
    assert APPLICANT not in read.out
    seen = [(each["purpose"], each["explanation"]) for each in listed.members["reads"]]
    assert ("supervision", "Kiểm tra / check") in seen
    assert (by_key.code, by_key.members["reads"]) == (0, listed.members["reads"])
    anchors = case.server.data / "keys" / "anchors.toml"
    assert run("verify", case.folder / "access.receipt", "--anchors", anchors).code == 0


def test_names_open_to_an_inspector_under_somebody_elses_order_alone(
    case: Case, tmp_path: Path
) -> None:
    issuer = a_key(tmp_path, Role.INSPECTOR)
    enroll(case.server, issuer, "CB-0002")
    until = (case.server.now().day_in("UTC") + timedelta(days=30)).isoformat()
    issued = run(
        *("orders", "issue", "12/QĐ", "--key", issuer, "--dossier", case.stream, "--json"),
        *("--reader", load_private_key(case.inspector).name, "--until", until),
        *("--data", case.server.data),
    )
    assert issued.code == 0, issued.out
    order = ("--order", "12/QĐ", "--order-until", until)

    refused = case.read("--persons")
    unnamed = case.read("--persons", *order)
    under_order = case.read("--persons", *order, "--order-stream", issued.members["stream"])

    assert (refused.code, refused.members["code"]) == (4, "inspection_order_needed")
    assert refused.members["message"].startswith("inspection_order_needed")
    assert unnamed.code == 2
    assert under_order.code == 0, under_order.out
    assert APPLICANT in under_order.out
    sealed = case.reads("--secret", case.secret).members["reads"]
    assert any(each["sealed"] for each in sealed)


def test_server_of_a_data_folder_is_found_without_its_address(case: Case, tmp_path: Path) -> None:
    secret = ("--secret", case.secret, "--json")

    found = run("reads", "list", case.stream, "--data", case.server.data, *secret)
    unserved = run("reads", "list", case.stream, "--data", tmp_path, *secret)

    assert found.code == 0, found.out
    assert (unserved.code, unserved.members["code"]) == (2, "usage")
    assert "name the ledger's address (--server" in unserved.members["message"]


def test_stranger_and_wrong_secret_read_nothing(case: Case, tmp_path: Path) -> None:
    stranger = case.read(key=a_key(tmp_path, "officer"), role="receiver")
    wrong = case.reads("--secret", "A" * 43 + "=")

    assert stranger.code == 4
    assert (wrong.code, wrong.members["message"].partition(":")[0]) == (4, "unknown_dossier")


def test_kind_without_a_private_part_is_named_before_anything_is_signed(case: Case) -> None:
    refused = run(
        *("read", case.stream, "dossier.sumbitted", "--as", "inspector", "--why", "x"),
        *("--key", case.inspector, "--server", case.server.address, "--json"),
    )

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert "dossier.submitted" in refused.members["message"]


def test_trail_of_a_mistyped_key_is_no_empty_trail(case: Case) -> None:
    asking = ("--key", case.inspector, "--server", case.server.address, "--json")

    mistyped = run("inspect", "/v1/trail/officer-00000000000000aa", *asking)
    unknown_member = run("inspect", "/v1/findings?rul=R07", *asking)

    assert mistyped.code == 4
    assert mistyped.members["message"].startswith("unknown_signer")
    assert mistyped.members["code"] == "unknown_signer"
    assert unknown_member.members["code"] == "unknown_parameter"
    *sentences, detail = unknown_member.members["message"].splitlines()
    assert len(sentences) == 2
    assert detail.startswith("rul is not known")


@pytest.mark.parametrize("path", ["", "/", "/log", "/log/"])
def test_log_is_named_by_the_servers_address_or_by_the_logs(case: Case, path: str) -> None:
    anchors = ("--anchors", case.server.data / "keys" / "anchors.toml")
    log = ("--log", f"{case.server.address}{path}")

    ran = [
        run("verify", case.folder / "r", *log, *anchors),
        run("audit", *log, *anchors),
        run("recompute", *log, *anchors),
    ]

    assert [each.code for each in ran] == [0, 0, 0], [each.said for each in ran]
