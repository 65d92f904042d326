"""The public log in words: where it stands, its latest entries, and one entry taken apart.

Entries are shown as they were published, so nothing here can be trusted more than the log: the
signed text stands verbatim beside its explanation, with the link to its receipt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from api.pages.formats import PAGE_ZONE
from api.pages.words import Names, Words
from domain.actions import Action
from domain.facts import ImportableFacts
from domain.moments import Moment, parse_moment
from ledger.action_notes import open_entry
from ledger.errors import LedgerError
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from ledger.writing.veils import VEIL_TYPE_LINE
from transparency.encoding import encode_base64
from transparency.errors import TransparencyError
from transparency.hashing import leaf_hash
from transparency.seals import Seal, is_seal, parse_seal
from transparency.tiles import TILE_WIDTH, EntryBundle, Tile, bundle_path, tile_path

ENTRIES_SHOWN: Final = 25

_DATES: Final = frozenset(
    {
        "answer_by",
        "pay_by",
        "due_on",
        "due_at",
        "appointment",
        "since",
        "until",
        "expected_until",
        "last_backup_until",
    }
)
_TABLES: Final = {
    "assurance": "assurance",
    "category": "category",
    "channel": "channel",
    "field": "correctable",
    "ground": "ground",
    "outcome": "outcome",
    "reason_code": "reason_code",
    "verdict": "verdict",
}


@dataclass(frozen=True, slots=True)
class LogStand:
    """Where the published log stands: its checkpoint, its last seal and its key."""

    origin: str
    tree_size: int
    root_base64: str
    sealed_at: datetime
    vkey: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry in a list: what it is and which stream it belongs to."""

    entry_index: int
    kind: str
    stream: str | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Everything that the page of the log shows; `newer` and `older` are ends of other pages."""

    stand: LogStand
    lines: tuple[EntryLine, ...]
    newer: int | None
    older: int | None
    bundle_path: str
    tile_path: str


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One public fact in words."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownAction:
    """An entry that is an action, in words."""

    kind: str
    kind_name: str
    stream: str
    version: int
    at: Moment
    zone: str
    office: str | None
    commitment: str | None
    signers: tuple[tuple[str, str], ...]
    facts: tuple[ShownFact, ...]
    document: str | None
    is_imported: bool


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """The bytes of one published entry, and when the seal that covers it was set."""

    entry_index: int
    body: bytes
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Everything that the page of one entry shows; at most one of `action` and `seal` is there."""

    entry_index: int
    tree_size: int
    text: str
    leaf_hash_base64: str
    recorded_at: datetime | None
    action: ShownAction | None
    seal: Seal | None
    is_envelope: bool = False
    is_veil: bool = False


def log_page(stand: LogStand, entries: Sequence[PublishedEntry], words: Words) -> LogPage:
    """Make the page that lists some neighbouring entries, the newest first."""
    lines = tuple(_line(entry, words) for entry in reversed(entries))
    first = entries[0].entry_index if entries else 0
    end = entries[-1].entry_index + 1 if entries else 0
    last_index, width = _last_tile(stand.tree_size)
    return LogPage(
        stand=stand,
        lines=lines,
        newer=min(end + ENTRIES_SHOWN, stand.tree_size) if end < stand.tree_size else None,
        older=first or None,
        bundle_path=bundle_path(EntryBundle(last_index, width)),
        tile_path=tile_path(Tile(0, last_index, width)),
    )


def _last_tile(tree_size: int) -> tuple[int, int]:
    """Give index and width of the rightmost tile of level 0."""
    last_index = (tree_size - 1) // TILE_WIDTH
    return last_index, tree_size - last_index * TILE_WIDTH


