"""A small ledger in a real database, with a rating that waits and one in its envelope."""

from pathlib import Path

from ledger.storage.sqlite import SqliteLedgerStore
from tests.support.ledger_builders import World, a_world

NEXT_MONTH_DAYS = 40


def a_stored_world(path: Path) -> World:
    """A world on SQLite: a dossier of three acts, a rating enveloped, another one deferred."""
    world = a_world(store=SqliteLedgerStore(path))
    stream = world.a_dossier("dossier.accepted", "dossier.processor_assigned")
    world.record(world.desk.rating(world.desk.new_stream("rating"), stream))
    world.clock.pass_time(days=NEXT_MONTH_DAYS)
    later = world.desk.rating(world.desk.new_stream("rating"), world.a_dossier("dossier.accepted"))
    assert [verdict.code for verdict in world.record(later)] == [""]
    assert (len(world.store.enveloped_events()), len(world.store.deferred_events())) == (1, 1)
    return world


def unrecorded_event(world: World) -> str:
    """Give a statement that stores a well signed first act of a new dossier, without an entry."""
    stream = world.desk.new_stream()
    note = world.desk.submitted(stream).note.hex()
    return f"INSERT INTO stored_events VALUES (900, '{stream}', 1, 'dossier.submitted', x'{note}')"
