"""One page of findings: the leads from a place on, then what was raised and no rule gives now.

Places come from `projections.leads.places`; a cursor is a kept list (`api.reading.kept_lists`) that
says what was asked for and after which place to go on, because a place names whom it is about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urlencode

import msgspec

from api.parts import Parts
from api.reading.kept_lists import KeptPlace
from api.resources.findings.gathering import Gatherer, Joining, Known, known_of
from api.resources.findings.leads import Looked
from api.resources.findings.scopes import Scope
from domain.keys import KeyRecord
from projections.findings import Finding
from projections.leads.places import LeadPlace, Section, sortings_about
from projections.opening.digests import LifeDigest
from projections.rule_book.book import rule_named, rule_of
from projections.views import Position

PATH: Final = "/v1/findings"
# So many are read at once while looking for those that may be shown.
_AT_ONCE: Final = 200


class AskedList(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Which list of findings is asked for, and after which place."""

    rule: str | None
    office: str | None
    with_peers: bool
    order_stream: str | None
    after: LeadPlace | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding of a list before it is opened: a lead, or what was raised and is none now."""

    place: LeadPlace
    lead: Finding | None
    raised_as: str | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(AskedList)


def find_asked(parts: Parts, asker: KeyRecord, cursor: KeptPlace) -> AskedList:
    """Give the list that a cursor goes on with.

    Raises:
        QueueCursorEnded: it is not kept any more, or was another key's.
        StoreUnavailable: it cannot be read.
    """
    return _decoder.decode(parts.kept_lists.find(cursor.list_id, asker.name, parts.clock()))


def address_after(
    parts: Parts, asker: KeyRecord, asked: AskedList, page: "FindingsPage", shown_before: int
) -> str | None:
    """Keep where a page ends, and give the address of the next one; None after the last.

    Raises:
        StoreUnavailable: it cannot be kept.
    """
    if page.ends_at is None:
        return None
    body = _encoder.encode(msgspec.structs.replace(asked, after=page.ends_at))
    list_id = parts.kept_lists.keep(asker.name, body, parts.clock())
    cursor = KeptPlace(list_id, shown_before + page.limit)
    return f"{PATH}?{urlencode({'cursor': str(cursor), 'limit': page.limit})}"


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """The findings of one page; ``ends_at`` is the place of the last one if there are more."""

    known: tuple[Known, ...]
    limit: int
    ends_at: LeadPlace | None


class Pager:
    """Reads pages of one list, as of one read of views and leads."""

    def __init__(self, looked: Looked, digests: Mapping[str, LifeDigest], scope: Scope):
        self._looked = looked
        self._digests = digests
        self._scope = scope

    def page(
        self, gatherer: Gatherer, position: Position, after: LeadPlace | None, limit: int
    ) -> FindingsPage:
        """Give the page behind a place, and open what was raised of it and nothing else.

        Raises:
            LedgerError: a private part does not open.
        """
        joining = gatherer.joining(self._digests)
        found = list(islice(self._entries(joining, after), limit + 1))
        shown, more = found[:limit], len(found) > limit
        lives = gatherer.open({each.raised_as for each in shown if each.raised_as}, position)
        known = []
        for each in shown:
            life = None if each.raised_as is None else lives.get(each.raised_as)
            if each.lead is not None:
                known.append(Known(each.lead, rule_of(each.lead), life))
            elif life is not None and life.rule is not None:
                known.append(known_of(life))
        return FindingsPage(tuple(known), limit, shown[-1].place if more else None)

    def _entries(self, joining: Joining, after: LeadPlace | None) -> Iterator[Entry]:
        if after is None or after.section < Section.RAISED:
            for place, lead in self._leads(after):
                if self._scope.shows(lead.rule, lead.office, lead.stream):
                    yield Entry(place, lead, joining.raised_as(lead))
        yield from self._raised_alone(joining, after)

    def _leads(self, after: LeadPlace | None) -> Iterator[tuple[LeadPlace, Finding]]:
        while found := self._looked.after(after, _AT_ONCE):
            yield from found
            if len(found) < _AT_ONCE:
                return
            after = found[-1].place

    def _raised_alone(self, joining: Joining, after: LeadPlace | None) -> Iterator[Entry]:
        """Give what was raised and no rule gives now, by stream."""
        begin = after.sorting if after is not None and after.section == Section.RAISED else ""
        shown = (
            digest
            for stream, digest in self._digests.items()
            if stream > begin and digest.rule is not None
            if self._scope.shows(digest.rule, digest.office or "", digest.subject)
        )
        while part := list(islice(shown, _AT_ONCE)):
            found_now = self._found_now(part, joining)
            for digest in part:
                if digest.stream not in found_now:
                    place = LeadPlace(Section.RAISED.value, digest.stream, 0)
                    yield Entry(place, None, digest.stream)

    def _found_now(self, digests: list[LifeDigest], joining: Joining) -> set[str | None]:
        """Give those that a lead is joined with, whoever may see that lead."""
        sortings = {
            sorting
            for digest in digests
            for sorting in sortings_about(
                rule_named(digest.rule or "", compares=digest.against_peers),
                (digest.subject, digest.stream),
            )
        }
        return {joining.raised_as(lead) for lead in self._looked.sorted_by(sortings)}
