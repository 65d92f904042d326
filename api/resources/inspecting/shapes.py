"""The shapes of answers about trails of all subjects, and about looks."""

import msgspec

from api.reading.looks import Look
from api.reading.orders import OrderInForce
from api.resources.answers import TrailActAnswer
from projections.casefiles.context import TrailContext
from projections.counts import CheckpointReference


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


class OrderAnswer(_Answer, frozen=True, kw_only=True):
    """The inspection order under which a look was made: number, stream and last day."""

    number: str
    stream: str
    until: str


class TrailPageAnswer(_Answer, frozen=True, kw_only=True):
    """One page of a trail in the order of the log; ``next`` is the next one's ``after``.

    All pages together are complete as of the last one's checkpoint. ``context`` is of the whole
    trail, where it was asked for.
    """

    acts: tuple[TrailActAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str
    next: str | None = None
    order: OrderAnswer | None = None
    context: TrailContext | None = None


class LookAnswer(_Answer, frozen=True, kw_only=True):
    """One look, as it was signed; whoever was looked at sees by whose key, when and at what."""

    at: str
    inspector: str
    target: str
    signature_input: str
    signature: str
    officer: str | None = None
    office: str | None = None
    unit: str | None = None
    procedure: str | None = None
    dossier: str | None = None
    proxy: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    order: str | None = None


class LooksAnswer(_Answer, frozen=True, kw_only=True):
    """The last looks at whoever asks, newest first; those under an open order are not there yet."""

    looks: tuple[LookAnswer, ...]


def look_answer(look: Look) -> LookAnswer:
    """Write a look."""
    return LookAnswer(
        at=look.at,
        inspector=look.inspector,
        target=look.target,
        signature_input=look.signature_input,
        signature=look.signature,
        officer=look.officer,
        office=look.office,
        unit=look.unit,
        procedure=look.procedure,
        dossier=look.dossier,
        proxy=look.proxy,
        first_day=look.first_day,
        last_day=look.last_day,
        order=look.order,
    )


def order_answer(order: OrderInForce | None) -> OrderAnswer | None:
    """Write the order under which a look was made."""
    if order is None:
        return None
    until = order.until.isoformat()
    return OrderAnswer(number=order.number, stream=order.stream, until=until)
