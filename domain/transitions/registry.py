"""Transitions of the registry (rows 50, 51)."""

from collections.abc import Mapping
from typing import Final

from domain.transitions.shapes import Transition

REGISTRY: Final[Mapping[str, Transition]] = {
    "ledger.opened": Transition(rows="", creates=True),
    "ledger.root_rotated": Transition(rows="", continues=True),
    "ledger.root_recovered": Transition(rows="", continues=True),
    "ledger.log_key_rotated": Transition(rows="", continues=True),
    "ledger.log_key_retired": Transition(rows="", continues=True),
    "key.registered": Transition(rows="50", creates=True),
    "key.replaced": Transition(rows="", continues=True),
    "key.role_granted": Transition(rows="50", continues=True),
    "key.role_revoked": Transition(rows="50", continues=True),
    "key.revoked": Transition(rows="50", continues=True),
    "office.registered": Transition(rows="", creates=True, continues=True),
    "procedure.version_published": Transition(rows="51", creates=True, continues=True),
    "calendar.published": Transition(rows="51", creates=True, continues=True),
}
