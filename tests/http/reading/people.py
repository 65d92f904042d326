"""One dossier and everybody who may ask for it: holders, officers, inspectors, strangers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from falcon.testing import Result

from domain.facts import (
    Details,
    DossierAccepted,
    DossierAcceptedDetails,
    Facts,
    Grant,
    HoldPlaced,
    HoldPlacedDetails,
    KeyRegisteredDetails,
    ProcessorAssigned,
    ProcessorAssignedDetails,
    ProxyAuthorised,
    ProxyAuthorisedDetails,
    SlipSecretReplaced,
    SlipSecretReplacedDetails,
)
from domain.facts.integrity import (
    AccessLogged,
    AccessLoggedDetails,
    AccessOrderIssued,
    AccessOrderIssuedDetails,
    AccessPurpose,
)
from domain.kinds import KINDS
from domain.moments import Moment
from domain.procedures import Publication
from domain.procedures.profiles import PublicationProfile
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Place, place_after
from tests.http.signing import signed_headers
from tests.http.world import (
    OTHER_OFFICE,
    DossierHandle,
    World,
    a_signing_key,
    a_world,
    action_body,
    fill_registry,
    json_headers,
)
from tests.support.builders import HEX64, OFFICE
from tests.support.oversight.needs import completed_details
from transparency.encoding import decode_base64
from transparency.notes import SigningKey, render_vkey

APPLICANT = "Đặng Thị Hạnh"
OFFICER_NUMBER = "CB-0042"
ORDER = "12/QĐ-TTr"
ORDER_UNTIL = date(2026, 12, 31)
ORDER_STREAM = "access:" + "0d" * 32
FAR_FUTURE = 100_000

INSPECTORS = frozenset({Reader.INSPECTOR, Reader.INSPECTOR_UNDER_ORDER, Reader.INSPECTOR_ELSEWHERE})
HOLDERS = frozenset({Reader.HOLDS_SECRET, Reader.HOLDS_KEY, Reader.PROXY})


@dataclass
class Case:
    """A dossier with everybody's keys; `assignee` is known by the personnel number alone."""

    world: World
    dossier: DossierHandle
    keys: dict[Reader, SigningKey] = field(default_factory=dict)
    order_stream: str = ORDER_STREAM
    former_secret: str = ""

    def issue_order(self, stream: str, key: SigningKey, **changes: Any) -> SubmittedAction:
        """Sign an inspection order for the inspector, on a stream of its own."""
        members: dict[str, Any] = {
            "order": ORDER,
            "readers": (self.keys[Reader.INSPECTOR].name,),
            "until": ORDER_UNTIL,
            "offices": (OFFICE,),
        }
        return self.world.drafter.sign(
            "access.order_issued", stream, FIRST_PLACE, self.world.now, AccessOrderIssued(),
            ((changes.pop("role", Role.INSPECTOR), key),),
            details=AccessOrderIssuedDetails(**(members | changes)),
        )  # fmt: skip

    @property
    def path(self) -> str:
        return f"/v1/dossiers/{self.dossier.stream}"

    def headers(self, reader: Reader, path: str) -> dict[str, str]:
        """Give what proves who asks; strangers prove nothing."""
        if reader is Reader.HOLDS_SECRET:
            return {"Dossier-Secret": self.dossier.secret}
        if reader is Reader.HELD_SECRET:
            return {"Dossier-Secret": self.former_secret}
        if reader is Reader.KNOWS_CODE:
            return {"Dossier-Secret": self.dossier.code}
        if reader is Reader.ANYONE:
            return {}
        return signed_headers(self.keys[reader], path, self.world.clock())

    def get(self, reader: Reader, path: str) -> Result:
        return self.world.client.simulate_get(path, headers=self.headers(reader, path))

    def ask_place(self, key: SigningKey) -> Result:
        path = f"{self.path}/readings/next"
        headers = signed_headers(key, path, self.world.clock())
        return self.world.client.simulate_get(path, headers=headers)

    def entry(self, reader: Reader, *fields: str, **changes: Any) -> SubmittedAction:
        """Sign an access entry at the end of the access stream, wherever it is asked for from."""
        place = self.ask_place(self.keys[Reader.OFFICER_WITH_TASK]).json
        members: dict[str, Any] = {
            "dossier": self.dossier.stream,
            "purpose": AccessPurpose.TASK,
            "fields": fields,
        }
        if reader in INSPECTORS:
            members["purpose"] = AccessPurpose.SUPERVISION
        if reader is Reader.INSPECTOR_UNDER_ORDER:
            members |= {
                "purpose": AccessPurpose.INSPECTION,
                "order": ORDER,
                "order_until": ORDER_UNTIL,
                "order_stream": self.order_stream,
            }
        previous = place.get("previous")
        return self.world.drafter.sign(
            "access.logged",
            changes.pop("stream", place["stream"]),
            Place(place["version"], None if previous is None else decode_base64(previous)),
            changes.pop("at", self.world.now),
            AccessLogged(),
            ((changes.pop("role", self._role(reader)), changes.pop("key", self.keys[reader])),),
            details=AccessLoggedDetails(**(members | changes)),
        )

    def _role(self, reader: Reader) -> Role:
        if reader in INSPECTORS:
            return Role.INSPECTOR
        if reader is Reader.HEAD_OF_OFFICE:
            return Role.HEAD
        return Role.RECEIVER if reader is Reader.OFFICER_WITH_TASK else Role.PROCESSOR

    def post(self, entry: SubmittedAction, **headers: str) -> Result:
        return self.world.client.simulate_post(
            f"{self.path}/readings", body=action_body(entry), headers=json_headers(**headers)
        )

    def read(self, reader: Reader, *fields: str, **changes: Any) -> Result:
        return self.post(self.entry(reader, *fields, **changes))

    def reads(self) -> list[Any]:
        """Give the access list as the holder sees it."""
        result = self.get(Reader.HOLDS_SECRET, f"{self.path}/access")
        assert result.status_code == 200, result.text
        reads: list[Any] = result.json["reads"]
        return reads

    def replace_slip(
        self, secret: str, *signers: tuple[Role, SigningKey], at: Moment | None = None
    ) -> None:
        """Give the dossier a new slip; the present secret is that of the former one."""
        details = SlipSecretReplacedDetails(secret=secret, reason_code="slip_lost")
        kind = "dossier.slip_secret_replaced"
        self.act_together(kind, SlipSecretReplaced(), details, *signers, at=at)
        self.former_secret, self.dossier.secret = self.dossier.secret, secret

    def act_together(
        self,
        kind: str,
        facts: Facts,
        details: Details,
        *signers: tuple[Role, SigningKey],
        at: Moment | None = None,
    ) -> None:
        dossier, world = self.dossier, self.world
        action = world.drafter.sign(
            kind, dossier.stream, dossier.place, at or world.now, facts, signers,
            office=OFFICE, details=completed_details(KINDS[kind], facts, details),
        )  # fmt: skip
        world.record(action)
        dossier.place = place_after(dossier.place, action.note)


