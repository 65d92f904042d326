"""A ledger to measure: a served data folder with its registry, and actions signed beforehand."""

import base64
import itertools
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.data_folder import DataFolder
from cli.sites import render_submission
from domain.facts import (
    Channel,
    DeliveryMethod,
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
    Grant,
    KeyRegisteredDetails,
)
from domain.moments import Moment
from domain.offices import BilingualName, Level, Office
from domain.procedures import Limit, LimitUnit, Procedure
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.calendar_source import calendar_document
from ledger.drafting import FIRST_PLACE, Drafter, Publishing, place_after
from ledger.key_files import load_private_key, new_actor_key
from transparency.notes import SigningKey, render_vkey

OFFICE = "H27"
PROCEDURE = "1.004222"
TIME_ZONE = "Asia/Ho_Chi_Minh"

# No two dossiers have one code.
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class World:
    """A served ledger and the keys to act on it."""

    address: str
    origin: str
    registrar: SigningKey
    officer: SigningKey
    supervisor_pid: int

    @property
    def drafter(self) -> Drafter:
        """Give a drafter for this ledger."""
        return Drafter(self.origin, os.urandom)


@contextmanager
def served(data: Path, workers: int) -> Iterator[World]:
    """Serve a fresh ledger for as long as the context lasts."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "cli.main", "serve", "--port", "0",
            "--workers", str(workers), "--data", str(data),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        origin = (DataFolder(data).keys / "origin").read_text(encoding="ascii").strip()
        registrar = load_private_key(DataFolder(data).keys / "registrar.key")
        officer = new_actor_key("officer", os.urandom)
        yield World(address, origin, registrar, officer, process.pid)
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def now() -> Moment:
    """Give the present moment."""
    return Moment(instant=datetime.now(UTC).replace(microsecond=0))


def registry_acts(world: World) -> list[SubmittedAction]:
    """Sign what must be there before the first dossier."""
    drafter, at = world.drafter, now()
    name = BilingualName(vi="Đơn vị đo", en="Measured office")
    office = Office(id=OFFICE, name=name, level=Level.PROVINCE, time_zone=TIME_ZONE)
    procedure = Procedure(
        code=PROCEDURE,
        version=1,
        name=name,
        level=Level.PROVINCE,
        limit=Limit(unit=LimitUnit.WORKING_DAYS, amount=7),
    )
    number = KeyRegisteredDetails(personnel_number="CB-0001")
    grants = [Grant(Role.RECEIVER, "*"), Grant(Role.CATALOGUE_ADMIN, "*")]
    calendar = Publishing(calendar_document(), OFFICE, FIRST_PLACE, at)
    publishing = Publishing(canonical_json(procedure), OFFICE, FIRST_PLACE, at)
    return [
        drafter.register_key(world.registrar, world.officer, grants, at, number),
        drafter.register_office(world.registrar, OFFICE, canonical_json(office), FIRST_PLACE, at),
        drafter.publish_calendar(world.officer, "VN", calendar),
        drafter.publish_procedure(world.officer, PROCEDURE, 1, publishing),
    ]


def dossier_bodies(world: World, count: int) -> list[tuple[bytes, bytes]]:
    """Sign dossiers: a submission and an acceptance each, both with a private part."""
    drafter, at = world.drafter, now()
    return [_dossier(world, drafter, at, next(_numbers)) for _ in range(count)]


def _dossier(world: World, drafter: Drafter, at: Moment, number: int) -> tuple[bytes, bytes]:
    applicant = new_actor_key("applicant", os.urandom)
    stream = f"dossier:{uuid.UUID(bytes=os.urandom(16), version=4)}"
    submitted = drafter.sign(
        "dossier.submitted",
        stream,
        FIRST_PLACE,
        at,
        DossierSubmitted(
            procedure=PROCEDURE,
            channel=Channel.ONLINE,
            applicant_key=render_vkey(applicant.verification_key),
        ),
        ((Role.APPLICANT, applicant),),
        office=OFFICE,
        details=DossierSubmittedDetails(
            secret=base64.b64encode(os.urandom(32)).decode(),
            applicant_name="Người Nộp Thử",
            delivery=DeliveryMethod.ONLINE,
            notice_version="1",
        ),
    )
    accepted = drafter.sign(
        "dossier.accepted",
        stream,
        place_after(FIRST_PLACE, submitted.note),
        at,
        DossierAccepted(),
        ((Role.RECEIVER, world.officer),),
        office=OFFICE,
        details=DossierAcceptedDetails(code=f"{OFFICE}-{_day_of(at)}-{number:08d}"),
    )
    return render_submission(submitted), render_submission(accepted)


def _day_of(at: Moment) -> str:
    """Write the day as dossier codes do: that of the acceptance, where the office is."""
    return f"{at.day_in(TIME_ZONE):%y%m%d}"
