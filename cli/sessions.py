"""Handing actions in from a command: to the running writer, or as the writer where none runs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from api.problem_rows.facts import fact_remedy
from api.settings import Settings, settings_of_process
from cli.founding import check_founded, founding
from cli.output import Refused
from domain.facts import Continued, LedgerOpened, RootRecovered, RootRotated
from domain.keys import vkey_name
from domain.moments import Moment
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import Drafter
from ledger.errors import LedgerError, StoreUnavailable
from ledger.intake import Answer, Intake
from ledger.key_files import OperatorKeys
from ledger.opening import opening_action
from ledger.storage.port import LedgerReader
from ledger.stored_keys import StoredKeys
from ledger.stream_register import StreamRegister
from ledger.writing.client import WriterPort
from transparency.notes import SigningKey

PROJECTION_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.1


class RootNotHere(LedgerError):
    """The private key of the registrar's root in force is not in the data folder."""

    code = "root_not_here"


@dataclass(frozen=True, slots=True)
class Session:
    """What a command needs to act on one ledger.

    ``is_writer`` tells whether this process is the writer: then nobody else follows the log
    either, and the command projects by itself.
    """

    settings: Settings
    keys: OperatorKeys
    reader: LedgerReader
    intake: Intake
    drafter: Drafter
    is_writer: bool

    def now(self) -> Moment:
        """Give the present moment of the ledger's clock, to the second."""
        instant: datetime = bootstrap.make_clock(self.settings)()
        return Moment(instant=instant.replace(microsecond=0))

    def root(self) -> SigningKey:
        """Give the private key of the registrar's root in force, as the ledger's stream names it.

        Raises:
            RootNotHere: it is kept elsewhere; name a key file.
        """
        vkey = root_vkey(self.reader, self.keys.origin)
        name = self.keys.registrar.name if vkey is None else vkey_name(vkey)
        key = self.keys.root(name)
        if key is None:
            raise RootNotHere(f"the root {name} is not in the keys folder; name its file")
        return key

    def register(self) -> StreamRegister:
        """Give the registry's records and the dossiers as they are recorded now."""
        return StreamRegister(self.reader, bootstrap.documents(self.settings), self.keys.origin)

    async def submit(self, *actions: SubmittedAction) -> list[Answer]:
        """Hand actions in and wait until they are published.

        Raises:
            Refused: one was refused; the others may have been recorded.
        """
        answers = await self.intake.submit(actions, self.settings.longest_wait_seconds)
        for answer in answers:
            if answer.code:
                is_named = answer.message.startswith(answer.code)
                told = answer.message if is_named else f"{answer.code}: {answer.message}"
                remedy = fact_remedy(answer.code, answer.message)
                raise Refused(told if remedy is None else f"{told} ({remedy.en})")
        return answers


def root_vkey(reader: LedgerReader, origin: str) -> str | None:
    """Give the public key of the registrar's root in force; None before a ledger is opened."""
    found: str | None = None
    for event in reader.stream_events(f"ledger:{origin}"):
        facts = open_text(event.note, origin).action.facts
        if isinstance(facts, LedgerOpened | RootRotated | RootRecovered):
            found = facts.registrar_vkey
    return found


@asynccontextmanager
async def open_session(data: Path, *, may_found: bool = True) -> AsyncIterator[Session]:
    """Reach the running writer, or be the writer for a while.

    A folder without a ledger gets one, unless ``may_found`` says otherwise; it is said, and taken
    back where the command fails before anything was recorded.

    Raises:
        LedgerBusy: another process holds the data folder and does not answer.
        UsageProblem: there is no ledger, and none may be founded.
    """
    settings = settings_of_process({"data": data})
    served = is_served(data)
    if served:
        writer = bootstrap.socket_writer(settings)
        try:
            yield _session(settings, writer, is_writer=False)
        finally:
            await writer.close()
        return
    if not may_found:
        check_founded(data)
    with founding(data) as attempt, bootstrap.embedded_writer(settings) as embedded:
        attempt.begun = True
        await open_ledger(settings, embedded)
        yield _session(settings, embedded, is_writer=True)


def _session(settings: Settings, writer: WriterPort, *, is_writer: bool) -> Session:
    keys = bootstrap.prepare_data_folder(settings)
    reader = bootstrap.ledger_reader(settings)
    intake = Intake(
        keys.origin,
        StoredKeys(reader, keys.origin),
        bootstrap.vault(settings, keys),
        bootstrap.documents(settings),
        writer,
        bootstrap.make_clock(settings),
    )
    drafter = Drafter(keys.origin, bootstrap.random_bytes)
    return Session(settings, keys, reader, intake, drafter, is_writer)


async def open_ledger(
    settings: Settings, writer: WriterPort, continues: Continued | None = None
) -> Session:
    """Record entry 0 where the ledger has none yet; give the writer's own session."""
    session = _session(settings, writer, is_writer=True)
    if session.reader.sequenced_size() == 0:
        instant = session.now().instant
        assert instant is not None
        await session.submit(opening_action(session.keys, instant, continues))
    return session


def is_served(data: Path) -> bool:
    """Tell whether a writer process listens in this data folder."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(DataFolder(data).socket))
        except OSError:
            return False
    return True


async def project(session: Session) -> None:
    """Bring the views up to the published checkpoint: by ourselves, or by the running follower.

    Raises:
        StoreUnavailable: the running follower did not get there in time.
    """
    if session.is_writer:
        await asyncio.to_thread(bootstrap.follower(session.settings).catch_up)
        return
    published = session.reader.checkpoint()
    views = bootstrap.open_views(session.settings)
    for _ in range(int(PROJECTION_SECONDS / POLL_SECONDS)):
        with views.reading() as reader:
            position = reader.position()
        if published is None or (
            position is not None and position.log_position >= published.tree_size
        ):
            return
        await asyncio.sleep(POLL_SECONDS)
    raise StoreUnavailable("the views did not follow in time; see /readyz")
