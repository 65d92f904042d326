"""The examples in the docstrings of the format modules are true."""

import doctest
from types import ModuleType

import pytest

from transparency import (
    checkpoints,
    encoding,
    hashing,
    index,
    merkle,
    notes,
    promises,
    proofs,
    receipts,
    seals,
    tiles,
)

MODULES = [
    checkpoints,
    encoding,
    hashing,
    index,
    merkle,
    notes,
    promises,
    proofs,
    receipts,
    seals,
    tiles,
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_in_the_docstring_are_true(module: ModuleType) -> None:
    results = doctest.testmod(module)

    assert results.failed == 0
    assert results.attempted > 0
