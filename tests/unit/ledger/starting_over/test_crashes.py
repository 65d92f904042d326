"""Taking in that is cut off: the next start goes on, or refuses where it cannot."""

import pytest

from ledger.errors import PublishedEntriesLost, StoreCorrupt, StoreUnavailable
from ledger.starting_over.copies import PublishedCopy
from tests.support.mortal_stores import Fate, MortalStore, MortalTiles, ProcessDied
from tests.support.starting_over.restored import Restored, assert_goes_on

STEPS = (
    "claim_lease",
    "write_checkpoint",
    *["record_group"] * 3,
    "swap_checkpoint",
)


def _steps() -> list[str]:
    restored = _mortal(Fate())
    restored.take_in(restored.copies(restored.mirror))
    assert isinstance(restored.world.store, MortalStore)
    return restored.fate.steps


class _MortalWorld(Restored):
    fate: Fate
    mirror: PublishedCopy


def _mortal(fate: Fate) -> _MortalWorld:
    """Yesterday's database and tiles, today's mirror, and groups of few entries."""
    restored = _MortalWorld()
    restored.live()
    restored.mirror = restored.a_mirror()
    restored.restore()
    restored.world.tiles = MortalTiles(restored.early_tiles, fate)
    restored.world.store = MortalStore(restored.backup, fate)
    restored.fate = fate
    return restored


@pytest.fixture(autouse=True)
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.starting_over.taking_in.GROUP_ENTRIES", 4)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(len(STEPS)), ids=lambda step: f"{step}-{STEPS[step]}")
def test_crash_at_any_step_is_made_good_by_the_next_start(step: int, *, done: bool) -> None:
    restored = _mortal(Fate(step, done=done))

    with pytest.raises(ProcessDied):
        restored.take_in(restored.copies(restored.mirror))
    assert restored.fate.steps == list(STEPS[: step + 1])
    restored.fate.spare()
    restored.take_in(restored.copies(restored.mirror))

    assert_goes_on(restored)


def test_these_are_all_durable_steps_of_taking_in() -> None:
    assert _steps() == list(STEPS)


def test_crash_in_the_middle_and_a_mirror_that_is_gone_afterwards_stop_the_ledger() -> None:
    assert STEPS[2] == "record_group"
    restored = _mortal(Fate(2, done=True))
    with pytest.raises(ProcessDied):
        restored.take_in(restored.copies(restored.mirror))
    restored.fate.spare()

    with pytest.raises(PublishedEntriesLost):
        restored.take_in(restored.copies())

    with pytest.raises(StoreCorrupt):
        restored.start()


def test_a_store_that_fails_for_a_moment_is_tried_again_at_the_next_start() -> None:
    restored = _mortal(Fate(3, failure=StoreUnavailable))

    with pytest.raises(StoreUnavailable):
        restored.take_in(restored.copies(restored.mirror))
    restored.fate.spare()
    restored.take_in(restored.copies(restored.mirror))

    assert_goes_on(restored)
