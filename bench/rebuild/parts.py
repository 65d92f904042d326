"""The parts of a fold, each timed alone over the whole log."""

from collections.abc import Callable

from bench.logs.long_log import ORIGIN
from bench.rebuild.worlds import Found, World, processor_seconds
from projections.dossier_rows import act_of
from projections.folding.uncollected import uncollected
from projections.states import StreamStates
from projections.stored.tuples.inserting import act_row


def measure_parts(world: World) -> dict[str, float]:
    """Time the parts of a fold; microseconds of an entry. Nothing is written yet."""
    size = world.log.tree_size
    spent: dict[str, float] = {}

    def timed(name: str, part: Callable[[], Found]) -> Found:
        # As the follower folds when it is far behind.
        with uncollected(when=True):
            seconds, found = processor_seconds(part)
        spent[name] = round(seconds / size * 1e6, 2)
        return found

    bodies = timed("reading and proving", world.bodies)
    groups = timed("opening notes", lambda: world.groups(bodies))
    entries = [entry for group in groups for entry in group.entries]
    states = StreamStates(ORIGIN, world.documents)
    left = timed("folding states", lambda: [states.apply(entry) for entry in entries])
    pairs = list(zip(entries, left, strict=True))
    acts = timed("acts", lambda: [act_of(entry, state) for entry, state in pairs])
    timed("rows of acts", lambda: [act_row(act) for act in acts])
    with world.private() as private:
        timed("opening private parts", lambda: private.opener_for(entries))
    return spent
