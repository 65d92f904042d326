"""Who may answer a private finding: the person it asks, the head, or the office that it asks."""

from collections.abc import Iterator

import pytest

from domain.facts.integrity import FindingAnswered, FindingAnsweredDetails
from domain.roles import Role
from tests.http.findings.raised import Raised, a_raised_world
from tests.http.world import action_body, json_headers
from transparency.notes import SigningKey

ON_PERSON = "finding:" + "a1" * 16


@pytest.fixture
def raised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raised]:
    with a_raised_world(tmp_path_factory.mktemp("answers")) as made:
        yield made


def answered(raised: Raised, stream: str, role: Role, key: SigningKey) -> str:
    """Give the code of the refusal; nothing where the answer was taken."""
    details = FindingAnsweredDetails(text="Vì mưa")
    act = raised.sign("finding.answered", stream, FindingAnswered(), details, (role, key))
    result = raised.world.client.simulate_post(
        "/v1/actions", body=action_body(act), headers=json_headers()
    )
    return "" if result.status_code == 201 else str(result.json["code"])


def test_finding_on_a_person_is_answered_by_that_person_with_any_key_or_by_the_head(
    raised: Raised,
) -> None:
    raised.raise_on_person(ON_PERSON)

    codes = {
        name: answered(raised, ON_PERSON, role, key)
        for name, role, key in (
            ("colleague", Role.PROCESSOR, raised.colleague),
            ("officer of another office", Role.PROCESSOR, raised.elsewhere),
            ("the person", Role.PROCESSOR, raised.officer),
            ("by personnel number", Role.PROCESSOR, raised.second_key),
            ("head", Role.HEAD, raised.head),
        )
    }

    assert codes == {
        "colleague": "not_asked",
        "officer of another office": "not_asked",
        "the person": "",
        "by personnel number": "",
        "head": "",
    }


def test_finding_that_asks_an_office_is_answered_by_its_officers_alone(raised: Raised) -> None:
    lead = next(each for each in raised.listed()["findings"] if each["stream"] == raised.dossier)
    raised.act(raised.raise_lead(lead))
    stream = str(lead["finding_stream"])

    assert answered(raised, stream, Role.PROCESSOR, raised.elsewhere) == "not_asked"
    assert answered(raised, stream, Role.PROCESSOR, raised.colleague) == ""
    assert answered(raised, stream, Role.HEAD, raised.head) == ""
