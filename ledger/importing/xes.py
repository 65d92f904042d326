"""XES logs, read case by case with the limits of ``sources``.

XES is XML: ``<log>`` holds ``<trace>`` elements (cases), these hold ``<event>`` elements, and each
holds attributes, ``<string key="…" value="…"/>`` and six more types that may nest. A nested
attribute is kept under the path of its keys (``outer/inner``), a repeated one as ``key#2``.

The parser is expat behind defusedxml: no document type, so no entity and nothing external. It
tells this reader of each element as it comes, so no tree is ever built.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import XMLParserType

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from ledger.importing.errors import MalformedSource
from ledger.importing.sources import (
    CHUNK_BYTES,
    MAX_ATTRIBUTES,
    MAX_CASE_CHARACTERS,
    MAX_EVENTS_PER_CASE,
    CaseIds,
    Columns,
    ForeignCase,
    ForeignEvent,
    check_name,
    check_value,
    foreign_event,
    open_source,
    reading,
)

MAX_DEPTH = 16
MAX_MARKUP_ATTRIBUTES = 32
MAX_MARKUP_BYTES = 1 << 20
"""The longest piece of markup that is waited for; expat tells of it only when it is complete."""

_ATTRIBUTE_TAGS = frozenset(
    {"string", "date", "int", "float", "boolean", "id", "list", "container"}
)
_LOG_TAGS = _ATTRIBUTE_TAGS | {"extension", "global", "classifier"}


class _Place(Enum):
    LOG = auto()
    BESIDE = auto()
    """Whatever the log says about itself: declarations, statistics."""
    TRACE = auto()
    EVENT = auto()
    ATTRIBUTE = auto()


class _Target:
    """Receives elements from the parser; finished cases wait in ``cases`` until taken."""

    def __init__(self, columns: Columns) -> None:
        self.cases: list[ForeignCase] = []
        self.parser: XMLParserType | None = None
        self._columns = columns
        self._case_ids = CaseIds()
        self._stack: list[tuple[_Place, str]] = []
        self._start_trace()

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._malformed(f"elements nest deeper than {MAX_DEPTH}")
        if len(attributes) > MAX_MARKUP_ATTRIBUTES:
            raise self._malformed(f"an element with over {MAX_MARKUP_ATTRIBUTES} XML attributes")
        name = tag.rpartition("}")[2]
        self._stack.append(self._place(name, attributes))

    def end(self, _tag: str, /) -> None:
        place, _path = self._stack.pop()
        if place is _Place.EVENT:
            self._finish_event()
        elif place is _Place.TRACE:
            self._finish_trace()

    def close(self) -> None:
        """Nothing is left to hand over: cases leave as they are finished."""

    def _place(self, name: str, attributes: Mapping[str, str]) -> tuple[_Place, str]:
        if not self._stack:
            if name != "log":
                raise self._malformed(f"the root is {name!r}, not an XES log")
            return _Place.LOG, ""
        parent, path = self._stack[-1]
        if parent is _Place.BESIDE:
            return _Place.BESIDE, ""
        if parent is _Place.LOG:
            return self._place_in_log(name)
        if parent is _Place.TRACE and name == "event":
            self._start_event()
            return _Place.EVENT, ""
        if name == "values" and parent is _Place.ATTRIBUTE:
            return _Place.ATTRIBUTE, path
        if name not in _ATTRIBUTE_TAGS:
            raise self._malformed(f"element {name!r} does not belong here")
        return _Place.ATTRIBUTE, self._keep(path, attributes)

    def _place_in_log(self, name: str) -> tuple[_Place, str]:
        if name == "trace":
            self._start_trace()
            return _Place.TRACE, ""
        if name not in _LOG_TAGS:
            raise self._malformed(f"element {name!r} does not belong into a log")
        return _Place.BESIDE, ""

    def _keep(self, path: str, attributes: Mapping[str, str]) -> str:
        line = self.line()
        key = check_name(attributes.get("key"), "the key of an attribute", line)
        full_path = f"{path}/{key}" if path else key
        value = check_value(attributes.get("value", ""), line)
        values = self._values
        if len(values) >= MAX_ATTRIBUTES:
            raise self._malformed(f"over {MAX_ATTRIBUTES} attributes")
        self._characters += len(full_path) + len(value)
        if self._characters > MAX_CASE_CHARACTERS:
            raise self._malformed(f"a case of over {MAX_CASE_CHARACTERS} characters")
        values[_free_key(values, full_path)] = value
        return full_path

    def _start_trace(self) -> None:
        self._events: list[ForeignEvent] = []
        self._characters = 0
        self._case_values: dict[str, str] = {}
        self._values = self._case_values
        self._trace_line = self.line()
        self._event_line = self._trace_line

    def _start_event(self) -> None:
        if len(self._events) >= MAX_EVENTS_PER_CASE:
            raise self._malformed(f"a case of over {MAX_EVENTS_PER_CASE} events")
        self._values = {}
        self._event_line = self.line()

    def _finish_event(self) -> None:
        self._events.append(foreign_event(self._values, self._columns, self._event_line))
        self._values = self._case_values

    def _finish_trace(self) -> None:
        name = self._case_values.get(self._columns.case_id)
        case_id = check_name(name, f"the case's {self._columns.case_id!r}", self._trace_line)
        self._case_ids.add(case_id, self._trace_line)
        events = tuple(self._events)
        self.cases.append(ForeignCase(case_id, self._case_values, events, self._trace_line))

    def line(self) -> int | None:
        """The line that the parser has come to, once it has begun."""
        return self.parser.CurrentLineNumber if self.parser is not None else None

    def _malformed(self, problem: str) -> MalformedSource:
        return MalformedSource(problem, line=self.line())


def _free_key(values: Mapping[str, str], key: str) -> str:
    if key not in values:
        return key
    count = 2
    while f"{key}#{count}" in values:
        count += 1
    return f"{key}#{count}"


def read_xes(path: Path, columns: Columns) -> Iterator[ForeignCase]:
    """Read the cases of an XES file, packed or not, in the order of the file.

    Raises:
        MalformedSource: the file is not XES, is damaged, or passes a limit. Cases that were
            already given out are whole.
    """
    with open_source(path) as stream:
        yield from read_xes_stream(stream, columns)


def read_xes_stream(stream: BinaryIO, columns: Columns) -> Iterator[ForeignCase]:
    """Read the cases of an open XES stream; the same as ``read_xes`` otherwise."""
    target = _Target(columns)
    parser = XMLParser(target=target, forbid_dtd=True)
    target.parser = parser.parser
    fed_bytes = 0
    while chunk := _next_chunk(stream, target):
        fed_bytes += len(chunk)
        _feed(parser, chunk)
        if fed_bytes - parser.parser.CurrentByteIndex > MAX_MARKUP_BYTES:
            raise MalformedSource(
                f"a piece of markup over {MAX_MARKUP_BYTES} bytes",
                line=parser.parser.CurrentLineNumber,
            )
        yield from _take(target)
    _feed(parser, None)
    yield from _take(target)


def _next_chunk(stream: BinaryIO, target: _Target) -> bytes:
    with reading(target.line()):
        return stream.read(CHUNK_BYTES)


def _feed(parser: XMLParser, chunk: bytes | None) -> None:
    """Hand one chunk to the parser, or its end; every way of saying no becomes one error."""
    line = parser.parser.CurrentLineNumber
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk)
    except DefusedXmlException as error:
        raise MalformedSource("document types and entities are not read", line=line) from error
    except ParseError as error:
        raise MalformedSource(f"not well-formed XML: {error}", line=error.position[0]) from error
    except (ValueError, LookupError) as error:
        raise MalformedSource(f"an encoding that is not read: {error}", line=line) from error


def _take(target: _Target) -> list[ForeignCase]:
    cases, target.cases = target.cases, []
    return cases
