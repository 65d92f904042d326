"""``python -m bench.base_rates``: how often each rule of findings marks something on the real logs.

It imports the two public logs into ledgers of their own, as the command line does, looks at them
with every rule, and writes ``docs/base-rates.md``. Nothing in the document is written by hand but
the notes below, which say what a log lacks.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec

from api.data_folder import DataFolder
from domain.calendars import Calendar
from projections.counts import CountStatistics
from projections.findings import RULES, Finding, find_all
from projections.findings.peers.reading import read_population
from projections.findings.peers.running import PeerRun, RuleReport, find_among
from projections.findings.peers.two_books import (
    BookFigure,
    Ours,
    TwoBooks,
    compare_books,
    read_book,
)
from projections.findings.shapes import DossierRule
from projections.reading import read_counts
from projections.views import ViewReader, open_views

ROOT: Final = Path(__file__).parents[1]
COMMAND: Final = "python -m bench.base_rates"
NONE: Final = "–"

# What makes a whole rule keep silent on an import, by the case's name, the first that holds.
SILENT_ON_IMPORTS: Final[Mapping[str, str]] = {
    "imported": "leaves imported acts alone: their source dated them",
    "no_calendar": "no calendar was published for these years, so working time is not counted",
    "not_opened": "needs private parts that no import has",
}
# What a log lacks, where no case of the rule says it; by the rule's number.
NOTES: Final[Mapping[str, Mapping[str, str]]] = {
    "receipt": {
        "R02": "20 dossiers were asked for more papers, each of them once",
        "R05": "none of the 20 requests stood under a due date when it was made",
        "R19": "no refusals in this log",
        "R19 among peers": "neither refusals nor applicants' numbers in this log",
        "R25": "no consultation in this log names a day for the answer",
        "R28": "the procedure's limit is unknown; the due dates are the source's",
        "R29": "no calendar moved a due date",
        "R30": "an import's performers hold no key, and no processor signs",
        "key_replaced": "no keys of applicants in an import",
        "worked_in_outage": "no outages were declared",
        "R12": "no proxies in this log; see the measurements below",
        "R14": "no proxies in this log",
        "R20": "nobody withdrew",
        "R22": "no ratings in this log",
        "R24": "no record of reads in this log",
        "R31": "neither applicants' numbers nor complaints in this log",
    },
    "bpic2015": {
        "R02": "306 dossiers were asked for more papers, each of them once",
        "R05": "this log has no due date for a whole dossier",
        "R07": "this log has no due date for a whole dossier",
        "R19": "no refusals in this log",
        "R19 among peers": "neither refusals nor applicants' numbers in this log",
        "R25": "no consultation in this log names a day for the answer",
        "R28": "the procedure's limit is unknown",
        "R29": "no calendar moved a due date",
        "R30": "an import's performers hold no key, and no processor signs",
        "R10": "no result was issued before its acceptance",
        "key_replaced": "no keys of applicants in an import",
        "worked_in_outage": "no outages were declared",
        "R11 among peers": "no month has ten days with an end and thirty ends",
        "R12": "no proxies in this log; see the measurements below",
        "R14": "no proxies in this log",
        "R20": "no withdrawal is told as one: 71 dossiers were ended on request, in foreign steps",
        "R22": "no ratings in this log",
        "R23": "no act at night; nearly half of the acts are known to the day alone",
        "R24": "no record of reads in this log",
        "R31": "neither applicants' numbers nor complaints in this log",
    },
}
MEASURED: Final[Mapping[str, str]] = {
    "dossiers_with_a_stop": "R05: pairs of officer and dossier with a stop of the clock near or "
    "after the due date",
    "dossiers_with_a_request": "R15: pairs of officer and dossier in which that officer asked for "
    "a supplement",
    "dossiers_refused": "R15: pairs of officer and dossier in which that officer refused",
    "dossiers_withdrawn": "R20: pairs of officer and dossier that was withdrawn",
    "outside_log_fences": "R10: durations outside of Tukey's fences on the logarithmic scale, fast "
    "or slow (no rule uses them)",
    "overtaken_of_possible": "R12: overtakings, of those that were possible (lead of 24 hours)",
    "dossiers_that_overtook_any": "R12: pairs of officer and dossier that overtook any",
    "dossiers_that_overtook_many": "R12: pairs of officer and dossier that overtook ten or more",
    "acts_out_of_hours": "R23: acts at night (22:00 to 06:00)",
}


@dataclass(frozen=True, slots=True)
class Log:
    """One public log: its file under the shared data, its mapping and how it is called."""

    name: str
    file: str
    title: str


LOGS: Final = (
    Log("receipt", "receipt/receipt.xes.gz", "Receipt phase of environmental permits (CoSeLoG)"),
    Log("bpic2015", "bpic2015/bpic2015_1.csv.gz", "Building permits (BPI Challenge 2015, 1)"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What all rules found in one log, and the comparison of its totals with themselves."""

    log: Log
    dossiers: int
    findings: tuple[Finding, ...]
    run: PeerRun
    same: TwoBooks
    planted: TwoBooks
    without_calendar: TwoBooks


