"""Tallies of veiled dossiers: each month once, exactly its veils, and made again to be checked."""

import hashlib
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts.tallies import DossiersCounted
from domain.roles import Role
from domain.tallies import LEAST_OF_CELL
from domain.veiled_tallies import (
    VeiledCell,
    VeiledTally,
    counted_of,
    parse_veiled_tally,
    render_veiled_tally,
)
from domain.veils import VeilAct
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import FIRST_PLACE
from ledger.inspecting.report import Check
from ledger.tallying.dossiers import check_dossier_tallies, veils_wait
from ledger.tallying.places import StoredPlaces
from ledger.tallying.ratings import next_tally
from ledger.writing.envelopes import DeferredPool
from tests.support.ledger_builders import ORIGIN
from tests.support.veils.counted import CountedProvince
from tests.support.veils.province import COMMUNES, VEILED_PROCEDURE
from tests.unit.ledger.veils.test_audits import KeptProvince

UNTIL = "2027-12"


def facts_of(tally: SubmittedAction) -> DossiersCounted:
    facts = open_text(tally.note, ORIGIN).action.facts
    assert isinstance(facts, DossiersCounted)
    return facts


def document_of(tally: SubmittedAction) -> VeiledTally:
    assert tally.document is not None
    return parse_veiled_tally(tally.document)


def a_month(accepted: int = 30, ended: int = 12, only: str | None = None) -> CountedProvince:
    counted = CountedProvince()
    counted.live(accepted, ended, only)
    counted.end_month()
    return counted


def test_tally_counts_the_veils_of_the_month_by_commune_and_procedure() -> None:
    counted = a_month(accepted=30, ended=12)

    tally = document_of(counted.publish())

    received = {cell.office: cell.received for cell in tally.cells if cell.received}
    assert received == dict.fromkeys(COMMUNES, 10)
    assert {cell.procedure for cell in tally.cells if cell.received} == {VEILED_PROCEDURE}
    assert sum(count for (_, act), count in tally.sums.items() if act != "received") == 12
    assert tally.month == "2026-03"


def test_facts_say_all_veils_of_the_month_and_those_that_are_counted() -> None:
    counted = a_month()
    facts = facts_of(counted.publish())
    veils = counted.province.veils()

    assert facts.veils == len(veils)
    assert facts.counted == sum(veil.act is not VeilAct.STEP for veil in veils) == 42


def test_month_has_one_tally_and_the_next_month_its_own() -> None:
    counted = a_month()
    counted.publish()
    assert counted.draft() is None

    counted.live(10)
    assert counted.draft() is None
    counted.end_month()

    assert document_of(counted.publish()).month == "2026-04"
    assert counted.draft() is None


def test_month_that_was_missed_is_made_up_for_first() -> None:
    counted = a_month(accepted=12, ended=0)
    counted.live(14)
    counted.end_month()

    assert [document_of(counted.publish()).month for _ in range(2)] == ["2026-03", "2026-04"]
    assert counted.draft() is None


def test_too_few_for_a_veil_are_counted_with_the_next_month() -> None:
    counted = a_month(accepted=7, ended=0)
    assert counted.draft() is None

    counted.live(6)
    counted.end_month()
    facts = facts_of(counted.publish())

    assert facts.counted == 13


def test_acts_whose_promise_ends_leave_under_a_month_that_has_no_tally_yet() -> None:
    counted = a_month(accepted=30, ended=4)
    counted.publish()
    counted.province.next_day(400)
    counted.end_month()

    late = document_of(counted.publish())

    assert late.month == "2027-05"
    assert [(cell.label.is_whole, cell.count) for cell in late.cells] == [(True, 4)]
    assert check_dossier_tallies(counted.sources(), UNTIL) == []
    assert counted.province.world.audit().ok


def test_nothing_is_said_while_veils_of_the_month_wait() -> None:
    counted = CountedProvince()
    counted.live(12)
    clock = counted.province.world.clock
    clock.pass_time(days=31)

    assert veils_wait(counted.sources(), "2026-03", clock.now)
    assert counted.draft() is None

    counted.province.world.record()
    assert not veils_wait(counted.sources(), "2026-03", clock.now)
    assert counted.draft() is not None


