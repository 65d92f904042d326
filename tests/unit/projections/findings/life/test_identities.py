"""A finding is known again by rule, version, what it is about, and its evidence."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.actions import parse_stream
from domain.errors import Sentence
from projections.findings import Finding, Severity
from projections.findings.life.identities import (
    MOST_NAMED,
    bounded,
    identity_of_lead,
    stream_for,
)

SECRET = b"s" * 32
LEAD = Finding(
    rule="R13",
    rule_version=1,
    severity=Severity.MEDIUM,
    stream="dossier:0b6f0000000000000000000000000001",
    office="H27.15",
    reason=Sentence("3 ngày", "3 days"),
    innocent_explanations=(),
    evidence=(4, 9),
    versions=(2, 3),
)
RULES = st.sampled_from(["R01", "R05", "R13", "key_replaced"])
INDEXES = st.lists(st.integers(0, 50), max_size=6).map(tuple)


@st.composite
def leads(draw: st.DrawFn) -> Finding:
    return replace(
        LEAD,
        rule=draw(RULES),
        rule_version=draw(st.integers(1, 3)),
        stream=f"dossier:{draw(st.integers(0, 3)):032x}",
        evidence=draw(INDEXES),
        versions=draw(INDEXES),
    )


def _key(lead: Finding) -> tuple[object, ...]:
    """Say slowly what makes two findings the same."""
    evidence = frozenset(lead.evidence)
    versions = frozenset() if evidence else frozenset(lead.versions)
    return lead.rule, lead.rule_version, lead.stream, evidence, versions


@given(leads(), leads())
def test_same_finding_has_the_same_stream_and_another_one_another(
    first: Finding, second: Finding
) -> None:
    is_same = stream_for(first, SECRET) == stream_for(second, SECRET)

    assert is_same == (_key(first) == _key(second))


@given(leads(), st.text(), st.randoms())
def test_words_office_and_order_of_evidence_change_nothing(
    lead: Finding, words: str, random: object
) -> None:
    evidence = list(lead.evidence) * 2
    random.shuffle(evidence)  # type: ignore[attr-defined]
    told = replace(lead, reason=Sentence(words, words), office="X", evidence=tuple(evidence))

    assert stream_for(told, SECRET) == stream_for(lead, SECRET)


@given(leads())
def test_name_is_that_of_a_finding_and_hangs_on_the_secret(lead: Finding) -> None:
    name = stream_for(lead, SECRET)

    assert parse_stream(name).type == "finding"
    assert name != stream_for(lead, b"t" * 32)


def test_name_of_a_public_alarm_is_the_same_whoever_makes_it() -> None:
    alarm = replace(LEAD, rule="R27")

    assert stream_for(alarm, SECRET) == stream_for(alarm, b"t" * 32)


def test_published_book_is_one_finding_whenever_it_is_compared() -> None:
    book = replace(LEAD, rule="R32", stream=f"book:{'ab' * 32}", evidence=(70,))

    later = replace(book, evidence=(90,))

    assert identity_of_lead(book) == identity_of_lead(later)


def test_long_evidence_is_named_as_far_as_an_entry_may() -> None:
    assert bounded(range(2 * MOST_NAMED)) == tuple(range(MOST_NAMED))
