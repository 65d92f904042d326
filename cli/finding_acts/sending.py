"""Signing acts on findings and sending them: to the writer of a data folder, or to a server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from api import bootstrap
from api.settings import settings_of_process
from cli.sessions import Session, project
from cli.sites import Site, agreed_origin, body_of, render_submission
from domain.facts import Details, Facts
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Drafter, Place, next_place
from transparency.notes import SigningKey

NONCE_BYTES: Final = 16
Signer = tuple[Role, SigningKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAct:
    """One act on a finding's stream, before it has its place."""

    kind: str
    stream: str
    facts: Facts
    details: Details | None = None
    office: str | None = None
    document: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Where an act stands; without an entry index it is promised, and not published yet."""

    stream: str
    version: int
    entry_index: int | None


class _SentAnswer(msgspec.Struct, frozen=True):
    version: int = 0
    entry_index: int | None = None


async def send_here(session: Session, signer: Signer, acts: Sequence[FindingAct]) -> list[Sent]:
    """Record acts in the ledger of a data folder; those that begin a stream only where none is.

    Raises:
        Refused: one was refused; the others may have been recorded.
    """
    places = [(act, next_place(session.reader, act.stream)) for act in acts]
    now = session.now()
    drafts = [
        _sign(session.drafter, act, place, now, signer)
        for act, place in places
        if not _stands_already(act, place)
    ]
    if not drafts:
        return []
    answers = await session.submit(*drafts)
    if session.is_writer:
        await project(session)
    return [Sent(each.stream, each.version, each.entry_index) for each in answers]


def send_there(site: Site, data: Path, signer: Signer, acts: Sequence[FindingAct]) -> list[Sent]:
    """Record acts on a server, one after the other.

    Raises:
        Refused: the server refused one; those before it are recorded.
        WriterUnavailable: it does not answer.
    """
    drafter = Drafter(agreed_origin(site, data, None), bootstrap.random_bytes)
    instant = bootstrap.make_clock(settings_of_process({"data": data}))().replace(microsecond=0)
    sent = []
    for act in acts:
        nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
        place = site.place(act.stream, signer[1], instant, nonce)
        if _stands_already(act, place):
            continue
        action = _sign(drafter, act, place, Moment(instant=instant), signer)
        answer = body_of(site.ask("/v1/actions", render_submission(action)))
        told = msgspec.json.decode(answer, type=_SentAnswer)
        sent.append(Sent(act.stream, told.version, told.entry_index))
    return sent


def ask_signed(site: Site, path: str, data: Path, key: SigningKey) -> bytes:
    """Ask a server as the holder of a key, and give its JSON.

    Raises:
        Refused: the server answered with a problem document.
    """
    created = bootstrap.make_clock(settings_of_process({"data": data}))()
    nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
    return body_of(site.ask_signed(path, key, created, nonce))


def _stands_already(act: FindingAct, place: Place) -> bool:
    """Tell whether a finding was raised before: its stream's name says which one it is."""
    return act.kind == "finding.raised" and place != FIRST_PLACE


def _sign(
    drafter: Drafter, act: FindingAct, place: Place, now: Moment, signer: Signer
) -> SubmittedAction:
    return drafter.sign(
        act.kind,
        act.stream,
        place,
        now,
        act.facts,
        (signer,),
        office=act.office,
        details=act.details,
        document=act.document,
    )
