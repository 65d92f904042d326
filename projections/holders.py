"""Keyed hashes by which a dossier's holder is recognised, and an officer across several keys.

They are of the slip's secret, of its code, and of the personnel number in a key's enrolment.

A private fold: it reads opened details and stands outside `recompute`. Only HMAC-SHA256 under the
view secret is kept, so a copy of the views gives nobody a code to guess against.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

import msgspec

from domain.facts import (
    DossierAcceptedDetails,
    DossierSubmittedDetails,
    KeyRegisteredDetails,
    SlipSecretReplacedDetails,
)
from domain.facts.feedback import ComplaintFiledDetails, FeedbackFiledDetails
from domain.facts.integrity import PersonalDataErased
from domain.keys import number_of_person
from ledger.action_notes import check_private_part
from ledger.errors import LedgerError
from ledger.private.vault import PrivatePart
from projections.entries import EntryUnreadable, PublicEntry

OpenPrivate = Callable[[bytes], PrivatePart | None]
OpenManyPrivate = Callable[[Sequence[bytes]], Mapping[bytes, PrivatePart]]
# Gives those of some streams, or of all, whose private parts the vault has forgotten by now.
ErasedAmong = Callable[[Collection[str] | None], Collection[str]]


class Mark(StrEnum):
    """What was hashed: the slip's secret opens the page, its code the share done.

    The personnel number joins the keys of one officer, for inspectors.
    """

    SECRET = "secret"  # noqa: S105 - the name of a mark, not a secret
    CODE = "code"
    PERSON = "person"


class HolderMark(msgspec.Struct, frozen=True):
    """One keyed hash that belongs to a dossier; a later one of the same mark replaces it."""

    stream: str
    mark: Mark
    hash: bytes


def mark_hash(view_secret: bytes, mark: Mark, text: str) -> bytes:
    """Hash a secret or a code as the views keep it; the mark keeps the two apart."""
    return hmac.digest(view_secret, f"{mark}\n{text}".encode(), sha256)


def is_same_hash(first: bytes | None, second: bytes | None) -> bool:
    """Compare two hashes in constant time; None equals nothing."""
    return first is not None and second is not None and hmac.compare_digest(first, second)


def brings_mark(entry: PublicEntry) -> bool:
    """Tell whether the private part of an entry may bring a mark."""
    action = entry.action
    return action.commitment is not None and action.kind.details in MARKED_DETAILS


def is_erasure(entry: PublicEntry) -> bool:
    """Tell whether an entry takes the marks of its dossier away."""
    return isinstance(entry.action.facts, PersonalDataErased)


def holder_mark(
    entry: PublicEntry, open_private: OpenPrivate, view_secret: bytes
) -> HolderMark | None:
    """Give the hash that an entry brings; None for other kinds and for erased details.

    Raises:
        EntryUnreadable: what the vault gave does not open the entry's commitment.
    """
    action = entry.action
    if not brings_mark(entry):
        return None
    part = open_private(entry.text_hash)
    if part is None:
        return None
    try:
        details = check_private_part(action, part.salt, part.details).details
    except LedgerError as error:
        raise EntryUnreadable(entry.entry_index, str(error)) from error
    if isinstance(details, _SECRET_DETAILS):
        hashed = mark_hash(view_secret, Mark.SECRET, details.secret)
        return HolderMark(action.stream, Mark.SECRET, hashed)
    if isinstance(details, DossierAcceptedDetails) and details.code is not None:
        return HolderMark(action.stream, Mark.CODE, mark_hash(view_secret, Mark.CODE, details.code))
    if isinstance(details, KeyRegisteredDetails) and details.personnel_number is not None:
        number = number_of_person(details.personnel_number)
        return HolderMark(action.stream, Mark.PERSON, mark_hash(view_secret, Mark.PERSON, number))
    return None


_SECRET_DETAILS = (
    DossierSubmittedDetails,
    SlipSecretReplacedDetails,
    FeedbackFiledDetails,
    ComplaintFiledDetails,
)
MARKED_DETAILS = frozenset((*_SECRET_DETAILS, DossierAcceptedDetails, KeyRegisteredDetails))
