"""Files that are made once for many who ask: whole datasets as of one checkpoint.

To make one takes a fold over everything, so it is made by one request at a time and then kept, at
least for a minute, though the log goes on: each answer says as of which checkpoint it is. A kept
file has no name in any folder; it is gone with the process, or with its last reader.
"""

import asyncio
import os
import time
import weakref
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api.errors import ServiceStarting
from api.reading.rights import reading_as
from domain.reading.rights import Reader, Subject
from ledger.errors import StoreUnavailable
from projections.leads.changes import LeadViews
from projections.leads.store import LeadStore
from projections.opendata.datasets import as_of, rows_of
from projections.opendata.exporting import write_dataset
from projections.opendata.files import DataFile
from projections.opendata.findings import FINDINGS, kept_finding_rows
from projections.opendata.shapes import AsOf
from projections.parts.registry import Projection
from projections.tallies.published import Tallies
from projections.views import ViewReader, Views

FRESH_SECONDS: Final = 60.0
PART_BYTES: Final = 64 * 1024

Ticks = Callable[[], float]


class OpenFile:
    """A file without a name, open for reading until nobody holds this any more."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.length_bytes = os.fstat(self._descriptor).st_size
        weakref.finalize(self, os.close, self._descriptor)

    def read(self, start: int) -> bytes:
        """Give the bytes of one part, from a place on; several readers may read at once."""
        return os.pread(self._descriptor, PART_BYTES, start)

    async def parts(self) -> AsyncIterator[bytes]:
        """Give the whole file, part by part."""
        start = 0
        while part := await asyncio.to_thread(self.read, start):
            yield part
            start += len(part)


@dataclass(frozen=True, slots=True)
class KeptLeads:
    """Where leads are kept of a ledger with more dossiers than ``beyond``."""

    store: LeadStore
    beyond: int

    def are_kept(self, reader: ViewReader) -> bool:
        """Tell whether a ledger is so large that they are."""
        return LeadViews(reader).has_more_dossiers_than(self.beyond)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was made, as of what, and when by the process's own clock."""

    file: OpenFile
    made: AsOf
    made_at_seconds: float


class KeptFiles:
    """The files of one web worker; ``ticks`` counts seconds from anywhere."""

    def __init__(
        self,
        views: Views,
        origin: str,
        ticks: Ticks = time.monotonic,
        leads: KeptLeads | None = None,
        tallies: Tallies | None = None,
    ) -> None:
        """``leads`` are those that are kept, if any are; the file of findings is as of them.

        ``tallies`` may be missing where the views name none.
        """
        self._views = views
        self._origin = origin
        self._ticks = ticks
        self._leads = leads
        self._tallies = tallies
        self._kept: dict[str, KeptFile] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, file: DataFile) -> KeptFile:
        """Give a file that is fresh enough, or make it.

        Raises:
            ServiceStarting: the views stand at no checkpoint yet.
            ProjectionStopped: the file is of leads that are kept, and looking has stopped.
            FormNotInstalled: the form's library is not there.
            StoreUnavailable: there is no room to make it, or the views cannot be read.
        """
        async with self._locks[file.name]:
            kept = self._kept.get(file.name)
            if kept is None or await asyncio.to_thread(self._is_stale, kept):
                kept = await asyncio.to_thread(self._make, file)
                self._kept[file.name] = kept
            return kept

    def _is_stale(self, kept: KeptFile) -> bool:
        if self._ticks() - kept.made_at_seconds < FRESH_SECONDS:
            return False
        with self._views.reading() as reader:
            position = reader.position()
        return position is None or as_of(self._origin, position) != kept.made

    def _make(self, file: DataFile) -> KeptFile:
        try:
            return self._made(file)
        except OSError as error:
            raise StoreUnavailable(f"{file.name} cannot be written: {error}") from error

    def _made(self, file: DataFile) -> KeptFile:
        public = reading_as(self._views, Reader.ANYONE, Subject.FIGURES, Subject.PUBLIC_RECORD)
        with TemporaryDirectory() as folder, public as reader:
            position = reader.position()
            if position is None:
                raise ServiceStarting
            if file.dataset is FINDINGS and self._leads and self._leads.are_kept(reader):
                reader.check_runs(Projection.FINDINGS)
                made = self._write_kept_leads(file, Path(folder), self._leads)
            else:
                made = as_of(self._origin, position)
                rows = rows_of(file.dataset, reader, position, self._tallies)
                write_dataset([file], rows, Path(folder), made)
            return KeptFile(OpenFile(Path(folder) / file.name), made, self._ticks())

    def _write_kept_leads(self, file: DataFile, folder: Path, leads: KeptLeads) -> AsOf:
        """Write the findings from the leads that are kept, and give as of what those are."""
        with leads.store.reading() as kept:
            stand = kept.stand()
            if stand is None:
                raise StoreUnavailable("leads are being looked for; ask again")
            checkpoint = stand.checkpoint
            made = AsOf(self._origin, checkpoint.size, checkpoint.root, stand.as_of)
            rows = kept_finding_rows(kept.leads(with_peers=False))
            write_dataset([file], rows, folder, made)
        return made
