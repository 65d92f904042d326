"""A served world that has lived through some days, with their editions."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api import bootstrap
from domain.facts import DossierAccepted, DossierAcceptedDetails
from domain.moments import Moment
from projections.editions.contents import FILES
from tests.http.world import ROLES, World, a_world, fill_registry

LATE_AT = Moment(instant=datetime(2026, 11, 25, 3, tzinfo=UTC))
DAYS = ["2026-11-20", "2026-11-22", "2026-12-01", "2026-12-02"]


@pytest.fixture(scope="module")
def answered() -> dict[str, bytes]:
    """Give what statistics answered at the newest edition's checkpoint, by address."""
    return {}


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory, answered: dict[str, bytes]) -> Iterator[World]:
    """On 2 December an act of November comes in late; the days of `DAYS` have editions.

    An act of 4 December makes the last of them final; its own day is not.
    """
    with a_world(tmp_path_factory.mktemp("dated")) as world:
        fill_registry(world)
        world.accept(world.submit())
        world.settle()
        world.wait(days=2)
        late = world.submit()
        world.settle()
        world.wait(days=9)
        running = world.submit()
        running.code = "H27.15-261201-0003"
        world.accept(running)
        world.settle()
        world.wait(days=1)
        details = DossierAcceptedDetails(code="H27.15-261125-0002")
        signer = ROLES["receiver"], world.keys["receiver"]
        facts = DossierAccepted()
        world.record(world.sign(late, "dossier.accepted", facts, signer, details, at=LATE_AT))
        world.settle()
        world.follow()
        answered |= {
            file.address: world.client.simulate_get(file.address).content for file in FILES
        }
        world.wait(days=2)
        world.submit()
        world.settle()
        world.follow()
        bootstrap.edition_maker(world.settings).make_due()
        yield world
