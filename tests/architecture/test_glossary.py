"""The glossary is the language of the code: its words are there, its forbidden words are not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.sources import ROOMS, python_files, text_of, tree_of

GLOSSARY: Final = Path("docs/glossary.md")
BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
COLUMNS: Final = 4
# A forbidden word that means another thing where it is used.
OTHER_MEANINGS: Final = {"Page": "a page of the web site, which is not a tile"}


def _rows() -> Iterator[list[str]]:
    for line in text_of(GLOSSARY).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == COLUMNS and cells[0] not in ("word", "---"):
            yield cells


def _words(name: str) -> tuple[str, ...]:
    return tuple(HUMP.sub("_", name).lower().strip("_").replace(" ", "_").split("_"))


def _bold_words() -> list[str]:
    return [word for row in _rows() for word in BOLD.findall(row[0])]


def _class_names() -> set[str]:
    return {
        node.name
        for path in python_files(*ROOMS)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    }


def _fields() -> Iterator[str]:
    for path in python_files(*ROOMS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                for member in node.body:
                    if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                        yield member.target.id


def _modules() -> set[str]:
    return {name for path in python_files(*ROOMS) for name in (*path.parts[:-1], path.stem)}


def _is_part(word: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Tell whether the word stands whole in a name, in the singular or the plural."""
    width = len(word)
    forms = (word, (*word[:-1], f"{word[-1]}s"))
    return any(name[start : start + width] in forms for start in range(len(name) - width + 1))


def test_every_row_has_a_word_its_vietnamese_and_a_meaning() -> None:
    incomplete = [row[0] for row in _rows() if not all(row[:3])]

    assert incomplete == []
    assert len(list(_rows())) > 40


def test_no_word_stands_twice() -> None:
    words = [row[0].strip("*") for row in _rows()]

    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_bold_word_is_a_class_a_module_or_a_field() -> None:
    names = {_words(name) for name in {*_class_names(), *_modules(), *_fields()}}

    missing = [
        word for word in _bold_words() if not any(_is_part(_words(word), name) for name in names)
    ]

    assert missing == []


def test_no_class_is_called_by_a_forbidden_word() -> None:
    forbidden = {
        _words(word.strip()) for row in _rows() for word in row[3].split(",") if word.strip()
    }

    found = {name for name in _class_names() if _words(name) in forbidden}

    assert sorted(found - OTHER_MEANINGS.keys()) == []