def main() -> None:
    """Import, look and write."""
    parser = argparse.ArgumentParser(prog="bench.base_rates")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "base-rates.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = [measure(log, arguments.shared, Path(folder) / log.name) for log in LOGS]
    arguments.out.write_text(render(measured), encoding="utf-8")
    print(f"written: {arguments.out}")


def measure(log: Log, shared: Path, folder: Path) -> Measured:
    """Import one log and look at it with every rule."""
    mapping = ROOT / "examples" / "mappings" / f"{log.name}.toml"
    command = [sys.executable, "-m", "cli.main", "import", str(shared / log.file)]
    options = ["--mapping", str(mapping), "--data", str(folder)]
    subprocess.run([*command, *options], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    views = open_views(DataFolder(folder).views)
    try:
        with views.reading() as reader:
            return _measured(log, reader)
    finally:
        views.close()


def _measured(log: Log, reader: ViewReader) -> Measured:
    population, counts = read_population(reader), read_counts(reader)
    position = reader.position()
    assert population is not None
    assert counts is not None
    assert position is not None
    ours = Ours(
        figures=tuple(_book_figures(counts)),
        tree_size=position.log_position,
        root_base64=position.root_base64,
        sealed_on=position.sealed_at.date(),
        calendar=_weekdays(position.sealed_at.date()),
    )
    published = msgspec.json.encode(counts)
    return Measured(
        log=log,
        dossiers=len(population.observed),
        findings=tuple(find_all(reader.examined_dossiers())),
        run=find_among(population),
        same=compare_books(read_book(published), ours),
        planted=compare_books(read_book(_with_planted_error(counts)), ours),
        without_calendar=compare_books(read_book(published), replace(ours, calendar=None)),
    )


def _book_figures(counts: CountStatistics) -> Iterator[BookFigure]:
    for each in counts.figures:
        yield BookFigure(each.office, each.procedure, each.period, msgspec.structs.asdict(each))


def _weekdays(last: date) -> Calendar:
    """Make a calendar of plain weekdays: these years and this country have none here."""
    return Calendar(id="NL", valid_from=date(2009, 1, 1), valid_to=last + timedelta(days=60))


def _with_planted_error(counts: CountStatistics) -> bytes:
    first, *others = counts.figures
    planted = msgspec.structs.replace(first, received=first.received + 1)
    return msgspec.json.encode(msgspec.structs.replace(counts, figures=(planted, *others)))


def render(measured: Sequence[Measured]) -> str:
    """Write the document."""
    parts = [_INTRODUCTION]
    for each in measured:
        parts += [
            f"## {each.log.title}: `{each.log.name}`, {each.dossiers:,} dossiers",
            "### Rules that compare with peers",
            _table(_PEER_HEAD, (_peer_row(each, report) for report in each.run.reports)),
            "Measured beside, over the whole log:",
            _table(_MEASURED_HEAD, _measured_rows(each)),
            "### R32, two books",
            _two_books(each),
            "### Rules on one dossier",
            _table(_DOSSIER_HEAD, _dossier_rows(each)),
        ]
    return "\n\n".join([*parts, _READING]) + "\n"


_INTRODUCTION: Final = f"""# Base rates on real logs

How often each rule of [findings](findings.md) marks something on two municipalities' real logs.
Both are Dutch, of 2010 to 2015, and were imported; they stand in no repository of ours. What a
rule marks there is a lead that nobody followed up: the tables say how much an inspector would have
to look at, and not how much was wrong.

Made by `{COMMAND}`, which imports both logs into ledgers of their own and
writes this file. A rule that compares examines units (one officer in one role and quarter, one
dossier, one month of an office); what it left out stands under *left out*, by the name of the
rule's silent case. *By
chance* are comparisons over the threshold that did not stand among all those of the rule
(Benjamini–Hochberg at 5 %)."""
_READING: Final = """## What the figures say

* The logs have one office each, so that rules on officers compare within it. Division of labour is
  the common innocent case: on `bpic2015` two of the performers made two thirds of all requests for
  papers, and they are the outliers of R15. Roles would tell; an import's performers have none.
* R10 marks what was finished within a twentieth of the usual time: on `receipt` within thirty
  hours, and some in the very second of their acceptance. The source does not say why.
* R12 cannot be found without proxies. Its measure of overtaking is ours: of dossiers of one
  performer, accepted a day or more before and never waiting. A performer is anybody who did a
  step, so one dossier counts once for each of them; figures of other definitions differ.
* An import has no calendar, no private parts and no reads, and most rules on one dossier leave it
  alone. Their base rates will be known when offices work with the ledger; until then their
  precision is that of the inspectors' verdicts."""
_PEER_HEAD: Final = ("rule", "compares", "examined", "hits", "rate", "by chance", "left out", "why")
_MEASURED_HEAD: Final = ("what", "part", "of", "share")
_DOSSIER_HEAD: Final = ("rule", "dossiers marked", "rate", "why none")


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rate(part: int, whole: int) -> str:
    return NONE if whole == 0 else f"{100 * part / whole:.1f} %"


def _peer_row(measured: Measured, report: RuleReport) -> tuple[str, ...]:
    silent = ", ".join(f"`{name}` {count:,}" for name, count in report.silent.items())
    return (
        f"{report.rule.id} {report.rule.name.en}",
        report.rule.unit.en,
        f"{report.examined:,}",
        f"{report.hits:,}",
        _rate(report.hits, report.examined),
        f"{report.by_chance:,}",
        silent or NONE,
        _why(measured, report),
    )


def _why(measured: Measured, report: RuleReport) -> str:
    if report.hits:
        return NONE
    notes = NOTES[measured.log.name]
    note = notes.get(f"{report.rule.id} among peers", notes.get(report.rule.id))
    if report.examined == 0:
        return f"not applicable: {note}"
    return note or "all within the limits"


def _measured_rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    for report in measured.run.reports:
        for name, (part, whole) in report.measured.items():
            yield MEASURED[name], f"{part:,}", f"{whole:,}", _rate(part, whole)


def _two_books(measured: Measured) -> str:
    left_out = measured.without_calendar.left_out
    assert measured.same.finding is None
    assert measured.planted.finding is not None
    return (
        f"The ledger's own published months against themselves, with a calendar of plain weekdays: "
        f"{measured.same.compared:,} figures compared, {len(measured.same.differences)} "
        f"differences, left out {_named(measured.same.left_out)}. With one figure planted one too "
        f"high: {len(measured.planted.differences)} difference, which is found. Without a calendar "
        f"nothing is compared: left out {_named(left_out)}."
    )


def _named(counts: Mapping[str, int]) -> str:
    return ", ".join(f"`{name}` {count:,}" for name, count in counts.items())


def _dossier_rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    marked: defaultdict[str, set[str]] = defaultdict(set)
    for finding in measured.findings:
        marked[finding.rule].add(finding.stream)
    for rule in RULES:
        count = len(marked[rule.id])
        why = NONE if count else _why_none(measured, rule)
        name = f"{rule.id} {rule.name.en}"
        yield name, f"{count:,}", _rate(count, measured.dossiers), why


def _why_none(measured: Measured, rule: DossierRule) -> str:
    note = NOTES[measured.log.name].get(rule.id)
    if note is not None:
        return note
    names = {case.name for case in rule.silent_cases}
    found = (said for name, said in SILENT_ON_IMPORTS.items() if name in names)
    return next(found, "the log shows none")


if __name__ == "__main__":
    main()
