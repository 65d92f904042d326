"""Foreign cases as read, before anything is made of them, and the limits that every reader holds.

Values stay the source's own text; only ``timestamps`` and ``planner`` give them a meaning.
A reader keeps one case in memory, and the identifiers of the cases it has read.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ledger.importing.errors import MalformedSource

CHUNK_BYTES = 1 << 16
MAX_EVENTS_PER_CASE = 20_000
MAX_ATTRIBUTES = 256
"""Attributes of one case, and of one event."""
MAX_NAME_CHARACTERS = 200
"""A case identifier, an activity, a resource, the name of an attribute."""
MAX_VALUE_CHARACTERS = 8_192
MAX_CASE_CHARACTERS = 16 << 20
"""All names and values of one case together: what bounds the memory of a reader."""


@dataclass(frozen=True, slots=True)
class ForeignEvent:
    """One step as the source tells it; ``line`` is where it stands in the source."""

    activity: str
    at: str
    resource: str | None
    attributes: Mapping[str, str]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignCase:
    """One case of the source with its events in the order of the file."""

    case_id: str
    attributes: Mapping[str, str]
    events: tuple[ForeignEvent, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the source keeps the four things that every event log has."""

    case_id: str
    activity: str
    timestamp: str
    resource: str | None


class CaseIds:
    """The identifiers read so far: a second case of one name would share its dossier."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def add(self, case_id: str, line: int | None, advice: str = "") -> None:
        """Remember one case.

        Raises:
            MalformedSource: a case of that name was read before.
        """
        if case_id in self._seen:
            raise MalformedSource(f"case appears a second time{advice}", line=line, case_id=case_id)
        self._seen.add(case_id)


def check_name(text: str | None, what: str, line: int | None) -> str:
    """Give back a name that is there and within its limit."""
    if not text:
        raise MalformedSource(f"{what} is missing", line=line)
    if len(text) > MAX_NAME_CHARACTERS:
        raise MalformedSource(f"{what} is over {MAX_NAME_CHARACTERS} characters", line=line)
    return text


def check_value(text: str, line: int | None) -> str:
    """Give back a value that is within its limit."""
    if len(text) > MAX_VALUE_CHARACTERS:
        raise MalformedSource(f"a value is over {MAX_VALUE_CHARACTERS} characters", line=line)
    return text


def foreign_event(
    values: Mapping[str, str], columns: Columns, line: int | None, case_id: str | None = None
) -> ForeignEvent:
    """Pick activity, time and resource out of one event's values.

    Raises:
        MalformedSource: the activity or the time is missing, or a name is too long.
    """
    at = values.get(columns.timestamp)
    if not at:
        raise MalformedSource(f"an event without {columns.timestamp!r}", line=line, case_id=case_id)
    activity = check_name(values.get(columns.activity), f"the activity {columns.activity!r}", line)
    resource = (values.get(columns.resource) if columns.resource else None) or None
    if resource is not None:
        check_name(resource, "the resource", line)
    return ForeignEvent(activity, at, resource, values, line)


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open a log for reading, unpacked when its name ends in ``.gz``."""
    with path.open("rb") as packed:
        if path.suffix != ".gz":
            yield packed
            return
        with gzip.GzipFile(fileobj=packed) as unpacked:
            yield cast("BinaryIO", unpacked)


@contextmanager
def reading(line: int | None = None) -> Iterator[None]:
    """Turn what a damaged gzip raises into the one error of a reader."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error) as error:
        raise MalformedSource("not a gzip file, or a damaged one", line=line) from error
    except EOFError as error:
        raise MalformedSource("the gzip file is cut short", line=line) from error
