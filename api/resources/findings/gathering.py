"""Putting findings together: what rules give now, what was raised, and what is known of each rule.

Whoever asks has the right to it already: nothing is checked here.

A page has what comes behind a place: leads, and what was raised and no rule gives now where its
leads would stand. Places come from `projections.leads.places`; a cursor is a kept list
(`api.reading.kept_lists`) that says what was asked for and after which place to go on, because a
place names whom it is about.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Final
from urllib.parse import urlencode

import msgspec

from api.errors import MalformedParameter
from api.parts import Parts
from api.reading.kept_lists import KeptPlace, KeptShape
from api.resources.answers import TwoLanguages, two_languages
from api.resources.findings.leads import Looked, Scope
from api.resources.findings.shapes import (
    BaseRateAnswer,
    FindingAnswer,
    FindingRuleAnswer,
    base_rate_answer,
    peers_answer,
    precision_answer,
    proofs_of,
    raised_answer,
)
from domain.actions import StreamType
from domain.errors import Sentence
from domain.keys import KeyRecord
from projections.findings import Finding
from projections.findings.life.identities import (
    hash_of_identity,
    identity_of_lead,
    stream_for,
)
from projections.findings.life.precision import RuleVersion, RunningPrecision
from projections.findings.life.records import Answered, FindingLife
from projections.findings.shapes import Rule, Severity
from projections.leads.places import LeadPlace, places_of_raised, sortings_about
from projections.opening.digests import DigestKeeper, LifeDigest
from projections.opening.lives import LifeOpener
from projections.rule_book.base_rates import base_rates
from projections.rule_book.book import BOOK, COMPARING, rule_named, rule_of
from projections.rule_book.members import rule_members
from projections.views import Position, ViewReader

_NO_REASON: Final = Sentence(
    "Phát hiện đã được nêu; lý do không được ghi.", "This was raised; no reason was recorded."
)


@dataclass(frozen=True, slots=True)
class Known:
    """One finding, and its life if it was raised; ``found_now``: the rule gives it now."""

    finding: Finding
    rule: Rule | None
    life: FindingLife | None = None
    found_now: bool = True


class Gatherer:
    """Knows what was raised of one ledger's findings, and opens it: one in each web worker."""

    def __init__(self, parts: Parts):
        self._view_secret = parts.view_secret
        self._opener = LifeOpener(parts.reader, parts.origin, parts.vault.open)
        self._raised = DigestKeeper(self._opener.lives)

    def digests(self, reader: ViewReader, position: Position) -> dict[str, LifeDigest]:
        """Give what is kept of all raised findings as of the views' checkpoint, by stream.

        Raises:
            LedgerError: a private part does not open.
        """
        return self._raised.digests(reader.findings_raised(), position.log_position)

    def open(self, streams: Iterable[str], position: Position) -> dict[str, FindingLife]:
        """Open these findings as of the views' checkpoint, by stream.

        Raises:
            LedgerError: a private part does not open.
        """
        lives = self._opener.lives(streams, position.log_position)
        for life in lives:
            if life.rule is None:
                self._raised.forget(life.stream)
        return {life.stream: life for life in lives}

    def stream_of(self, known: Known) -> str:
        """Give the stream on which a finding stands, or would stand."""
        if known.life is not None:
            return known.life.stream
        return stream_for(known.finding, self._view_secret)

    def joining(self, digests: Mapping[str, LifeDigest]) -> "Joining":
        """Give by what leads are joined with what was raised."""
        return Joining(digests, self._view_secret)


class Joining:
    """Tells of each lead whether it was raised, by its stream or by what it says."""

    def __init__(self, digests: Mapping[str, LifeDigest], view_secret: bytes):
        self._digests = digests
        self._view_secret = view_secret
        self._by_identity = {
            digest.identity_hash: digest.stream
            # The first that was raised, as their places say (`places_of_raised`).
            for digest in sorted(
                digests.values(), key=attrgetter("raised_entry", "stream"), reverse=True
            )
            if digest.identity_hash is not None
        }

    def raised_as(self, lead: Finding) -> str | None:
        """Give the stream of the finding that a lead was raised as; None if nobody did."""
        if lead.stream in self._digests:
            return lead.stream
        stream = self._by_identity.get(hash_of_identity(identity_of_lead(lead)))
        if stream is not None:
            return stream
        named = stream_for(lead, self._view_secret)
        return named if named in self._digests else None


def keys_of_answers(reader: ViewReader, shown: Iterable[Known]) -> dict[str, KeyRecord]:
    """Give the records of the keys that signed answers to these findings, by name."""
    lives = (known.life for known in shown if known.life is not None)
    names = {answered.step.key for life in lives for answered in life.answers}
    states = reader.states(f"{StreamType.KEY}:{name}" for name in names).values()
    return {state.name: state for state in states if isinstance(state, KeyRecord)}


def known_of(life: FindingLife) -> Known:
    """Make of what was raised the finding that it is."""
    assert life.rule is not None
    rule = rule_named(life.rule, compares=life.against_peers)
    finding = Finding(
        rule=life.rule,
        rule_version=life.rule_version or 0,
        severity=Severity.INFORMATION if rule is None else rule.severity,
        stream=life.about or life.stream,
        office=life.office or "",
        reason=life.reason or (_NO_REASON if rule is None else rule.looks_for),
        innocent_explanations=() if rule is None else rule.innocent_explanations,
        evidence=life.evidence,
        versions=life.versions,
        veiled=bool(life.versions) and not life.evidence,
        recomputable=rule is not None and rule.recomputable,
    )
    if rule is not None:
        finding = msgspec.structs.replace(finding, audience=rule.audience)
    return Known(finding, rule, life, found_now=False)


