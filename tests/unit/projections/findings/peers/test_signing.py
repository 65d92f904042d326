"""R23: how many approvals a minute are more than nearly all minutes of others have."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.outliers.quantiles import quantile
from projections.findings.peers.running import find_among
from projections.findings.peers.signing import R23, _nearly_most
from projections.findings.shapes import Severity
from tests.support.peers.dossier_fixtures import FIRES
from tests.support.peers.populations import APPROVER
from tests.support.peers.private_fixtures import SIGNING


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=200),
    st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(999, 1000), Fraction(1)]),
)
def test_quantile_of_counted_minutes_is_that_of_all_minutes(
    minutes: list[int], share: Fraction
) -> None:
    assert _nearly_most(Counter(minutes), share) == quantile(sorted(minutes), share)


def test_minute_beyond_the_peers_is_one_lead_on_its_approver_with_what_others_do() -> None:
    (finding,) = find_among(
        SIGNING["fires: faster than nearly all minutes of others"](), rules=[R23]
    ).findings

    assert finding.stream == f"key:{APPROVER.key}"
    assert finding.severity is Severity.MEDIUM
    assert len(finding.evidence) == 8
    assert finding.peers is not None
    assert (finding.peers.n, finding.peers.base_rate, finding.peers.observed) == (1_000, "1", "8")
    assert "province level" in finding.peers.group.en


def test_more_than_the_fixed_number_a_minute_is_one_lead_not_two() -> None:
    findings = find_among(SIGNING[FIRES](), rules=[R23]).findings

    assert [finding.severity for finding in findings] == [Severity.HIGH]
