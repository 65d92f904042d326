"""Raising the public alarm R27 for codes: what a gap or a repeat leaves in the log, for all to see.

An alarm names the office and the acceptances of the run by their entries; no code leaves the
vault. Its stream's name follows from what it says, so the same alarm is raised once.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from hashlib import sha256
from typing import Final

from api import bootstrap
from cli.sessions import Session
from domain.actions import Action
from domain.facts.integrity import FindingRaised
from domain.roles import Role
from domain.rules.register import Register
from ledger.codes.checking import CodeProblem, RecordedCode, check_codes, recorded_codes
from ledger.drafting import FIRST_PLACE, next_place
from projections.findings import Finding
from projections.findings.rules.results.code_runs import code_alarms

ID_HEX: Final = 32


def compare_codes(session: Session, recorded: Sequence[RecordedCode]) -> list[CodeProblem]:
    """Compare the book of codes with the codes that were used."""
    # A day ends last in the westernmost zone: what is of today there may be used yet.
    today = session.now().day_in("Etc/GMT+12")
    with closing(bootstrap.allotted_codes(session.settings, session.keys)) as book:
        return check_codes(book.all(), recorded, today)


async def raise_alarms(session: Session) -> tuple[list[Finding], int]:
    """Raise every alarm that stands in no entry yet; give all of them, and how many are new.

    Raises:
        Refused: the ledger refused one.
        StoreUnavailable: ledger, vault or book of codes cannot be read.
    """
    alarms = _alarms(session)
    streams = {_stream_of(each): each for each in alarms}
    new = {
        stream: each
        for stream, each in streams.items()
        if next_place(session.reader, stream) == FIRST_PLACE
    }
    drafts = [
        session.drafter.sign(
            "finding.raised",
            stream,
            FIRST_PLACE,
            session.now(),
            FindingRaised(rule=each.rule, rule_version=each.rule_version, evidence=each.evidence),
            ((Role.SYSTEM, session.keys.system),),
            office=each.office,
        )
        for stream, each in new.items()
    ]
    if drafts:
        await session.submit(*drafts)
    return alarms, len(drafts)


def _alarms(session: Session) -> list[Finding]:
    unreadable: list[str] = []
    hidden: list[Action] = []
    with closing(bootstrap.vault(session.settings, session.keys)) as vault:
        recorded = list(
            recorded_codes(session.reader, vault, session.keys.origin, unreadable, hidden)
        )
    register = session.register()
    unread = {_office_day(action, register) for action in hidden}
    return code_alarms(compare_codes(session, recorded), recorded, unread)


def _office_day(action: Action, register: Register) -> tuple[str, date]:
    record = register.office(action.office or "")
    zone = "UTC" if record is None else record.office.time_zone
    return action.office or "", action.at.day_in(zone)


def _stream_of(found: Finding) -> str:
    said = f"{found.rule}\n{found.office}\n{found.reason.en}\n{found.evidence}"
    return f"finding:{sha256(said.encode()).hexdigest()[:ID_HEX]}"
