"""Feeds of published acts, ordered by entry index and never by time.

A feed by time loses what two writers commit at once; here an act's place is its entry index, which
is fixed once and for all. Atom (RFC 4287) is paged and archived by RFC 5005: a page holds the acts
of a hundred entry indexes, so a page that is full never changes, and says so; it names the page
before it, and none after it, because that one may not be there yet. Under a filter pages without
a match are passed over. Ids are tag URIs (RFC 4151) of the ledger's name and the entry index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from projections.dossier_rows import Act, index_of
from projections.opendata.acts import ActFilter, ActReader
from projections.opendata.events import EVENTS, event_row
from projections.opendata.files import LICENCE
from projections.opendata.text_forms import json_line
from projections.views import Position
from transparency.encoding import render_utc_milliseconds

INDEXES_PER_PAGE: Final = 100
ATOM_PATH: Final = "/v1/feeds/entries.atom"
ATOM_MEDIA_TYPE: Final = "application/atom+xml"
# SPEC: RFC 4151: the authority's name is followed by a day on which it was the authority's.
_TAG_YEAR: Final = "2026"
_FILTERS: Final = ("office", "stream", "kind")


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One document of the feed: its acts, newest first, and its place among the pages.

    ``number`` is None for the newest acts, which change; ``before`` is the page before it.
    """

    wanted: ActFilter
    number: int | None
    before: int | None
    acts: tuple[Act, ...]
    updated_at: datetime


def newest_page(reader: ActReader, position: Position, wanted: ActFilter) -> FeedPage:
    """Give the newest acts: those of the unfinished page, and of the last full one.

    With the last full one in it, nobody who asks often misses an act because a page filled up.
    """
    full_pages = position.log_position // INDEXES_PER_PAGE
    start = max(0, full_pages - 1) * INDEXES_PER_PAGE
    acts = reader.acts_between(start, position.log_position, 2 * INDEXES_PER_PAGE, wanted)
    updated_at = acts[-1].recorded_at if acts else position.sealed_at
    return FeedPage(wanted, None, _page_before(reader, start, wanted), _newest(acts), updated_at)


def full_page(
    reader: ActReader, position: Position, wanted: ActFilter, number: int
) -> FeedPage | None:
    """Give a page that will never change; None if it is not full yet, or nothing in it matches."""
    start = number * INDEXES_PER_PAGE
    end = start + INDEXES_PER_PAGE
    if end > position.log_position:
        return None
    acts = reader.acts_between(start, end, INDEXES_PER_PAGE, wanted)
    if not acts:
        return None
    before = _page_before(reader, start, wanted)
    return FeedPage(wanted, number, before, _newest(acts), acts[-1].recorded_at)


def _page_before(reader: ActReader, start: int, wanted: ActFilter) -> int | None:
    last = reader.last_act_before(start, wanted)
    return None if last is None else last // INDEXES_PER_PAGE


def _newest(acts: Sequence[Act]) -> tuple[Act, ...]:
    return tuple(reversed(acts))


def event_line(act: Act) -> str:
    """Give an act as feeds carry it: its row of `EVENTS` as JSON.

    A day's start is left out: it follows from the office's time zone, which may be set right
    later, and what a feed once said does not change.
    """
    return json_line(EVENTS, event_row(act, {})).decode().rstrip("\n")


def atom_document(page: FeedPage, origin: str, site: str) -> bytes:
    """Write a page as an Atom feed; ``site`` is scheme and authority, or nothing."""
    archive = "<fh:archive/>\n" if page.number is not None else ""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:fh="http://purl.org/syndication/history/1.0" xml:lang="vi">\n',
        f"<id>{_tag(origin, _feed_name(page.wanted))}</id>\n",
        f"<title>{escape(_title(origin, page.wanted))}</title>\n",
        f"<updated>{render_utc_milliseconds(page.updated_at)}</updated>\n",
        f"<author><name>{escape(origin)}</name></author>\n",
        f"<rights>{escape(LICENCE.name)} {escape(LICENCE.address)}</rights>\n",
        archive,
        *_links(page, site),
        *(_entry(act, origin, site) for act in page.acts),
        "</feed>\n",
    ]
    return "".join(lines).encode()


def _links(page: FeedPage, site: str) -> Iterable[str]:
    current = _address(site, page.wanted, None)
    yield _link("self", _address(site, page.wanted, page.number), ATOM_MEDIA_TYPE)
    if page.number is not None:
        yield _link("current", current, ATOM_MEDIA_TYPE)
    if page.before is not None:
        before = _address(site, page.wanted, page.before)
        yield _link("prev-archive", before, ATOM_MEDIA_TYPE)


def _entry(act: Act, origin: str, site: str) -> str:
    entry_index = index_of(act)
    recorded_at = render_utc_milliseconds(act.recorded_at)
    categories = [_category("kind", act.kind)]
    if act.office is not None:
        categories.append(_category("office", act.office))
    return "".join(
        (
            "<entry>\n",
            f"<id>{_tag(origin, f'entries/{entry_index}')}</id>\n",
            f"<title>{escape(f'{entry_index} {act.kind} {act.stream}')}</title>\n",
            f"<updated>{recorded_at}</updated>\n<published>{recorded_at}</published>\n",
            *(f"<author><name>{escape(each.key)}</name></author>\n" for each in act.signers),
            *categories,
            _link("alternate", f"{site}/entries/{entry_index}", "text/html"),
            _link("related", f"{site}/v1/entries/{entry_index}/receipt", "text/plain"),
            f'<content type="application/json">{escape(event_line(act))}</content>\n',
            "</entry>\n",
        )
    )


def _link(relation: str, address: str, media_type: str) -> str:
    return f'<link rel="{relation}" type="{media_type}" href={quoteattr(address)}/>\n'


def _category(scheme: str, term: str) -> str:
    return f'<category scheme="urn:dossier-ledger:{scheme}" term={quoteattr(term)}/>\n'


def _address(site: str, wanted: ActFilter, number: int | None) -> str:
    query = _members(wanted) | ({} if number is None else {"page": str(number)})
    return f"{site}{ATOM_PATH}?{urlencode(query)}" if query else f"{site}{ATOM_PATH}"


def _members(wanted: ActFilter) -> dict[str, str]:
    named = ((name, getattr(wanted, name)) for name in _FILTERS)
    return {name: value for name, value in named if value is not None}


def _feed_name(wanted: ActFilter) -> str:
    query = urlencode(_members(wanted))
    return f"feed?{query}" if query else "feed"


def _title(origin: str, wanted: ActFilter) -> str:
    members = ", ".join(f"{name} {value}" for name, value in _members(wanted).items())
    return f"{origin}: {members}" if members else origin


def _tag(origin: str, name: str) -> str:
    authority, _, rest = origin.partition("/")
    path = f"{rest}/{name}" if rest else name
    return escape(f"tag:{authority},{_TAG_YEAR}:{path}")
