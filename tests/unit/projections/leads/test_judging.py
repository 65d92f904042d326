"""Leads that are kept are those of a walk over everything, whatever changed, and however often."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.actions import Action
from domain.calendars import CalendarRecord
from domain.decisions import StreamState, evolve
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.procedures import Limit, LimitUnit
from domain.roles import Role
from ledger.errors import StoreUnavailable
from projections.dossier_rows import Act, act_of
from projections.entries import PublicEntry
from projections.findings import Finding
from projections.findings.peers.reading import read_population
from projections.findings.peers.running import PeerRun, find_among
from projections.leads import store as stores
from projections.leads.judging import compare_again, look_again
from projections.leads.store import LeadStore, StandOf
from projections.leads.tables import examined_table
from projections.reading import read_findings
from projections.tables import open_engine
from projections.views import Position, Views, ViewUpdate
from tests.support.builders import (
    COLLEAGUE_KEY,
    OFFICE,
    OFFICER_KEY,
    PROCEDURE,
    a_life,
    a_register,
)
from tests.support.situations.lives import a_stepped_procedure
from tests.unit.projections.status.test_histories import BEGINNINGS, histories

BEGAN = datetime(2026, 3, 2, 2, tzinfo=UTC)


@dataclass
class Kept:
    """Views and leads in a folder, which a test fills step by step."""

    views: Views
    store: LeadStore
    position: Position | None = None
    entry_index: int = 0

    def write(self, states: dict[str, StreamState], acts: list[Act], at: datetime) -> None:
        """Write one step; without an act an entry passes that leads none."""
        self.entry_index += 1
        veiled = 0 if self.position is None else self.position.veiled_position
        hidden = sum(act.entry_index is None for act in acts)
        moved = Position(self.entry_index, bytes(32), at, b"", veiled + hidden)
        old = 0 if self.position is None else self.position.log_position
        self.views.write(ViewUpdate(old, moved, states, acts, (), old_veiled_position=veiled))
        self.position = moved

    def index(self) -> int:
        self.entry_index += 1
        return self.entry_index - 1


@contextmanager
def kept_in(folder: Path) -> Iterator[Kept]:
    views = Views(open_engine(folder / "views.sqlite3"), {})
    store = LeadStore(folder / "findings.sqlite3")
    yield Kept(views, store)
    store.close()
    views.close()


def walked(views: Views) -> tuple[list[Finding], PeerRun]:
    with views.reading(sees_veiled=True) as reader:
        population = read_population(reader)
        assert population is not None
        run = find_among(population)
        return [*read_findings(reader), *run.findings], run


def stored(store: LeadStore) -> list[Finding]:
    with store.reading() as kept:
        return list(kept.leads())


def registry() -> dict[str, StreamState]:
    register = a_register(a_stepped_procedure())
    return {
        **{f"key:{name}": no_registrar(record) for name, record in register.keys.items()},
        **{f"office:{name}": record for name, record in register.offices.items()},
        **{f"procedure:{code}": record for code, record in register.procedures.items()},
        "calendar:VN": register.calendars["VN"],
    }


def no_registrar(record: KeyRecord) -> KeyRecord:
    """Give a key that enrols nobody: where registrars change, everything is looked at again."""
    grants = tuple(grant for grant in record.grants if grant.role is not Role.REGISTRAR)
    return replace(record, grants=grants)


def renamed(action: Action, stream: str) -> Action:
    members = {name: getattr(action, name) for name in Action.__struct_fields__}
    return Action(**(members | {"stream": stream}))


@dataclass
class Course:
    """A history that is written act by act."""

    stream: str
    is_veiled: bool
    actions: list[Action]
    state: Any = None

    def next_acts(self, count: int, kept: Kept, at: datetime) -> list[Act]:
        register, acts = a_register(a_stepped_procedure()), []
        for action in self.actions[:count]:
            self.state = evolve(self.state, action, register)
            index = None if self.is_veiled else kept.index()
            acts.append(act_of(PublicEntry(index, action, at, b""), self.state))
        self.actions = self.actions[count:]
        return acts


@st.composite
def courses(draw: st.DrawFn, number: int) -> Course:
    life = draw(histories())
    kinds = [act.kind for act in life.acts]
    stream = f"dossier:{number:032x}"
    return Course(stream, draw(st.booleans()), [renamed(each, stream) for each in a_life(*kinds)])


def key_replaced(states: dict[str, StreamState]) -> dict[str, StreamState]:
    older, newer = states[f"key:{OFFICER_KEY}"], states[f"key:{COLLEAGUE_KEY}"]
    assert isinstance(older, KeyRecord)
    assert isinstance(newer, KeyRecord)
    return {
        f"key:{OFFICER_KEY}": replace(older, successor=COLLEAGUE_KEY),
        f"key:{COLLEAGUE_KEY}": replace(newer, replaces=OFFICER_KEY),
    }


def grants_lost(states: dict[str, StreamState]) -> dict[str, StreamState]:
    record = states[f"key:{OFFICER_KEY}"]
    assert isinstance(record, KeyRecord)
    return {f"key:{OFFICER_KEY}": replace(record, ended=record.grants)}


def limit_longer(states: dict[str, StreamState]) -> dict[str, StreamState]:
    record: Any = states[f"procedure:{PROCEDURE}"]
    limit = Limit(unit=LimitUnit.WORKING_DAYS, amount=90)
    versions = tuple(replace(each, limit=limit) for each in record.versions)
    return {f"procedure:{PROCEDURE}": replace(record, versions=versions)}


def days_off(states: dict[str, StreamState]) -> dict[str, StreamState]:
    record = states["calendar:VN"]
    assert isinstance(record, CalendarRecord)
    days = tuple(BEGAN.date() + timedelta(days=number) for number in range(30))
    calendar = replace(record.calendar, days_off=days)
    return {"calendar:VN": replace(record, calendar=calendar)}


def office_elsewhere(states: dict[str, StreamState]) -> dict[str, StreamState]:
    record: Any = states[f"office:{OFFICE}"]
    office = replace(record.office, time_zone="America/New_York")
    return {f"office:{OFFICE}": replace(record, office=office)}


CHANGES = (key_replaced, grants_lost, limit_longer, days_off, office_elsewhere)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_leads_are_those_of_a_walk_however_steps_and_looks_were_cut(data: st.DataObject) -> None:
    lives = [data.draw(courses(number)) for number in range(data.draw(st.integers(1, 4)))]
    known, at = registry(), BEGAN
    with TemporaryDirectory() as folder, kept_in(Path(folder)) as kept:
        kept.write(known, [], at)
        for _ in range(data.draw(st.integers(1, 8))):
            at += timedelta(hours=data.draw(st.integers(1, 400)))
            states: dict[str, StreamState] = {}
            acts: list[Act] = []
            change = data.draw(st.sampled_from([None, None, *CHANGES]))
            if change is not None:
                states |= change(known)
                known |= states
            for life in lives:
                acts += life.next_acts(data.draw(st.integers(0, 4)), kept, at)
                if life.state is not None:
                    states[life.stream] = life.state
            kept.write(states, acts, at)
            if data.draw(st.booleans()):
                look_again(kept.views, kept.store)
        look_again(kept.views, kept.store)
        compare_again(kept.views, kept.store)

        findings, run = walked(kept.views)
        assert stored(kept.store) == findings
        with kept.store.reading() as reader:
            assert reader.peer_run() == PeerRun((), run.reports)
            assert reader.dossiers_by_office().total() == sum(
                life.state is not None for life in lives
            )


def fill(kept: Kept, dossiers: int, at: datetime = BEGAN) -> None:
    """Write dossiers that were accepted, and nobody touched since."""
    kept.write(registry(), [], at)
    for number in range(dossiers):
        stream = f"dossier:{number:032x}"
        actions = [renamed(each, stream) for each in a_life(*BEGINNINGS[3])]
        life = Course(stream, number % 2 == 1, actions)
        acts = life.next_acts(len(actions), kept, at)
        kept.write({stream: life.state}, acts, at)


def test_what_time_alone_changes_is_found_though_nobody_acted(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        fill(kept, 2)
        look_again(kept.views, kept.store)
        assert stored(kept.store) == []

        kept.write({}, [], BEGAN + timedelta(days=60))
        look_again(kept.views, kept.store)

        found = stored(kept.store)
        assert {"R07", "R13"} <= {finding.rule for finding in found}
        assert found == read_walk(kept.views)


def read_walk(views: Views) -> list[Finding]:
    with views.reading(sees_veiled=True) as reader:
        return read_findings(reader)


@pytest.mark.parametrize("change", [key_replaced, limit_longer])
def test_what_a_key_or_a_procedure_changes_is_found_though_nobody_acted(
    tmp_path: Path, change: Callable[[dict[str, StreamState]], dict[str, StreamState]]
) -> None:
    """Two keys took part, which turn out to be one person's; or the procedure has another limit."""
    with kept_in(tmp_path) as kept:
        at = BEGAN + timedelta(days=9)
        kept.write(registry(), [], at)
        for number in (0, 1):
            stream = f"dossier:{number:032x}"
            actions = [
                renamed(each, stream) for each in a_life(*BEGINNINGS[-1], "dossier.result_returned")
            ]
            life = Course(stream, number == 1, [*actions[:-4], *map(by_colleague, actions[-4:])])
            acts = life.next_acts(len(actions), kept, at)
            kept.write({stream: life.state}, acts, at)
        look_again(kept.views, kept.store)
        with kept.store.reading() as reader:
            assert not reader.watched()
        before = stored(kept.store)
        kept.write(change(registry()), [], at)

        look_again(kept.views, kept.store)

        assert stored(kept.store) == read_walk(kept.views)
        assert stored(kept.store) != before


