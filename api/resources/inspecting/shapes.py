"""The shapes of answers about trails of all subjects, and about looks."""

from dataclasses import dataclass

import msgspec

from api.reading.orders import OrderInForce
from api.resources.answers import TrailActAnswer
from ledger.looks.leaves import Commitment, KeptLook
from projections.casefiles.context import TrailContext
from projections.counts import CheckpointReference
from transparency.encoding import encode_base64


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


class LookProofAnswer(_Answer, frozen=True, kw_only=True):
    """The entry that commits to a look: which it is, what it says, and the path to its root."""

    entry_index: int
    version: int
    receipt_url: str
    book: int
    looks: int
    root: str
    inclusion: tuple[str, ...]


class LookAnswer(_Answer, frozen=True, kw_only=True):
    """One look, as it was signed; whoever was looked at sees by whose key, when and at what.

    `record` is what the leaf is the hash of, byte for byte in UTF-8. `proof` is absent until an
    entry commits to the look.
    """

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
    look_index: int
    record: str
    proof: LookProofAnswer | None = None


class LooksAnswer(_Answer, frozen=True, kw_only=True):
    """The last looks at whoever asks, newest first; those under an open order are not there yet.

    `stream` is where looks are committed to.
    """

    stream: str
    looks: tuple[LookAnswer, ...]


@dataclass(frozen=True, slots=True)
class ProvenLook:
    """A look, and the first entry that commits to it, with the path to its root."""

    kept: KeptLook
    commitment: Commitment | None
    inclusion: tuple[bytes, ...]


def look_answer(proven: ProvenLook) -> LookAnswer:
    """Write a look."""
    kept, look = proven.kept, proven.kept.look
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
        look_index=kept.look_index,
        record=kept.record.decode(),
        proof=_proof_answer(proven),
    )


def _proof_answer(proven: ProvenLook) -> LookProofAnswer | None:
    commitment = proven.commitment
    if commitment is None or commitment.entry_index is None:
        return None
    return LookProofAnswer(
        entry_index=commitment.entry_index,
        version=commitment.version,
        receipt_url=f"/v1/entries/{commitment.entry_index}/receipt",
        book=commitment.book,
        looks=commitment.looks,
        root=encode_base64(commitment.root),
        inclusion=tuple(map(encode_base64, proven.inclusion)),
    )


def order_answer(order: OrderInForce | None) -> OrderAnswer | None:
    """Write the order under which a look was made."""
    if order is None:
        return None
    until = order.until.isoformat()
    return OrderAnswer(number=order.number, stream=order.stream, until=until)
