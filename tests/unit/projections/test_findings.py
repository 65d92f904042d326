from dataclasses import replace
from typing import Any

import pytest

from domain.actions import Signer
from domain.dossiers import Status
from domain.procedures import Procedure
from domain.roles import Role
from projections.findings import ExaminedDossier, Finding, Parameters, find, find_all
from projections.people.persons import Persons
from tests.support.builders import a_key
from tests.support.dossier_cases import (
    APPROVER,
    IMPORTER,
    PROCESSOR,
    RECEIVER,
    a_dossier,
    a_procedure,
    a_record,
    a_wait,
    an_act,
    examined_dossier,
    instant,
)

ACCEPTED = an_act("accepted", "2026-02-02T02:00:00Z")


# Most requests here are a processor's alone, past the one-stop shop, which R18 finds in each: its
# own tests stand in tests/unit/projections/findings. Any other rule would be one too many.
BESIDE = "R18"


def rules(examined: ExaminedDossier, **parameters: Any) -> list[str]:
    found = find(examined, Parameters(**parameters))
    return [finding.rule for finding in found if finding.rule != BESIDE]


def only(examined: ExaminedDossier) -> Finding:
    (finding,) = (finding for finding in find(examined) if finding.rule != BESIDE)
    return finding


def supplement(at: str, kind: str = "supplement_requested") -> Any:
    return an_act(kind, at, PROCESSOR)


class TestRepeatedSupplements:
    def test_second_request_is_a_finding(self) -> None:
        examined = examined_dossier(
            a_dossier("2026-02-02"),
            supplement("2026-02-01", "intake_supplement_requested"),
            ACCEPTED,
            supplement("2026-02-03"),
        )

        finding = only(examined)

        assert (finding.rule, finding.rule_version, finding.severity) == ("R02", 2, "high")
        assert finding.evidence == (10, 12)
        assert (finding.stream, finding.office) == (
            examined.dossier.stream,
            examined.dossier.office,
        )
        assert "2 lần" in finding.reason.vi
        assert "2 times" in finding.reason.en
        assert finding.innocent_explanations

    def test_papers_found_wanting_are_one_request_more(self) -> None:
        examined = examined_dossier(
            a_dossier("2026-02-02"),
            supplement("2026-02-03"),
            supplement("2026-02-04", "supplement_submitted"),
            supplement("2026-02-05", "supplement_judged_incomplete"),
        )

        assert only(examined).evidence == (10, 12)

    def test_first_request_is_none(self) -> None:
        assert rules(examined_dossier(a_dossier("2026-02-02"), supplement("2026-02-03"))) == []

    @pytest.mark.parametrize(
        ("allowed", "requests", "found"),
        [(0, 1, ["R02"]), (1, 1, []), (2, 2, []), (2, 3, ["R02"])],
    )
    def test_procedure_may_declare_how_many_are_allowed(
        self, allowed: int, requests: int, found: list[str]
    ) -> None:
        acts = [supplement(f"2026-02-{day:02d}") for day in range(3, 3 + requests)]
        record = a_record(a_procedure(max_supplements=allowed))

        assert rules(examined_dossier(a_dossier("2026-02-02"), *acts, procedure=record)) == found

    def test_new_version_of_the_law_between_two_requests_is_innocent(self) -> None:
        record = a_record(a_procedure(1), a_procedure(2, valid_from=day("2026-03-01")))
        acts = [supplement("2026-02-27"), supplement("2026-03-02")]

        assert rules(examined_dossier(a_dossier("2026-02-26"), *acts, procedure=record)) == []

    def test_two_requests_under_one_version_are_not_excused_by_a_later_one(self) -> None:
        record = a_record(a_procedure(1), a_procedure(2, valid_from=day("2026-03-01")))
        acts = [supplement("2026-02-20"), supplement("2026-02-27"), supplement("2026-03-02")]

        assert rules(examined_dossier(a_dossier("2026-02-19"), *acts, procedure=record)) == ["R02"]

    def test_unknown_procedure_is_judged_by_the_general_rule(self) -> None:
        acts = [supplement("2026-02-20"), supplement("2026-02-27")]

        assert rules(examined_dossier(a_dossier("2026-02-19"), *acts, procedure=None)) == ["R02"]


def day(text: str) -> Any:
    return instant(text + "T00:00:00Z").date()


def apology(at: str) -> Any:
    return an_act("extension_apology_issued", at, APPROVER)


