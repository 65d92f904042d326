"""The source of pages: reads ledger and views, and puts what it finds into words.

Everything on one page comes from one consistent read of the views, so figures, names and dates
are as of one checkpoint. Reading blocks; resources call it in a thread.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from api.pages.by_acts.sums import act_part
from api.pages.dossiers import HolderPage, holder_page, with_reads
from api.pages.due_dates import shown_clocks
from api.pages.entries import (
    ENTRIES_SHOWN,
    EntryPage,
    LogPage,
    LogStand,
    PublishedEntry,
    entry_page,
    log_page,
)
from api.pages.ratings.totals import rating_part
from api.pages.statistics import (
    Asked,
    Choice,
    StatisticsPage,
    VeiledPart,
    statistics_page,
    veiled_part,
)
from api.pages.words import Words
from api.parts import Parts
from api.reading.rights import check_right, reading_as
from api.resources.access import AccessLog
from api.resources.answers import AccessAnswer
from api.resources.deadlines import explained_dossier
from api.resources.dossiers import DossierReader
from domain.actions import StreamType, parse_stream
from domain.calendars import CalendarRecord
from domain.errors import DomainError
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from domain.reading.rights import Reader, Subject
from ledger.errors import StoreCorrupt, UnknownDossier
from projections.counts import Figure
from projections.dossier_page import DossierPage
from projections.entries import read_checkpoint_note
from projections.reading import FiguresInViews, read_sums, read_total
from projections.statistics.asking import Query
from projections.statistics.judging import resolved_without_due
from projections.tallies.published import Tallies
from projections.views import Position, ViewReader
from transparency.encoding import encode_base64
from transparency.errors import TransparencyError
from transparency.notes import render_vkey
from transparency.seals import parse_seal


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows: the total of all figures, and where the log stands.

    ``without_due`` of those resolved on time had no due date.
    """

    total: Figure | None
    stand: LogStand | None
    address: str
    without_due: int = 0

    @property
    def on_time(self) -> int:
        """Count the dossiers that were resolved early or on time."""
        assert self.total is not None
        return self.total.resolved_early + self.total.resolved_on_time


class ViewNames:
    """Offices, procedures and calendars as one read of the views has them."""

    def __init__(self, reader: ViewReader):
        self._reader = reader
        self._states: dict[str, object] = {}

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the record of an office."""
        record = self._state(f"{StreamType.OFFICE}:{office_id}")
        return record if isinstance(record, OfficeRecord) else None

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the record of a procedure."""
        record = self._state(f"{StreamType.PROCEDURE}:{code}")
        return record if isinstance(record, ProcedureRecord) else None

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        """Give the record of a calendar."""
        record = self._state(f"{StreamType.CALENDAR}:{calendar_id}")
        return record if isinstance(record, CalendarRecord) else None

    def _state(self, stream: str) -> object:
        if stream not in self._states:
            self._states[stream] = self._reader.states((stream,)).get(stream)
        return self._states[stream]


