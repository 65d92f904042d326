"""A ledger on paper that every projection takes something from, and followers that may fail."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa

from domain.facts import IntakeSupplementRequestedDetails
from domain.facts.shapes import SupplementItem
from domain.roles import Role
from projections.follower import Follower, PrivateFold
from projections.parts.registry import IN_VIEWS, Projection, tables_of
from projections.parts.writers import PART_WRITERS, DividedUpdate, PartWriter
from projections.rebuilding.folding import RebuildSources
from projections.views import Views, open_views
from tests.support.followed_ledger import VIEW_SECRET, some_history
from tests.support.paper_ledger import BERLIN_OFFICE, ORIGIN, PaperLedger, a_stream
from tests.support.planted.changes import plant


def a_full_ledger() -> PaperLedger:
    """Give a ledger from which every projection has rows, over several checkpoints."""
    paper = PaperLedger()
    paper.open_registry()
    paper.seal_and_publish("2026-01-01T00:00:00.000Z")
    some_history(paper, dossiers=2)
    go_on(paper, 50)
    return paper


def go_on(paper: PaperLedger, number: int) -> None:
    """Add a checkpoint with something for every projection; ``number`` tells one from another."""
    at = f"2026-03-{number - 49:02d}T00:00:00Z"
    paper.submit(a_stream(number), at)
    paper.accept(a_stream(number), at)
    _ask_for_a_paper(paper, a_stream(number + 100), at)
    paper.complain(f"petition:{number:032x}", at)
    paper.veiled.add(a_stream(number + 200))
    paper.submit(a_stream(number + 200), at)
    paper.publish_procedure(at, version=number, field=f"lĩnh vực {number}")
    if number == 50:
        paper.register_office(BERLIN_OFFICE, "Europe/Paris", at)
    paper.append_veil(a_stream(number + 200), 1)
    paper.seal_and_publish(at.replace("Z", ".500Z"))


def _ask_for_a_paper(paper: PaperLedger, stream: str, at: str) -> None:
    paper.submit(stream, at)
    items = (SupplementItem(component="form", reason="thiếu"),)
    paper.act(
        "dossier.intake_supplement_requested",
        stream,
        at,
        Role.RECEIVER,
        paper.officer,
        details=IntakeSupplementRequestedDetails(items=items),
    )


def private_of(paper: PaperLedger) -> PrivateFold:
    return PrivateFold(paper.private.get, VIEW_SECRET)


def sources_of(paper: PaperLedger) -> RebuildSources:
    return RebuildSources(ORIGIN, paper.store, paper.documents, private_of(paper))


class Told:
    """Hears which projections stopped, and by what."""

    def __init__(self) -> None:
        self.stops: list[tuple[Projection, Exception]] = []

    def __call__(self, projection: Projection, error: Exception) -> None:
        self.stops.append((projection, error))


def a_patient_follower(paper: PaperLedger, views: Views, told: Told) -> Follower:
    """Give a follower as a server has it, which goes on without what stops."""
    return Follower(ORIGIN, paper.store, views, paper.documents, private_of(paper), told)


class FailingAt:
    """Writers of which one fails at the step that has a certain entry, as long as it is told to."""

    def __init__(self, projection: Projection, entry_index: int, error: Exception) -> None:
        self._projection = projection
        self._entry_index = entry_index
        self._error = error
        self.fails = True

    @property
    def writers(self) -> Mapping[Projection, PartWriter]:
        return {**PART_WRITERS, self._projection: self._write}

    def _write(self, connection: sa.Connection, divided: DividedUpdate) -> None:
        # It has written already when it fails: nothing of that may stay.
        PART_WRITERS[self._projection](connection, divided)
        update = divided.update
        entries = range(update.old_log_position, update.position.log_position)
        if self.fails and self._entry_index in entries:
            raise self._error


def rows_in(path: Path, projections: Iterable[Projection]) -> dict[str, list[tuple[object, ...]]]:
    """Give what the tables of some projections hold."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in tables_of(list(projections))
        }
    engine.dispose()
    return found


def fresh_rows(paper: PaperLedger, path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give what all tables hold when the ledger is folded anew."""
    views = open_views(path)
    Follower(ORIGIN, paper.store, views, paper.documents, private_of(paper)).catch_up()
    views.close()
    return rows_in(path, IN_VIEWS)


def plant_wrong_rows(path: Path, projection: Projection) -> None:
    """Take the first row out of every table of a projection that has one."""
    for table in tables_of([projection]):
        if rows_in(path, [projection])[table.name]:
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
            first = f'SELECT {keys} FROM "{table.name}" ORDER BY {keys} LIMIT 1'
            plant(path, f'DELETE FROM "{table.name}" WHERE ({keys}) IN ({first})')
