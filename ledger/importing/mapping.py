"""The mapping file: what a foreign log's activities and attributes are in the ledger's words.

TOML; unknown names are errors. The worked examples are ``examples/mappings/*.toml``.

- ``name``: the source. Part of every stream id and pseudonym: never change it after an import.
- ``case_order``: ``file`` (events stay as they stand) or ``time`` (by day, within a day those
  without a time first, then by time; equal ones as in the file).
- ``labels``: activities whose text may be public: at most 120 printable ASCII characters without
  quotes and backslashes. Any other appears as its hash; a foreign step's private part keeps it.
- ``[source]``: ``format`` (``xes``, ``csv``); the names of ``case_id``, ``activity``,
  ``timestamp``, ``resource``; for CSV ``delimiter`` and ``rows`` (``contiguous``, ``scattered``).
- ``[time]``: ``zone`` (IANA); ``midnight`` (``instant``, or ``day``: exactly local midnight
  means that only the day is known).
- ``[office]``: ``id``, ``name.vi``, ``name.en``, ``level``; its zone is ``time.zone``.
- ``[procedure]``: ``code``, ``name.vi``, ``name.en``, ``field``; its limit is unknown.
- ``[channel]``: ``default``, and ``attribute`` of the case with ``values`` from its text.
- ``[[activity]]``: ``name``, ``kinds`` in the order of preference (the first that the dossier's
  state permits is taken, none: a foreign step), ``facts`` that always hold, and ``when``: what
  the event's own attributes must say for the row to hold (else a foreign step).
- ``[[attribute]]`` of the case: ``name``, ``kind`` (``dossier.submitted``,
  ``dossier.due_date_imported``, ``dossier.end_imported``), ``precision`` (``instant``, ``day``).
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from domain.actions import Kind, StreamType
from domain.facts import Channel, ImportableFacts
from domain.facts.shapes import Code
from domain.kinds import KINDS
from domain.offices import BilingualName, Level, Office
from domain.procedures import Limit, LimitUnit, Procedure
from domain.roles import Role
from ledger.bodies import canonical_json
from ledger.importing.errors import MalformedMapping
from ledger.importing.sources import Columns
from ledger.importing.timestamps import TimeRules

MAX_LABEL_BYTES: Final = 120
MAX_MAPPING_BYTES: Final = 1 << 20

SUBMITTED: Final = "dossier.submitted"
FOREIGN_STEP: Final = "dossier.foreign_step_recorded"
DUE_DATE: Final = "dossier.due_date_imported"
END: Final = "dossier.end_imported"

# Canonical action text has no escapes and is ASCII.
_LABEL = re.compile(r"[ !#-\[\]-~]+")
# What the planner puts into the facts itself, or what no activity alone can say.
_PLANNED_FACTS = frozenset({"performer", "label", "label_hash"})
_NOT_FOR_ACTIVITIES = frozenset({FOREIGN_STEP, DUE_DATE})

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
SourceName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}\Z")]
FactValue = str | int | bool


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file."""


class SourceTable(_Table, frozen=True, kw_only=True):
    """The file's format and the names of its columns."""

    format: Literal["xes", "csv"]
    case_id: Text
    activity: Text
    timestamp: Text
    resource: Text | None = None
    delimiter: Annotated[str, msgspec.Meta(pattern=r"^[,;|\t]\Z")] = ","
    rows: Literal["contiguous", "scattered"] = "contiguous"

    @property
    def columns(self) -> Columns:
        """Where case, activity, time and resource stand."""
        return Columns(self.case_id, self.activity, self.timestamp, self.resource)


class TimeTable(_Table, frozen=True, kw_only=True):
    """How the source writes its times."""

    zone: Text
    midnight: Literal["instant", "day"] = "instant"


class OfficeTable(_Table, frozen=True, kw_only=True):
    """The office whose acts the source tells."""

    id: Code
    name: BilingualName
    level: Level = Level.FOREIGN


class ProcedureTable(_Table, frozen=True, kw_only=True):
    """The procedure that all cases of the source follow."""

    code: Code
    name: BilingualName
    field: Text | None = None


class ChannelTable(_Table, frozen=True, kw_only=True):
    """How the dossiers came in."""

    default: Channel
    attribute: Text | None = None
    values: dict[str, Channel] = {}


class ActivityRow(_Table, frozen=True, kw_only=True):
    """What one activity is here."""

    name: Text
    kinds: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=8)]
    facts: dict[str, FactValue] = {}
    when: dict[Text, str] = {}


class AttributeRow(_Table, frozen=True, kw_only=True):
    """What one attribute of the case makes."""

    name: Text
    kind: Literal["dossier.submitted", "dossier.due_date_imported", "dossier.end_imported"]
    precision: Literal["instant", "day"] = "instant"


