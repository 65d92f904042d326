"""Transitions of what domain.md 2.7 has no row for: parties of a dossier, and holds."""

from collections.abc import Mapping
from typing import Final

from domain.dossiers import Status
from domain.transitions.shapes import (
    NEW,
    PROCESSED,
    UNDER_WAY,
    Move,
    Transition,
    stay,
)

# As long as the applicant may still have something to do: until the result is in their hands.
_UNRETURNED: Final = Transition(
    rows="", moves=stay(*UNDER_WAY, PROCESSED), from_suspension=Move.SAME
)
_ALWAYS: Final = Transition(rows="", moves=stay(*Status), from_suspension=Move.SAME)

PARTIES: Final[Mapping[str, Transition]] = {
    "dossier.filing_group_declared": Transition(rows="", moves=stay(NEW)),
    "dossier.identity_checked": _UNRETURNED,
    "dossier.external_data_queried": Transition(rows="", moves=stay(*UNDER_WAY)),
    # Whoever lost the key may still rate, complain or ask for what is kept, after the end too.
    "dossier.applicant_key_replaced": _ALWAYS,
    "dossier.slip_secret_replaced": _ALWAYS,
    "dossier.proxy_authorised": _ALWAYS,
    "dossier.proxy_revoked": _ALWAYS,
    "dossier.delivery_choice_changed": _UNRETURNED,
    "dossier.hold_placed": _ALWAYS,
    "dossier.hold_lifted": _ALWAYS,
}
