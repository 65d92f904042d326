"""Histories of one dossier for rules to look at: decided and folded by the domain, act by act.

What another stream does to the dossier (a calendar, an outage) goes through the domain's own move,
too. An act is recorded at the moment that it says, unless a test says otherwise. Days are those of
2026 in Viet Nam; 2 March is a Monday.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from domain.actions import Action, Signer
from domain.calendars import Calendar, CalendarRecord
from domain.decisions import decide, evolve, moved_by
from domain.dossiers import Dossier
from domain.facts import CalendarPublished, Channel, DossierSubmitted, SupplementRequested
from domain.facts.integrity import LateEntryDeclared, LateEntryGround, OutageDeclared, OutageEnded
from domain.moments import Moment, parse_moment
from domain.oversight.integrity import Outage
from domain.procedures import Procedure
from domain.roles import Role
from ledger.bodies import canonical_json
from projections.dossier_rows import Act, act_of
from projections.entries import PublicEntry
from projections.findings import ExaminedDossier
from projections.findings.opened import opened_parts
from projections.findings.shapes import Surroundings
from tests.support.builders import (
    APPLICANT_VKEY,
    ENROLLED_AT,
    HEX64,
    LEDGER,
    OFFICE,
    OFFICER_KEY,
    PROCEDURE,
    ZONE,
    MemoryRegister,
    a_calendar,
    a_key,
    a_register,
    an_action,
    an_imported_action,
    signed_as,
)

# Officers who may do everything, each a person of their own.
DESK, CLERK, WORKER, SECOND, THIRD, HEAD = (f"officer-00000000000000d{n}" for n in range(6))
FIRST_ENTRY = 10
CALENDAR_STREAM = "calendar:VN"
LEDGER_STREAM = f"ledger:{LEDGER}"
# Before every law and every key that the default register knows.
LONG_AGO = Moment(instant=datetime(2010, 1, 1, tzinfo=UTC))
BY_ROLE = {
    Role.RECEIVER: DESK,
    Role.RETURNER: CLERK,
    Role.CLERK: CLERK,
    Role.PROCESSOR: WORKER,
    Role.APPROVER: HEAD,
    Role.ASSIGNER: HEAD,
}


def on(day: int, hour: int = 10, minute: int = 0, month: int = 3, year: int = 2026) -> str:
    """Write a moment by the clock of Viet Nam."""
    local = datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour - 7, minutes=minute)
    return f"{local:%Y-%m-%dT%H:%M:%SZ}"


class History:
    """One dossier, the register around it, and the acts so far."""

    def __init__(
        self,
        procedure: Procedure | None = None,
        *more_versions: Procedure,
        calendar: Calendar | None = None,
        imported: bool = False,
    ):
        keys = [
            a_key(name, registered_at=LONG_AGO)
            for name in (DESK, CLERK, WORKER, SECOND, THIRD, HEAD)
        ]
        versions = () if procedure is None else (procedure, *more_versions)
        self.register: MemoryRegister = a_register(*versions, keys=keys, calendar=calendar)
        self.register.documents[HEX64] = canonical_json(calendar or a_calendar())
        self.imported = imported
        self.state: Dossier | None = None
        self.actions: list[Action] = []
        self.acts: list[Act] = []
        self.moving: dict[tuple[str, int], Act] = {}
        self.worked_meanwhile: dict[tuple[int, str], Act] = {}

    def act(self, kind: str, at: str, *signers: Signer, **changes: Any) -> "History":
        """Decide and fold the next act; ``recorded_at`` is by default what it says."""
        recorded_at = changes.pop("recorded_at", None)
        imported = changes.pop("imported", self.imported)
        moment = parse_moment(at)
        build = an_imported_action if imported else an_action
        action = build(f"dossier.{kind}", version=len(self.acts) + 1, at=moment, **changes)
        if not imported:
            action = msgspec.structs.replace(action, signers=signers or _usual(action.signers))
        decide(self.state, action, self.register)
        state = evolve(self.state, action, self.register)
        assert isinstance(state, Dossier)
        self.state = state
        self.actions.append(action)
        self.acts.append(act_of(self._entry(action, recorded_at), state))
        return self

    def _entry(self, action: Action, recorded_at: str | None) -> PublicEntry:
        recorded = action.at if recorded_at is None else parse_moment(recorded_at)
        index = FIRST_ENTRY + len(self.acts) + 100 * len(self.moving)
        return PublicEntry(index, action, recorded.start_in(ZONE), b"")

    def submitted(self, at: str, channel: Channel = Channel.ONLINE, *signers: Signer) -> "History":
        """Hand the dossier in; an import has no applicant's key."""
        vkey = None if self.imported else APPLICANT_VKEY
        facts = DossierSubmitted(procedure=PROCEDURE, channel=channel, applicant_key=vkey)
        if not self.imported and not signers:
            desk = (Role.RECEIVER,) if channel is Channel.COUNTER else ()
            signers = (*signed_as(Role.APPLICANT), *(Signer(DESK, role) for role in desk))
        return self.act("submitted", at, *signers, facts=facts)

    def accepted(self, at: str, channel: Channel = Channel.ONLINE, **changes: Any) -> "History":
        """Hand it in and accept it an hour later."""
        submitted = parse_moment(at)
        first = at
        if submitted.instant is not None:
            earlier = submitted.instant - timedelta(hours=1)
            first = f"{earlier:%Y-%m-%dT%H:%M:%SZ}"
        return self.submitted(first, channel).act("accepted", at, **changes)

    def in_process(self, at: str, **changes: Any) -> "History":
        """Accept it, and let an officer take it over at the same moment."""
        return self.accepted(at, **changes).act("handover_acknowledged", at, processor())

    def issued(self, at: str, **changes: Any) -> "History":
        """Approve and issue the result."""
        return self.act("result_approved", at).act("result_issued", at, **changes)

    def published(self, calendar: Calendar, at: str, recorded_at: str | None = None) -> "History":
        """Publish another version of the calendar."""
        document = canonical_json(calendar)
        document_hex = sha256(document).hexdigest()
        self.register.documents[document_hex] = document
        record = self.register.calendars["VN"]
        action = an_action(
            "calendar.published",
            stream=CALENDAR_STREAM,
            version=record.version + 1,
            at=parse_moment(at),
            facts=CalendarPublished(document=document_hex),
            office=None,
        )
        self.register.calendars["VN"] = record.followed_by(calendar, document_hex, action.at)
        return self._moved(action, recorded_at)

    def outage(self, since: str, until: str, declared: str, *, recorded: str = "") -> "History":
        """Declare an outage, and its end at once."""
        begins, ends = parse_moment(since).instant, parse_moment(until).instant
        assert begins is not None
        version = len(self.register.declared) * 2 + 2
        self.register.declared = (*self.register.declared, Outage(version, begins, ends))
        facts = OutageDeclared(since=since)
        self._on_ledger("ledger.outage_declared", facts, declared, version, recorded)
        ended = OutageEnded(declared_version=version, until=until)
        return self._on_ledger("ledger.outage_ended", ended, declared, version + 1, recorded)

    def _on_ledger(self, kind: str, facts: Any, at: str, version: int, recorded: str) -> "History":
        action = an_action(
            kind,
            stream=LEDGER_STREAM,
            version=version,
            at=parse_moment(at),
            facts=facts,
            office=None,
        )
        return self._moved(action, recorded or None)

    def _moved(self, action: Action, recorded_at: str | None) -> "History":
        """Let an action on another stream move the dossier."""
        assert self.state is not None
        act = act_of(self._entry(action, recorded_at), self.state)
        act = msgspec.structs.replace(act, status=None, due=None, appointment=None)
        self.moving[action.stream, action.version] = act
        self.state = moved_by(self.state, action, self.register) or self.state
        return self

    def late_entry(self, first: str, last: str, at: str) -> "History":
        """Let the office declare that acts of these days are recorded late."""
        days = (parse_moment(first).day, parse_moment(last).day)
        assert days[0] is not None
        assert days[1] is not None
        facts = LateEntryDeclared(ground=LateEntryGround.PAPER, since=days[0], until=days[1])
        action = an_action(
            "office.late_entry_declared",
            stream=f"office:{OFFICE}",
            version=2,
            at=parse_moment(at),
            facts=facts,
        )
        record = self.register.offices[OFFICE]
        folded = evolve(record, action, self.register)
        self.register.offices[OFFICE] = folded  # type: ignore[assignment]
        return self

    def without_calendar(self) -> "History":
        """Take the calendar away, as where nobody published one yet."""
        self.register.calendars.clear()
        return self

    def calendar_until(self, last: date) -> "History":
        """Let the published calendar end on a day."""
        record = CalendarRecord(a_calendar(valid_to=last), HEX64, ENROLLED_AT)
        self.register.calendars["VN"] = record
        return self

    def asked(self, at: str, answer_by: date = date(2026, 12, 1), **changes: Any) -> "History":
        """Ask for papers, as the processing officer does through the counter."""
        facts = SupplementRequested(answer_by=answer_by)
        return self.act("supplement_requested", at, processor(), receiver(), facts=facts, **changes)

    def given(self, at: str) -> "History":
        """Let the applicant hand the papers in, and the counter find them complete."""
        return self.act("supplement_submitted", at).act("supplement_completed", at)

    def until(self, as_of: str, **more: Any) -> ExaminedDossier:
        """Give what rules look at, as of a moment; ``opened`` opens what the acts bear."""
        assert self.state is not None
        persons: Mapping[str, str] = more.pop("persons", {})
        opened = opened_parts(self.actions) if more.pop("opened", False) else None
        record = self.register.calendars.get("VN")
        examined = ExaminedDossier(
            dossier=self.state,
            acts=tuple(self.acts),
            as_of=parse_moment(as_of).start_in(ZONE),
            zone=ZONE,
            procedure=self.register.procedures.get(PROCEDURE),
            calendar=None if record is None else record.calendar,
            person_of=lambda key: persons.get(key, key),
            around=Surroundings(
                offices=self.register.offices,
                keys=self.register.keys,
                outages=self.register.declared,
                calendar=record,
                moving_acts=self.moving,
                recorded_in_outages=self.worked_meanwhile,
            ),
            opened=opened,
        )
        return replace(examined, **more)


def _usual(signers: tuple[Signer, ...]) -> tuple[Signer, ...]:
    """Give each role a person of its own, where a test does not care who signs."""
    return tuple(
        Signer(BY_ROLE.get(each.role, each.key), each.role) if each.key == OFFICER_KEY else each
        for each in signers
    )


def processor(key: str = WORKER) -> Signer:
    """Give a processing officer."""
    return Signer(key, Role.PROCESSOR)


def receiver(key: str = DESK) -> Signer:
    """Give a receiving officer."""
    return Signer(key, Role.RECEIVER)
