"""Acts in a world whose writer remembers."""

from datetime import date

import msgspec

from domain.dossiers import Dossier
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.drafting import Publishing
from tests.support.ledger_builders import OFFICE, the_calendar
from tests.support.memory.worlds import RememberingWorld


def some_dossiers(world: RememberingWorld, count: int = 5) -> list[str]:
    """Record some accepted dossiers."""
    return [world.a_dossier("dossier.accepted") for _ in range(count)]


def with_day_off(world: RememberingWorld, day: date) -> SubmittedAction:
    """The national calendar again, with one more day off."""
    document = msgspec.json.decode(the_calendar())
    document["days_off"] = sorted({*document["days_off"], day.isoformat()})
    stream = "calendar:VN"
    publishing = Publishing(
        canonical_json(document), OFFICE, world.next_place(stream), world.desk.now()
    )
    return world.desk.drafter.publish_calendar(world.desk.catalogue, "VN", publishing)


def due_of(world: RememberingWorld, stream: str) -> object:
    """When a dossier is due, as the writer knows it."""
    head = world.writer._state.head(stream)
    assert head is not None
    assert isinstance(head.state, Dossier)
    return head.state.due
