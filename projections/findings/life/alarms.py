"""Public alarms that stand in the log, as findings again: R27 and R32."""

from collections.abc import Mapping
from typing import Final

from domain.errors import Sentence
from domain.oversight.integrity import FindingRecord
from projections.findings.peers.two_books import R32
from projections.findings.rules.results.code_runs import R27
from projections.findings.shapes import Finding, Rule

ALARM_RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rule in (R27, R32)}
_RAISED: Final = Sentence(
    "Cảnh báo công khai về tính toàn vẹn của sổ đã được nêu.",
    "A public alarm about the integrity of the ledger was raised.",
)


def raised_alarm(stream: str, office: str, record: FindingRecord) -> Finding | None:
    """Give a public alarm that stands in the log and is not closed yet; None for all else."""
    rule = ALARM_RULES.get(record.rule or "")
    if rule is None or not record.is_open:
        return None
    return rule.finding(
        stream,
        office,
        _RAISED,
        record.evidence,
        rule_version=record.rule_version or rule.version,
    )
