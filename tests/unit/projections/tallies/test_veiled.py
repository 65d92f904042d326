"""Whoever has the public log alone sees that cells add up to veils, and names those that do not."""

import msgspec
import pytest

from domain.facts.tallies import DossiersCounted
from domain.roles import Role
from domain.veiled_tallies import parse_veiled_tally, render_veiled_tally
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.drafting import FIRST_PLACE
from projections.recompute import replay_log
from projections.tallies.veiled import VeilAdder, VeilSums
from tests.support.ledger_builders import ORIGIN
from tests.support.veils.counted import CountedProvince


def added(
    counted: CountedProvince, *more: bytes, documents: DocumentSource | None = None
) -> VeilSums:
    world = counted.province.world
    adder = VeilAdder(ORIGIN, documents or world.documents)
    for entry_index, body in enumerate([*world.entries(), *more]):
        adder.take(entry_index, body)
    return adder.sums()


def two_months() -> CountedProvince:
    counted = CountedProvince()
    for accepted, ended in ((24, 11), (13, 0)):
        counted.live(accepted, ended)
        counted.end_month()
        counted.publish()
    return counted


def test_tallies_of_two_months_count_every_arrival_and_end_once() -> None:
    sums = added(two_months())

    assert (sums.tallies, sums.counted, sums.uncounted) == (2, 24 + 11 + 13, 0)
    assert sums.veils == sums.counted + sums.steps
    assert sums.problems == ()


def test_month_that_has_no_tally_yet_is_uncounted_and_no_problem() -> None:
    counted = two_months()
    counted.live(12)
    counted.province.next_day()

    sums = added(counted)

    assert (sums.uncounted, sums.problems) == (12, ())


def test_replay_of_the_log_brings_the_sums_along() -> None:
    counted = two_months()
    world = counted.province.world

    replayed = replay_log(world.tiles, world.keys.anchors, world.documents)

    assert replayed.veil_sums == added(counted)


@pytest.mark.parametrize("lie", ["veils", "counted", "cells"])
def test_tally_of_a_dishonest_operator_is_named(lie: str) -> None:
    counted = CountedProvince()
    counted.live(24, 11)
    counted.end_month()
    honest = counted.draft()
    assert honest is not None
    assert honest.document is not None
    facts, document = open_text(honest.note, ORIGIN).action.facts, honest.document
    assert isinstance(facts, DossiersCounted)
    world = counted.province.world
    if lie == "cells":
        tally = parse_veiled_tally(document)
        (first, *others) = tally.cells
        cells = (msgspec.structs.replace(first, top="H28"), *others)
        document = render_veiled_tally(msgspec.structs.replace(tally, cells=cells))
    world.documents.store(document)
    changes = {lie: getattr(facts, lie) + 1} if lie != "cells" else {}
    # No writer of ours records this one: it stands in the log all the same.
    forged = world.desk.drafter.sign(
        "tally.dossiers_counted",
        "tally:2026-03",
        FIRST_PLACE,
        world.desk.now(),
        msgspec.structs.replace(facts, document=world.documents.store(document), **changes),
        [(Role.SYSTEM, world.keys.system)],
        document=document,
    )

    sums = added(counted, forged.note)

    assert [problem.code for problem in sums.problems] == ["tally_does_not_add_up"]


def test_veil_of_a_month_that_was_tallied_before_is_named() -> None:
    counted = two_months()
    veil = next(body for body in counted.province.world.entries() if b"\nreceived\n" in body)

    (problem,) = added(counted, veil).problems

    assert problem.code == "veil_after_tally"


def test_veil_that_cannot_be_read_is_named() -> None:
    (problem,) = added(two_months(), b"dossier-ledger/veil@v1\nnothing\n").problems

    assert problem.code == "malformed_action"


def test_tally_whose_document_is_missing_or_other_is_named() -> None:
    class Lost:
        def read(self, document_hex: str) -> bytes | None:
            return None

    class Garbled:
        def read(self, document_hex: str) -> bytes | None:
            return b"{"

    counted = two_months()
    for documents, code in ((Lost(), "document_missing"), (Garbled(), "document_refused")):
        problems = added(counted, documents=documents).problems
        assert [problem.code for problem in problems] == [code, code]
