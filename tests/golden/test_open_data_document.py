"""docs/open-data.md holds the columns of the datasets; ``make golden`` puts them in again."""

import os
import re
from pathlib import Path

import pytest

from projections.opendata.datasets import DATASETS
from projections.opendata.descriptions import columns_markdown
from projections.opendata.shapes import Dataset

DOCUMENT = Path(__file__).parents[2] / "docs" / "open-data.md"


def _written(table: str) -> str:
    """Give the document; with ``GOLDEN=write`` the table with the same head is first replaced."""
    text = DOCUMENT.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        head = re.escape(table.partition("\n")[0])
        text = re.sub(rf"(?m)^{head}\n(?:\|.*\n)*", lambda _: table + "\n", text)
        DOCUMENT.write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda each: each.name)
def test_document_holds_the_columns_of_every_dataset(dataset: Dataset) -> None:
    table = columns_markdown(dataset)

    assert f"\n{table}\n" in _written(table)
    assert dataset.title.en in _written(table)
