"""Documents that cannot fall behind: commands, targets, links, decisions, and forbidden words."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from tests.architecture.sources import ROOT, project_files, text_of, tree_of

README: Final = Path("README.md")
ADR: Final = Path("docs/adr")
FENCE: Final = re.compile(r"(?ms)^```(?:sh|console)\n(.*?)^```")
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TARGET: Final = re.compile(r"(?m)^([a-z][a-z-]*):(?!=)")
LINES_OF_A_LIFE: Final = 7
SECTIONS_OF_A_DECISION: Final = (
    "Status: ",
    "## Question",
    "## What pulls",
    "## Options, and one reason against each",
    "## Choice",
    "## What it costs",
    "## What would reopen it",
)

# Spelt in pieces, so that this file does not hold what it forbids.
PACKAGE_HOSTS: Final = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "debian" + ".org",
)
MACHINE_PATHS: Final = ("/work" + "/", "/root" + "/", "/opt" + "/", "/home" + "/")


def _documents() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def _command_lines() -> Iterator[list[str]]:
    """Give the commands of the README's code blocks, variables before them taken off."""
    for block in FENCE.findall(text_of(README)):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            if words:
                yield words


def _targets() -> set[str]:
    return set(TARGET.findall(text_of(Path("Makefile"))))


def _commands_of_ours() -> list[list[str]]:
    return [words[1:] for words in _command_lines() if words[0].endswith("dossier-ledger")]


def _find_command(words: list[str], group: click.Command) -> tuple[click.Command, list[str]]:
    """Walk down the groups and give the command with the words that are left."""
    while isinstance(group, click.Group) and (words or not group.invoke_without_command):
        assert words, "a group without a command"
        assert words[0] in group.commands, f"there is no command {words[0]}"
        group, words = group.commands[words[0]], words[1:]
    return group, words


@pytest.mark.parametrize("words", _commands_of_ours(), ids=" ".join)
def test_every_command_of_the_readme_exists_with_its_options(words: list[str]) -> None:
    from cli.main import cli

    command, rest = _find_command(words, cli)
    known = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }

    given = {word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"}
    assert given - known == set()


def test_every_make_target_that_documents_name_exists() -> None:
    named = {
        target
        for path in _documents()
        for target in re.findall(r"(?m)(?:^|`)make ([a-z][a-z-]*)", text_of(path))
    }

    assert named - _targets() == set()
    assert {"demo", "test", "setup"} <= named


def test_every_make_target_explains_itself() -> None:
    silent = [
        line.partition(":")[0]
        for line in text_of(Path("Makefile")).splitlines()
        if TARGET.match(line) and " ## " not in line
    ]

    assert silent == []


def test_every_relative_link_resolves() -> None:
    broken = []
    for path in _documents():
        for link in LINK.findall(text_of(path)):
            name, _, heading = link.partition("#")
            target = (ROOT / path.parent / name) if name else ROOT / path
            if re.match(r"[a-z]+:", link):
                continue
            if not target.exists() or (heading and heading not in _headings(target)):
                broken.append(f"{path}: {link}")

    assert broken == []


def _headings(document: Path) -> set[str]:
    titles = re.findall(r"(?m)^#+ (.+)$", document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_file_that_documents_name_in_code_exists() -> None:
    name = re.compile(
        r"`((?:domain|transparency|ledger|projections|api|cli|tests|docs|bench|examples)/[\w./-]*)`"
    )

    missing = [
        f"{path}: {found}"
        for path in _documents()
        for found in name.findall(text_of(path))
        if not (ROOT / found).exists()
    ]

    assert missing == []


def test_every_function_of_the_life_of_an_action_is_where_the_readme_says() -> None:
    rows = re.findall(r"`([a-z_/]+\.py)` `([\w.]+)`", text_of(README))

    missing = [
        f"{file} {qualified}"
        for file, qualified in rows
        if not _defines(tree_of(Path(file)), qualified.split("."))
    ]

    assert missing == []
    assert len(rows) == LINES_OF_A_LIFE


def _defines(tree: ast.AST, names: list[str]) -> bool:
    """Tell whether a module holds that function, or that class with the rest inside."""
    for node in getattr(tree, "body", []):
        if getattr(node, "name", None) == names[0]:
            return len(names) == 1 or _defines(node, names[1:])
    return False


def test_decisions_are_numbered_once_without_gaps_and_listed() -> None:
    pages = sorted(path.name for path in (ROOT / ADR).glob("0*.md"))
    numbers = [int(name[:4]) for name in pages]
    listed = re.findall(r"(?m)^\| \[\d{4}\]\((0\d{3}-[\w-]+\.md)\) \|", text_of(ADR / "README.md"))

    assert numbers == list(range(1, len(pages) + 1))
    assert listed == pages


def test_every_decision_has_the_agreed_shape() -> None:
    for page in sorted((ROOT / ADR).glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        places = [text.find(part) for part in SECTIONS_OF_A_DECISION]

        assert text.startswith(f"# {page.name[:4]} "), page.name
        assert -1 not in places, page.name
        assert places == sorted(places), page.name


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    assert re.findall(r"(?m)^## (.+)$", text_of(Path("CHANGELOG.md")))[0] == "Unreleased"


@pytest.mark.parametrize("forbidden", [*PACKAGE_HOSTS, *MACHINE_PATHS])
def test_no_file_names_a_package_host_or_a_place_on_this_machine(forbidden: str) -> None:
    found = [
        str(path)
        for path in project_files()
        if re.search(rb"(?<![\w.])" + re.escape(forbidden.encode()), (ROOT / path).read_bytes())
    ]

    assert found == []
