"""A world over real files whose writer keeps a memory, and what a writer knows, to compare."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.memory.keeping import KeptMemory, Memory, NoMemory
from ledger.state import LedgerState
from ledger.storage.sqlite import SqliteLedgerReader, SqliteLedgerStore
from ledger.writing.writer import Writer, WriterKeys
from tests.support.ledger_builders import World
from transparency.tile_store import FileTileStore

ROWS = 1_000


@dataclass
class RememberingWorld(World):
    """A world in a folder; every seal takes a step if `STEP_CHANGES` is set to 1."""

    folder: Path = field(default_factory=Path)
    # What a vault would tell whoever reads the whole ledger: streams by dossier code.
    codes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the stores into the folder."""
        self.store = SqliteLedgerStore(self.folder / "ledger.sqlite3")
        self.tiles = FileTileStore(self.folder / "log")
        super().__post_init__()

    @property
    def memory_path(self) -> Path:
        """The memory's file."""
        return self.folder / "memory.sqlite3"

    def memory(self, seed: bytes | None = None) -> KeptMemory:
        """A memory over the file."""
        reader = SqliteLedgerReader(self.folder / "ledger.sqlite3")
        return KeptMemory(self.memory_path, reader, self.tiles, seed or self.keys.promise.seed)

    def new_writer(self) -> Writer:
        """A writer with a memory."""
        return self.writer_with(self.memory())

    def writer_with(self, memory: Memory) -> Writer:
        """A writer on the same stores that knows from this memory."""
        keys = WriterKeys(self.keys.log, self.keys.promise, self.keys.later_logs)
        return Writer(
            self.store,
            self.tiles,
            lambda: LedgerState(self.documents, lambda: {} if reads_tail(memory) else self.codes),
            keys,
            self.clock,
            memory=memory,
        )

    def rest(self) -> None:
        """End the process in good order."""
        self.writer.memory.rest()

    def crash(self) -> None:
        """End the process after the step under way was written."""
        memory = self.writer.memory
        assert isinstance(memory, KeptMemory)
        memory._wait()

    def start_again(self) -> bool:
        """Start another writer; tell whether it went on from the memory."""
        self.writer = self.new_writer()
        self.writer.take_over("again")
        return was_recalled(self.writer)

    def reading_all(self) -> Writer:
        """A writer that has read the whole ledger, and takes nothing over."""
        writer = self.writer_with(NoMemory())
        writer.reload()
        return writer


def was_recalled(writer: Writer) -> bool:
    """Tell whether a writer's knowledge came from its memory."""
    memory = writer.memory
    assert isinstance(memory, KeptMemory)
    return memory._layout.file is not None


def reads_tail(memory: Memory) -> bool:
    """Tell whether private parts are looked for in the tail alone."""
    return isinstance(memory, KeptMemory) and memory.shown is not memory._reader


def known(writer: Writer, like: Writer) -> dict[str, Any]:
    """What a writer knows of all that ``like`` has read, and of two things that are not there."""
    state, log, withheld = writer._state, writer._log, writer._withheld
    streams = [*all_streams(like), "dossier:" + 32 * "0"]
    codes = [*like._state._stream_of_code, "no code"]
    return {
        "heads": {stream: state.head(stream) for stream in streams},
        "counts": state.counts,
        "roots": state._roots,
        "names": {name: state._key_of_name.get(name) for name in like._state._key_of_name},
        "enrolled": {
            key: state._stream_of_enrolled.get(key) for key in like._state._stream_of_enrolled
        },
        "rated": {
            (stream, stage): (stream, stage) in state._rated
            for stream in streams
            for stage in ("receipt", "result", "late_no_apology")
        },
        "codes": {code: state._stream_of_code.get(code) for code in codes},
        "tops": {stream: withheld.dossiers._tops.get(stream) for stream in streams},
        "waiting": sorted(withheld.waiting()),
        "matters": state._matters._named,
        "log": (log.tree_size, log.sealed_size, log.sealed_at, log.keys),
        "index": log.index_root_hash(),
        "roots of the tree": [log.root_hash(size) for size in range(1, log.tree_size + 1)],
        "proofs": [log.prove(index, log.tree_size) for index in range(log.tree_size)],
        "checkpoint": writer.checkpoint_note,
    }


def all_streams(writer: Writer) -> list[str]:
    """The streams that a writer knows which has read everything."""
    return sorted(writer._state.streams())


def check_knows_all(world: RememberingWorld) -> None:
    """Compare the world's writer with one that reads the whole ledger."""
    reading = world.reading_all()
    assert known(world.writer, reading) == known(reading, reading)
