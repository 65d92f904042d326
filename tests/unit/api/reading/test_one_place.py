"""Every resource asks for the right to read in the one place, or says here why it need not."""

import re
from pathlib import Path

RESOURCES = Path(__file__).parents[4] / "api" / "resources"
ASKS = ("check_right", "check_public_head", "reading_as")

# The list may only shrink.
NEED_NOT = {
    "__init__": "no code",
    "actions": "takes in what others sign, and gives nothing but receipts and promises",
    "answers": "shapes",
    "codes": "gives codes to receivers; it reads no dossier",
    "health": "how the server is",
    "log_files": "the public log",
    "passes": "makes and checks passes",
    "procedures": "the public catalogue",
    "reference": "documents of the interface",
}


def test_resource_asks_for_the_right_to_read() -> None:
    silent = {
        path.stem
        for path in RESOURCES.glob("*.py")
        if not any(name in path.read_text(encoding="utf-8") for name in ASKS)
    }

    assert silent - NEED_NOT.keys() == set()


# Who opens the views with veiled dossiers in them, and why it may. The list may only shrink.
SEES_VEILED = {
    "api/reading/askers.py": "finds out who asks, and gives nothing else",
    "api/reading/rights.py": "the one place: a right is checked first",
    "cli/acting/linking.py": "warns whoever signs with a key of their own; it shows nothing",
    "cli/commands/portal.py": "the office's own key signs a read of every dossier that leaves",
    "cli/finding_acts/leads.py": "an inspector with the data folder, whose views hold them",
    "cli/vault_audit.py": "an inspector opens the vault",
    "projections/follower.py": "folds them",
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
