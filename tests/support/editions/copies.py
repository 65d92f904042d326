"""A mirror of a desk's log and editions, and a source whose editions change on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ledger.mirroring.copying import Mirror, MirrorSource
from ledger.mirroring.folder import MirrorFolder
from projections.editions.folder import EditionFolder
from projections.editions.mirrored.copying import EditionMirror
from projections.editions.mirrored.rounds import CopiedEditions
from tests.support.editions import Desk
from tests.support.observers.mirrored_logs import NOW

DAYS = [date(2026, 1, 20), date(2026, 2, 2), date(2026, 2, 4)]


@dataclass
class Shown:
    """Editions as a source shows them, which may be changed on the way."""

    folder: EditionFolder
    hidden: set[date] = field(default_factory=set)
    changes: dict[tuple[date, str], Callable[[bytes], bytes]] = field(default_factory=dict)
    asked: list[tuple[date, str]] = field(default_factory=list)
    cut_off_once: set[tuple[date, str]] = field(default_factory=set)
    address: str = "https://ledger.example.org/v1/statistics/editions"

    def days(self) -> Sequence[date]:
        return [day for day in self.folder.days() if day not in self.hidden]

    def read(self, day: date, name: str) -> bytes | None:
        self.asked.append((day, name))
        if day in self.hidden:
            return None
        body = self.changes.get((day, name), bytes)(self.folder.read(day, name))
        if (day, name) not in self.cut_off_once:
            return body
        self.cut_off_once.discard((day, name))
        return body[:-1]


@dataclass
class Copy:
    """A mirror of a desk's log, and where it takes editions from."""

    desk: Desk
    mirror: MirrorFolder
    source: Shown
    editions: EditionMirror

    def round(self) -> CopiedEditions:
        """Copy the log and then its editions."""
        paper = self.desk.paper
        tiles = MirrorSource(paper.tiles, paper.documents)
        Mirror(self.mirror, paper.anchors.logs).update(tiles, NOW)
        return self.editions.update(self.source, NOW)

    def again(self) -> "Copy":
        """Begin a new run on the same folder."""
        return a_copy(self.desk, self.mirror, self.source)

    def case(self, code: str) -> Path:
        """Give the one case of evidence with a code."""
        (case,) = self.mirror.evidence.glob(f"{code}-*")
        return case


def a_copy(desk: Desk, mirror: MirrorFolder, source: Shown | None = None) -> Copy:
    editions = EditionMirror(mirror, desk.paper.anchors.logs)
    return Copy(desk, mirror, source or Shown(desk.folder), editions)


def one_bit(body: bytes) -> bytes:
    """Change one bit."""
    return bytes([body[0] ^ 1]) + body[1:]
