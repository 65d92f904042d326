"""Open dossiers as an object-centric event log: OCEL 2.0 in JSON.

SPEC: OCEL 2.0, "JSON". Objects are dossiers, offices, procedures and those who acted (keys, and
pseudonyms of an import); every event names its dossier, its office, and all of its signers, each
qualified by the role. Events stand in the order of the log. The order of members is ours: types,
objects, events, so that a reader in one pass knows what it meets.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from domain.actions import StreamType
from projections.dossier_rows import Act, DossierRow
from projections.eventlogs.events import FOREIGN_STEP, LIFECYCLE, mined_event, time_text
from projections.opendata.acts import ActReader, walk_acts, walk_dossiers
from projections.opendata.shapes import AsOf

MEDIA_TYPE: Final = "application/json"
# When attributes that never change got their value (OCEL 2.0: the beginning of time).
ALWAYS: Final = "1970-01-01T00:00:00.000+00:00"

_OBJECT_TYPES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "dossier": (("procedure", "string"), ("channel", "string"), ("imported", "boolean")),
    "office": (("level", "string"),),
    "procedure": (),
    "actor": (),
}
_EVENT_ATTRIBUTES: Final = (
    ("kind", "string"),
    ("entry_index", "integer"),
    ("version", "integer"),
    ("at_precision", "string"),
    ("recorded_at", "time"),
    ("resource", "string"),
    ("role", "string"),
    ("lifecycle", "string"),
    ("status", "integer"),
    ("due", "string"),
)


def ocel_parts(reader: ActReader, made: AsOf) -> Iterator[bytes]:
    """Write the log, piece by piece."""
    yield b'{"objectTypes":' + _encode(_object_types())
    yield b',"eventTypes":' + _encode(_event_types(reader.dossier_activities(FOREIGN_STEP)))
    yield b',"objects":['
    yield from _joined(_objects(reader))
    yield b'],"events":['
    yield from _joined(_events(reader, made.tree_size))
    yield b"]}\n"


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def _joined(objects: Iterable[dict[str, object]]) -> Iterator[bytes]:
    before = b"\n"
    for one in objects:
        yield before + _encode(one)
        before = b",\n"


def _object_types() -> list[dict[str, object]]:
    return [
        {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes]}
        for name, attributes in _OBJECT_TYPES.items()
    ]


def _event_types(kinds: Iterable[str]) -> list[dict[str, object]]:
    attributes = [{"name": key, "type": kind} for key, kind in _EVENT_ATTRIBUTES]
    return [{"name": kind, "attributes": attributes} for kind in kinds]


def _objects(reader: ActReader) -> Iterator[dict[str, object]]:
    for office_id, record in sorted(reader.offices().items()):
        level = record.office.level.value
        yield _object(office_object(office_id), "office", {"level": level})
    for code in sorted(reader.procedures()):
        yield _object(procedure_object(code), "procedure", {})
    for signer in reader.dossier_signers():
        yield _object(actor_object(signer), "actor", {})
    for stream in walk_dossiers(reader):
        row = reader.dossier_row(stream)
        assert row is not None
        yield _dossier(row)


def _dossier(row: DossierRow) -> dict[str, object]:
    attributes = {"procedure": row.procedure, "channel": row.channel, "imported": row.imported}
    return _object(row.stream, "dossier", attributes) | {
        "relationships": [
            {"objectId": procedure_object(row.procedure), "qualifier": "of procedure"}
        ]
    }


def _object(name: str, kind: str, attributes: Mapping[str, object]) -> dict[str, object]:
    return {
        "id": name,
        "type": kind,
        "attributes": [
            {"name": key, "time": ALWAYS, "value": value} for key, value in attributes.items()
        ],
    }


def office_object(office_id: str) -> str:
    """Name the object of an office."""
    return f"{StreamType.OFFICE}:{office_id}"


def procedure_object(code: str) -> str:
    """Name the object of a procedure."""
    return f"{StreamType.PROCEDURE}:{code}"


def actor_object(signer: str) -> str:
    """Name the object of a key or of a pseudonym."""
    return f"actor:{signer}"


def _events(reader: ActReader, tree_size: int) -> Iterator[dict[str, object]]:
    zones = reader.zones()
    prefix = f"{StreamType.DOSSIER}:"
    for act in walk_acts(reader, 0, tree_size):
        if not act.stream.startswith(prefix):
            continue
        yield _event(act, zones, act.office or _office_of(reader, act.stream))


def _office_of(reader: ActReader, stream: str) -> str:
    row = reader.dossier_row(stream)
    assert row is not None
    return row.office


def _event(act: Act, zones: Mapping[str, str], office: str) -> dict[str, object]:
    event = mined_event(act, zones, office)
    attributes: dict[str, object] = {
        "kind": event.kind,
        "entry_index": event.entry_index,
        "version": event.version,
        "at_precision": event.at_precision,
        "recorded_at": time_text(event.recorded_at),
        "resource": event.resource,
        "role": event.role,
        "lifecycle": LIFECYCLE,
        "status": event.status,
        "due": event.due,
    }
    return {
        "id": f"entry-{event.entry_index}",
        "type": event.name,
        "time": time_text(event.started_at),
        "attributes": [
            {"name": name, "value": value}
            for name, value in attributes.items()
            if value is not None
        ],
        "relationships": list(_relationships(act, event.office)),
    }


def _relationships(act: Act, office: str) -> Iterator[dict[str, str]]:
    yield {"objectId": act.stream, "qualifier": "case"}
    yield {"objectId": office_object(office), "qualifier": "office"}
    for signer in act.signers:
        yield {"objectId": actor_object(signer.key), "qualifier": signer.role.value}
    if act.performer is not None:
        yield {"objectId": actor_object(act.performer), "qualifier": "performer"}
