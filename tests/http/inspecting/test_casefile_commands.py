"""``casefile`` on files: what it says, what it adds, what it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from api.bootstrap import random_bytes
from cli.output import EXIT_FAILED, EXIT_USAGE
from ledger.key_files import load_or_make_operator_keys, render_anchors, save_private_key
from ledger.timestamping.tokens import request_for
from projections.casefiles.files import TIMESTAMP, Casefile, parse_casefile, render_casefile
from tests.http.inspecting.casefiles import STATEMENT, a_whole_one, flipped
from tests.http.reading.people import Case, a_case
from tests.support.timestamping.simulated import SimulatedAuthority, needs_openssl
from tests.unit.cli.running import Ran, run
from transparency.notes import SigningKey


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("casefiles")) as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(case: Case) -> Casefile:
    return a_whole_one(case)


@dataclass(frozen=True)
class Kept:
    """A casefile on disk, with the anchors to judge it by."""

    path: Path
    anchors: Path

    def verify(self, *more: str | Path) -> Ran:
        return run("casefile", "verify", self.path, "--anchors", self.anchors, *more)


@pytest.fixture
def kept(case: Case, whole: Casefile, tmp_path: Path) -> Kept:
    path, anchors = tmp_path / "one.casefile.json", tmp_path / "anchors.toml"
    path.write_bytes(render_casefile(whole))
    anchors.write_text(render_anchors(case.world.operator.anchors))
    return Kept(path, anchors)


def test_command_says_in_two_languages_what_is_shown_and_what_is_not(kept: Kept) -> None:
    english, vietnamese = kept.verify(), kept.verify("--lang", "vi")

    assert (english.code, vietnamese.code) == (0, 0)
    assert "signed a manifest of 7 parts" in english.out
    assert "a lead, never a verdict" in english.out
    assert "it holds no time stamp" in english.out
    assert "không bao giờ" not in english.out
    assert "đã ký danh mục gồm 7 phần" in vietnamese.out
    assert STATEMENT.splitlines()[0] in english.out


def test_verify_takes_a_casefile_and_says_what_only_a_whole_audit_shows(kept: Kept) -> None:
    ran = run("verify", kept.path, "--anchors", kept.anchors)
    asked = run("verify", kept.path, "--anchors", kept.anchors, "--json")
    stamped = run("verify", kept.path, "--anchors", kept.anchors, "--timestamp", kept.path)

    assert (ran.code, asked.code, stamped.code) == (0, 0, EXIT_USAGE)
    assert asked.members["kind"] == "casefile"
    assert asked.members["left_out"] == {asked.members["dossiers"][0]: []}
    assert "the trail lacks nothing that belongs in it" in ran.out
    assert "according to the operator's index" in ran.out
    assert "the index goes by streams, never by persons or offices" in " ".join(ran.out.split())


def test_command_names_the_part_and_fails(kept: Kept, whole: Casefile) -> None:
    parts = {**whole.parts, "checkpoint": flipped(whole.parts["checkpoint"])}
    kept.path.write_bytes(render_casefile(msgspec.structs.replace(whole, parts=parts)))

    refused = kept.verify("--json")

    assert (refused.code, refused.members["code"]) == (EXIT_FAILED, "casefile_tampered")
    assert refused.members["message"].startswith("checkpoint: ")


def test_casefile_of_another_ledger_is_not_called_tampered(kept: Kept, tmp_path: Path) -> None:
    founded = load_or_make_operator_keys(tmp_path / "other", random_bytes)
    other = tmp_path / "other.toml"
    other.write_text(render_anchors(founded.anchors))

    refused = run("casefile", "verify", kept.path, "--anchors", other, "--json")

    assert (refused.code, refused.members["code"]) == (EXIT_FAILED, "casefile_of_another_ledger")
    assert founded.origin in refused.members["message"]
    assert "nothing shows that it was tampered with" in refused.members["message"]


@needs_openssl
def test_time_stamp_is_added_later_and_checked_where_roots_are_given(
    kept: Kept, whole: Casefile, tmp_path: Path
) -> None:
    authority = SimulatedAuthority.new(tmp_path / "tsa")
    roots = ("--timestamp-roots", authority.folder / "ca.pem")
    answer, wrong = tmp_path / "good.tsr", tmp_path / "wrong.tsr"
    answer.write_bytes(authority.stamp(request_for(whole.manifest).der))
    wrong.write_bytes(authority.stamp(request_for(b"another").der))
    add = ("casefile", "add-timestamp", kept.path)

    refused = run(*add, "--answer", wrong, *roots)
    added = run(*add, "--answer", answer, *roots)
    again = run(*add, "--answer", answer, *roots)
    shown, unchecked = kept.verify(*roots), kept.verify()
    other = SimulatedAuthority.new(tmp_path / "other", "another authority")
    not_believed = kept.verify("--timestamp-roots", other.folder / "ca.pem")

    assert (refused.code, added.code, again.code) == (EXIT_FAILED, 0, EXIT_USAGE)
    assert "the signed manifest existed at" in shown.out
    assert "not checked: name root certificates" in unchecked.out
    assert not_believed.code == EXIT_FAILED
    casefile = parse_casefile(kept.path.read_bytes())
    broken = {**casefile.parts, TIMESTAMP: flipped(casefile.parts[TIMESTAMP])}
    kept.path.write_bytes(render_casefile(msgspec.structs.replace(casefile, parts=broken)))
    assert kept.verify(*roots).code == EXIT_FAILED


def test_qualified_signature_is_kept_and_said_to_be_unchecked(kept: Kept, tmp_path: Path) -> None:
    signature, folder = tmp_path / "s.p7s", tmp_path / "parts"
    signature.write_bytes(b"CAdES by another program")

    added = run("casefile", "add-signature", kept.path, "--signature", signature)
    taken = run("casefile", "extract", kept.path, "--out", folder)

    assert (added.code, taken.code) == (0, 0)
    assert "kept and not checked by us" in kept.verify().out
    casefile = parse_casefile(kept.path.read_bytes())
    assert (folder / "manifest").read_bytes() == casefile.manifest
    assert (folder / "signature.p7s").read_bytes() == signature.read_bytes()
    # Each history is a file that `verify` reads.
    history = folder / "histories" / "1.dossier.json"
    assert run("verify", history, "--anchors", kept.anchors).code == 0


def test_make_refuses_what_does_not_fit_together(tmp_path: Path) -> None:
    statement, key = tmp_path / "said.txt", tmp_path / "inspector.key"
    statement.write_text(STATEMENT)
    save_private_key(key, SigningKey.named_after_kind("inspector", b"\x03" * 32))
    make = (
        *("casefile", "make", "--key", key, "--statement", statement),
        *("--out", tmp_path / "x.casefile.json", "--server", "http://127.0.0.1:9"),
    )

    for wrong in (
        ("--subject", "nobody:x"),
        ("--subject", "office:"),
        ("--subject", "office:A", "--with-details", "--why", "x"),
        ("--subject", "office:A", "--persons"),
        ("--subject", "office:A", "--order", "1"),
        ("--subject", "office:A", "--from", "1.1.2026"),
        ("--subject", "office:A", "--timestamp", "http://127.0.0.1:9"),
    ):
        assert run(*make, *wrong).code == EXIT_USAGE, wrong
    assert not (tmp_path / "x.casefile.json").exists()
