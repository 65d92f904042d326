"""Veiled dossiers in the views: folded between the entries, and seen only by whoever may."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.dossiers import Status
from ledger.errors import StoreCorrupt
from ledger.storage.port import Group, NewEvent, StoredEvent
from projections.dossier_rows import DossierRow
from projections.entries import PublicEntry, sealed_groups
from projections.reading import read_counts, read_findings, read_trail
from projections.stored import veiled_events
from projections.stored.veiled_events import VeiledActs
from projections.views import Views, open_views
from tests.support.dossier_cases import OFFICE
from tests.support.followed_ledger import a_follower, tables_of
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream
from tests.unit.projections.test_later_calendar import publish_calendar

OPEN, VEILED, ENDED = a_stream(1), a_stream(2), a_stream(3)
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def paper() -> PaperLedger:
    """An open dossier, and a veiled one that is acted on before, between and after its entries."""
    paper = PaperLedger()
    paper.open_registry()
    paper.veiled |= {VEILED, ENDED}
    paper.seal_and_publish("2026-02-01T00:00:00.000Z")
    paper.submit(VEILED, "2026-02-02T01:00:00Z")
    paper.submit(OPEN, "2026-02-02T01:00:00Z")
    paper.accept(VEILED, "2026-02-02T02:00:00Z", code="H27-260202-0002")
    paper.accept(OPEN, "2026-02-02T02:00:00Z")
    paper.submit(ENDED, "2026-02-02T02:00:00Z")
    paper.accept(ENDED, "2026-02-02T02:00:00Z")
    paper.seal_and_publish("2026-02-02T03:00:00.000Z")
    return paper


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    views = open_views(tmp_path / "kept.sqlite3")
    yield views
    views.close()


def _row(views: Views, stream: str) -> DossierRow:
    with views.reading(sees_veiled=True) as reader:
        return next(row for row in reader.dossier_rows() if row.stream == stream)


def test_reader_that_was_not_told_to_sees_nothing_of_veiled_dossiers(
    paper: PaperLedger, views: Views
) -> None:
    a_follower(paper, views).catch_up()

    with views.reading() as reader:
        assert [row.stream for row in reader.dossier_rows()] == [OPEN]
        assert [row.stream for row in reader.dossier_rows(office=OFFICE)] == [OPEN]
        assert reader.states((OPEN, VEILED)).keys() == {OPEN}
        assert reader.dossier(VEILED) is None
        assert reader.acts_of(VEILED) == []
        assert {act.stream for act in reader.acts_by(paper.officer.name, *EVER)} == {OPEN}
        assert [one.dossier.stream for one in reader.examined_dossiers()] == [OPEN]
        assert reader.running_dossiers() == [OPEN]
        assert reader.veiled_among((OPEN, VEILED)) == set()
        counts = read_counts(reader)
    assert counts is not None
    assert counts.total.received == 1


def test_reader_that_sees_veiled_dossiers_sees_them_as_all_others(
    paper: PaperLedger, views: Views
) -> None:
    a_follower(paper, views).catch_up()

    with views.reading(sees_veiled=True) as reader:
        dossier, acts = reader.dossier(VEILED), reader.acts_of(VEILED)
        opened = reader.acts_of(OPEN)
        assert {row.stream for row in reader.dossier_rows()} == {OPEN, VEILED, ENDED}
        assert reader.running_dossiers() == [OPEN, VEILED, ENDED]
        assert {one.dossier.stream for one in reader.examined_dossiers()} == {OPEN, VEILED, ENDED}
        assert reader.veiled_among((OPEN, VEILED)) == {VEILED}
    assert dossier is not None
    assert dossier.status is Status.ACCEPTED
    assert [act.kind for act in acts] == ["dossier.submitted", "dossier.accepted"]
    assert [act.entry_index for act in acts] == [None, None]
    assert all(act.entry_index is not None for act in opened)
    assert (acts[-1].due, acts[-1].status) == (opened[-1].due, opened[-1].status)


def test_veiled_act_was_recorded_when_it_was_promised(paper: PaperLedger, views: Views) -> None:
    a_follower(paper, views).catch_up()

    with views.reading(sees_veiled=True) as reader:
        recorded = [act.recorded_at for act in reader.acts_of(VEILED)]

    assert recorded == [
        datetime(2026, 2, 2, 1, tzinfo=UTC),
        datetime(2026, 2, 2, 2, tzinfo=UTC),
    ]


def test_holder_of_a_veiled_dossier_is_recognised_as_any_other(
    paper: PaperLedger, views: Views, tmp_path: Path
) -> None:
    a_follower(paper, views).catch_up()

    marks = {(stream, mark) for stream, mark, _ in tables_of(tmp_path / "kept.sqlite3")["holders"]}

    assert marks >= {(VEILED, "secret"), (VEILED, "code")}


def test_views_folded_at_every_step_equal_those_folded_at_once_with_a_calendar_in_between(
    paper: PaperLedger, views: Views, tmp_path: Path
) -> None:
    kept = a_follower(paper, views)
    kept.catch_up()
    # Ended by the first calendar, before the second is an entry; the other runs on and is moved.
    paper.finish(ENDED, "2026-02-03T02:00:00Z")
    kept.catch_up()
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.append_veil(VEILED, 1)
    paper.seal_and_publish("2026-02-04T03:00:00.000Z")
    kept.catch_up()
    paper.finish(VEILED, "2026-02-05T02:00:00Z")
    a_follower(paper, views).catch_up()

    with closing(open_views(tmp_path / "rebuilt.sqlite3")) as rebuilt:
        a_follower(paper, rebuilt).catch_up()

    assert tables_of(tmp_path / "kept.sqlite3") == tables_of(tmp_path / "rebuilt.sqlite3")
    assert (_row(views, ENDED).due, _row(views, ENDED).due_changes) == ("2026-02-09", "[]")
    assert _row(views, VEILED).due == "2026-02-10"
    assert "calendar:VN" in _row(views, VEILED).due_changes


def test_act_after_an_unpublished_entry_waits_until_that_entry_is_published(
    paper: PaperLedger, views: Views
) -> None:
    following = a_follower(paper, views)
    following.catch_up()
    publish_calendar(paper, "2026-02-04T02:00:00Z", date(2026, 2, 5))
    paper.finish(VEILED, "2026-02-04T03:00:00Z")

    following.catch_up()
    before = _row(views, VEILED).ended_at
    paper.seal_and_publish("2026-02-04T04:00:00.000Z")
    following.catch_up()

    assert before is None
    assert _row(views, VEILED).ended_at == "2026-02-04T03:00:00Z"


def test_act_is_folded_as_it_comes_while_the_log_stands_still(
    paper: PaperLedger, views: Views
) -> None:
    following = a_follower(paper, views)
    first = following.catch_up()
    paper.finish(VEILED, "2026-02-03T02:00:00Z")

    second = following.catch_up()

    assert first is not None
    assert second is not None
    assert second.log_position == first.log_position
    assert second.veiled_position == first.veiled_position + 3
    assert _row(views, VEILED).ended_at is not None
    assert following.catch_up() == second


def test_veil_in_the_log_is_passed_over_by_the_public_fold(
    paper: PaperLedger, views: Views
) -> None:
    paper.append_veil(VEILED, 1)
    paper.seal_and_publish("2026-02-03T03:00:00.000Z")

    position = a_follower(paper, views).catch_up()

    assert position is not None
    assert position.log_position == paper.store.sequenced_size()
    with views.reading() as reader:
        assert [row.stream for row in reader.dossier_rows()] == [OPEN]


def test_stored_act_without_a_promise_that_can_be_read_is_an_alarm(
    paper: PaperLedger, views: Views
) -> None:
    first = paper.store.find(VEILED, 1)
    assert first is not None
    broken = NewEvent(a_stream(9), 1, first.kind, first.note, None, b"no promise")
    paper.store.record_group(Group((broken,)), fencing_token=paper.token)

    with pytest.raises(StoreCorrupt, match="cannot be read"):
        a_follower(paper, views).catch_up()


def test_trail_and_findings_of_veiled_dossiers_come_marked_to_readers_that_see_them(
    paper: PaperLedger, views: Views
) -> None:
    for stream in (VEILED, OPEN):
        paper.finish(stream, "2026-03-20T02:00:00Z")
    paper.seal_and_publish("2026-03-20T03:00:00.000Z")
    a_follower(paper, views).catch_up()

    found = {}
    for sees_veiled in (False, True):
        with views.reading(sees_veiled=sees_veiled) as reader:
            trail = read_trail(reader, (paper.officer.name,), *EVER)
            findings = read_findings(reader)
        found[sees_veiled] = (
            {(act.stream, act.veiled) for act in trail},
            {(finding.stream, finding.veiled) for finding in findings},
        )

    assert found[False] == ({(OPEN, False)}, {(OPEN, False)})
    assert found[True][0] == {(OPEN, False), (VEILED, True), (ENDED, True)}
    assert found[True][1] >= {(OPEN, False), (VEILED, True)}


STEPS = ("submit", "accept", "finish", "publish", "catch up", "catch up anew", "calendar")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 4)), max_size=30))
def test_views_are_the_same_however_the_acts_came_between_the_entries(
    steps: list[tuple[str, int]],
) -> None:
    """Dossiers 1 and 2 are open, 3 and 4 veiled; what may not come yet is left out."""
    paper = PaperLedger()
    paper.open_registry()
    paper.veiled |= {a_stream(3), a_stream(4)}
    paper.seal_and_publish("2026-02-01T00:00:00.000Z")
    done: dict[int, int] = {}
    acts = {"submit": (0, paper.submit), "accept": (1, paper.accept), "finish": (2, paper.finish)}
    with TemporaryDirectory() as folder, closing(open_views(Path(folder) / "kept")) as kept:
        follower = a_follower(paper, kept)
        for minute, (step, number) in enumerate([*steps, ("publish", 1), ("catch up", 1)]):
            at = f"2026-02-02T02:{minute:02d}:00"
            if step in acts:
                place, act = acts[step]
                if done.get(number, 0) == place:
                    act(a_stream(number), f"{at}Z")
                    done[number] = place + 1
            elif step == "publish":
                paper.seal_and_publish(f"{at}.000Z")
            elif step == "calendar":
                publish_calendar(paper, f"{at}Z", date(2026, 2, 2 + number))
            else:
                follower = a_follower(paper, kept) if step.endswith("anew") else follower
                follower.catch_up()
        with closing(open_views(Path(folder) / "rebuilt")) as rebuilt:
            a_follower(paper, rebuilt).catch_up()

        assert tables_of(Path(folder) / "kept") == tables_of(Path(folder) / "rebuilt")


class CountingReader:
    """Acts of veiled dossiers, and how often they were asked for."""

    def __init__(self, events: Sequence[StoredEvent]) -> None:
        self._events = events
        self.times_asked = 0

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next ones."""
        self.times_asked += 1
        later = [each for each in self._events if each.notification_id > after_notification_id]
        return later[:limit]


