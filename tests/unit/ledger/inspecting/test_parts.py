"""Private parts that are missing, changed, left over, or erased: what is a finding and what not."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.actions import Action
from domain.facts import ProcessingStoppedDetails, RatingStage
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.bodies import canonical_json
from ledger.codes.allotted import AllottedCode
from ledger.inspecting.auditor import VaultAuditor, VaultSources
from ledger.inspecting.report import Check, Why
from ledger.private.vault import PrivatePart
from ledger.state import LedgerState
from ledger.tallying.ratings import OpenMany, Sources, next_tally
from ledger.writing.envelopes import DeferredPool
from tests.support.inspecting.world import HEAD, PrivateWorld, codes_of
from tests.support.ledger_builders import OFFICE, ORIGIN, a_signing_key, operator_keys
from tests.unit.ledger.inspecting.test_private_rules import (
    a_refused_dossier,
    complaint,
    denunciation,
    erasure,
    finding,
    pass_retention,
)


@pytest.fixture
def world(tmp_path: Path) -> PrivateWorld:
    return PrivateWorld(tmp_path)


def _plant(path: Path, statement: str, *parameters: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, parameters).rowcount > 0


def test_an_erased_part_is_no_finding(world: PrivateWorld) -> None:
    dossier = a_refused_dossier(world)
    pass_retention(world)
    world.settle(erasure(world, dossier))
    world.vault.erase([dossier])

    report = world.inspect()

    assert codes_of(report) == []
    assert (report.erased, report.lost, report.remade[Check.ERASURES]) == (2, 0, 1)
    assert report.not_remade == {(Check.RULES, Why.ERASED): 2}


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        ("vault.sqlite3", "DELETE FROM details WHERE stream = ?"),
        ("keyring.sqlite3", "DELETE FROM dossier_keys WHERE stream = ?"),
    ],
)
def test_a_lost_part_is_a_finding(world: PrivateWorld, file: str, statement: str) -> None:
    dossier = world.submit()
    world.accept(dossier)
    _plant(world.folder / file, statement, dossier)
    world.vault._keyring._cache.clear()

    report = world.inspect()

    assert codes_of(report) == ["private_part_lost"]
    assert (report.erased, report.lost) == (0, 2)
    assert dict(report.not_remade) == {(Check.RULES, Why.LOST): 2}


def test_a_part_that_was_erased_without_an_entry_is_lost(world: PrivateWorld) -> None:
    dossier = world.submit()
    world.vault.erase([dossier])

    assert codes_of(world.inspect()) == ["private_part_lost"]


def test_an_erasure_that_nobody_carried_out_is_a_finding(world: PrivateWorld) -> None:
    dossier = a_refused_dossier(world)
    pass_retention(world)
    world.settle(erasure(world, dossier))

    assert codes_of(world.inspect()) == ["erasure_not_carried_out"]


def test_a_garbled_part_is_a_finding_and_hides_no_other(world: PrivateWorld) -> None:
    first, second = world.submit(), world.submit()
    flip = "UPDATE details SET ciphertext = zeroblob(length(ciphertext)) WHERE stream = ?"
    _plant(world.folder / "vault.sqlite3", flip, first)
    _plant(world.folder / "vault.sqlite3", "DELETE FROM details WHERE stream = ?", second)

    report = world.inspect()

    assert sorted(codes_of(report)) == ["private_part_garbled", "private_part_lost"]
    assert (report.garbled, report.lost) == (1, 1)


def _stored_for(world: PrivateWorld, submitted: SubmittedAction, **changes: object) -> PrivatePart:
    opened = open_text(submitted.note, ORIGIN)
    assert submitted.salt is not None
    assert submitted.details is not None
    given = {
        "stream": opened.action.stream,
        "version": 1,
        "text_hash": opened.text_hash,
        "salt": submitted.salt,
        "details": submitted.details,
    }
    return PrivatePart(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"details": canonical_json({"secret": "B" * 43 + "="})}, "details_mismatch"),
        ({"salt": bytes(32)}, "details_mismatch"),
        ({"stream": "dossier:" + "9" * 32}, "private_part_misplaced"),
        ({"version": 2}, "private_part_misplaced"),
    ],
)
def test_a_part_that_is_not_what_was_committed_to_is_a_finding(
    world: PrivateWorld, changes: dict[str, object], code: str
) -> None:
    submitted = world.desk.submitted(world.desk.new_stream())
    world.vault.store([_stored_for(world, submitted, **changes)], "2026-03-02T01:00:00Z")
    world.record(submitted)

    # Under another place it also belongs to nothing that was recorded there.
    assert codes_of(world.inspect())[:1] == [code]


def test_what_is_wrong_with_a_part_is_said_without_its_text(world: PrivateWorld) -> None:
    submitted = world.desk.submitted(world.desk.new_stream())
    other = canonical_json({"secret": "Nguyễn Thị Minh Khai"})
    world.vault.store([_stored_for(world, submitted, details=other)], "2026-03-02T01:00:00Z")
    world.record(submitted)

    assert "Khai" not in repr(world.inspect())


def test_an_orphan_is_named_once_it_is_older_than_a_day(world: PrivateWorld) -> None:
    world.keep(world.desk.submitted(world.desk.new_stream()))

    young = world.inspect()
    world.clock.pass_time(days=2)
    world.submit()
    old = world.inspect()

    assert (codes_of(young), young.waiting_for_sweep, young.orphans) == ([], 1, 0)
    assert (codes_of(old), old.waiting_for_sweep, old.orphans) == (
        ["private_part_orphaned"],
        0,
        1,
    )


@pytest.mark.parametrize("kind", ["rating", "denunciation", "petition", "finding", "key"])
def test_a_lost_part_on_any_other_stream_is_a_finding_too(world: PrivateWorld, kind: str) -> None:
    dossier = world.submit()
    world.accept(dossier)
    world.settle(world.desk.rating(world.desk.new_stream("rating"), dossier))
    world.settle(denunciation(world, dossier), complaint(world, dossier), finding(world, dossier))
    world.end_month()
    delete = "DELETE FROM details WHERE stream LIKE ?"
    # Every officer's key has a private part: of one of them.
    lost = f"key:{HEAD.name}" if kind == "key" else f"{kind}:%"
    _plant(world.folder / "vault.sqlite3", delete, lost)

    report = world.inspect()

    assert codes_of(report) == ["private_part_lost"]
    assert report.lost == 1
    assert f"{kind}:" not in repr(report.problems)


def _a_rating_in_its_envelope(world: PrivateWorld) -> None:
    dossier = world.submit()
    world.accept(dossier)
    world.settle(world.desk.rating(world.desk.new_stream("rating"), dossier))
    world.end_month()


def test_an_envelope_of_another_note_is_a_finding(world: PrivateWorld) -> None:
    _a_rating_in_its_envelope(world)
    wrong = DeferredPool(a_signing_key("promise", 9))
    sources = VaultSources(ORIGIN, world.store, world.vault, world.documents, (), wrong)

    *_, report = VaultAuditor(sources, world.clock.latest).audit(world.log())

    assert codes_of(report) == ["envelope_differs"]


def test_without_the_promise_key_and_the_book_of_codes_the_report_says_so(
    world: PrivateWorld,
) -> None:
    _a_rating_in_its_envelope(world)
    sources = VaultSources(ORIGIN, world.store, world.vault, world.documents)

    *_, report = VaultAuditor(sources, world.clock.latest).audit(world.log())

    assert codes_of(report) == []
    assert dict(report.not_remade) == {
        (Check.ENVELOPES, Why.NO_PROMISE_KEY): 1,
        (Check.CODES, Why.NO_BOOK_OF_CODES): 1,
    }


def _allotted(world: PrivateWorld, number: int) -> AllottedCode:
    day = (world.clock.now + timedelta(hours=7)).date()
    return AllottedCode(world.a_code(number), OFFICE, day, number)


def test_a_code_that_was_given_out_and_never_used_is_a_finding(world: PrivateWorld) -> None:
    allotted = [_allotted(world, number) for number in (1, 2)]
    world.accept(world.submit(), allotted[0].code)
    world.clock.pass_time(days=3)
    world.submit()

    assert codes_of(world.inspect(allotted)) == ["code_never_used"]


def test_a_code_that_an_erased_acceptance_may_have_had_is_no_gap(world: PrivateWorld) -> None:
    allotted = [_allotted(world, number) for number in (1, 2)]
    erased = world.submit()
    world.accept(erased, allotted[0].code)
    world.accept(world.submit(), allotted[1].code)
    stopped = ProcessingStoppedDetails(legal_ground="luật", notice_sha256="ab" * 32)
    signers = [(Role.APPROVER, world.desk.officer)]
    world.settle(world.act("dossier.processing_stopped", erased, details=stopped, signers=signers))
    pass_retention(world)
    world.settle(erasure(world, erased))
    world.vault.erase([erased])

    report = world.inspect(allotted)

    assert codes_of(report) == []
    assert report.not_remade[Check.CODES, Why.ERASED] == 1


def test_a_read_of_an_erased_dossier_cannot_be_made_again_and_says_so(
    world: PrivateWorld,
) -> None:
    dossier = a_refused_dossier(world)
    world.settle(world.a_read(world.access_stream(dossier), dossier))
    pass_retention(world)
    world.settle(erasure(world, dossier))
    world.vault.erase([dossier])

    report = world.inspect()

    assert codes_of(report) == []
    assert report.not_remade[Check.ACCESS, Why.ERASED] == 1


def test_an_act_that_the_public_audit_refuses_is_not_taken_in_here_either(
    world: PrivateWorld, tmp_path: Path
) -> None:
    class Blind(LedgerState):
        def check(self, action: Action, not_before: datetime) -> None:
            """Permit anything."""

    (tmp_path / "blind").mkdir()
    blind = PrivateWorld(tmp_path / "blind", state=Blind)
    signers = [(Role.RECEIVER, blind.desk.catalogue)]
    blind.settle(blind.act("dossier.accepted", blind.submit(), signers=signers))

    report = blind.inspect()

    assert codes_of(report) == []
    assert dict(report.not_remade) == {(Check.RULES, Why.REFUSED_IN_PUBLIC): 1}
    assert not blind.audit().ok


def _tallied(world: PrivateWorld, open_details: OpenMany) -> None:
    """Rate many dossiers, and publish the tally that these private parts add up to."""
    for number in range(25):
        dossier = world.submit()
        world.accept(dossier, world.a_code(number + 1))
        stream, mark = world.desk.new_stream("rating"), 1 + number % 5
        world.settle(world.desk.rating(stream, dossier, RatingStage.RECEIPT, mark))
    world.end_month()
    pool = DeferredPool(operator_keys().promise)
    sources = Sources(ORIGIN, world.store, open_details, world.documents, pool)
    tally = next_tally(sources, world.clock.now, world.desk.drafter, operator_keys().system)
    assert tally is not None
    world.settle(tally)


def test_a_tally_that_the_ratings_add_up_to_is_made_again(world: PrivateWorld) -> None:
    _tallied(world, world.vault.open_many)

    report = world.inspect()

    assert codes_of(report) == []
    assert report.remade[Check.TALLIES] == 1
    assert dict(report.not_remade) == {}


def test_a_tally_that_leaves_marks_out_is_a_finding(world: PrivateWorld) -> None:
    _tallied(world, lambda _text_hashes: {})

    assert codes_of(world.inspect()) == ["tally_differs"]
