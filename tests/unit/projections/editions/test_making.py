"""Making editions: the same bytes however they come about, and never twice otherwise."""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.figures.addresses import split_address
from api.figures.edition_files import answer_file
from ledger.errors import LedgerBusy, StoreUnavailable
from ledger.storage.port import PublishedCheckpoint
from projections.editions import kept_views, making
from projections.editions.contents import (
    COUNTS_FILE,
    FILES,
    NEWEST,
    SECOND,
    Contents,
    EditionFile,
)
from projections.editions.days import PlannedEdition, Stand, plan_editions
from projections.editions.definitions.earlier import DEFINITIONS
from projections.editions.errors import EditionDiffers, NoEdition
from projections.editions.figures import EditionFigures, figures_of_world
from projections.editions.folder import EditionFolder
from projections.editions.remaking import remake_edition
from projections.editions.revisions import COUNTED, MEASURED
from projections.editions.shapes import MANIFEST, REVISIONS
from projections.parts.registry import Projection
from projections.parts.writers import PART_WRITERS
from projections.recompute import replay_log
from projections.statistics.by_acts.adding import parts_of
from projections.stored.by_acts import counting
from tests.support.editions import (
    Desk,
    a_desk,
    maker_of,
    next_day,
    three_days,
    three_running_days,
)
from tests.support.paper_ledger import PaperLedger, a_stream
from transparency.trusted_log import TrustedLog

DAYS = [date(2026, 1, 20), date(2026, 2, 2), date(2026, 2, 4)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path, three_days)


@pytest.fixture
def running(tmp_path: Path) -> Desk:
    """Give a desk whose third day is not final."""
    return a_desk(tmp_path / "running", three_running_days)


def all_bytes(desk: Desk) -> dict[str, bytes]:
    folder = desk.folder
    return {
        f"{day}/{name}": folder.read(day, name)
        for day in folder.days()
        for name in folder.names(day)
    }


def test_every_day_has_an_edition_once_a_later_days_seal_is_published(running: Desk) -> None:
    assert running.maker.make_due() == DAYS[:2]
    # The last day ends at 17:00 UTC.
    running.paper.seal_and_publish("2026-02-04T16:59:59.999Z")
    assert running.maker.make_due() == []
    running.paper.seal_and_publish("2026-02-04T17:00:00.000Z")
    assert running.maker.make_due() == DAYS[2:]
    assert running.maker.make_due() == []


def test_day_whose_last_seal_is_published_a_day_late_is_not_made_before(running: Desk) -> None:
    paper = running.paper
    paper.submit(a_stream(7), "2026-02-04T16:50:00Z")
    paper.seal("2026-02-04T16:58:00.000Z")

    # Sealed, and not published: its quorum is late, or the server is down.
    assert running.maker.make_due() == DAYS[:2]
    paper.publish()
    assert running.maker.make_due() == []
    paper.submit(a_stream(8), "2026-02-06T01:00:00Z")
    paper.seal_and_publish("2026-02-06T02:00:00.000Z")

    assert running.maker.make_due() == DAYS[2:]
    assert running.folder.differing(DAYS[2], running.remade(str(DAYS[2])).files) == []


def test_edition_is_not_made_again_from_a_log_in_which_its_day_is_not_final(running: Desk) -> None:
    for day in ("2026-02-04", "2026-02-05"):
        with pytest.raises(NoEdition, match="not final yet"):
            running.remade(day)


