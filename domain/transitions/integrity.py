"""Transitions of integrity (rows 44 to 49)."""

from collections.abc import Mapping
from typing import Final

from domain.transitions.shapes import Transition

INTEGRITY: Final[Mapping[str, Transition]] = {}
