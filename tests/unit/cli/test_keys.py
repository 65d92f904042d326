"""`keys`: a quarter's change of keys, a theft, and a new root, from the command line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.commands.audit import audit
from cli.commands.keys import keys
from cli.output import EXIT_OK, EXIT_REFUSED, EXIT_UNREACHABLE, EXIT_USAGE
from ledger.errors import WriterUnavailable
from ledger.key_files import load_private_key


@dataclass
class Desk:
    """A data folder and somebody who types commands at it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def type(self, *words: str) -> dict[str, Any]:
        code, members = self.try_to(*words)
        assert code == EXIT_OK, members
        return members

    def try_to(self, *words: str) -> tuple[int, dict[str, Any]]:
        if words[0] == "enroll" and "--personnel-number" not in words:
            # An officer's key is one person's: each file that is enrolled here is another's.
            words = (*words, "--personnel-number", f"CB-{Path(words[1]).stem}")
        result = CliRunner().invoke(keys, [*words, "--data", str(self.data), "--json"])
        line = result.stdout.strip()
        assert line or result.exit_code == EXIT_USAGE, result
        return result.exit_code, json.loads(line) if line else {}

    def new(self, name: str, kind: str = "officer") -> Path:
        path = self.folder / f"{name}.key"
        self.type("new", kind, "--out", str(path))
        return path

    def audit(self) -> dict[str, Any]:
        result = CliRunner().invoke(audit, ["--data", str(self.data), "--json"])
        members: dict[str, Any] = json.loads(result.stdout)
        return members


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield Desk(tmp_path)


def test_quarters_change_of_an_officers_key(desk: Desk) -> None:
    old, new = desk.new("old"), desk.new("new")
    number = ("--personnel-number", "CB-0007")
    desk.type("enroll", str(old), "receiver@*", *number)
    desk.type("grant", str(old), "clerk@*", "--from", "2026-01-01", "--until", "2199-12-31")

    replaced = desk.type("replace", str(old), str(new), *number)
    again = desk.try_to("replace", str(old), str(desk.new("third")))

    assert replaced["replaces"] == load_private_key(old).name
    assert again[1]["message"].startswith("fact_")
    assert desk.audit()["ok"]


def test_role_and_then_the_key_is_taken_back_by_name(desk: Desk) -> None:
    key = desk.new("officer")
    name = desk.type("enroll", str(key), "receiver@*", "clerk@*")["name"]

    desk.type("revoke", name, "clerk@*", "--reason", "moved")
    desk.type("revoke", name, "--reason", "compromised")

    assert desk.try_to("revoke", name, "--reason", "lost")[0] == EXIT_REFUSED
    assert desk.audit()["ok"]


