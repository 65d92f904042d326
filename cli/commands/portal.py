"""``portal``: packets of the national portal, out and in, and the comparison of two books.

The real portal could not be had: packets travel as files, and ``--simulate`` invents some.
"""

import asyncio
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click
import msgspec

from api import bootstrap
from api.data_folder import DataFolder
from cli.access_entries import Reading, log_readings
from cli.output import EXIT_FAILED, UsageProblem, command, report, talk
from cli.sessions import Session, open_session, project
from cli.sources import read_key_file
from domain.actions import Action
from domain.errors import NotYourOffice
from domain.facts import Grant, RoleGranted
from domain.facts.integrity import AccessPurpose
from domain.reading.rights import Subject
from domain.roles import Role
from domain.rules.register import office_record
from ledger.access_streams import access_stream_of
from ledger.codes.checking import RecordedCode, recorded_codes
from ledger.drafting import next_place
from ledger.errors import MalformedPacket
from ledger.importing.pseudonyms import keyed_hash
from ledger.key_files import load_private_key, new_actor_key, save_private_key
from ledger.portal.exporting import NEVER_FILLED, packet_of
from ledger.portal.intake import IntakeReport, PacketIntake, Sender
from ledger.portal.opening import OpenedStreams
from ledger.portal.packets import Packet, parse_packets, render_packet
from ledger.portal.planning import PacketPlanner
from ledger.portal.reconciling import reconcile as compare_books
from ledger.portal.sources import FilePackets, PacketSource, SimulatedPortal
from ledger.stream_register import StreamRegister
from projections.dossier_rows import DossierRow
from transparency.notes import SigningKey

# Who may carry an office's dossiers, with names, to the portal: its system, or its head.
EXPORTING_ROLES: Final = (Role.SYSTEM, Role.HEAD)
ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}", re.ASCII)
MAX_PRINTED: Final = 50
THIS_LEDGER: Final = "ledger"
# One packet a line; where there is none, the empty list, which is a file of packets too.
NO_PACKETS: Final = b"[]"
NAMING_FIELDS: Final = (Subject.OFFICERS.value, Subject.PERSONS.value)
EXPLANATION: Final = "Đồng bộ với Cổng Dịch vụ công / sent to the portal (portal export)"


@click.group()
def portal() -> None:
    """The national portal: synchronisation packets out and in, and two books compared."""


@command("export", help="Write the packets of an office's dossiers, names included.")
@click.option("--office", required=True, help="Whose dossiers.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key of the office's system, or of its head.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--unlogged", is_flag=True, help="Also dossiers whose access stream can take no entry."
)
def export(
    office: str, key_file: Path, out: Path, data: Path, *, unlogged: bool, as_json: bool
) -> None:
    """Write one packet a line to OUT: dossiers of OFFICE that have a code.

    Each dossier gets an entry on its access stream first, by the key. A packet begins with the
    private code, so a dossier without an access stream is left out, unless --unlogged says else.
    """
    done = asyncio.run(_export(data, office, read_key_file(key_file), unlogged=unlogged))
    out.touch(mode=0o600)
    lines = [render_packet(packet) for packet in done.packets] or [NO_PACKETS]
    out.write_bytes(b"".join(line + b"\n" for line in lines))
    members: dict[str, object] = {
        "packets": len(done.packets),
        "without_code": done.without_code,
        "access_logged": len(done.readings),
        "without_access_stream": done.without_access_stream,
        "never_filled": NEVER_FILLED,
        "file": str(out),
    }
    report(members, as_json=as_json)


@dataclass(slots=True)
class _Export:
    """Packets that may leave, and the reads that are signed before they do."""

    packets: list[Packet] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    without_code: int = 0
    without_access_stream: list[str] = field(default_factory=list)

    def add(self, acts: Sequence[Action], packet: Packet | None, *, unlogged: bool) -> None:
        """Take in what a dossier's opened acts became."""
        if packet is None:
            self.without_code += 1
            return
        access_stream = access_stream_of(acts)
        if access_stream is not None:
            opened = sorted({act.kind.name for act in acts if act.details is not None})
            fields = (*opened, *NAMING_FIELDS)
            self.readings.append(Reading(acts[0].stream, access_stream, fields))
        else:
            self.without_access_stream.append(acts[0].stream)
        if access_stream is not None or unlogged:
            self.packets.append(packet)


