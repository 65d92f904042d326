"""Ending inspection orders from a session: what the writer process and the commands share."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from api import bootstrap
from cli.sessions import Session
from domain.facts.integrity import AccessOpened, AccessOpenedDetails, OrderEnd
from domain.moments import Moment
from domain.roles import Role
from ledger.access_streams import AccessStreams
from ledger.action_notes import SubmittedAction
from ledger.drafting import next_place
from ledger.errors import LedgerError
from ledger.private.vault import Vault
from projections.access import open_actions, orders_under_way
from transparency.notes import SigningKey

# By its number and its last day.
IsOver = Callable[[str, date], bool]


@dataclass(frozen=True, slots=True)
class Ending:
    """Which orders end, how, and who signs that."""

    is_over: IsOver
    end: OrderEnd
    role: Role
    key: SigningKey


async def lapse_orders(session: Session, streams: AccessStreams) -> int:
    """End, signed by the system, every order whose last day has passed; count the entries.

    Raises:
        LedgerError: as `end_orders`.
    """
    today = session.now().day_in("UTC")
    lapsed = Ending(
        lambda _order, until: until < today, OrderEnd.LAPSED, Role.SYSTEM, session.keys.system
    )
    return await end_orders(session, streams, lapsed)


async def end_orders(session: Session, streams: AccessStreams, ending: Ending) -> int:
    """End orders, each by an entry on every stream with reads under it; count the entries.

    Done again, it goes on where it stopped and adds nothing twice.

    Raises:
        LedgerError: some stream could not be read, or an entry was refused; the others are ended.
    """
    failed: LedgerError | None = None
    ended = 0
    with closing(bootstrap.vault(session.settings, session.keys)) as vault:
        for stream in await asyncio.to_thread(streams.names):
            try:
                ended += await _end_on(session, vault, stream, ending)
            except LedgerError as error:
                # One stream that does not open keeps no other dossier's reads sealed.
                failed = failed or error
    if failed is not None:
        raise failed
    return ended


async def find_end(session: Session, streams: AccessStreams, number: str) -> Moment | None:
    """Give when the order of this number was first ended; None where no entry says so."""
    with closing(bootstrap.vault(session.settings, session.keys)) as vault:
        for stream in await asyncio.to_thread(streams.names):
            events = session.reader.stream_events(stream)
            for action in open_actions(events, session.keys.origin, vault.open):
                details = action.details
                if isinstance(details, AccessOpenedDetails) and details.order == number:
                    return action.at
    return None


async def _end_on(session: Session, vault: Vault, stream: str, ending: Ending) -> int:
    under_way = await asyncio.to_thread(_orders_on, session, vault, stream)
    over = [order for order, until in under_way.items() if ending.is_over(order, until)]
    for order in over:
        await session.submit(_entry(session, stream, order, ending))
    return len(over)


def _orders_on(session: Session, vault: Vault, stream: str) -> dict[str, date]:
    events = session.reader.stream_events(stream)
    return orders_under_way(events, session.keys.origin, vault.open)


def _entry(session: Session, stream: str, order: str, ending: Ending) -> SubmittedAction:
    return session.drafter.sign(
        "access.opened",
        stream,
        next_place(session.reader, stream),
        session.now(),
        AccessOpened(),
        ((ending.role, ending.key),),
        details=AccessOpenedDetails(order=order, end=ending.end),
    )