@pytest.mark.parametrize(
    "words",
    [
        ("grant", "officer-00000000000000aa", "receiver@*"),
        ("grant", "officer-00000000000000aa", "holder@*"),
        ("revoke", "officer-00000000000000aa", "--reason", "moved"),
        ("revoke", "officer-00000000000000aa", "clerk@*", "--reason", "lost"),
        ("enroll", "missing.key", "receiver@*"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_said_before_anything_is_signed(
    desk: Desk, words: tuple[str, ...]
) -> None:
    assert desk.try_to(*words)[0] == EXIT_USAGE


def test_registrar_of_one_office_signs_with_a_key_of_their_own(desk: Desk) -> None:
    registrar, officer = desk.new("registrar", "registrar"), desk.new("officer")
    desk.type("enroll", str(registrar), "registrar@*")

    desk.type("enroll", str(officer), "receiver@*", "--registrar", str(registrar))
    code, _ = desk.try_to(
        "enroll", str(desk.new("other")), "registrar@*", "--registrar", str(registrar)
    )

    assert code == EXIT_REFUSED


def test_rotated_root_signs_from_then_on_and_the_anchors_stay(desk: Desk) -> None:
    first = desk.type("enroll", str(desk.new("before")), "receiver@*")
    anchors = (desk.data / "keys" / "anchors.toml").read_bytes()

    rotated = desk.type("rotate-root")
    desk.type("rotate-root")
    desk.type("enroll", str(desk.new("after")), "receiver@*")
    refused, _ = desk.try_to(
        "enroll", str(desk.new("late")), "receiver@*", "--registrar", "registrar"
    )

    audited = desk.audit()
    assert (audited["ok"], len(audited["roots"]), audited["roots"][1]) == (True, 3, rotated["name"])
    assert Path(rotated["file"]).name == "registrar-2.key"
    assert refused == EXIT_REFUSED
    assert (desk.data / "keys" / "anchors.toml").read_bytes() == anchors
    assert first["entry_index"] is not None


def test_root_is_recovered_by_enough_recovery_keys_and_by_no_fewer(desk: Desk) -> None:
    desk.type("enroll", str(desk.new("before")), "receiver@*")

    one, _ = desk.try_to("recover-root", "recovery-1")
    two = desk.type("recover-root", "recovery-1", "recovery-3")
    desk.type("enroll", str(desk.new("after")), "receiver@*")

    audited = desk.audit()
    assert one == EXIT_REFUSED
    assert (audited["ok"], audited["roots"][-1]) == (True, two["name"])


def test_root_kept_elsewhere_is_asked_for(desk: Desk) -> None:
    desk.type("enroll", str(desk.new("before")), "receiver@*")
    rotated = Path(desk.type("rotate-root")["file"])
    away = rotated.rename(desk.folder / "offline.key")
    officer = str(desk.new("after"))

    assert desk.try_to("enroll", officer, "receiver@*")[1]["code"] == "root_not_here"
    desk.type("enroll", officer, "receiver@*", "--registrar", str(away))
    desk.type("rotate-root", "--old", str(away))


def test_refused_change_of_the_root_leaves_no_key_behind(desk: Desk) -> None:
    desk.type("enroll", str(desk.new("before")), "receiver@*")
    before = {path.name for path in (desk.data / "keys").iterdir()}

    code, _ = desk.try_to("recover-root", "recovery-1")
    stranger, _ = desk.try_to("rotate-root", "--old", str(desk.new("stranger", "registrar")))

    assert (code, stranger) == (EXIT_REFUSED, EXIT_REFUSED)
    assert {path.name for path in (desk.data / "keys").iterdir()} == before
    assert Path(desk.type("rotate-root")["file"]).name == "registrar-2.key"


def test_new_root_is_kept_where_no_answer_says_that_it_was_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.type("enroll", str(desk.new("before")), "receiver@*")

    async def loses_the_answer(*_: object) -> None:
        raise WriterUnavailable("the writer does not answer")

    monkeypatch.setattr("cli.sessions.Session.submit", loses_the_answer)
    code, members = desk.try_to("rotate-root")

    assert (code, members["code"]) == (EXIT_UNREACHABLE, "writer_unavailable")
    assert (desk.data / "keys" / "registrar-2.key").exists()


def test_root_that_is_shown_is_the_one_in_force_and_the_anchor_stands_beside_it(
    desk: Desk,
) -> None:
    first = desk.type("show", "registrar")
    rotated = desk.type("rotate-root")

    shown = desk.type("show", "registrar")

    assert first["vkey"] == first["anchor"]
    assert shown["name"] == rotated["name"]
    assert shown["anchor"] == first["vkey"]


@pytest.mark.parametrize("kind", ["log", "promise", "offcer", "nguyen", "Officer"])
def test_key_of_an_unknown_kind_is_not_made(desk: Desk, kind: str) -> None:
    code, _ = desk.try_to("new", kind, "--out", str(desk.folder / "some.key"))

    assert code == EXIT_USAGE
    assert not (desk.folder / "some.key").exists()


def test_refused_grant_says_what_was_found_and_what_would_be_right(desk: Desk) -> None:
    key = desk.new("officer")
    desk.type("enroll", str(key), "receiver@*")

    again = desk.try_to("grant", str(key), "receiver@*")[1]["message"]
    days = desk.try_to(
        "grant", str(key), "clerk@*", "--from", "2026-02-01", "--until", "2026-01-01"
    )

    assert again.startswith("fact_invalid: grants: receiver@* is held already (Name each role once")
    assert "clerk@* from 2026-02-01 to 2026-01-01" in days[1]["message"]


def test_key_that_is_enrolled_is_no_successor_and_the_command_says_so(desk: Desk) -> None:
    old, new = desk.new("old"), desk.new("new")
    number = ("--personnel-number", "CB-0007")
    desk.type("enroll", str(old), "receiver@*", *number)
    desk.type("replace", str(old), str(new), *number)

    code, members = desk.try_to("replace", str(old), str(new), *number)

    assert (code, members["code"]) == (EXIT_REFUSED, "refused")
    assert "is enrolled already" in members["message"]
