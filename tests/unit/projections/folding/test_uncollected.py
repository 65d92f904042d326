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
