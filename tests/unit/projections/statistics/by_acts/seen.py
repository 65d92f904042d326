"""Acts as figures look at them, for tests."""

from collections.abc import Sequence

from domain.roles import Role
from projections.statistics.by_acts.acts import SeenAct


def seen(
    kind: str, at: str = "2026-03-02", roles: Sequence[str] = (), method: str | None = None
) -> SeenAct:
    signed = frozenset(map(Role, roles))
    return SeenAct(f"dossier.{kind}", at, "H27", None, None, method, signed)