def _line(entry: PublishedEntry, words: Words) -> EntryLine:
    if is_seal(entry.body):
        return EntryLine(entry.entry_index, words.texts("entry.seal"), None)
    if is_envelope(entry.body):
        return EntryLine(entry.entry_index, words.texts("entry.envelope"), None)
    if is_veil(entry.body):
        return EntryLine(entry.entry_index, words.texts("entry.veil"), None)
    action = _action(entry.body)
    if action is None:
        return EntryLine(entry.entry_index, words.texts("entry.other"), None)
    return EntryLine(entry.entry_index, words.member("kind", action.kind.name), action.stream)


def entry_page(entry: PublishedEntry, tree_size: int, names: Names, words: Words) -> EntryPage:
    """Take one entry apart."""
    action = None if is_seal(entry.body) else _action(entry.body)
    return EntryPage(
        entry_index=entry.entry_index,
        tree_size=tree_size,
        text=entry.body.decode("utf-8", errors="replace"),
        leaf_hash_base64=encode_base64(leaf_hash(entry.body)),
        recorded_at=entry.recorded_at,
        action=None if action is None else _shown(action, names, words),
        seal=_seal(entry.body),
        is_envelope=is_envelope(entry.body),
        is_veil=is_veil(entry.body),
    )


def is_envelope(body: bytes) -> bool:
    """Tell whether an entry is an envelope: a commitment to a note that stays unpublished."""
    return body.startswith(ENVELOPE_TYPE_LINE)


def is_veil(body: bytes) -> bool:
    """Tell whether an entry is a veil: what stands for an act on a veiled dossier."""
    return body.startswith(VEIL_TYPE_LINE)


def _action(body: bytes) -> Action | None:
    try:
        opened = open_entry(body, None)
    except LedgerError:
        # An entry that cannot be read is shown verbatim; raising the alarm is the followers' part.
        return None
    return None if opened is None else opened.action


def _seal(body: bytes) -> Seal | None:
    try:
        return parse_seal(body)
    except TransparencyError:
        return None


def _shown(action: Action, names: Names, words: Words) -> ShownAction:
    zone = zone_of(action.office, names)
    facts = msgspec.to_builtins(action.facts)
    return ShownAction(
        kind=words.member("kind", action.kind.name),
        kind_name=action.kind.name,
        stream=action.stream,
        version=action.version,
        at=action.at,
        zone=zone,
        office=None if action.office is None else words.office(names, action.office, action.at),
        commitment=action.commitment,
        signers=tuple((words.member("role", one.role), one.key) for one in action.signers),
        facts=tuple(
            ShownFact(words.member("fact", name), fact_value(name, value, zone, words))
            for name, value in facts.items()
        ),
        document=facts.get("document"),
        is_imported=isinstance(action.facts, ImportableFacts) and action.is_imported,
    )


def zone_of(office_id: str | None, names: Names) -> str:
    """Give the time zone in which an office's acts are shown."""
    record = None if office_id is None else names.office(office_id)
    return PAGE_ZONE if record is None else record.office.time_zone


def fact_value(name: str, value: object, zone: str, words: Words) -> str:
    """Write the value of one fact, as plain data, for people."""
    if name in _DATES:
        return words.formats.moment(parse_moment(str(value)), zone)
    if name == "amount_vnd":
        return words.formats.vnd(int(str(value)))
    if name in _TABLES:
        # An open code without words of its own is at least written as words.
        return words.member(_TABLES[name], str(value)).replace("_", " ")
    if name == "grants" and isinstance(value, list | tuple):
        return "; ".join(_grant(one, zone, words) for one in value)
    members = value.values() if isinstance(value, Mapping) else value
    if isinstance(members, str) or not isinstance(members, Iterable):
        return str(members)
    return ", ".join(str(one) for one in members)


def _grant(grant: Mapping[str, str], zone: str, words: Words) -> str:
    """Write one grant: the role, for which office, and between which days."""
    days = [
        words.formats.moment(parse_moment(str(grant[name])), zone) if name in grant else "…"
        for name in ("from_on", "until_on")
    ]
    between = "" if days == ["…", "…"] else f", {days[0]} – {days[1]}"
    return f"{words.member('role', grant['role'])} ({grant['office']}{between})"
