"""The writer's core: one order, one answer per text, refusals that single one action out."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.facts import DossierAccepted, RatingStage, SatisfactionRatedDetails
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import place_after
from ledger.writing.frames import HandedAction
from ledger.writing.writer import LONGEST_PUBLICATION_DELAY
from tests.support.ledger_builders import (
    ORIGIN,
    START,
    SteppingClock,
    World,
    a_world,
    operator_keys,
)
from tests.support.other_signatures import signed_otherwise
from transparency.hashing import leaf_hash
from transparency.notes import parse_note, render_note
from transparency.promises import open_promise, open_refusal
from transparency.seals import is_seal, parse_seal

PROMISE_KEY = operator_keys().promise.verification_key


def _codes(world: World, *submitted: SubmittedAction) -> list[str]:
    return [verdict.code for verdict in world.record(*submitted)]


def test_a_group_is_recorded_in_the_order_of_its_actions() -> None:
    world = a_world()
    streams = [world.desk.new_stream() for _ in range(3)]
    size = world.writer.published_size

    verdicts = world.record(*(world.desk.submitted(stream) for stream in streams))

    assert [verdict.entry_index for verdict in verdicts] == [size, size + 1, size + 2]
    assert is_seal(world.entries()[-1])
    assert world.writer.published_size == size + 4


def test_actions_of_one_group_follow_one_another_on_one_stream() -> None:
    world = a_world()
    stream = world.desk.new_stream()
    first = world.desk.submitted(stream)
    place = place_after(world.next_place(stream), first.note)
    second = world.desk.act("dossier.accepted", stream, place)

    assert _codes(world, first, second) == ["", ""]


def test_a_refusal_singles_out_one_action_and_never_the_group() -> None:
    world = a_world()
    good = [world.desk.submitted(world.desk.new_stream()) for _ in range(3)]
    stale = world.desk.act("dossier.accepted", world.a_dossier(), world.next_place("dossier:x"))

    codes = _codes(world, good[0], stale, good[1], HandedToNobody, good[2])

    assert codes == ["", "stale_version", "", "malformed_note", ""]
    assert world.audit(world.store).ok


HandedToNobody = SubmittedAction(b"these bytes are no note")


def test_bytes_that_are_no_action_of_this_ledger_get_no_signature() -> None:
    world = a_world()
    other = world.desk.submitted(world.desk.new_stream())
    text = parse_note(other.note).text.replace(ORIGIN.encode(), b"localhost/ffffffff")
    foreign = SubmittedAction(render_note(text, [world.desk.officer.sign(text)]))

    verdicts = world.record(HandedToNobody, foreign)

    assert [(v.code, v.note) for v in verdicts] == [("malformed_note", b""), ("wrong_ledger", b"")]


def test_an_accepted_action_gets_a_promise_with_its_leaf_and_a_deadline() -> None:
    world = a_world()
    stream = world.desk.new_stream()
    action = world.desk.submitted(stream)

    (verdict,) = world.record(action)

    promise = open_promise(verdict.note, PROMISE_KEY)
    assert (promise.ledger, promise.stream, promise.version) == (ORIGIN, stream, 1)
    assert promise.leaf_hash == leaf_hash(action.note)
    assert promise.publish_by - promise.promised_at == LONGEST_PUBLICATION_DELAY
    assert promise.promised_at <= world.clock.now


def test_a_refusal_is_signed_with_the_code_and_the_hash_of_the_text() -> None:
    world = a_world()
    stream = world.a_dossier()
    action = world.act("dossier.result_issued", stream)

    (verdict,) = world.record(action)

    refusal = open_refusal(verdict.note, PROMISE_KEY)
    assert verdict.code == refusal.code == "not_permitted"
    assert refusal.text_hash == open_text(action.note, ORIGIN).text_hash
    assert verdict.entry_index is None


def test_a_text_seen_before_gets_its_first_promise_until_it_is_published() -> None:
    world = a_world()
    action = world.desk.submitted(world.desk.new_stream())
    (first,) = world.record(action, with_seal=False)

    (again,) = world.record(action, publish=False)
    world.writer.publish()
    (published,) = world.record(action)

    assert (again.code, again.repeated, again.note) == ("", True, first.note)
    assert again.entry_index == published.entry_index == first.entry_index
    assert (published.repeated, published.note) == (True, b"")
    assert world.store.sequenced_size() == world.writer.published_size


def test_one_text_twice_in_one_group_is_recorded_once_and_both_know_its_place() -> None:
    world = a_world()
    action = world.desk.submitted(world.desk.new_stream())
    size = world.store.sequenced_size()

    first, again = world.record(action, action)

    assert (first.entry_index, again.entry_index) == (size, size)
    assert (first.repeated, again.repeated) == (False, True)
    assert first.note == again.note
    assert world.store.sequenced_size() == size + 2


def test_the_same_text_signed_otherwise_is_the_same_action_and_the_first_note_stays() -> None:
    world = a_world()
    stream = world.desk.new_stream()
    action = world.desk.submitted(stream)
    other = signed_otherwise(action, world.desk.applicant_of(stream))
    assert other.note != action.note

    (first, in_group) = world.record(action, other)
    (later,) = world.record(other)

    for again in (in_group, later):
        assert (again.code, again.repeated, again.entry) == ("", True, action.note)
        assert again.entry_index == first.entry_index
    assert world.store.stream_events(stream)[0].note == action.note


def test_another_text_under_a_taken_version_is_stale() -> None:
    world = a_world()
    stream = world.a_dossier()
    first = world.act("dossier.accepted", stream)
    second = world.act("dossier.accepted", stream, facts=DossierAccepted(appointment="2026-03-20"))

    assert _codes(world, first, second) == ["", "stale_version"]
    assert _codes(world, second) == ["stale_version"]


def test_a_version_that_leaves_a_gap_is_stale() -> None:
    world = a_world()
    stream = world.a_dossier()
    place = place_after(world.next_place(stream), b"never recorded")

    assert _codes(world, world.act("dossier.accepted", stream, place=place)) == ["stale_version"]


def test_an_action_of_the_future_is_refused_beyond_five_minutes_of_tolerance() -> None:
    world = a_world(clock=SteppingClock(step=timedelta(0)))
    stream = world.a_dossier()

    def accepted_after(**time: int) -> SubmittedAction:
        return world.act("dossier.accepted", stream, at=Moment(instant=START + timedelta(**time)))

    assert _codes(world, accepted_after(minutes=5, seconds=1)) == ["acted_in_the_future"]
    assert _codes(world, accepted_after(minutes=5)) == [""]


def test_a_day_is_not_in_the_future_where_it_has_begun_somewhere() -> None:
    world = a_world(clock=SteppingClock(datetime(2026, 3, 2, 9, 59, tzinfo=UTC), timedelta(0)))
    first, second = world.a_dossier(), world.a_dossier()
    tomorrow = Moment(day=datetime(2026, 3, 3, tzinfo=UTC).date())

    early = _codes(world, world.act("dossier.accepted", first, at=tomorrow))
    world.clock.pass_time(minutes=1)

    assert early == ["acted_in_the_future"]
    assert _codes(world, world.act("dossier.accepted", second, at=tomorrow)) == [""]


def test_a_clock_that_is_set_back_never_makes_the_auditor_disagree() -> None:
    world = a_world()
    stream = world.a_dossier()
    ahead = Moment(instant=START + timedelta(minutes=14))
    world.clock.pass_time(minutes=10)
    (unsealed,) = world.record(world.act("dossier.accepted", stream, at=ahead), with_seal=False)
    assert unsealed.code == ""

    world.clock.now = START
    world.record(world.act("dossier.processor_assigned", stream))

    seals = [parse_seal(entry) for entry in world.entries() if is_seal(entry)]
    times = [seal.sealed_at for seal in seals]
    assert times == sorted(times)
    assert world.audit(world.store).problems == []


def _rated_world() -> tuple[World, str]:
    world = a_world()
    return world, world.a_dossier("dossier.accepted")


def test_a_rating_gets_no_entry_and_a_promise_to_the_end_of_the_month() -> None:
    world, dossier = _rated_world()
    size = world.store.sequenced_size()
    stream = world.desk.new_stream("rating")

    (verdict,) = world.record(world.desk.rating(stream, dossier))

    promise = open_promise(verdict.note, PROMISE_KEY)
    assert (verdict.code, verdict.entry_index) == ("", None)
    assert promise.publish_by == datetime(2026, 4, 1, tzinfo=UTC)
    assert world.store.sequenced_size() == size
    assert [event.stream for event in world.store.deferred_events()] == [stream]
    assert world.audit(world.store).ok


@pytest.mark.parametrize(
    ("now", "publish_by"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
        (datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)),
    ],
)
def test_the_end_of_the_month_is_the_first_instant_of_the_next(
    now: datetime, publish_by: datetime
) -> None:
    world, dossier = _rated_world()
    world.clock.now, world.clock.step = now, timedelta(0)

    (verdict,) = world.record(world.desk.rating(world.desk.new_stream("rating"), dossier))

    assert open_promise(verdict.note, PROMISE_KEY).publish_by == publish_by


def test_a_stage_is_rated_once_also_in_one_group_and_after_a_restart() -> None:
    world, dossier = _rated_world()
    ratings = [
        world.desk.rating(world.desk.new_stream("rating"), dossier, overall=overall)
        for overall in (5, 4, 3)
    ]

    codes = _codes(world, ratings[0], ratings[1])
    world.writer = world.new_writer()
    world.writer.take_over("again")

    assert codes == ["", "not_permitted"]
    assert _codes(world, ratings[2]) == ["not_permitted"]
    stage_not_reached = world.desk.rating(
        world.desk.new_stream("rating"), dossier, RatingStage.RESULT
    )
    assert _codes(world, stage_not_reached) == ["not_permitted"]


def test_a_rating_by_another_dossiers_applicant_is_refused() -> None:
    world, dossier = _rated_world()
    other = world.a_dossier("dossier.accepted")
    signers = [(Role.APPLICANT, world.desk.applicant_of(other))]
    stream = world.desk.new_stream("rating")
    rating = world.desk.act(
        "rating.satisfaction_rated",
        stream,
        world.next_place(stream),
        facts=open_text(world.desk.rating(stream, dossier).note, ORIGIN).action.facts,
        details=SatisfactionRatedDetails(overall=1),
        signers=signers,
        office=None,
    )

    assert _codes(world, rating) == ["not_your_dossier"]


def test_a_rating_repeated_after_a_restart_is_promised_again() -> None:
    world, dossier = _rated_world()
    rating = world.desk.rating(world.desk.new_stream("rating"), dossier)
    (first,) = world.record(rating)
    world.writer = world.new_writer()
    world.writer.take_over("again")

    (again,) = world.record(rating)

    assert (again.code, again.repeated, again.entry_index) == ("", True, None)
    before, after = (open_promise(note, PROMISE_KEY) for note in (first.note, again.note))
    assert (after.leaf_hash, after.publish_by) == (before.leaf_hash, before.publish_by)


def test_every_published_checkpoint_is_embedded_in_the_next_seal() -> None:
    world = a_world()
    notes = [b"", world.tiles.read_checkpoint()]
    for _ in range(3):
        world.a_dossier()
        notes.append(world.tiles.read_checkpoint())

    seals = [parse_seal(entry) for entry in world.entries() if is_seal(entry)]

    assert [seal.previous_checkpoint for seal in seals] == notes[:-1]


def test_nothing_new_is_neither_sealed_nor_published() -> None:
    world = a_world()
    size = world.store.sequenced_size()

    result = world.writer.record([], with_seal=True)

    assert (result.verdicts, result.sealed) == ([], False)
    assert world.store.sequenced_size() == size


def test_a_refused_group_is_neither_sealed_nor_published() -> None:
    world = a_world()
    size = world.store.sequenced_size()

    result = world.writer.record([HandedAction(b"nothing")], with_seal=True)

    assert not result.sealed
    assert world.store.sequenced_size() == size


def test_a_key_brought_by_a_refused_action_signs_nothing_later_in_the_group() -> None:
    world = a_world()
    stream = world.desk.new_stream()
    refused = world.desk.submitted(stream, at=Moment(instant=START + timedelta(days=9)))
    place = place_after(world.next_place(stream), refused.note)
    follower = world.desk.act("dossier.withdrawal_requested", stream, place)

    codes = _codes(world, refused, follower)

    assert codes[0] == "acted_in_the_future"
    assert codes[1] != ""
