"""A public act about money: a fee assessed, asked for, paid or paid back.

It gives what figures of payment need: of which dossier, how much, and by which method.
"""

from typing import NamedTuple

Offices = frozenset[str] | None


class FeeAct(NamedTuple):
    """One act about money, of a dossier that was accepted; its moment is as in a dossier's row."""

    stream: str
    office: str
    procedure: str
    accepted_at: str
    kind: str
    amount_vnd: int
    payment_method: str | None
