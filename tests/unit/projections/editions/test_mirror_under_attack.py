"""A source of editions that shows garbage, or too few: it fills nothing and convicts nobody."""

import itertools
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.mirroring import evidence
from ledger.mirroring.evidence import ABOUT, EvidenceFolder
from ledger.mirroring.folder import MirrorFolder
from projections.editions.contents import COUNTS_FILE
from projections.editions.folder import EditionFolder
from projections.editions.mirrored import fitting
from projections.editions.mirrored.rounds import CHANGED, MISSING, NOT_PUBLISHED, VANISHED
from projections.editions.shapes import MANIFEST
from tests.support.editions import Desk, a_desk, next_day, three_days, three_running_days
from tests.support.editions.copies import DAYS, Copy, Shown, a_copy, one_bit
from tests.support.observers.mirrored_logs import NOW
from tests.support.paper_ledger import PaperLedger, a_stream

FAKE_DAYS = [date(1999, 1, 1) + timedelta(days=number) for number in range(20)]


class WithFakes(Shown):
    """A source that lists some more days than the log has, with other garbage each time."""

    fakes: Sequence[date] = FAKE_DAYS
    number = itertools.count()

    def days(self) -> Sequence[date]:
        return [*self.fakes, *super().days()]

    def read(self, day: date, name: str) -> bytes | None:
        if day in self.fakes:
            return b"garbage %d" % next(self.number) * 300
        return super().read(day, name)


