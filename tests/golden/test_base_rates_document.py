"""docs/base-rates.md has a row for every rule and both logs, and is made by a program."""

from pathlib import Path

import pytest

from bench.base_rates import LOGS, measure, render
from projections.findings import RULES
from projections.findings.peers.running import PEER_RULES

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "base-rates.md"
DATA = ROOT.parent / "shared" / "data"


def test_every_rule_has_a_row_for_each_log() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    for rule in (*PEER_RULES, *RULES):
        assert text.count(f"| {rule.id} {rule.name.en} |") == len(LOGS)
    assert text.count("### R32, two books") == len(LOGS)


@pytest.mark.long
def test_document_is_what_the_logs_give(tmp_path: Path) -> None:
    if not DATA.exists():
        pytest.skip("the foreign logs are not here")

    measured = [measure(log, DATA, tmp_path / log.name) for log in LOGS]

    # Figures of open dossiers go on to the month of today; only how many there are changes.
    assert _without_months(render(measured)) == _without_months(
        DOCUMENT.read_text(encoding="utf-8")
    )


def _without_months(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "figures compared" not in line)
