"""One row per petition, in plain columns: all that its clocks are folded from, and nothing private.

No key and no dossier stands in a row. Moments are their texts, as in `projections.dossier_rows`.
"""

from collections.abc import Iterator, Mapping

import msgspec

from domain.decisions import StreamState
from domain.errors import DomainError
from domain.facts.feedback import ComplaintOutcome, FeedbackCategory
from domain.moments import Moment, parse_moment, render_moment
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from ledger.errors import StoreCorrupt


class PetitionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One petition; of a complaint, its present level."""

    stream: str
    track: str
    state: str
    office: str
    category: str | None
    level: int | None
    outcome: str | None
    is_complex: bool
    is_remote: bool
    filed_at: str
    refused_at: str | None
    information_at: str | None
    forwarded_at: str | None
    answered_at: str | None
    answer_to_publish_at: str | None
    published_at: str | None
    disputed_at: str | None
    accepted_at: str | None
    decided_at: str | None


def petition_rows_of(states: Mapping[str, StreamState]) -> Iterator[PetitionRow]:
    """Give the rows of the petitions among the states that a step of the follower changed."""
    for stream, state in states.items():
        if isinstance(state, PetitionRecord):
            yield row_of_petition(stream, state)


def row_of_petition(stream: str, record: PetitionRecord) -> PetitionRow:
    """Make the row of a petition's state."""
    return PetitionRow(
        stream=stream,
        track=record.track.value,
        state=record.state.value,
        office=record.office,
        category=None if record.category is None else record.category.value,
        level=record.level,
        outcome=None if record.outcome is None else record.outcome.value,
        is_complex=record.is_complex,
        is_remote=record.is_remote,
        filed_at=render_moment(record.filed_at),
        refused_at=_text(record.refused_at),
        information_at=_text(record.information_at),
        forwarded_at=_text(record.forwarded_at),
        answered_at=_text(record.answered_at),
        answer_to_publish_at=_text(record.answer_to_publish_at),
        published_at=_text(record.published_at),
        disputed_at=_text(record.disputed_at),
        accepted_at=_text(record.accepted_at),
        decided_at=_text(record.decided_at),
    )


def petition_of_row(row: PetitionRow) -> PetitionRecord:
    """Give the petition of a row, without the keys that sign for its petitioner.

    Raises:
        StoreCorrupt: the row does not hold a petition.
    """
    try:
        return _petition(row)
    except (DomainError, AttributeError, TypeError, ValueError) as error:
        raise StoreCorrupt(f"the row of {row.stream} does not hold a petition: {error}") from error


def _petition(row: PetitionRow) -> PetitionRecord:
    return PetitionRecord(
        track=PetitionTrack(row.track),
        state=PetitionState(row.state),
        office=row.office,
        category=None if row.category is None else FeedbackCategory(row.category),
        level=row.level,
        outcome=None if row.outcome is None else ComplaintOutcome(row.outcome),
        is_complex=bool(row.is_complex),
        is_remote=bool(row.is_remote),
        filed_at=parse_moment(row.filed_at),
        refused_at=_moment(row.refused_at),
        information_at=_moment(row.information_at),
        forwarded_at=_moment(row.forwarded_at),
        answered_at=_moment(row.answered_at),
        answer_to_publish_at=_moment(row.answer_to_publish_at),
        published_at=_moment(row.published_at),
        disputed_at=_moment(row.disputed_at),
        accepted_at=_moment(row.accepted_at),
        decided_at=_moment(row.decided_at),
    )


def _text(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)


def _moment(text: str | None) -> Moment | None:
    return None if text is None else parse_moment(text)
