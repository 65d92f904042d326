"""docs/reading.md holds the matrix of reading rights; ``make golden`` puts it in again."""

import os
import re
from pathlib import Path

from domain.reading.rights import CLASS_OF, RIGHTS, Reader

DOCUMENT = Path(__file__).parents[2] / "docs" / "reading.md"


def matrix_markdown() -> str:
    head = ["class", "what", *(reader.value.replace("_", " ") for reader in Reader)]
    rows = [
        [CLASS_OF[subject].value, subject.value.replace("_", " ")]
        + [cells[reader].value.replace("_", " ") for reader in Reader]
        for subject, cells in RIGHTS.items()
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_document_holds_the_matrix_that_the_program_enforces() -> None:
    table = matrix_markdown()
    text = DOCUMENT.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        head = re.escape(table.partition("\n")[0])
        text = re.sub(rf"(?m)^{head}\n(?:\|.*\n)*", lambda _: table + "\n", text)
        DOCUMENT.write_text(text, encoding="utf-8")

    assert f"\n{table}\n" in text
