"""What keeps a dossier's private part: whatever is open about it, and whatever cannot be opened."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest

from domain.actions import Action
from domain.decisions import evolve
from domain.facts import Details, Facts
from domain.facts.feedback import (
    ComplaintDecided,
    ComplaintFiled,
    ComplaintFiledDetails,
    ComplaintOutcome,
    DenunciationReceivedDetails,
)
from domain.facts.integrity import (
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
    FindingVerdict,
)
from domain.kinds import KINDS
from domain.oversight.erasure import OpenMatters
from domain.roles import Role
from ledger.action_notes import open_text
from ledger.erasing.open_matters import opened_matters, recorded_acts
from ledger.remembering.matters import Matters as RememberedMatters
from ledger.storage.port import Group, NewEvent
from tests.support.builders import OFFICE, a_moment, a_register
from tests.support.dossier_cases import a_dossier
from tests.support.paper_ledger import ORIGIN, SECRET, PaperLedger

DOSSIER, OTHER = f"dossier:{'1' * 32}", f"dossier:{'2' * 32}"
PETITION, FINDING = f"petition:{'3' * 32}", f"finding:{'4' * 32}"
AT = "2026-03-02T02:00:00Z"
ENDED = a_dossier(stream=DOSSIER, ended="2026-02-27T02:00:00Z")


class Matters:
    """A paper ledger with one dossier, and what is recorded about it."""

    def __init__(self) -> None:
        self.paper = PaperLedger()
        self.first_entry = self.paper.act(
            "dossier.submission_acknowledged", DOSSIER, AT, Role.SYSTEM, self.paper.officer
        )

    def act(self, kind: str, stream: str, **parts: Any) -> None:
        office = None if stream == FINDING else OFFICE
        key = self.paper.officer
        self.paper.act(kind, stream, AT, Role.INSPECTOR, key, office=office, **parts)

    def complain(self, dossier: str = DOSSIER) -> None:
        details = ComplaintFiledDetails(secret=SECRET, text="chậm trễ", dossier=dossier)
        facts = ComplaintFiled(level=1)
        self.act("petition.complaint_filed", PETITION, facts=facts, details=details)

    def decide(self) -> None:
        facts = ComplaintDecided(outcome=ComplaintOutcome.UPHELD)
        self.act("petition.complaint_decided", PETITION, facts=facts)

    def raise_finding(self, facts: Facts | None = None, details: Details | None = None) -> None:
        facts = FindingRaised() if facts is None else facts
        self.act("finding.raised", FINDING, facts=facts, details=details)

    def close_finding(self) -> None:
        details = FindingClosedDetails(verdict=FindingVerdict.MISTAKEN)
        self.act("finding.closed", FINDING, details=details)

    def denounce(self, dossier: str) -> None:
        """Record a denunciation as the writer does: without an entry of its own."""
        size = self.paper.store.sequenced_size()
        details = DenunciationReceivedDetails(text="đòi tiền", dossier=dossier)
        copy = PaperLedger()
        copy.act(
            "denunciation.received",
            "denunciation:" + "5" * 32,
            AT,
            Role.INSPECTOR,
            copy.officer,
            details=details,
        )
        (event,) = copy.store.stream_events("denunciation:" + "5" * 32)
        self.paper.private |= copy.private
        new = NewEvent(event.stream, event.version, event.kind, event.note, None)
        self.paper.store.record_group(Group((new,)), fencing_token=self.paper.token)
        assert self.paper.store.sequenced_size() == size

    def opened(self) -> Iterable[Action]:
        return opened_matters(self.paper.store, self.paper.private.get, ORIGIN)

    def entries_of(self, dossier: str) -> Collection[int | None]:
        return {event.entry_index for event in self.paper.store.stream_events(dossier)}

    def is_erased(self, _stream: str) -> bool:
        return False

    def access_stream_of(self, _dossier: str) -> str | None:
        return None

    def found(self, at: str = AT) -> OpenMatters:
        """What a writer that starts now finds open about the dossier."""
        matters, states = RememberedMatters(self), dict[str, Any]()
        for _, note in recorded_acts(self.paper.store, KINDS.keys()):
            action = open_text(note, ORIGIN).action
            matters.take(action)
            if action.stream == PETITION:
                states[PETITION] = evolve(states.get(PETITION), action, a_register())
        matters.learn()
        return matters._about(ENDED, a_moment(at), a_register(), states.get)


@pytest.fixture
def matters() -> Matters:
    return Matters()


def test_nothing_is_open_about_a_dossier_that_nobody_named(matters: Matters) -> None:
    matters.complain(OTHER)
    matters.denounce(OTHER)

    assert matters.found() == OpenMatters()


def test_complaint_keeps_its_dossier_until_it_is_decided(matters: Matters) -> None:
    matters.complain()
    assert matters.found() == OpenMatters(complaints=1)

    matters.decide()
    assert matters.found() == OpenMatters()

    matters.complain()
    assert matters.found() == OpenMatters(complaints=1)


def test_complaint_that_nobody_answers_keeps_its_dossier_for_a_while(matters: Matters) -> None:
    """A stranger kept a dossier for ever by one complaint that no office took up."""
    matters.complain()

    assert matters.found("2026-04-11T02:00:00Z") == OpenMatters(complaints=1)
    assert matters.found("2026-04-12T02:00:00Z") == OpenMatters()


def test_denunciation_keeps_its_dossier_before_anything_of_it_is_in_the_log(
    matters: Matters,
) -> None:
    matters.denounce(DOSSIER)

    assert matters.found() == OpenMatters(denunciations=1)


@pytest.mark.parametrize("named", ["dossier", "evidence", "public evidence"])
def test_finding_keeps_the_dossier_that_it_names_or_rests_on(matters: Matters, named: str) -> None:
    evidence = (matters.first_entry,)
    if named == "public evidence":
        matters.raise_finding(FindingRaised(rule="R27", rule_version=1, evidence=evidence))
    elif named == "evidence":
        matters.raise_finding(
            details=FindingRaisedDetails(rule="R05", rule_version=1, evidence=evidence)
        )
    else:
        matters.raise_finding(
            details=FindingRaisedDetails(rule="R05", rule_version=1, dossier=DOSSIER)
        )
    assert matters.found() == OpenMatters(findings=1)

    matters.close_finding()

    assert matters.found() == OpenMatters()


def test_what_does_not_open_may_be_about_any_dossier(matters: Matters) -> None:
    matters.complain(OTHER)
    matters.paper.private.clear()

    assert matters.found() == OpenMatters(complaints=1)
