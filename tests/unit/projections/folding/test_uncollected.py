import gc

import pytest

from projections.folding.uncollected import uncollected


def test_the_collector_rests_meanwhile_and_runs_again_afterwards() -> None:
    assert gc.isenabled()
    with uncollected(when=True):
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_runs_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), uncollected(when=True):
        raise ValueError("broken")
    assert gc.isenabled()


def test_a_short_fold_leaves_the_collector_alone() -> None:
    with uncollected(when=False):
        assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected(when=True):
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_a_fold_remembers_is_old_afterwards_and_not_walked_at_once() -> None:
    gc.collect()
    with uncollected(when=True):
        remembered: list[object] = [[number] for number in range(5_000)]
    # The youngest would be walked by the next collection of the youngest.
    assert not any(each is remembered for each in gc.get_objects(generation=0))
    assert any(each is remembered for each in gc.get_objects(generation=2))


def test_what_was_set_aside_for_good_stays_so() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with uncollected(when=True):
            pass
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
