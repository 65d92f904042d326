"""How an audit runs before the eyes of whoever waits: how far, how fast, what takes its time."""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from cli.output import progress_bar, say
from ledger.auditing import AuditReport

# A smaller log is audited before other processes have begun.
FEWEST_ENTRIES_TO_SHARE: Final = 20_000
SECONDS_BETWEEN_LINES: Final = 30.0
PARTS_SHOWN: Final = 3


def shards_for(jobs: int | None, tree_size: int) -> int:
    """Give how many processes shall share an audit: as many as asked for, or as there are cores."""
    if jobs is not None:
        return jobs
    return len(os.sched_getaffinity(0)) if tree_size >= FEWEST_ENTRIES_TO_SHARE else 1


def run_audit(audits: Iterator[AuditReport], tree_size: int) -> AuditReport:
    """Run an audit to its end; progress goes to standard error, in lines where that is a file."""
    audited: AuditReport | None = None
    begun = said = time.monotonic()
    first: int | None = None
    asked_again = ""
    with progress_bar() as bar:
        task = bar.add_task("auditing", total=tree_size)
        for audited in audits:
            now = time.monotonic()
            if audited.asked_again != asked_again:
                asked_again, first, begun = audited.asked_again, None, now
                say(f"one process begins anew, since several cannot tell: {asked_again}")
            first = audited.entries if first is None else first
            speed = (audited.entries - first) / max(now - begun, 1e-3)
            line = f"auditing {speed:,.0f}/s ({_largest(audited.spent)})"
            bar.update(task, completed=audited.entries, description=line)
            if bar.disable and now - said >= SECONDS_BETWEEN_LINES:
                said = now
                say(f"{line}: {audited.entries:,} of {tree_size:,} entries")
    assert audited is not None
    return audited


def shares_of(spent: Mapping[str, float]) -> dict[str, float]:
    """Give what share of the processors' time each part of an audit took, the largest first."""
    total = sum(spent.values()) or 1.0
    return {part: round(each / total, 3) for part, each in Counter(spent).most_common()}


def _largest(spent: Mapping[str, float]) -> str:
    shares = list(shares_of(spent).items())[:PARTS_SHOWN]
    return ", ".join(f"{part} {share:.0%}" for part, share in shares)
