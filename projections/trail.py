"""The trail of one signer: everything that a key signed, or a performer of an import did.

A trail is complete as of a checkpoint only, and only for acts that were handed in. Its period is
one of recorded times, which no signer chooses.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from domain.moments import Moment
from domain.roles import Role
from projections.dossier_rows import Act


class TrailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act of the signer; ``role`` is None for the performer of an imported act."""

    entry_index: int
    stream: str
    kind: str
    at: Moment
    recorded_at: datetime
    office: str | None
    role: Role | None


def trail_of(
    acts: Iterable[Act], signer: str, start: datetime, end: datetime
) -> tuple[TrailEntry, ...]:
    """Give what a key (or performer) did that was recorded from ``start`` to before ``end``."""
    mine = (act for act in acts if start <= act.recorded_at < end and _is_by(act, signer))
    return tuple(
        TrailEntry(
            entry_index=act.entry_index,
            stream=act.stream,
            kind=act.kind,
            at=act.at,
            recorded_at=act.recorded_at,
            office=act.office,
            role=_role_of(act, signer),
        )
        for act in sorted(mine, key=lambda act: act.entry_index)
    )


def _is_by(act: Act, signer: str) -> bool:
    return act.performer == signer or _role_of(act, signer) is not None


def _role_of(act: Act, signer: str) -> Role | None:
    return next((known.role for known in act.signers if known.key == signer), None)