def test_maker_reads_no_more_than_the_last_seal_while_the_same_day_runs(
    running: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.maker.make_due()
    running.paper.submit(a_stream(7), "2026-02-04T16:00:00Z")
    running.paper.seal_and_publish("2026-02-04T16:10:00.000Z")
    real, stretches = TrustedLog.entries, []

    def noted(log: TrustedLog, start: int, end: int) -> Iterator[bytes]:
        stretches.append(end - start)
        return real(log, start, end)

    monkeypatch.setattr(TrustedLog, "entries", noted)

    assert running.maker.make_due() == []
    assert stretches == [1]


@pytest.mark.parametrize("day", [str(day) for day in DAYS])
def test_made_from_the_log_without_a_database_it_is_the_same_byte_for_byte(
    desk: Desk, day: str
) -> None:
    desk.maker.make_due()

    remade = desk.remade(day)

    assert desk.folder.differing(date.fromisoformat(day), remade.files) == []


def test_bytes_are_the_same_made_day_by_day_or_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, by_day = (a_desk(tmp_path / name, three_days) for name in ("once", "days"))
    at_once.maker.make_due()
    paper = PaperLedger()
    paper.open_registry()
    real = paper.seal_and_publish

    def publish_and_make(at: str) -> PublishedCheckpoint:
        published = real(at)
        # A new process each time: nothing is kept in memory.
        maker_of(paper, by_day.folder, by_day.place / "editions").make_due()
        return published

    monkeypatch.setattr(paper, "seal_and_publish", publish_and_make)

    three_days(paper)
    maker_of(paper, by_day.folder, by_day.place / "editions").make_due()

    assert len(all_bytes(by_day)) == len(DAYS) * (len(FILES) + 2)
    assert all_bytes(by_day) == all_bytes(at_once)


def test_files_are_what_statistics_answer_at_that_checkpoint(desk: Desk) -> None:
    desk.maker.make_due()
    manifest = desk.folder.manifest(DAYS[1])
    paper = desk.paper
    size = manifest.checkpoint.size
    world = replay_log(paper.tiles, paper.anchors, paper.documents, size)

    for file in FILES:
        body = desk.folder.read(DAYS[1], file.name)
        assert body == answer_file(figures_of_world(world), file.address)
        if file.name.endswith(".json"):
            members = msgspec.json.decode(body)
            assert members["definition"] == file.definition
            assert members["checkpoint"]["size"] == size
            assert members["as_of"] == manifest.as_of


def test_manifest_names_every_file_with_length_and_hash(desk: Desk) -> None:
    desk.maker.make_due()

    manifest = desk.folder.manifest(DAYS[2])

    names = {file.name for file in FILES} | {REVISIONS}
    assert {file.name for file in manifest.files} == names
    assert set(desk.folder.names(DAYS[2])) == names | {MANIFEST}
    for file in manifest.files:
        body = desk.folder.read(DAYS[2], file.name)
        assert (file.length_bytes, file.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert manifest.left_out == ()
    assert manifest.previous is not None
    assert manifest.previous.edition == DAYS[1]
    assert manifest.revisions.periods == ("2026-01",)
    for text in (manifest.citation.vi, manifest.citation.en):
        assert str(manifest.checkpoint.size) in text
        assert manifest.checkpoint.root in text
        assert "/v1/statistics/editions/2026-02-04" in text
        assert "recompute --edition 2026-02-04" in text


@pytest.mark.parametrize("contents", [SECOND, NEWEST], ids=lambda each: each.format)
def test_every_measure_of_the_revisions_is_defined_in_both_languages(contents: Contents) -> None:
    defined = {each.id for each in contents.definitions}

    assert {*COUNTED, *MEASURED} <= {each.id for each in DEFINITIONS}
    assert {f"revised.{each.theme}" for each in contents.revised} <= defined
    assert len(defined) == len(contents.definitions)
    for each in contents.definitions:
        assert each.meaning.vi != each.meaning.en
        assert each.meaning.vi.endswith(".")
        assert each.meaning.en.endswith(".")


def test_file_with_more_figures_than_an_answer_holds_is_left_out_and_said(desk: Desk) -> None:
    def answering(figures: EditionFigures, address: str) -> bytes | None:
        return None if "counts?by=office,period" in address else answer_file(figures, address)

    paper = desk.paper
    remade = remake_edition(desk.log(), paper.anchors, paper.documents, DAYS[1], answering)

    desk.folder.write(DAYS[1], remade.files)
    (left_out,) = desk.folder.manifest(DAYS[1]).left_out
    assert left_out.name == "counts-by-office-and-month.json"
    assert left_out.name not in remade.files
    assert left_out.reason.vi != left_out.reason.en


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_address_of_an_edition_is_one_that_statistics_answer(
    desk: Desk, file: EditionFile
) -> None:
    world = replay_log(desk.paper.tiles, desk.paper.anchors, desk.paper.documents)

    assert split_address(file.address)
    assert answer_file(figures_of_world(world), file.address) is not None


def test_views_that_were_deleted_or_are_ahead_are_made_anew(tmp_path: Path, desk: Desk) -> None:
    desk.maker.make_due()
    whole = all_bytes(desk)
    last = tmp_path / "log" / "editions" / "2026-02-04"
    for path in last.iterdir():
        path.unlink()
    last.rmdir()

    # The views stand at the last edition, which is to be made again.
    assert maker_of(desk.paper, desk.folder, tmp_path / "editions").make_due() == DAYS[2:]
    assert all_bytes(desk) == whole
    for day in ("2026-02-02", "2026-02-04"):
        for path in (tmp_path / "log" / "editions" / day).iterdir():
            path.unlink()
        (tmp_path / "log" / "editions" / day).rmdir()

    # Now they are ahead of the first one to be made.
    assert maker_of(desk.paper, desk.folder, tmp_path / "editions").make_due() == DAYS[1:]
    assert all_bytes(desk) == whole


@pytest.mark.parametrize(
    "projection", [Projection.STATISTICS, Projection.VEILS, Projection.PETITIONS]
)
def test_projection_that_failed_once_does_not_keep_editions_from_being_made_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, projection: Projection
) -> None:
    def failing(*_given: object) -> None:
        raise ValueError("a fault of this program")

    with monkeypatch.context() as patched:
        patched.setitem(PART_WRITERS, projection, failing)
        with pytest.raises(ValueError, match="a fault"):
            desk.maker.make_due()
    mended = maker_of(desk.paper, desk.folder, desk.place / "editions")

    assert mended.make_due() == DAYS
    for day in DAYS:
        assert desk.folder.differing(day, desk.remade(str(day)).files) == []


def test_cells_that_an_older_program_counted_stand_in_no_later_edition(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*given: Any) -> list[Any]:
        return [part._replace(total=part.total + 7) for part in parts_of(*given)]

    with monkeypatch.context() as older:
        older.setattr(counting, "parts_of", wrong)
        older.setattr(kept_views, "program_digest", lambda: b"an older program".ljust(32))
        assert desk.maker.make_due() == DAYS
    desk.paper.finish(a_stream(1), "2026-02-05T03:00:00Z")
    for at in ("2026-02-05T09:00:00.000Z", "2026-02-06T09:00:00.000Z"):
        desk.paper.seal_and_publish(at)

    upgraded = maker_of(desk.paper, desk.folder, desk.place / "editions")

    assert upgraded.make_due() == [date(2026, 2, 5)]
    assert desk.folder.differing(date(2026, 2, 5), desk.remade("2026-02-05").files) == []
    # What was published keeps its bytes.
    assert "steps.json" in desk.folder.differing(DAYS[2], desk.remade(str(DAYS[2])).files)


def test_disk_that_fails_when_an_edition_is_written_changes_nothing_about_it(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = a_desk(tmp_path / "whole", three_days)
    whole.maker.make_due()
    real, asked = desk.folder.write, []

    def fail_once_each(day: date, files: Mapping[str, bytes]) -> bool:
        asked.append(day)
        if asked.count(day) == 1:
            raise StoreUnavailable("the disk is full")
        return real(day, files)

    monkeypatch.setattr(desk.folder, "write", fail_once_each)

    # The views stand at the day already, and its edition is not there.
    for _ in DAYS:
        with pytest.raises(StoreUnavailable):
            desk.maker.make_due()

    assert desk.maker.make_due() == DAYS[2:]
    assert all_bytes(desk) == all_bytes(whole)


def test_edition_that_somebody_changed_is_told_when_the_next_is_made(
    running: Desk,
) -> None:
    running.maker.make_due()
    changed = running.place / "log" / "editions" / "2026-02-02" / COUNTS_FILE
    changed.write_bytes(changed.read_bytes().replace(b'"received":1', b'"received":7'))
    next_day(running.paper)

    with pytest.raises(EditionDiffers, match="2026-02-02"):
        running.maker.make_due()

    assert running.folder.days() == DAYS[:2]


def test_log_that_goes_on_within_a_day_whose_edition_was_made_is_told(
    running: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_early(stands: Iterable[Stand], made: PlannedEdition | None) -> list[PlannedEdition]:
        planned = list(plan_editions(stands, made))
        return [*planned, planned[-1]]

    # No seal of this program goes back; a maker that went by a clock made the running day's.
    with monkeypatch.context() as patched:
        patched.setattr(making, "plan_editions", too_early)
        assert running.maker.make_due() == DAYS
    running.paper.seal_and_publish("2026-02-04T11:00:00.000Z")

    with pytest.raises(EditionDiffers, match="2026-02-04"):
        maker_of(running.paper, running.folder, running.place / "editions").make_due()


def test_log_that_is_shorter_than_its_editions_is_told(tmp_path: Path, desk: Desk) -> None:
    desk.maker.make_due()
    young = PaperLedger()
    young.open_registry()
    young.seal_and_publish("2026-01-20T09:00:00.000Z")

    with pytest.raises(EditionDiffers, match="shorter"):
        maker_of(young, desk.folder, tmp_path / "editions").make_due()


def test_maker_stops_where_it_is_told_to_and_goes_on_the_next_time(desk: Desk) -> None:
    took: list[float] = []

    def stop_at_once(seconds: float) -> bool:
        took.append(seconds)
        return True

    assert desk.maker.make_due(stop_at_once) == DAYS[:1]
    assert desk.maker.make_due() == DAYS[1:]
    assert len(took) == 1
    assert took[0] > 0


def test_second_maker_of_the_same_folder_is_refused(tmp_path: Path, desk: Desk) -> None:
    desk.maker.make_due()
    with (tmp_path / "editions" / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(LedgerBusy):
            maker_of(desk.paper, desk.folder, tmp_path / "editions").make_due()


def test_ledger_that_published_nothing_has_no_edition(tmp_path: Path) -> None:
    paper = PaperLedger()
    folder = EditionFolder(tmp_path / "log" / "editions")

    assert maker_of(paper, folder, tmp_path / "editions").make_due() == []
    assert folder.days() == []


def test_day_without_a_checkpoint_names_the_edition_that_stands(desk: Desk) -> None:
    with pytest.raises(NoEdition, match="2026-02-02 still stands"):
        desk.remade("2026-02-03")
    with pytest.raises(NoEdition, match="up to 2025-12-31"):
        desk.remade("2025-12-31")
