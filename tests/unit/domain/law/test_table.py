"""The law as a table: it names every event of the reference, and says what the rows mean."""

import re
from pathlib import Path

import pytest

from domain.dossiers import Status
from domain.kinds import KINDS
from domain.law.table import ANY, BEGINS, PRIOR, SAME, SUSPENDED, LawRow, law_table
from domain.transitions import TRANSITIONS

DOMAIN_REFERENCE = Path(__file__).parents[5] / "shared" / "reference" / "domain.md"

# Events of rows 1 to 51 whose kind is not named `dossier.<event>`, or not after its whole name.
KIND_OF_EVENT = {
    "DossierSubmitted": "dossier.submitted",
    "DossierAccepted": "dossier.accepted",
    "DossierRoutedToOffice": "dossier.routed_to_office",
    "DossierForwarded": "dossier.forwarded",
    "DossierClosed": "dossier.closed",
    "SatisfactionRated": "rating.satisfaction_rated",
    "FeedbackFiled": "petition.feedback_filed",
    "FeedbackClassified": "petition.feedback_classified",
    "FeedbackAnswered": "petition.feedback_answered",
    "FeedbackPublished": "petition.feedback_published",
    "FeedbackDisputed": "petition.feedback_disputed",
    "ComplaintFiled": "petition.complaint_filed",
    "ComplaintAccepted": "petition.complaint_accepted",
    "ComplaintDecided": "petition.complaint_decided",
    "DenunciationReceived": "denunciation.received",
    "LateEntryDeclared": "office.late_entry_declared",
    "OutageDeclared": "ledger.outage_declared",
    "OutageEnded": "ledger.outage_ended",
    "AccessLogged": "access.logged",
    "FindingRaised": "finding.raised",
    "FindingAnswered": "finding.answered",
    "FindingClosed": "finding.closed",
    "RoleGranted": "key.role_granted",
    "RoleRevoked": "key.role_revoked",
    "KeyRegistered": "key.registered",
    "KeyRevoked": "key.revoked",
    "ProcedureVersionPublished": "procedure.version_published",
    "CalendarPublished": "calendar.published",
}
BESIDE_THE_ROWS = (
    "dossier.filing_group_declared",
    "dossier.foreign_step_recorded",
    "dossier.identity_checked",
    "dossier.external_data_queried",
    "dossier.applicant_key_replaced",
    "dossier.slip_secret_replaced",
    "access.opened",
    "access.looks_committed",
    "dossier.proxy_authorised",
    "dossier.proxy_revoked",
    "dossier.delivery_choice_changed",
    "dossier.hold_placed",
    "dossier.hold_lifted",
)
LAST_ROW = 51
EVENTS_OF_THE_REFERENCE = 73


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _kind_of(event: str) -> str:
    return KIND_OF_EVENT.get(event, f"dossier.{_snake(event)}")


def _events() -> dict[str, str]:
    """Give the row of each event that rows 1 to 51 name."""
    text = DOMAIN_REFERENCE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (`[^|]+) \|", text, re.MULTILINE)
    return {
        event: number
        for number, names in rows
        if int(number) <= LAST_ROW
        for event in re.findall(r"`(\w+)`", names)
    }


@pytest.mark.skipif(not DOMAIN_REFERENCE.exists(), reason="the shared reference is not here")
def test_every_event_of_the_reference_is_a_kind_that_names_its_row() -> None:
    events = _events()

    assert len(events) == EVENTS_OF_THE_REFERENCE
    assert {_kind_of(event) for event in events} - set(KINDS) == set()
    for event, number in events.items():
        assert TRANSITIONS[_kind_of(event)].rows == number, event


@pytest.mark.skipif(not DOMAIN_REFERENCE.exists(), reason="the shared reference is not here")
def test_every_kind_that_names_a_row_is_one_of_its_events() -> None:
    kinds = {_kind_of(event) for event in _events()}

    assert {name for name, row in TRANSITIONS.items() if row.rows} - kinds == set()


@pytest.mark.parametrize("name", BESIDE_THE_ROWS)
def test_kind_that_the_rows_lack_is_there(name: str) -> None:
    assert name in KINDS
    assert TRANSITIONS[name].rows == ""


def _row(name: str) -> LawRow:
    return next(row for row in law_table() if row.kind == name)


def test_table_has_one_row_for_every_kind_in_order() -> None:
    assert [row.kind for row in law_table()] == list(KINDS)


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("submitted", "∅ → 1"),
        ("accepted", "1, 5(intake) → 2"),
        ("handover_acknowledged", "2 → 4; 4, 9 → ="),
        ("supplement_completed", "5 → prior"),
        ("processing_suspended", "4, 5(processing), 6(processing) → 8(suspended)"),
        ("processing_resumed", "8(suspended) → 4"),
        ("processing_stopped", "2, 4, 5, 6, 8(suspended) → 8"),
        ("result_issued", "4(approved) → 9"),
    ],
)
def test_moves_read_as_in_the_reference(name: str, moves: str) -> None:
    assert _row(f"dossier.{name}").moves == moves


@pytest.mark.parametrize(
    ("name", "signers"),
    [
        ("dossier.applicant_key_replaced", ("registrar with receiver and holder",)),
        ("dossier.closed", ("receiver or system", "importer")),
        ("dossier.submitted", ("applicant or proxy (and post or receiver)", "importer")),
    ],
)
def test_signers_read_as_companies(name: str, signers: tuple[str, ...]) -> None:
    assert _row(name).signers == signers


@pytest.mark.parametrize(
    ("name", "clock"),
    [
        (
            "accepted",
            (
                "stop intake_notice",
                "stop acceptance",
                "stop supplement",
                "start processing",
                "start transfer",
                "start send_back",
            ),
        ),
        ("result_issued", ("stop processing", "start return if return_limit")),
        ("payment_required", ("pause processing if pause_in_payment",)),
        ("supplement_completed", ("stop supplement", "processing by supplement policy")),
        ("extension_apology_issued", ("move appointment",)),
        ("closed", ("stop all",)),
        ("conflict_declared", ()),
    ],
)
def test_clocks_read_as_effects(name: str, clock: tuple[str, ...]) -> None:
    assert _row(f"dossier.{name}").clock == clock


def test_states_of_dossiers_are_the_official_numbers() -> None:
    numbers = {str(status.value) for status in Status}
    marks = {BEGINS, SAME, PRIOR, ANY, SUSPENDED}

    for row in law_table():
        assert len(row.from_states) == len(row.to_states) > 0
        if row.kind.startswith("dossier."):
            for state in (*row.from_states, *row.to_states):
                assert state in marks or state.partition("(")[0] in numbers


def test_no_fact_is_both_public_and_private_without_a_reason() -> None:
    for row in law_table():
        for name in set(row.public_facts) & set(row.private_facts):
            assert row.public_because[name], f"{row.kind} {name}"
