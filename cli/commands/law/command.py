"""``law``: the law of a dossier: every kind of act, what is refused, flagged and looked for."""

from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Column, Table

from cli.output import command, print_json
from domain.law.refusals import RULES, RuleRow
from domain.law.table import LawRow, law_table
from projections.rule_book.book import BOOK
from projections.rule_book.members import RULE_HEADERS, rule_cells, rule_members
from projections.rule_book.sections import rules_markdown

NOTHING: Final = "–"
READABLE_COLUMNS: Final = 220

_markdown_option = click.option(
    "--markdown", "as_markdown", is_flag=True, help="Print the table as docs/law.md holds it."
)


@click.group()
def law() -> None:
    """The law of a dossier, made from the code itself."""


@command("table", help="Every kind: who signs, from and to which status, facts, clocks.")
@_markdown_option
def table(data: Path, *, as_markdown: bool, as_json: bool) -> None:
    """Print all kinds of action."""
    del data  # the table is the program's, not a ledger's
    rows = law_table()
    if as_json:
        print_json({"kinds": [_members(row) for row in rows]})
    elif as_markdown:
        click.echo(law_markdown())
    else:
        _print(_HEADERS, [_cells(row) for row in rows])


@command("refusals", help="What is refused and what is flagged, in order of precedence.")
@_markdown_option
def refusals(data: Path, *, as_markdown: bool, as_json: bool) -> None:
    """Print the rules in the order in which they are asked."""
    del data
    if as_json:
        print_json({"rules": [_rule_members(row) for row in RULES]})
    elif as_markdown:
        click.echo(refusals_markdown())
    else:
        _print(_RULE_HEADERS, [_rule_cells(number, row) for number, row in _numbered()])


@command("findings", help="What findings look for, and what silences each rule.")
@_markdown_option
def findings(data: Path, *, as_markdown: bool, as_json: bool) -> None:
    """Print the book of rules."""
    del data
    if as_json:
        print_json({"rules": [rule_members(rule) for rule in BOOK]})
    elif as_markdown:
        click.echo(rules_markdown())
    else:
        _print(RULE_HEADERS, [rule_cells(rule) for rule in BOOK])


law.add_command(table)
law.add_command(refusals)
law.add_command(findings)

_HEADERS: Final = ("row", "kind", "signers", "from → to", "public facts", "private facts", "clock")
_RULE_HEADERS: Final = ("no.", "verdict", "name", "asked by", "broken by", "vi phạm khi")


def law_markdown() -> str:
    """Give all kinds as a table in Markdown."""
    return _markdown(_HEADERS, [_cells(row) for row in law_table()])


def refusals_markdown() -> str:
    """Give the rules as a table in Markdown."""
    return _markdown(_RULE_HEADERS, [_rule_cells(number, row) for number, row in _numbered()])


def _members(row: LawRow) -> dict[str, object]:
    return {
        "kind": row.kind,
        "rows": row.rows,
        "signers": row.signers,
        "from": row.from_states,
        "to": row.to_states,
        "public_facts": row.public_facts,
        "public_because": row.public_because,
        "private_facts": row.private_facts,
        "private_required": row.private_required,
        "required": row.required,
        "clock": row.clock,
    }


def _cells(row: LawRow) -> tuple[str, ...]:
    public = [
        f"{name} ({row.public_because[name]})" if row.public_because[name] else name
        for name in row.public_facts
    ]
    private = ", ".join(row.private_facts)
    if row.private_required:
        private += " (required)"
    if row.required:
        private += f"; needed: {', '.join(row.required)}"
    return (
        row.rows,
        row.kind,
        "; ".join(row.signers),
        row.moves,
        "; ".join(public),
        private,
        "; ".join(row.clock),
    )


def _numbered() -> list[tuple[int, RuleRow]]:
    return list(enumerate(RULES, start=1))


def _rule_cells(number: int, row: RuleRow) -> tuple[str, ...]:
    said = row.broken_by
    return (str(number), row.verdict.value, row.name, row.asked_by.value, said.en, said.vi)


def _rule_members(row: RuleRow) -> dict[str, object]:
    return {
        "name": row.name,
        "verdict": row.verdict.value,
        "asked_by": row.asked_by.value,
        "broken_by": {"vi": row.broken_by.vi, "en": row.broken_by.en},
    }


def _print(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    # Names are looked for, with the eye or with grep: no column cuts a word.
    shown = Table(*(Column(header, overflow="fold") for header in headers))
    for cells in rows:
        shown.add_row(*(cell or NOTHING for cell in cells))
    console = Console(highlight=False)
    console.width = max(console.width, READABLE_COLUMNS)
    console.print(shown)


def _markdown(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [_line(headers), _line(("---",) * len(headers))]
    lines += [_line(tuple(cell.replace("|", "\\|") or NOTHING for cell in cells)) for cells in rows]
    return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
