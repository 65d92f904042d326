"""Commitments to looks: the book only grows, on one stream, by the ledger's own system."""

from typing import Any

import pytest

from domain.actions import Action
from domain.decisions import decide, evolve
from domain.errors import FactInvalid
from domain.facts.integrity import AccessLooksCommitted
from domain.oversight.integrity import LOOKS_STREAM, AccessRecord
from domain.roles import Role
from tests.support.builders import COMMITMENT, HEX64, a_register, an_action, signed_as


def a_commitment(book: int = 1, looks: int = 1, **changes: Any) -> Action:
    members: dict[str, Any] = {
        "stream": LOOKS_STREAM,
        "office": None,
        "facts": AccessLooksCommitted(book=book, looks=looks, root=COMMITMENT),
        "signers": signed_as(Role.SYSTEM),
    }
    return an_action("access.looks_committed", **(members | changes))


def after(*commitments: tuple[int, int]) -> AccessRecord | None:
    state: Any = None
    for book, looks in commitments:
        state = evolve(state, a_commitment(book, looks), a_register())
    return state  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("before", "book", "looks"),
    [((), 1, 1), ((), 1, 500), (((1, 3),), 1, 4), (((1, 3),), 2, 1), (((1, 3), (2, 1)), 2, 9)],
)
def test_book_grows_or_another_begins(
    before: tuple[tuple[int, int], ...], book: int, looks: int
) -> None:
    decide(after(*before), a_commitment(book, looks), a_register())


@pytest.mark.parametrize(
    ("before", "book", "looks"),
    [((), 2, 1), (((1, 3),), 1, 3), (((1, 3),), 1, 2), (((1, 3),), 3, 9), (((2, 1),), 1, 9)],
)
def test_book_neither_shrinks_nor_stands_still_nor_comes_back(
    before: tuple[tuple[int, int], ...], book: int, looks: int
) -> None:
    with pytest.raises(FactInvalid):
        decide(after(*before), a_commitment(book, looks), a_register())


def test_no_other_stream_commits_to_looks() -> None:
    with pytest.raises(FactInvalid):
        decide(None, a_commitment(stream=f"access:{HEX64}"), a_register())
