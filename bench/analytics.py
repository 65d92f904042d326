"""``python -m bench.analytics``: every figure over one large export, on DuckDB and on Spark.

The export is synthetic: dossiers of `bench.statistics.world`, ten events each, written by the
export's own functions; 100,000 dossiers make 1,000,000 events. Each figure runs in a process of
its own, as somebody who types it would; for Spark that includes the start of the Java machine.
``--python`` names the interpreter that has Spark; without it DuckDB alone is timed.
"""

import argparse
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from bench.results import machine
from bench.statistics.rated import WITHHELD, draw_tallies, tallied_months
from bench.statistics.world import (
    DAYS,
    ENTRIES_PER_DOSSIER,
    FIRST_DAY,
    PROVINCE,
    SEALED_AT,
    ZONE,
    dossiers,
    registry,
)
from domain.calendars import Calendar, CalendarRecord
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.facts.tallies import TallyPublished, TallySubject
from domain.moments import Moment, render_moment
from domain.offices import OfficeRecord
from projections.analytics.names import EngineName, FigureName
from projections.dossier_rows import row_of
from projections.opendata.events import EVENTS, SECOND_PRECISION
from projections.opendata.exporting import write_dataset
from projections.opendata.files import DataFile, Form
from projections.opendata.rows.act_times import ACT_TIMES, OfficeHours, act_time_row
from projections.opendata.rows.dossiers import DOSSIERS, dossier_rows
from projections.opendata.rows.rating_cells import RATING_CELLS, rating_cell_rows
from projections.opendata.shapes import AsOf, Dataset, Row
from projections.tallies.published import RatingTally

ROOT: Final = Path(__file__).parents[1]
DOSSIERS_MADE: Final = 100_000
OFFICES: Final = 200
PROCEDURES: Final = 300
OFFICERS: Final = 5
_FORWARDED: Final = 4
_KINDS: Final = (
    "submitted",
    "accepted",
    "processor_assigned",
    "handover_acknowledged",
    "forwarded",
    "step_transferred",
    "result_proposed",
    "result_approved",
    "result_issued",
    "result_returned",
)


def write_export(folder: Path, count: int) -> AsOf:
    """Write the four datasets that figures read, and give as of what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    made = AsOf("bench", count * ENTRIES_PER_DOSSIER, "", SEALED_AT.isoformat())
    states = registry(OFFICES, PROCEDURES)
    offices = {
        record.office.id: record for record in states.values() if isinstance(record, OfficeRecord)
    }
    calendar = Calendar(id="VN", valid_from=date(2024, 1, 1), valid_to=date(2027, 12, 31))
    record = CalendarRecord(calendar, "0" * 64, Moment(day=calendar.valid_from))
    zones = dict.fromkeys(offices, ZONE)
    rows = (row_of(each) for each in dossiers(count, OFFICES, PROCEDURES))
    _write(folder, DOSSIERS, dossier_rows(rows, zones, SEALED_AT), made)
    _write(folder, EVENTS, map(itemgetter(0), _events(count)), made)
    _write(folder, ACT_TIMES, _act_times(count, OfficeHours(offices, record)), made)
    _write(folder, RATING_CELLS, _rating_cells(states), made)
    return made


def _write(folder: Path, dataset: Dataset, rows: Iterator[Row], made: AsOf) -> None:
    write_dataset([DataFile(dataset, Form.PARQUET)], rows, folder, made)


def _rating_cells(states: Mapping[str, StreamState]) -> Iterator[Row]:
    months = tallied_months(FIRST_DAY, FIRST_DAY + timedelta(days=DAYS - 31))
    counted = 0
    for number, tally in enumerate(draw_tallies(states, months), 1):
        facts = TallyPublished(
            subject=TallySubject.RATINGS,
            document="0" * 64,
            envelopes=counted + tally.counted + WITHHELD,
            counted=tally.counted,
            withheld=WITHHELD,
        )
        counted += tally.counted
        yield from rating_cell_rows([RatingTally(tally.month, number, facts, tally.cells)])


def _act_times(count: int, hours: OfficeHours) -> Iterator[Row]:
    for event, moment in _events(count):
        worked = hours.worked(str(event["office"]), moment)
        index = event["entry_index"]
        assert isinstance(index, int)
        yield act_time_row(index, moment, worked, ZONE)


def _events(count: int) -> Iterator[tuple[Row, Moment]]:
    nothing: dict[str, Any] = dict.fromkeys(EVENTS.column_names)
    for number, dossier in enumerate(dossiers(count, OFFICES, PROCEDURES)):
        begun, took = _course(dossier)
        for place, kind in enumerate(_KINDS):
            at = begun + took * place / len(_KINDS)
            role = "applicant" if place == 0 else "processor"
            moment = Moment(instant=at.replace(microsecond=0))
            yield (
                nothing
                | {
                    "entry_index": number * len(_KINDS) + place,
                    "stream": dossier.stream,
                    "stream_type": "dossier",
                    "version": place + 1,
                    "kind": f"dossier.{kind}",
                    "at": render_moment(moment),
                    "at_precision": SECOND_PRECISION,
                    "at_start": moment.instant,
                    "recorded_at": moment.instant,
                    "office": dossier.office,
                    "signer_keys": (f"officer-{(number + place * place) % OFFICERS:016x}",),
                    "signer_roles": (role,),
                    "imported": False,
                    "to_office": PROVINCE if place == _FORWARDED and number % 7 == 0 else None,
                },
                moment,
            )


def _course(dossier: Dossier) -> tuple[datetime, timedelta]:
    assert dossier.accepted_at is not None
    assert dossier.accepted_at.instant is not None
    begun = dossier.accepted_at.instant
    ended = None if dossier.ended_at is None else dossier.ended_at.instant
    return begun, (SEALED_AT if ended is None else ended).astimezone(UTC) - begun


def time_figure(name: FigureName, folder: Path, engine: EngineName, python: str) -> dict[str, Any]:
    """Run one figure as a command; give its seconds, its rows' hash and their length."""
    begun = time.perf_counter()
    command = [python, "-m", "cli.main", "analyse", name.value, "--export", str(folder)]
    done = subprocess.run(
        [*command, "--engine", engine.value], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    seconds = round(time.perf_counter() - begun, 2)
    sha256_hex = hashlib.sha256(done.stdout).hexdigest()
    return {"seconds": seconds, "sha256": sha256_hex, "bytes": len(done.stdout)}


def main() -> None:
    """Write the export, run every figure, and report."""
    parser = argparse.ArgumentParser(prog="bench.analytics")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS_MADE)
    parser.add_argument("--python", help="an interpreter with Spark")
    parser.add_argument("--export", type=Path, help="keep the export here, or use the one there")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "analytics.json")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = arguments.export or Path(temporary)
        if not (folder / DataFile(ACT_TIMES, Form.PARQUET).name).exists():
            write_export(folder, arguments.dossiers)
        figures = {name.value: _times(name, folder, arguments.python) for name in FigureName}
    report = {
        "machine": machine(),
        "dossiers": arguments.dossiers,
        "events": arguments.dossiers * ENTRIES_PER_DOSSIER,
        "figures": figures,
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print(f"written: {arguments.out}")


def _times(name: FigureName, folder: Path, python: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"duckdb": time_figure(name, folder, EngineName.DUCKDB, sys.executable)}
    if python is not None:
        found["spark"] = time_figure(name, folder, EngineName.SPARK, python)
        assert found["spark"]["sha256"] == found["duckdb"]["sha256"], f"{name}: bytes differ"
    print(name.value, found, file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
