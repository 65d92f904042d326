"""The synchronisation packet: one dossier as the national portal and the provinces exchange it.

JSON with the members that domain.md 2.4 lists, by their Vietnamese names. What that list leaves
open is ours, and says nothing about the real portal's wire format, which was not to be had:
moments are written as everywhere here (`2026-11-21T08:03:11Z` or a day), `TienTrinh` holds the
steps, and the members of one supplement, paper, fee and result are named below. A file holds one
packet, a list of them, or one a line. Unknown members are refused by name: what is not understood
is not dropped.

A small one: `{"MaHoSo":"H27.15-261120-0001","MaTTHC":"1.004222","NgayNopHoSo":"2026-11-20",
"TrangThaiHoSo":1}`.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, field

from domain.facts.shapes import Code, MomentText
from ledger.errors import MalformedPacket

MAX_PACKETS_BYTES: Final = 64 << 20
MAX_PACKETS: Final = 100_000
COUNTER, ONLINE, POST = "1", "2", "3"

Line = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
PortalCode = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._/-]{0,63}$(?!\n)")]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a packet and its parts; absent members are left out."""


class PacketStep(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One step of processing: who, as what, when, where, and what was done."""

    officer: Line | None = field(default=None, name="NguoiXuLy")
    title: Line | None = field(default=None, name="ChucDanh")
    at: MomentText = field(name="ThoiDiemXuLy")
    unit: Line | None = field(default=None, name="PhongBanXuLy")
    content: Text | None = field(default=None, name="NoiDungXuLy")
    status: Annotated[int, Meta(ge=1, le=10)] | None = field(default=None, name="TrangThai")
    began_at: MomentText | None = field(default=None, name="NgayBatDau")
    due_at: MomentText | None = field(default=None, name="NgayKetThucTheoQuyDinh")


class PacketSupplement(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One request for further papers; `completed_at` once they were found complete."""

    officer: Line | None = field(default=None, name="NguoiYeuCauBoSung")
    content: Text | None = field(default=None, name="NoiDungBoSung")
    requested_at: MomentText = field(name="NgayBoSung")
    completed_at: MomentText | None = field(default=None, name="NgayTiepNhanBoSung")
    old_appointment: MomentText | None = field(default=None, name="NgayHenTraTruoc")
    new_appointment: MomentText | None = field(default=None, name="NgayHenTraMoi")


class PacketPaper(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One paper that was handed in."""

    component: Line = field(name="MaThanhPhanHoSo")
    name: Text | None = field(default=None, name="TenTepDinhKem")
    digitised: bool | None = field(default=None, name="DuocSoHoa")
    reused: bool | None = field(default=None, name="DuocTaiSuDung")
    from_store: bool | None = field(default=None, name="DuocLayTuKhoDMQG")


class PacketFee(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One fee."""

    name: Text | None = field(default=None, name="TenPhiLePhi")
    code: Line | None = field(default=None, name="MaPhiLePhi")
    amount_vnd: Annotated[int, Meta(ge=0, le=10**12)] | None = field(default=None, name="Gia")


class PacketResult(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One paper of the result."""

    code: Line | None = field(default=None, name="MaGiayToKetQua")
    name: Text | None = field(default=None, name="TenGiayTo")
    link: Text | None = field(default=None, name="DuongDanTepTinKetQua")


class Packet(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One dossier as it stands in the book of the system that sends it."""

    code: PortalCode = field(name="MaHoSo")
    procedure: Code = field(name="MaTTHC")
    procedure_name: Text | None = field(default=None, name="TenTTHC")
    procedure_field: Line | None = field(default=None, name="MaLinhVuc")
    channel: Annotated[str, Meta(pattern="^[123]$(?!\\n)")] = field(
        default=COUNTER, name="KenhThucHien"
    )
    applicant_name: Line | None = field(default=None, name="ChuHoSo")
    applicant_number: Line | None = field(default=None, name="SoGiayToChuHoSo")
    applicant_kind: Line | None = field(default=None, name="LoaiDoiTuong")
    submitted_at: MomentText = field(name="NgayNopHoSo")
    accepted_at: MomentText | None = field(default=None, name="NgayTiepNhan")
    appointment: MomentText | None = field(default=None, name="NgayHenTra")
    processed_at: MomentText | None = field(default=None, name="NgayKetThucXuLy")
    returned_at: MomentText | None = field(default=None, name="NgayTra")
    refused_at: MomentText | None = field(default=None, name="NgayTuChoi")
    status: Annotated[int, Meta(ge=1, le=10)] = field(name="TrangThaiHoSo")
    return_form: Line | None = field(default=None, name="HinhThuc")
    return_place: Text | None = field(default=None, name="ThongTinTra")
    unit: Line | None = field(default=None, name="DonViXuLy")
    papers: tuple[PacketPaper, ...] = field(default=(), name="TaiLieuNop")
    fees: tuple[PacketFee, ...] = field(default=(), name="DanhSachLePhi")
    supplements: tuple[PacketSupplement, ...] = field(default=(), name="DanhSachHoSoBoSung")
    results: tuple[PacketResult, ...] = field(default=(), name="DanhSachGiayToKetQua")
    has_digitised: bool | None = field(default=None, name="HoSoCoThanhPhanSoHoa")
    has_verified_account: bool | None = field(default=None, name="TaiKhoanDuocXacThucVoiVNeID")
    paid_online: Annotated[int, Meta(ge=0, le=2)] | None = field(
        default=None, name="DuocThanhToanTrucTuyen"
    )
    connected: tuple[Line, ...] = field(default=(), name="DSKetNoiCSDL")
    steps: tuple[PacketStep, ...] = field(default=(), name="TienTrinh")


_ONE: Final = msgspec.json.Decoder(Packet)
_LIST: Final = msgspec.json.Decoder(tuple[Packet, ...])
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def parse_packets(source: bytes) -> tuple[Packet, ...]:
    """Read one packet, a list of packets, or one a line.

    Raises:
        MalformedPacket: another form; the message names the member.
    """
    if len(source) > MAX_PACKETS_BYTES:
        raise MalformedPacket(f"over {MAX_PACKETS_BYTES} bytes")
    try:
        packets = _parse(source.strip())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedPacket(str(error)) from error
    if len(packets) > MAX_PACKETS:
        raise MalformedPacket(f"over {MAX_PACKETS} packets")
    return packets


def _parse(source: bytes) -> tuple[Packet, ...]:
    if source.startswith(b"["):
        return _LIST.decode(source)
    lines = [line for line in source.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines):
        return tuple(_ONE.decode(line) for line in lines)
    return (_ONE.decode(source),)


def render_packet(packet: Packet) -> bytes:
    """Write one packet on one line; `parse_packets` reads it."""
    return _ENCODER.encode(packet)


def packet_content(part: msgspec.Struct) -> str:
    """Give a part of a packet as one canonical text, by which it is recognised again."""
    return _ENCODER.encode(part).decode()
