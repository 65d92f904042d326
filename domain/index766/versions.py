"""The wordings of the index by version: a newer one (such as `portal-2026`) is one more value here.

The portal's operator is rewriting the index in 2026 (shares of fully online dossiers among those
that may be, proactive services, papers replaced by data); that wording was not read in full.
"""

from collections.abc import Mapping
from typing import Final

from domain.index766.shapes import FormulaSet
from domain.index766.wording_2022 import QD766_2022

DEFAULT_VERSION: Final = QD766_2022.version

FORMULAS: Final[Mapping[str, FormulaSet]] = {QD766_2022.version: QD766_2022}


def formulas_of(version: str = DEFAULT_VERSION) -> FormulaSet | None:
    """Give the wording of a version; None where there is none."""
    return FORMULAS.get(version)
