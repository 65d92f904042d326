"""The book of rules as text: a section in Markdown for each rule, made from the rule's own data."""

from collections.abc import Iterable, Iterator
from typing import Final

from domain.errors import Sentence
from projections.findings.shapes import Audience, Rule, SilentCase, ThresholdSource
from projections.rule_book.book import BOOK
from projections.rule_book.members import RULE_HEADERS, rule_cells, rule_label

_SEEN_BY: Final = {
    Audience.PUBLIC_ALARM: "everybody: it is raised in the log as a public alarm",
    Audience.PUBLIC: "inspectors; counted in public by office and procedure, where nobody is named",
    Audience.INSPECTORS: "inspectors only",
}
_RESTS_ON: Final = {
    ThresholdSource.LAW: "law",
    ThresholdSource.ASSUMPTION: "assumption, not law",
    ThresholdSource.OWN: "this project's own",
}


def rules_markdown() -> str:
    """Give a table of all rules, and a section for each."""
    return "\n\n".join((_table(), *(_section(rule) for rule in BOOK)))


def _table() -> str:
    lines = [_line(RULE_HEADERS), _line(("---",) * len(RULE_HEADERS))]
    lines += [_line(rule_cells(rule)) for rule in BOOK]
    return "\n".join(lines)


def _section(rule: Rule) -> str:
    return "\n\n".join((f"### {rule_label(rule)}: {rule.name.en} ({rule.name.vi})", *_parts(rule)))


def _parts(rule: Rule) -> Iterator[str]:
    yield f"Version {rule.version}, severity {rule.severity.value}. {_readers(rule)}"
    yield f"{rule.looks_for.en} {rule.why.en}"
    yield f"*{rule.looks_for.vi} {rule.why.vi}*"
    yield _list("Thresholds", _thresholds(rule))
    if rule.exclusions:
        yield _list("Excluded, since the record shows it", map(_case, rule.exclusions))
    if rule.abstentions:
        yield _list("Abstains", map(_case, rule.abstentions))
    yield _list("Innocent explanations", _explanations(rule))
    if rule.not_looked_for:
        yield _list("Not looked for", (_both(sentence) for sentence in rule.not_looked_for))


def _readers(rule: Rule) -> str:
    seen = f"Seen by {_SEEN_BY[rule.audience]}."
    if rule.recomputable:
        return f"{seen} Anybody recomputes it from public entries."
    needs = "; ".join(sentence.en.rstrip(".") for sentence in rule.private_inputs)
    return f"{seen} Not recomputable in public, since it needs: {needs}."


def _thresholds(rule: Rule) -> Iterator[str]:
    for threshold in rule.thresholds:
        yield f"{_both(threshold.said)} ({_RESTS_ON[threshold.source]}: {threshold.text})"


def _explanations(rule: Rule) -> Iterator[str]:
    for explanation in rule.explanations:
        shown = explanation.shown_as
        where = "no record shows it" if shown is None else f"the record may show it: `{shown}`"
        yield f"{_both(explanation.said)} ({where})"


def _case(case: SilentCase) -> str:
    return f"`{case.name}`: {_both(case.said)}"


def _both(sentence: Sentence) -> str:
    return f"{sentence.en} *{sentence.vi}*"


def _list(head: str, items: Iterable[str]) -> str:
    return "\n".join((f"{head}:", "", *(f"- {item}" for item in items)))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
