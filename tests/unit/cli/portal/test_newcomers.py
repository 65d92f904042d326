"""What newcomers met at the portal's and the codes' commands, and what they meet now."""

import json
from pathlib import Path

import pytest

from ledger.portal.exporting import NEVER_FILLED
from ledger.portal.packets import parse_packets
from tests.support.builders import OFFICE
from tests.unit.cli.portal.desk import Desk, Ran, a_packet


def _export(desk: Desk, out: Path) -> Ran:
    return desk.run(
        *("portal", "export", "--office", OFFICE, "--out", str(out)), "--key", desk.key("system")
    )


def _act(desk: Desk, stream: str, kind: str, role: str, *more: str) -> None:
    ran = desk.run(
        *("act", kind, "--stream", stream, "--office", OFFICE),
        *("--sign", f"{role}={desk.key(role)}", *more),
    )
    assert ran.code == 0, ran.members


def test_export_of_nothing_is_a_file_of_packets_that_reconcile_reads(desk: Desk) -> None:
    out = desk.folder / "out.ndjson"

    exported = _export(desk, out)
    compared = desk.run("portal", "reconcile", "ledger", str(out))

    assert (exported.code, exported.members["packets"]) == (0, 0)
    assert parse_packets(out.read_bytes()) == ()
    assert (compared.code, compared.members["agrees"]) == (0, True)


def test_code_is_allotted_by_default_whatever_the_offices_id_looks_like(desk: Desk) -> None:
    stream = desk.submit()

    ran = desk.run("codes", "allot", OFFICE, stream)
    again = desk.run("codes", "allot", OFFICE, stream)

    assert (ran.code, again.code) == (0, 0), ran.members
    assert ran.members["code"] == again.members["code"]
    assert ran.members["code"].endswith(f"{desk.day()}-0001")


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--format", "b"), "b wants three as H26.012.00"),
        (("--format", "b", "--owner", "05"), "b wants three as H26.012.00"),
        (("--format", "a", "--owner", "05"), "--owner"),
    ],
    ids=["owner missing", "agency of two blocks", "owner where none is wanted"],
)
def test_code_that_no_format_gives_is_refused_with_what_would_be_right(
    desk: Desk, options: tuple[str, ...], wanted: str
) -> None:
    refused = desk.run("codes", "allot", OFFICE, desk.submit(), *options)

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert wanted in refused.members["message"]


def test_book_of_the_ledger_is_held_to_one_office(desk: Desk) -> None:
    stream = desk.submit()
    code = desk.run("codes", "allot", OFFICE, stream).members["code"]
    assert desk.accept(stream, code).code == 0
    file = desk.lay_down(a_packet(desk, MaHoSo=code))

    own = desk.run("portal", "reconcile", "ledger", file, "--office", OFFICE)
    nowhere = desk.run("portal", "reconcile", "ledger", file, "--office", "H99")
    files = desk.run("portal", "reconcile", file, file, "--office", OFFICE)

    assert (own.code, own.members["in_both"]) == (0, 1)
    assert (nowhere.code, nowhere.members["code"]) == (4, "unknown_office")
    assert files.code == 2


def test_export_fills_what_the_ledger_knows_and_says_what_stays_empty(desk: Desk) -> None:
    stream = desk.submit()
    code = desk.run("codes", "allot", OFFICE, stream).members["code"]
    _act(
        *(desk, stream, "dossier.identity_checked", "receiver", "--details"),
        json.dumps({"subject": "applicant", "method": "electronic_identity", "matched": True}),
    )
    _act(
        *(desk, stream, "dossier.external_data_queried", "receiver", "--details"),
        json.dumps({"source": "CSDLQG-DC", "purpose": "nơi cư trú", "answered": True}),
    )
    assert desk.accept(stream, code).code == 0
    applicant = desk.keys()[-1]
    changed = desk.run(
        *("act", "dossier.delivery_choice_changed", "--stream", stream, "--office", OFFICE),
        *("--sign", f"applicant={applicant}", "--details"),
        json.dumps({"delivery": "post", "address": "Thôn 1, xã Cẩm Lạc"}),
    )
    out = desk.folder / "out.ndjson"

    exported = _export(desk, out)

    assert (changed.code, exported.code) == (0, 0), changed.members
    packet = json.loads(out.read_text())
    assert (packet["HinhThuc"], packet["ThongTinTra"]) == ("post", "Thôn 1, xã Cẩm Lạc")
    assert packet["TaiKhoanDuocXacThucVoiVNeID"] is True
    assert packet["DSKetNoiCSDL"] == ["CSDLQG-DC"]
    assert tuple(exported.members["never_filled"]) == NEVER_FILLED
    for member in NEVER_FILLED:
        assert member.rpartition(".")[2] not in packet