async def _export(data: Path, office: str, key: SigningKey, *, unlogged: bool) -> _Export:
    async with open_session(data) as session:
        register = session.register()
        role = _role_to_export(register, key, office)
        await project(session)
        done = _Export()
        with closing(bootstrap.vault(session.settings, session.keys)) as vault:
            opened = OpenedStreams(session.reader, vault, session.keys.origin)
            for row in _dossiers(session, office):
                acts = opened.acts(row.stream)
                packet = packet_of(acts, register, opened.officer)
                done.add(acts, packet, unlogged=unlogged)
        # SPEC: formats.md, "Keys": recorded before bytes leave.
        await log_readings(session, (role, key), AccessPurpose.TASK, EXPLANATION, done.readings)
    return done


def _role_to_export(register: StreamRegister, key: SigningKey, office: str) -> Role:
    record = register.key(key.name)
    if record is not None and record.revoked_at is None:
        for role in EXPORTING_ROLES:
            if record.covers(role, office):
                return role
    raise NotYourOffice(f"{key.name} is neither system nor head of {office}")


def _dossiers(session: Session, office: str | None) -> list[DossierRow]:
    """Give the dossiers that began here; those of other systems are theirs to send."""
    views = bootstrap.open_views(session.settings)
    # The portal is given and compared with all of an office's dossiers, those under a veil too.
    with views.reading(sees_veiled=True) as reader:
        return [row for row in reader.dossier_rows(office) if not row.imported]


