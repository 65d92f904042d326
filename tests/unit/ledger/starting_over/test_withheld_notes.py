"""Notes that are in no tile: found again where the database still has them, else named as lost."""

from ledger.action_notes import SubmittedAction
from ledger.writing.frames import Verdict
from tests.support.starting_over.restored import Restored, copy_of, memory_store
from tests.support.veils.province import Province, is_veil
from transparency.promises import open_promise

DOSSIERS = 10


def _restored_province(*, backup_is_taken_late: bool) -> tuple[Restored, Province]:
    """A province whose veils entered the log after the backup was taken.

    The backup is taken after their acts were recorded, or before.
    """
    province = Province()
    restored = Restored(province.world)
    if not backup_is_taken_late:
        restored.backup = copy_of(memory_store(province.world))
    for number in range(DOSSIERS):
        province.live(number)
    if backup_is_taken_late:
        restored.backup = copy_of(memory_store(province.world))
    province.world.clock.pass_time(days=1)
    province.world.record(with_seal=True)
    assert any(is_veil(entry) for entry in province.world.entries())
    restored.restore()
    return restored, province


def test_veils_are_given_back_to_the_notes_that_the_backup_holds() -> None:
    restored, province = _restored_province(backup_is_taken_late=True)

    taken = restored.take_in()

    assert taken is not None
    assert taken.lost_notes == ()
    size = restored.today.sequenced_size()
    store = restored.world.store
    assert store.event_places(0, size) == restored.today.event_places(0, size)
    restored.start()
    assert province.world.audit(store).ok
    # Nothing is due a second time.
    assert not province.world.writer.has_due_envelopes


def test_veils_without_a_note_are_named_with_the_time_of_the_promises_in_doubt() -> None:
    restored, province = _restored_province(backup_is_taken_late=False)
    veils = [index for index, entry in enumerate(province.world.entries()) if is_veil(entry)]

    taken = restored.take_in()

    assert taken is not None
    assert list(taken.lost_notes) == veils
    assert taken.sealed_from is not None
    assert taken.sealed_until is not None
    assert taken.sealed_from < taken.sealed_until
    restored.start()
    assert province.world.audit().ok


def test_a_lost_act_is_recorded_again_when_its_holder_hands_it_in() -> None:
    province = Province()
    world = province.world
    restored = Restored(world)
    recorded: list[SubmittedAction] = []
    record = world.record

    def keep(*submitted: SubmittedAction, **options: bool) -> list[Verdict]:
        recorded.extend(submitted)
        return record(*submitted, **options)

    world.record = keep  # type: ignore[method-assign]
    province.submit()
    world.record = record  # type: ignore[method-assign]
    restored.restore()
    restored.take_in()
    restored.start()

    (again,) = world.record(*recorded)

    assert (again.code, again.repeated) == ("", False)
    assert open_promise(again.note, world.keys.promise.verification_key).published_as is not None
