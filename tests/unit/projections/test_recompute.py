import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from ledger.key_files import Anchors
from projections.counts import CountStatistics, Figure, Span
from projections.entries import EntryUnreadable
from projections.follower import Follower, PrivateFold
from projections.reading import read_counts, read_durations, read_findings, read_trail
from projections.recompute import LONGEST_LAG, NO_LAG, compare, figures_from_log, measure_lag
from projections.views import Views, open_views
from tests.support.dossier_cases import OFFICE, PROCEDURE, instant
from tests.support.paper_ledger import BERLIN_OFFICE, ORIGIN, PaperLedger, a_stream
from transparency.checkpoints import open_checkpoint
from transparency.errors import CheckpointNotSigned, ProofInvalid
from transparency.tile_store import MemoryTileStore
from transparency.tiles import EntryBundle, bundle_path
from transparency.trusted_log import TrustedLog


@pytest.fixture(scope="module")
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    for number in range(90):
        office = OFFICE if number % 3 else BERLIN_OFFICE
        day = f"2026-{1 + number % 3:02d}-{1 + number % 27:02d}"
        paper.submit(a_stream(number), f"{day}T01:00:00Z", office)
        paper.accept(a_stream(number), f"{day}T02:00:00Z", office, code=f"H27-2601-{number:04d}")
        if number % 4:
            paper.finish(a_stream(number), f"2026-03-{1 + number % 27:02d}T03:00:00Z", office)
        if number % 10 == 0:
            paper.seal_and_publish(f"2026-03-28T00:00:{number // 10:02d}.000Z")
    paper.seal_and_publish("2026-03-29T00:00:00.000Z")
    return paper


@pytest.fixture
def views(paper: PaperLedger, tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "views.sqlite3")
    private = PrivateFold(paper.private.get, b"v" * 32)
    Follower(ORIGIN, paper.store, views, paper.documents, private).catch_up()
    yield views
    views.close()


def published_by(views: Views, span: Span = Span()) -> CountStatistics:  # noqa: B008
    with views.reading() as reader:
        statistics = read_counts(reader, span)
    assert statistics is not None
    return statistics


def test_published_figures_are_those_of_the_public_log(paper: PaperLedger, views: Views) -> None:
    published = published_by(views)

    recomputed = figures_from_log(paper.tiles, paper.anchors, paper.documents)

    assert recomputed == published
    assert compare(published, recomputed) == []
    assert published.total.received == 90
    assert len(published.figures) > 4


def test_figures_of_a_range_can_be_recomputed_too(paper: PaperLedger, views: Views) -> None:
    span = Span("2026-02", "2026-02")

    recomputed = figures_from_log(paper.tiles, paper.anchors, paper.documents, span=span)

    assert recomputed == published_by(views, span)


def test_changed_cell_is_found_field_by_field(
    paper: PaperLedger, views: Views, tmp_path: Path
) -> None:
    liar = sqlite3.connect(tmp_path / "views.sqlite3")
    liar.execute(
        "UPDATE month_cells SET resolved_early = resolved_early + resolved_late, resolved_late = 0"
    )
    liar.execute(
        "UPDATE count_lines SET line = json_set(line, '$.resolved_late', 0, '$.resolved_early', "
        "json_extract(line, '$.resolved_early') + json_extract(line, '$.resolved_late'))"
    )
    liar.commit()
    liar.close()

    differences = compare(
        published_by(views), figures_from_log(paper.tiles, paper.anchors, paper.documents)
    )

    total = [each for each in differences if each.period == "*"]
    assert {each.field for each in total} == {"resolved_early", "resolved_late"}
    assert sum(int(each.published) - int(each.recomputed) for each in total) == 0
    assert {each.office for each in differences} == {OFFICE, BERLIN_OFFICE, "*"}


def test_a_false_figure_beside_the_true_one_is_found(paper: PaperLedger, views: Views) -> None:
    """A site published each figure twice, the false one first: nothing differed."""
    published = published_by(views)
    recomputed = figures_from_log(paper.tiles, paper.anchors, paper.documents)
    for true in (published.figures[0], published.total):
        false = msgspec.structs.replace(true, received=999_999)
        twice = msgspec.structs.replace(published, figures=[false, *published.figures])

        (difference,) = compare(twice, recomputed)

        assert (difference.field, difference.published) == ("times_published", 2)


