"""An intake over a small world: web worker and writer in one process, with a real vault."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from ledger.action_notes import SubmittedAction
from ledger.intake import Answer, Intake
from ledger.private.vault import Keyring, Vault
from ledger.stored_keys import StoredKeys
from ledger.writing.client import LoopWriter, WriterPort
from ledger.writing.frames import HandedAction, HandOver, Reply, Verdict, Verdicts
from ledger.writing.loop import WriterLoop
from tests.support.ledger_builders import ORIGIN, World, operator_keys

WAIT_SECONDS = 5.0


@contextmanager
def a_vault(folder: Path, world: World) -> Iterator[Vault]:
    """A vault and its keyring in a folder."""
    random_bytes = world.desk.random.randbytes
    keyring = Keyring(folder / "keyring.sqlite3", operator_keys().key_encryption_key, random_bytes)
    vault = Vault(folder / "vault.sqlite3", keyring, ORIGIN, random_bytes)
    try:
        yield vault
    finally:
        vault.close()
        keyring.close()


@contextmanager
def a_running_loop(world: World) -> Iterator[WriterLoop]:
    """The world's writer, run by its two threads; a fatal error fails the test at the end."""
    fatal: list[BaseException] = []
    loop = WriterLoop(world.writer, fatal.append)
    loop.start()
    # A writer is for one thread: as long as the loop runs, the world records through it.
    world.through = lambda actions: _verdicts(loop, actions)
    try:
        yield loop
    finally:
        world.through = None
        loop.stop()
        assert fatal == []


def _verdicts(loop: WriterLoop, actions: list[HandedAction]) -> list[Verdict]:
    replies: Queue[Reply] = Queue()
    loop.submit(HandOver(1, actions), replies.put)
    reply = replies.get(timeout=WAIT_SECONDS)
    assert isinstance(reply, Verdicts)
    return reply.verdicts


class Counter:
    """Where actions are handed in: an intake whose `submit` can be called outside a loop."""

    def __init__(self, world: World, vault: Vault, writer: WriterPort) -> None:
        self.world = world
        self.vault = vault
        self.writer = writer
        self.keys = StoredKeys(world.store, ORIGIN)

    def intake(self) -> Intake:
        """A fresh intake, for one event loop."""
        world = self.world
        return Intake(ORIGIN, self.keys, self.vault, world.documents, self.writer, world.clock)

    def submit(self, *submitted: SubmittedAction, wait: float = WAIT_SECONDS) -> list[Answer]:
        """Hand in some actions and wait for their publication."""
        return asyncio.run(self.intake().submit(submitted, wait))

    def code_of(self, submitted: SubmittedAction) -> str:
        """Hand in one action and give the code of its answer."""
        (answer,) = self.submit(submitted)
        return answer.code


@contextmanager
def a_counter(folder: Path, world: World) -> Iterator[Counter]:
    """A counter with the writer embedded."""
    with a_vault(folder, world) as vault, a_running_loop(world) as loop:
        yield Counter(world, vault, LoopWriter(loop.submit))
