"""Committing to looks of inspectors: what the writer process and ``looks commit`` share."""

import asyncio
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from api.reading.looks import LookBook
from cli.sessions import Session
from domain.facts.integrity import AccessLooksCommitted
from domain.oversight.integrity import LOOKS_STREAM
from domain.roles import Role
from ledger.drafting import next_place
from ledger.errors import StoreCorrupt
from ledger.looks.leaves import Commitment, read_commitments, tree_of
from transparency.encoding import encode_base64

KIND: Final = "access.looks_committed"


class LooksDiffer(StoreCorrupt):
    """The book of looks is not the one that the log commits to: looks were lost or changed."""

    code = "looks_differ"


async def commit_looks(session: Session) -> int:
    """Commit to all looks that are kept by now; count those that were not committed to before.

    Raises:
        LooksDiffer: the book lacks a look that an entry commits to, or has another in its place.
        LedgerError: the entry was refused, or book or ledger cannot be read.
    """
    facts, new = await asyncio.to_thread(_next_commitment, session)
    if facts is not None:
        entry = session.drafter.sign(
            KIND,
            LOOKS_STREAM,
            next_place(session.reader, LOOKS_STREAM),
            session.now(),
            facts,
            ((Role.SYSTEM, session.keys.system),),
        )
        await session.submit(entry)
    return new


def _next_commitment(session: Session) -> tuple[AccessLooksCommitted | None, int]:
    book = book_of(session)
    if book is None:
        return None, 0
    tree = tree_of(kept.leaf for kept in book.all())
    done = last_commitment(session)
    number, before = book.book, 0
    if done is not None and done.book == number:
        before = done.looks
        if tree.tree_size < before or tree.root_hash(before) != done.root:
            raise LooksDiffer(
                f"entry {done.entry_index} commits to {before} looks that the book does not hold; "
                "put the file back, or say with `looks begin-anew` that it is lost"
            )
    if tree.tree_size == before:
        return None, 0
    root = encode_base64(tree.root_hash())
    return AccessLooksCommitted(book=number, looks=tree.tree_size, root=root), (
        tree.tree_size - before
    )


def last_commitment(session: Session) -> Commitment | None:
    """Give what the last entry commits to; None where there is none.

    Raises:
        LedgerError: an entry cannot be read.
    """
    commitments = read_commitments(session.reader, session.keys.origin)
    return commitments[-1] if commitments else None


def book_of(session: Session) -> LookBook | None:
    """Give the book of a data folder; None where nobody has looked and nothing was committed to."""
    path = DataFolder(session.settings.data).looks
    if not path.exists() and last_commitment(session) is None:
        return None
    return LookBook(path, bootstrap.random_bytes)


def begin_anew(session: Session) -> int:
    """Give the book the number after the last that was committed to, and give that number.

    The earlier book stays committed to for ever: whoever audits sees that it is not there.

    Raises:
        LedgerError: book or ledger cannot be read or written.
    """
    done = last_commitment(session)
    number = 1 if done is None else done.book + 1
    LookBook(DataFolder(session.settings.data).looks, bootstrap.random_bytes).call_itself(number)
    return number
