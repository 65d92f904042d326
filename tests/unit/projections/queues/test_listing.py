"""Queues from the kept desks are those of a scan over everything, however steps were cut."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import StreamState
from domain.dossiers import Dossier, Due
from domain.roles import Role
from ledger.errors import StoreUnavailable
from projections.desks.tables import desks_table
from projections.dossier_rows import Act
from projections.parts.registry import Projection
from projections.parts.stops import ProjectionStopped
from projections.parts.writers import PART_WRITERS
from projections.queues.items import Queue
from projections.queues.listing import Officer, list_queue
from projections.tables import open_engine
from projections.views import Position, Views, ViewUpdate
from tests.support.builders import a_life
from tests.support.references.queues import Kept, scanned_queue
from tests.support.situations.lives import fold
from tests.unit.projections.status.test_histories import BEGINNINGS, REGISTER, histories

OFFICES = ("H27.15", "H27.16", "H27.17")
AS_OF = datetime(2026, 3, 20, 3, tzinfo=UTC)
QUEUES = [queue for queue in Queue if queue is not Queue.PETITIONS]
DESKS_ALONE = {Projection.DESKS: PART_WRITERS[Projection.DESKS]}


def renamed(kept: Kept, number: int, offices: dict[str, str]) -> Kept:
    """Give a dossier another name and its acts other offices."""
    stream = f"dossier:{number:032x}"

    def office(name: str | None) -> str | None:
        return None if name is None else offices.get(name, name)

    dossier = msgspec.structs.replace(
        kept.dossier,
        stream=stream,
        office=office(kept.dossier.office),
        handed_to=office(kept.dossier.handed_to),
    )
    acts = [
        msgspec.structs.replace(
            act,
            stream=stream,
            entry_index=None if kept.is_veiled else 1 + number * 1_000 + act.version,
            office=office(act.office),
            to_office=office(act.to_office),
        )
        for act in kept.acts
    ]
    return Kept(dossier, acts, kept.is_veiled)


@st.composite
def some_kept(draw: st.DrawFn) -> Kept:
    life = draw(histories())
    return Kept(life.dossier, life.acts, draw(st.booleans()))


def some_offices() -> st.SearchStrategy[dict[str, str]]:
    names = sorted({"H27.15", *(act.to_office for act in _all_acts() if act.to_office)})
    return st.fixed_dictionaries({name: st.sampled_from(OFFICES) for name in names})


def _all_acts() -> list[Act]:
    return fold(a_life(*BEGINNINGS[-1]), REGISTER).acts


@st.composite
def worlds(draw: st.DrawFn) -> list[Kept]:
    found = draw(st.lists(some_kept(), min_size=1, max_size=5))
    return [renamed(kept, place, draw(some_offices())) for place, kept in enumerate(found)]


def officers(kept: list[Kept]) -> st.SearchStrategy[Officer]:
    keys = sorted({signer.key for each in kept for act in each.acts for signer in act.signers})
    places = [(each.dossier.stream, act.version) for each in kept for act in each.acts]

    def officer(
        covered: set[str], held: set[str], approves: bool, given: set[tuple[str, int]]
    ) -> Officer:
        return Officer(
            frozenset(held),
            covers=covered.__contains__,
            approves=lambda _office: approves,
            assigned=lambda asked: [each for each in asked if each in given],
        )

    return st.builds(
        officer,
        st.sets(st.sampled_from(OFFICES), max_size=3),
        st.sets(st.sampled_from(keys)),
        st.booleans(),
        st.sets(st.sampled_from(places), max_size=4),
    )


def write(views: Views, kept: list[Kept], cuts: list[int], later: bool) -> None:
    """Write acts in order of version, so many at a time; a state is that after the last act."""
    acts = sorted((act for each in kept for act in each.acts), key=lambda act: act.version)
    dossiers = {each.dossier.stream: each.dossier for each in kept}
    position: Position | None = None
    while acts:
        count = cuts.pop() if cuts else len(acts)
        step, acts = acts[:count], acts[count:]
        states: dict[str, StreamState] = {act.stream: dossiers[act.stream] for act in step}
        moved = Position(
            (0 if position is None else position.log_position) + 1, bytes(32), AS_OF, b"", count
        )
        views.write(
            ViewUpdate(
                old_log_position=0 if position is None else position.log_position,
                old_veiled_position=0 if position is None else position.veiled_position,
                position=moved,
                states=states,
                acts=step,
                holder_marks=(),
                counts_later=later and bool(acts),
            )
        )
        position = moved


@settings(max_examples=60, deadline=None)
@given(worlds(), st.data())
def test_queue_is_that_of_a_scan_over_everything(kept: list[Kept], data: st.DataObject) -> None:
    officer = data.draw(officers(kept))
    queue = data.draw(st.sampled_from(QUEUES))
    hours = data.draw(st.integers(1, 400))
    cuts = data.draw(st.lists(st.integers(1, 9), max_size=12))
    later = data.draw(st.booleans())
    sees_veiled = data.draw(st.booleans())
    with TemporaryDirectory() as folder:
        views = Views(open_engine(Path(folder) / "views.sqlite3"), DESKS_ALONE)
        write(views, kept, cuts, later)
        with views.reading(sees_veiled=sees_veiled) as reader:
            listed = list_queue(reader, REGISTER, officer, queue, hours)
        views.close()

    seen = [each for each in kept if sees_veiled or not each.is_veiled]
    expected = scanned_queue(seen, REGISTER, officer, queue, AS_OF, hours)
    assert msgspec.json.encode(listed) == msgspec.json.encode(expected)


def a_view(folder: Path, **changes: object) -> Views:
    life = fold(a_life(*BEGINNINGS[2]), REGISTER)
    views = Views(open_engine(folder / "views.sqlite3"), DESKS_ALONE)
    dossier: Dossier = life.dossier
    position = Position(9, bytes(32), AS_OF, b"")
    states: dict[str, StreamState] = {dossier.stream: dossier}
    views.write(ViewUpdate(0, position, states, life.acts, (), **changes))  # type: ignore[arg-type]
    return views


ANYBODY = Officer(frozenset(), lambda _: True, lambda _: True, lambda given: given)


def test_while_the_follower_catches_up_nobody_is_told_half_a_queue(tmp_path: Path) -> None:
    views = a_view(tmp_path, counts_later=True)

    with views.reading() as reader, pytest.raises(StoreUnavailable):
        list_queue(reader, REGISTER, ANYBODY, Queue.UNIT, 24)
    views.close()


def test_queue_of_desks_that_stopped_is_not_told(tmp_path: Path) -> None:
    views = a_view(tmp_path)
    with views.reading() as reader:
        assert len(list_queue(reader, REGISTER, ANYBODY, Queue.UNIT, 24)) == 1
    views.stop(Projection.DESKS, ValueError())

    with views.reading() as reader, pytest.raises(ProjectionStopped):
        list_queue(reader, REGISTER, ANYBODY, Queue.UNIT, 24)
    views.close()


def test_row_of_a_dossier_that_nobody_holds_any_more_is_gone(tmp_path: Path) -> None:
    views = a_view(tmp_path)
    life = fold(a_life(*BEGINNINGS[-1], "dossier.result_returned"), REGISTER)
    later = Position(20, bytes(32), AS_OF + timedelta(days=1), b"")
    acts = [
        msgspec.structs.replace(act, entry_index=100 + act.version)
        for act in life.acts[len(BEGINNINGS[2]) :]
    ]
    views.write(ViewUpdate(9, later, {life.dossier.stream: life.dossier}, acts, ()))

    with views.reading() as reader:
        assert not list_queue(reader, REGISTER, ANYBODY, Queue.UNIT, 24)
        assert reader._connection.execute(sa.select(desks_table)).all() == []
    views.close()


def test_role_of_a_desk_fits_its_column() -> None:
    assert max(len(role.value) for role in Role) <= 32


def test_due_date_that_a_calendar_moved_moves_the_dossier_to_another_queue(tmp_path: Path) -> None:
    views = a_view(tmp_path)
    stream = fold(a_life(*BEGINNINGS[2]), REGISTER).dossier.stream
    with views.reading() as reader:
        dossier = reader.states((stream,))[stream]
        assert isinstance(dossier, Dossier)
        assert len(list_queue(reader, REGISTER, ANYBODY, Queue.OVERDUE, 24)) == 1
    moved = msgspec.structs.replace(dossier, due=Due(day=AS_OF.date()))

    # Nobody acted on the dossier: the entry was on another stream.
    views.write(ViewUpdate(9, Position(10, bytes(32), AS_OF, b""), {stream: moved}, (), ()))

    with views.reading() as reader:
        assert not list_queue(reader, REGISTER, ANYBODY, Queue.OVERDUE, 24)
        (item,) = list_queue(reader, REGISTER, ANYBODY, Queue.DUE_SOON, 24)
    assert (item.stream, item.due) == (stream, "2026-03-20")
