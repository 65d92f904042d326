"""A dossier that rules mark, and everybody who may hear of it: inspectors, its office, others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from falcon.testing import Result

from domain.facts import (
    Grant,
    KeyRegisteredDetails,
    ProcessorAssigned,
    ResultApproved,
    SupplementCompleted,
    SupplementRequested,
    SupplementSubmitted,
)
from domain.facts.integrity import (
    FindingAnswered,
    FindingAnsweredDetails,
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
    FindingVerdict,
)
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Place, next_place, place_after
from tests.http.signing import signed_headers
from tests.http.world import OTHER_OFFICE, World, a_signing_key, a_world, fill_registry
from tests.support.builders import OFFICE
from transparency.notes import SigningKey

NUMBER = "CB-0077"
TEXT = "Hồ sơ thiếu giấy tờ do người nộp khai chưa đủ."


@dataclass
class Raised:
    """`officer` works at the office and has two keys; `colleague` and `head` are of it, too."""

    world: World
    dossier: str
    officer: SigningKey
    second_key: SigningKey
    colleague: SigningKey
    head: SigningKey
    elsewhere: SigningKey
    inspector_elsewhere: SigningKey

    @property
    def inspector(self) -> SigningKey:
        return self.world.keys["inspector"]

    def get(self, key: SigningKey | None, path: str) -> Result:
        """Ask for a path, signed by a key or by nobody."""
        bare, _, query = path.partition("?")
        headers = {} if key is None else signed_headers(key, path, self.world.clock())
        return self.world.client.simulate_get(bare, query_string=query, headers=headers)

    def listed(self, path: str = "/v1/findings", key: SigningKey | None = None) -> Any:
        result = self.get(key or self.inspector, path)
        assert result.status_code == 200, result.text
        return result.json

    def rules_asked(self, key: SigningKey) -> list[str]:
        found = self.listed("/v1/findings/asked", key)["findings"]
        return sorted(finding["rule"] for finding in found)

    def sign(
        self,
        kind: str,
        stream: str,
        facts: Any,
        details: Any,
        signer: tuple[Role, SigningKey],
        place: Place | None = None,
    ) -> SubmittedAction:
        """Sign the next act of a finding, or one at the place that is named."""
        place = place or next_place(self.world.parts.reader, stream)
        return self.world.drafter.sign(
            kind, stream, place, self.world.now, facts, (signer,), details=details
        )

    def act(self, *actions: SubmittedAction) -> None:
        self.world.record(*actions)
        self.world.settle()
        self.world.follow()

    def raise_lead(self, finding: dict[str, Any], **changes: Any) -> SubmittedAction:
        """Sign what a listed finding says, on the stream that the server names for it."""
        members = {
            "rule": finding["rule"],
            "rule_version": finding["rule_version"],
            "evidence": tuple(finding["evidence"]),
            "dossier": finding["stream"],
            "office": finding["office"],
            "about": finding["stream"],
        }
        return self.sign(
            "finding.raised",
            finding["finding_stream"],
            FindingRaised(),
            FindingRaisedDetails(**(members | changes)),
            (Role.INSPECTOR, self.inspector),
            FIRST_PLACE,
        )

    def raise_on_person(self, stream: str, rule: str = "R05") -> None:
        """Raise a finding by a rule on persons, which asks the officer."""
        details = FindingRaisedDetails(
            rule=rule,
            rule_version=1,
            evidence=(3,),
            office=OFFICE,
            about=f"key:{self.officer.name}",
            asked=self.officer.name,
            explanation="Lý do\nReason",
        )
        signer = (Role.INSPECTOR, self.inspector)
        self.act(self.sign("finding.raised", stream, FindingRaised(), details, signer))

    def answer(self, stream: str, signer: tuple[Role, SigningKey]) -> None:
        details = FindingAnsweredDetails(text=TEXT)
        self.act(self.sign("finding.answered", stream, FindingAnswered(), details, signer))

    def close(
        self,
        stream: str,
        verdict: FindingVerdict = FindingVerdict.EXPLAINED,
        *,
        is_alarm: bool = False,
    ) -> None:
        details = FindingClosedDetails(verdict=verdict)
        facts = FindingClosed(verdict=verdict if is_alarm else None)
        signer = (Role.INSPECTOR, self.inspector)
        self.act(self.sign("finding.closed", stream, facts, details, signer))


@contextmanager
def a_raised_world(folder: Path, **changes: Any) -> Iterator[Raised]:
    with a_world(folder, **changes) as world:
        fill_registry(world)
        office = Grant(Role.PROCESSOR, OFFICE)
        raised = Raised(
            world=world,
            dossier=_ask_twice_for_supplements(world),
            officer=_enrol_officer(world),
            second_key=_enrol_officer(world),
            colleague=world.enrol("colleague", office),
            head=world.enrol("head of office", Grant(Role.HEAD, OFFICE)),
            elsewhere=world.enrol("elsewhere", Grant(Role.PROCESSOR, OTHER_OFFICE)),
            inspector_elsewhere=world.enrol("away", Grant(Role.INSPECTOR, OTHER_OFFICE)),
        )
        world.settle()
        world.follow()
        yield raised


def _enrol_officer(world: World) -> SigningKey:
    key = a_signing_key("officer")
    details = KeyRegisteredDetails(personnel_number=NUMBER)
    grants = (Grant(Role.PROCESSOR, OFFICE),)
    world.record(world.drafter.register_key(world.registrar, key, grants, world.now, details))
    return key


def _ask_twice_for_supplements(world: World) -> str:
    dossier = world.submit()
    world.accept(dossier)
    world.act(dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner")
    for _ in range(2):
        asked = SupplementRequested(answer_by=date(2026, 12, 20))
        world.act(dossier, "dossier.supplement_requested", asked, "processor")
        signer = (Role.APPLICANT, dossier.applicant)
        handed_in = world.sign(
            dossier, "dossier.supplement_submitted", SupplementSubmitted(), signer
        )
        world.record(handed_in)
        dossier.place = place_after(dossier.place, handed_in.note)
        world.act(dossier, "dossier.supplement_completed", SupplementCompleted(), "receiver")
    world.act(dossier, "dossier.result_approved", ResultApproved(), "approver")
    return dossier.stream
