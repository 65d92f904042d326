"""One office's ledger on disk, at whose desk `portal` and `codes` are typed."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from api import bootstrap
from api.settings import settings_of_process
from cli.main import cli
from cli.sessions import open_session
from domain.facts import Grant
from domain.facts.integrity import AccessLoggedDetails
from domain.keys import KeyRecord
from domain.moments import Moment, render_moment
from domain.roles import Role
from ledger.access_streams import access_stream
from ledger.bodies import canonical_json
from ledger.calendar_source import calendar_document
from ledger.drafting import FIRST_PLACE, Publishing
from ledger.key_files import load_private_key, new_actor_key, save_private_key
from ledger.stream_register import StreamRegister
from projections.access import open_actions
from tests.support.builders import OFFICE, PROCEDURE, a_procedure, an_office
from tests.support.keys.personnel import the_holder_of

SECRET = "A" * 43 + "="
ROLES = (Role.RECEIVER, Role.SYSTEM, Role.HEAD, Role.PROCESSOR)


@dataclass(frozen=True)
class Ran:
    code: int
    members: dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """One office's ledger on disk, with a key file for each role."""

    folder: Path
    opened_at: Moment

    def key(self, name: str) -> str:
        return str(self.folder / f"{name}.key")

    def run(self, *arguments: str, data: str = "data") -> Ran:
        result = CliRunner().invoke(cli, [*arguments, "--data", str(self.folder / data), "--json"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return Ran(result.exit_code, json.loads(result.stdout) if result.stdout else {})

    def day(self) -> str:
        return f"{self.opened_at.day_in('Asia/Ho_Chi_Minh'):%y%m%d}"

    def portal_key(self) -> KeyRecord:
        """Give the registry's record of the key that the intake made."""
        settings = settings_of_process({"data": self.folder / "data"})
        keys = bootstrap.prepare_data_folder(settings)
        (path,) = (self.folder / "data" / "keys").glob("portal-*.key")
        reader, documents = bootstrap.ledger_reader(settings), bootstrap.documents(settings)
        record = StreamRegister(reader, documents, keys.origin).key(load_private_key(path).name)
        assert record is not None
        return record

    def submit(self) -> str:
        self.run("keys", "new", "applicant", "--out", self.key(f"applicant{len(self.keys())}"))
        applicant = self.keys()[-1]
        facts = json.dumps({"procedure": PROCEDURE, "channel": "online"})
        named = {"applicant_name": "Đặng Thị Hạnh", "delivery": "online", "notice_version": "1"}
        details = json.dumps({"secret": SECRET} | named)
        ran = self.run(
            *("act", "dossier.submitted", "--stream", "new", "--office", OFFICE),
            *("--sign", f"applicant={applicant}", "--facts", facts, "--details", details),
        )
        assert ran.code == 0, ran.members
        return str(ran.members["stream"])

    def accept(self, stream: str, code: str) -> Ran:
        return self.run(
            *("act", "dossier.accepted", "--stream", stream, "--office", OFFICE),
            *(
                "--sign",
                f"receiver={self.key('receiver')}",
                "--details",
                json.dumps({"code": code}),
            ),
        )

    def keys(self) -> list[str]:
        return sorted(str(path) for path in self.folder.glob("applicant*.key"))

    def lay_down(self, *packets: dict[str, Any], name: str = "packets.json") -> str:
        path = self.folder / name
        path.write_bytes(msgspec.json.encode(packets))
        return str(path)

    def take_in(self, *packets: dict[str, Any]) -> Ran:
        return self.run(
            *("portal", "intake", self.lay_down(*packets), "--origin", "h27-system"),
            *("--office", OFFICE),
        )

    def access_entries(self, secret: str = SECRET) -> list[AccessLoggedDetails]:
        """Give what the access stream of a dossier with that secret holds."""
        settings = settings_of_process({"data": self.folder / "data"})
        keys = bootstrap.prepare_data_folder(settings)
        events = bootstrap.ledger_reader(settings).stream_events(access_stream(secret))
        with closing(bootstrap.vault(settings, keys)) as vault:
            acts = open_actions(events, keys.origin, vault.open)
        return [act.details for act in acts if isinstance(act.details, AccessLoggedDetails)]


async def open_office(folder: Path) -> Moment:
    async with open_session(folder / "data") as session:
        registrar, now = session.keys.registrar, session.now()
        admin = new_actor_key("officer", bootstrap.random_bytes)
        office = canonical_json(an_office())
        actions = [
            session.drafter.register_office(registrar, OFFICE, office, FIRST_PLACE, now),
            session.drafter.register_key(registrar, admin, [Grant(Role.CATALOGUE_ADMIN, "*")], now),
        ]
        for role in ROLES:
            key = new_actor_key("officer", bootstrap.random_bytes)
            save_private_key(folder / f"{role}.key", key)
            grants = [Grant(role, OFFICE)]
            drafter = session.drafter
            actions.append(drafter.register_key(registrar, key, grants, now, the_holder_of(key)))
        await session.submit(*actions)
        assert now.instant is not None
        year = now.instant.year
        calendar = Publishing(calendar_document(year, year), OFFICE, FIRST_PLACE, now)
        procedure = Publishing(canonical_json(a_procedure()), OFFICE, FIRST_PLACE, now)
        await session.submit(
            session.drafter.publish_calendar(admin, "VN", calendar),
            session.drafter.publish_procedure(admin, PROCEDURE, 1, procedure),
        )
        return now


def a_packet(desk: Desk, **changes: Any) -> dict[str, Any]:
    """Give a packet of a dossier that was accepted an hour ago; times are in the past."""
    return {
        "MaHoSo": f"H27.15-{desk.day()}-0007",
        "MaTTHC": PROCEDURE,
        "NgayNopHoSo": ago(desk, hours=3),
        "NgayTiepNhan": ago(desk, hours=2),
        "TrangThaiHoSo": 4,
        "DonViXuLy": OFFICE,
        "ChuHoSo": "Lê Văn Tám",
        "TienTrinh": [a_step(desk, "Tiếp nhận", hours=2)],
    } | changes


def a_step(desk: Desk, content: str, **back: float) -> dict[str, Any]:
    return {
        "NguoiXuLy": "Trần Thị Bưởi",
        "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": ago(desk, **back),
        "NoiDungXuLy": content,
        "TrangThai": 4,
    }


def ago(desk: Desk, **back: float) -> str:
    assert desk.opened_at.instant is not None
    return render_moment(Moment(instant=desk.opened_at.instant - timedelta(**back)))
