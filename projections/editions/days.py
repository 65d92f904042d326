"""Which checkpoint an edition is of: days, and the last published checkpoint of each.

An edition is named by its day in the ledger's zone. It holds the figures as of the last published
checkpoint that was sealed before the day's end. A day on which nothing was published has none: the
one before it still stands. So the day alone names the tree size, for whoever reads the log.

An edition is final when no later checkpoint can belong to its day: a seal after the day's end is
published, and times of seals never go back. No clock says so, since a publication may come late: a
quorum of witnesses is away, or a server that was down publishes the seal that it owes.

Everything here is pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain.moments import time_zone
from projections.editions.errors import EditionDiffers
from projections.entries import EntryUnreadable, read_checkpoint_note
from transparency.errors import TransparencyError
from transparency.log_keys import LogKeys
from transparency.notes import open_note, render_note
from transparency.seals import Seal, is_seal, parse_seal

EDITION_ZONE: Final = "Asia/Ho_Chi_Minh"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stand:
    """A published checkpoint: its size, when its seal was set, and its note."""

    tree_size: int
    sealed_at: datetime
    note: bytes


@dataclass(frozen=True, slots=True)
class PlannedEdition:
    """The edition of a day, and the one before it; None for the first of a log."""

    day: date
    stand: Stand
    previous: "PlannedEdition | None" = None


def day_of(instant: datetime, zone: str = EDITION_ZONE) -> date:
    """Give the day that an instant belongs to: it lies before its end, and not before its start."""
    day = instant.astimezone(time_zone(zone)).date()
    # Where clocks go back over midnight, the local date comes twice: the day ended the first time.
    return day + _DAY if instant >= end_of(day, zone) else day


def end_of(day: date, zone: str = EDITION_ZONE) -> datetime:
    """Give the instant, UTC, at which the next day begins."""
    following = day + _DAY
    start = datetime(following.year, following.month, following.day, tzinfo=time_zone(zone))
    return start.astimezone(UTC)


def published_stands(bodies: Iterable[tuple[int, bytes]], last_note: bytes) -> Iterator[Stand]:
    """Give the checkpoints that were published in a stretch of the log, in order.

    The stretch begins at entry 0 or at a published size, and ends at one; ``last_note`` is the
    checkpoint that it ends at. A seal was published if the next one embeds the checkpoint that
    ends in it (formats.md, "Seal entry").

    Raises:
        EntryUnreadable: a seal cannot be read, or the stretch does not end in one.
    """
    seal: Seal | None = None
    entry_index = -1
    for entry_index, body in bodies:
        if not is_seal(body):
            continue
        following = _open_seal(entry_index, body)
        if seal is not None:
            yield from _stand_of(seal, following.previous_checkpoint)
        seal = following
    if seal is not None and seal.covers == entry_index:
        yield Stand(seal.covers + 1, seal.sealed_at, last_note)
    elif entry_index >= 0:
        raise EntryUnreadable(entry_index, "the checkpoint does not end in a seal")


def _open_seal(entry_index: int, body: bytes) -> Seal:
    try:
        seal = parse_seal(body)
    except TransparencyError as error:
        raise EntryUnreadable(entry_index, str(error)) from error
    if seal.covers != entry_index:
        raise EntryUnreadable(entry_index, f"a seal that says it covers {seal.covers} entries")
    return seal


def _stand_of(seal: Seal, embedded: bytes) -> Iterator[Stand]:
    if not embedded:
        return
    try:
        tree_size = read_checkpoint_note(embedded).tree_size
    except TransparencyError as error:
        raise EntryUnreadable(seal.covers, str(error)) from error
    if tree_size == seal.covers + 1:
        yield Stand(tree_size, seal.sealed_at, embedded)


def plan_editions(
    stands: Iterable[Stand],
    made: PlannedEdition | None = None,
    zone: str = EDITION_ZONE,
) -> Iterator[PlannedEdition]:
    """Give the edition of every day with a checkpoint, in order, after one that was made.

    The last one is that of the newest checkpoint's day, and not final; all before it are.

    Raises:
        EditionDiffers: a checkpoint belongs to the day of the edition that was made, or before.
        EntryUnreadable: the time of a seal goes back to a day before.
    """
    previous = made
    last: PlannedEdition | None = None
    for stand in stands:
        day = day_of(stand.sealed_at, zone)
        if made is not None and day <= made.day:
            raise EditionDiffers(f"the log goes on within {day}, whose edition was made")
        if last is not None and day < last.day:
            raise EntryUnreadable(stand.tree_size - 1, f"sealed on {day}, after {last.day}")
        if last is not None and day != last.day:
            yield last
            previous = last
        last = PlannedEdition(day, stand, _without_its_own(previous))
    if last is not None:
        yield last


def log_note(stand: Stand, keys: LogKeys) -> bytes:
    """Give a checkpoint's note with one signature that verifies: of the log's first key in force.

    Witnesses add lines as they come, and whoever copies a note may add any. While the log changes
    its key, anchors from before know one key and those from after both: the first is in all.

    Raises:
        SignatureInvalid: no key of the log that may sign this size did, or a line of one is wrong.
    """
    in_force = keys.in_force(stand.tree_size)
    note = open_note(stand.note, in_force)
    lines = {(line.key_name, line.key_id): line for line in note.signatures}
    known = (lines.get((key.name, key.key_id)) for key in in_force)
    return render_note(note.text, [line for line in known if line is not None][:1])


def _without_its_own(planned: PlannedEdition | None) -> PlannedEdition | None:
    # A chain of all editions would grow without end.
    return None if planned is None else PlannedEdition(planned.day, planned.stand)
