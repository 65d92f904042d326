"""Which acts a start must read again although their effect is in memory: those with private parts.

What opened private parts tell is kept nowhere but in the vault. So whoever writes down what a
ledger adds up to writes down the places of these acts, and opens them anew at each start.
"""

from typing import Final

from domain.actions import Action
from domain.facts.integrity import PersonalDataErased
from ledger.remembering.matters import FINDING_CLOSED, OPENING_KINDS
from ledger.remembering.memory import REMEMBERED_KINDS

# Stream and version of an act.
Place = tuple[str, int]

_KEPT: Final = frozenset(REMEMBERED_KINDS)


class Noted:
    """The places of acts to open again, and what changed of them since somebody last asked."""

    def __init__(self) -> None:
        self._opening: dict[str, int] = {}
        self._added: dict[Place, None] = {}
        self._removed: dict[Place, None] = {}
        self._erased: list[str] = []

    def take(self, action: Action) -> None:
        """Take in a permitted action."""
        kind, place = action.kind.name, (action.stream, action.version)
        if kind in OPENING_KINDS:
            self._close(action.stream)
            self._opening[action.stream] = action.version
            self._added[place] = None
        elif kind == FINDING_CLOSED:
            self._close(action.stream)
        elif kind in _KEPT:
            self._added[place] = None
        elif isinstance(action.facts, PersonalDataErased):
            self._erased.append(action.stream)

    def recall(self, action: Action) -> None:
        """Take in an act that was noted before; it is no change."""
        if action.kind.name in OPENING_KINDS:
            self._opening[action.stream] = action.version

    def _close(self, stream: str) -> None:
        version = self._opening.pop(stream, None)
        if version is not None and self._added.pop((stream, version), 0) == 0:
            self._removed[stream, version] = None

    def take_changes(self) -> tuple[list[Place], list[Place], list[str]]:
        """Give what is to be noted, what no longer, and dossiers that were erased."""
        changes = list(self._added), list(self._removed), self._erased
        self._added, self._removed, self._erased = {}, {}, []
        return changes
