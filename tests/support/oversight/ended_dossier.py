"""A data folder with one ended dossier, full of markers of which an erasure must leave none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from falcon.testing import TestClient

from api import bootstrap
from api.app import create_app
from api.settings import Settings, load_settings
from domain.facts import (
    Channel,
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
)
from domain.facts.waiting import ProcessingStopped, ProcessingStoppedDetails
from domain.offices.codes import CodeBook, CodeFormat
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.drafting import Publishing, next_place, place_after
from ledger.key_files import save_private_key
from tests.http.world import World, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE, a_procedure
from transparency.encoding import encode_base64, render_utc_seconds
from transparency.notes import render_vkey

NAME = "Nguyễn Thị Minh Khai"
NUMBER = "079198001234"
CONTACT = "khai.nguyen@example.test"
REGISTER_NUMBER = "SO-77/2026-KHAI"
GROUND = "người nộp đã qua đời"
SECRET = encode_base64(b"the-slip-secret-of-a-single-one!")


@dataclass(frozen=True)
class EndedDossier:
    """Where it lies, and what nobody may find of it afterwards."""

    data: Path
    stream: str
    code: str
    approver: Path
    submission: SubmittedAction
    secret: str = SECRET

    @property
    def settings(self) -> Settings:
        return load_settings({}, {"data": self.data})

    @property
    def markers(self) -> list[bytes]:
        texts = (NAME, NUMBER, CONTACT, REGISTER_NUMBER, GROUND, self.secret, self.code)
        return [text.encode() for text in texts]

    def later(self, days: int) -> None:
        """Move the simulated clock on."""
        clock = bootstrap.make_clock(self.settings)
        assert isinstance(clock, bootstrap.SimulatedClock)
        clock.set(clock() + timedelta(days=days))

    @contextmanager
    def web(self) -> Iterator[TestClient]:
        """Give a client of a web worker over the folder, without any writer."""
        parts = bootstrap.web_parts(self.settings)
        try:
            yield TestClient(create_app(parts))
        finally:
            parts.views.close()
            parts.vault.close()


def files_with(data: Path, pieces: list[bytes]) -> list[str]:
    """Name every file below the folder that holds one of these pieces."""
    paths = [path for path in sorted(data.rglob("*")) if path.is_file()]
    return [
        str(path.relative_to(data))
        for path in paths
        if any(piece in path.read_bytes() for piece in pieces)
    ]


def an_ended_dossier(
    folder: Path,
    retention_years: int | None = 0,
    afterwards: Callable[[World, str], None] = lambda _world, _stream: None,
) -> EndedDossier:
    """Drive one dossier over HTTP until it is stopped; nothing runs on the folder afterwards."""
    with a_world(folder) as world:
        fill_registry(world)
        _publish_retention(world, retention_years)
        ended = _drive(world, folder)
        afterwards(world, ended.stream)
        world.settle()
        world.follow()
    settings = 'clock = "simulated"\ndemo = true\n'
    (ended.data / "ledger.toml").write_text(settings)
    return ended


def _publish_retention(world: World, years: int | None) -> None:
    document = canonical_json(a_procedure(version=2, retention_years=years))
    place = next_place(world.parts.reader, f"procedure:{PROCEDURE}")
    what = Publishing(document, OFFICE, place, world.now)
    world.record(world.drafter.publish_procedure(world.keys["admin"], PROCEDURE, 2, what))
    world.wait(minutes=1)


def _drive(world: World, folder: Path) -> EndedDossier:
    dossier, _ = world.a_submission()
    facts = DossierSubmitted(
        procedure=PROCEDURE,
        channel=Channel.ONLINE,
        applicant_key=render_vkey(dossier.applicant.verification_key),
    )
    details = DossierSubmittedDetails(
        secret=SECRET, applicant_name=NAME, applicant_number=NUMBER, contact=CONTACT
    )
    signer = (Role.APPLICANT, dossier.applicant)
    submission = world.sign(dossier, "dossier.submitted", facts, signer, details)
    world.record(submission)
    dossier.place = place_after(dossier.place, submission.note)
    code = _allot(world, dossier.stream)
    accepted = DossierAcceptedDetails(code=code, register_number=REGISTER_NUMBER)
    world.act(dossier, "dossier.accepted", DossierAccepted(), "receiver", accepted)
    world.wait(minutes=1)
    stopped = ProcessingStoppedDetails(legal_ground=GROUND, notice_sha256="0a" * 32)
    world.act(dossier, "dossier.processing_stopped", ProcessingStopped(), "approver", stopped)
    approver = folder / "approver.key"
    save_private_key(approver, world.keys["approver"])
    return EndedDossier(world.settings.data, dossier.stream, code, approver, submission)


def _allot(world: World, stream: str) -> str:
    book = bootstrap.allotted_codes(world.settings, world.operator)
    instant = world.now.instant
    assert instant is not None
    format_and_day = CodeBook(CodeFormat.SHORT, OFFICE, world.now.day_in("Asia/Ho_Chi_Minh"))
    try:
        return book.allot(format_and_day, OFFICE, stream, render_utc_seconds(instant)).code
    finally:
        book.close()
