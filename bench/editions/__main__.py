"""``python -m bench.editions``: what one daily edition costs to make, in processor time and bytes.

A views database is filled as for `bench.statistics.latency`, or an earlier one is used: 100,000
dossiers, a million entries' worth. Made is all that follows once the views stand at the day's
checkpoint: every file, what it revised, manifest, citation, and writing them out. Folding the
day's entries before it is `bench.rebuild`. Of acts the synthetic dossiers have those about money
alone, so steps and visits are less than in a real ledger.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import msgspec

from api.figures.edition_files import answer_file
from bench.results import machine
from bench.statistics.latency import DOSSIERS, OFFICES, PROCEDURES
from bench.statistics.serving import parts_over
from bench.statistics.world import SEALED_AT, fill
from ledger.anchors import Anchors
from projections.editions.composing import compose, previous_of
from projections.editions.contents import CONTENTS, NEWEST, Contents
from projections.editions.days import PlannedEdition, Stand, day_of
from projections.editions.figures import EditionFigures, figures_in_views
from projections.editions.folder import EditionFolder
from projections.tallies.published import Tallies
from projections.views import ViewReader, Views, open_views
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.notes import SigningKey

ORIGIN: Final = "bench.example"
_KEY: Final = SigningKey(ORIGIN, bytes(32))
_DAY: Final = timedelta(days=1)
_T = TypeVar("_T")


class FileCost(msgspec.Struct, frozen=True):
    """One file: the least processor time of all makings, and its length; None where left out."""

    name: str
    processor_seconds: float
    length_bytes: int | None


class EditionCost(msgspec.Struct, frozen=True):
    """A whole edition, written out; ``files`` are made each by itself."""

    tree_size: int
    processor_seconds: float
    length_bytes: int
    left_out: tuple[str, ...]
    files: tuple[FileCost, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an edition is made from, and by which list."""

    views: Views
    tallies: Tallies
    contents: Contents

    def figures(self, reader: ViewReader) -> EditionFigures:
        """Give the figures of one read of the views; tallies are read anew."""
        position = reader.position()
        assert position is not None
        tallies = Tallies(self.tallies.ledger, self.tallies.reader, self.tallies.documents)
        return figures_in_views(reader, position, tallies)


def main() -> None:
    """Fill a database if none is named, make an edition some times, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.editions")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--views", type=Path, help="one that was filled before; kept")
    parser.add_argument("--format", choices=CONTENTS, default=NEWEST.format)
    parser.add_argument("--out", type=Path, default=Path("bench/editions.json"))
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = arguments.views or Path(folder) / "views.sqlite3"
        is_new = not path.exists()
        views = fill(path, arguments.dossiers, OFFICES, PROCEDURES) if is_new else open_views(path)
        with parts_over(views) as parts:
            tallies = Tallies(parts.origin, parts.reader, parts.documents)
            desk = Desk(views, tallies, CONTENTS[arguments.format])
            found = measure(desk, Path(folder), arguments.rounds)
        views.close()
    results = {
        "machine": machine(),
        "load_average_of_1_minute": round(os.getloadavg()[0], 1),
        "dossiers": arguments.dossiers,
        "offices": OFFICES + 1,
        "procedures": PROCEDURES,
        "rounds": arguments.rounds,
        "format": arguments.format,
        "edition": found,
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def measure(desk: Desk, folder: Path, rounds: int) -> EditionCost:
    """Make an edition so many times, each from views that were read by nobody before."""
    listed = desk.contents.files
    wholes, files, left_out = [], [dict[str, FileCost]() for _ in range(rounds)], tuple[str, ...]()
    length, tree_size = 0, 0
    for number in range(rounds):
        with desk.views.reading() as reader:
            figures = desk.figures(reader)
            tree_size = figures.statistics.checkpoint().size
            for file in listed:
                body, seconds = _timed(lambda: answer_file(figures, file.address))  # noqa: B023
                cost = FileCost(file.name, seconds, None if body is None else len(body))
                files[number][file.name] = cost
        with desk.views.reading() as reader:
            made, seconds = _timed(lambda: _edition(desk.figures(reader), desk.contents))
        _, written = _timed(lambda: _write(folder / f"{number}", made))  # noqa: B023
        wholes.append(seconds + written)
        length = sum(map(len, made.values()))
        left_out = tuple(file.name for file in listed if file.name not in made)
        sys.stdout.write(f"{wholes[-1]:8.3f} s of processor, {length:,} bytes\n")
    least = (min((each[file.name] for each in files), key=_seconds) for file in listed)
    return EditionCost(tree_size, min(wholes), length, left_out, tuple(least))


def _seconds(cost: FileCost) -> float:
    return cost.processor_seconds


def _timed(work: Callable[[], _T]) -> tuple[_T, float]:
    started = time.process_time()
    done = work()
    return done, round(time.process_time() - started, 4)


def _edition(figures: EditionFigures, contents: Contents) -> dict[str, bytes]:
    """Make an edition that looks at one of the day before with the same figures."""
    planned = _planned(figures)
    previous = previous_of(planned, figures, answer_file, contents)
    key = _KEY.verification_key
    anchors = Anchors(ORIGIN, key, key)
    return compose(anchors, planned, figures, previous, answer_file, contents)


def _planned(figures: EditionFigures) -> PlannedEdition:
    as_of = figures.statistics.as_of()
    size = figures.statistics.checkpoint().size
    stand = Stand(size, as_of, sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), _KEY))
    return PlannedEdition(day_of(as_of), stand, PlannedEdition(day_of(as_of - _DAY), stand))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    EditionFolder(folder).write(day_of(SEALED_AT), files)


if __name__ == "__main__":
    main()