class PartsSource:
    """Makes pages from the parts of the web app."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._dossiers = DossierReader(parts)
        self._access = AccessLog(parts)
        self._vkey = render_vkey(parts.anchors.log)
        self._tallies = Tallies(parts.origin, parts.reader, parts.documents)

    def home(self, address: str) -> HomePage:
        """Give the home page."""
        check_right(Reader.ANYONE, Subject.FIGURES)
        with self._parts.views.reading() as reader:
            total = read_total(reader)
            position = reader.position()
            without_due = 0 if position is None else _without_due(reader, position, Asked())
        return HomePage(total, self.stand(), address, without_due)

    def statistics(self, asked: Asked, words: Words) -> tuple[StatisticsPage, LogStand] | None:
        """Give the statistics page with the checkpoint it is of; None before the first one."""
        check_right(Reader.ANYONE, Subject.FIGURES)
        with self._parts.views.reading() as reader:
            sums = read_sums(reader, asked.span, asked.office, asked.procedure)
            position = reader.position()
            if sums is None or position is None:
                return None
            choices = _choices(reader, asked, words)
            veiled = _veiled(reader, asked, position, words)
            by_acts = act_part(reader.act_cells(position), asked)
            figures = FiguresInViews(reader, position, self._tallies)
            ratings = rating_part(figures.tallies(), figures.cells(), asked)
            without_due = _without_due(reader, position, asked)
            is_known = asked.office in reader.offices()
        page = statistics_page(asked, sums, choices, words.formats)
        page = replace(page, veiled=veiled, by_acts=by_acts, without_due=without_due)
        page = replace(page, is_office_known=is_known, ratings=ratings)
        return page, self._stand_at(position)

    def stand(self) -> LogStand | None:
        """Give where the published log stands; None before the first checkpoint.

        Raises:
            StoreCorrupt: the published log does not end in a seal.
        """
        published = self._parts.reader.checkpoint()
        if published is None:
            return None
        (last,) = self._parts.reader.entries(published.tree_size - 1, published.tree_size)
        try:
            checkpoint = read_checkpoint_note(published.note)
            seal = parse_seal(last.body)
        except TransparencyError as error:
            raise StoreCorrupt(f"the published log cannot be read: {error}") from error
        return LogStand(
            origin=self._parts.origin,
            tree_size=checkpoint.tree_size,
            root_base64=encode_base64(checkpoint.root_hash),
            sealed_at=seal.sealed_at,
            vkey=self._vkey,
        )

    def _stand_at(self, position: Position) -> LogStand:
        return LogStand(
            origin=self._parts.origin,
            tree_size=position.log_position,
            root_base64=position.root_base64,
            sealed_at=position.sealed_at,
            vkey=self._vkey,
        )

    def log(self, end: int | None, words: Words) -> LogPage | None:
        """Give the page of the entries before ``end``; None before the first checkpoint."""
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        stand = self.stand()
        if stand is None:
            return None
        last = stand.tree_size if end is None else max(1, min(end, stand.tree_size))
        stored = self._parts.reader.entries(max(0, last - ENTRIES_SHOWN), last)
        entries = [PublishedEntry(one.entry_index, one.body, None) for one in stored]
        return log_page(stand, entries, words)

    def entry(self, entry_index: int, words: Words) -> EntryPage | None:
        """Give the page of one entry; None where the published log has no such entry."""
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        published = self._parts.reader.checkpoint()
        if published is None or entry_index >= published.tree_size:
            return None
        (stored,) = self._parts.reader.entries(entry_index, entry_index + 1)
        entry = PublishedEntry(entry_index, stored.body, None)
        with self._parts.views.reading() as reader:
            page = entry_page(entry, published.tree_size, ViewNames(reader), words)
            if page.action is None:
                return page
            acts = reader.acts_of(page.action.stream)
        recorded = [act.recorded_at for act in acts if act.entry_index == entry_index]
        return replace(page, recorded_at=recorded[0] if recorded else None)

    def dossier(self, dossier_id: str, secret: str, words: Words) -> HolderPage | None:
        """Give the page of a dossier to whoever knows its secret; None for all others."""
        return self._holder_page(dossier_id, secret, self._dossiers.page, words)

    def dossier_again(self, dossier_id: str, given_pass: str, words: Words) -> HolderPage | None:
        """Give the page of a dossier to whoever opened it a while ago; None for all others."""
        return self._holder_page(dossier_id, given_pass, self._dossiers.page_by_pass, words)

    def replaced(self, dossier_id: str, secret: str) -> AccessAnswer | None:
        """Give who replaced a slip, and who had read until then; None where it was not replaced."""
        stream = stream_of(dossier_id)
        if stream is None:
            return None
        asker = self._dossiers.askers.by_secret(stream, secret)
        if asker.reader is not Reader.HELD_SECRET:
            return None
        return self._access.listed_until_replaced(stream, asker)

    def pass_for(self, opened: HolderPage) -> str:
        """Give what opens the page again for a while, in place of the secret."""
        return self._dossiers.new_pass(opened.dossier.stream)

    def _holder_page(
        self,
        dossier_id: str,
        given: str,
        open_page: Callable[[str, str], tuple[DossierPage, Position]],
        words: Words,
    ) -> HolderPage | None:
        stream = stream_of(dossier_id)
        if stream is None:
            return None
        try:
            opened, position = open_page(stream, given)
        except UnknownDossier:
            return None
        with reading_as(self._parts.views, Reader.HOLDS_SECRET, Subject.STATUS) as reader:
            page = holder_page(opened, position.sealed_at, ViewNames(reader), words)
            explained = explained_dossier(stream, reader, self._parts)
        page = replace(page, clocks=shown_clocks(explained, words))
        return with_reads(page, self._access.listed(stream, Reader.HOLDS_SECRET), words)

    def share_done(self, code: str) -> int | None:
        """Give how far the dossier with a code is, in percent; None where no dossier has it."""
        try:
            return self._dossiers.share_done(code)
        except UnknownDossier:
            return None


def stream_of(dossier_id: str) -> str | None:
    """Give the stream of a dossier's id as people type it; None if it has not that form."""
    typed = dossier_id.strip().lower().removeprefix("dossier:")
    try:
        return str(parse_stream(f"{StreamType.DOSSIER}:{typed}"))
    except DomainError:
        return None


def _without_due(reader: ViewReader, position: Position, asked: Asked) -> int:
    query = Query(
        office=asked.office,
        procedure=asked.procedure,
        first=asked.span.first,
        last=asked.span.last,
    )
    return resolved_without_due(reader.cells(position), query).by_law


def _veiled(
    reader: ViewReader, asked: Asked, position: Position, words: Words
) -> VeiledPart | None:
    records = reader.offices()

    def name_of(office: str) -> str:
        return words.name(records[office].office.name) if office in records else office

    veils, as_of = reader.veil_counts(), position.sealed_at
    return veiled_part(asked, veils, as_of, (records, name_of), words.formats)


def _choices(
    reader: ViewReader, asked: Asked, words: Words
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    offices = [
        Choice(office_id, words.name(record.office.name))
        for office_id, record in reader.offices().items()
    ]
    procedures = [
        Choice(code, words.name(record.versions[-1].name))
        for code, record in reader.procedures().items()
    ]
    return _sorted(offices, asked.office), _sorted(procedures, asked.procedure)


def _sorted(choices: Iterable[Choice], asked: str | None) -> tuple[Choice, ...]:
    """Sort by name; what is asked for and not registered stands there under its own id."""
    known = {choice.value: choice for choice in choices}
    if asked is not None:
        known.setdefault(asked, Choice(asked, asked))
    return tuple(sorted(known.values(), key=lambda choice: choice.name))
