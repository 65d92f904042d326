"""Ratings enter the log at the end of their month, together, and as envelopes."""

import hashlib
import hmac

import pytest

from ledger.errors import MalformedAction, MalformedOpening, OpeningMismatch
from ledger.writing.envelopes import (
    ENVELOPE_TYPE_LINE,
    check_envelope,
    check_opening,
    parse_opening,
    render_envelope,
)
from ledger.writing.writer import Writer
from tests.support.ledger_builders import World, a_world, operator_keys

# The clock of the small world stands in March 2026; this many days later it is April.
DAYS_TO_NEXT_MONTH = 31


def _rated(world: World, count: int) -> list[bytes]:
    """Record ratings of as many dossiers; give their notes."""
    notes = []
    for _ in range(count):
        rating = world.desk.rating(
            world.desk.new_stream("rating"), world.a_dossier("dossier.accepted")
        )
        (verdict,) = world.record(rating)
        assert verdict.code == ""
        notes.append(rating.note)
    return notes


def _envelopes(world: World) -> list[bytes]:
    return [entry for entry in world.entries() if entry.startswith(ENVELOPE_TYPE_LINE)]


def _expected(note: bytes) -> bytes:
    """The envelope written out from the module's description."""
    use = b"dossier-ledger/envelope-salt@v1\n"
    seed = operator_keys().promise.seed
    salt = hmac.new(seed, use + hashlib.sha256(note).digest(), hashlib.sha256).digest()
    return render_envelope(hashlib.sha256(ENVELOPE_TYPE_LINE + salt + note).digest())


def test_rating_stands_nowhere_in_the_log_before_its_month_has_ended() -> None:
    world = a_world()
    size_before = world.log().tree_size

    (note,) = _rated(world, 1)
    world.a_dossier()

    assert _envelopes(world) == []
    assert note not in world.entries()
    assert world.log().tree_size > size_before


def test_recording_a_rating_alone_publishes_nothing() -> None:
    world = a_world()
    dossier = world.a_dossier("dossier.accepted")
    size_before = world.log().tree_size

    world.record(world.desk.rating(world.desk.new_stream("rating"), dossier))

    assert world.log().tree_size == size_before


def test_ratings_of_a_month_enter_together_in_an_order_that_tells_nothing() -> None:
    world = a_world()
    notes = _rated(world, 12)

    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    was_due = world.writer.has_due_envelopes
    world.record()

    found = _envelopes(world)
    assert was_due
    assert found == sorted(_expected(note) for note in notes)
    assert not world.writer.has_due_envelopes
    assert world.store.deferred_events() == []
    assert world.audit(world.store).problems == []


def test_envelope_hides_the_note_and_its_stream() -> None:
    world = a_world()
    (note,) = _rated(world, 1)
    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.record()

    (envelope,) = _envelopes(world)

    assert len(envelope) == len(ENVELOPE_TYPE_LINE) + 45
    assert envelope not in note


def test_rating_waits_through_a_restart_and_enters_once() -> None:
    world = a_world()
    notes = _rated(world, 3)
    world.writer = _restarted(world)

    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.record()
    world.writer = _restarted(world)
    world.record()

    assert _envelopes(world) == sorted(_expected(note) for note in notes)


def test_second_rating_of_a_stage_is_refused_after_the_first_was_enveloped() -> None:
    world = a_world()
    dossier = world.a_dossier("dossier.accepted")
    world.record(world.desk.rating(world.desk.new_stream("rating"), dossier))
    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.record()
    world.writer = _restarted(world)

    (verdict,) = world.record(world.desk.rating(world.desk.new_stream("rating"), dossier))

    assert verdict.code == "not_permitted"


def test_repeated_rating_is_answered_with_its_envelope_once_that_is_published() -> None:
    world = a_world()
    rating = world.desk.rating(world.desk.new_stream("rating"), world.a_dossier("dossier.accepted"))
    world.record(rating)
    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.record()

    (again,) = world.record(rating)

    assert again.repeated
    assert again.entry == _expected(rating.note)
    assert world.entries()[again.entry_index or 0] == again.entry


def test_repeated_rating_gets_its_first_promise_after_a_restart_in_a_later_month() -> None:
    world = a_world()
    rating = world.desk.rating(world.desk.new_stream("rating"), world.a_dossier("dossier.accepted"))
    (first,) = world.record(rating)
    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.writer = _restarted(world)

    (again,) = world.record(rating)

    assert again.repeated
    assert again.note == first.note
    assert again.opening == first.opening


def test_promises_of_ratings_do_not_pile_up_in_memory() -> None:
    world = a_world()

    _rated(world, 5)

    assert world.writer._promises == {}


def test_rating_dated_a_month_back_still_waits_for_the_month_of_its_recording() -> None:
    world = a_world()
    dossier = world.a_dossier("dossier.accepted")
    before = world.desk.now()
    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.desk.now = lambda: before  # type: ignore[method-assign]
    world.record(world.desk.rating(world.desk.new_stream("rating"), dossier))
    world.writer = _restarted(world)

    assert not world.writer.has_due_envelopes
    world.record()
    assert _envelopes(world) == []


def test_opening_shows_that_the_envelope_holds_the_rating() -> None:
    world = a_world()
    rating = world.desk.rating(world.desk.new_stream("rating"), world.a_dossier("dossier.accepted"))
    (verdict,) = world.record(rating)
    world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
    world.record()
    (envelope,) = _envelopes(world)

    assert check_opening(envelope, verdict.opening) == rating.note
    with pytest.raises(OpeningMismatch):
        check_opening(render_envelope(bytes(32)), verdict.opening)


def test_action_that_is_public_at_once_has_no_opening() -> None:
    world = a_world()

    (verdict,) = world.record(world.desk.submitted(world.desk.new_stream()))

    assert verdict.opening == b""


@pytest.mark.parametrize(
    "opening",
    [
        b"",
        b"dossier-ledger/opening@v1\n",
        b"dossier-ledger/opening@v1\nAAAA\nnote",
        b"dossier-ledger/opening@v1\n" + b"A" * 43 + b"=\n",
        b"dossier-ledger/opening@v2\n" + b"A" * 43 + b"=\nnote",
        b"dossier-ledger/opening@v1\n\xff\nnote",
    ],
)
def test_what_is_no_opening_is_refused(opening: bytes) -> None:
    with pytest.raises(MalformedOpening):
        parse_opening(opening)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Nguyen Van A, 001099012345\n",
        b"A" * 43 + b"=",
        b"A" * 43 + b"=\n\n",
        b"A" * 44 + b"\n",
    ],
    ids=["empty", "a name", "no line end", "two line ends", "another length"],
)
def test_envelope_that_holds_anything_but_a_commitment_is_named_by_the_audit(body: bytes) -> None:
    with pytest.raises(MalformedAction):
        check_envelope(ENVELOPE_TYPE_LINE + body)


def test_envelope_of_a_commitment_passes() -> None:
    check_envelope(render_envelope(bytes(range(32))))


def _restarted(world: World) -> Writer:
    writer = world.new_writer()
    writer.take_over("again")
    return writer