def by_colleague(action: Action) -> Action:
    """Let a colleague do it, more than a week later."""
    members = {name: getattr(action, name) for name in Action.__struct_fields__}
    signers = tuple(replace(each, key=COLLEAGUE_KEY) for each in action.signers)
    at = Moment(instant=action.at.start_in("UTC") + timedelta(days=8))
    return Action(**(members | {"signers": signers, "at": at}))


def test_a_dossier_that_nothing_changes_is_not_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = (*BEGINNINGS[-1], "dossier.result_returned")
    with kept_in(tmp_path) as kept:
        kept.write(registry(), [], BEGAN)
        stream = f"dossier:{7:032x}"
        life = Course(stream, False, [renamed(each, stream) for each in a_life(*ended)])
        acts = life.next_acts(len(ended), kept, BEGAN)
        kept.write({stream: life.state}, acts, BEGAN)
        look_again(kept.views, kept.store)
        kept.write({}, [], BEGAN + timedelta(days=9))
        looked: list[str] = []
        monkeypatch.setattr(
            "projections.leads.judging.look_at", lambda each, _: looked.append(each.dossier.stream)
        )
        look_again(kept.views, kept.store)

        assert looked == []


def test_another_program_looks_at_everything_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_in(tmp_path) as kept:
        fill(kept, 3)
        look_again(kept.views, kept.store)
        compare_again(kept.views, kept.store)
        monkeypatch.setattr(stores, "program_digest", lambda: b"another program".ljust(32))

        with kept.store.reading() as reader:
            assert reader.stand() is None
            assert reader.stand(StandOf.PEERS) is None
            assert reader.peer_run() is None
        look_again(kept.views, kept.store)
        with kept.store.reading() as reader:
            assert reader.stand() is not None


