"""An operator who cheats with all its keys is caught: by whom, by which code, with what evidence.

Everybody who watches looks once before and once after; who is not named notices nothing.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.evidence.judging import JudgedBy, judge_file
from tests.simulation.cheats.scenes import ANCHORS, Scene
from tests.simulation.cheats.schemes import TRIED, Tried
from tests.support.ledger_builders import operator_keys
from transparency.errors import EvidenceNeedsLog, TransparencyError
from transparency.evidence.files import parse_evidence

# Left out of `make check`, which must be quick.
pytestmark = pytest.mark.long

PAGE = Path(__file__).parents[3] / "docs" / "trust.md"
HEADING = "## What an operator may try, who notices, with what evidence"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.close()


def test_nobody_accuses_an_honest_operator(scene: Scene) -> None:
    for _ in range(2):
        scene.world.a_dossier("dossier.accepted", "dossier.processor_assigned")
        scene.shown.a_dossier("dossier.accepted")
        scene.shown.seal()
        scene.look()

    assert scene.all_files() == []


@pytest.mark.parametrize("tried", TRIED.values(), ids=TRIED.keys())
def test_an_operator_who_cheats_is_caught(scene: Scene, tried: Tried) -> None:
    tried.scheme(scene)

    assert scene.notices() == tried.noticed
    assert {parse_evidence(data).kind for data in scene.all_files()} == tried.charges
    _check_convicts(scene, tried)


def _check_convicts(scene: Scene, tried: Tried) -> None:
    """Each file convicts; by anchors alone, unless the table says what else is needed."""
    alone = set()
    for data in scene.all_files():
        charge = parse_evidence(data).kind
        try:
            alone.add(judge_file(data, JudgedBy(ANCHORS)).kind)
        except TransparencyError as error:
            assert tried.needs
            if isinstance(error, EvidenceNeedsLog):
                by = JudgedBy(ANCHORS, log=scene.shown.log())
            else:
                by = JudgedBy(ANCHORS, policy=scene.policy)
            assert judge_file(data, by).kind == charge
    assert alone or tried.needs == "policy" or not tried.charges


@pytest.mark.parametrize("tried", TRIED.values(), ids=TRIED.keys())
def test_no_file_convicts_another_log(scene: Scene, tried: Tried) -> None:
    tried.scheme(scene)
    scene.notices()
    keys = operator_keys()
    other = type(ANCHORS)(keys.origin, keys.promise.verification_key, ANCHORS.registrar)

    for data in scene.all_files():
        with pytest.raises((TransparencyError, LedgerError)):
            judge_file(data, JudgedBy(other, scene.policy))


def _documented() -> dict[str, tuple[dict[str, str], frozenset[str]]]:
    section = PAGE.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    rows = {}
    for name, noticed, evidence in ROW.findall(section):
        pairs = re.findall(r"(\w[\w ]*): `(\w+)`", noticed)
        who = {watcher.strip().replace(" ", "_"): code for watcher, code in pairs}
        rows[name] = (who, frozenset(re.findall(r"`(\w+)`", evidence)))
    return rows


def test_the_page_on_trust_tells_what_the_tests_show() -> None:
    shown = {name: (dict(tried.noticed), tried.charges) for name, tried in TRIED.items()}

    assert _documented() == shown
