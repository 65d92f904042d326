"""The crowds of a scenario: which veiled acts the public log must show at its end, and which not.

It is told from the steps alone, before anything is sent: so the proof of the veils cannot pass
because nothing came out, nor because too much did.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Final

from cli.demo.catalogue import entry_of
from cli.demo.driver import in_ticks
from cli.demo.province import offices
from cli.demo.steps import Step
from domain.dossiers import ENDED_STATUSES
from domain.facts import DossierSubmitted
from domain.procedures import Publication
from domain.transitions import TRANSITIONS
from domain.veils import LEAST_OF_CROWD, Crowd

_LEVELS: Final = {office.id: office.level for office in offices()}


def expected_crowds(steps: Iterable[Step]) -> frozenset[Crowd]:
    """Give the crowds of which veils must be in the log when the last step was sent.

    SPEC: `ledger.writing.veils`: acts of a day (UTC) that is over leave when those of ten dossiers
    wait, and what is left of a month waits on with the next one's. So the first ten leave as soon
    as there are ten, and of a crowd that never has ten none does. All offices are of one tree.
    """
    ticks = [*in_ticks(steps)]
    # Recorded under the clock of its tick's end, and the last day is not over.
    last_day = ticks[-1][-1].sent_at.astimezone(UTC).date()
    over = [tick for tick in ticks if tick[-1].sent_at.astimezone(UTC).date() < last_day]
    dossiers: defaultdict[Crowd, set[str]] = defaultdict(set)
    for crowd, stream in _veiled_acts([step for tick in over for step in tick]):
        dossiers[crowd].add(stream)
    return frozenset(crowd for crowd, streams in dossiers.items() if len(streams) >= LEAST_OF_CROWD)


def _veiled_acts(steps: Sequence[Step]) -> Iterator[tuple[Crowd, str]]:
    """Give crowd and stream of each act on a veiled dossier: only accepted ones end in public."""
    veiled = {step.stream for step in steps if _is_veiled(step)}
    accepted, ended = set[str](), set[str]()
    for step in steps:
        if step.stream not in veiled or step.refusal_code:
            continue
        if step.kind == "dossier.accepted":
            accepted.add(step.stream)
            yield Crowd.RECEIVED, step.stream
        elif step.stream in accepted - ended and _ends(step.kind):
            ended.add(step.stream)
            yield Crowd.ENDED, step.stream
        else:
            yield Crowd.STEP, step.stream


def _is_veiled(step: Step) -> bool:
    if not isinstance(step.facts, DossierSubmitted) or step.office is None:
        return False
    procedure = entry_of(step.facts.procedure).procedure
    return procedure.publication_at(_LEVELS[step.office]) is Publication.VEILED


def _ends(kind: str) -> bool:
    transition = TRANSITIONS[kind]
    return not transition.suspends and not ENDED_STATUSES.isdisjoint(transition.moves.values())
