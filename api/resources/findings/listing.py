"""``/v1/findings``: what looks wrong, and what became of it, page by page; for inspectors.

The key signs the request, and its grants say of which offices. Every look is kept before it is
answered, for each office whose findings are on the page: whoever heads one learns that an
inspector looked, and not at whom.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter
from api.parts import Parts
from api.reading.kept_lists import KeptPlace, parse_cursor
from api.reading.rights import reading_as
from api.resources.findings.gathering import (
    AskedList,
    Gatherer,
    Known,
    Pager,
    address_after,
    find_asked,
    finding_answer,
    keys_of_answers,
    rule_answer,
    rules_among,
)
from api.resources.findings.leads import LeadSource, Looked, Scope
from api.resources.findings.shapes import BaseRateAnswer, FindingRuleAnswer, FindingsAnswer
from api.resources.inspecting.shapes import order_answer
from api.resources.inspection import Inspection, check_registered, position_of
from api.signatures import SignedRequest
from domain.keys import KeyRecord
from domain.reading.rights import Reader, Subject
from domain.roles import Role
from projections.findings.life.precision import RuleVersion, RunningPrecision, precision_by_rule
from projections.findings.shapes import Rule
from projections.reading import reference_to
from projections.rule_book.book import COMPARING, NUMBERS

DEFAULT_FINDINGS: Final = 100
MAX_FINDINGS: Final = 500
_CHOOSING: Final = ("rule", "office", "peers", "order_stream")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks for; with a cursor, the list is what it was."""

    listed: AskedList
    limit: int
    cursor: KeptPlace | None


class FindingsResource(Inspection):
    """``/v1/findings``."""

    def __init__(self, parts: Parts, gatherer: Gatherer):
        super().__init__(parts)
        self._gatherer = gatherer
        self._leads = LeadSource(parts)

    async def on_get(self, request: Request, response: Response) -> None:
        """Give a page of findings, of one ``rule`` or ``office`` where the request says so."""
        inspector, signed = await self.asked_by(request, response)
        asked = _asked(request)
        response.data = encode(await asyncio.to_thread(self._answer, inspector, asked, signed))

    def _answer(self, inspector: KeyRecord, asked: _Asked, signed: SignedRequest) -> FindingsAnswer:
        listed = asked.listed
        if asked.cursor is not None:
            listed = find_asked(self._parts, inspector, asked.cursor)
        with reading_as(self._views, Reader.INSPECTOR, Subject.FINDINGS) as reader:
            position = position_of(reader)
            check_registered(reader, listed.office)
            order = self.order_of(reader, inspector, listed.order_stream)
            scope = Scope(inspector, listed.rule, listed.office, listed.with_peers, order)
            digests = self._gatherer.digests(reader, position)
            _check_rule(listed.rule, (digest.rule for digest in digests.values()))
            with self._leads.reading(reader, position, scope.chosen) as looked:
                page = Pager(looked, digests, scope).page(
                    self._gatherer, position, listed.after, asked.limit
                )
                rules = tuple(
                    _rules(looked, page.known, scope, precision_by_rule(digests.values()))
                )
                stands = looked.stand, looked.stand_of_peers
            # Kept before it is answered, or nothing is: of the offices on this page, and no other.
            self.note_look_at_offices(inspector, signed, _offices(page.known), order)
            keys = keys_of_answers(reader, page.known)
        return FindingsAnswer(
            findings=tuple(
                finding_answer(each, self._gatherer.stream_of(each), keys.get)
                for each in page.known
            ),
            rules=rules,
            checkpoint=reference_to(position),
            as_of=position.as_of,
            leads=stands[0],
            comparisons=stands[1],
            unopened=sum(digest.rule is None for digest in digests.values()),
            order=order_answer(order),
            next=address_after(self._parts, inspector, listed, page),
        )


def _asked(request: Request) -> _Asked:
    """Read what is asked for.

    Raises:
        MalformedParameter: a member is of another form; or the list is chosen twice.
    """
    rule, office, peers, order_stream, cursor = (
        request.get_param(name, allow_multiple=False) for name in (*_CHOOSING, "cursor")
    )
    if peers not in (None, "yes", "no"):
        raise MalformedParameter("peers is yes or no")
    if cursor is not None and any((rule, office, peers, order_stream)):
        raise MalformedParameter(f"cursor goes on with a list: {', '.join(_CHOOSING)} are its")
    return _Asked(
        AskedList(rule=rule, office=office, with_peers=peers != "no", order_stream=order_stream),
        _limit(request.get_param("limit", allow_multiple=False)),
        None if cursor is None else parse_cursor(cursor),
    )


def _check_rule(rule: str | None, raised: Iterable[str | None]) -> None:
    """Refuse a rule that is neither in the book nor, of an earlier book, of anything raised."""
    if rule is not None and rule not in NUMBERS and rule not in raised:
        raise MalformedParameter("rule is one that /v1/findings/rules lists, as R08")


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_FINDINGS
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_FINDINGS))
    if not is_number or not 1 <= int(text) <= MAX_FINDINGS:
        raise MalformedParameter(f"limit is a number from 1 to {MAX_FINDINGS}")
    return int(text)


def _offices(shown: Iterable[Known]) -> list[str]:
    return sorted({known.finding.office for known in shown if known.finding.office})


def _rules(
    looked: Looked,
    shown: Iterable[Known],
    scope: Scope,
    precision: Mapping[RuleVersion, RunningPrecision],
) -> Iterator[FindingRuleAnswer]:
    """Write the rules of the findings shown, with their base rates in this ledger."""
    covered = sum(
        n for office, n in looked.dossiers.items() if scope.inspector.covers(Role.INSPECTOR, office)
    )
    for rule in rules_among(shown):
        yield rule_answer(rule, precision, _base_rate(rule, looked, scope, covered))


def _base_rate(rule: Rule, looked: Looked, scope: Scope, dossiers: int) -> BaseRateAnswer | None:
    """Give how often a rule marks something here: of its comparisons, or of all dossiers.

    It is that of the whole list, whatever page of it is shown.
    """
    if rule in COMPARING:
        if looked.run is None:
            return None
        report = looked.run.report(rule.id)
        return BaseRateAnswer(examined=report.examined, hits=report.hits)
    in_order = looked.marked_among(rule.id, scope.order_dossiers)
    hits = scope.count(rule.id, looked.marked_by_office(rule.id), in_order)
    return BaseRateAnswer(examined=dossiers, hits=hits) if hits else None
