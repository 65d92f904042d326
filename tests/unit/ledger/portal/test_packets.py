"""Packets: read, written back, refused by name; and two books compared."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedPacket
from ledger.portal.packets import Packet, parse_packets, render_packet
from ledger.portal.reconciling import reconcile
from ledger.portal.sources import SimulatedPortal

SMALL = (
    b'{"MaHoSo":"H27.15-261120-0001","MaTTHC":"1.004222","NgayNopHoSo":"2026-11-20",'
    b'"TrangThaiHoSo":1}'
)


def test_small_packet_is_read() -> None:
    (packet,) = parse_packets(SMALL)

    assert (packet.code, packet.procedure) == ("H27.15-261120-0001", "1.004222")
    assert (packet.submitted_at, packet.status, packet.steps) == ("2026-11-20", 1, ())


@pytest.mark.parametrize(
    "source",
    [
        b"[" + SMALL + b"," + SMALL + b"]",
        SMALL + b"\n" + SMALL + b"\n",
        b"\n" + SMALL + b"\r\n\n" + SMALL,
    ],
    ids=["a list", "one a line", "blank lines between"],
)
def test_many_packets_are_read(source: bytes) -> None:
    assert parse_packets(source) == parse_packets(SMALL) * 2


def test_packet_over_several_lines_is_one_packet() -> None:
    assert parse_packets(msgspec.json.format(SMALL, indent=2)) == parse_packets(SMALL)


def test_packets_are_written_as_they_are_read() -> None:
    for packet in SimulatedPortal("H27.15", "1.004222", "H27.15", 3).packets():
        assert parse_packets(render_packet(packet)) == (packet,)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"TrangThaiHoSo": 11}, "TrangThaiHoSo"),
        ({"NgayTra": "20/11/2026"}, "NgayTra"),
        ({"MaHoSo": "<script>"}, "MaHoSo"),
        ({"KenhThucHien": "4"}, "KenhThucHien"),
        ({"TruongLa": 1}, "TruongLa"),
        ({"TienTrinh": [{"NguoiXuLy": "A"}]}, "ThoiDiemXuLy"),
    ],
)
def test_packet_of_another_form_is_refused_by_the_name_of_its_member(
    changes: dict[str, object], named: str
) -> None:
    source = msgspec.json.encode(msgspec.json.decode(SMALL) | changes)

    with pytest.raises(MalformedPacket, match=named):
        parse_packets(source)


@given(st.binary(max_size=200))
def test_any_bytes_are_packets_or_refused(source: bytes) -> None:
    try:
        packets = parse_packets(source)
    except MalformedPacket:
        return
    assert all(isinstance(packet, Packet) for packet in packets)


def test_books_are_compared_by_code() -> None:
    found = reconcile(["b", "a", "a", "c"], ["c", "d"])

    assert (found.in_both, found.only_in_first, found.only_in_second) == (1, ("a", "b"), ("d",))
    assert found.repeated == ("a",)
    assert not found.agrees
    assert reconcile(["a", "b"], ["b", "a"]).agrees