def test_deleted_and_invented_cells_are_found(
    paper: PaperLedger, views: Views, tmp_path: Path
) -> None:
    liar = sqlite3.connect(tmp_path / "views.sqlite3")
    liar.execute(
        "UPDATE count_lines SET line = json_set(line, '$.procedure', 'p9'), procedure = 'p9' "
        f"WHERE office = '{OFFICE}'"
    )
    liar.commit()
    liar.close()

    differences = compare(
        published_by(views), figures_from_log(paper.tiles, paper.anchors, paper.documents)
    )

    assert {each.procedure for each in differences} == {"p9", PROCEDURE}


def test_log_may_have_moved_on_since_the_figures_were_published(
    paper: PaperLedger, views: Views
) -> None:
    sizes = [index + 1 for index, body in paper.bodies() if b"seal@v1" in body[:30]]

    earlier = figures_from_log(paper.tiles, paper.anchors, paper.documents, tree_size=sizes[3])

    assert earlier.checkpoint.size == sizes[3]
    assert earlier.as_of == "2026-03-28T00:00:03.000Z"
    assert {each.field for each in compare(published_by(views), earlier)} >= {
        "checkpoint.size",
        "checkpoint.root",
        "as_of",
        "received",
    }


@pytest.mark.parametrize("tree_size", [0, 3, 10**6])
def test_size_that_was_never_published_cannot_be_recomputed(
    paper: PaperLedger, tree_size: int
) -> None:
    with pytest.raises(EntryUnreadable):
        figures_from_log(paper.tiles, paper.anchors, paper.documents, tree_size=tree_size)


def test_tampered_bundle_is_not_believed(paper: PaperLedger) -> None:
    class Tampered(MemoryTileStore):
        def read(self, path: str) -> bytes:
            data = paper.tiles.read(path)
            if path == bundle_path(EntryBundle(0)):
                return data.replace(b"2026-01-01T01", b"2026-01-01T02", 1)
            return data

        read_checkpoint = paper.tiles.read_checkpoint

    with pytest.raises(ProofInvalid):
        figures_from_log(Tampered(), paper.anchors, paper.documents)


def test_log_of_another_key_is_not_believed(paper: PaperLedger) -> None:
    stranger = PaperLedger().new_key("log").verification_key
    anchors = Anchors(ORIGIN, stranger, stranger)

    with pytest.raises(CheckpointNotSigned):
        figures_from_log(paper.tiles, anchors, paper.documents)


def test_published_statistics_go_through_json_unchanged(views: Views) -> None:
    published = published_by(views)

    text = msgspec.json.encode(published)

    assert msgspec.json.decode(text, type=CountStatistics) == published
    assert list(msgspec.json.decode(text)) == [
        "figures",
        "total",
        "checkpoint",
        "as_of",
        "definition",
    ]


def test_figures_can_be_read_for_one_office_or_procedure(views: Views) -> None:
    with views.reading() as reader:
        berlin = read_counts(reader, office=BERLIN_OFFICE)
        nothing = read_counts(reader, procedure="p9")

    assert berlin is not None
    assert berlin.total.received == 30
    assert {figure.office for figure in berlin.figures} == {BERLIN_OFFICE}
    assert nothing is not None
    assert nothing.figures == ()


def test_durations_findings_and_trail_are_read_as_of_the_same_checkpoint(
    paper: PaperLedger, views: Views
) -> None:
    with views.reading() as reader:
        durations = read_durations(reader, by_period=True)
        findings = read_findings(reader)
        in_berlin = read_findings(reader, BERLIN_OFFICE)
        trail = read_trail(
            reader,
            (paper.head.name,),
            instant("2026-03-01T00:00:00Z"),
            instant("2026-04-01T00:00:00Z"),
        )

    assert durations is not None
    assert durations.checkpoint == published_by(views).checkpoint
    assert sum(each.resolved for each in durations.durations) == published_by(views).total.resolved
    assert {finding.rule for finding in findings} == {"R07", "R08", "R21"}
    assert {finding.office for finding in in_berlin} == {BERLIN_OFFICE}
    assert {entry.kind for entry in trail} == {
        "dossier.processor_assigned",
        "dossier.result_approved",
    }
    assert len(trail) == 2 * published_by(views).total.resolved


