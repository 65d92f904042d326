"""Transitions: the whole state machine, pair by pair, beside domain.md 2.7."""

import re
from pathlib import Path

import pytest

from domain.decisions import decide, evolve
from domain.dossiers import Dossier, Status, Wait, WaitKind
from domain.errors import NotPermitted
from domain.kinds import KINDS
from domain.moments import Moment
from domain.transitions import TRANSITIONS
from tests.support.builders import (
    a_dossier,
    a_moment,
    a_register,
    an_action,
    an_imported_action,
)

DOMAIN_REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "domain.md"

INTAKE, PROCESS = "5 of intake", "5 of processing"
PLACES = ("1", "2", "3", "4", INTAKE, PROCESS, "6 of 1", "6 of 4", "7", "8", "9", "10")

# For each kind: from which place to which status. "3>=" means that 3 stays 3.
EXPECTED = {
    "intake_supplement_requested": {"1": 5},
    "accepted": {"1": 2, INTAKE: 2},
    "intake_refused": {"1": 3, INTAKE: 3},
    "handover_acknowledged": {"2": 4, "4": 4, "9": 9},
    "processor_assigned": {"2": 4, "4": 4},
    "supplement_requested": {"4": 5},
    "supplement_submitted": {INTAKE: 5, PROCESS: 5},
    "supplement_completed": {INTAKE: 1, PROCESS: 4},
    "payment_required": {"1": 6, "2": 6, "4": 6},
    "payment_confirmed": {"6 of 1": 1, "6 of 4": 4, "1": 1, "2": 2, "4": 4},
    "extension_apology_issued": {"2": 2, "4": 4},
    "withdrawal_requested": {
        "1": 7, "2": 7, "4": 7, INTAKE: 7, PROCESS: 7, "6 of 1": 7, "6 of 4": 7,
    },
    "withdrawal_confirmed": {"7": 8},
    "result_approved": {"4": 4},
    "resolution_refused": {"4": 9},
    "result_issued": {"4": 9},
    "result_returned": {"9": 10},
    "foreign_step_recorded": {
        "1": 1, "2": 2, "3": 3, "4": 4, INTAKE: 5, PROCESS: 5, "6 of 1": 6, "6 of 4": 6,
        "7": 7, "8": 8, "9": 9, "10": 10,
    },
    "end_imported": {
        "1": 9, "2": 9, "3": 3, "4": 9, INTAKE: 9, PROCESS: 9, "6 of 1": 9, "6 of 4": 9,
        "7": 9, "8": 8, "9": 9, "10": 10,
    },
}  # fmt: skip


def _dossier_at(place: str) -> Dossier:
    status = Status(int(place.partition(" ")[0]))
    before = {INTAKE: 1, PROCESS: 4, "6 of 1": 1, "6 of 4": 4, "7": 4}.get(place)
    since = Moment(day=a_moment("2026-03-01").day)
    wait_kind = {5: WaitKind.SUPPLEMENT, 6: WaitKind.PAYMENT, 7: WaitKind.WITHDRAWAL}.get(status)
    return a_dossier(
        status=status,
        status_before_wait=None if before is None else Status(before),
        waits=() if wait_kind is None else (Wait(wait_kind, since),),
        approved_at=a_moment(),
        imported=True,
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("act", EXPECTED)
def test_kind_is_permitted_exactly_where_the_table_says(act: str, place: str) -> None:
    name = f"dossier.{act}"
    build = an_imported_action if "importer" in KINDS[name].signers.alone else an_action
    dossier, action, register = _dossier_at(place), build(name), a_register()

    if place not in EXPECTED[act]:
        with pytest.raises(NotPermitted):
            decide(dossier, action, register)
        return
    decide(dossier, action, register)
    moved = evolve(dossier, action, register)

    assert isinstance(moved, Dossier)
    assert moved.status == EXPECTED[act][place]


def test_expectations_cover_every_kind_of_a_dossier() -> None:
    others = {"submitted", "due_date_imported"}

    assert {f"dossier.{act}" for act in set(EXPECTED) | others} == {
        name for name in KINDS if name.startswith("dossier.")
    }


@pytest.mark.parametrize("name", [name for name, row in TRANSITIONS.items() if not row.creates])
def test_stream_is_not_begun_by_a_later_kind(name: str) -> None:
    stream = "key:officer-00000000000000dd" if name == "key.revoked" else "dossier:" + "a" * 32
    office = None if name == "key.revoked" else "H27.15"
    facts = KINDS[name].facts(reason="lost") if name == "key.revoked" else None
    build = an_imported_action if "importer" in KINDS[name].signers.alone else an_action
    action = build(name, stream=stream, office=office, facts=facts)

    with pytest.raises(NotPermitted):
        decide(None, action, a_register())


def test_submission_happens_once() -> None:
    with pytest.raises(NotPermitted):
        decide(a_dossier(), an_action("dossier.submitted"), a_register())


def test_result_is_issued_only_after_its_approval() -> None:
    dossier = a_dossier(status=Status.IN_PROCESS, approved_at=None)

    with pytest.raises(NotPermitted, match=r"dossier\.result_issued IN_PROCESS"):
        decide(dossier, an_action("dossier.result_issued"), a_register())


@pytest.mark.skipif(not DOMAIN_REFERENCE.exists(), reason="the shared reference is not here")
def test_rows_name_the_events_of_the_reference() -> None:
    text = DOMAIN_REFERENCE.read_text(encoding="utf-8")
    events = dict(re.findall(r"^\| (\d+) \| (`[^|]+) \|", text, re.MULTILINE))

    for name, row in TRANSITIONS.items():
        if row.rows:
            assert f"`{KINDS[name].facts.__name__}`" in events[row.rows]