@command("intake", help="Take packets in that another system pushes; repeats add nothing.")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--origin", required=True, help="Name of the sending system, the same every time.")
@click.option("--key", "key_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--office",
    help="For which office; needed where ORIGIN has no key yet; default: the packet's DonViXuLy.",
)
@click.option("--simulate", type=click.IntRange(1, 200), help="Invent so many packets instead.")
@click.option("--procedure", help="With --simulate: a published procedure.")
def intake(  # noqa: PLR0913, PLR0917 - one argument per option
    file: Path | None,
    origin: str,
    key_file: Path | None,
    office: str | None,
    simulate: int | None,
    procedure: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Take the packets of FILE in, signed by the key of the system ORIGIN."""
    if ORIGIN.fullmatch(origin) is None:
        raise UsageProblem("--origin: small letters, digits, dots and hyphens, at most 64")
    source = _source(file, simulate, procedure, office)
    done = asyncio.run(_intake(data, source, origin, key_file, office))
    members: dict[str, object] = msgspec.to_builtins(done)
    members |= {
        "failures": msgspec.to_builtins(done.failures[:MAX_PRINTED]),
        "failed": len(done.failures),
        "simulated": source.simulated,
    }
    report(members, as_json=as_json)
    if done.failures:
        sys.exit(EXIT_FAILED)


def _source(
    file: Path | None, simulate: int | None, procedure: str | None, office: str | None
) -> PacketSource:
    if (file is None) == (simulate is None):
        raise UsageProblem("name a file, or --simulate a number of packets")
    if file is not None:
        return FilePackets(file)
    if procedure is None or office is None or simulate is None:
        raise UsageProblem("--simulate needs --procedure and --office")
    return SimulatedPortal(office, procedure, office, simulate)


async def _intake(
    data: Path, source: PacketSource, origin: str, key_file: Path | None, office: str | None
) -> IntakeReport:
    packets = _packets(source)
    async with open_session(data) as session:
        key = await _senders_key(session, origin, key_file, office)
        taking = PacketIntake(
            session.intake,
            session.drafter,
            (session.reader, session.register(), session.keys.origin),
            PacketPlanner(origin, keyed_hash(session.keys.import_secret)),
            Sender(key, office),
        )
        done = await taking.run(packets, {each.code: each for each in _codes(session)})
        if done.actions_recorded:
            await project(session)
    return done


def _packets(source: PacketSource) -> list[Packet]:
    try:
        return list(source.packets())
    except MalformedPacket as error:
        raise UsageProblem(f"{error.code}: {error}") from error


async def _senders_key(
    session: Session, origin: str, key_file: Path | None, office: str | None
) -> SigningKey:
    """Give the key of a sending system: the named one, or one made at first use.

    The key that is made here may import for the offices that commands have named, and no other.

    Raises:
        UsageProblem: no office is named, and there is no key yet.
    """
    if key_file is not None:
        return read_key_file(key_file)
    path = DataFolder(session.settings.data).keys / f"portal-{origin}.key"
    if not path.exists():
        if office is None:
            raise UsageProblem(f"name --office, or a --key: {origin} has no key here yet")
        save_private_key(path, new_actor_key("portal", bootstrap.random_bytes))
    key = load_private_key(path)
    await _let_import(session, key, office)
    return key


async def _let_import(session: Session, key: SigningKey, office: str | None) -> None:
    record = session.register().key(key.name)
    if office is None or (record is not None and record.covers(Role.IMPORTER, office)):
        return
    grants, now, root = (Grant(Role.IMPORTER, office),), session.now(), session.root()
    drafter = session.drafter
    if record is None:
        await session.submit(drafter.register_key(root, key, grants, now))
        return
    place = next_place(session.reader, f"key:{key.name}")
    await session.submit(drafter.change_key(root, key.name, RoleGranted(grants=grants), place, now))


@command("reconcile", help="List codes that stand in one book only; exit 1 when any.")
@click.argument("first")
@click.argument("second")
@click.option("--office", help="Of `ledger` only what this office accepted.")
def reconcile(first: str, second: str, office: str | None, data: Path, *, as_json: bool) -> None:
    """Compare FIRST and SECOND: files of packets, or ``ledger`` for this one's own codes.

    A file is taken whole: with --office it is to be that office's, as `portal export` writes it.
    """
    if office is not None and THIS_LEDGER not in (first, second):
        raise UsageProblem(f"--office holds {THIS_LEDGER!r} to one office; these are two files")
    found = compare_books(_book(first, data, office), _book(second, data, office))
    members: dict[str, object] = {"agrees": found.agrees} | msgspec.to_builtins(found)
    report(members, as_json=as_json)
    if not found.agrees:
        sys.exit(EXIT_FAILED)


def _book(name: str, data: Path, office: str | None) -> Iterable[str]:
    if name == THIS_LEDGER:
        return asyncio.run(_codes_of(data, office))
    try:
        return [packet.code for packet in parse_packets(Path(name).read_bytes())]
    except MalformedPacket as error:
        raise UsageProblem(f"{name}: {error}") from error


async def _codes_of(data: Path, office: str | None) -> list[str]:
    async with open_session(data) as session:
        if office is not None:
            office_record(session.register(), office)
        return [each.code for each in _codes(session) if office in (None, each.office)]


def _codes(session: Session) -> Iterator[RecordedCode]:
    vault = bootstrap.vault(session.settings, session.keys)
    try:
        unreadable: list[str] = []
        yield from recorded_codes(session.reader, vault, session.keys.origin, unreadable)
        for stream in unreadable:
            talk.print(f"the private part of {stream} does not open", style="yellow", markup=False)
    finally:
        vault.close()


@command("find", help="Where a dossier filed elsewhere stands here, by system and code there.")
@click.option("--origin", required=True, help="The system that has the dossier.")
@click.argument("code")
def find(origin: str, code: str, data: Path, *, as_json: bool) -> None:
    """Give stream and status of the dossier that ORIGIN knows by CODE."""
    stream, status = asyncio.run(_find(data, origin, code))
    if status is None:
        raise UsageProblem(f"no dossier of {origin} with that code was taken in here")
    report({"stream": stream, "status": status}, as_json=as_json)


async def _find(data: Path, origin: str, code: str) -> tuple[str, int | None]:
    async with open_session(data) as session:
        stream = bootstrap.foreign_stream(session.keys, origin, code)
        dossier = session.register().dossier(stream)
        return stream, None if dossier is None else dossier.status.value


for _command in (export, intake, reconcile, find):
    portal.add_command(_command)
