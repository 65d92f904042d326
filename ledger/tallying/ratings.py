"""The monthly tally of ratings: made from envelopes, notes and the vault; made again to check it.

Ratings are counted in the order of their envelopes, each once. How many a tally counts follows from
how many envelopes there are (`domain.tallies.split_off`), so whoever has the ledger database and
the vault gets the same document, byte for byte, unless private parts were erased since.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.actions import Action
from domain.errors import MalformedDocument
from domain.facts import SatisfactionRated, SatisfactionRatedDetails
from domain.facts.tallies import TallyPublished, TallySubject
from domain.moments import Moment
from domain.roles import Role
from domain.tallies import Rating, Tally, parse_tally, render_tally, split_off, tally_ratings
from ledger.action_notes import SubmittedAction, check_private_part, open_text
from ledger.documents import DocumentSource
from ledger.drafting import Drafter, next_place
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.private.vault import PrivatePart
from ledger.storage.port import LedgerReader, StoredEvent
from ledger.tallying.places import StoredPlaces
from ledger.writing.envelopes import DeferredPool, month_of
from transparency.notes import SigningKey

RATING_KIND: Final = "rating.satisfaction_rated"
TALLY_KIND: Final = "tally.published"
OPENED_TOGETHER: Final = 500

OpenMany = Callable[[Sequence[bytes]], Mapping[bytes, PrivatePart]]


@dataclass(frozen=True, slots=True)
class Sources:
    """What tallies are made from; ``pool`` knows when an event was recorded, and its envelope."""

    ledger: str
    reader: LedgerReader
    open_details: OpenMany
    documents: DocumentSource
    pool: DeferredPool


@dataclass(frozen=True, slots=True)
class PublishedTally:
    """One tally of ratings as the ledger has it."""

    month: str
    entry_index: int
    facts: TallyPublished


@dataclass(frozen=True, slots=True)
class TallyProblem:
    """What is wrong with one published tally, or with one envelope."""

    code: str
    month: str
    message: str


def month_before(now: datetime) -> str:
    """Name the last month that has ended (UTC)."""
    return month_of(now.replace(day=1) - timedelta(days=1))


def next_tally(
    sources: Sources, now: datetime, drafter: Drafter, system: SigningKey
) -> SubmittedAction | None:
    """Sign the tally of the month that ended last; None where there is nothing to say yet.

    There is nothing to say where the month has its tally, where no envelope came since the last
    one, or where some of the month's acts are not in the log yet (the writer's next group brings
    them).

    Raises:
        StoreCorrupt, StoreUnavailable: what it is made from cannot be read.
    """
    month = month_before(now)
    stream = f"tally:{month}"
    if sources.reader.find(stream, 1) is not None or still_waits(sources, month):
        return None
    enveloped = _enveloped(sources.reader)
    published = published_tallies(sources, enveloped, month)
    if len(enveloped) == (published[-1].facts.envelopes if published else 0):
        return None
    tree_size = sources.reader.sequenced_size()
    tally = _make(sources, month, enveloped, published, tree_size)
    document = render_tally(tally)
    facts = _facts_of(tally, document, len(enveloped), published)
    place = next_place(sources.reader, stream)
    at = Moment(instant=now.replace(microsecond=0))
    signers = ((Role.SYSTEM, system),)
    return drafter.sign(TALLY_KIND, stream, place, at, facts, signers, document=document)


def published_tallies(
    sources: Sources, enveloped: Sequence[StoredEvent], until: str
) -> list[PublishedTally]:
    """Give the tallies of ratings up to a month, the oldest first."""
    found = []
    for month in _months(sources, enveloped, until):
        for event in sources.reader.stream_events(f"tally:{month}"):
            facts = open_text(event.note, sources.ledger).action.facts
            if isinstance(facts, TallyPublished) and event.entry_index is not None:
                found.append(PublishedTally(month, event.entry_index, facts))
    return found


def check_tallies(sources: Sources, until: str) -> list[TallyProblem]:
    """Make every published tally of ratings again, and every envelope; name what differs.

    Raises:
        StoreCorrupt, StoreUnavailable: what they are made from cannot be read.
    """
    enveloped = _enveloped(sources.reader)
    problems = [*_check_envelopes(sources, enveloped), *_check_parts(sources, enveloped)]
    published = published_tallies(sources, enveloped, until)
    for number, tally in enumerate(published):
        before = [event for event in enveloped if _index_of(event) < tally.entry_index]
        made = _make(sources, tally.month, before, published[:number], tally.entry_index)
        document = sources.documents.read(tally.facts.document)
        if document is None:
            problems.append(TallyProblem("document_missing", tally.month, tally.facts.document))
        elif not _is_same(document, made):
            message = "the ratings of the ledger add up to another tally"
            problems.append(TallyProblem("tally_differs", tally.month, message))
    return problems


def _check_envelopes(sources: Sources, enveloped: Sequence[StoredEvent]) -> Iterator[TallyProblem]:
    for event in enveloped:
        index = _index_of(event)
        (entry,) = sources.reader.entries(index, index + 1)
        if entry.body != sources.pool.envelope_of(event.note):
            month = month_of(sources.pool.promised_at(event))
            yield TallyProblem("envelope_differs", month, f"entry {index} holds another note")


def _is_same(document: bytes, made: Tally) -> bool:
    """Compare a published tally with the one made again; erased marks may be missing there."""
    try:
        published = parse_tally(document)
    except MalformedDocument:
        return False
    again = {cell.label: cell for cell in made.cells}
    if [(cell.label, cell.count) for cell in published.cells] != [
        (cell.label, cell.count) for cell in made.cells
    ]:
        return False
    for cell in published.cells:
        marks = again[cell.label].marks
        if any(
            any(ours > theirs for ours, theirs in zip(marks[question], counts, strict=True))
            for question, counts in cell.marks.items()
            if question in marks
        ):
            return False
        if not marks.keys() <= cell.marks.keys():
            return False
    return True


def _make(
    sources: Sources,
    month: str,
    enveloped: Sequence[StoredEvent],
    published: Sequence[PublishedTally],
    tree_size: int,
) -> Tally:
    ratings = [event for event in enveloped if event.kind == RATING_KIND]
    others = len(enveloped) - len(ratings)
    counted_before = sum(tally.facts.counted for tally in published)
    counted = split_off(ratings[counted_before:], others)
    places = StoredPlaces(sources.reader, sources.documents, tree_size)
    return tally_ratings(month, list(_read_ratings(sources, counted, places)), places)


def _facts_of(
    tally: Tally, document: bytes, envelopes: int, published: Sequence[PublishedTally]
) -> TallyPublished:
    counted = sum(each.facts.counted for each in published) + tally.counted
    return TallyPublished(
        subject=TallySubject.RATINGS,
        document=hashlib.sha256(document).hexdigest(),
        envelopes=envelopes,
        counted=tally.counted,
        withheld=envelopes - counted,
    )


def _read_ratings(
    sources: Sources, events: Sequence[StoredEvent], places: StoredPlaces
) -> Iterator[Rating]:
    for start in range(0, len(events), OPENED_TOGETHER):
        texts = [
            open_text(event.note, sources.ledger) for event in events[start:][:OPENED_TOGETHER]
        ]
        parts = _open_parts(sources, [text.text_hash for text in texts])
        for text in texts:
            facts = text.action.facts
            assert isinstance(facts, SatisfactionRated)
            office, procedure = places.dossier(facts.dossier)
            marks = _marks_of(text.action, parts.get(text.text_hash))
            yield Rating(office, procedure, facts.stage, marks)


def _open_parts(sources: Sources, text_hashes: Sequence[bytes]) -> Mapping[bytes, PrivatePart]:
    """Open private parts; whoever garbled one must not be able to stop all tallies by it."""
    try:
        return sources.open_details(text_hashes)
    except StoreCorrupt:
        parts: dict[bytes, PrivatePart] = {}
        for text_hash in text_hashes:
            with contextlib.suppress(StoreCorrupt):
                parts |= sources.open_details([text_hash])
        return parts


def _marks_of(action: Action, part: PrivatePart | None) -> SatisfactionRatedDetails | None:
    """Give what the rater said; None where it was erased or is garbled (`check_tallies` says)."""
    if part is None:
        return None
    try:
        details = check_private_part(action, part.salt, part.details).details
    except MalformedAction:
        return None
    assert isinstance(details, SatisfactionRatedDetails)
    return details


def _check_parts(sources: Sources, enveloped: Sequence[StoredEvent]) -> Iterator[TallyProblem]:
    """Name the ratings whose private part is there and does not open the commitment."""
    for event in enveloped:
        if event.kind != RATING_KIND:
            continue
        text = open_text(event.note, sources.ledger)
        try:
            part = sources.open_details([text.text_hash]).get(text.text_hash)
            if part is not None:
                check_private_part(text.action, part.salt, part.details)
        except (StoreCorrupt, MalformedAction) as error:
            month = month_of(sources.pool.promised_at(event))
            yield TallyProblem(error.code, month, f"the private part of {event.stream}")


def still_waits(sources: Sources, month: str) -> bool:
    """Tell whether something recorded up to a month has no entry yet."""
    return any(
        month_of(sources.pool.promised_at(event)) <= month
        for event in sources.reader.deferred_events()
    )


def _enveloped(reader: LedgerReader) -> list[StoredEvent]:
    return sorted(reader.enveloped_events(), key=_index_of)


def _index_of(event: StoredEvent) -> int:
    assert event.entry_index is not None
    return event.entry_index


def _months(sources: Sources, enveloped: Sequence[StoredEvent], until: str) -> Iterator[str]:
    """Give the months from the first that has an envelope up to one."""
    if not enveloped:
        return
    # All of the first publication stand before the first tally, whatever their months are.
    month = month_of(sources.pool.promised_at(enveloped[0]))
    while month <= until:
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
