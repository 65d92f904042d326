"""The examples in the docstrings of the format modules are true."""

import doctest
from types import ModuleType

import pytest

from transparency import (
    checkpoints,
    cosignatures,
    encoding,
    hashing,
    log_keys,
    merkle,
    notes,
    policies,
    promises,
    proofs,
    receipts,
    seals,
    tiles,
)
from transparency.evidence import files as evidence_files
from transparency.histories import bundles, multiproofs
from transparency.index import parts as index_parts
from transparency.index import streams as index_streams
from transparency.witnessing import answers, mldsa, replaying

MODULES = [
    answers,
    bundles,
    checkpoints,
    cosignatures,
    encoding,
    evidence_files,
    hashing,
    index_parts,
    index_streams,
    log_keys,
    merkle,
    mldsa,
    multiproofs,
    notes,
    policies,
    promises,
    proofs,
    receipts,
    replaying,
    seals,
    tiles,
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_in_the_docstring_are_true(module: ModuleType) -> None:
    results = doctest.testmod(module)

    assert results.failed == 0
    assert results.attempted > 0