class Silent(Shown):
    """A source that does not answer for one day."""

    silent: date | None = None

    def read(self, day: date, name: str) -> bytes | None:
        if day == self.silent:
            raise StoreUnavailable("it takes too long")
        return super().read(day, name)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Give a desk with three editions, which no test goes on with."""
    desk = a_desk(tmp_path_factory.mktemp("desk"), three_days)
    desk.maker.make_due()
    return desk


@pytest.fixture
def copy(desk: Desk, tmp_path: Path) -> Copy:
    return a_copy(desk, MirrorFolder(tmp_path / "mirror"))


@pytest.fixture
def flooded(desk: Desk, tmp_path: Path) -> Copy:
    return a_copy(desk, MirrorFolder(tmp_path / "mirror"), WithFakes(desk.folder))


def _cases(copy: Copy, code: str) -> list[Path]:
    return sorted(copy.mirror.evidence.glob(f"{code}-*"))


def _keep_fork(copy: Copy) -> Path | None:
    folder, pieces = EvidenceFolder(copy.mirror.evidence), {"first.checkpoint": b"a"}
    return folder.keep("log_misbehaviour", "a signed fork", "a log", pieces, NOW)


def _with_spaces(number: int) -> Callable[[bytes], bytes]:
    return lambda body: body + b" " * number


def test_same_wrong_edition_is_one_case_at_every_checkpoint(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "desk", three_days)
    desk.maker.make_due()
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"))
    copy.source.changes[DAYS[1], COUNTS_FILE] = one_bit
    for number in range(5, 8):
        assert [each.day for each in copy.round().problems] == [DAYS[1]]
        desk.paper.submit(a_stream(number), f"2026-02-{number + 2:02}T01:00:00Z")
        desk.paper.seal_and_publish(f"2026-02-{number + 2:02}T02:00:00.000Z")

    assert len(_cases(copy, "edition_differs")) == 1


def test_garbage_that_changes_each_round_is_one_case_for_each_day(flooded: Copy) -> None:
    for _ in range(3):
        flooded.round()

    assert len(_cases(flooded, "edition_differs")) == len(FAKE_DAYS)


@pytest.mark.parametrize("limit", ["MAX_EDITION_CASES", "MAX_EDITION_BYTES"])
def test_flood_of_wrong_editions_leaves_room_for_a_signed_fork_and_for_changed_ones(
    flooded: Copy, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    number = {"MAX_EDITION_CASES": 5, "MAX_EDITION_BYTES": 40_000}[limit]
    monkeypatch.setattr(evidence, limit, number, raising=False)
    monkeypatch.setattr(evidence, "MAX_CASES", 5)
    flooded.round()
    flooded.source.changes[DAYS[1], COUNTS_FILE] = one_bit

    flooded.round()

    assert 1 < len(_cases(flooded, "edition_differs")) < len(FAKE_DAYS)
    assert len(_cases(flooded, CHANGED)) == 1
    assert _keep_fork(flooded) is not None


def test_other_lines_of_signatures_under_a_forked_edition_make_no_other_case(
    tmp_path: Path,
) -> None:
    def another_history(paper: PaperLedger) -> None:
        three_running_days(paper)
        paper.submit(a_stream(8), "2026-02-04T23:00:00Z")
        next_day(paper)

    def with_another_act(paper: PaperLedger) -> None:
        paper.submit(a_stream(6), "2026-01-19T01:00:00Z")
        three_days(paper)

    shown = a_desk(tmp_path / "shown", with_another_act)
    shown.maker.make_due()
    honest = a_desk(tmp_path / "honest", another_history)
    for day in range(5, 9):
        honest.paper.submit(a_stream(day), f"2026-02-{day:02}T01:00:00Z")
        honest.paper.seal_and_publish(f"2026-02-{day:02}T02:00:00.000Z")
    copy = a_copy(honest, MirrorFolder(tmp_path / "mirror"), Shown(shown.folder))
    copy.source.hidden = set(DAYS[1:])
    for number in range(3):
        copy.source.changes[DAYS[0], MANIFEST] = _with_spaces(number)
        assert [each.code for each in copy.round().problems] == ["log_misbehaviour"]

    assert len(_cases(copy, "log_misbehaviour")) == 1


def test_copy_of_the_log_without_editions_convicts_nobody(copy: Copy, tmp_path: Path) -> None:
    copy.round()
    without = a_copy(copy.desk, copy.mirror, Shown(EditionFolder(tmp_path / "none"), set(DAYS)))

    results = [without.round(), without.round(), without.again().round()]

    found = [[(each.day, each.code) for each in result.problems] for result in results]
    assert found == [[(None, NOT_PUBLISHED)]] * 3
    assert not copy.mirror.evidence.exists()


def test_edition_that_is_missing_in_one_round_convicts_nobody(copy: Copy) -> None:
    copy.round()
    copy.source.hidden.add(DAYS[1])
    missing = copy.again().round()
    copy.source.hidden.clear()
    back = copy.round()
    copy.source.hidden.add(DAYS[1])
    once_more = copy.again().round()

    codes = [[each.code for each in result.problems] for result in (missing, back, once_more)]
    assert codes == [[MISSING], [], [MISSING]]
    assert not copy.mirror.evidence.exists()


def test_edition_that_two_sources_lack_once_each_convicts_neither(copy: Copy) -> None:
    copy.round()
    copy.source.hidden.add(DAYS[1])
    copy.again().round()
    copy.source.address = "https://copy.example.org/v1/statistics/editions"

    elsewhere = copy.again().round()

    assert [each.code for each in elsewhere.problems] == [MISSING]
    assert not copy.mirror.evidence.exists()


def test_every_case_of_an_edition_names_the_address_that_was_asked(copy: Copy) -> None:
    copy.source.changes[DAYS[2], COUNTS_FILE] = one_bit
    copy.round()
    copy.source.changes[DAYS[0], COUNTS_FILE] = one_bit
    copy.source.hidden.add(DAYS[1])
    copy.again().round()
    copy.again().round()

    cases = [_cases(copy, code) for code in (CHANGED, VANISHED, "edition_differs")]
    abouts = [json.loads((case / ABOUT).read_bytes()) for (case,) in cases]
    assert [about["asked"] for about in abouts] == [copy.source.address] * 3


def test_wrong_old_editions_do_not_keep_a_new_one_from_being_copied(flooded: Copy) -> None:
    assert flooded.round().new == DAYS


def test_wrong_newer_editions_keep_others_waiting_for_a_round_at_most(flooded: Copy) -> None:
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(20)]
    WithFakes.fakes, before = days, WithFakes.fakes
    try:
        found = [flooded.round().new, flooded.round().new]
    finally:
        WithFakes.fakes = before

    assert found == [[], DAYS]


def test_vanished_old_editions_do_not_keep_a_new_one_from_being_copied(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.editions.mirrored.copying.MOST_PROBLEMS", 1)
    copy.source.hidden.add(DAYS[2])
    copy.round()
    copy.source.hidden = set(DAYS[:1])
    copy.source.changes[DAYS[1], COUNTS_FILE] = one_bit

    result = copy.again().round()

    assert result.new == [DAYS[2]]
    assert {(each.day, each.code) for each in result.problems} == {
        (DAYS[0], MISSING),
        (DAYS[1], CHANGED),
    }


def test_wrong_edition_that_was_mended_is_copied_in_its_turn(flooded: Copy) -> None:
    flooded.source.changes[DAYS[1], COUNTS_FILE] = one_bit
    flooded.round()
    flooded.source.changes.clear()

    assert [flooded.round().new, flooded.round().new].count([DAYS[1]]) == 1


def test_day_that_does_not_answer_keeps_no_other_from_its_turn(desk: Desk, tmp_path: Path) -> None:
    source = Silent(desk.folder)
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"), source)
    source.silent = DAYS[2]
    first = copy.round()
    second = copy.round()
    source.silent, source.changes[DAYS[2], COUNTS_FILE] = None, one_bit

    third = copy.round()

    assert first.failure is not None
    assert second.new == DAYS[:2]
    assert [(each.day, each.code) for each in third.problems] == [(DAYS[2], "edition_differs")]


def test_first_round_that_was_broken_off_goes_on_in_the_next(desk: Desk, tmp_path: Path) -> None:
    source = Silent(desk.folder)
    mirror = MirrorFolder(tmp_path / "mirror")
    a_copy(desk, mirror, source).round()
    copy = a_copy(desk, mirror, source)
    source.changes[DAYS[2], COUNTS_FILE] = one_bit
    source.silent = DAYS[0]
    broken_off = copy.round()
    source.silent = None
    source.asked.clear()

    result = copy.editions.update(source, NOW + timedelta(seconds=10))

    assert broken_off.failure is not None
    assert [(each.day, each.code) for each in result.problems] == [(DAYS[2], CHANGED)]
    assert {day for day, _ in source.asked} == set(DAYS)


@pytest.mark.parametrize("length_bytes", [-5, 1, 10**6])
def test_length_that_a_manifest_lists_falsely_is_not_believed(
    copy: Copy, length_bytes: int
) -> None:
    def lie(manifest: bytes) -> bytes:
        read = json.loads(manifest)
        read["files"][0]["length_bytes"] = length_bytes
        return json.dumps(read).encode()

    copy.source.changes[DAYS[1], MANIFEST] = lie

    result = copy.round()

    assert [(each.day, each.code) for each in result.problems] == [(DAYS[1], "edition_differs")]
    assert result.new == [DAYS[0], DAYS[2]]


def test_edition_larger_than_any_is_not_read_to_its_end(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "MOST_BYTES", 1_000)

    assert copy.round().new == []
    assert {name for _, name in copy.source.asked} == {MANIFEST}


class WithoutManifest(Shown):
    """A source that lists a day of which it has nothing."""

    without: date | None = None

    def read(self, day: date, name: str) -> bytes | None:
        return None if day == self.without else super().read(day, name)


def test_listed_edition_that_is_not_there_convicts_nobody(desk: Desk, tmp_path: Path) -> None:
    source = WithoutManifest(desk.folder)
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"), source)
    source.without = DAYS[1]
    missing = copy.round()
    source.without = None

    back = copy.round()

    assert [(each.day, each.code) for each in missing.problems] == [(DAYS[1], MISSING)]
    assert (missing.new, back.new) == ([DAYS[0], DAYS[2]], [DAYS[1]])
    assert not copy.mirror.evidence.exists()


def test_wrong_edition_is_kept_as_evidence_also_where_it_was_not_there_at_first(
    desk: Desk, tmp_path: Path
) -> None:
    source = WithoutManifest(desk.folder)
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"), source)
    source.without = DAYS[1]
    copy.round()
    source.without, source.changes[DAYS[1], MANIFEST] = None, one_bit

    copy.round()

    shown = (copy.case("edition_differs") / f"published-{MANIFEST}").read_bytes()
    assert shown == one_bit(desk.folder.read(DAYS[1], MANIFEST))


def test_case_holds_no_piece_of_what_a_crash_left_of_another_showing(
    desk: Desk, tmp_path: Path
) -> None:
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"))
    left = copy.mirror.evidence / f"edition_differs-{DAYS[1]}.new"
    left.mkdir(parents=True)
    (left / "published-fees.json").write_bytes(b"of an earlier showing")
    copy.source.changes[DAYS[1], MANIFEST] = one_bit

    copy.round()

    case = copy.case("edition_differs")
    about = json.loads((case / ABOUT).read_bytes())
    assert sorted(path.name for path in case.iterdir()) == sorted([ABOUT, *about["pieces"]])


def test_mirror_whose_own_folder_holds_other_bytes_convicts_nobody(
    desk: Desk, tmp_path: Path
) -> None:
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"))
    place = copy.mirror.editions / DAYS[1].isoformat()
    place.mkdir(parents=True)
    (place / COUNTS_FILE).write_bytes(b"copied here by somebody")

    with pytest.raises(StoreCorrupt, match=DAYS[1].isoformat()):
        copy.round()

    assert not copy.mirror.evidence.exists()
