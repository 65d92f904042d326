"""Adding up: what one dossier with its acts adds to the cells of its days, by theme and measure.

A part counts something on a day at one office: how many, a total (seconds,
visits or VND), and of stays the seconds themselves, of which percentiles are made. What a dossier
adds follows from its row, its acts and its office's time zone alone, and from no "now".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from domain.decisions import StreamState
from projections.dossier_rows import DossierRow, act_of
from projections.entries import PublicEntry
from projections.statistics.by_acts.acts import SeenAct, day_of, seen_act
from projections.statistics.by_acts.fees import FEE_KINDS, fee_changes
from projections.statistics.by_acts.stays import STAY_KINDS, Stage, Stay, handing_over, stays_of
from projections.statistics.by_acts.visits import MOST_TOLD_APART, VISIT_KINDS, visits_of

# Every kind of act that some figure looks at.
SEEN_KINDS: Final = STAY_KINDS | VISIT_KINDS | FEE_KINDS
NOT_KNOWN: Final = "not_known"
VISITS: Final = tuple(f"visits_{number}" for number in range(MOST_TOLD_APART + 1))
SUPPLEMENTS: Final = tuple(f"supplements_{number}" for number in range(MOST_TOLD_APART + 1))


SeenActs = Mapping[str, Sequence[SeenAct]]


class SeenActAdder:
    """Puts the acts that figures look at together, by stream, as a log is folded."""

    def __init__(self) -> None:
        self._seen: dict[str, list[SeenAct]] = {}

    def take(self, entry: PublicEntry, state: StreamState) -> None:
        """Take one entry and the state that it left."""
        if entry.action.kind.name in SEEN_KINDS:
            self._seen.setdefault(entry.action.stream, []).append(seen_act(act_of(entry, state)))

    def seen(self) -> SeenActs:
        """Give what was taken so far; what is taken later is not in it."""
        return {stream: tuple(acts) for stream, acts in self._seen.items()}


class Theme(StrEnum):
    """Of which figures a part is."""

    STEPS = "steps"
    VISITS = "visits"
    FEES = "fees"


class Part(NamedTuple):
    """What one dossier adds to the cells of one day; ``times`` is below zero where it takes away.

    Of stays ``times`` is 1 and ``total`` the seconds. Procedure and channel are the dossier's, and
    never change; the office is its own, or of stays the one that held it.
    """

    theme: Theme
    office: str
    day: str
    measure: str
    times: int
    total: int


# A name is found many times faster than a member of its class.
_OF_STEPS: Final = Theme.STEPS
_OF_VISITS: Final = Theme.VISITS
_OF_FEES: Final = Theme.FEES
_NAMES: Final[Mapping[Stage, str]] = {stage: stage.value for stage in Stage}


def parts_of(row: DossierRow, acts: Sequence[SeenAct], zone: str) -> list[Part]:
    """Give everything that a dossier adds; ``acts`` are its own, by version."""
    if row.accepted_at is None:
        return []
    found = [
        _part(_OF_FEES, row, change.day, (change.measure, change.times, change.amount_vnd))
        for change in fee_changes(row, acts, zone)
    ]
    if row.ended_at is not None:
        end = max(day_of(row.accepted_at, zone), day_of(row.ended_at, zone))
        found += _stays(stays_of(row, acts, zone), end)
        found += _visits(row, visits_of(row, acts, zone), end)
        if row.returned_at is not None:
            returned = max(end, day_of(row.returned_at, zone))
            found += _stays(handing_over(row, acts, zone), returned)
    return found


def _part(theme: Theme, row: DossierRow, day: str, added: tuple[str, int, int]) -> Part:
    # As its own constructor makes it, which takes twice as long.
    return tuple.__new__(Part, (theme, row.office, day, *added))


def _stays(stays: Iterable[Stay], day: str) -> Iterator[Part]:
    for office, stage, seconds in stays:
        yield tuple.__new__(Part, (_OF_STEPS, office, day, _NAMES[stage], 1, seconds))


def _visits(row: DossierRow, visits: int | None, day: str) -> Iterator[Part]:
    if visits is None:
        yield _part(_OF_VISITS, row, day, (NOT_KNOWN, 1, 0))
    else:
        told = VISITS[min(visits, MOST_TOLD_APART)]
        yield _part(_OF_VISITS, row, day, (told, 1, visits))
    requests = row.supplement_requests
    told = SUPPLEMENTS[min(requests, MOST_TOLD_APART)]
    yield _part(_OF_VISITS, row, day, (told, 1, requests))
