"""Reading a trail's context: the whole trail, and all dossiers of the peer groups in it.

What it costs grows with the dossiers of those groups, not with the page that is shown; who acted on
them is read for a person's trail alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from domain.dossiers import Dossier
from domain.offices import OfficeRecord
from projections.casefiles.context import (
    DossierGroup,
    Handled,
    TrailContext,
    TrailSum,
    compare,
    group_of,
    handled,
)
from projections.casefiles.pages import signer_of
from projections.counts import open_row
from projections.dossier_rows import Act
from projections.people.subjects import START, TrailQuery
from projections.views import ViewReader

DOSSIERS_PER_QUERY: Final = 500

Offices = Mapping[str, OfficeRecord]


def read_context(reader: ViewReader, query: TrailQuery) -> TrailContext:
    """Put a whole trail, from its beginning, beside its peers.

    The population is not cut to the offices of whoever asks: peers are counted alone.
    """
    persons = reader.persons()
    signers = query.signers or ()
    total = TrailSum(frozenset(map(persons.person_of, signers)))
    for act in reader.trail(replace(query, after=START, limit=None)):
        signer = signer_of(act, query.signers)
        total.add(act, None if signer is None else signer.role)
    return compare(total, _population(reader, total))


def _population(reader: ViewReader, total: TrailSum) -> Iterator[Handled]:
    offices, person_of = reader.offices(), reader.persons().person_of
    for alike in _alike(reader, total, offices):
        acts = _acts_by_stream(reader, alike) if total.persons else {}
        for dossier in alike:
            record = offices.get(dossier.office)
            kept = handled(dossier, acts.get(dossier.stream, ()), record, person_of)
            if kept is not None:
                yield kept


def _alike(reader: ViewReader, total: TrailSum, offices: Offices) -> Iterator[Sequence[Dossier]]:
    """Give the dossiers of the trail's peer groups, the trail's own among them, some at a time."""
    states = reader.states(total.dossiers).values()
    own = (state for state in states if isinstance(state, Dossier))
    groups = {_group(dossier, offices) for dossier in own} - {None}
    for procedure in sorted({group.procedure for group in groups if group is not None}):
        found = [
            dossier
            for dossier in map(open_row, reader.dossier_rows(procedure=procedure))
            if _group(dossier, offices) in groups
        ]
        for start in range(0, len(found), DOSSIERS_PER_QUERY):
            yield found[start : start + DOSSIERS_PER_QUERY]


def _group(dossier: Dossier, offices: Offices) -> DossierGroup | None:
    return group_of(dossier, offices.get(dossier.office))


def _acts_by_stream(reader: ViewReader, dossiers: Sequence[Dossier]) -> dict[str, list[Act]]:
    acts: defaultdict[str, list[Act]] = defaultdict(list)
    streams = tuple(dossier.stream for dossier in dossiers)
    for act in reader.trail(TrailQuery(dossiers=streams)):
        acts[act.stream].append(act)
    return acts