class ImportMapping(_Table, frozen=True, kw_only=True):
    """One mapping file, typed; ``parse_mapping`` has checked what the types cannot say."""

    name: SourceName
    source: SourceTable
    time: TimeTable
    office: OfficeTable
    procedure: ProcedureTable
    channel: ChannelTable
    case_order: Literal["file", "time"] = "file"
    labels: tuple[Text, ...] = ()
    activity: tuple[ActivityRow, ...] = ()
    attribute: tuple[AttributeRow, ...] = ()

    @property
    def time_rules(self) -> TimeRules:
        """Zone and precision of the source's time stamps."""
        return TimeRules(ZoneInfo(self.time.zone), self.time.midnight == "day")

    def office_document(self) -> bytes:
        """Give the public document that registers the source's office."""
        table = self.office
        office = Office(id=table.id, name=table.name, level=table.level, time_zone=self.time.zone)
        return canonical_json(office)

    def procedure_document(self) -> bytes:
        """Give the public document of the source's procedure; its limit is unknown."""
        table = self.procedure
        procedure = Procedure(
            code=table.code,
            version=1,
            name=table.name,
            level=self.office.level,
            limit=Limit(unit=LimitUnit.UNKNOWN),
            field=table.field,
        )
        return canonical_json(procedure)


def read_mapping(path: Path) -> ImportMapping:
    """Read and check a mapping file.

    Raises:
        MalformedMapping: it is too long, not TOML, or not a mapping.
    """
    with path.open("rb") as file:
        data = file.read(MAX_MAPPING_BYTES + 1)
    return parse_mapping(data)


def parse_mapping(data: bytes) -> ImportMapping:
    """Check the bytes of a mapping file.

    Raises:
        MalformedMapping: the bytes are too long, not TOML, or not a mapping.
    """
    if len(data) > MAX_MAPPING_BYTES:
        raise MalformedMapping(f"the mapping is over {MAX_MAPPING_BYTES} bytes")
    try:
        mapping = msgspec.toml.decode(data, type=ImportMapping)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MalformedMapping(f"not a mapping: {error}") from error
    _check_zone(mapping.time.zone)
    _check_labels(mapping.labels)
    _check_unique("activity", [row.name for row in mapping.activity])
    _check_unique("attribute of kind", [row.kind for row in mapping.attribute])
    for row in mapping.activity:
        _check_activity(row)
    return mapping


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise MalformedMapping(f"time.zone: no such zone: {zone!r}") from error


def _check_labels(labels: tuple[str, ...]) -> None:
    _check_unique("label", labels)
    for label in labels:
        if len(label) > MAX_LABEL_BYTES or _LABEL.fullmatch(label) is None:
            raise MalformedMapping(
                f"label {label!r}: at most {MAX_LABEL_BYTES} printable ASCII characters"
                " without quotes and backslashes can be public"
            )


def _check_unique(what: str, names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise MalformedMapping(f"{what} {name!r} stands {count} times")


def _check_activity(row: ActivityRow) -> None:
    _check_unique(f"activity {row.name!r}: kind", row.kinds)
    if planned := _PLANNED_FACTS & row.facts.keys():
        raise MalformedMapping(f"activity {row.name!r}: {sorted(planned)} are not yours to give")
    for kind_name in row.kinds:
        kind = KINDS.get(kind_name)
        if kind is None or not is_importable(kind) or kind_name in _NOT_FOR_ACTIVITIES:
            raise MalformedMapping(f"activity {row.name!r}: no kind {kind_name!r} for activities")
        if kind_name == SUBMITTED:
            _check_bare(row)
        else:
            static_facts(row, kind)


def _check_bare(row: ActivityRow) -> None:
    if row.facts:
        raise MalformedMapping(f"activity {row.name!r}: a submission takes its facts from tables")
    if row.when:
        raise MalformedMapping(f"activity {row.name!r}: a submission holds without conditions")


def is_importable(kind: Kind) -> bool:
    """Tell whether an importer may sign this kind on a dossier's stream."""
    return kind.stream is StreamType.DOSSIER and Role.IMPORTER in kind.signers.alone


def static_facts(row: ActivityRow, kind: Kind) -> ImportableFacts:
    """Give the facts that a row states for one of its kinds.

    Raises:
        MalformedMapping: a fact is missing, unknown, or not of its form.
    """
    try:
        facts = msgspec.convert(row.facts, kind.facts)
    except msgspec.ValidationError as error:
        raise MalformedMapping(f"activity {row.name!r}, {kind.name}: {error}") from error
    assert isinstance(facts, ImportableFacts)
    return facts
