"""Measure, print, and write ``bench/rebuild.json``."""

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Final

from bench.logs.long_log import make_log_and_vault
from bench.rebuild.parts import measure_parts
from bench.rebuild.projections import measure_projections
from bench.rebuild.steps import ENTRIES_PER_SMALL_SEAL, SMALL_LOG, measure_small_steps
from bench.rebuild.worlds import World

TARGET: Final = 30_000
CACHE: Final = Path.home() / ".cache" / "dossier-ledger-bench"
ENTRIES_PER_SEAL: Final = 256


def main() -> None:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(prog="bench.rebuild")
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where logs are kept")
    parser.add_argument("--out", type=Path, default=Path("bench/rebuild.json"))
    arguments = parser.parse_args()
    big = World.open(make_log_and_vault(arguments.cache, arguments.entries, ENTRIES_PER_SEAL))
    small = World.open(make_log_and_vault(arguments.cache, SMALL_LOG, ENTRIES_PER_SMALL_SEAL))
    result = {
        "entries": big.log.tree_size,
        "dossiers": big.count_dossiers(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "target_entries_per_second": TARGET,
        "microseconds_of_an_entry": measure_parts(big),
        "projections": measure_projections(big),
        "small_steps": measure_small_steps(small),
    }
    arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