class TestMissingApology:
    def test_overdue_without_apology_is_a_finding(self) -> None:
        examined = examined_dossier(a_dossier("2026-02-02", None, "2026-02-09"), ACCEPTED)

        finding = only(examined)

        assert (finding.rule, finding.severity, finding.evidence) == ("R07", "medium", (10,))

    def test_late_end_without_apology_is_a_finding_that_shows_the_end(self) -> None:
        ending = an_act("result_issued", "2026-02-11", PROCESSOR, status=Status.PROCESSED)
        returned = an_act("result_returned", "2026-02-12", status=Status.RESULT_RETURNED)
        examined = examined_dossier(
            a_dossier("2026-02-02", "2026-02-11", "2026-02-09"), ACCEPTED, ending, returned
        )

        assert only(examined).evidence == (10, 11)

    @pytest.mark.parametrize(
        ("apologised", "found"),
        [("2026-02-09", []), ("2026-02-09T16:59:59Z", []), ("2026-02-10", ["R07"])],
    )
    def test_apology_counts_until_the_limit_ends(self, apologised: str, found: list[str]) -> None:
        examined = examined_dossier(
            a_dossier("2026-02-02", None, "2026-02-09"), ACCEPTED, apology(apologised)
        )

        assert rules(examined) == found

    @pytest.mark.parametrize(("apologised", "found"), [("2025-02-14", []), ("2025-02-17", ["R07"])])
    def test_before_july_2025_it_counts_until_the_working_day_before(
        self, apologised: str, found: list[str]
    ) -> None:
        dossier = a_dossier("2025-02-10", None, "2025-02-17")  # due on a Monday

        assert rules(examined_dossier(dossier, apology(apologised))) == found

    @pytest.mark.parametrize(
        ("due_at", "found"),
        [
            pytest.param("2024-12-31", [], id="due before the calendar begins"),
            pytest.param("2025-01-01", [], id="due on its first working day"),
            pytest.param("2025-01-02", ["R07"], id="due on its second"),
        ],
    )
    def test_where_the_calendar_knows_no_day_before_the_limit_itself_counts(
        self, due_at: str, found: list[str]
    ) -> None:
        dossier = a_dossier("2024-12-20", None, due_at)

        assert rules(examined_dossier(dossier, apology(due_at))) == found
        assert rules(examined_dossier(dossier, apology(due_at), calendar=None)) == []

    def test_second_apology_is_a_finding(self) -> None:
        examined = examined_dossier(
            a_dossier("2026-02-02", "2026-02-03", "2026-02-09"),
            apology("2026-02-02"),
            apology("2026-02-03"),
        )

        finding = only(examined)

        assert (finding.rule, finding.evidence) == ("R07", (10, 11))

    @pytest.mark.parametrize(
        "dossier",
        [
            pytest.param(a_dossier("2026-02-02"), id="no due date"),
            pytest.param(a_dossier("2026-02-02", "2026-02-09", "2026-02-09"), id="ended in time"),
            pytest.param(a_dossier("2026-02-02", None, "2027-02-09"), id="not yet due"),
            pytest.param(
                a_dossier(
                    "2026-02-02",
                    None,
                    "2026-02-09",
                    status=Status.SUPPLEMENT_REQUIRED,
                    waits=(a_wait("2026-02-05"),),
                ),
                id="waiting for the applicant",
            ),
            pytest.param(
                a_dossier(
                    "2026-02-02",
                    "2026-02-20",
                    "2026-02-09",
                    waits=(a_wait("2026-02-09T10:00:00Z", "2026-02-18"),),
                ),
                id="was waiting when the limit ended",
            ),
            pytest.param(
                a_dossier(
                    "2026-02-02",
                    None,
                    "2026-02-09T08:00:00Z",
                    waits=(a_wait("2026-02-09T07:00:00Z", "2026-02-18"),),
                ),
                id="was waiting at the instant of the limit",
            ),
            pytest.param(
                a_dossier("2026-02-02", None, "2026-02-09", waits=(a_wait("2026-03-01"),)),
                id="waits now",
            ),
        ],
    )
    def test_rule_abstains(self, dossier: Any) -> None:
        assert rules(examined_dossier(dossier, ACCEPTED)) == []


def handed_in(at: str, *signers: Signer) -> Any:
    return an_act("supplement_submitted", at, *signers)


def completed(at: str, *signers: Signer) -> Any:
    return an_act("supplement_completed", at, *signers)


