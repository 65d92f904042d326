"""Every resource asks for the right to read in the one place, or says here why it need not."""

from pathlib import Path

RESOURCES = Path(__file__).parents[4] / "api" / "resources"
ASKS = ("check_right", "check_public_head")

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
