"""Slips of a dossier: each secret that opened it in turn, and what took its place.

Asked of the ledger, where a new secret counts from the moment it is recorded, and never of the
views, which follow later: in between the old one would still open.
"""

from dataclasses import dataclass
from datetime import datetime

from api.parts import Parts
from domain.actions import Signer
from domain.facts import DossierSubmittedDetails, SlipSecretReplacedDetails
from domain.moments import Moment
from ledger.storage.port import StoredEvent
from projections.access import open_actions
from projections.holders import Mark, mark_hash
from projections.stored.veiled_events import promised_at

REPLACED = "dossier.slip_secret_replaced"


@dataclass(frozen=True, slots=True)
class Replacement:
    """The act that ended a slip: when, and who signed it as what. Nothing of the new one.

    ``recorded_at`` is there where no entry index is: of a veiled dossier, by the ledger's promise
    and not by what the signers claim.
    """

    version: int
    entry_index: int | None
    at: Moment
    signers: tuple[Signer, ...]
    recorded_at: datetime | None = None

    @property
    def counted_from(self) -> Moment:
        """Give from when on reads are the next slip's."""
        return self.at if self.recorded_at is None else Moment(instant=self.recorded_at)


@dataclass(frozen=True, slots=True)
class Slip:
    """One secret by its keyed hash; `replaced` is None while it opens the dossier."""

    hash: bytes
    replaced: Replacement | None = None


def slips_of(parts: Parts, stream: str) -> tuple[Slip, ...]:
    """Give the slips of a dossier, the oldest first; none where they were erased.

    Raises:
        LedgerError: a stored act cannot be read, or its private part does not open.
    """
    events = [
        event
        for event in parts.reader.stream_events(stream)
        if event.version == 1 or event.kind == REPLACED
    ]
    actions = open_actions(events, parts.origin, parts.vault.open)
    hashes = [
        mark_hash(parts.view_secret, Mark.SECRET, details.secret)
        for details in (action.details for action in actions)
        if isinstance(details, DossierSubmittedDetails | SlipSecretReplacedDetails)
    ]
    if len(hashes) < len(events):
        return ()
    ends = [
        Replacement(event.version, _index(event), action.at, action.signers, _promised(event))
        for event, action in zip(events[1:], actions[1:], strict=True)
    ]
    return tuple(Slip(each, end) for each, end in zip(hashes, [*ends, None], strict=True))


def _index(event: StoredEvent) -> int | None:
    # Of an act that is withheld, the index is that of what stands in its place, perhaps later.
    return None if event.promise else event.entry_index


def _promised(event: StoredEvent) -> datetime | None:
    return promised_at(event.promise) if event.promise else None
