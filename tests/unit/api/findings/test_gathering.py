"""One finding in words: its rule, its peers, its proofs; also where rule or entries are missing."""

import pytest
from msgspec.structs import replace

from api.resources.findings.gathering import Known, finding_answer, known_of, rule_answer
from domain.errors import Sentence
from domain.keys import KeyRecord
from projections.findings.life.precision import RunningPrecision
from projections.findings.life.records import FindingLife
from projections.findings.shapes import Peers
from projections.rule_book.book import COMPARING, rule_of
from tests.unit.projections.findings.life.test_identities import LEAD
from tests.unit.projections.findings.life.test_precision import STEP


def nobody(_key: str) -> KeyRecord | None:
    return None


PEERS = Peers(
    group=Sentence("nhóm", "group"), n=41, threshold="1/5", base_rate="1/20", observed="9/31"
)


@pytest.mark.parametrize("compares", [False, True])
def test_rule_of_a_number_that_has_two_is_the_one_that_compares_or_not(*, compares: bool) -> None:
    found = replace(LEAD, rule="R05", peers=PEERS if compares else None)

    assert (rule_of(found) in COMPARING) is compares


def test_peers_come_with_their_number_and_threshold() -> None:
    found = replace(LEAD, rule="R05", peers=PEERS)

    answer = finding_answer(Known(found, rule_of(found)), "finding:1", nobody)

    assert answer.compares_with_peers
    assert answer.peers is not None
    assert (answer.peers.n, answer.peers.threshold, answer.peers.group.vi) == (41, "1/5", "nhóm")


def test_acts_of_a_veiled_dossier_are_proven_by_their_versions() -> None:
    found = replace(LEAD, evidence=(), veiled=True)

    answer = finding_answer(Known(found, rule_of(found)), "finding:1", nobody)

    assert [proof.receipt for proof in answer.proofs] == [
        f"/v1/streams/{LEAD.stream}/versions/{version}/receipt" for version in LEAD.versions
    ]


def test_finding_of_a_rule_that_is_no_longer_in_the_book_is_still_told() -> None:
    life = FindingLife(
        stream="finding:1", raised=STEP, is_alarm=False, rule="R99", rule_version=1, about="key:a"
    )
    known = known_of(life)

    answer = finding_answer(known, life.stream, nobody)

    assert (answer.rule, answer.name.en, answer.audience) == ("R99", "R99", "inspectors")
    assert not answer.found_now


def test_rule_tells_its_precision_with_n_and_interval() -> None:
    rule = rule_of(LEAD)
    assert rule is not None
    judged = {
        (rule.id, rule.version, False): RunningPrecision(confirmed=6, explained=3, mistaken=1),
        (rule.id, rule.version, True): RunningPrecision(confirmed=10),
    }

    told = rule_answer(rule, judged).precision

    assert told is not None
    assert (told.n, told.permille, told.too_few) == (10, 600, False)
    assert told.interval is not None
    assert told.interval.low_permille < 600 < told.interval.high_permille
