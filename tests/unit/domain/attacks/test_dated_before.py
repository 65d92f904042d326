"""Nothing happens to a dossier before it was handed in, and no end before its acceptance."""

import pytest
from msgspec.structs import replace

from domain.decisions import decide
from domain.dossiers import Dossier, Status
from domain.errors import ActedBeforeDossier
from domain.rules.dates.order import CLOCKS_APART, check_order_in_time
from tests.support.builders import (
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_register,
    an_action,
    an_imported_action,
)

SUBMITTED, ACCEPTED = a_moment("2026-03-02T01:00:00Z"), a_moment("2026-03-02T03:00:00Z")
APPROVED = a_dossier_in_process(approved_at=a_moment("2026-03-03T03:00:00Z"))
IN_HAND = a_dossier_in_process()
PROCESSED = a_dossier_in_process(status=Status.PROCESSED, ended_at=a_moment("2026-03-04T03:00:00Z"))


@pytest.mark.parametrize(
    ("kind", "dossier", "at"),
    [
        ("dossier.accepted", a_dossier(), "2026-03-01T23:59:59Z"),
        ("dossier.accepted", a_dossier(), "2026-03-01"),
        ("dossier.handover_acknowledged", IN_HAND, "2026-03-01T20:00:00Z"),
        ("dossier.result_issued", APPROVED, "2026-02-15T02:00:00Z"),
        ("dossier.result_issued", APPROVED, "2026-03-02T01:59:59Z"),
        ("dossier.resolution_refused", IN_HAND, "2026-03-02T01:30:00Z"),
        ("dossier.result_returned", PROCESSED, "2026-03-02T01:30:00Z"),
    ],
)
def test_act_that_was_impossible_at_the_moment_it_claims_is_refused(
    kind: str, dossier: Dossier, at: str
) -> None:
    with pytest.raises(ActedBeforeDossier):
        decide(dossier, an_action(kind, at=a_moment(at)), a_register())


@pytest.mark.parametrize(
    ("kind", "dossier", "at"),
    [
        pytest.param("dossier.accepted", a_dossier(), "2026-03-02T00:00:00Z", id="clocks apart"),
        pytest.param("dossier.accepted", a_dossier(), "2026-03-02", id="the same day"),
        pytest.param(
            "dossier.handover_acknowledged", IN_HAND, "2026-03-02T01:30:00Z", id="improper: R08"
        ),
        pytest.param("dossier.result_issued", APPROVED, "2026-03-02T03:00:00Z", id="at once"),
    ],
)
def test_act_that_was_possible_then_is_permitted(kind: str, dossier: Dossier, at: str) -> None:
    decide(dossier, an_action(kind, at=a_moment(at)), a_register())


def test_imports_tell_what_they_found() -> None:
    long_ago = a_moment("2020-03-02T01:00:00Z")
    imported = replace(APPROVED, imported=True)

    check_order_in_time(
        APPROVED, an_imported_action("dossier.result_issued", at=long_ago), a_register()
    )
    check_order_in_time(imported, an_action("dossier.result_issued", at=long_ago), a_register())


def test_clocks_of_two_machines_may_be_an_hour_apart() -> None:
    assert SUBMITTED.instant is not None
    earliest = replace(SUBMITTED, instant=SUBMITTED.instant - CLOCKS_APART)

    check_order_in_time(a_dossier(), an_action("dossier.accepted", at=earliest), a_register())
