"""Which papers an office asked for, as keyed hashes: a private fold for rule R03.

What is asked for stands in the private part of a request. The views keep HMAC-SHA256 under the
view secret over dossier and component, so equal papers of two dossiers do not look alike, and
whether the catalogue of then lists the paper. The fold stands outside `recompute`.
"""

import hmac
from hashlib import sha256

import msgspec

from domain.actions import Action
from domain.facts import (
    IntakeSupplementRequestedDetails,
    SupplementJudgedIncompleteDetails,
    SupplementRequestedDetails,
)
from domain.procedures import Procedure
from domain.rules.register import Register
from ledger.action_notes import check_private_part
from ledger.errors import LedgerError
from projections.entries import EntryUnreadable, PublicEntry
from projections.holders import MARKED_DETAILS, OpenPrivate

_REQUESTING = (
    IntakeSupplementRequestedDetails,
    SupplementRequestedDetails,
    SupplementJudgedIncompleteDetails,
)
_OPENED = frozenset({*MARKED_DETAILS, *_REQUESTING})


class RequestedPaper(msgspec.Struct, frozen=True):
    """One paper that one request asked for; `listed` is None where the catalogue has no list."""

    stream: str
    version: int
    paper: bytes
    listed: bool | None


class DossierPlace(msgspec.Struct, frozen=True):
    """Which procedure and office a dossier is of, and the version that it was accepted under."""

    procedure: str
    office: str
    procedure_version: int | None = None


def procedure_holding(place: DossierPlace, action: Action, register: Register) -> Procedure | None:
    """Give the version whose list of papers holds for a dossier at an act on it.

    It is the one that the dossier was accepted under; before that the one in force then.
    """
    record, office = register.procedure(place.procedure), register.office(place.office)
    if record is None or office is None:
        return None
    accepted = record.version(place.procedure_version)
    return accepted or record.version_in_force(action.at.day_in(office.office.time_zone))


def asks_for_papers(entry: PublicEntry) -> bool:
    """Tell whether the private part of an entry may say which papers are asked for."""
    action = entry.action
    return action.commitment is not None and action.kind.details in _REQUESTING


def is_opened(entry: PublicEntry) -> bool:
    """Tell whether the private part of an entry says anything that is kept: one look for both."""
    action = entry.action
    return action.commitment is not None and action.kind.details in _OPENED


def requested_papers(
    entry: PublicEntry, procedure: Procedure | None, open_private: OpenPrivate, view_secret: bytes
) -> list[RequestedPaper]:
    """Give the papers that an entry asks for; none for other kinds and for erased details.

    ``procedure`` is the version whose list holds for the dossier.

    Raises:
        EntryUnreadable: what the vault gave does not open the entry's commitment.
    """
    if not asks_for_papers(entry):
        return []
    action = entry.action
    part = open_private(entry.text_hash)
    if part is None:
        return []
    try:
        details = check_private_part(action, part.salt, part.details).details
    except LedgerError as error:
        raise EntryUnreadable(entry.entry_index, str(error)) from error
    assert isinstance(details, _REQUESTING)
    listed = None if procedure is None else {paper.code for paper in procedure.components_of()}
    return [
        RequestedPaper(
            action.stream,
            action.version,
            _paper_hash(view_secret, action.stream, code),
            code in listed if listed else None,
        )
        for code in sorted({item.component for item in details.items})
    ]


def _paper_hash(view_secret: bytes, stream: str, code: str) -> bytes:
    return hmac.digest(view_secret, f"paper\n{stream}\n{code}".encode(), sha256)
