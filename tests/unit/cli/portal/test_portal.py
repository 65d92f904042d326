"""`portal` and `codes` on a whole small ledger: packets in, packets out, books compared."""

import json
import sqlite3
from pathlib import Path

import pytest

from api import bootstrap
from api.resources.dossiers import DossierReader
from api.settings import settings_of_process
from domain.facts.integrity import AccessPurpose
from ledger.errors import UnknownDossier
from tests.support.builders import OFFICE, PROCEDURE
from tests.unit.cli.portal.desk import Desk, a_packet, a_step, ago


def test_packet_is_taken_in_once_and_what_grows_is_added(desk: Desk) -> None:
    packet = a_packet(desk)
    grown = packet | {
        "TrangThaiHoSo": 9,
        "NgayKetThucXuLy": ago(desk, minutes=30),
        "TienTrinh": [*packet["TienTrinh"], a_step(desk, "Thẩm định", hours=1)],
    }

    first, again, more, repeated = (desk.take_in(each) for each in (packet, packet, grown, grown))

    assert [each.code for each in (first, again, more, repeated)] == [0, 0, 0, 0], first.members
    # Submission, the packet's own words, acceptance, one step.
    assert (first.members["dossiers_new"], first.members["actions_recorded"]) == (1, 4)
    assert (again.members["unchanged"], again.members["actions_recorded"]) == (1, 0)
    # The packet's changed words, the end, the second step.
    assert (more.members["dossiers_grown"], more.members["actions_recorded"]) == (1, 3)
    assert repeated.members["actions_recorded"] == 0
    found = desk.run("portal", "find", packet["MaHoSo"], "--origin", "h27-system")
    assert found.members["status"] == 9


def test_dossier_filed_elsewhere_is_tracked_by_its_code_there(desk: Desk) -> None:
    submitted = a_packet(desk, MaHoSo="H27.15-260101-0001", TrangThaiHoSo=1, TienTrinh=[])
    del submitted["NgayTiepNhan"]
    desk.take_in(submitted, a_packet(desk))
    settings = settings_of_process({"data": desk.folder / "data"})

    with bootstrap.embedded_writer(settings) as writer:
        reader = DossierReader(bootstrap.web_parts(settings, writer))
        shares = [
            reader.share_done(submitted["MaHoSo"], "h27-system"),
            reader.share_done(a_packet(desk)["MaHoSo"], "h27-system"),
            reader.share_done(a_packet(desk)["MaHoSo"]),
        ]

        assert shares[0] < shares[1] == shares[2]
        for code, origin in (
            (submitted["MaHoSo"], None),
            (submitted["MaHoSo"], "other"),
            ("x", "h27-system"),
        ):
            with pytest.raises(UnknownDossier):
                reader.share_done(code, origin)


def test_log_names_neither_the_officer_nor_the_applicant_nor_the_code(desk: Desk) -> None:
    packet = a_packet(desk)

    desk.take_in(packet)

    log = b"".join(
        path.read_bytes() for path in (desk.folder / "data" / "log").rglob("*") if path.is_file()
    )
    for private in ("Bưởi", "Lê Văn Tám", packet["MaHoSo"], "h27-system", "Tiếp nhận"):
        assert private.encode() not in log


def test_packet_that_cannot_be_taken_in_is_named_and_the_others_go_on(desk: Desk) -> None:
    unknown = a_packet(desk, MaHoSo="H27.15-260101-0001", MaTTHC="9.999999")
    nowhere = a_packet(desk, MaHoSo="H27.15-260101-0002", DonViXuLy="H99")
    impossible = a_packet(desk, MaHoSo="H27.15-260101-0003", NgayTiepNhan="2026-02-31")

    desk.take_in(a_packet(desk, MaHoSo="H27.15-260101-0009"))

    ran = desk.run(
        *("portal", "intake", desk.lay_down(unknown, nowhere, impossible, a_packet(desk))),
        *("--origin", "h27-system"),
    )

    assert ran.code == 1
    assert [each["error"] for each in ran.members["failures"]] == [
        "unknown_procedure",
        "unknown_office",
        "malformed_moment",
    ]
    assert ran.members["dossiers_new"] == 1


def test_file_that_holds_no_packets_is_refused(desk: Desk) -> None:
    path = desk.folder / "packets.json"
    path.write_text('{"MaHoSo": 1}')

    assert desk.run("portal", "intake", str(path), "--origin", "x").code == 2


def test_simulated_portal_says_that_it_is_one(desk: Desk) -> None:
    ran = desk.run(
        *("portal", "intake", "--simulate", "2", "--origin", "simulated"),
        *("--office", OFFICE, "--procedure", PROCEDURE),
    )

    assert (ran.code, ran.members["simulated"], ran.members["dossiers_new"]) == (0, True, 2)