def forged(counted: CountedProvince, tally: VeiledTally, veils: int) -> SubmittedAction:
    world = counted.province.world
    document = render_veiled_tally(tally)
    facts = DossiersCounted(
        document=hashlib.sha256(document).hexdigest(), veils=veils, counted=tally.counted
    )
    signers = [(Role.SYSTEM, world.keys.system)]
    return world.desk.drafter.sign(
        "tally.dossiers_counted",
        f"tally:{tally.month}",
        FIRST_PLACE,
        world.desk.now(),
        facts,
        signers,
        document=document,
    )


def changed(tally: VeiledTally, change: str) -> VeiledTally:
    first, *others = tally.cells
    match change:
        case "one dossier more":
            cells = [msgspec.structs.replace(first, received=first.received + 1), *others]
        case "a cell left out":
            cells = others
        case _:
            cells = [msgspec.structs.replace(cell, top="H28") for cell in tally.cells]
    return msgspec.structs.replace(tally, cells=tuple(cells))


@pytest.mark.parametrize("change", ["one dossier more", "a cell left out", "another province"])
def test_tally_that_is_not_what_the_veils_say_is_refused(change: str) -> None:
    counted = a_month(accepted=30, ended=0)
    honest = counted.draft()
    assert honest is not None
    lie = forged(counted, changed(document_of(honest), change), facts_of(honest).veils)

    (verdict,) = counted.province.world.record(lie)

    assert verdict.code == "tally_does_not_add_up"


def test_tally_that_names_another_number_of_veils_is_refused() -> None:
    counted = a_month(accepted=10, ended=0)
    honest = counted.draft()
    assert honest is not None

    (verdict,) = counted.province.world.record(
        forged(counted, document_of(honest), facts_of(honest).veils + 1)
    )

    assert verdict.code == "tally_does_not_add_up"


def test_month_that_has_not_ended_gets_no_tally() -> None:
    counted = CountedProvince()
    counted.live(12)
    counted.province.next_day()
    tally = VeiledTally(month="2026-03", cells=(VeiledCell(top="H27", received=12),))

    (verdict,) = counted.province.world.record(forged(counted, tally, 24))

    assert verdict.code == "not_permitted"


def test_second_tally_of_a_month_is_refused() -> None:
    counted = a_month()
    first = counted.publish()
    world = counted.province.world
    again = world.desk.drafter.sign(
        "tally.dossiers_counted",
        "tally:2026-03",
        world.next_place("tally:2026-03"),
        world.desk.now(),
        facts_of(first),
        [(Role.SYSTEM, world.keys.system)],
        document=first.document,
    )

    (verdict,) = world.record(again)

    assert verdict.code == "not_permitted"


CONTRADICTIONS = {
    "another month in the document": ("2026-02", {}, "fact_invalid"),
    "cells that count otherwise": ("2026-03", {"counted": 11}, "fact_invalid"),
    "more counted than there are veils": ("2026-03", {"veils": 9}, "fact_invalid"),
    "a document that is not there": ("2026-03", {"document": "ab" * 32}, "document_missing"),
}


@pytest.mark.parametrize(
    ("month", "changes", "code"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys()
)
def test_facts_that_contradict_the_document_are_refused(
    month: str, changes: dict[str, object], code: str
) -> None:
    counted = a_month(accepted=10, ended=0)
    world = counted.province.world
    document = render_veiled_tally(
        VeiledTally(month=month, cells=(VeiledCell(top="H27", received=10),))
    )
    facts = DossiersCounted(document=world.documents.store(document), veils=20, counted=10)
    wrong = world.desk.drafter.sign(
        "tally.dossiers_counted",
        "tally:2026-03",
        FIRST_PLACE,
        world.desk.now(),
        msgspec.convert(msgspec.to_builtins(facts) | changes, DossiersCounted),
        [(Role.SYSTEM, world.keys.system)],
    )

    (verdict,) = world.record(wrong)

    assert verdict.code == code


def test_document_that_is_no_tally_is_refused() -> None:
    counted = a_month(accepted=10, ended=0)
    world = counted.province.world
    facts = DossiersCounted(document=world.documents.store(b"{}"), veils=20, counted=10)
    signers = [(Role.SYSTEM, world.keys.system)]
    at, place = world.desk.now(), FIRST_PLACE
    wrong = world.desk.drafter.sign(
        "tally.dossiers_counted", "tally:2026-03", place, at, facts, signers
    )

    (verdict,) = world.record(wrong)

    assert verdict.code == "document_refused"


def test_auditor_repeats_the_sum_and_finds_nothing_wrong() -> None:
    counted = a_month()
    counted.publish()

    report = counted.province.world.audit()

    assert report.ok, report.problems


def test_writer_knows_the_sum_after_a_restart() -> None:
    counted = a_month()
    world = counted.province.world
    world.writer = world.new_writer()
    world.writer.take_over("after a restart")

    counted.publish()


def test_tallies_are_made_again_byte_for_byte() -> None:
    counted = a_month()
    counted.publish()
    counted.live(25, 11)
    counted.end_month()
    counted.publish()

    assert check_dossier_tallies(counted.sources(), UNTIL) == []


LIVES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=3)


