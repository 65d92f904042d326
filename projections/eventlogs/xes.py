"""Open dossiers as an XES log: a trace per dossier, in the order of their first acts.

SPEC: IEEE 1849-2016 (XES 1.0), with the standard extensions concept, time, organizational and
lifecycle. Keys without a prefix are ours: the entry index that proves an event, the precision of
its moment, when it was recorded, the status and due date after it. A moment that is a day alone
gets the start of that day, so events of one day may share a timestamp; within a trace they stand
by entry index, and ``entry_index`` says so.
"""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from projections.dossier_rows import DossierRow
from projections.eventlogs.events import LIFECYCLE, MinedEvent, mined_event, time_text
from projections.opendata.acts import ActReader, walk_dossiers
from projections.opendata.shapes import AsOf

MEDIA_TYPE: Final = "application/xml"

_EXTENSIONS: Final = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)
_CLASSIFIERS: Final = (("Activity", "concept:name"), ("Resource", "org:resource"))
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">\n'
)


def xes_parts(reader: ActReader, made: AsOf) -> Iterator[bytes]:
    """Write the log, one trace after the other."""
    yield _head(made).encode()
    zones = reader.zones()
    for stream in walk_dossiers(reader):
        row = reader.dossier_row(stream)
        assert row is not None
        events = [mined_event(act, zones, row.office) for act in reader.acts_of(stream)]
        yield _trace(row, events).encode()
    yield b"</log>\n"


def _head(made: AsOf) -> str:
    lines = [_HEAD]
    for name, prefix, address in _EXTENSIONS:
        lines.append(f'<extension name="{name}" prefix="{prefix}" uri="{address}"/>\n')
    lines.append(
        '<global scope="trace">\n<string key="concept:name" value="UNKNOWN"/>\n</global>\n'
    )
    lines.append(
        '<global scope="event">\n<string key="concept:name" value="UNKNOWN"/>\n'
        '<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>\n'
        '<string key="org:resource" value="UNKNOWN"/>\n'
        '<string key="lifecycle:transition" value="complete"/>\n</global>\n'
    )
    for name, keys in _CLASSIFIERS:
        lines.append(f'<classifier name="{name}" keys="{keys}"/>\n')
    lines += [
        _text("concept:name", f"{made.origin} {made.tree_size}"),
        _text("ledger", made.origin),
        _number("checkpoint_size", made.tree_size),
        _text("checkpoint_root", made.root),
        _text("as_of", made.sealed_at),
    ]
    return "".join(lines)


def _trace(row: DossierRow, events: list[MinedEvent]) -> str:
    lines = [
        "<trace>\n",
        _text("concept:name", row.stream),
        _text("procedure", row.procedure),
        _text("office", row.office),
        _text("channel", row.channel),
        _number("status", row.status),
        _flag("imported", value=row.imported),
    ]
    lines += map(_event, events)
    return "".join((*lines, "</trace>\n"))


def _event(event: MinedEvent) -> str:
    lines = [
        "<event>\n",
        _text("concept:name", event.name),
        f'<date key="time:timestamp" value="{time_text(event.started_at)}"/>\n',
        _text("org:resource", event.resource),
        _text("org:role", event.role),
        _text("org:group", event.office),
        _text("lifecycle:transition", LIFECYCLE),
        _text("kind", event.kind),
        _number("entry_index", event.entry_index),
        _number("version", event.version),
        _text("at_precision", event.at_precision),
        f'<date key="recorded_at" value="{time_text(event.recorded_at)}"/>\n',
    ]
    if event.status is not None:
        lines.append(_number("status", event.status))
    if event.due is not None:
        lines.append(_text("due", event.due))
    return "".join((*lines, "</event>\n"))


def _text(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>\n'


def _number(key: str, value: int) -> str:
    return f'<int key="{key}" value="{value}"/>\n'


def _flag(key: str, *, value: bool) -> str:
    return f'<boolean key="{key}" value="{"true" if value else "false"}"/>\n'
