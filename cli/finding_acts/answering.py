"""Answering and closing findings: what nobody asks of the signer is refused before it is signed.

Whom a private finding asks stands in its private part. The writer opens that and refuses others
(`not_asked`); that a finding asks a person, whom one of several keys shows, is left to it.
"""

from pathlib import Path

import msgspec

from cli.finding_acts.leads import read_lives
from cli.finding_acts.sending import (
    FindingAct,
    Sent,
    Signer,
    ask_signed,
    send_here,
    send_there,
)
from cli.output import UsageProblem
from cli.sessions import Session
from cli.sites import Site, body_of
from domain.facts.integrity import (
    FindingAnswered,
    FindingAnsweredDetails,
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
)
from ledger.action_notes import open_text


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    finding_stream: str
    audience: str
    office: str = ""


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[_Listed, ...]


class _Alarm(msgspec.Struct, frozen=True):
    stream: str


class _Alarms(msgspec.Struct, frozen=True):
    alarms: tuple[_Alarm, ...]


async def answer_here(session: Session, signer: Signer, stream: str, text: str) -> Sent:
    """Answer a finding of a data folder.

    Raises:
        UsageProblem: there is none of that name, or the signer is not of the office that is asked.
        Refused: the ledger refused the answer.
    """
    lives = read_lives(session.settings.data)
    life = next((each for each in lives if each.stream == stream), None)
    if life is None:
        raise UsageProblem(f"{stream}: no such finding was raised")
    role, key = signer
    record = session.register().key(key.name)
    is_of_office = record is not None and record.covers(role, life.office)
    if not is_of_office and life.asked is None:
        raise UsageProblem(f"{key.name} is not {role.value} of the office that is asked")
    office = life.office if life.is_alarm else None
    (sent,) = await send_here(session, signer, [_answer(stream, text, office)])
    return sent


def answer_there(site: Site, data: Path, signer: Signer, stream: str, text: str) -> Sent:
    """Answer a finding on a server, if it is one that the signer is asked about.

    Raises:
        UsageProblem: nobody asks the signer.
        Refused: the server refused the answer, or the asking.
    """
    body = ask_signed(site, "/v1/findings/asked", data, signer[1])
    asked = msgspec.json.decode(body, type=_Findings).findings
    found = next((each for each in asked if each.finding_stream == stream), None)
    if found is None:
        raise UsageProblem(f"{stream}: nobody asks the holder of this key about it")
    office = found.office or None if found.audience == "public_alarm" else None
    (sent,) = send_there(site, data, signer, [_answer(stream, text, office)])
    return sent


async def close_here(
    session: Session, signer: Signer, stream: str, details: FindingClosedDetails
) -> Sent:
    """Close a finding of a data folder.

    Raises:
        UsageProblem: there is none of that name.
        Refused: the ledger refused the verdict.
    """
    first = session.reader.find(stream, 1)
    if first is None:
        raise UsageProblem(f"{stream}: no such finding was raised")
    facts = open_text(first.note, session.keys.origin).action.facts
    is_alarm = isinstance(facts, FindingRaised) and facts.rule is not None
    (sent,) = await send_here(session, signer, [_close(stream, details, is_alarm=is_alarm)])
    return sent


def close_there(
    site: Site, data: Path, signer: Signer, stream: str, details: FindingClosedDetails
) -> Sent:
    """Close a finding on a server.

    Raises:
        Refused: the server refused the verdict.
    """
    body = body_of(site.ask("/v1/findings/alarms"))
    alarms = msgspec.json.decode(body, type=_Alarms).alarms
    is_alarm = any(each.stream == stream for each in alarms)
    (sent,) = send_there(site, data, signer, [_close(stream, details, is_alarm=is_alarm)])
    return sent


def _answer(stream: str, text: str, office: str | None) -> FindingAct:
    return FindingAct(
        kind="finding.answered",
        stream=stream,
        facts=FindingAnswered(),
        details=FindingAnsweredDetails(text=text),
        office=office,
    )


def _close(stream: str, details: FindingClosedDetails, *, is_alarm: bool) -> FindingAct:
    return FindingAct(
        kind="finding.closed",
        stream=stream,
        facts=FindingClosed(verdict=details.verdict if is_alarm else None),
        details=details,
    )
