"""Ratings of an office whose dossiers all are veiled: asked for alone, and by others."""

from collections.abc import Iterator

import pytest

from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from domain.facts import RatingStage
from domain.procedures.profiles import Publication, PublicationProfile
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Publishing, place_after
from projections.recompute import FiguresOfWorld, replay_log
from tests.http.world import OTHER_OFFICE, World, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE, a_procedure
from tests.support.tallies.rated_over_http import (
    an_accepted,
    an_ended,
    end_month,
    publish_tally,
    rate,
)

RATED = 24
FIELD = "H%E1%BB%99+t%E1%BB%8Bch"
ADDRESSES = tuple(
    f"/v1/statistics/ratings?{members}"
    for members in (
        f"office={OFFICE}",
        f"office={OFFICE}&by=stage&format=csv",
        f"office={OFFICE}&subtree=1&by=office,period",
        f"office={OTHER_OFFICE}",
        f"office={OTHER_OFFICE}&by=procedure",
        "office=H99",
        "office=H99&subtree=1&by=office",
        "level=commune",
        "level=province&by=office",
        f"field={FIELD}&by=office,field",
    )
)


def veil_the_procedure(world: World) -> None:
    """Publish its next version, whose dossiers are veiled."""
    profile = PublicationProfile(commune=Publication.VEILED)
    document = canonical_json(a_procedure(version=2, field="Hộ tịch", publication=profile))
    (first,) = world.parts.reader.stream_events(f"procedure:{PROCEDURE}")
    place = place_after(FIRST_PLACE, first.note)
    what = Publishing(document, OFFICE, place, world.now)
    world.record(world.drafter.publish_procedure(world.keys["admin"], PROCEDURE, 2, what))


@pytest.fixture(scope="module")
def veiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world in which one office has open dossiers, and another has veiled ones alone."""
    with a_world(tmp_path_factory.mktemp("veiled")) as world:
        fill_registry(world, field="Hộ tịch")
        world.recorded = (201, 202)
        for number in range(RATED):
            rate(world, an_ended(world), RatingStage.RESULT, 1 + number % 5)
        veil_the_procedure(world)
        for number in range(RATED):
            dossier = an_accepted(world, OTHER_OFFICE)
            rate(world, dossier, RatingStage.RECEIPT, 1 + number % 5)
        end_month(world)
        publish_tally(world)
        world.follow()
        yield world


def total_of(world: World, members: str) -> tuple[int, int, int]:
    answered = world.client.simulate_get(f"/v1/statistics/ratings?{members}").json
    sums = answered["sums"]
    return answered["total"]["ratings"], sums["not_placed"], sums["elsewhere"]


def test_office_asked_for_alone_is_not_given_the_ratings_of_one_with_veiled_dossiers_alone(
    veiled: World,
) -> None:
    counted = total_of(veiled, "")[0]
    mine, theirs = total_of(veiled, f"office={OFFICE}"), total_of(veiled, f"office={OTHER_OFFICE}")

    assert mine[0] >= 10
    assert theirs[0] >= 10
    assert mine[0] + theirs[0] == counted
    assert (mine[1:], theirs[1:]) == ((0, theirs[0]), (0, mine[0]))
    open_alone = veiled.client.simulate_get("/v1/statistics/counts?by=office").json["figures"]
    assert {each["office"] for each in open_alone} == {OFFICE}


def test_office_that_is_not_registered_has_no_ratings(veiled: World) -> None:
    assert total_of(veiled, "office=H99") == (0, 0, total_of(veiled, "")[0])


@pytest.mark.parametrize("address", ADDRESSES)
def test_ratings_beside_veiled_dossiers_are_answered_with_the_bytes_that_the_log_gives(
    veiled: World, address: str
) -> None:
    parts = veiled.parts
    replayed = replay_log(parts.tile_store, parts.anchors, parts.documents)
    path, members = split_address(address)

    served = veiled.client.simulate_get(address)
    recomputed = answer(FiguresOfWorld(replayed), path, members, wanted_format(members))

    assert served.status_code == 200
    assert served.content == recomputed.body
