"""Which papers an office asked for, as keyed hashes: a private fold for rule R03.

What is asked for stands in the private part of a request. The views keep HMAC-SHA256 under the
view secret over dossier and component, so equal papers of two dossiers do not look alike, and
whether the catalogue of then lists the paper. The fold stands outside `recompute`.
"""

import hmac
from hashlib import sha256

import msgspec

from domain.facts import (
    IntakeSupplementRequestedDetails,
    SupplementJudgedIncompleteDetails,
    SupplementRequestedDetails,
)
from domain.procedures import Procedure
from ledger.action_notes import check_private_part
from ledger.errors import LedgerError
from projections.entries import EntryUnreadable, PublicEntry
from projections.holders import OpenPrivate

_REQUESTING = (
    IntakeSupplementRequestedDetails,
    SupplementRequestedDetails,
    SupplementJudgedIncompleteDetails,
)


class RequestedPaper(msgspec.Struct, frozen=True):
    """One paper that one request asked for; `listed` is None where the catalogue has no list."""

    stream: str
    version: int
    paper: bytes
    listed: bool | None


def asks_for_papers(entry: PublicEntry) -> bool:
    """Tell whether the private part of an entry may say which papers are asked for."""
    action = entry.action
    return action.commitment is not None and action.kind.details in _REQUESTING


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
