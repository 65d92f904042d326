"""Every resource asks for the right to read in the one place, or says here why it need not."""

import ast
import re
from pathlib import Path

RESOURCES = Path(__file__).parents[4] / "api" / "resources"
ASKS = ("check_right", "check_public_head", "reading_as")

# By path below `api/resources`. The list may only shrink.
NEED_NOT = {
    "actions.py": "takes in what others sign, and gives nothing but receipts and promises",
    "answers.py": "shapes",
    "codes.py": "gives codes to receivers; it reads no dossier",
    "findings/gathering.py": "puts together what the resources beside it opened by a right",
    "findings/leads.py": "gives what is kept to the resources beside it, which asked",
    "findings/shapes.py": "shapes",
    "health.py": "how the server is",
    "inspecting/shapes.py": "shapes",
    "log_files.py": "the public log",
    "observing/metrics.py": "how the server is",
    "observing/standing.py": "how the server is",
    "passes.py": "makes and checks passes",
    "procedures.py": "the public catalogue",
    "queues/answers.py": "shapes",
    "reference.py": "documents of the interface",
    "situations/answers.py": "writes what the dossiers' resource opened by a right",
    "situations/shapes.py": "shapes",
}


def _silent() -> set[str]:
    return {
        path.relative_to(RESOURCES).as_posix()
        for path in RESOURCES.rglob("*.py")
        if path.name != "__init__.py"
        and not any(name in path.read_text(encoding="utf-8") for name in ASKS)
    }


def test_resource_asks_for_the_right_to_read() -> None:
    assert _silent() - NEED_NOT.keys() == set()


def test_list_of_those_that_need_not_ask_names_nothing_else() -> None:
    assert NEED_NOT.keys() - _silent() == set()


def test_package_marker_holds_no_code() -> None:
    for path in RESOURCES.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1, path


# Of those that need not ask, these read the views: how far they are, and the public catalogue.
READS_VIEWS = {"observing/standing.py", "procedures.py"}


def test_those_that_need_not_ask_open_no_views() -> None:
    opening = {
        name
        for name in NEED_NOT
        if "views.reading(" in (RESOURCES / name).read_text(encoding="utf-8")
    }

    assert opening == READS_VIEWS


# Who opens the views with veiled dossiers in them, and why it may. The list may only shrink.
SEES_VEILED = {
    "api/reading/askers.py": "finds out who asks, and gives nothing else",
    "api/reading/rights.py": "the one place: a right is checked first",
    "cli/acting/linking.py": "warns whoever signs with a key of their own; it shows nothing",
    "cli/commands/portal.py": "the office's own key signs a read of every dossier that leaves",
    "cli/finding_acts/leads.py": "an inspector with the data folder, whose views hold them",
    "cli/judging/pacing.py": "asks how far the views are, and gives nothing",
    "cli/vault_audit.py": "an inspector opens the vault",
    "projections/follower.py": "folds them",
    "projections/leads/judging.py": "keeps leads of veiled dossiers too, which say that they are",
    "projections/queues/stored.py": "takes from the reader of the views whether it sees them",
    "projections/stored/trails.py": "takes from the reader of the views whether it sees them",
    "projections/views.py": "offers it",
}


def test_veiled_dossiers_are_seen_only_where_a_right_was_checked() -> None:
    root = RESOURCES.parents[1]
    opening = {
        path.relative_to(root).as_posix()
        for room in ("api", "cli", "ledger", "projections")
        for path in (root / room).rglob("*.py")
        if re.search("sees_veiled(?!=False)", path.read_text(encoding="utf-8"))
    }

    assert opening == set(SEES_VEILED)
