"""A mirror keeps editions that fit its log; it tells of those that change, vanish or do not fit."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.errors import StoreCorrupt
from ledger.mirroring.evidence import ABOUT, FORK_FILE
from ledger.mirroring.folder import MirrorFolder
from projections.editions.contents import COUNTS_FILE
from projections.editions.folder import EditionFolder
from projections.editions.mirrored import copying
from projections.editions.mirrored.rounds import CHANGED, MISSING, VANISHED
from projections.editions.shapes import MANIFEST
from tests.support.editions import Desk, a_desk, next_day, three_days, three_running_days
from tests.support.editions.copies import DAYS, Copy, Shown, a_copy, one_bit
from tests.support.observers.mirrored_logs import NOW
from tests.support.paper_ledger import PaperLedger, a_stream
from transparency.evidence.checkpoints import judge_fork
from transparency.evidence.files import parse_evidence


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Give a desk with three editions, which no test goes on with."""
    desk = a_desk(tmp_path_factory.mktemp("desk"), three_days)
    desk.maker.make_due()
    return desk


@pytest.fixture
def copy(desk: Desk, tmp_path: Path) -> Copy:
    return a_copy(desk, MirrorFolder(tmp_path / "mirror"))


def _bytes_of(folder: EditionFolder) -> dict[tuple[date, str], bytes]:
    return {
        (day, name): folder.read(day, name) for day in folder.days() for name in folder.names(day)
    }


def _other(body: bytes) -> bytes:
    assert b'"received":1' in body
    return body.replace(b'"received":1', b'"received":8', 1)


def test_editions_are_copied_byte_for_byte_and_once(copy: Copy) -> None:
    first, second = copy.round(), copy.round()

    assert (first.new, first.held, first.problems) == (DAYS, 3, [])
    assert (second.new, second.held, second.problems) == ([], 3, [])
    assert _bytes_of(EditionFolder(copy.mirror.editions)) == _bytes_of(copy.desk.folder)


@pytest.mark.parametrize("name", [MANIFEST, COUNTS_FILE, "veiled.json"])
def test_edition_altered_by_one_byte_after_it_was_copied_is_evidence_of_both(
    copy: Copy, name: str
) -> None:
    copy.round()
    copy.source.changes[DAYS[1], name] = one_bit
    before = _bytes_of(EditionFolder(copy.mirror.editions))

    result = copy.again().round()

    (problem,) = result.problems
    assert (problem.day, problem.code) == (DAYS[1], CHANGED)
    assert name in problem.message
    case = copy.case(CHANGED)
    kept = copy.desk.folder.read(DAYS[1], name)
    assert (case / f"kept-{name}").read_bytes() == kept
    assert (case / f"published-{name}").read_bytes() == one_bit(kept)
    assert (case / f"kept-{MANIFEST}").read_bytes() == copy.desk.folder.read(DAYS[1], MANIFEST)
    assert _bytes_of(EditionFolder(copy.mirror.editions)) == before


def test_edition_made_anew_with_a_manifest_that_fits_is_still_another_one(copy: Copy) -> None:
    copy.round()
    other = _other(copy.desk.folder.read(DAYS[0], COUNTS_FILE))
    copy.source.changes[DAYS[0], COUNTS_FILE] = _other
    copy.source.changes[DAYS[0], MANIFEST] = lambda body: _listing(body, COUNTS_FILE, other)

    result = copy.again().round()

    assert [(each.day, each.code) for each in result.problems] == [(DAYS[0], CHANGED)]
    assert (copy.case(CHANGED) / f"published-{COUNTS_FILE}").read_bytes() == other


def test_edition_that_is_gone_is_evidence_and_goes_on_being_kept(copy: Copy) -> None:
    copy.round()
    copy.source.hidden.add(DAYS[1])
    first = copy.round()

    results = [copy.round(), copy.again().round()]

    assert [(each.day, each.code) for each in first.problems] == [(DAYS[1], MISSING)]
    found = [[(each.day, each.code) for each in result.problems] for result in results]
    assert found == [[(DAYS[1], VANISHED)]] * 2
    about = json.loads((copy.case(VANISHED) / ABOUT).read_bytes())
    assert (about["code"], about["pieces"]) == (VANISHED, [f"kept-{MANIFEST}"])
    assert EditionFolder(copy.mirror.editions).days() == DAYS


