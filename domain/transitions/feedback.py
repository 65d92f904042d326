"""Transitions of feedback (rows 40 to 43)."""

from collections.abc import Mapping
from typing import Final

from domain.transitions.shapes import Transition

FEEDBACK: Final[Mapping[str, Transition]] = {
    "rating.satisfaction_rated": Transition(rows="40", creates=True),
}
