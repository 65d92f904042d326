"""Who read private details of a dossier, and which inspection orders still seal reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.actions import Action, Signer
from domain.facts.integrity import (
    AccessLoggedDetails,
    AccessOpenedDetails,
    AccessOrderIssuedDetails,
)
from domain.moments import Moment
from domain.oversight.integrity import is_open_to_holder
from ledger.action_notes import check_private_part, open_text
from ledger.storage.port import StoredEvent
from projections.holders import OpenPrivate


@dataclass(frozen=True, slots=True)
class LoggedRead:
    """One entry of an access stream.

    ``details`` is None where they were erased, and where the entry is about another dossier.
    ``is_open`` is False while an inspection order keeps it from the holder.
    """

    version: int
    entry_index: int | None
    at: Moment
    signer: Signer
    details: AccessLoggedDetails | None
    is_open: bool


def open_actions(
    events: Iterable[StoredEvent], ledger: str, open_private: OpenPrivate
) -> list[Action]:
    """Give the acts of a stream with their private parts, as far as there are any.

    Raises:
        LedgerError: a stored act cannot be read, or its private part does not open.
    """
    actions = []
    for event in events:
        opened = open_text(event.note, ledger)
        part = None if opened.action.commitment is None else open_private(opened.text_hash)
        actions.append(
            opened.action
            if part is None
            else check_private_part(opened.action, part.salt, part.details)
        )
    return actions


def logged_reads(
    events: Sequence[StoredEvent], ledger: str, dossier: str, open_private: OpenPrivate
) -> tuple[LoggedRead, ...]:
    """Give the reads that an access stream holds, oldest first."""
    actions = open_actions(events, ledger, open_private)
    reads: list[LoggedRead] = []
    ended: set[str] = set()
    # Backwards: an order's end opens what stands before it, and nothing after.
    for event, action in zip(reversed(events), reversed(actions), strict=True):
        if isinstance(action.details, AccessOpenedDetails):
            ended.add(action.details.order)
        elif action.kind.name == "access.logged":
            reads.append(_read(event, action, dossier, ended))
    return tuple(reversed(reads))


def orders_under_way(
    events: Sequence[StoredEvent], ledger: str, open_private: OpenPrivate
) -> dict[str, date]:
    """Give the orders that run on an access stream: issued there, or sealing reads on it."""
    under_way: dict[str, date] = {}
    for action in open_actions(events, ledger, open_private):
        match action.details:
            case AccessOpenedDetails(order=order):
                under_way.pop(order, None)
            case AccessOrderIssuedDetails(order=order, until=until):
                under_way[order] = until
            case AccessLoggedDetails(order=str() as order, order_until=date() as until):
                under_way[order] = max(until, under_way.get(order, until))
            case _:
                pass
    return under_way


def _read(event: StoredEvent, action: Action, dossier: str, ended: set[str]) -> LoggedRead:
    details = action.details if isinstance(action.details, AccessLoggedDetails) else None
    if details is not None and details.dossier != dossier:
        details = None
    return LoggedRead(
        version=event.version,
        entry_index=event.entry_index,
        at=action.at,
        signer=action.signers[0],
        details=details,
        is_open=details is None or is_open_to_holder(details, ended),
    )
