"""docs/findings.md holds a section for every rule, as its data says; ``make golden`` mends it."""

import os
from pathlib import Path

from projections.rule_book.book import BOOK
from projections.rule_book.sections import rules_markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "findings.md"
BEGIN, END = "<!-- rules -->\n", "\n<!-- /rules -->"


def written() -> str:
    """Give the document; with ``GOLDEN=write`` its sections are first replaced."""
    text = DOCUMENT.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        before, _, rest = text.partition(BEGIN)
        after = rest.partition(END.lstrip("\n"))[2]
        text = f"{before}{BEGIN}\n{rules_markdown()}\n{END}{after}"
        DOCUMENT.write_text(text, encoding="utf-8")
    return text


def test_document_holds_the_sections_that_the_program_prints() -> None:
    assert f"{BEGIN}\n{rules_markdown()}\n{END}" in written()


def test_every_rule_of_the_book_has_a_section_and_every_number_a_rule() -> None:
    text = written()

    for rule in BOOK:
        assert f"### {rule.id}" in text
        assert rule.looks_for.vi in text
    assert {f"R{number:02d}" for number in range(1, 33)} <= {rule.id for rule in BOOK}
