"""What moves other people's due dates is not dated back: by the writer's clock, and by seals."""

from datetime import date, timedelta

import pytest

from domain.facts.integrity import OutageDeclared
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.drafting import Place, Publishing
from tests.support.builders import a_calendar, an_office
from tests.support.forged_logs import a_forger
from tests.support.ledger_builders import OFFICE, ORIGIN, START, Desk, World, a_world, operator_keys

HOUR = timedelta(hours=1)


def a_calendar_act(desk: Desk, place: Place, at: Moment) -> SubmittedAction:
    what = Publishing(canonical_json(a_calendar()), OFFICE, place, at)
    return desk.drafter.publish_calendar(desk.catalogue, "VN", what)


def an_office_act(desk: Desk, place: Place, at: Moment) -> SubmittedAction:
    document = canonical_json(an_office(OFFICE, valid_from=date(2025, 1, 1)))
    return desk.drafter.register_office(desk.registrar, OFFICE, document, place, at)


def an_outage_act(desk: Desk, place: Place, at: Moment) -> SubmittedAction:
    return desk.act(
        "ledger.outage_declared",
        f"ledger:{ORIGIN}",
        place,
        OutageDeclared(since="2026-02-28T00:00:00Z"),
        at=at,
        signers=[(Role.SYSTEM, operator_keys().system)],
        office=None,
    )


ACTS = {
    "calendar:VN": a_calendar_act,
    f"office:{OFFICE}": an_office_act,
    f"ledger:{ORIGIN}": an_outage_act,
}


def later_world() -> World:
    """Give a world that was sealed last three hours after its start."""
    world = a_world()
    world.clock.pass_time(hours=3)
    world.a_dossier()
    return world


def codes(world: World, *submitted: SubmittedAction) -> list[str]:
    return [verdict.code for verdict in world.record(*submitted)]


@pytest.mark.parametrize("stream", ACTS)
def test_act_that_moves_dossiers_is_not_dated_back_before_the_last_seal(stream: str) -> None:
    world = later_world()
    sealed_at = world.clock.now
    place, act = world.next_place(stream), ACTS[stream]

    refused = codes(world, act(world.desk, place, Moment(instant=START)))
    within = Moment(instant=(sealed_at - HOUR + timedelta(minutes=1)).replace(microsecond=0))
    permitted = codes(world, act(world.desk, place, within))

    assert refused == ["dated_back"]
    assert permitted == [""]
    assert world.audit(world.store).problems == []


def test_writer_that_starts_again_knows_the_last_seal() -> None:
    world = later_world()
    world.writer = world.new_writer()
    world.writer.take_over("successor")
    place = world.next_place("calendar:VN")

    assert codes(world, a_calendar_act(world.desk, place, Moment(instant=START))) == ["dated_back"]


@pytest.mark.parametrize("stream", ACTS)
def test_day_alone_does_not_carry_a_calendar_back_to_the_day_before(stream: str) -> None:
    """The day before is still not over west of here: an office that was late was not any more."""
    world = later_world()
    world.clock.pass_time(days=2)
    place, act = world.next_place(stream), ACTS[stream]

    for days in (0, 1):
        day = Moment(day=world.clock.now.date() - timedelta(days=days))
        assert codes(world, act(world.desk, place, day)) == ["instant_needed"]


@pytest.mark.parametrize("stream", ACTS)
def test_quiet_log_whose_last_seal_is_old_lets_nothing_be_dated_back_to_it(stream: str) -> None:
    """Acts on veiled dossiers make no seal: for a night, any hour since was "after the seal"."""
    world = later_world()
    last_seal = world.clock.now.replace(microsecond=0)
    world.clock.pass_time(hours=12)
    place, act = world.next_place(stream), ACTS[stream]

    refused = codes(world, act(world.desk, place, Moment(instant=last_seal)))
    now = Moment(instant=world.clock.now.replace(microsecond=0))
    permitted = codes(world, act(world.desk, place, now))

    assert refused == ["dated_back"]
    assert permitted == [""]
    assert world.audit(world.store).problems == []


def test_auditor_names_a_calendar_of_a_mere_day_that_a_lying_writer_took() -> None:
    forger = a_forger()
    place, entry_index = forger.place("calendar:VN"), forger.size
    forger.add(a_calendar_act(forger.desk, place, Moment(day=forger.clock.now.date())))
    forger.seal()

    assert forger.problems() == [("instant_needed", entry_index)]


def test_first_calendar_moves_nothing_and_may_be_of_an_earlier_moment() -> None:
    world = later_world()
    what = Publishing(
        canonical_json(a_calendar(id="H27")),
        OFFICE,
        world.next_place("calendar:H27"),
        Moment(instant=START),
    )

    published = world.desk.drafter.publish_calendar(world.desk.catalogue, "H27", what)

    assert codes(world, published) == [""]


def test_auditor_names_a_calendar_that_a_lying_writer_dated_back() -> None:
    forger = a_forger()
    forger.clock.pass_time(hours=3)
    forger.a_dossier()
    forger.seal()
    place = forger.place("calendar:VN")
    entry_index = forger.size
    forger.add(a_calendar_act(forger.desk, place, Moment(instant=START)))
    forger.seal()

    assert forger.problems() == [("dated_back", entry_index)]
