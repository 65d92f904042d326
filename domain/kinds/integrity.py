"""Kinds of integrity: corrections, outages, reading, erasure, findings (rows 44 to 49)."""

from typing import Final

from domain.actions import Kind

INTEGRITY: Final[tuple[Kind, ...]] = ()
