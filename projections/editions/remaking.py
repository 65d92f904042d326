"""Making an edition again from the public log alone, without any database: for recompute."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ledger.documents import DocumentSource
from ledger.key_files import Anchors
from projections.editions.composing import compose, previous_of
from projections.editions.contents import NEWEST, Contents
from projections.editions.days import PlannedEdition, plan_editions, published_stands
from projections.editions.errors import NoEdition, not_final
from projections.editions.figures import Answering, figures_of_world
from projections.entries import read_checkpoint_note
from projections.recompute import PublicFold, PublicWorld
from transparency.errors import ProofInvalid
from transparency.trusted_log import TrustedLog


@dataclass(frozen=True, slots=True)
class RemadeEdition:
    """An edition as the log has it: what it is of, its files, and the world they are made from."""

    planned: PlannedEdition
    files: dict[str, bytes]
    world: PublicWorld


def remake_edition(
    log: TrustedLog,
    anchors: Anchors,
    documents: DocumentSource,
    day: date,
    answering: Answering,
    contents: Contents = NEWEST,
) -> RemadeEdition:
    """Fold the log up to the last checkpoint of a day, and write the day's edition.

    ``contents`` are those of the format that the published one is in.

    The log is read twice: seals first, which say what the day is.

    Raises:
        NoEdition: no checkpoint was published on that day, the sentence names what still stands; or
            the log ends before the day is final.
        EntryUnreadable, TransparencyError: the log cannot be read, or is not to be believed.
    """
    planned = find_planned(log, day)
    fold = PublicFold(anchors.origin, documents)
    previous = None
    if planned.previous is not None:
        earlier = _figures(fold, log, planned.previous)
        previous = previous_of(planned.previous, figures_of_world(earlier), answering, contents)
    world = _figures(fold, log, planned)
    files = compose(anchors, planned, figures_of_world(world), previous, answering, contents)
    return RemadeEdition(planned, files, world)


def find_planned(log: TrustedLog, day: date) -> PlannedEdition:
    """Find the last checkpoint of a day, and the edition before it, by the seals of a log.

    Raises:
        NoEdition: no checkpoint was published on that day, or none that was sealed after it.
    """
    last: PlannedEdition | None = None
    for planned in _planned(log):
        if planned.day > day:
            break
        last = planned
    else:
        # The last day with a checkpoint may still get another one, so it has no edition either.
        stands = None if last is None else last.previous
        raise not_final(day, f"; the edition of {stands.day} still stands" if stands else "")
    if last is None:
        raise NoEdition(f"nothing was published up to {day}")
    if last.day != day:
        raise NoEdition(f"nothing was published on {day}; the edition of {last.day} still stands")
    return last


def _planned(log: TrustedLog) -> Iterator[PlannedEdition]:
    bodies = enumerate(log.entries(0, log.tree_size))
    return plan_editions(published_stands(bodies, log.signed_checkpoint.note))


def _figures(fold: PublicFold, log: TrustedLog, planned: PlannedEdition) -> PublicWorld:
    fold.advance(log, planned.stand.tree_size)
    if fold.root_hash() != read_checkpoint_note(planned.stand.note).root_hash:
        raise ProofInvalid("the entries do not lead to the root of the day's checkpoint")
    return fold.world()
