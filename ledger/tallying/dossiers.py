"""The monthly tally of veiled dossiers: made from veils and the notes behind them, and made again.

A veil says month, top office and act; its note, which stays in the ledger, says the office that
acted, and the dossier's first note the procedure. So whoever has the ledger database gets the same
document, byte for byte. Nothing private is opened for it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.facts.tallies import DossiersCounted
from domain.moments import Moment
from domain.roles import Role
from domain.veiled_tallies import (
    CountedAct,
    VeiledAct,
    VeiledTally,
    render_veiled_tally,
    tally_veiled,
)
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import Drafter, next_place
from ledger.errors import StoreCorrupt
from ledger.storage.port import EventPlace, StoredEvent
from ledger.tallying.places import StoredPlaces
from ledger.tallying.ratings import Sources, TallyProblem, month_before
from ledger.writing.envelopes import month_of
from ledger.writing.veils import VEIL_TYPE_LINE, Veil, VeilPool, parse_face, parse_veil
from transparency.notes import SigningKey

KIND: Final = "tally.dossiers_counted"
READ_BATCH: Final = 2_000
# How far back an earlier tally is looked for that says where a month's veils may begin.
_MONTHS_BACK: Final = 14

_COUNTED: Final = {act.value: act for act in CountedAct}


@dataclass(frozen=True, slots=True)
class StoredVeil:
    """One veil of the log and the event that it stands for."""

    entry_index: int
    veil: Veil
    event: StoredEvent


@dataclass(frozen=True, slots=True)
class PublishedDossierTally:
    """One tally of dossiers as the ledger has it."""

    month: str
    entry_index: int
    facts: DossiersCounted
    at: Moment


def next_dossier_tally(
    sources: Sources, now: datetime, drafter: Drafter, system: SigningKey
) -> SubmittedAction | None:
    """Sign the tally of the oldest month that ended and lacks one; None where none does.

    None is due, either, where veils of ended months still wait (the writer's next group brings
    them). A month in which no dossier was received or ended under a veil gets no tally.

    Raises:
        StoreCorrupt, StoreUnavailable: what it is made from cannot be read.
    """
    months = _months_without_tally(sources, month_before(now))
    if not months or veils_wait(sources, months[-1], now):
        return None
    tree_size = sources.reader.sequenced_size()
    veils = list(_veils_of(sources, _first_index(sources, months[0]), tree_size))
    for month in months:
        of_month = [one for one in veils if one.veil.month == month]
        tally = _make(sources, month, of_month, tree_size)
        if tally.counted:
            return _sign(sources, tally, len(of_month), now, (drafter, system))
    return None


def _sign(
    sources: Sources,
    tally: VeiledTally,
    veils: int,
    now: datetime,
    by: tuple[Drafter, SigningKey],
) -> SubmittedAction:
    document, stream = render_veiled_tally(tally), f"tally:{tally.month}"
    facts = DossiersCounted(
        document=hashlib.sha256(document).hexdigest(), veils=veils, counted=tally.counted
    )
    place, at = next_place(sources.reader, stream), Moment(instant=now.replace(microsecond=0))
    drafter, system = by
    return drafter.sign(KIND, stream, place, at, facts, ((Role.SYSTEM, system),), document=document)


def _months_without_tally(sources: Sources, until: str) -> list[str]:
    """Give the months after the newest tally up to one, the oldest first."""
    months: list[str] = []
    month = until
    while len(months) < _MONTHS_BACK and tally_of(sources, month) is None:
        months.append(month)
        month = _month_before(month)
    return months[::-1]


def _month_before(month: str) -> str:
    return month_before(datetime.fromisoformat(f"{month}-01T00:00:00+00:00"))


def tally_of(sources: Sources, month: str) -> PublishedDossierTally | None:
    """Give the tally of dossiers that a month has."""
    for event in sources.reader.stream_events(f"tally:{month}"):
        action = open_text(event.note, sources.ledger).action
        if isinstance(action.facts, DossiersCounted) and event.entry_index is not None:
            return PublishedDossierTally(month, event.entry_index, action.facts, action.at)
    return None


def veils_wait(sources: Sources, month: str, now: datetime) -> bool:
    """Tell whether the writer has veils of a month that are due and not in the log yet.

    Raises:
        StoreCorrupt: the promise of an act is missing or not ours.
    """
    pool = VeilPool()
    for event in _veiled_events(sources):
        if event.entry_index is None:
            promise = sources.pool.promise_of(event)
            face = parse_face(promise.published_as or "")
            commitment = sources.pool.commitment_of(event.note)
            pool.add((event.stream, event.version), face, commitment, promise.promised_at)
    return any(waiting.month <= month for waiting in pool.take_due(now))


def check_dossier_tallies(sources: Sources, until: str) -> list[TallyProblem]:
    """Make every published tally of dossiers again, and every veil; name what differs.

    Raises:
        StoreCorrupt, StoreUnavailable: what they are made from cannot be read.
    """
    by_month: dict[str, list[StoredVeil]] = defaultdict(list)
    problems = []
    for one in _veils_of(sources, 0, sources.reader.sequenced_size()):
        by_month[one.veil.month].append(one)
        if not _stands_for(one, sources):
            message = f"entry {one.entry_index} stands for another note"
            problems.append(TallyProblem("veil_differs", one.veil.month, message))
    for month in sorted(month for month in by_month if month <= until):
        tally = tally_of(sources, month)
        if tally is not None:
            problems += _check_tally(sources, tally, by_month[month])
    return problems


def _check_tally(
    sources: Sources, tally: PublishedDossierTally, veils: Sequence[StoredVeil]
) -> Iterator[TallyProblem]:
    before = [one for one in veils if one.entry_index < tally.entry_index]
    made = _make(sources, tally.month, before, tally.entry_index)
    document = sources.documents.read(tally.facts.document)
    if document is None:
        yield TallyProblem("document_missing", tally.month, tally.facts.document)
    elif document != render_veiled_tally(made):
        message = "the veiled dossiers of the ledger add up to another tally"
        yield TallyProblem("tally_differs", tally.month, message)
    if len(before) < len(veils):
        message = f"{len(veils) - len(before)} veils of the month came after its tally"
        yield TallyProblem("veils_after_tally", tally.month, message)


def _stands_for(one: StoredVeil, sources: Sources) -> bool:
    promised = sources.pool.promise_of(one.event).published_as
    is_its_face = promised == str(one.veil.face)
    return is_its_face and sources.pool.commitment_of(one.event.note) == one.veil.commitment


def _make(sources: Sources, month: str, veils: Sequence[StoredVeil], tree_size: int) -> VeiledTally:
    places = StoredPlaces(sources.reader, sources.documents, tree_size)
    acts = [_act_of(sources, one, places) for one in veils if one.veil.act.value in _COUNTED]
    return tally_veiled(month, acts, places)


def _act_of(sources: Sources, one: StoredVeil, places: StoredPlaces) -> VeiledAct:
    office = open_text(one.event.note, sources.ledger).action.office
    _, procedure = places.dossier(one.event.stream)
    assert office is not None
    return VeiledAct(one.veil.office, _COUNTED[one.veil.act.value], office, procedure)


def _veils_of(sources: Sources, start: int, end: int) -> Iterator[StoredVeil]:
    """Give the veils that stand in a stretch of the log."""
    for first in range(start, end, READ_BATCH):
        last = min(end, first + READ_BATCH)
        entries = sources.reader.entries(first, last)
        found = [entry for entry in entries if entry.body.startswith(VEIL_TYPE_LINE)]
        if not found:
            continue
        places = sources.reader.event_places(first, last)
        for entry in found:
            place = places[entry.entry_index - first]
            event = _event_at(sources, place, entry.entry_index)
            yield StoredVeil(entry.entry_index, parse_veil(entry.body), event)


def _event_at(sources: Sources, place: EventPlace | None, entry_index: int) -> StoredEvent:
    event = None if place is None else sources.reader.find(place.stream, place.version)
    if event is None:
        raise StoreCorrupt(f"entry {entry_index} is a veil, and stands for no stored act")
    return event


def _veiled_events(sources: Sources) -> Iterator[StoredEvent]:
    last = 0
    while batch := sources.reader.veiled_events(last, READ_BATCH):
        yield from batch
        last = batch[-1].notification_id


def _first_index(sources: Sources, month: str) -> int:
    """Give an entry index before which no veil of a month can stand.

    No veil names a month before it began, so an earlier tally that was made before then tells.
    """
    earlier = month
    for _ in range(_MONTHS_BACK):
        earlier = _month_before(earlier)
        tally = tally_of(sources, earlier)
        if tally is not None and month_of(tally.at.start_in("UTC")) < month:
            return tally.entry_index
    return 0
