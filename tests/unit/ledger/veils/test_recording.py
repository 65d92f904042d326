"""Veiled dossiers through the writer: recorded at once, promised, and known after a restart."""

from datetime import timedelta

import msgspec
import pytest

from domain.dossiers import Dossier, Status
from domain.moments import Moment
from domain.procedures.profiles import Publication, PublicationProfile
from domain.roles import Role
from domain.veils import Crowd, VeilAct
from ledger.action_notes import open_text
from ledger.bodies import canonical_json
from ledger.drafting import Publishing
from ledger.errors import StoreUnavailable
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import Group
from ledger.writing.veils import LONGEST_VEILED, check_veil_opening
from ledger.writing.writer import Writer
from tests.support.ledger_builders import (
    OFFICE,
    ORIGIN,
    SteppingClock,
    a_world,
    the_calendar,
    the_procedure,
)
from tests.support.veils.province import (
    COMMUNES,
    NO_STEP,
    VEILED_PROCEDURE,
    Province,
    is_veil,
    officer_of,
)
from transparency.notes import SigningKey
from transparency.promises import open_promise


def restarted(province: Province) -> Writer:
    """Let a new writer take over, which knows only what is stored."""
    world = province.world
    world.writer = world.new_writer()
    world.writer.take_over("after a restart")
    return world.writer


def test_veiled_act_is_promised_under_its_veil_and_has_no_entry() -> None:
    province = Province()
    stream = province.submit()
    verdict = province.act("dossier.accepted", stream, crowd=Crowd.RECEIVED)
    promise = open_promise(verdict.note, province.world.keys.promise.verification_key)

    assert verdict.entry_index is None
    assert promise.published_as == f"{OFFICE} {VeilAct.RECEIVED}"
    assert promise.publish_by - promise.promised_at == LONGEST_VEILED


def test_open_dossier_beside_it_is_published_at_once() -> None:
    province = Province()
    stream = province.open_life(0)

    assert all(
        event.entry_index is not None for event in province.world.store.stream_events(stream)
    )


def test_opening_of_the_answer_opens_the_veil_in_the_log() -> None:
    province = Province()
    openings = {}
    for number in range(12):
        stream = province.submit(COMMUNES[number % 3])
        verdict = province.act("dossier.accepted", stream, COMMUNES[number % 3], Crowd.RECEIVED)
        openings[stream] = verdict.opening
    province.next_day()

    for stream, opening in openings.items():
        event = province.world.store.find(stream, 2)
        assert event is not None
        assert event.entry_index is not None
        entry = province.world.entries()[event.entry_index]
        assert check_veil_opening(entry, opening) == event.note


def test_same_text_again_gets_the_first_promise_and_the_veil_once_it_is_there() -> None:
    province = Province()
    world = province.world
    for number in range(11):
        province.live(number)
    stream = province.submit()
    submitted = world.act("dossier.accepted", stream, office=COMMUNES[0], signers=_receiver(0))
    (first,) = province.settle(submitted)

    (again,) = world.record(submitted)
    assert (again.repeated, again.note, again.entry_index) == (True, first.note, None)

    province.next_day()
    restarted(province)
    (again,) = world.record(submitted)
    assert (again.repeated, again.note, again.opening) == (True, first.note, first.opening)
    assert again.entry_index is not None
    assert again.entry == world.entries()[again.entry_index]
    assert is_veil(again.entry)


def _receiver(number: int) -> list[tuple[Role, SigningKey]]:
    return [(Role.RECEIVER, officer_of(COMMUNES[number % 3]))]


def test_restart_makes_the_same_states_veils_and_order() -> None:
    one, other = Province(), Province()
    for province in (one, other):
        for number in range(13):
            stream = province.live(number)
            if number % 2:
                province.end(stream, COMMUNES[number % 3])
            if province is other:
                restarted(province)
        province.next_day()
        if province is other:
            restarted(province)
        province.next_day()

    assert one.world.entries() == other.world.entries()
    assert one.veils()


