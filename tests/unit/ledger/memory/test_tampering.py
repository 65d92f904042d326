"""Whoever writes in a memory's file without the key changes no decision of the writer."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from domain.facts import DossierAcceptedDetails, RatingStage
from domain.moments import Moment
from ledger.action_notes import SubmittedAction
from ledger.errors import MemoryUnusable
from ledger.memory.buckets import BucketRules, Part, buckets_of
from ledger.memory.layout import Layout, rated_key
from tests.support.ledger_builders import OFFICE, handed
from tests.support.memory.acts import due_of, some_dossiers, with_day_off
from tests.support.memory.tampering import Kept, Tampering, tampering
from tests.support.memory.worlds import RememberingWorld, check_knows_all, was_recalled


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RememberingWorld:
    monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", 1)
    made = RememberingWorld(folder=tmp_path)
    made.open()
    return made


def check_decides_as_ever(world: RememberingWorld, action: SubmittedAction) -> str:
    """Compare a decision, and then all that is known, with who reads all; give its code.

    The first answer may be that the memory cannot be used: it is handed over again then.
    """
    expected = world.reading_all()._decide(handed(action), {}).code
    try:
        (verdict,) = world.record(action)
    except MemoryUnusable:
        assert not was_recalled(world.writer)
        (verdict,) = world.record(action)
    assert verdict.code == expected
    check_noticed(world)
    return expected


def check_noticed(world: RememberingWorld) -> None:
    """What is wrong was found by a start, or by a reading; now it is, at the latest."""
    try:
        check_knows_all(world)
    except MemoryUnusable:
        world.writer.reload()
    assert not was_recalled(world.writer)
    check_knows_all(world)


def noticed_at_once(world: RememberingWorld, action: SubmittedAction) -> None:
    """The decision itself meets what is wrong."""
    assert world.start_again()
    with pytest.raises(MemoryUnusable):
        world.record(action)
    assert not was_recalled(world.writer)


def test_an_old_head_that_is_put_back_repeats_no_version(world: RememberingWorld) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file, key = tampering(world), dossier.encode()
    old = file.row(Part.RUNNING, key)
    world.start_again()
    again = world.act("dossier.processor_assigned", dossier)
    world.record(world.act("dossier.processor_assigned", dossier))
    world.rest()
    assert file.row(Part.RUNNING, key) != old
    file.put(Part.RUNNING, key, old)

    noticed_at_once(world, again)
    assert check_decides_as_ever(world, again) == "stale_version"


def test_an_old_head_whose_bucket_has_its_old_code_is_noticed_at_the_start(
    world: RememberingWorld,
) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    old = file.everything(("rows", "codes"))
    world.start_again()
    again = world.act("dossier.processor_assigned", dossier)
    world.record(world.act("dossier.processor_assigned", dossier))
    world.rest()
    file.put_back(old)

    assert not world.start_again()
    assert check_decides_as_ever(world, again) == "stale_version"


@pytest.mark.parametrize("tables", [("place",), ("codes",), ("rows",), ("place", "codes")])
def test_a_part_of_an_older_file_ends_in_the_same_decisions(
    world: RememberingWorld, tables: tuple[str, ...]
) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    old = file.everything(tables)
    world.start_again()
    again = world.act("dossier.processor_assigned", dossier)
    world.record(world.act("dossier.processor_assigned", dossier))
    world.rest()
    file.put_back(old)

    world.start_again()
    assert check_decides_as_ever(world, again) == "stale_version"


def test_a_whole_older_file_is_brought_up_to_date_from_the_ledger(world: RememberingWorld) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    old = file.everything()
    world.start_again()
    again = world.act("dossier.processor_assigned", dossier)
    world.record(world.act("dossier.processor_assigned", dossier))
    world.rest()
    file.put_back(old)

    assert world.start_again()
    check_knows_all(world)
    assert [each.code for each in world.record(again)] == ["stale_version"]


def test_a_whole_older_file_put_back_while_the_writer_runs_is_noticed(
    world: RememberingWorld,
) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    old = file.everything()
    world.start_again()
    again = world.act("dossier.processor_assigned", dossier)
    world.record(world.act("dossier.processor_assigned", dossier))
    world.rest()
    assert world.start_again()
    file.put_back(old)

    with pytest.raises(MemoryUnusable):
        world.record(again)
    assert check_decides_as_ever(world, again) == "stale_version"


def accepted_with(world: RememberingWorld, stream: str, code: str) -> SubmittedAction:
    at = Moment(instant=world.clock.now.replace(microsecond=0))
    return world.act("dossier.accepted", stream, details=DossierAcceptedDetails(code=code), at=at)


def test_a_code_whose_row_was_deleted_is_not_given_twice(world: RememberingWorld) -> None:
    first, second = (world.desk.new_stream() for _ in range(2))
    world.record(*(world.desk.submitted(stream) for stream in (first, second)))
    at = Moment(instant=world.clock.now.replace(microsecond=0))
    code = f"{OFFICE}-{at.day_in('Asia/Ho_Chi_Minh'):%y%m%d}-0001"
    assert [each.code for each in world.record(accepted_with(world, first, code))] == [""]
    world.codes[code] = first
    world.rest()
    file = tampering(world)
    file.delete(Part.CODES, Layout(file.secret, None).code_key(code))

    again = accepted_with(world, second, code)
    noticed_at_once(world, again)
    assert check_decides_as_ever(world, again) == "dossier_code_taken"


def test_a_stage_whose_rating_was_deleted_is_not_rated_twice(world: RememberingWorld) -> None:
    (dossier,) = some_dossiers(world, 1)
    first, second = (
        world.desk.rating(world.desk.new_stream("rating"), dossier, RatingStage.RECEIPT)
        for _ in range(2)
    )
    assert [each.code for each in world.record(first)] == [""]
    world.a_dossier()
    world.rest()
    tampering(world).delete(Part.RATED, rated_key((dossier, RatingStage.RECEIPT)))

    noticed_at_once(world, second)
    assert check_decides_as_ever(world, second) == "not_permitted"


def to_rest(file: Tampering, key: bytes) -> None:
    file.put(Part.RESTING, key, file.row(Part.RUNNING, key))
    file.delete(Part.RUNNING, key)


def lose(file: Tampering, key: bytes) -> None:
    file.delete(Part.RUNNING, key)


@pytest.mark.parametrize("change", [to_rest, lose])
def test_a_head_that_somebody_took_from_those_that_run_is_moved_by_a_calendar(
    world: RememberingWorld, change: Callable[[Tampering, bytes], None]
) -> None:
    dossier, *_ = some_dossiers(world)
    due = due_of(world, dossier)
    world.rest()
    change(tampering(world), dossier.encode())
    tomorrow = world.clock.now.date() + timedelta(days=1)
    while tomorrow.weekday() > 3:
        tomorrow += timedelta(days=1)

    calendar = with_day_off(world, tomorrow)
    noticed_at_once(world, calendar)
    assert check_decides_as_ever(world, calendar) == ""
    assert due_of(world, dossier) != due


@pytest.mark.parametrize(
    ("source", "target"), [(Part.NAMES, Part.ENROLLED), (Part.ENROLLED, Part.NAMES)]
)
def test_a_row_of_another_part_is_not_read(
    world: RememberingWorld, source: Part, target: Part
) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    one, other = file.keys(source)[0], file.keys(target)[0]
    file.put(target, other, file.row(source, one))

    world.start_again()
    assert check_decides_as_ever(world, world.act("dossier.processor_assigned", dossier)) == ""


@pytest.mark.parametrize("part", [Part.RUNNING, Part.RESTING, Part.NAMES, Part.ENROLLED])
def test_rows_that_change_places_are_noticed(world: RememberingWorld, part: Part) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    bodies = {file.row(part, key): key for key in file.keys(part)}
    (one, one_key), (other, other_key) = list(bodies.items())[:2]
    file.put(part, one_key, other)
    file.put(part, other_key, one)

    world.start_again()
    assert check_decides_as_ever(world, world.act("dossier.processor_assigned", dossier)) == ""


def test_an_act_to_open_again_that_was_deleted_is_noticed_at_the_start(
    world: RememberingWorld,
) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    noted, *_ = file.keys(Part.NOTED)
    file.delete(Part.NOTED, noted)

    assert not world.start_again()
    assert check_decides_as_ever(world, world.act("dossier.processor_assigned", dossier)) == ""


def test_an_act_to_open_again_that_somebody_added_is_noticed_at_the_start(
    world: RememberingWorld,
) -> None:
    some_dossiers(world)
    world.rest()
    tampering(world).put(Part.NOTED, b"\x92\xa5key:x\x01", b"")

    assert not world.start_again()
    check_noticed(world)


def test_a_changed_row_gets_no_code_by_being_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All keys in one bucket: a step that writes one row codes all others with it.
    monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", 1)
    monkeypatch.setattr("ledger.memory.buckets.BUCKETS_PER_PART", 128)
    monkeypatch.setattr(BucketRules, "number", lambda _self, part, _key: buckets_of(part).start)
    world = RememberingWorld(folder=tmp_path)
    world.open()
    dossier, other, *_ = some_dossiers(world)
    world.crash()
    file = tampering(world)
    old = file.row(Part.RUNNING, dossier.encode())
    again = world.act("dossier.processor_assigned", dossier)
    world.record(world.act("dossier.processor_assigned", dossier))
    world.crash()
    file.put(Part.RUNNING, dossier.encode(), old)
    world.record(world.act("dossier.processor_assigned", other))
    world.rest()

    world.start_again()
    assert check_decides_as_ever(world, again) == "stale_version"


def test_a_row_in_an_empty_bucket_gets_no_code_by_being_written_beside(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_dossiers(world)
    world.rest()
    file = tampering(world)
    world.start_again()
    monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", 10_000)
    dossier = world.a_dossier()
    bucket = file.bucket(Part.RESTING, dossier.encode())
    file.run("INSERT INTO rows VALUES (?, ?, ?)", bucket, b"dossier:invented", b"body")
    world.rest()

    assert file.row(Part.RESTING, dossier.encode())
    noticed_at_once(world, world.act("dossier.accepted", dossier))
    assert check_decides_as_ever(world, world.act("dossier.accepted", dossier)) == ""


def test_tables_that_hold_rows_twice_are_noticed(world: RememberingWorld) -> None:
    dossier, *_ = some_dossiers(world)
    world.rest()
    file = tampering(world)
    rows: Kept = file.everything(("rows",))
    file.run("DROP TABLE rows")
    file.run("CREATE TABLE rows (bucket, key, body)")
    file.put_back({"rows": [*rows["rows"], *rows["rows"]]})

    world.start_again()
    assert check_decides_as_ever(world, world.act("dossier.processor_assigned", dossier)) == ""
