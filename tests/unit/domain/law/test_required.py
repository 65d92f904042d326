"""What an act must say: every member of the table, one by one, and who is exempt."""

import msgspec
import pytest

from api.problem_rows.needs import MISSING_REMEDIES
from api.problems import problem
from domain.actions import Action
from domain.decisions import decide, decide_private
from domain.errors import FactMissing
from domain.facts import (
    DossierAccepted,
    DossierAcceptedDetails,
    IntakeRefused,
    IntakeRefusedDetails,
    PaymentConfirmed,
    PaymentMethod,
    ResolutionRefusedDetails,
    StepTransferred,
    StepTransferredDetails,
)
from domain.facts.reasons import IntakeRefusalReason
from domain.kinds import KINDS
from domain.kinds.required import REQUIRED
from domain.offices import OfficeRecord
from domain.rules.facts import check_facts
from tests.support.builders import (
    DEPARTMENT,
    ENROLLED_AT,
    HEX64,
    LEAST_FACTS,
    OFFICE,
    MemoryRegister,
    a_dossier,
    a_register,
    an_action,
    an_imported_action,
    an_office,
)
from tests.support.oversight.needs import completed_details

NEEDS = [(name, need) for name, needs in REQUIRED.items() for need in needs]
ALWAYS = [(name, need) for name, need in NEEDS if need.fact is None]
PRIVATE = [
    (name, need) for name, need in ALWAYS if need.member not in KINDS[name].facts.__struct_fields__
]
PUBLIC = [each for each in ALWAYS if each not in PRIVATE]


def complete(name: str) -> Action:
    """Give an act of a kind, opened, that says all it must."""
    kind = KINDS[name]
    facts = LEAST_FACTS.get(name) or kind.facts()
    return an_action(name, facts=facts, details=completed_details(kind, facts, None))


def with_identity_code() -> MemoryRegister:
    register = a_register()
    office = an_office(OFFICE, identity_code="H27.15")
    register.offices[OFFICE] = OfficeRecord(office, HEX64, ENROLLED_AT)
    return register


@pytest.mark.parametrize(("name", "need"), NEEDS, ids=str)
def test_needed_member_is_one_of_the_kind_and_has_words(name: str, need: object) -> None:
    kind = KINDS[name]
    assert kind.details is not None
    members = {*kind.facts.__struct_fields__, *kind.details.__struct_fields__}
    (found,) = [each for each in REQUIRED[name] if each is need]

    assert {found.member, found.or_else or found.member, found.fact or found.member} <= members
    assert found.member in MISSING_REMEDIES


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_complete_act_is_permitted(name: str) -> None:
    decide_private(None, complete(name), a_register())


@pytest.mark.parametrize(("name", "member"), [(name, need.member) for name, need in PRIVATE])
def test_private_member_that_is_missing_is_refused_and_named(name: str, member: str) -> None:
    whole = complete(name)
    assert whole.details is not None
    empty = () if isinstance(getattr(whole.details, member), tuple) else None
    details = msgspec.structs.replace(whole.details, **{member: empty})
    act = msgspec.structs.replace(whole, details=details)

    with pytest.raises(FactMissing) as refused:
        decide_private(None, act, a_register())

    assert str(refused.value) == f"fact_missing: {member}"


@pytest.mark.parametrize(("name", "member"), [(name, need.member) for name, need in PUBLIC])
def test_public_member_that_is_missing_is_refused_and_named(name: str, member: str) -> None:
    whole = complete(name)
    bare = msgspec.structs.replace(
        whole, facts=msgspec.structs.replace(whole.facts, **{member: None})
    )

    with pytest.raises(FactMissing) as refused:
        check_facts(a_dossier(), bare, a_register())

    assert str(refused.value) == f"fact_missing: {member}"


@pytest.mark.parametrize("name", sorted({name for name, _ in PRIVATE}))
def test_act_without_a_private_part_is_refused_from_its_public_entry_alone(name: str) -> None:
    bare = an_action(name, commitment=None)

    with pytest.raises(FactMissing, match="details: "):
        check_facts(a_dossier(), bare, a_register())


@pytest.mark.parametrize("name", sorted(name for name in REQUIRED if name.startswith("dossier.")))
def test_import_has_what_it_has(name: str) -> None:
    bare = an_imported_action(name, commitment=None)
    public = {need.member: None for need in bare.kind.public_needs}

    check_facts(
        a_dossier(imported=True),
        msgspec.structs.replace(bare, facts=msgspec.structs.replace(bare.facts, **public)),
        a_register(),
    )


def test_acceptance_by_an_office_with_an_identity_code_bears_a_code() -> None:
    public = an_action("dossier.accepted", commitment=None)
    blank = an_action("dossier.accepted", facts=DossierAccepted(), details=DossierAcceptedDetails())

    decide(a_dossier(), public, a_register())
    with pytest.raises(FactMissing, match="details: code"):
        decide(a_dossier(), public, with_identity_code())
    decide_private(a_dossier(), blank, a_register())
    with pytest.raises(FactMissing, match="fact_missing: code"):
        decide_private(a_dossier(), blank, with_identity_code())


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("dossier.resolution_refused", ResolutionRefusedDetails),
        ("dossier.intake_refused", IntakeRefusedDetails),
    ],
)
def test_refusal_without_a_legal_citation_is_not_accepted(
    kind: str, details: type[ResolutionRefusedDetails | IntakeRefusedDetails]
) -> None:
    right: dict[str, str] = {"right_authority": "z"} if details is IntakeRefusedDetails else {}
    full = an_action(kind, details=details(explanation="x", legal_citation="y", **right))
    bare = an_action(kind, details=details(explanation="x", **right))

    decide_private(a_dossier(), full, a_register())
    with pytest.raises(FactMissing, match="legal_citation"):
        decide_private(a_dossier(), bare, a_register())


def test_wrong_authority_says_which_one_is_right() -> None:
    words = IntakeRefusedDetails(explanation="x", legal_citation="y")
    refused = {
        reason: an_action(
            "dossier.intake_refused", facts=IntakeRefused(reason_code=reason), details=words
        )
        for reason in (IntakeRefusalReason.FILED_ALREADY, IntakeRefusalReason.WRONG_AUTHORITY)
    }

    decide_private(None, refused[IntakeRefusalReason.FILED_ALREADY], a_register())
    with pytest.raises(FactMissing, match="right_authority"):
        decide_private(None, refused[IntakeRefusalReason.WRONG_AUTHORITY], a_register())


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_payment_that_is_not_cash_names_its_transaction(method: PaymentMethod) -> None:
    facts = PaymentConfirmed(amount_vnd=20_000, method=method)
    bare = an_action("dossier.payment_confirmed", facts=facts, commitment=None)

    if method is PaymentMethod.CASH:  # improper without a receipt, and recorded: R17
        check_facts(a_dossier(), bare, a_register())
        return
    with pytest.raises(FactMissing, match="transaction_reference"):
        check_facts(a_dossier(), bare, a_register())


def test_step_that_no_procedure_publishes_states_its_hours() -> None:
    facts = StepTransferred(to_office=DEPARTMENT)
    act = an_action(
        "dossier.step_transferred", facts=facts, details=StepTransferredDetails(content="x")
    )

    with pytest.raises(FactMissing, match="step_hours"):
        decide_private(None, act, a_register())


def test_problem_says_what_would_be_right_in_both_languages() -> None:
    detail = str(FactMissing("details: items"))

    assert problem(FactMissing.code, "vi", detail=detail).remedy.startswith("Ghi trong phần riêng")
    assert problem(FactMissing.code, "en", detail=detail).remedy.startswith("List in the details")