def test_a_fold_asks_once_where_there_are_few_veiled_acts(paper: PaperLedger) -> None:
    events = paper.store.veiled_events(0, 100)
    reader = CountingReader(events)
    veiled = VeiledActs(ORIGIN, reader, 0)

    woven = [veiled.woven_into(group) for group in ([], _entries(paper), _entries(paper))]

    found = [entry for group in woven for entry in group] + list(veiled.take_before(10**6))
    assert reader.times_asked == 1
    assert sum(entry.entry_index is None for entry in found) == len(events) > 0


def test_a_fold_asks_on_while_there_are_more(
    paper: PaperLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(veiled_events, "READ_BATCH", 1)
    events = paper.store.veiled_events(0, 100)
    reader = CountingReader(events)
    veiled = VeiledActs(ORIGIN, reader, 0)

    found = [*veiled.woven_into(_entries(paper)), *veiled.take_before(10**6)]

    assert reader.times_asked == len(events) + 1
    assert [entry.action.stream for entry in found if entry.entry_index is None] == [
        event.stream for event in events
    ]


def _entries(paper: PaperLedger) -> list[PublicEntry]:
    published = paper.store.checkpoint()
    assert published is not None
    bodies = ((each.entry_index, each.body) for each in paper.store.entries(0, published.tree_size))
    groups = sealed_groups(bodies, ORIGIN, published.note)
    return [entry for group in groups for entry in group.entries]
