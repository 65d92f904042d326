"""Comparing two books of dossiers by their codes: what stands in one only."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Codes that stand in one book only, or twice in one; sorted."""

    in_both: int
    only_in_first: tuple[str, ...]
    only_in_second: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether both books hold the same codes, each once."""
        return not (self.only_in_first or self.only_in_second or self.repeated)


def reconcile(first: Iterable[str], second: Iterable[str]) -> Reconciliation:
    """Compare two books; codes are compared as given."""
    ones, others = list(first), list(second)
    left, right = set(ones), set(others)
    repeated = {code for book in (ones, others) for code in _repeated(book)}
    return Reconciliation(
        in_both=len(left & right),
        only_in_first=tuple(sorted(left - right)),
        only_in_second=tuple(sorted(right - left)),
        repeated=tuple(sorted(repeated)),
    )


def _repeated(codes: list[str]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for code in codes:
        (twice if code in seen else seen).add(code)
    return twice
