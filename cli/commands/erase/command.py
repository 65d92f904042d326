"""``erase``: destroy a dossier's private part for good, by a signed act that everybody sees."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.erasing.stores import eraser
from cli.output import Refused, command, report, say
from cli.sessions import Session, open_session, project
from cli.sources import read_key_file
from domain.decisions import decide
from domain.dossiers import Dossier
from domain.errors import ErasureBlocked
from domain.facts.integrity import ErasureGround, PersonalDataErased
from domain.moments import render_moment
from domain.roles import Role
from domain.rules.register import office_record
from ledger.action_notes import OpenedText, SubmittedAction, open_text
from ledger.drafting import next_place
from ledger.erasing.carrying_out import ERASURE
from ledger.errors import UnknownDossier
from transparency.notes import SigningKey


@command("erase", help="Erase a dossier's private part for good, after its retention.")
@click.argument("stream")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key of the approver who decides it; the system's key signs too.",
)
@click.option(
    "--ground",
    type=click.Choice([ground.value for ground in ErasureGround]),
    default=ErasureGround.RETENTION_PASSED.value,
    show_default=True,
    help="Why; public.",
)
def erase(stream: str, key_file: Path, ground: str, data: Path, *, as_json: bool) -> None:
    """Record the erasure of STREAM, and carry it out; asked again, it says that it is done."""
    key = read_key_file(key_file)
    members = asyncio.run(_erase(data, stream, key, ErasureGround(ground)))
    report(members, as_json=as_json)
    if members["repeated"]:
        say("the private part of this dossier had been erased already")
    else:
        say(f"erased; backups of the keyring must be gone by {members['last_backup_until']}")


async def _erase(
    data: Path, stream: str, key: SigningKey, ground: ErasureGround
) -> dict[str, object]:
    async with open_session(data, may_found=False) as session:
        vault = bootstrap.vault(session.settings, session.keys)
        try:
            register = session.register()
            dossier = register.dossier(stream)
            if dossier is None:
                raise UnknownDossier(stream)
            is_repeated = dossier.erased_at is not None
            if not is_repeated:
                action = _draft(session, dossier, key, ground)
                await _hand_in(session, dossier, action)
            clock = bootstrap.make_clock(session.settings)
            erasing = eraser(DataFolder(data), session.keys, vault, clock)
            # CRASH: recorded, and carried out by the next start or the running follower.
            erasing.carry_out()
            if is_repeated:
                # What was open on other streams then may be settled now.
                erasing.erase_related([stream])
            if session.is_writer:
                await project(session)
            return {**_recorded(session, stream), "repeated": is_repeated}
        finally:
            vault.close()


def _draft(
    session: Session, dossier: Dossier, key: SigningKey, ground: ErasureGround
) -> SubmittedAction:
    return session.drafter.sign(
        ERASURE,
        dossier.stream,
        next_place(session.reader, dossier.stream),
        session.now(),
        PersonalDataErased(ground=ground, last_backup_until=_last_backup_until(session, dossier)),
        ((Role.APPROVER, key), (Role.SYSTEM, session.keys.system)),
        office=dossier.office,
    )


def _last_backup_until(session: Session, dossier: Dossier) -> date:
    zone = office_record(session.register(), dossier.office).office.time_zone
    return session.now().day_in(zone) + timedelta(days=session.settings.backup_days)


async def _hand_in(session: Session, dossier: Dossier, action: SubmittedAction) -> None:
    """Let the writer decide: it alone knows in which order a complaint and an erasure came.

    Raises:
        ActionRefused: the retention runs, something is open, or the key may not decide it.
    """
    decide(dossier, open_text(action.note, session.keys.origin).action, session.register())
    try:
        await session.submit(action)
    except Refused as refused:
        if str(refused).startswith(ErasureBlocked.code):
            raise ErasureBlocked from refused
        raise


def _recorded(session: Session, stream: str) -> dict[str, object]:
    events = [event for event in session.reader.stream_events(stream) if event.kind == ERASURE]
    opened: OpenedText = open_text(events[-1].note, session.keys.origin)
    facts = opened.action.facts
    assert isinstance(facts, PersonalDataErased)
    return {
        "stream": stream,
        "erased_at": render_moment(opened.action.at),
        "entry_index": events[-1].entry_index,
        "last_backup_until": facts.last_backup_until.isoformat(),
    }
