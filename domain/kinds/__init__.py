"""The closed table of kinds of action, a file for each part of domain.md 2.7.

A new kind is a class of facts, a line here, a row in `domain.transitions` and its tests. Names are
signed for ever, so a changed schema is a new kind.
"""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Kind
from domain.kinds.feedback import FEEDBACK
from domain.kinds.imports import IMPORTS
from domain.kinds.intake import INTAKE
from domain.kinds.integrity import INTEGRITY
from domain.kinds.parties import PARTIES
from domain.kinds.processing import PROCESSING
from domain.kinds.registry import REGISTRY
from domain.kinds.required import REQUIRED
from domain.kinds.results import RESULTS
from domain.kinds.waiting import WAITING

__all__ = ["KINDS", "Kind"]


def _with_needs(kind: Kind) -> Kind:
    """Give a kind with what it must say; who always needs a private member needs a private part."""
    kind = replace(kind, needs=REQUIRED.get(kind.name, ()))
    is_needed = any(need.fact is None for need in kind.private_needs)
    return replace(kind, details_required=kind.details_required or is_needed)


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: _with_needs(kind)
    for kind in (
        *REGISTRY,
        *INTAKE,
        *PROCESSING,
        *WAITING,
        *RESULTS,
        *PARTIES,
        *FEEDBACK,
        *INTEGRITY,
        *IMPORTS,
    )
}
