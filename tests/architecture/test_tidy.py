"""Style as a running program: sizes, first sentences, names and tags of every Python file.

The limits are those of the style guide. An exception is a named line in `EXCEPTIONS` with its
reason, and the list may only shrink: a line that is no longer needed fails too.
"""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.sources import ROOMS, python_files, text_of, tree_of

MAX_FILE_LINES: Final = 400
MAX_FUNCTION_LINES: Final = 60
MAX_FOLDER_FILES: Final = 15
MAX_FIRST_LINE: Final = 100
BANNED_NAMES: Final = re.compile(r"(util|helper|common|misc|manager|service)s?")
TAG: Final = re.compile(r"#+\s*([A-Z]{3,})\b(\(#\d+\))?:?")
KNOWN_TAGS: Final = {"SPEC", "CRASH", "LAW"}

EVERYTHING: Final = (*ROOMS, "bench", "tests")

# What breaks a limit today, and why it may. Take lines out; put none in without a decision.
EXCEPTIONS: Final[dict[str, str]] = {
    "transparency: 18 files": "one file per published format; split when the log's own issue "
    "brings witnesses and a durable index",
}


def _long_files() -> Iterator[str]:
    for path in python_files(*EVERYTHING):
        count = len(text_of(path).splitlines())
        if count > MAX_FILE_LINES:
            yield f"{path}: {count} lines"


def _long_functions() -> Iterator[str]:
    for path in python_files(*EVERYTHING):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = _lines_without_docstring(node)
                if count > MAX_FUNCTION_LINES:
                    yield f"{path} {node.name}: {count} lines"


def _lines_without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    count = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        count -= first.end_lineno - first.lineno + 1
    return count


def _full_folders() -> Iterator[str]:
    files = [path for path in python_files(*EVERYTHING) if path.name != "__init__.py"]
    for folder, count in Counter(path.parent for path in files).items():
        if count > MAX_FOLDER_FILES:
            yield f"{folder}: {count} files"


def _missing_first_sentences() -> Iterator[str]:
    supporting = [path for path in python_files("tests") if path.parts[1] == "support"]
    for path in (*python_files(*ROOMS, "bench"), *supporting):
        if not text_of(path).strip() and path.name == "__init__.py":
            continue
        first = (ast.get_docstring(tree_of(path)) or "").partition("\n")[0]
        if not first.endswith((".", ":")) or len(first) > MAX_FIRST_LINE:
            yield f"{path}: no first sentence"


def _banned_names() -> Iterator[str]:
    for path in python_files(*EVERYTHING):
        for name in (*path.parts[:-1], path.stem):
            if BANNED_NAMES.fullmatch(name):
                yield f"{path}: {name} says nothing"


def _loose_tags() -> Iterator[str]:
    for path in python_files(*EVERYTHING):
        for comment in _comments(path):
            match = TAG.match(comment)
            if match is None or match[1] in KNOWN_TAGS or not match[0].endswith(":"):
                continue
            if match[1] != "TODO" or match[2] is None:
                yield f"{path}: {match[0]}"


def _comments(path: Path) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text_of(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def _unfinished() -> Iterator[str]:
    word = re.compile(r"\b(TODO(?!\(#\d+\):)|FIXME|XXX)\b")
    for path in python_files(*EVERYTHING):
        for comment in _comments(path):
            if word.search(comment):
                yield f"{path}: {comment}"


def _new(found: Iterator[str]) -> list[str]:
    return [line for line in found if line not in EXCEPTIONS]


def test_files_have_at_most_400_lines() -> None:
    assert _new(_long_files()) == []


def test_functions_have_at_most_60_lines_without_docstring() -> None:
    assert _new(_long_functions()) == []


def test_folders_have_at_most_15_files() -> None:
    assert _new(_full_folders()) == []


def test_every_module_begins_with_a_sentence() -> None:
    assert _new(_missing_first_sentences()) == []


def test_module_names_say_what_is_inside() -> None:
    assert _new(_banned_names()) == []


def test_comment_tags_are_the_four_that_the_style_knows() -> None:
    assert _new(_loose_tags()) == []


def test_unfinished_work_names_its_issue() -> None:
    assert _new(_unfinished()) == []


def test_every_exception_is_still_needed() -> None:
    found = {
        *_long_files(),
        *_long_functions(),
        *_full_folders(),
        *_missing_first_sentences(),
        *_banned_names(),
        *_loose_tags(),
        *_unfinished(),
    }

    assert sorted(set(EXCEPTIONS) - found) == []