@contextmanager
def a_case(folder: Path, **changes: Any) -> Iterator[Case]:
    with a_world(folder, lookups_per_minute=FAR_FUTURE, **changes) as world:
        fill_registry(world)
        yield fill_case(world)


@contextmanager
def a_veiled_case(folder: Path) -> Iterator[Case]:
    """The same people around a dossier that its procedure veils."""
    with a_world(folder, lookups_per_minute=FAR_FUTURE) as world:
        fill_registry(world, publication=PublicationProfile(commune=Publication.VEILED))
        world.recorded = (201, 202)
        yield fill_case(world)


def fill_case(world: World) -> Case:
    """Submit, accept and assign a dossier, with a proxy and a hold, and enrol who may ask."""
    case = Case(world, world.submit())
    case.keys = _keys(world, case)
    act = world.act
    accepted = DossierAcceptedDetails(code=case.dossier.code, slip_sha256=HEX64)
    act(case.dossier, "dossier.accepted", DossierAccepted(), "receiver", accepted)
    assigned = ProcessorAssignedDetails(assignee=OFFICER_NUMBER)
    act(case.dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner", assigned)
    held = HoldPlacedDetails(ground="Khiếu nại của bên thứ ba", document_sha256=HEX64)
    act(case.dossier, "dossier.hold_placed", HoldPlaced(), "approver", held)
    proxy = case.keys[Reader.PROXY]
    case.act_together(
        "dossier.proxy_authorised",
        ProxyAuthorised(proxy_key=render_vkey(proxy.verification_key)),
        ProxyAuthorisedDetails(proxy_name="Lê Văn Tám", scope="Nộp và nhận kết quả"),
        (Role.APPLICANT, case.dossier.applicant),
        (Role.HOLDER, proxy),
    )
    world.record(case.issue_order(ORDER_STREAM, world.enrol("orders", Grant(Role.INSPECTOR, "*"))))
    world.settle()
    world.follow()
    return case


def _keys(world: World, case: Case) -> dict[Reader, SigningKey]:
    return {
        Reader.HOLDS_KEY: case.dossier.applicant,
        Reader.PROXY: a_signing_key("proxy"),
        Reader.OFFICER_WITH_TASK: world.keys["receiver"],
        Reader.OFFICER_WITHOUT_TASK: world.enrol("idle", Grant(Role.PROCESSOR, OFFICE)),
        Reader.OFFICER_ELSEWHERE: world.enrol("elsewhere", Grant(Role.PROCESSOR, OTHER_OFFICE)),
        Reader.HEAD_OF_OFFICE: world.enrol("head of office", Grant(Role.HEAD, OFFICE)),
        Reader.INSPECTOR: world.keys["inspector"],
        Reader.INSPECTOR_UNDER_ORDER: world.keys["inspector"],
        Reader.INSPECTOR_ELSEWHERE: world.enrol("away", Grant(Role.INSPECTOR, OTHER_OFFICE)),
    }


def enrol_assignee(world: World) -> SigningKey:
    """Enrol the processor whom the leader's assignment means by the personnel number."""
    key = a_signing_key("officer")
    number = KeyRegisteredDetails(personnel_number=OFFICER_NUMBER)
    grants = (Grant(Role.PROCESSOR, OFFICE),)
    world.record(world.drafter.register_key(world.registrar, key, grants, world.now, number))
    world.settle()
    world.follow()
    return key