def test_veiled_dossier_goes_on_after_a_restart() -> None:
    province = Province()
    stream = province.live(0)
    writer = restarted(province)
    commune = COMMUNES[0]

    province.act("dossier.processor_assigned", stream, commune)

    head = writer._state.head(stream)
    assert head is not None
    assert isinstance(head.state, Dossier)
    assert head.state.status is Status.IN_PROCESS


def test_calendar_published_between_veiled_acts_moves_them_alike_before_and_after_a_restart() -> (
    None
):
    province = Province()
    stream = province.live(0)
    world, desk = province.world, province.world.desk
    place = world.next_place("calendar:VN")
    publishing = Publishing(the_calendar(), OFFICE, place, desk.now())
    province.settle(desk.drafter.publish_calendar(desk.catalogue, "VN", publishing))
    later = province.live(1)
    before = [world.writer._state.head(each) for each in (stream, later)]

    writer = restarted(province)

    assert [writer._state.head(each) for each in (stream, later)] == before


class _FailingStore(MemoryLedgerStore):
    """A store whose next group is recorded and reported as failed."""

    fails = False

    def record_group(self, group: Group, *, fencing_token: int) -> None:
        super().record_group(group, fencing_token=fencing_token)
        if self.fails:
            self.fails = False
            raise StoreUnavailable("reported as failed, after having happened")


def test_failure_reported_after_veils_were_recorded_publishes_none_of_them_twice() -> None:
    store = _FailingStore()
    province = Province(a_world(clock=SteppingClock(step=NO_STEP), store=store))
    for number in range(12):
        province.live(number)
    province.world.clock.pass_time(days=1)
    store.fails = True

    with pytest.raises(StoreUnavailable):
        province.world.writer.record([], with_seal=True)
    province.world.record()
    province.next_day()

    commitments = [veil.commitment for veil in province.veils()]
    assert len(commitments) == len(set(commitments)) == 24


def test_stale_version_of_a_veiled_dossier_is_refused_as_any_other() -> None:
    province = Province()
    world = province.world
    stream = province.submit()
    first = world.act("dossier.accepted", stream, office=COMMUNES[0], signers=_receiver(0))
    other = world.act("dossier.forwarded", stream, office=COMMUNES[0], signers=_receiver(0))
    province.settle(first)

    (verdict,) = world.record(other)

    assert verdict.code == "stale_version"


def test_procedure_that_becomes_open_later_leaves_its_dossiers_veiled() -> None:
    province = Province()
    stream = province.live(0)
    desk = province.world.desk
    opened = msgspec.structs.replace(
        the_procedure(),
        code=VEILED_PROCEDURE,
        version=2,
        publication=PublicationProfile(commune=Publication.OPEN, province=Publication.OPEN),
    )
    place = province.world.next_place(f"procedure:{VEILED_PROCEDURE}")
    publishing = Publishing(canonical_json(opened), OFFICE, place, desk.now())
    province.settle(desk.drafter.publish_procedure(desk.catalogue, VEILED_PROCEDURE, 2, publishing))
    restarted(province)

    verdict = province.act("dossier.processor_assigned", stream)
    later = province.submit()

    assert verdict.entry_index is None
    event = province.world.store.find(later, 1)
    assert event is not None
    assert event.entry_index is not None


def test_handed_action_of_a_veiled_dossier_says_nothing_in_its_note_of_the_veil() -> None:
    """The note is an ordinary one: whoever signs need not know that it will be veiled."""
    province = Province()
    stream = province.submit()
    event = province.world.store.find(stream, 1)
    assert event is not None

    assert b"veil" not in event.note
    assert open_text(event.note, ORIGIN).action.office == COMMUNES[0]


def test_clock_set_back_before_a_restart_is_not_believed_after_a_veiled_act() -> None:
    """No seal shows when it was recorded; its promise does."""
    province = Province()
    province.submit()
    clock = province.world.clock
    recorded_at = clock.now.replace(microsecond=0)
    clock.now -= timedelta(days=1)

    restarted(province)
    verdict = province.act(
        "dossier.accepted", province.seen[0].stream, at=Moment(instant=recorded_at)
    )

    promise = open_promise(verdict.note, province.world.keys.promise.verification_key)
    assert promise.promised_at >= recorded_at
