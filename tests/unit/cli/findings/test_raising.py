"""Whatever the rules give, in whatever order and however often: each finding is raised once."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cli.finding_acts.raising import acts_to_raise
from domain.facts.integrity import FindingRaised
from projections.findings import Finding
from projections.findings.life.identities import identity_of_lead, is_alarm, stream_for
from tests.unit.projections.findings.life.test_identities import LEAD, SECRET, leads


@given(st.lists(leads(), max_size=8), st.randoms(use_true_random=False))
def test_each_finding_is_raised_once(found: list[Finding], random: object) -> None:
    shuffled = found * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    acts = acts_to_raise([(lead, stream_for(lead, SECRET)) for lead in shuffled], None)

    assert len(acts) == len({identity_of_lead(lead) for lead in found})
    assert {act.stream for act in acts} == {stream_for(lead, SECRET) for lead in found}
    assert all(act.facts == FindingRaised() and act.office is None for act in acts)


def test_public_alarm_among_leads_is_left_to_what_looks_at_codes() -> None:
    alarm = replace(LEAD, rule="R27")

    assert is_alarm(alarm.rule)
    assert acts_to_raise([(alarm, stream_for(alarm, SECRET))], None) == []