def test_a_file_that_is_lost_or_is_none_of_ours_is_made_again(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        fill(kept, 4, BEGAN)
        kept.write({}, [], BEGAN + timedelta(days=60))
        look_again(kept.views, kept.store)
        before = stored(kept.store)
        for content in (None, b"something else entirely" * 999):
            kept.store.close()
            for path in tmp_path.glob("findings.sqlite3*"):
                path.unlink()
            if content is not None:
                (tmp_path / "findings.sqlite3").write_bytes(content)
            again = LeadStore(tmp_path / "findings.sqlite3")
            look_again(kept.views, again)

            assert before
            assert stored(again) == before
            again.close()


def test_leads_ahead_of_the_views_stay_while_those_are_made_again(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        fill(kept, 2)
        look_again(kept.views, kept.store)
        later = kept.position
        assert later is not None
        fresh = Views(open_engine(tmp_path / "fresh.sqlite3"), {})
        behind = Kept(fresh, kept.store)
        behind.write(registry(), [], BEGAN)

        stand = look_again(fresh, kept.store)

        assert stand is not None
        assert stand.log_position == later.log_position
        fresh.close()


def test_rows_that_were_replaced_from_beside_are_looked_at_again(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        fill(kept, 1)
        look_again(kept.views, kept.store)
        with kept.store.changing() as writer:
            writer._connection.execute(sa.delete(examined_table))
        with kept.views._transaction() as connection:
            connection.exec_driver_sql("INSERT INTO rebuilds VALUES (1)")
        look_again(kept.views, kept.store)

        with kept.store.reading() as reader:
            assert reader.dossiers_by_office().total() == 1


def test_leads_are_read_by_office_and_by_rule(tmp_path: Path) -> None:
    with kept_in(tmp_path) as kept:
        fill(kept, 4)
        kept.write({}, [], BEGAN + timedelta(days=60))
        look_again(kept.views, kept.store)
        everything = read_walk(kept.views)

        with kept.store.reading() as reader:
            of_rule = list(reader.leads(None, "R13"))
            assert of_rule == [each for each in everything if each.rule == "R13"]
            assert list(reader.leads(OFFICE)) == everything
            assert list(reader.leads("nowhere")) == []


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    store = LeadStore(tmp_path / "missing" / "findings.sqlite3")

    with pytest.raises(StoreUnavailable), store.reading():
        pass
