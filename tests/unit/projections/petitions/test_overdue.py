"""R26: limits of petitions that were missed are leads, with what speaks against them."""

from domain.moments import parse_moment
from projections.petitions.overdue import overdue_petitions
from projections.petitions.rows import PetitionRow
from projections.petitions.standing import PetitionWorld
from tests.support.oversight.petitions import (
    COMMUNE,
    PROVINCE,
    a_pending_petition,
    a_petition,
    a_petition_world,
    rows_of_petitions,
)


def reasons(
    rows: list[PetitionRow], world: PetitionWorld | None = None, office: str | None = None
) -> list[str]:
    found = overdue_petitions(rows, world or a_petition_world(), office)
    return [finding.reason.en for finding in found]


def test_petition_that_nobody_answered_is_a_lead_and_an_answered_one_is_none() -> None:
    (finding,) = overdue_petitions(
        rows_of_petitions(a_petition(), a_pending_petition()), a_petition_world()
    )

    assert (finding.rule, finding.office) == ("R26", COMMUNE)
    assert finding.stream == f"petition:{1:032x}"
    assert "15 working days" in finding.reason.en
    assert "it has passed" in finding.reason.en
    assert finding.innocent_explanations


def test_every_missed_limit_is_a_lead_of_its_own() -> None:
    late = a_petition(
        forwarded_at=parse_moment("2026-03-20"),
        answered_at=parse_moment("2026-03-30"),
        published_at=parse_moment("2026-04-10"),
    )

    assert len(reasons(rows_of_petitions(late))) == 3


def test_rule_abstains_without_a_calendar_and_keeps_to_the_office_asked_for() -> None:
    rows = rows_of_petitions(a_pending_petition())

    assert reasons(rows, a_petition_world(calendar=None)) == []
    assert reasons(rows, office=PROVINCE) == []
    assert len(reasons(rows, office=COMMUNE)) == 1
