"""Inspection orders as requests name them: by the stream where one was issued.

What an order says is private: its number and scope are opened here, and never stand in an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.errors import InspectionOrderNeeded
from api.parts import Parts
from domain.actions import Action
from domain.facts.integrity import AccessOpened, AccessOrderIssuedDetails
from projections.access import open_actions
from projections.people.subjects import OrderScope

_NONE_HERE: Final = "order_stream: no order stands there that is in force and for this key"


@dataclass(frozen=True, slots=True)
class OrderInForce:
    """An order under which somebody may look now."""

    stream: str
    number: str
    until: date
    scope: OrderScope


def order_in_force(parts: Parts, stream: str, keys: Iterable[str]) -> OrderInForce:
    """Give the order that stands on a stream, for one of its readers; ``keys`` are one person's.

    Raises:
        InspectionOrderNeeded: there is none, it has ended or lapsed, or it is for another reader.
        LedgerError: the order cannot be read.
    """
    actions = _actions(parts, stream)
    issued = [a.details for a in actions if isinstance(a.details, AccessOrderIssuedDetails)]
    if not issued or _has_ended(actions):
        raise InspectionOrderNeeded(_NONE_HERE)
    order = issued[0]
    if order.until < parts.clock().date() or not set(keys) & set(order.readers):
        raise InspectionOrderNeeded(_NONE_HERE)
    return OrderInForce(stream, order.order, order.until, OrderScope(order.offices, order.dossiers))


def open_orders(parts: Parts, streams: Iterable[str]) -> set[str]:
    """Give those of these streams whose orders nothing has ended: a clock alone ends none.

    Raises:
        LedgerError: an order cannot be read.
    """
    return {stream for stream in set(streams) if not _has_ended(_actions(parts, stream))}


def _actions(parts: Parts, stream: str) -> list[Action]:
    if not stream.startswith("access:"):
        return []
    return open_actions(parts.reader.stream_events(stream), parts.origin, parts.vault.open)


def _has_ended(actions: Iterable[Action]) -> bool:
    return any(isinstance(action.facts, AccessOpened) for action in actions)
