"""``/v1/findings/rules``: every rule with its numbers, silences and base rates, for everybody.

Of public alarms the running precision is public. Of all other rules only how many findings were
closed with which verdict, where that is ten or more; those counts rest on opened private parts.
"""

import asyncio
from threading import Lock

import msgspec
from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import ServiceStarting
from api.parts import Parts
from api.reading.rights import reading_as
from api.resources.findings.gathering import Gatherer, rule_answer
from api.resources.findings.shapes import FindingRuleAnswer, FindingRulesAnswer
from domain.reading.rights import Reader, Subject
from projections.findings.life.identities import is_alarm
from projections.findings.life.precision import (
    RuleVersion,
    RunningPrecision,
    precision_by_rule,
    public_cells,
)
from projections.findings.shapes import Rule
from projections.reading import reference_to
from projections.rule_book.book import BOOK, COMPARING
from projections.views import Position, ViewReader

Precisions = dict[RuleVersion, RunningPrecision]


class FindingRulesResource:
    """``/v1/findings/rules``."""

    def __init__(self, parts: Parts, gatherer: Gatherer):
        self._parts = parts
        self._gatherer = gatherer
        self._lock = Lock()
        self._kept: tuple[int, Precisions] | None = None

    async def on_get(self, _request: Request, response: Response) -> None:
        """Give all rules in the order of the book."""
        response.data = encode(await asyncio.to_thread(self._answer))

    def _answer(self) -> FindingRulesAnswer:
        with reading_as(self._parts.views, Reader.ANYONE, Subject.FIGURES) as reader:
            position = reader.position()
            if position is None:
                raise ServiceStarting
            precision = self._precision(reader, position)
        return FindingRulesAnswer(
            rules=tuple(public_rule(rule, precision) for rule in BOOK),
            checkpoint=reference_to(position),
            as_of=position.as_of,
        )

    def _precision(self, reader: ViewReader, position: Position) -> Precisions:
        """Count the verdicts once for each checkpoint: nobody makes us open parts by asking."""
        with self._lock:
            if self._kept is None or self._kept[0] != position.log_position:
                digests = self._gatherer.digests(reader, position)
                self._kept = position.log_position, dict(precision_by_rule(digests.values()))
            return self._kept[1]


def public_rule(rule: Rule, precision: Precisions) -> FindingRuleAnswer:
    """Write one rule with what of its verdicts is public."""
    if is_alarm(rule.id):
        return rule_answer(rule, precision)
    known = precision.get((rule.id, rule.version, rule in COMPARING))
    cells = {} if known is None else public_cells(known)
    closed = {verdict.value: n for verdict, n in cells.items()}
    return msgspec.structs.replace(rule_answer(rule, {}), closed=closed or None)
