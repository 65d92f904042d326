"""One small real system behind the HTTP interface: embedded writer, stores in a temporary folder.

The clock is simulated and stands still unless a test moves it. Keys come from counted seeds.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from falcon.asgi import App, Request, Response
from falcon.testing import Result, TestClient

from api import bootstrap
from api.app import create_app
from api.interface.log_lines import configure_log
from api.parts import Parts
from api.settings import Settings
from domain.facts import (
    ANY_OFFICE,
    Channel,
    Details,
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
    Facts,
    Grant,
    KeyRevoked,
    RevocationReason,
)
from domain.kinds import KINDS
from domain.moments import Moment
from domain.roles import KEY_WORDS, Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import ACTION_TYPE_LINE, canonical_json
from ledger.calendar_source import calendar_document
from ledger.drafting import FIRST_PLACE, Drafter, Place, Publishing, place_after
from ledger.key_files import OperatorKeys
from ledger.opening import opening_action
from projections.follower import Follower
from tests.support.builders import OFFICE, PROCEDURE, a_procedure, an_office
from tests.support.keys.personnel import the_holder_of
from tests.support.oversight.needs import completed_details
from transparency.encoding import encode_base64
from transparency.notes import SigningKey, render_vkey

STARTED_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
OTHER_OFFICE = "H27.07"
ROLES = {
    "receiver": Role.RECEIVER,
    "assigner": Role.ASSIGNER,
    "processor": Role.PROCESSOR,
    "approver": Role.APPROVER,
    "inspector": Role.INSPECTOR,
    "admin": Role.CATALOGUE_ADMIN,
}

_seeds = count(1)


def a_seed() -> bytes:
    return next(_seeds).to_bytes(32, "big")


def a_signing_key(kind: str) -> SigningKey:
    return SigningKey.named_after_kind(kind, a_seed())


@dataclass
class DossierHandle:
    """A dossier that a test drives: its stream, its applicant's key, its slip."""

    stream: str
    applicant: SigningKey
    secret: str
    code: str
    place: Place = FIRST_PLACE


@dataclass
class World:
    settings: Settings
    parts: Parts
    app: "App[Request, Response]"
    client: TestClient
    follower: Follower
    registrar: SigningKey
    drafter: Drafter
    keys: dict[str, SigningKey] = field(default_factory=dict)
    # What answers to recorded actions have: 202 too where dossiers are veiled.
    recorded: tuple[int, ...] = (201,)
    _dossiers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def clock(self) -> bootstrap.SimulatedClock:
        clock = self.parts.clock
        assert isinstance(clock, bootstrap.SimulatedClock)
        return clock

    @property
    def operator(self) -> OperatorKeys:
        return bootstrap.operator_keys(self.settings)

    @property
    def now(self) -> Moment:
        return Moment(instant=self.clock().replace(microsecond=0))

    def wait(self, **duration: float) -> None:
        self.clock.set(self.clock() + timedelta(**duration))

    def post(self, action: SubmittedAction, **headers: str) -> Result:
        return self.client.simulate_post(
            "/v1/actions", body=action_body(action), headers=json_headers(**headers)
        )

    def record(self, *actions: SubmittedAction) -> None:
        for action in actions:
            result = self.post(action)
            assert result.status_code in self.recorded, result.text

    def enrol(self, name: str, *grants: Grant) -> SigningKey:
        key = a_signing_key(name if name in KEY_WORDS else "officer")
        details = the_holder_of(key)
        self.record(self.drafter.register_key(self.registrar, key, grants, self.now, details))
        self.keys[name] = key
        return key

    def revoke(self, key: SigningKey, registration: SubmittedAction) -> None:
        self.record(
            self.drafter.sign(
                "key.revoked",
                f"key:{key.name}",
                place_after(FIRST_PLACE, registration.note),
                self.now,
                KeyRevoked(reason=RevocationReason.LOST),
                ((Role.REGISTRAR, self.registrar),),
            )
        )

    def a_submission(self, **changes: Any) -> tuple[DossierHandle, SubmittedAction]:
        """Sign the submission of a new dossier; nothing is sent yet."""
        number = next(self._dossiers)
        applicant = a_signing_key("applicant")
        dossier = DossierHandle(
            stream=f"dossier:{number:032x}",
            applicant=applicant,
            secret=encode_base64(number.to_bytes(32, "big")),
            code=f"H27.15-261120-{number:04d}",
        )
        facts = DossierSubmitted(
            procedure=PROCEDURE,
            channel=Channel.ONLINE,
            applicant_key=render_vkey(applicant.verification_key),
        )
        details = DossierSubmittedDetails(secret=dossier.secret, applicant_name="Đặng Thị Hạnh")
        action = self.sign(
            dossier, "dossier.submitted", facts, (Role.APPLICANT, applicant), details, **changes
        )
        return dossier, action

    def sign(
        self,
        dossier: DossierHandle,
        kind: str,
        facts: Facts,
        signer: tuple[Role, SigningKey],
        details: Details | None = None,
        **changes: Any,
    ) -> SubmittedAction:
        office = changes.pop("office", OFFICE)
        at = changes.pop("at", self.now)
        place = changes.pop("place", dossier.place)
        assert not changes
        private = completed_details(KINDS[kind], facts, details)
        return self.drafter.sign(
            kind, dossier.stream, place, at, facts, (signer,), office=office, details=private
        )

    def submit(self) -> DossierHandle:
        """Record the submission of a new dossier."""
        dossier, action = self.a_submission()
        self.record(action)
        dossier.place = place_after(dossier.place, action.note)
        return dossier

    def act(
        self,
        dossier: DossierHandle,
        kind: str,
        facts: Facts,
        signer: str,
        details: Details | None = None,
        **changes: Any,
    ) -> SubmittedAction:
        """Record the next act on a dossier, signed as the role that the key's name says."""
        signed_by = (ROLES[signer], self.keys[signer])
        action = self.sign(dossier, kind, facts, signed_by, details, **changes)
        self.record(action)
        dossier.place = place_after(dossier.place, action.note)
        return action

    def accept(self, dossier: DossierHandle, office: str = OFFICE) -> SubmittedAction:
        details, facts = DossierAcceptedDetails(code=dossier.code), DossierAccepted()
        return self.act(dossier, "dossier.accepted", facts, "receiver", details, office=office)

    def drafter_for(self, ledger: str) -> Drafter:
        return Drafter(ledger, _count_bytes)

    def settle(self) -> None:
        """Wait until everything recorded is published: a repeat waits for its receipt."""
        reader = self.parts.reader
        deadline = time.monotonic() + 10
        while (published := reader.checkpoint()) is None or (
            published.tree_size < reader.sequenced_size()
        ):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def follow(self) -> None:
        self.follower.catch_up()