def finding_answer(
    known: Known, stream: str, key_of: Callable[[str], KeyRecord | None]
) -> FindingAnswer:
    """Write one finding."""
    finding, rule, life = known.finding, known.rule, known.life
    no_rule = TwoLanguages(vi=finding.rule, en=finding.rule)
    return FindingAnswer(
        rule=finding.rule,
        rule_version=finding.rule_version,
        compares_with_peers=rule in COMPARING,
        name=no_rule if rule is None else two_languages(rule.name),
        severity=finding.severity.value,
        audience=finding.audience.value,
        stream=finding.stream,
        office=finding.office,
        reason=two_languages(finding.reason),
        why=no_rule if rule is None else two_languages(rule.why),
        innocent_explanations=tuple(map(two_languages, finding.innocent_explanations)),
        evidence=finding.evidence,
        proofs=tuple(
            proofs_of(finding.stream, finding.evidence, finding.versions, veiled=finding.veiled)
        ),
        recomputable=finding.recomputable,
        found_now=known.found_now,
        finding_stream=stream,
        versions=finding.versions,
        veiled=finding.veiled,
        peers=peers_answer(finding.peers),
        raised=None if life is None else raised_answer(life, _answers(life, key_of)),
    )


def _answers(
    life: FindingLife, key_of: Callable[[str], KeyRecord | None]
) -> Iterator[tuple[Answered, bool]]:
    for answered in life.answers:
        record = key_of(answered.step.key)
        yield answered, record is not None and record.covers(answered.step.role, life.office)


def rule_answer(
    rule: Rule,
    precision: Mapping[RuleVersion, RunningPrecision],
    here: BaseRateAnswer | None = None,
) -> FindingRuleAnswer:
    """Write one rule with its base rates, and the precision that may be told."""
    answer = msgspec.convert(rule_members(rule), FindingRuleAnswer)
    known = precision.get((rule.id, rule.version, rule in COMPARING))
    rates = base_rates().get((rule.id, rule in COMPARING), ())
    return msgspec.structs.replace(
        answer,
        base_rate=here,
        base_rates_on_real_logs=tuple(map(base_rate_answer, rates)),
        precision=None if known is None else precision_answer(known),
    )


def rules_among(found: Iterable[Known]) -> list[Rule]:
    """Give the rules of findings, each once, in the order of the book."""
    wanted = {id(known.rule) for known in found}
    return [rule for rule in BOOK if id(rule) in wanted]


PATH: Final = "/v1/findings"
# So many are read at once while looking for those that may be shown.
_AT_ONCE: Final = 200


class AskedList(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Which list of findings is asked for, and after which place; `shown` were before it."""

    rule: str | None
    office: str | None
    with_peers: bool
    order_stream: str | None
    after: LeadPlace | None = None
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding of a list before it is opened: a lead, or what was raised and is none now."""

    place: LeadPlace
    lead: Finding | None
    raised_as: str | None


_kept = KeptShape("findings", 2, AskedList)


def find_asked(parts: Parts, asker: KeyRecord, cursor: KeptPlace) -> AskedList:
    """Give the list that a cursor goes on with.

    Raises:
        QueueCursorEnded: it is not kept any more, was another key's, or is no list of findings.
        MalformedParameter: no page ended there.
        StoreUnavailable: it cannot be read.
    """
    asked = _kept.read(parts.kept_lists.find(cursor.list_id, asker.name, parts.clock()))
    if asked.shown != cursor.position:
        raise MalformedParameter("cursor is what `next` of the page before says")
    return asked


def address_after(
    parts: Parts, asker: KeyRecord, asked: AskedList, page: "FindingsPage"
) -> str | None:
    """Keep where a page ends, and give the address of the next one; None after the last.

    Raises:
        StoreUnavailable: it cannot be kept.
    """
    if page.ends_at is None:
        return None
    behind = msgspec.structs.replace(asked, after=page.ends_at, shown=asked.shown + page.limit)
    list_id = parts.kept_lists.keep(asker.name, _kept.write(behind), parts.clock())
    cursor = KeptPlace(list_id, behind.shown)
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
        leads = (
            Entry(place, lead, joining.raised_as(lead))
            for place, lead in self._leads(after)
            if self._scope.shows(lead.rule, lead.office, lead.stream)
        )
        return merge(leads, self._raised_alone(joining, after), key=attrgetter("place"))

    def _leads(self, after: LeadPlace | None) -> Iterator[tuple[LeadPlace, Finding]]:
        while found := self._looked.after(after, _AT_ONCE):
            yield from found
            if len(found) < _AT_ONCE:
                return
            after = found[-1].place

    def _raised_alone(self, joining: Joining, after: LeadPlace | None) -> Iterator[Entry]:
        """Give what was raised and no rule gives now, where its leads would stand."""
        shown = iter(sorted(self._raised_behind(after)))
        while part := list(islice(shown, _AT_ONCE)):
            found_now = self._found_now([self._digests[stream] for _, stream in part], joining)
            for place, stream in part:
                if stream not in found_now:
                    yield Entry(place, None, stream)

    def _raised_behind(self, after: LeadPlace | None) -> Iterator[tuple[LeadPlace, str]]:
        opened = [digest for digest in self._digests.values() if digest.rule is not None]
        for stream, place in places_of_raised(opened).items():
            if after is None or place > after:
                digest = self._digests[stream]
                if self._scope.shows(digest.rule or "", digest.office or "", digest.subject):
                    yield place, stream

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
