"""The trail of one person: everything that their keys signed, or a performer of an import did.

A trail is complete as of a checkpoint only, and only for acts that were handed in. Its period is
one of recorded times, which no signer chooses. Officers' keys change every quarter, so a trail
follows the person (`projections.people.persons`) unless one key alone is asked for.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

import msgspec

from domain.actions import Signer
from domain.keys import KeyRecord, assurance_of
from domain.moments import Moment
from domain.roles import Assurance, Role
from projections.dossier_rows import Act


class TrailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act: by which key, as what, and how surely it was that person.

    ``key``, ``role`` and ``assurance`` are None for the performer of an imported act; an act on a
    ``veiled`` dossier has no ``entry_index``.
    """

    entry_index: int | None
    stream: str
    version: int
    kind: str
    at: Moment
    recorded_at: datetime
    office: str | None
    role: Role | None
    key: str | None = None
    assurance: Assurance | None = None

    @property
    def veiled(self) -> bool:
        """Tell whether the log shows the act under a veil only."""
        return self.entry_index is None


def trail_of(
    acts: Iterable[Act],
    signers: Collection[str],
    start: datetime,
    end: datetime,
    find_key: Callable[[str], KeyRecord | None] = lambda _name: None,
) -> tuple[TrailEntry, ...]:
    """Give what keys (or a performer) did that was recorded from ``start`` to before ``end``.

    ``find_key`` gives the registry's record of a key; without one it is taken as a key of its
    holder's own.
    """
    inside = (act for act in acts if start <= act.recorded_at < end)
    # Whoever signed an act with two of the keys did it once.
    mine = {_place(act): act for act in inside if _is_by(act, signers)}
    return tuple(_entry(mine[place], signers, find_key) for place in sorted(mine))


def _place(act: Act) -> tuple[datetime, int, str, int]:
    """Give where an act stands in a trail: as recorded, and within one seal as in the log."""
    index = -1 if act.entry_index is None else act.entry_index
    return act.recorded_at, index, act.stream, act.version


def _entry(
    act: Act, signers: Collection[str], find_key: Callable[[str], KeyRecord | None]
) -> TrailEntry:
    signer = _signer_of(act, signers)
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
        assurance=None if signer is None else _assurance(act, signer, find_key(signer.key)),
    )


def _assurance(act: Act, signer: Signer, record: KeyRecord | None) -> Assurance:
    return assurance_of(signer.role, [each.role for each in act.signers], record)


def _is_by(act: Act, signers: Collection[str]) -> bool:
    return act.performer in signers or _signer_of(act, signers) is not None


def _signer_of(act: Act, signers: Collection[str]) -> Signer | None:
    return next((signer for signer in act.signers if signer.key in signers), None)