@contextmanager
def a_world(folder: Path, **changes: Any) -> Iterator[World]:
    settings = msgspec.structs.replace(
        Settings(data=folder / "data", clock="simulated", demo=True, log_level="error"), **changes
    )
    settings.data.mkdir(parents=True)
    bootstrap.SimulatedClock(bootstrap.data_folder(settings).clock).set(STARTED_AT)
    configure_log(settings)
    with bootstrap.embedded_writer(settings, on_fatal=_fail) as writer:
        parts = bootstrap.web_parts(settings, writer)
        keys = bootstrap.operator_keys(settings)
        app = create_app(parts)
        yield World(
            settings=settings,
            parts=parts,
            app=app,
            client=TestClient(app),
            follower=bootstrap.follower(settings),
            registrar=keys.registrar,
            drafter=Drafter(keys.origin, _count_bytes),
        )


def fill_registry(world: World, **procedure: Any) -> None:
    """Open the ledger and register offices, keys, calendar and procedure."""
    keys = bootstrap.operator_keys(world.settings)
    world.record(opening_action(keys, world.clock()))
    for office_id in (OFFICE, OTHER_OFFICE):
        document = canonical_json(an_office(office_id))
        world.record(
            world.drafter.register_office(
                world.registrar, office_id, document, FIRST_PLACE, world.now
            )
        )
    for name, role in ROLES.items():
        world.enrol(name, Grant(role, ANY_OFFICE))
    what = Publishing(calendar_document(2026, 2026), OFFICE, FIRST_PLACE, world.now)
    world.record(world.drafter.publish_calendar(world.keys["admin"], "VN", what))
    what = replace(what, document=canonical_json(a_procedure(**procedure)))
    world.record(world.drafter.publish_procedure(world.keys["admin"], PROCEDURE, 1, what))
    world.wait(minutes=1)


def size_of(world: World) -> int:
    """Count the recorded actions: the entries that are not seals."""
    reader = world.parts.reader
    entries = reader.entries(0, reader.sequenced_size())
    return sum(entry.body.startswith(ACTION_TYPE_LINE) for entry in entries)


def action_body(action: SubmittedAction) -> bytes:
    """Write an action as clients send it."""
    body: dict[str, object] = {"note": action.note.decode()}
    if action.details is not None and action.salt is not None:
        body["details"] = {
            "salt": encode_base64(action.salt),
            "body": action.details.decode(),
        }
    if action.document is not None:
        body["document"] = action.document.decode()
    return msgspec.json.encode(body)


def json_headers(**headers: str) -> dict[str, str]:
    return {"Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }


def _count_bytes(size: int) -> bytes:
    return next(_seeds).to_bytes(size, "big")


def _fail(error: BaseException) -> None:
    raise AssertionError("the writer failed") from error
