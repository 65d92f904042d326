"""Long folds without the garbage collector, which would walk everything remembered again and again.

A fold remembers the states of streams and makes next to no cycles (763 objects in 200,000 entries,
measured), while looking for them took a quarter of its time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected(*, when: bool) -> Iterator[None]:
    """Keep the collector of this process from running, and leave it as it was found."""
    is_pausing = when and gc.isenabled()
    if is_pausing:
        gc.disable()
    try:
        yield
    finally:
        if is_pausing:
            _age_everything()
            gc.enable()


def _age_everything() -> None:
    """Count all that was made as old, without the walk that the next collection would begin with.

    What somebody else has set aside for good stays so: then there is that walk.
    """
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