def test_edition_that_only_the_list_leaves_out_has_not_vanished(copy: Copy) -> None:
    copy.round()
    days = copy.source.days
    copy.source.days = lambda: list(days())[1:]  # type: ignore[method-assign]

    assert copy.again().round().problems == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (COUNTS_FILE, one_bit),
        (COUNTS_FILE, lambda body: body[:-1]),
        (MANIFEST, one_bit),
        (
            MANIFEST,
            lambda body: body.replace(b'"edition": "2026-02-02"', b'"edition": "2026-02-03"'),
        ),
        (MANIFEST, lambda body: body.replace(b'"as_of": "2026', b'"as_of": "2025')),
        (MANIFEST, lambda body: body.replace(b'"ledger": "', b'"ledger": "an')),
        (MANIFEST, lambda body: body.replace(b'"size": ', b'"size": 1')),
        (MANIFEST, lambda body: body.replace(b'"veiled.json"', b'"../veiled.json"')),
        (MANIFEST, lambda body: body.replace(b'"veiled.json"', b'"counts.json"')),
        (MANIFEST, lambda body: body.replace("\\n— ".encode(), b"\\n- ")),
    ],
)
def test_edition_that_does_not_fit_is_not_kept_and_becomes_evidence(
    copy: Copy, name: str, change: Callable[[bytes], bytes]
) -> None:
    copy.source.changes[DAYS[1], name] = change
    assert change(copy.desk.folder.read(DAYS[1], name)) != copy.desk.folder.read(DAYS[1], name)

    result = copy.round()

    assert [(each.day, each.code) for each in result.problems] == [(DAYS[1], "edition_differs")]
    assert result.new == [DAYS[0], DAYS[2]]
    shown = (copy.case("edition_differs") / f"published-{name}").read_bytes()
    assert shown == change(copy.desk.folder.read(DAYS[1], name))
    copy.source.changes.clear()
    assert copy.round().new == [DAYS[1]]


def test_answer_that_was_cut_off_on_the_way_is_asked_for_again(copy: Copy) -> None:
    copy.round()
    copy.source.cut_off_once = {(day, COUNTS_FILE) for day in DAYS}

    assert copy.again().round().problems == []
    assert copy.source.cut_off_once == set()


def test_edition_of_an_earlier_checkpoint_of_its_day_is_refused(tmp_path: Path) -> None:
    def two_seals_on_the_last_day(paper: PaperLedger) -> None:
        three_running_days(paper)
        paper.submit(a_stream(7), "2026-02-04T10:00:00Z")
        paper.seal_and_publish("2026-02-04T11:00:00.000Z")
        next_day(paper)

    honest = a_desk(tmp_path / "honest", two_seals_on_the_last_day)
    hasty = a_desk(tmp_path / "hasty", three_days)
    hasty.maker.make_due()
    copy = a_copy(honest, MirrorFolder(tmp_path / "mirror"), Shown(hasty.folder))

    result = copy.round()

    (problem,) = result.problems
    assert (problem.day, problem.code) == (DAYS[2], "edition_differs")
    assert "not the last one of its day" in problem.message


def test_edition_of_a_checkpoint_off_the_log_convicts_the_log(tmp_path: Path) -> None:
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

    result = copy.round()

    assert {each.code for each in result.problems} == {"log_misbehaviour"}
    assert result.new == []
    case = next(copy.mirror.evidence.glob("log_misbehaviour-*"))
    evidence = parse_evidence((case / FORK_FILE).read_bytes())
    judge_fork(evidence, honest.paper.anchors.logs)
    assert (case / f"published-{MANIFEST}").exists()


def test_edition_waits_until_the_mirrored_log_goes_beyond_its_day(tmp_path: Path) -> None:
    running = a_desk(tmp_path / "running", three_running_days)
    ahead = a_desk(tmp_path / "ahead", three_days)
    ahead.maker.make_due()
    copy = a_copy(running, MirrorFolder(tmp_path / "mirror"), Shown(ahead.folder))

    first = copy.round()
    next_day(running.paper)
    second = copy.round()

    assert (first.new, first.waiting, first.problems) == (DAYS[:2], DAYS[2:], [])
    assert (second.new, second.waiting, second.problems) == (DAYS[2:], [], [])


def test_mirror_whose_own_editions_were_changed_blames_nobody_else(copy: Copy) -> None:
    copy.round()
    path = copy.mirror.editions / str(DAYS[1]) / MANIFEST
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(StoreCorrupt):
        copy.again().round()

    assert not copy.mirror.evidence.exists()


def test_mirror_that_lost_an_edition_says_so(copy: Copy) -> None:
    copy.round()
    shutil.rmtree(copy.mirror.editions / str(DAYS[1]))

    with pytest.raises(StoreCorrupt):
        copy.again().round()


def test_later_rounds_look_again_at_one_edition_a_minute_in_turn(copy: Copy) -> None:
    copy.round()
    looked = []
    for seconds in (10, 20, 75, 80, 140, 205, 270):
        copy.source.asked.clear()
        copy.editions.update(copy.source, NOW + timedelta(seconds=seconds))
        looked.append(sorted({day for day, _ in copy.source.asked}))

    # The first round that holds some looks at all of them.
    assert looked == [DAYS, [], DAYS[:1], [], DAYS[1:2], DAYS[2:], DAYS[:1]]


def test_round_ends_after_some_wrong_editions(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MOST_PROBLEMS", 2)
    copy.source.changes |= {(day, MANIFEST): one_bit for day in DAYS}

    assert len(copy.round().problems) == 2


def test_crash_between_an_edition_and_the_list_of_kept_ones_is_mended(copy: Copy) -> None:
    copy.round()
    copy.mirror.kept_editions_list.unlink()

    assert copy.again().round().new == DAYS


def _listing(manifest: bytes, name: str, body: bytes) -> bytes:
    read = json.loads(manifest)
    for listed in read["files"]:
        if listed["name"] == name:
            listed["sha256"] = hashlib.sha256(body).hexdigest()
            listed["length_bytes"] = len(body)
    return json.dumps(read, ensure_ascii=False, indent=1).encode() + b"\n"
