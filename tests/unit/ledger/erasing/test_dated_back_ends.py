"""An end that is dated back hastens no erasure, and puts no complaint out of time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.facts.integrity import ErasureGround, PersonalDataErased
from domain.moments import Moment
from domain.oversight.erasure import noting_end, retained_from
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.remembering.matters import keeps
from tests.support.builders import OFFICE, ZONE, a_dossier, a_moment, a_register
from tests.support.inspecting.world import PrivateWorld, codes_of
from tests.support.ledger_builders import operator_keys

YEAR = timedelta(days=380)
RECORDED = datetime(2026, 3, 10, 2, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PrivateWorld]:
    """Give a world in which everybody has signed for more than a year."""
    made = PrivateWorld(tmp_path)
    made.clock.pass_time(days=400)
    yield made
    made.vault.close()


def _long_ago(world: PrivateWorld) -> Moment:
    return Moment(instant=(world.clock.now - YEAR).replace(microsecond=0))


def _erasure(world: PrivateWorld, dossier: str) -> SubmittedAction:
    facts = PersonalDataErased(
        ground=ErasureGround.RETENTION_PASSED, last_backup_until=date(2028, 1, 1)
    )
    signers = [(Role.APPROVER, world.desk.officer), (Role.SYSTEM, operator_keys().system)]
    return world.act("dossier.personal_data_erased", dossier, facts=facts, signers=signers)


def _code(world: PrivateWorld, action: SubmittedAction) -> str:
    world.keep(action)
    return world.record(action)[0].code


def test_end_is_not_dated_before_the_dossier_that_it_ends(world: PrivateWorld) -> None:
    """A dossier of this morning ended a year ago, and was erased the same day."""
    dossier = world.submit()

    ended = world.act("dossier.intake_refused", dossier, at=_long_ago(world))

    assert _code(world, ended) == "acted_before_dossier"


def test_dossier_that_is_dated_back_whole_is_kept_from_its_recording_on(
    world: PrivateWorld,
) -> None:
    dossier = world.desk.new_stream()
    world.settle(world.desk.submitted(dossier, at=_long_ago(world)))
    world.settle(world.act("dossier.intake_refused", dossier, at=_long_ago(world)))

    assert _code(world, _erasure(world, dossier)) == "retention_not_passed"
    world.clock.pass_time(days=367)
    assert _code(world, _erasure(world, dossier)) == ""

    assert world.audit(world.store).problems == []
    world.vault.erase([dossier])
    assert codes_of(world.inspect()) == []


def test_writer_that_starts_again_still_counts_from_the_recording(world: PrivateWorld) -> None:
    dossier = world.desk.new_stream()
    world.settle(world.desk.submitted(dossier, at=_long_ago(world)))
    world.settle(world.act("dossier.intake_refused", dossier, at=_long_ago(world)))
    world.writer = world.new_writer()
    world.writer.take_over("successor")

    assert _code(world, _erasure(world, dossier)) == "retention_not_passed"


def test_handing_over_that_is_recorded_later_counts_from_then() -> None:
    claimed = a_moment("2025-03-02T02:00:00Z")
    ended = noting_end(None, a_dossier(ended_at=claimed), RECORDED)

    later = RECORDED + timedelta(days=30)
    returned = noting_end(ended, replace(ended, returned_at=claimed), later)
    untouched = noting_end(returned, replace(returned, holds=(9,)), later + YEAR)

    assert retained_from(ended, ZONE) == date(2026, 3, 10)
    assert retained_from(returned, ZONE) == date(2026, 4, 9)
    assert untouched.end_recorded_after == Moment(instant=later)


def test_import_is_kept_from_the_end_that_its_source_tells() -> None:
    ended = a_dossier(ended_at=a_moment("2025-03-02T02:00:00Z"), imported=True)

    assert retained_from(noting_end(None, ended, RECORDED), ZONE) == date(2025, 3, 2)


def test_complaint_in_time_keeps_a_dossier_whose_end_was_dated_back() -> None:
    """Filed five days after the end was recorded; the end said that it was a year before."""
    complaint = PetitionRecord(
        track=PetitionTrack.COMPLAINT,
        state=PetitionState.COMPLAINT_FILED,
        office=OFFICE,
        filed_at=a_moment("2026-03-15T02:00:00Z"),
        level=1,
    )
    dated_back = a_dossier(ended_at=a_moment("2025-03-02T02:00:00Z"))
    at = a_moment("2026-03-20T02:00:00Z")

    assert not keeps(complaint, dated_back, at, a_register())
    assert keeps(complaint, noting_end(None, dated_back, RECORDED), at, a_register())
