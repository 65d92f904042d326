"""How often each rule marks something on the two real logs, as docs/base-rates.md says.

The data lies in `base_rates.json` beside this file; ``make golden`` writes it from the document.
Both logs are foreign and were imported: what a rule marks there is a lead that nobody followed up.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

DATA: Final = Path(__file__).with_name("base_rates.json")


class LogBaseRate(msgspec.Struct, frozen=True, kw_only=True):
    """Of how many comparisons, or dossiers, of one real log a rule marked how many."""

    log: str
    rule: str
    compares_with_peers: bool
    examined: int
    hits: int


@cache
def base_rates() -> Mapping[tuple[str, bool], Sequence[LogBaseRate]]:
    """Give the rates by a rule's id and whether it compares with peers."""
    rates = msgspec.json.decode(DATA.read_bytes(), type=list[LogBaseRate])
    found: dict[tuple[str, bool], list[LogBaseRate]] = {}
    for rate in rates:
        found.setdefault((rate.rule, rate.compares_with_peers), []).append(rate)
    return found