def test_own_dossier_goes_out_with_its_steps_and_is_not_taken_in_again(desk: Desk) -> None:
    stream = desk.submit()
    code = desk.run("codes", "allot", OFFICE, stream, "--format", "short").members["code"]
    assert desk.accept(stream, code).code == 0
    out = str(desk.folder / "out.ndjson")
    arguments = ("portal", "export", "--office", OFFICE, "--out", out)

    refused = desk.run(*arguments, "--key", desk.key("processor"))
    exported = desk.run(*arguments, "--key", desk.key("system"))
    taken = desk.run("portal", "intake", out, "--origin", "h27-system", "--office", OFFICE)

    assert (refused.code, refused.members["code"]) == (4, "not_your_office")
    assert (exported.code, exported.members["packets"]) == (0, 1), exported.members
    (entry,) = desk.access_entries()
    assert (entry.dossier, entry.purpose) == (stream, AccessPurpose.TASK)
    assert set(entry.fields) == {"dossier.submitted", "dossier.accepted", "persons", "officers"}
    packet = json.loads(Path(out).read_text())
    assert (packet["MaHoSo"], packet["TrangThaiHoSo"], packet["MaTTHC"]) == (code, 2, PROCEDURE)
    assert (packet["ChuHoSo"], packet["KenhThucHien"]) == ("Đặng Thị Hạnh", "2")
    assert [step["NoiDungXuLy"] for step in packet["TienTrinh"]] == [
        "dossier.submitted",
        "dossier.accepted",
    ]
    assert packet["TienTrinh"][1]["NguoiXuLy"].startswith("CB-")
    assert (taken.members["our_own"], taken.members["actions_recorded"]) == (1, 0)


def test_books_that_differ_end_with_one_and_name_the_codes(desk: Desk) -> None:
    desk.take_in(a_packet(desk))
    both = desk.lay_down(a_packet(desk), a_packet(desk, MaHoSo="H27.15-260101-0001"), name="b.json")
    same = desk.lay_down(a_packet(desk), name="c.json")

    differ, agree = (desk.run("portal", "reconcile", "ledger", book) for book in (both, same))

    assert (differ.code, differ.members["only_in_second"]) == (1, ["H27.15-260101-0001"])
    assert (agree.code, agree.members["in_both"]) == (0, 1)


def test_code_is_used_once_even_after_a_new_start_and_a_gap_is_named(desk: Desk) -> None:
    first, second = desk.submit(), desk.submit()
    codes = [
        desk.run("codes", "allot", OFFICE, stream, "--format", "short").members["code"]
        for stream in (first, second)
    ]

    accepted, taken = desk.accept(first, codes[0]), desk.accept(second, codes[0])
    checked = desk.run("codes", "check")

    assert accepted.code == 0
    assert (taken.code, taken.members["message"]) == (4, "dossier_code_taken")
    # The second code may still be used today.
    assert (checked.code, checked.members["codes_used"]) == (0, 1)
    desk.accept(second, f"{codes[1][:-4]}0009")
    checked = desk.run("codes", "check")
    kinds = [problem["kind"] for problem in checked.members["problems"]]
    assert (checked.code, kinds) == (1, ["code_not_allotted", "code_counter_gap"])
    # The first check named nobody's code; the second one named that of one dossier.
    (entry,) = desk.access_entries()
    assert (entry.dossier, entry.purpose) == (second, AccessPurpose.SUPERVISION)
    assert entry.fields == ("dossier.accepted",)
    assert checked.members["problems"][0]["code"].endswith("0009")


def test_gap_is_a_public_alarm_that_is_raised_once_and_names_no_code(desk: Desk) -> None:
    sound = desk.run("codes", "alarm")
    for number in (1, 3):
        desk.accept(desk.submit(), f"H27.15-{desk.day()}-{number:04d}")

    raised, again = desk.run("codes", "alarm"), desk.run("codes", "alarm")

    assert (sound.code, sound.members["alarms"]) == (0, [])
    assert (raised.code, raised.members["newly_raised"]) == (1, 1)
    assert (again.code, again.members["newly_raised"]) == (1, 0)
    (found,) = raised.members["alarms"]
    assert (found["office"], len(found["evidence"])) == (OFFICE, 2)
    assert desk.day() not in json.dumps(raised.members)
    log = b"".join(
        path.read_bytes() for path in (desk.folder / "data" / "log").rglob("*") if path.is_file()
    )
    assert b'"rule":"R27"' in log


def test_private_part_that_was_garbled_is_named_and_stops_no_writer(desk: Desk) -> None:
    streams = [desk.submit(), desk.submit()]
    codes = [f"H27.15-{desk.day()}-{number:04d}" for number in (1, 2)]
    for stream, code in zip(streams, codes, strict=True):
        assert desk.accept(stream, code).code == 0
    with sqlite3.connect(desk.folder / "data" / "vault.sqlite3") as vault:
        vault.execute(
            "UPDATE details SET ciphertext = zeroblob(80) WHERE stream = ? AND version = 2",
            (streams[0],),
        )
    vault.close()

    checked = desk.run("codes", "check")
    taken = desk.accept(desk.submit(), codes[1])

    assert (checked.code, checked.members["unreadable"]) == (1, [streams[0]])
    assert (taken.code, taken.members["message"]) == (4, "dossier_code_taken")
