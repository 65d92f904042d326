"""Who read private details of a dossier: its access stream, found by the dossier's first secret.

SPEC: formats.md, "Keys and the ledger's own entries". The stream's name is ``access:`` and, in
hex, HMAC-SHA256 of the text ``access`` under the 32 bytes of the secret in version 1's details. A
secret that is replaced later leaves it where it is. Secret ``AAAA…A=`` (32 zero bytes) gives
``access:cd587cb4…``; a test holds the whole.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from domain.actions import Action, Signer, StreamType
from domain.facts import DossierSubmittedDetails
from domain.facts.integrity import AccessLoggedDetails, AccessOpenedDetails
from domain.moments import Moment
from domain.oversight.integrity import is_open_to_holder
from ledger.action_notes import check_private_part, open_text
from ledger.bodies import ACTION_TYPE_LINE
from ledger.storage.port import LedgerReader, StoredEvent
from projections.holders import OpenPrivate
from transparency.encoding import decode_base64

ENTRIES_PER_READ: Final = 2_000
_LOGGED: Final = b'"action":"access.logged"'


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


def access_stream(secret: str) -> str:
    """Name the access stream of a dossier by the secret of its version 1, in base64."""
    return f"{StreamType.ACCESS}:{hmac.digest(decode_base64(secret), b'access', sha256).hex()}"


def access_stream_of(actions: Sequence[Action]) -> str | None:
    """Name a dossier's access stream by its opened acts; None where version 1 has no secret."""
    details = actions[0].details if actions else None
    return access_stream(details.secret) if isinstance(details, DossierSubmittedDetails) else None


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


def access_streams(reader: LedgerReader) -> list[str]:
    """Name every access stream of a ledger, by its entries: what only an operator's work needs."""
    found: dict[str, None] = {}
    size = reader.sequenced_size()
    for start in range(0, size, ENTRIES_PER_READ):
        for entry in reader.entries(start, min(size, start + ENTRIES_PER_READ)):
            # Most entries are none: those that may be one are parsed.
            if _LOGGED in entry.body and entry.body.startswith(ACTION_TYPE_LINE):
                found[open_text(entry.body, None).action.stream] = None
    return list(found)


def orders_under_way(
    events: Sequence[StoredEvent], ledger: str, open_private: OpenPrivate
) -> dict[str, date]:
    """Give the orders that still seal reads on an access stream, each with its last day."""
    under_way: dict[str, date] = {}
    for action in open_actions(events, ledger, open_private):
        match action.details:
            case AccessOpenedDetails(order=order):
                under_way.pop(order, None)
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
