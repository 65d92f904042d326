"""``/v1/findings``: what looks wrong, and what became of it; for inspectors.

The key signs the request, and its grants say of which offices. Every look is kept before it is
answered, for each office whose findings are in the answer: whoever heads one learns that an
inspector looked, and not at whom.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter
from api.parts import Parts
from api.reading.orders import OrderInForce
from api.reading.rights import reading_as
from api.resources.findings.gathering import (
    Gatherer,
    Known,
    finding_answer,
    keys_of_answers,
    rule_answer,
    rules_among,
)
from api.resources.findings.leads import LeadSource, Looked, WantedLeads
from api.resources.findings.shapes import BaseRateAnswer, FindingRuleAnswer, FindingsAnswer
from api.resources.inspecting.shapes import order_answer
from api.resources.inspection import Inspection, position_of
from api.signatures import SignedRequest
from domain.keys import KeyRecord
from domain.reading.rights import Reader, Subject
from domain.roles import Role
from projections.findings.life.precision import RuleVersion, RunningPrecision, precision_by_rule
from projections.findings.life.records import FindingLife
from projections.findings.peers.running import PeerRun
from projections.findings.shapes import Rule
from projections.reading import reference_to
from projections.rule_book.book import COMPARING
from projections.views import Position, ViewReader


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which findings are asked for; without peers, those of rules on one dossier alone."""

    rule: str | None
    office: str | None
    with_peers: bool
    order_stream: str | None


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What is known, before anybody's rights are asked."""

    found: tuple[Known, ...]
    lives: tuple[FindingLife, ...]
    looked: Looked


class FindingsResource(Inspection):
    """``/v1/findings``."""

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._gatherer = Gatherer(parts)
        self._leads = LeadSource(parts)

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the findings, of one ``rule`` or ``office`` where the request says so."""
        inspector, signed = await self.asked_by(request, response)
        asked = _asked(request)
        response.data = encode(await asyncio.to_thread(self._answer, inspector, asked, signed))

    def _answer(self, inspector: KeyRecord, asked: _Asked, signed: SignedRequest) -> FindingsAnswer:
        with reading_as(self._views, Reader.INSPECTOR, Subject.FINDINGS) as reader:
            position = position_of(reader)
            order = self.order_of(reader, inspector, asked.order_stream)
            gathered = self._gather(reader, position, asked)
            shown = [each for each in gathered.found if _is_shown(each, inspector, asked, order)]
            # Kept before it is answered, or nothing is.
            self.note_look_at_offices(inspector, signed, _offices(shown), order)
            keys = keys_of_answers(reader, shown)
        precision = precision_by_rule(gathered.lives)
        return FindingsAnswer(
            findings=tuple(
                finding_answer(each, self._gatherer.stream_of(each), keys.get) for each in shown
            ),
            rules=tuple(_rules(gathered, shown, inspector, precision)),
            checkpoint=reference_to(position),
            as_of=position.as_of,
            leads=gathered.looked.stand,
            comparisons=gathered.looked.stand_of_peers,
            unopened=sum(life.rule is None for life in gathered.lives),
            order=order_answer(order),
        )

    def _gather(self, reader: ViewReader, position: Position, asked: _Asked) -> _Gathered:
        wanted = WantedLeads(asked.rule, asked.office, with_peers=asked.with_peers)
        looked = self._leads.read(reader, position, wanted)
        lives = self._gatherer.lives(reader, position)
        return _Gathered(tuple(self._gatherer.join(looked.leads, lives)), lives, looked)


def _asked(request: Request) -> _Asked:
    peers = request.get_param("peers", allow_multiple=False) or "yes"
    if peers not in ("yes", "no"):
        raise MalformedParameter("peers is yes or no")
    return _Asked(
        rule=request.get_param("rule", allow_multiple=False),
        office=request.get_param("office", allow_multiple=False),
        with_peers=peers == "yes",
        order_stream=request.get_param("order_stream", allow_multiple=False),
    )


def _is_shown(
    known: Known, inspector: KeyRecord, asked: _Asked, order: OrderInForce | None
) -> bool:
    """Tell whether a finding is asked for, and within what the inspector's grants cover."""
    finding = known.finding
    is_asked = asked.rule in (None, finding.rule) and asked.office in (None, finding.office)
    if not (is_asked and inspector.covers(Role.INSPECTOR, finding.office or None)):
        return False
    if order is None:
        return True
    return finding.office in order.scope.offices or finding.stream in order.scope.dossiers


def _offices(shown: Iterable[Known]) -> list[str]:
    return sorted({known.finding.office for known in shown if known.finding.office})


def _rules(
    gathered: _Gathered,
    shown: Iterable[Known],
    inspector: KeyRecord,
    precision: Mapping[RuleVersion, RunningPrecision],
) -> Iterator[FindingRuleAnswer]:
    """Write the rules of the findings shown, with their base rates in this ledger."""
    found = list(shown)
    covered = sum(
        n
        for office, n in gathered.looked.dossiers.items()
        if inspector.covers(Role.INSPECTOR, office)
    )
    for rule in rules_among(found):
        yield rule_answer(rule, precision, _base_rate(rule, gathered.looked.run, found, covered))


def _base_rate(
    rule: Rule, run: PeerRun | None, found: Iterable[Known], dossiers: int
) -> BaseRateAnswer | None:
    """Give how often a rule marks something here: of its comparisons, or of all dossiers."""
    if rule in COMPARING:
        if run is None:
            return None
        report = run.report(rule.id)
        return BaseRateAnswer(examined=report.examined, hits=report.hits)
    marked = {
        known.finding.stream
        for known in found
        if known.rule is rule and known.found_now and known.finding.stream.startswith("dossier:")
    }
    return BaseRateAnswer(examined=dossiers, hits=len(marked)) if marked else None