def test_nothing_is_read_before_the_first_checkpoint(tmp_path: Path) -> None:
    empty = open_views(tmp_path / "empty.sqlite3")

    with empty.reading() as reader:
        assert read_counts(reader) is None
        assert read_durations(reader) is None
        assert read_findings(reader) == []
    empty.close()


def test_compared_fields_are_all_counts_of_a_figure() -> None:
    zeros = dict.fromkeys(Figure.__struct_fields__[3:], 0)
    ones = dict.fromkeys(Figure.__struct_fields__[3:], 1)

    def statistics(numbers: dict[str, int]) -> CountStatistics:
        figure = Figure(office="*", procedure="*", period="*", **numbers)
        return msgspec.convert(
            {
                "figures": [],
                "total": msgspec.to_builtins(figure),
                "checkpoint": {"size": 1, "root": ""},
                "as_of": "",
            },
            CountStatistics,
        )

    differences = compare(statistics(ones), statistics(zeros))

    assert sorted(each.field for each in differences) == sorted(zeros)


def a_log_published_at(*times: str) -> tuple[TrustedLog, list[int]]:
    """A log with one dossier for each publication, and the sizes that it was published at."""
    paper = PaperLedger()
    paper.open_registry()
    sizes = []
    for number, time in enumerate(times):
        paper.submit(a_stream(number), "2026-03-02T01:00:00Z")
        sizes.append(paper.seal_and_publish(f"2026-03-{time}.000Z").tree_size)
    signed = open_checkpoint(paper.tiles.read_checkpoint(), paper.anchors.log)
    return TrustedLog(paper.tiles, signed), sizes


def lag_behind(times: Sequence[str], missing: int) -> tuple[int, timedelta, bool]:
    log, sizes = a_log_published_at(*times)
    lag = measure_lag(log, ORIGIN, sizes[-1 - missing])
    return lag.entries, lag.time, lag.is_too_long


def test_figures_that_stood_still_for_longer_than_the_publication_delay_are_too_far_behind() -> (
    None
):
    at_the_delay = ("02T08:00:00", "02T09:00:00", "02T10:00:00")
    beyond_it = ("02T08:00:00", "02T09:00:00", "02T10:00:01")

    assert lag_behind(at_the_delay, missing=2) == (4, LONGEST_LAG, False)
    assert lag_behind(beyond_it, missing=2) == (4, LONGEST_LAG + timedelta(seconds=1), True)


def test_follower_a_few_entries_behind_a_log_that_rested_for_days_is_not_too_far_behind() -> None:
    woken = ("02T08:00:00", "09T08:00:00", "09T08:00:01")

    assert lag_behind(woken, missing=2) == (4, timedelta(seconds=1), False)
    assert lag_behind(woken, missing=1) == (2, timedelta(0), False)


@pytest.mark.parametrize("ahead", [0, 2], ids=["level", "newer than the log that was opened"])
def test_figures_that_lack_nothing_are_not_behind(ahead: int) -> None:
    log, _ = a_log_published_at("02T08:00:00", "04T08:00:00")

    assert measure_lag(log, ORIGIN, log.tree_size + ahead) == NO_LAG


def test_a_seal_that_was_never_published_dates_no_lag() -> None:
    paper = PaperLedger()
    paper.open_registry()
    size = paper.seal_and_publish("2026-03-02T08:00:00.000Z").tree_size
    paper.submit(a_stream(1), "2026-03-02T08:00:00Z")
    paper.seal("2026-03-02T08:30:00.000Z")
    paper.submit(a_stream(2), "2026-03-02T09:00:00Z")
    paper.seal_and_publish("2026-03-02T10:00:00.000Z")
    signed = open_checkpoint(paper.tiles.read_checkpoint(), paper.anchors.log)

    assert not measure_lag(TrustedLog(paper.tiles, signed), ORIGIN, size).is_too_long