class TestMissingSupplement:
    def test_supplement_found_complete_that_nobody_handed_in_is_a_finding(self) -> None:
        examined = examined_dossier(
            a_dossier(), ACCEPTED, supplement("2026-02-03"), completed("2026-02-04")
        )

        finding = only(examined)

        assert (finding.rule, finding.rule_version, finding.severity) == ("R09", 2, "high")
        assert finding.evidence == (11, 12)

    def test_papers_for_the_first_request_do_not_answer_the_second(self) -> None:
        acts = [
            supplement("2026-02-03", "intake_supplement_requested"),
            handed_in("2026-02-04"),
            completed("2026-02-05"),
            supplement("2026-02-06"),
            completed("2026-02-09"),
        ]

        finding = only(
            examined_dossier(a_dossier(), *acts, procedure=a_record(a_procedure(max_supplements=2)))
        )

        assert (finding.rule, finding.evidence) == ("R09", (13, 14))

    @pytest.mark.parametrize(
        "acts",
        [
            pytest.param((handed_in("2026-02-04"), completed("2026-02-05")), id="handed in"),
            pytest.param(
                (handed_in("2026-02-04", IMPORTER), completed("2026-02-05")),
                id="handed in before the import",
            ),
            pytest.param((completed("2026-02-05", IMPORTER),), id="a source that has no such step"),
            pytest.param((), id="still waiting"),
        ],
    )
    def test_rule_abstains(self, acts: Any) -> None:
        assert rules(examined_dossier(a_dossier(), supplement("2026-02-03"), *acts)) == []


def as_role(signer: Signer, role: Role) -> Signer:
    return Signer(signer.key, role)


def approved_by(
    dossier_more: dict[str, Any], procedure: Procedure | None = None
) -> ExaminedDossier:
    dossier = a_dossier("2026-02-02", procedure_version=1, **dossier_more)
    acts = (
        an_act("accepted", "2026-02-02", RECEIVER, performer="ab" * 8),
        an_act("supplement_requested", "2026-02-03", PROCESSOR),
        an_act("result_approved", "2026-02-04", as_role(RECEIVER, Role.APPROVER)),
        an_act("result_returned", "2026-02-05", RECEIVER),
    )
    return examined_dossier(dossier, *acts, procedure=a_record(procedure or a_procedure()))


class TestSegregationOfDuties:
    def test_one_key_that_accepts_and_approves_is_a_finding(self) -> None:
        examined = approved_by({"accepted_by": (RECEIVER.key,), "approved_by": (RECEIVER.key,)})

        finding = only(examined)

        assert (finding.rule, finding.severity, finding.evidence) == ("R16", "high", (10, 12))

    def test_one_key_that_processes_and_approves_is_a_finding(self) -> None:
        examined = approved_by({"processed_by": (PROCESSOR.key,), "approved_by": (PROCESSOR.key,)})

        assert only(examined).evidence == (11,)

    def test_one_person_with_two_keys_is_a_finding(self) -> None:
        examined = approved_by({"accepted_by": (RECEIVER.key,), "approved_by": (PROCESSOR.key,)})
        persons = Persons([a_key(RECEIVER.key), a_key(PROCESSOR.key, replaces=RECEIVER.key)])

        assert rules(examined) == []
        assert only(replace(examined, person_of=persons.person_of)).evidence == (10, 11, 12)

    def test_one_performer_of_an_import_is_a_finding(self) -> None:
        performers = ("ab" * 8,)
        examined = approved_by(
            {"accepted_performers": performers, "approved_performers": performers}
        )

        assert only(examined).evidence == (10,)

    def test_two_people_are_none(self) -> None:
        examined = approved_by(
            {"accepted_by": (RECEIVER.key,), "approved_by": (APPROVER.key, PROCESSOR.key)}
        )

        assert rules(examined) == []

    def test_one_importer_is_none(self) -> None:
        examined = approved_by({"accepted_performers": ("ab" * 8,), "approved_performers": ()})

        assert rules(examined) == []

    def test_decision_delegated_to_the_counter_is_innocent(self) -> None:
        examined = approved_by(
            {"accepted_by": (RECEIVER.key,), "approved_by": (RECEIVER.key,)},
            a_procedure(counter_decides=True),
        )

        assert rules(examined) == []

    def test_unknown_procedure_delegates_nothing(self) -> None:
        dossier = a_dossier(accepted_by=(RECEIVER.key,), approved_by=(RECEIVER.key,))

        assert rules(examined_dossier(dossier, procedure=None)) == ["R16"]


def test_parameters_change_what_is_found() -> None:
    examined = examined_dossier(a_dossier("2026-02-02"), supplement("2026-02-03"))

    assert rules(examined, supplement_requests=0) == ["R02"]


def test_findings_of_many_dossiers_stand_in_their_order() -> None:
    examined = [
        examined_dossier(a_dossier("2026-02-02", None, "2026-02-09")),
        examined_dossier(a_dossier()),
    ]

    assert [finding.rule for finding in find_all(examined)] == ["R07"]
