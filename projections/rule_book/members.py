"""The book of rules as cells of a table, and as members of JSON."""

from collections.abc import Iterable
from typing import Final

from domain.errors import Sentence
from projections.findings.shapes import Rule, SilentCase
from projections.rule_book.book import COMPARING

RULE_HEADERS: Final = (
    "rule",
    "name",
    "tên",
    "version",
    "severity",
    "seen by",
    "public entries suffice",
)


def rule_label(rule: Rule) -> str:
    """Give the number of a rule, told apart where it compares with peers."""
    return f"{rule.id}, against peers" if rule in COMPARING else rule.id


def rule_cells(rule: Rule) -> tuple[str, ...]:
    """Give a rule as one row under `RULE_HEADERS`."""
    return (
        rule_label(rule),
        rule.name.en,
        rule.name.vi,
        str(rule.version),
        rule.severity.value,
        rule.audience.value.replace("_", " "),
        "yes" if rule.recomputable else "no",
    )


def rule_members(rule: Rule) -> dict[str, object]:
    """Give all that is written down of a rule, in both languages."""
    return {
        "id": rule.id,
        "version": rule.version,
        "compares_with_peers": rule in COMPARING,
        "severity": rule.severity.value,
        "audience": rule.audience.value,
        "recomputable": rule.recomputable,
        "name": _both(rule.name),
        "looks_for": _both(rule.looks_for),
        "why": _both(rule.why),
        "thresholds": [
            {**_both(one.said), "source": one.source.value, "text": one.text}
            for one in rule.thresholds
        ],
        "exclusions": _cases(rule.exclusions),
        "abstentions": _cases(rule.abstentions),
        "innocent_explanations": [
            {**_both(one.said), "shown_as": one.shown_as} for one in rule.explanations
        ],
        "private_inputs": [_both(sentence) for sentence in rule.private_inputs],
        "not_looked_for": [_both(sentence) for sentence in rule.not_looked_for],
    }


def _cases(cases: Iterable[SilentCase]) -> list[dict[str, str]]:
    return [{"name": case.name, **_both(case.said)} for case in cases]


def _both(sentence: Sentence) -> dict[str, str]:
    return {"vi": sentence.vi, "en": sentence.en}
