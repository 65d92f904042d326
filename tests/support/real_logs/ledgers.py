"""Two municipalities' real logs as ledgers, imported and exported once for all tests that read.

The logs are no part of this repository: where they are not, the tests that want them skip.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
SHARED: Final = ROOT.parent / "shared" / "data"
FORMATS: Final = ("csv", "jsonl", "parquet")


@dataclass(frozen=True)
class RealLog:
    """A log under one mapping, and what was counted in its file by other programs."""

    file: str
    dossiers: int
    events: int
    # Dossiers that ended, those of them late, those still open past their due date; by the log.
    ended: int
    late: int
    overdue: int
    # Ended dossiers whose end lies before their acceptance.
    backwards: int

    @property
    def path(self) -> Path:
        return SHARED / self.file


_RECEIPT: Final = "receipt/receipt.xes.gz"
LOGS: Final[Mapping[str, RealLog]] = {
    "receipt": RealLog(_RECEIPT, 1_434, 8_577, 1_329, 309, 103, 113),
    "receipt-instant": RealLog(_RECEIPT, 1_434, 8_577, 1_329, 377, 103, 113),
    # No due date for a whole dossier: none is late.
    "bpic2015": RealLog("bpic2015/bpic2015_1.csv.gz", 1_199, 52_217, 759, 0, 0, 0),
}


def mapping_of(name: str) -> Path:
    """Give the mapping of that name."""
    return ROOT / "examples" / "mappings" / f"{name}.toml"


@dataclass(frozen=True)
class RealLedgers:
    """The ledgers that were asked for so far; whoever changes one takes a copy."""

    folder: Path
    _data: dict[str, Path] = field(default_factory=dict)
    _exports: dict[str, Path] = field(default_factory=dict)

    def data(self, name: str) -> Path:
        """Give the data folder of a log's ledger."""
        from tests.unit.cli.running import run

        if not LOGS[name].path.exists():
            pytest.skip(f"the foreign log {LOGS[name].file} is not here")
        if name not in self._data:
            data = self.folder / name
            log = LOGS[name].path
            ran = run("import", log, "--mapping", mapping_of(name), "--data", data, "--json")
            assert (ran.code, ran.members["dropped"]) == (0, 0), ran.said
            self._data[name] = data
        return self._data[name]

    def export(self, name: str) -> Path:
        """Give the folder of its open data, in every form."""
        from tests.unit.cli.running import run

        if name not in self._exports:
            out = self.folder / f"{name}-export"
            formats = [word for form in FORMATS for word in ("--format", form)]
            assert run("export", "--data", self.data(name), "--to", out, *formats).code == 0
            self._exports[name] = out
        return self._exports[name]
