"""The bytes of a history and of evidence: whoever changes them changes a format."""

from collections.abc import Callable

import pytest

from ledger.evidence.judging import JudgedBy, judge_file
from ledger.histories.verifying import verify_bundle
from tests.support.forged_logs import Forger, a_forger
from tests.support.golden import golden
from tests.support.ledger_builders import operator_keys
from tests.unit.ledger.evidence.test_judging import (
    dates_a_seal_back_over_a_weekend,
    made_of,
    omits_the_newest,
)
from tests.unit.ledger.histories.test_verifying import history
from transparency.evidence.files import render_evidence
from transparency.histories.bundles import render_history

ANCHORS = operator_keys().anchors


def a_history() -> bytes:
    forger = a_forger()
    stream = forger.a_dossier("dossier.accepted")
    forger.seal()
    return render_history(history(forger, stream))


def test_history_of_a_dossier_is_these_bytes() -> None:
    made = a_history()

    assert made == golden("history.dossier.json", made)
    assert len(verify_bundle(made, ANCHORS).acts) == 2


@pytest.mark.parametrize(
    ("cheat", "name"),
    [
        (omits_the_newest, "omitted_entry.evidence.json"),
        (dates_a_seal_back_over_a_weekend, "seal_time.evidence.json"),
    ],
    ids=["omitted entry", "seal time"],
)
def test_evidence_is_these_bytes(cheat: Callable[[Forger], None], name: str) -> None:
    forger = a_forger()
    cheat(forger)
    (evidence, *_) = made_of(forger)

    made = render_evidence(evidence)

    assert made == golden(name, made)
    assert judge_file(made, JudgedBy(ANCHORS)).kind == name.partition(".")[0]
