"""Pages of trails from the stored views, beside a plain filter over all acts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.actions import Signer
from domain.moments import Moment
from domain.roles import Role
from projections.casefiles.pages import read_page, trail_entries
from projections.dossier_rows import Act
from projections.people.subjects import START, OrderScope, TrailQuery
from projections.people.trail import TrailEntry
from projections.stored.rows import insert_acts
from projections.stored.trails import AUTHORISED, REVOKED
from projections.stored.veiled import insert_veiled_acts
from projections.tables import (
    VEILED_TABLES,
    WITH_VEILED,
    act_signers_table,
    acts_table,
    open_engine,
)
from projections.views import ViewReader

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
KEYS = ("officer-a", "officer-b", "proxy-1")
OFFICES = ("A", "B", None)
STREAMS = ("dossier:1", "dossier:2", "office:A")
KINDS = ("dossier.accepted", AUTHORISED, REVOKED)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    made = open_engine(tmp_path_factory.mktemp("views") / "views.sqlite3")
    yield made
    made.dispose()


@st.composite
def histories(draw: st.DrawFn) -> tuple[Act, ...]:
    """Acts as a ledger records them: times never fall, versions rise, some are veiled."""
    count, hours = draw(st.integers(0, 25)), 0
    acts, index = [], 0
    for number in range(count):
        hours += draw(st.integers(0, 2))
        veiled = draw(st.booleans())
        at = BEGIN + timedelta(hours=hours)
        acts.append(
            Act(
                entry_index=None if veiled else index,
                stream=draw(st.sampled_from(STREAMS)),
                version=number + 1,
                kind=draw(st.sampled_from(KINDS)),
                at=Moment(instant=at),
                recorded_at=at,
                office=draw(st.sampled_from(OFFICES)),
                signers=tuple(
                    Signer(key=key, role=Role.PROCESSOR)
                    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
                ),
                performer=draw(st.none() | st.just("p1")),
            )
        )
        index += not veiled
    return tuple(acts)


subsets = st.none() | st.lists(st.sampled_from(("A", "B")), unique=True).map(tuple)
queries = st.builds(
    TrailQuery,
    signers=st.none()
    | st.lists(st.sampled_from((*KEYS, "p1")), min_size=1, unique=True).map(tuple),
    offices=subsets,
    dossiers=st.none() | st.just(("dossier:1",)),
    proxy=st.none() | st.just("proxy-1"),
    start=st.integers(0, 9).map(lambda hours: BEGIN + timedelta(hours=hours)),
    end=st.integers(5, 60).map(lambda hours: BEGIN + timedelta(hours=hours)),
    covered=subsets,
    scope=st.none() | st.just(OrderScope(("A",), ("dossier:2",))),
)


def wanted(act: Act, query: TrailQuery, acts: Sequence[Act]) -> bool:
    """The obvious filter."""
    names = {signer.key for signer in act.signers} | {act.performer}
    row = [each for each in acts if (each.entry_index is None) == (act.entry_index is None)]
    authorised = {
        each.stream
        for each in row
        if each.kind == AUTHORISED and "proxy-1" in {signer.key for signer in each.signers}
    }
    return (
        query.start <= act.recorded_at < query.end
        and (query.signers is None or bool(names & set(query.signers)))
        and (query.offices is None or act.office in query.offices)
        and (query.dossiers is None or act.stream in query.dossiers)
        and (query.covered is None or act.office in query.covered)
        and (query.scope is None or act.office == "A" or act.stream == "dossier:2")
        and (
            query.proxy is None
            or "proxy-1" in names
            or (act.kind == REVOKED and act.stream in authorised)
        )
    )


def in_order(acts: Sequence[Act]) -> list[Act]:
    def place(act: Act) -> tuple[datetime, int, str, int]:
        index = -1 if act.entry_index is None else act.entry_index
        return act.recorded_at, index, act.stream, act.version

    return sorted(acts, key=place)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(histories(), queries, st.integers(1, 5))
def test_pages_together_are_the_plain_filter(
    engine: sa.Engine, acts: tuple[Act, ...], query: TrailQuery, limit: int
) -> None:
    with engine.begin() as connection:
        for table in (acts_table, act_signers_table, *VEILED_TABLES):
            connection.execute(sa.delete(table))
        insert_acts(connection, [act for act in acts if act.entry_index is not None])
        insert_veiled_acts(connection, [act for act in acts if act.entry_index is None])
        reader = ViewReader(connection, WITH_VEILED)
        paged: list[TrailEntry] = []
        after = START
        for _ in range(len(acts) + 1):
            page = read_page(reader, replace(query, after=after, limit=limit))
            assert len(page.entries) <= limit
            paged += page.entries
            if page.next is None:
                break
            after = page.next
        blind = list(ViewReader(connection).trail(query))

    expected = in_order([act for act in acts if wanted(act, query, acts)])
    assert tuple(paged) == trail_entries(expected, query.signers, lambda _name: None)
    assert blind == [act for act in expected if act.entry_index is not None]