@settings(max_examples=12, deadline=None)
@given(LIVES)
def test_cells_of_any_months_add_up_to_their_veils(months: list[tuple[int, int]]) -> None:
    counted = CountedProvince()
    published: dict[str, VeiledTally] = {}
    for accepted, ended in months:
        counted.live(accepted, min(accepted, ended))
        counted.end_month()
        while (tally := counted.draft()) is not None:
            counted.province.settle(tally)
            published[document_of(tally).month] = document_of(tally)

    veils = Counter((one.month, one.office, one.act) for one in counted.province.veils())
    by_month: dict[str, dict[tuple[str, VeilAct], int]] = {}
    for (month, office, act), count in veils.items():
        by_month.setdefault(month, {})[office, act] = count
    sums = {month: counted_of(of_month) for month, of_month in by_month.items()}
    assert {month: tally.sums for month, tally in published.items()} == {
        month: of_month for month, of_month in sums.items() if of_month
    }
    assert all(cell.count >= LEAST_OF_CELL for one in published.values() for cell in one.cells)
    assert check_dossier_tallies(counted.sources(), UNTIL) == []


def test_tally_that_names_another_commune_adds_up_and_is_found_by_making_it_again() -> None:
    counted = a_month(accepted=10, ended=0, only=COMMUNES[0])
    honest = counted.draft()
    assert honest is not None
    tally = document_of(honest)
    moved = [msgspec.structs.replace(cell, office=COMMUNES[1]) for cell in tally.cells]
    lie = forged(
        counted, msgspec.structs.replace(tally, cells=tuple(moved)), facts_of(honest).veils
    )
    counted.province.settle(lie)

    (problem,) = check_dossier_tallies(counted.sources(), UNTIL)

    assert (problem.code, problem.month) == ("tally_differs", "2026-03")


def test_ratings_of_veiled_dossiers_get_their_tally_after_that_of_the_dossiers() -> None:
    counted = CountedProvince()
    world = counted.province.world
    for number in range(25):
        stream, rating = counted.province.live(number), world.desk.new_stream("rating")
        counted.province.settle(world.desk.rating(rating, stream))
    counted.end_month()
    counted.publish()

    ratings = next_tally(counted.sources(), world.clock.now, world.desk.drafter, world.keys.system)

    assert ratings is not None
    counted.province.settle(ratings)
    assert open_text(ratings.note, ORIGIN).action.version == 2
    assert check_dossier_tallies(counted.sources(), UNTIL) == []


def test_place_of_a_veiled_dossier_is_found_before_any_veil_of_it_is_out() -> None:
    counted = CountedProvince()
    stream = counted.province.live(1)
    world = counted.province.world

    places = StoredPlaces(world.store, world.documents, world.store.sequenced_size())

    assert places.dossier(stream) == (COMMUNES[1], VEILED_PROCEDURE)


@pytest.mark.parametrize("is_honest", [True, False])
def test_inspectors_audit_makes_the_tallies_of_dossiers_again(
    tmp_path: Path, is_honest: bool
) -> None:
    province = KeptProvince(tmp_path)
    counted = CountedProvince(province)
    counted.live(10, only=COMMUNES[0])
    counted.end_month()
    honest = counted.draft()
    assert honest is not None
    tally = document_of(honest)
    moved = [msgspec.structs.replace(cell, office=COMMUNES[1]) for cell in tally.cells]
    lie = msgspec.structs.replace(tally, cells=tuple(moved))
    province.settle(honest if is_honest else forged(counted, lie, facts_of(honest).veils))

    report = province.inspect(DeferredPool(province.world.keys.promise))

    assert report.remade[Check.TALLIES] == 1
    assert [problem.code for problem in report.problems] == ["tally_differs"] * (not is_honest)
