"""What both formats say of one act on a dossier: who, as what, where, when, and how surely when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger.errors import StoreCorrupt
from projections.dossier_rows import Act, index_of, render_due
from projections.opendata.events import DAY_PRECISION, SECOND_PRECISION, start_of

# Acts are recorded when they are done: XES's transition of an activity that has no beginning.
LIFECYCLE: Final = "complete"
FOREIGN_STEP: Final = "dossier.foreign_step_recorded"


@dataclass(frozen=True, slots=True)
class MinedEvent:
    """One act as process mining sees it; ``started_at`` of a day is the day's start.

    ``name`` is the activity: the kind of act, or the label of an imported step that the ledger has
    no name for.
    """

    entry_index: int
    version: int
    name: str
    kind: str
    started_at: datetime
    at_precision: str
    recorded_at: datetime
    resource: str
    role: str
    office: str
    due: str | None
    status: int | None


def mined_event(act: Act, zones: Mapping[str, str], office: str) -> MinedEvent:
    """Make the event of an act; ``office`` is the dossier's, for an act that names none.

    Raises:
        StoreCorrupt: the act is of a day, and its office is not registered.
    """
    acting = act.office or office
    started_at = start_of(act.at, zones.get(acting))
    if started_at is None:
        raise StoreCorrupt(f"entry {act.entry_index} names an office that is not registered")
    signer = act.signers[0]
    return MinedEvent(
        entry_index=index_of(act),
        version=act.version,
        name=activity_of(act),
        kind=act.kind,
        started_at=started_at,
        at_precision=DAY_PRECISION if act.at.is_day_only else SECOND_PRECISION,
        recorded_at=act.recorded_at,
        resource=act.performer or signer.key,
        role=signer.role.value,
        office=acting,
        due=render_due(act.due),
        status=None if act.status is None else act.status.value,
    )


def activity_of(act: Act) -> str:
    """Name the activity of an act."""
    is_foreign = act.kind == FOREIGN_STEP
    return act.label if is_foreign and act.label is not None else act.kind


def time_text(instant: datetime) -> str:
    """Write an instant as both formats read it: RFC 3339, UTC, milliseconds."""
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='milliseconds')}+00:00"
