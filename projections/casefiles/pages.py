"""Pages of a trail: the acts that somebody's grants and an order leave, and where the next begins.

Entries stand in the order of the log. All pages together are complete as of the last one's
checkpoint; an act on a veiled dossier that is recorded in the very millisecond at which a page
ended may be on neither page, so a trail that must hold those is read after its period has ended.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from domain.actions import Signer
from domain.keys import KeyRecord, assurance_of
from domain.roles import Role
from projections.dossier_rows import Act
from projections.people.subjects import TrailCursor, TrailQuery, VeiledPlace
from projections.people.trail import TrailEntry
from projections.reading import read_keys
from projections.views import ViewReader

FindKey = Callable[[str], KeyRecord | None]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some acts of a trail, and where the next page begins; None where there are no more."""

    entries: tuple[TrailEntry, ...]
    next: TrailCursor | None


def read_page(reader: ViewReader, query: TrailQuery) -> TrailPage:
    """Give the page of a trail that begins where the query says; its limit is given."""
    assert query.limit is not None
    # One more than the page holds tells whether there is another.
    wanted = replace(query, limit=query.limit + 1)
    found = list(islice(reader.trail(wanted), query.limit + 1))
    acts = found[: query.limit]
    is_last = len(found) <= query.limit
    return TrailPage(
        entries=trail_entries(acts, query.signers, read_keys(reader, acts).get),
        next=None if is_last else place_behind(query.after, acts),
    )


def place_behind(after: TrailCursor, acts: Sequence[Act]) -> TrailCursor:
    """Give the place behind acts that were read from ``after`` on."""
    index, veiled = after.entry_index, after.veiled
    for act in acts:
        if act.entry_index is not None:
            index = act.entry_index + 1
        else:
            veiled = VeiledPlace(act.recorded_at, act.stream, act.version)
    return TrailCursor(index, veiled)


def trail_entries(
    acts: Iterable[Act], signers: Sequence[str] | None, find_key: FindKey
) -> tuple[TrailEntry, ...]:
    """Write acts as a trail has them; each by the one of ``signers`` who signed, or by its first.

    Without ``signers`` an officer's signature goes before an applicant's.
    """
    return tuple(_entry(act, signer_of(act, signers), find_key) for act in acts)


def signer_of(act: Act, signers: Sequence[str] | None) -> Signer | None:
    """Give by whom an act stands in a trail; None for the performer of an imported one."""
    if signers is not None:
        return next((each for each in act.signers if each.key in signers), None)
    officers = (each for each in act.signers if each.role not in (Role.APPLICANT, Role.HOLDER))
    return next(officers, act.signers[0])


def _entry(act: Act, signer: Signer | None, find_key: FindKey) -> TrailEntry:
    roles = [each.role for each in act.signers]
    return TrailEntry(
        entry_index=act.entry_index,
        stream=act.stream,
        version=act.version,
        kind=act.kind,
        at=act.at,
        recorded_at=act.recorded_at,
        office=act.office,
        role=None if signer is None else signer.role,
        key=None if signer is None else signer.key,
        assurance=None
        if signer is None
        else assurance_of(signer.role, roles, find_key(signer.key)),
    )
