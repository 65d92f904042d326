"""One petition as it is tracked: its clocks for all who name it, its answers for who filed it.

The answers lie in the vault; only acts that are published already are opened, so the answers and
the state are as of one checkpoint. What the petitioner wrote, and who it was, is never shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.facts import Details
from domain.facts.feedback import (
    ComplaintDecidedDetails,
    FeedbackAnsweredDetails,
    FeedbackClassifiedDetails,
    FeedbackPublishedDetails,
)
from domain.moments import Moment
from domain.oversight.petitions import PetitionDue, PetitionRecord
from ledger.action_notes import check_private_part, open_text
from ledger.storage.port import StoredEvent
from projections.holders import OpenPrivate
from projections.petitions.standing import PetitionWorld, Standing, clocks_of, standing_of


@dataclass(frozen=True, slots=True)
class OpenedAnswer:
    """What an office said in one act: a text, the hash of a letter, where it was published."""

    kind: str
    at: Moment
    text: str | None = None
    letter_sha256: str | None = None
    number: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class TrackedPetition:
    """One petition as whoever tracks it sees it."""

    stream: str
    record: PetitionRecord
    zone: str
    clocks: tuple[PetitionDue, ...]
    standing: Standing
    world: PetitionWorld
    answers: tuple[OpenedAnswer, ...] = ()


def track_petition(
    stream: str,
    record: PetitionRecord,
    world: PetitionWorld,
    answers: Sequence[OpenedAnswer] = (),
) -> TrackedPetition:
    """Put together what is told of a petition."""
    return TrackedPetition(
        stream=stream,
        record=record,
        zone=world.zone(record.office),
        clocks=clocks_of(record, world),
        standing=standing_of(record, world),
        world=world,
        answers=tuple(answers),
    )


def open_answers(
    events: Sequence[StoredEvent], published: int, ledger: str, open_private: OpenPrivate
) -> Iterator[OpenedAnswer]:
    """Open what an office said in the first so many acts of a petition; erased parts are left out.

    Raises:
        LedgerError: a stored act cannot be read, or its private part does not open.
    """
    for event in events[:published]:
        opened = open_text(event.note, ledger)
        if opened.action.kind.details not in _ANSWERING:
            continue
        part = open_private(opened.text_hash) if opened.action.commitment else None
        if part is not None:
            action = check_private_part(opened.action, part.salt, part.details)
            assert action.details is not None
            yield _answer(event.kind, action.at, action.details)


_ANSWERING = (
    FeedbackClassifiedDetails,
    FeedbackAnsweredDetails,
    FeedbackPublishedDetails,
    ComplaintDecidedDetails,
)


def _answer(kind: str, at: Moment, details: Details) -> OpenedAnswer:
    match details:
        case FeedbackClassifiedDetails():
            return OpenedAnswer(kind, at, text=details.explanation)
        case FeedbackAnsweredDetails():
            return OpenedAnswer(kind, at, text=details.text, letter_sha256=details.answer_sha256)
        case FeedbackPublishedDetails():
            return OpenedAnswer(kind, at, address=details.address)
        case ComplaintDecidedDetails():
            letter, number = details.decision_sha256, details.number
            return OpenedAnswer(kind, at, details.explanation, letter, number)
        case _:
            raise AssertionError(kind)
