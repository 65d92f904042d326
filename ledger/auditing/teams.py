"""Teams: the shards of one audit, in this process or one in each of several others.

Processes, since Python runs one thread at a time. They begin from nothing (`spawn`), so that no
lock and no socket of the auditor's process goes along.
"""

import gc
import multiprocessing
import pickle
import queue
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final, Protocol, TypeVar

from ledger.auditing.messages import Answer, Batch, Ending
from ledger.auditing.shards import Shard, ShardSetting
from ledger.errors import StoreUnavailable

# Batches under way, so that no shard waits for another or for the auditor.
AHEAD: Final = 4
SECONDS_TO_END: Final = 5.0

# What a process is asked besides batches; bytes are what its shard shall remember.
_SAVE: Final = "save"
_END: Final = "end"

MessageT = TypeVar("MessageT")


class Team(Protocol):
    """Shards that are given batches, one for each, and answer them in order."""

    @property
    def shards(self) -> int:
        """Count the shards."""
        ...

    @property
    def ahead(self) -> int:
        """Give how many batches may be given before the answer to the first is taken."""
        ...

    def give(self, batches: Sequence[Batch]) -> None:
        """Give each shard its next batch."""

    def answers(self) -> list[Answer]:
        """Take each shard's answer to the first batch that is not answered yet."""

    def endings(self) -> list[Ending]:
        """Say that the log ends here, and take what each shard leaves."""

    def save(self) -> list[bytes]:
        """Give what each shard remembers; all batches have been answered."""

    def restore(self, saved: Sequence[bytes]) -> None:
        """Let each shard remember what one of its number gave to `save`."""

    def close(self) -> None:
        """Let the shards go, whatever they are doing."""


class ShardsHere:
    """A team whose shards take turns in this process; mostly one, which needs no other."""

    ahead = 1

    def __init__(self, setting: ShardSetting, shards: int = 1) -> None:
        self.shards = shards
        self._shards = [
            Shard(replace(setting, number=number, shards=shards)) for number in range(shards)
        ]
        self._answers: list[Answer] = []

    def give(self, batches: Sequence[Batch]) -> None:
        """Let each shard take its batch."""
        assert not self._answers
        for shard, batch in zip(self._shards, batches, strict=True):
            self._answers.append(shard.take(batch))

    def answers(self) -> list[Answer]:
        """Give the answers."""
        answers, self._answers = self._answers, []
        return answers

    def endings(self) -> list[Ending]:
        """Give what the shards leave."""
        return [shard.end() for shard in self._shards]

    def save(self) -> list[bytes]:
        """Give what each shard remembers."""
        return [shard.save() for shard in self._shards]

    def restore(self, saved: Sequence[bytes]) -> None:
        """Let each shard remember.

        Raises:
            AuditStateRefused: it is not what `save` gave.
        """
        for shard, remembered in zip(self._shards, saved, strict=True):
            shard.restore(remembered)

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""


class ShardProcesses:
    """A team whose shards run in processes of their own."""

    ahead = AHEAD

    def __init__(self, setting: ShardSetting, shards: int) -> None:
        assert shards > 1
        self.shards = shards
        context = multiprocessing.get_context("spawn")
        self._workers = [
            _Worker(context, replace(setting, number=number, shards=shards))
            for number in range(shards)
        ]

    def give(self, batches: Sequence[Batch]) -> None:
        """Hand the batches over; nobody waits for them to arrive."""
        for worker, batch in zip(self._workers, batches, strict=True):
            worker.hand_over(batch)

    def answers(self) -> list[Answer]:
        """Wait for all answers to one batch.

        Raises:
            StoreUnavailable: a process has ended.
        """
        return [worker.receive(Answer) for worker in self._workers]

    def endings(self) -> list[Ending]:
        """Wait for what all shards leave.

        Raises:
            StoreUnavailable: a process has ended.
        """
        for worker in self._workers:
            worker.hand_over(_END)
        return [worker.receive(Ending) for worker in self._workers]

    def save(self) -> list[bytes]:
        """Wait for what all shards remember.

        Raises:
            StoreUnavailable: a process has ended.
        """
        for worker in self._workers:
            worker.hand_over(_SAVE)
        return [worker.receive(bytes) for worker in self._workers]

    def restore(self, saved: Sequence[bytes]) -> None:
        """Let each shard remember, and wait until it does.

        Raises:
            AuditStateRefused: it is not what `save` gave.
            StoreUnavailable: a process has ended.
        """
        for worker, remembered in zip(self._workers, saved, strict=True):
            worker.hand_over(remembered)
        for worker in self._workers:
            worker.receive(bytes)

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.close()


def make_team(setting: ShardSetting, shards: int) -> Team:
    """Set up as many shards: one here, more in processes of their own."""
    return ShardsHere(setting) if shards == 1 else ShardProcesses(setting, shards)


class _Worker:
    """One process, with a thread that writes to it: a full pipe must not keep us from reading."""

    def __init__(
        self, context: multiprocessing.context.SpawnContext, setting: ShardSetting
    ) -> None:
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_work, args=(theirs, setting), daemon=True
        )
        self._process.start()
        theirs.close()
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._sender = threading.Thread(target=self._send_all, daemon=True)
        self._sender.start()

    def hand_over(self, message: Batch | bytes | str) -> None:
        self._outgoing.put(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))

    def close(self) -> None:
        self._outgoing.put(None)
        self._process.terminate()
        self._process.join(SECONDS_TO_END)
        self._sender.join(SECONDS_TO_END)
        self._connection.close()

    def receive(self, wanted: type[MessageT]) -> MessageT:
        try:
            received = self._connection.recv()
        except (EOFError, OSError) as error:
            raise StoreUnavailable("a process of the audit has ended") from error
        if isinstance(received, Exception):
            raise received
        assert isinstance(received, wanted)
        return received

    def _send_all(self) -> None:
        try:
            while (data := self._outgoing.get()) is not None:
                self._connection.send_bytes(data)
        except OSError:
            return  # whoever waits for its answer learns that the process has ended


def _work(connection: Connection, setting: ShardSetting) -> None:
    """Serve one shard until the end of the log; what fails unforeseen is the auditor's to raise."""
    # An interrupt ends the auditor, which lets its shards go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a shard keeps it keeps to the end, and it makes no circles.
    gc.disable()
    try:
        shard = Shard(setting)
        while True:
            connection.send(_answer(shard, connection.recv()))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - the edge of a process: it is raised on the other side
        connection.send(error)


def _answer(shard: Shard, message: Batch | bytes | str) -> Answer | Ending | bytes:
    if isinstance(message, Batch):
        return shard.take(message)
    if isinstance(message, bytes):
        shard.restore(message)
        return b""
    return shard.save() if message == _SAVE else shard.end()
