"""One world with a small catalogue, for the interface and for the pages."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.offices import BilingualName
from domain.procedures import FactTag, Provenance
from ledger.catalogue.publishing import Publisher
from tests.http.world import World, a_world, fill_registry
from tests.support.builders import OFFICE, a_procedure

BIRTH = "1.001193"
UNVERIFIED = (Provenance(tag=FactTag.UNVERIFIED, members=("supplement_policy",)),)


def publish(world: World, code: str, name: str, version: int = 1, **more: Any) -> None:
    procedure = a_procedure(
        code=code, version=version, name=BilingualName(vi=name, en="Matter"), **more
    )
    publisher = Publisher(world.drafter, world.keys["admin"], OFFICE, world.now)
    world.record(publisher.publish(world.parts.reader, procedure))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("catalogue")) as world:
        fill_registry(world)
        publish(world, BIRTH, "Khai sinh", field="Hộ tịch", provenance=UNVERIFIED)
        publish(world, BIRTH, "Đăng ký khai sinh", 2, field="Hộ tịch", provenance=UNVERIFIED)
        publish(world, "1.000656", "Đăng ký <khai tử>", field="Hộ tịch")
        world.settle()
        world.follow()
        yield world
