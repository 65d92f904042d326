"""Kinds of feedback: ratings, petitions, complaints, denunciations (rows 40 to 43)."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.roles import Role, any_of, signed_by

FEEDBACK: Final[tuple[Kind, ...]] = (
    Kind(
        name="rating.satisfaction_rated",
        stream=StreamType.RATING,
        facts=facts.SatisfactionRated,
        signers=signed_by(any_of(Role.APPLICANT)),
        deferred=True,
    ),
)
