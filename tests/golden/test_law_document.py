"""docs/law.md holds the tables that the program prints; ``make golden`` puts them in again."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.commands.law.command import law_markdown, refusals_markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "law.md"


def _written(table: str) -> str:
    """Give the document; with ``GOLDEN=write`` the table with the same head is first replaced."""
    text = DOCUMENT.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        head = re.escape(table.partition("\n")[0])
        text = re.sub(rf"(?m)^{head}\n(?:\|.*\n)*", lambda _: table + "\n", text)
        DOCUMENT.write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize("made", [law_markdown, refusals_markdown])
def test_document_holds_the_table_that_the_program_prints(made: Callable[[], str]) -> None:
    table = made()

    assert f"\n{table}\n" in _written(table)
