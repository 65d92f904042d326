"""The demo end to end: a small province through the real server, its proofs, and its cheat."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.served_figures.comparing import ADDRESSES

pytestmark = pytest.mark.served

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240
# What an early end changes: the dossier's row, its counts and its duration, at every length.
CHANGED_VIEWS = [
    "count_lines",
    "day_cells",
    "day_durations",
    "dossiers",
    "duration_lines",
    "month_cells",
    "month_durations",
    "year_cells",
    "year_durations",
]


@dataclass(frozen=True)
class Ran:
    code: int
    members: dict[str, Any]


def run(*arguments: str) -> Ran:
    finished = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments, "--json"],
        cwd=ROOT,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert finished.stdout, finished.stderr.decode()
    return Ran(finished.returncode, json.loads(finished.stdout))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo-data"


@pytest.fixture(scope="module")
def demo(data: Path) -> Ran:
    return run("demo", "--dossiers", "40", "--exit", "--data", str(data))


def test_demo_proves_what_it_promises(demo: Ran) -> None:
    proofs = demo.members["proofs"]

    assert {name: proof["ok"] for name, proof in proofs.items()} == dict.fromkeys(
        (
            *("receipts", "statistics", "audit", "veils", "witnesses"),
            *("refusal", "findings", "cheat"),
        ),
        True,
    )
    assert (demo.code, demo.members["ok"], demo.members["dossiers"]) == (0, True, 40)


def test_demo_with_a_crowd_shows_veils_and_a_smaller_one_none(demo: Ran, tmp_path: Path) -> None:
    """A proof that took no veils for hidden enough would pass where none ever came out."""
    larger = run("demo", "--dossiers", "300", "--exit", "--data", str(tmp_path / "demo-data"))

    few, many = (ran.members["proofs"]["veils"] for ran in (demo, larger))
    assert (few["veils"], few["crowds"], few["ok"]) == (0, [], True)
    assert many["crowds"] == ["ended", "received", "step"]
    assert many["veils"] >= 3 * many["fewest"] >= 30
    assert (larger.code, many["ok"]) == (0, True)


def test_every_acted_story_leads_to_its_finding_and_to_no_other(demo: Ran) -> None:
    counts = demo.members["proofs"]["findings"]["counts"]

    assert (counts["R02"], counts["R08"], counts["R16"]) == (1, 1, 1)
    assert counts["R07"] >= 1
    # The stories are about four rules; others find their own in so many dossiers.
    assert demo.members["proofs"]["findings"]["all"] > sum(counts.values())


def test_every_published_answer_of_the_demo_is_that_of_its_log(demo: Ran, data: Path) -> None:
    recomputed = run("recompute", "--data", str(data)).members

    assert demo.code == 0
    assert (recomputed["answers"], recomputed["differences"]) == (len(ADDRESSES), 0)


def test_cheat_is_convicted_three_times_and_repaired(demo: Ran) -> None:
    cheat = demo.members["proofs"]["cheat"]

    assert (cheat["recompute"], cheat["audit"], cheat["receipt"]) == (True, True, True)
    assert cheat["repaired"]
    assert cheat["differences"] > 0
    assert (cheat["notes_restored"], cheat["rows_restored"]) == (1, 1)


def test_cheat_by_hand_is_convicted_and_rebuilt(demo: Ran, data: Path) -> None:
    stream = demo.members["proofs"]["cheat"]["stream"]
    folder = ("--data", str(data))
    (receipt,) = (data / "kept").glob("late-without-apology-*-result-issued.tlog-proof")

    cheat = run("demo", "cheat", "reset-overdue", "--dossier", stream, *folder)
    audit, recompute = run("audit", *folder), run("recompute", *folder)
    verified = run("verify", str(receipt), *folder)

    assert (cheat.code, cheat.members["stream"]) == (0, stream)
    assert (audit.code, recompute.code, verified.code) == (1, 1, 0)
    named = [(each["code"], each["entry_index"]) for each in audit.members["problems"]]
    assert named[0] == ("stored_entry_differs", cheat.members["entry_index"])
    # The liar changed the cells of the figures, too: each table is named, and no other.
    views = audit.members["problems"][1:]
    assert {each["code"] for each in views} == {"view_differs"}
    named_views = re.findall(r"the view (\w+) differs from the log", str(views))
    assert sorted(named_views) == CHANGED_VIEWS
    assert f"dossiers differs from the log in 1 rows, first {stream}" in str(views)
    assert audit.members["views_compared"]
    assert recompute.members["differences"] > 0
    assert cheat.members["finished_at"] in " ".join(verified.members["proved"])

    rebuilt = run("demo", "cheat", "rebuild", *folder)

    assert rebuilt.members == {"notes_restored": 1, "rows_restored": 1}
    assert (run("audit", *folder).code, run("recompute", *folder).code) == (0, 0)


def test_cheat_without_a_late_dossier_changes_nothing(demo: Ran, data: Path) -> None:
    smooth = demo.members["stories"]["smooth"]

    cheat = run("demo", "cheat", "reset-overdue", "--dossier", smooth, "--data", str(data))

    assert cheat.code == 2
    assert run("audit", "--data", str(data)).code == 0


def test_folder_that_is_no_demos_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine", encoding="ascii")

    refused = run("demo", "--exit", "--data", str(tmp_path))

    assert (refused.code, refused.members["ok"]) == (2, False)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
