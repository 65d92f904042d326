"""The writer behind its socket: clients hear everything, or that nothing is known."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ledger.action_notes import SubmittedAction, open_text
from ledger.errors import StoreCorrupt, WriterUnavailable
from ledger.intake import Intake
from ledger.private.vault import PrivatePart
from ledger.stored_keys import StoredKeys
from ledger.writing.client import HandedOver, LoopWriter, SocketWriter
from ledger.writing.frames import (
    HEADER,
    MAX_FRAME_BYTES,
    Failed,
    Verdict,
    parse_reply,
)
from ledger.writing.loop import WriterLoop
from ledger.writing.server import WriterServer, _Outbox
from tests.support.intake_builders import a_running_loop
from tests.support.ledger_builders import ORIGIN, World, a_world, handed, operator_keys
from tests.support.slow_stores import PATIENCE, CountingStore, SlowTiles
from transparency.promises import open_refusal


@pytest.fixture
def world() -> World:
    return a_world(store=CountingStore(), tiles=SlowTiles())


def _slow(world: World) -> SlowTiles:
    assert isinstance(world.tiles, SlowTiles)
    return world.tiles


def _submissions(world: World, count: int) -> list[SubmittedAction]:
    return [world.desk.submitted(world.desk.new_stream()) for _ in range(count)]


@asynccontextmanager
async def _a_server(path: Path, loop: WriterLoop) -> AsyncIterator[WriterServer]:
    server = WriterServer(path, loop.submit)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "writer.sock"


async def _answers(handed_over: list[HandedOver]) -> list[tuple[Verdict, int]]:
    answers = []
    for one in handed_over:
        assert one.publication is not None
        proven = await asyncio.wait_for(one.publication, PATIENCE)
        answers.append((one.verdict, proven.entry_index))
    return answers


def test_a_client_over_the_socket_gets_verdicts_proofs_and_refusals(
    world: World, socket: Path
) -> None:
    actions = _submissions(world, 3)

    async def talk(loop: WriterLoop) -> None:
        async with _a_server(socket, loop):
            client = SocketWriter(socket)
            handed_over = await client.hand_over([handed(action) for action in actions])
            answers = await _answers(handed_over)
            again = await _answers(await client.hand_over([handed(actions[1])]))
            refusal = await client.sign_refusal(bytes(32), "details_mismatch")
            await client.close()

        assert [index for _, index in answers] == [v.entry_index for v, _ in answers]
        assert again[0][0].repeated
        assert again[0][1] == answers[1][1]
        opened = open_refusal(refusal, operator_keys().promise.verification_key)
        assert opened.code == "details_mismatch"

    with a_running_loop(world) as loop:
        asyncio.run(talk(loop))


def test_many_clients_at_once_are_each_answered_with_their_own(world: World, socket: Path) -> None:
    async def one_client(number: int) -> None:
        client = SocketWriter(socket)
        for action in mine[number]:
            (answer,) = await _answers(await client.hand_over([handed(action)]))
            assert answer[0].code == ""
            entry = world.store.entries(answer[1], answer[1] + 1)[0]
            assert entry.body == action.note
        await client.close()

    async def talk(loop: WriterLoop) -> None:
        async with _a_server(socket, loop):
            await asyncio.gather(*(one_client(number) for number in range(8)))

    mine = [_submissions(world, 10) for _ in range(8)]
    with a_running_loop(world) as loop:
        asyncio.run(talk(loop))

    assert world.audit(world.store).ok


def test_where_no_writer_listens_the_client_says_that_nothing_is_known(socket: Path) -> None:
    async def talk() -> None:
        with pytest.raises(WriterUnavailable):
            await SocketWriter(socket).hand_over([])

    asyncio.run(talk())


def test_a_writer_that_goes_away_ends_all_waiting_and_its_successor_is_reached_again(
    world: World, socket: Path
) -> None:
    (action,) = _submissions(world, 1)

    async def go_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(HEADER.size)
        writer.close()

    async def talk(loop: WriterLoop) -> None:
        dying = await asyncio.start_unix_server(go_away, str(socket))
        client = SocketWriter(socket)
        waiting = [client.hand_over([handed(action)]) for _ in range(3)]
        lost = await asyncio.gather(*waiting, return_exceptions=True)
        dying.close()

        async with _a_server(socket, loop):
            (answer,) = await _answers(await client.hand_over([handed(action)]))
        await client.close()

        assert [type(error) for error in lost] == [WriterUnavailable] * 3
        assert (answer[0].code, answer[0].repeated) == ("", False)

    with a_running_loop(world) as loop:
        asyncio.run(talk(loop))


def test_a_writer_that_goes_away_before_publication_leaves_verdict_and_a_failed_future(
    world: World, socket: Path
) -> None:
    tiles = _slow(world)
    (action,) = _submissions(world, 1)

    async def talk(loop: WriterLoop) -> None:
        tiles.may_write.clear()
        async with _a_server(socket, loop):
            client = SocketWriter(socket)
            (handed_over,) = await client.hand_over([handed(action)])
            connection = client._connection
            assert connection is not None
            assert connection._transport is not None
            connection._transport.abort()
            assert handed_over.publication is not None
            with pytest.raises(WriterUnavailable):
                await handed_over.publication
            await client.close()
        assert handed_over.verdict.code == ""

    with a_running_loop(world) as loop:
        asyncio.run(talk(loop))
        tiles.may_write.set()

    assert world.log().tree_size == world.store.sequenced_size()


GARBAGE = {
    "a frame that is no request": HEADER.pack(3) + b"abc",
    "a frame over the limit": HEADER.pack(MAX_FRAME_BYTES + 1),
    "half a frame": HEADER.pack(100) + b"abc",
    "half a header": b"\0",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_connection_that_speaks_nonsense_is_closed_and_others_go_on(
    world: World, socket: Path, garbage: bytes
) -> None:
    async def talk(loop: WriterLoop) -> None:
        async with _a_server(socket, loop):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            writer.write(garbage)
            writer.write_eof()
            said = await asyncio.wait_for(reader.read(), PATIENCE)
            writer.close()
            client = SocketWriter(socket)
            (answer,) = await _answers(
                await client.hand_over([handed(one) for one in _submissions(world, 1)])
            )
            await client.close()
        assert said == b"" or isinstance(parse_reply(said[HEADER.size :]), Failed)
        assert answer[0].code == ""

    with a_running_loop(world) as loop:
        asyncio.run(talk(loop))


def test_a_socket_file_that_a_crash_left_is_replaced_and_readable_by_its_owner_alone(
    world: World, socket: Path
) -> None:
    socket.write_bytes(b"")

    async def talk(loop: WriterLoop) -> int:
        async with _a_server(socket, loop):
            return socket.stat().st_mode & 0o777

    with a_running_loop(world) as loop:
        assert asyncio.run(talk(loop)) == 0o600
    assert not socket.exists()


def test_replies_that_two_threads_send_at_once_all_leave() -> None:
    """Found by reading: without a lock, each thread could leave the sending to the other."""
    sent: list[bytes] = []

    class Transport:
        def is_closing(self) -> bool:
            return False

        def write(self, data: bytes) -> None:
            sent.append(data)

        def get_write_buffer_size(self) -> int:
            return 0

    async def race() -> None:
        outbox = _Outbox(asyncio.get_running_loop(), Transport())  # type: ignore[arg-type]
        reply = Failed(1, "store_unavailable", "")

        def send() -> None:
            for _ in range(2_000):
                outbox.send(reply)

        await asyncio.gather(*(asyncio.to_thread(send) for _ in range(4)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert outbox._frames == []

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        asyncio.run(race())
    finally:
        sys.setswitchinterval(interval)
    frames = b"".join(sent)
    size = HEADER.size + HEADER.unpack(frames[: HEADER.size])[0]
    assert len(frames) == 8_000 * size


def test_an_asker_that_ended_its_loop_does_not_end_the_writer(world: World) -> None:
    tiles = _slow(world)

    async def ask_and_leave(loop: WriterLoop) -> None:
        tiles.may_write.clear()
        writer = LoopWriter(loop.submit)
        await writer.hand_over([handed(one) for one in _submissions(world, 1)])

    with a_running_loop(world) as loop:
        asyncio.run(ask_and_leave(loop))
        tiles.may_write.set()

    assert world.log().tree_size == world.store.sequenced_size()


class BrokenVault:
    """A vault whose disk fails in a way that nobody foresaw."""

    def store(self, parts: object, stored_at: str) -> None:
        raise OverflowError("a number that the database cannot hold")


def test_a_private_store_that_fails_as_nobody_foresaw_ends_the_waiting(world: World) -> None:
    async def submit(loop: WriterLoop) -> None:
        intake = Intake(
            ORIGIN,
            StoredKeys(world.store, ORIGIN),
            BrokenVault(),  # type: ignore[arg-type]
            world.documents,
            LoopWriter(loop.submit),
            world.clock,
        )
        with pytest.raises(OverflowError):
            await asyncio.wait_for(intake.submit(_submissions(world, 1), 0), PATIENCE)

    size = world.store.sequenced_size()
    with a_running_loop(world) as loop:
        asyncio.run(submit(loop))

    assert world.store.sequenced_size() == size


class ChoosyVault:
    """A vault in which one dossier's key is damaged."""

    def __init__(self, damaged: str):
        self._damaged = damaged
        self.stored: list[str] = []

    def store(self, parts: Sequence[PrivatePart], stored_at: str) -> None:
        streams = [part.stream for part in parts]
        if self._damaged in streams:
            raise StoreCorrupt("a private part does not open")
        self.stored += streams


def test_one_damaged_dossier_does_not_fail_the_strangers_in_its_group(world: World) -> None:
    actions = _submissions(world, 6)
    streams = [open_text(action.note, None).action.stream for action in actions]
    vault = ChoosyVault(damaged=streams[2])

    async def submit(loop: WriterLoop) -> list[object]:
        keys, writer = StoredKeys(world.store, ORIGIN), LoopWriter(loop.submit)
        intake = Intake(ORIGIN, keys, vault, world.documents, writer, world.clock)  # type: ignore[arg-type]
        submitting = [intake.submit([action], PATIENCE) for action in actions]
        return list(await asyncio.gather(*submitting, return_exceptions=True))

    with a_running_loop(world) as loop:
        answers = asyncio.run(submit(loop))

    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(answer) for answer in failed] == [StoreCorrupt]
    assert isinstance(answers[2], StoreCorrupt)
    assert sorted(vault.stored) == sorted(stream for stream in streams if stream != streams[2])
