"""What `portal` and `codes` write out leaves an entry first, and whom an intake's key acts for."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.facts import Grant
from domain.roles import Role
from ledger.drafting import Place
from tests.support.builders import OFFICE
from tests.unit.cli.portal.desk import Desk, a_packet

OTHER_OFFICE = "H27.16"


@pytest.fixture
def without_secret(desk: Desk) -> tuple[Desk, str]:
    """Give a desk with a dossier whose first private part is gone, and a code nobody allotted."""
    desk.run("codes", "allot", OFFICE, desk.submit(), "--format", "short")
    stream, code = desk.submit(), f"H27.15-{desk.day()}-0009"
    accepted = desk.accept(stream, code)
    assert accepted.code == 0, accepted.members
    with closing(sqlite3.connect(desk.folder / "data" / "vault.sqlite3")) as vault, vault:
        vault.execute("DELETE FROM details WHERE stream = ? AND version = 1", (stream,))
    return desk, stream


def test_code_of_a_dossier_without_access_stream_is_named_only_on_demand(
    without_secret: tuple[Desk, str],
) -> None:
    desk, stream = without_secret

    hidden, shown = desk.run("codes", "check"), desk.run("codes", "check", "--unlogged")

    assert [ran.members["problems"][0]["code"] for ran in (hidden, shown)] == [
        "",
        f"H27.15-{desk.day()}-0009",
    ]
    for ran in (hidden, shown):
        assert (ran.code, ran.members["access_logged"]) == (1, 0)
        assert ran.members["without_access_stream"] == [stream]
        assert ran.members["problems"][0]["kind"] == "code_not_allotted"


def test_dossier_without_access_stream_is_exported_only_on_demand(
    without_secret: tuple[Desk, str],
) -> None:
    desk, stream = without_secret
    out = str(desk.folder / "out.ndjson")
    arguments = ("portal", "export", "--office", OFFICE, "--out", out, "--key", desk.key("head"))

    kept = desk.run(*arguments)
    written = Path(out).read_bytes()
    given = desk.run(*arguments, "--unlogged")

    assert (kept.code, kept.members["packets"], written) == (0, 0, b"[]\n")
    assert (given.code, given.members["packets"]) == (0, 1)
    for ran in (kept, given):
        assert ran.members["without_access_stream"] == [stream]
    assert desk.access_entries() == []


def test_export_whose_entry_is_refused_writes_nothing_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = desk.submit()
    assert desk.accept(stream, f"H27.15-{desk.day()}-0001").code == 0
    out = desk.folder / "out.ndjson"
    # Somebody else's entry came first: this one names a place that is taken.
    monkeypatch.setattr("cli.access_entries.next_place", lambda _reader, _stream: Place(7, None))

    refused = desk.run(
        *("portal", "export", "--office", OFFICE, "--out", str(out)), "--key", desk.key("system")
    )

    assert refused.code == 4
    assert not out.exists()
    assert desk.access_entries() == []


def test_key_that_intake_makes_imports_for_the_named_offices_alone(desk: Desk) -> None:
    packet = desk.lay_down(a_packet(desk))
    intake = ("portal", "intake", packet, "--origin", "h27-system")

    nameless = desk.run(*intake)
    keys_before = list((desk.folder / "data" / "keys").glob("portal-*"))
    table = desk.folder / "offices.csv"
    table.write_text(f"code,name_vi,name_en,level\n{OTHER_OFFICE},Xã,Commune,commune\n")
    desk.run("offices", "import", str(table))
    named = [
        desk.run(*intake, "--office", office) for office in (OFFICE, OFFICE, OTHER_OFFICE, "H99")
    ]

    assert (nameless.code, keys_before) == (2, [])
    assert [ran.code for ran in named] == [0, 0, 0, 4]
    record = desk.portal_key()
    assert [held.grant for held in record.held()] == [
        Grant(Role.IMPORTER, office) for office in (OFFICE, OTHER_OFFICE)
    ]
