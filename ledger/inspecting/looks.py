"""Looks again: the book holds what entries commit to, and inspectors' own signatures (ADR 0043).

Commitments are taken from the log in its order; the book is read at the end. What was put in by
somebody else than the inspector shows by the signature, what was dropped or changed by the root.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.actions import Action
from ledger.inspecting.report import LOOK_FORGED, LOOKS_DIFFER, Check, VaultReport, Why
from ledger.looks.leaves import Commitment, KeptLook, Look, commitment_of, tree_of
from transparency.merkle import MerkleTree


class SignatureChecked(Protocol):
    """Tells of a look's signature whether the inspector's key made it."""

    def __call__(self, look: Look) -> bool | None:
        """Give None where the signature covers what was not kept, so that nobody can tell."""


@dataclass(frozen=True, slots=True)
class KeptBook:
    """A book of looks with its number, and what checks the signatures in it."""

    book: int
    looks: Sequence[KeptLook]
    is_signed: SignatureChecked


class CommittedLooks:
    """The commitments of one log, compared with the book at the end."""

    def __init__(self, report: VaultReport):
        self._report = report
        self._commitments: list[Commitment] = []

    def take(self, entry_index: int | None, action: Action) -> None:
        """Take in a permitted action."""
        commitment = commitment_of(action, entry_index)
        if commitment is not None:
            self._commitments.append(commitment)

    def finish(self, read_book: Callable[[], KeptBook | None]) -> None:
        """Compare the book with what the log commits to, and check every signature in it.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        book = read_book()
        if book is None:
            if self._commitments:
                self._differs(self._commitments[-1], "the book is not there")
            return
        tree = tree_of(kept.leaf for kept in book.looks)
        for commitment in self._commitments:
            self._compare(commitment, book, tree)
        self._check_signatures(book)
        counted = [each.looks for each in self._commitments if each.book == book.book]
        waiting = len(book.looks) - max(counted, default=0)
        if waiting > 0:
            self._report.not_remade[Check.LOOKS, Why.NOT_COMMITTED] += waiting

    def _compare(self, commitment: Commitment, book: KeptBook, tree: MerkleTree) -> None:
        if commitment.book != book.book:
            self._differs(commitment, f"book {commitment.book} is not there")
        elif commitment.looks > tree.tree_size:
            missing = commitment.looks - tree.tree_size
            self._differs(commitment, f"{missing} looks of {commitment.looks} are missing")
        elif tree.root_hash(commitment.looks) != commitment.root:
            message = f"of the first {commitment.looks} looks one was dropped, changed or put in"
            self._differs(commitment, message)

    def _differs(self, commitment: Commitment, message: str) -> None:
        self._report.add_problem(LOOKS_DIFFER, commitment.entry_index, message)

    def _check_signatures(self, book: KeptBook) -> None:
        for kept in book.looks:
            is_signed = book.is_signed(kept.look)
            if is_signed is None:
                self._report.not_remade[Check.LOOKS, Why.UNREADABLE] += 1
                continue
            self._report.remade[Check.LOOKS] += 1
            if not is_signed:
                message = f"look {kept.look_index} is not what its inspector's key signed"
                self._report.add_problem(LOOK_FORGED, None, message)
