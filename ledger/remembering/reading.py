"""Reading from ledger and vault what the writer's private memory is made of."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from domain.actions import Action
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.private.vault import PrivatePart, Vault
from ledger.remembering.memory import REMEMBERED_KINDS
from ledger.storage.port import LedgerReader

ENTRIES_PER_READ: Final = 1_000
ReadT = TypeVar("ReadT")
# What is read of ledger and vault; streams that do not open are named in the list.
ReadVault = Callable[[LedgerReader, Vault, str, list[str]], ReadT]

_MARKS: Final = tuple(f'"action":"{kind}"'.encode() for kind in REMEMBERED_KINDS)


def remembered_actions(
    reader: LedgerReader, vault: Vault, ledger: str, unreadable: list[str]
) -> list[Action]:
    """Give the recorded acts that a private memory takes in, each with its private part.

    Streams whose private part was garbled are added to ``unreadable``; the others are given.

    Raises:
        StoreUnavailable: ledger or vault cannot be read.
    """
    size = reader.sequenced_size()
    return [
        action
        for start in range(0, size, ENTRIES_PER_READ)
        for action in _opened(
            [
                open_text(entry.body, ledger)
                for entry in reader.entries(start, min(start + ENTRIES_PER_READ, size))
                if any(mark in entry.body for mark in _MARKS)
            ],
            vault,
            unreadable,
        )
    ]


def _opened(texts: Sequence[OpenedText], vault: Vault, unreadable: list[str]) -> Iterator[Action]:
    for text in texts:
        try:
            part: PrivatePart | None = vault.open(text.text_hash)
            if part is not None:
                yield check_private_part(text.action, part.salt, part.details)
        except (StoreCorrupt, MalformedAction):
            unreadable.append(text.action.stream)
