"""The index of Decision 766/QD-TTg: its indicators as data, and scores as pure functions of inputs.

A wording of the index is a value (`FormulaSet`), chosen by its version: a newer one is a new value
in `versions`, and nothing that computes or shows scores changes.
"""

from domain.index766.scoring import GroupScore, IndexScore, IndicatorScore, State, score_index
from domain.index766.shapes import (
    Basis,
    FormulaSet,
    Group,
    Indicator,
    Input,
    Measured,
    Missing,
    SharePoints,
    WhenEmpty,
)
from domain.index766.versions import DEFAULT_VERSION, FORMULAS, formulas_of

__all__ = [
    "DEFAULT_VERSION",
    "FORMULAS",
    "Basis",
    "FormulaSet",
    "Group",
    "GroupScore",
    "IndexScore",
    "Indicator",
    "IndicatorScore",
    "Input",
    "Measured",
    "Missing",
    "SharePoints",
    "State",
    "WhenEmpty",
    "formulas_of",
    "score_index",
]
