"""R17: money that neither the catalogue nor a demand accounts for."""

from typing import Any

import pytest

from domain.actions import Signer
from domain.roles import Role
from projections.findings import find
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
    an_act,
    examined_dossier,
    found,
)

FEE = 50_000
PROVIDER = Signer("officer-00000000000000a1", Role.PAYMENT_PROVIDER)
AUTHORITY = Signer("officer-00000000000000a2", Role.FINANCE_AUTHORITY)


def money(kind: str, amount: int, *signers: Signer) -> Any:
    return an_act(kind, "2026-02-03", *signers, amount_vnd=amount)


def assessed(amount: int) -> Any:
    return money("fee_assessed", amount, PROCESSOR)


def demanded(amount: int, *signers: Signer) -> Any:
    return money("payment_required", amount, *(signers or (RECEIVER,)))


def paid(amount: int, *signers: Signer) -> Any:
    return money("payment_confirmed", amount, *(signers or (PROVIDER,)))


def refunded(amount: int, *signers: Signer) -> Any:
    return money("payment_refunded", amount, *(signers or (AUTHORITY,)))


def hits(*acts: Any, fee: int | None = FEE, **more: Any) -> list[tuple[int, ...]]:
    record = a_record(a_procedure(fee_vnd=fee))
    dossier = a_dossier("2026-02-02", procedure_version=1)
    return found(examined_dossier(dossier, *acts, procedure=record, **more), "R17")


APPROVED = an_act("result_approved", "2026-02-03", APPROVER)


@pytest.mark.parametrize(
    ("acts", "evidence"),
    [
        pytest.param((assessed(60_000),), [(10,)], id="assessed at another amount"),
        pytest.param((demanded(60_000),), [(10,)], id="demanded more than the catalogue"),
        pytest.param((paid(60_000),), [(10,)], id="took more than the catalogue"),
        pytest.param((paid(FEE), paid(FEE)), [(10, 11)], id="took it twice"),
        pytest.param((APPROVED, demanded(FEE)), [(10, 11)], id="demanded after the result"),
        pytest.param((paid(FEE), refunded(60_000)), [(10, 11)], id="refunded more than was paid"),
        pytest.param(
            (demanded(FEE, AUTHORITY), paid(3 * FEE)), [(10 + 1,)], id="more than both together"
        ),
    ],
)
def test_rule_fires(acts: Any, evidence: list[tuple[int, ...]]) -> None:
    assert hits(*acts) == evidence


@pytest.mark.parametrize(
    ("acts", "fee"),
    [
        pytest.param((assessed(FEE), demanded(FEE), paid(FEE)), FEE, id="as the catalogue says"),
        pytest.param((assessed(20_000), assessed(30_000)), FEE, id="in two parts"),
        pytest.param((demanded(25_000), paid(25_000)), FEE, id="less, after an exemption"),
        pytest.param((paid(FEE), refunded(FEE), paid(FEE)), FEE, id="refunded, and paid again"),
        pytest.param((demanded(9 * FEE, AUTHORITY), paid(9 * FEE)), FEE, id="a tax of its own"),
        pytest.param((APPROVED, demanded(FEE, AUTHORITY)), FEE, id="a tax after the decision"),
        pytest.param((assessed(FEE), paid(FEE)), None, id="the catalogue has prose only"),
    ],
)
def test_innocent_cases(acts: Any, fee: int | None) -> None:
    assert hits(*acts, fee=fee) == []


def test_without_a_catalogue_the_demand_itself_is_the_measure() -> None:
    assert hits(demanded(FEE), paid(FEE + 1), fee=None) == [(10, 11)]
    assert hits(demanded(FEE), paid(FEE), fee=None) == []


class TestOnePersonTakesAndRefunds:
    TAKER = Signer("officer-00000000000000e1", Role.RECEIVER)
    GIVER = Signer("officer-00000000000000e2", Role.FINANCE_AUTHORITY)

    def test_one_person_with_two_keys_is_a_finding(self) -> None:
        persons = Persons([a_key(self.TAKER.key), a_key(self.GIVER.key, replaces=self.TAKER.key)])
        acts = (paid(FEE, self.TAKER), refunded(FEE, self.GIVER))

        assert hits(*acts, person_of=persons.person_of) == [(10, 11)]

    def test_two_people_are_none(self) -> None:
        assert hits(paid(FEE, self.TAKER), refunded(FEE, self.GIVER)) == []

    def test_one_importer_is_none(self) -> None:
        assert hits(paid(FEE, IMPORTER), refunded(FEE, IMPORTER)) == []

    def test_one_performer_of_an_import_is_a_finding(self) -> None:
        acts = [
            an_act(kind, "2026-02-03", IMPORTER, amount_vnd=FEE, performer="ab" * 8)
            for kind in ("payment_confirmed", "payment_refunded")
        ]

        assert hits(*acts) == [(10, 11)]


def test_a_finding_on_money_names_its_rule_and_explanations() -> None:
    record = a_record(a_procedure(fee_vnd=FEE))
    examined = examined_dossier(a_dossier(), assessed(1), procedure=record)

    (finding,) = find(examined)

    assert (finding.rule, finding.rule_version, finding.severity) == ("R17", 2, "high")
    assert finding.innocent_explanations
