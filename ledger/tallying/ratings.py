"""The monthly tally of ratings: made from envelopes, notes and the vault; made again to check it.

Ratings are counted in the order of their envelopes, each once. How many a tally counts follows from
how many envelopes there are (`domain.tallies.split_off`), so whoever has the ledger database and
the vault gets the same document, byte for byte, unless private parts were erased since. A new
tally reads the envelopes since the last one and those that it left waiting (`bookmarks`); only
`check_tallies` reads all that there ever were.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from ledger.tallying.bookmarks import BEGINNING, Bookmark, Bookmarks, NoBookmarks
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
    bookmarks: Bookmarks = field(default_factory=NoBookmarks)


@dataclass(frozen=True, slots=True)
class PublishedTally:
    """One tally of ratings as the ledger has it."""

    month: str
    entry_index: int
    facts: TallyPublished


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tallies so far left over: ratings in the order of their envelopes, oldest first.

    `others` are the envelopes that hold no rating, `counted` the ratings of all tallies.
    """

    counted: int
    others: int
    waiting: Sequence[StoredEvent]

    @property
    def envelopes(self) -> int:
        """Count the envelopes of the log."""
        return self.counted + self.others + len(self.waiting)


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
    if any(_tallies_of(sources, month)) or still_waits(sources, month):
        return None
    standing, last = _standing_before(sources, month)
    if standing.envelopes == (0 if last is None else last.facts.envelopes):
        return None
    tally = _make(sources, month, standing, sources.reader.sequenced_size())
    document = render_tally(tally)
    facts = _facts_of(tally, document, standing)
    place = next_place(sources.reader, stream)
    at = Moment(instant=now.replace(microsecond=0))
    signers = ((Role.SYSTEM, system),)
    return drafter.sign(TALLY_KIND, stream, place, at, facts, signers, document=document)


def _standing_before(sources: Sources, until: str) -> tuple[Standing, PublishedTally | None]:
    """Give what the tallies up to a month left over, and the last of them.

    CRASH: the bookmark is moved to a tally that is recorded, never to one that is only drafted.
    """
    bookmark, last = _bookmarked(sources)
    enveloped = _enveloped(sources.reader, bookmark.first_waiting_index)
    waiting = [event for event in enveloped if event.kind == RATING_KIND]
    others = [_index_of(event) for event in enveloped if event.kind != RATING_KIND]
    new_others = [index for index in others if index > bookmark.entry_index]
    counted = 0
    for tally in _tallies_after(sources, bookmark, enveloped, until):
        counted, last = counted + tally.facts.counted, tally
    waiting = waiting[counted:]
    standing = Standing(bookmark.counted + counted, bookmark.others + len(new_others), waiting)
    if last is not None and last.entry_index != bookmark.entry_index:
        before = sum(index < last.entry_index for index in new_others)
        first = min([last.entry_index, *(_index_of(event) for event in waiting[:1])])
        sources.bookmarks.write(
            Bookmark(
                month=last.month,
                entry_index=last.entry_index,
                counted=standing.counted,
                others=bookmark.others + before,
                first_waiting_index=first,
            )
        )
    return standing, last


def _bookmarked(sources: Sources) -> tuple[Bookmark, PublishedTally | None]:
    """Give the bookmark and its tally; the beginning where that tally is not recorded."""
    bookmark = sources.bookmarks.read()
    if bookmark is not None:
        for tally in _tallies_of(sources, bookmark.month):
            if tally.entry_index == bookmark.entry_index:
                return bookmark, tally
    return BEGINNING, None


def _tallies_after(
    sources: Sources, bookmark: Bookmark, enveloped: Sequence[StoredEvent], until: str
) -> Iterator[PublishedTally]:
    months = _months_from(bookmark.month, until) if bookmark.month else None
    for month in months or _months(sources, enveloped, until):
        for tally in _tallies_of(sources, month):
            if tally.entry_index > bookmark.entry_index:
                yield tally


def published_tallies(
    sources: Sources, enveloped: Sequence[StoredEvent], until: str
) -> list[PublishedTally]:
    """Give the tallies of ratings up to a month, the oldest first."""
    months = _months(sources, enveloped, until)
    return [tally for month in months for tally in _tallies_of(sources, month)]


def _tallies_of(sources: Sources, month: str) -> Iterator[PublishedTally]:
    for event in sources.reader.stream_events(f"tally:{month}"):
        facts = open_text(event.note, sources.ledger).action.facts
        if isinstance(facts, TallyPublished) and event.entry_index is not None:
            yield PublishedTally(month, event.entry_index, facts)


def check_tallies(sources: Sources, until: str) -> list[TallyProblem]:
    """Make every published tally of ratings again, and every envelope; name what differs.

    Raises:
        StoreCorrupt, StoreUnavailable: what they are made from cannot be read.
    """
    enveloped = _enveloped(sources.reader)
    problems = [*_check_envelopes(sources, enveloped), *_check_parts(sources, enveloped)]
    published = published_tallies(sources, enveloped, until)
    for number, tally in enumerate(published):
        standing = _standing_at(tally, enveloped, published[:number])
        made = _make(sources, tally.month, standing, tally.entry_index)
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


def _standing_at(
    tally: PublishedTally, enveloped: Sequence[StoredEvent], earlier: Sequence[PublishedTally]
) -> Standing:
    before = [event for event in enveloped if _index_of(event) < tally.entry_index]
    ratings = [event for event in before if event.kind == RATING_KIND]
    counted = sum(each.facts.counted for each in earlier)
    return Standing(counted, len(before) - len(ratings), ratings[counted:])


def _make(sources: Sources, month: str, standing: Standing, tree_size: int) -> Tally:
    counted = split_off(standing.waiting, standing.others, standing.counted)
    places = StoredPlaces(sources.reader, sources.documents, tree_size)
    return tally_ratings(month, list(_read_ratings(sources, counted, places)), places)


def _facts_of(tally: Tally, document: bytes, standing: Standing) -> TallyPublished:
    return TallyPublished(
        subject=TallySubject.RATINGS,
        document=hashlib.sha256(document).hexdigest(),
        envelopes=standing.envelopes,
        counted=tally.counted,
        withheld=standing.envelopes - standing.counted - tally.counted,
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


def _enveloped(reader: LedgerReader, start_index: int = 0) -> list[StoredEvent]:
    return sorted(reader.enveloped_events(start_index), key=_index_of)


def _index_of(event: StoredEvent) -> int:
    assert event.entry_index is not None
    return event.entry_index


def _months(sources: Sources, enveloped: Sequence[StoredEvent], until: str) -> Iterator[str]:
    """Give the months from the first that has an envelope up to one."""
    if enveloped:
        # All of the first publication stand before the first tally, whatever their months are.
        yield from _months_from(month_of(sources.pool.promised_at(enveloped[0])), until)


def _months_from(month: str, until: str) -> Iterator[str]:
    while month <= until:
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
