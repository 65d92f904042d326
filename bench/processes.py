"""How much processor time the processes of one server have used, read from the system."""

import os
from pathlib import Path
from typing import Final

NAMES: Final = {"cli.main writer": "writer", "cli.main follow": "follower", "gunicorn": "web"}


def used_seconds(supervisor_pid: int) -> dict[str, float]:
    """Give the processor seconds of writer, follower and web server so far; empty off Linux."""
    tree = _family(supervisor_pid)
    used: dict[str, float] = {}
    for pid in tree:
        name = _name_of(pid)
        if name is not None:
            used[name] = used.get(name, 0.0) + _seconds_of(pid)
    return used


def microseconds_each(
    before: dict[str, float], after: dict[str, float], operations: int
) -> dict[str, float]:
    """Give the processor microseconds per operation of each process between two readings."""
    return {
        f"{name} process, all of it": round((after[name] - before[name]) / operations * 1e6, 1)
        for name in sorted(after)
        if name in before
    }


def _family(pid: int) -> set[int]:
    parents = {int(path.name): _parent(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    family = {pid}
    while True:
        grown = family | {child for child, parent in parents.items() if parent in family}
        if grown == family:
            return family
        family = grown


def _fields(pid: int) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _seconds_of(pid: int) -> float:
    fields = _fields(pid)
    if not fields:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _name_of(pid: int) -> str | None:
    try:
        line = (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return None
    return next((name for pattern, name in NAMES.items() if pattern in line), None)
