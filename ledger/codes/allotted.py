"""The book of allotted codes: running numbers by agency, owner and day, durable before told.

One row for each number that was given out. For which dossier is kept as a keyed hash only: the book
beside the log must not tell anybody which public stream a guessable code belongs to.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.errors import MalformedDossierCode
from domain.offices.codes import CodeBook, check_code_book, render_dossier_code
from ledger.errors import CodesExhausted, StoreUnavailable
from ledger.private.remains import LARGEST_REWRITTEN_BYTES, wipe_remains
from ledger.private.schema import open_engine

FORGOTTEN: Final = "forgotten:"

codes_metadata = sa.MetaData()

allotted_table: Final = sa.Table(
    "allotted_codes",
    codes_metadata,
    sa.Column("agency", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(2), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("running_number", sa.Integer, primary_key=True),
    sa.Column("office", sa.String(64), nullable=False),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("dossier_hash", sa.LargeBinary(32)),
    sa.Column("allotted_at", sa.String(32), nullable=False),
)


@dataclass(frozen=True, slots=True)
class AllottedCode:
    """One code that was given out; `repeated`: the dossier had been given it before, that day.

    Of an erased dossier `code` is empty: that the number of this agency, day and owner was given
    out is all that is kept.
    """

    code: str
    office: str
    day: date
    running_number: int
    repeated: bool = False
    agency: str = ""
    owner: str = ""


class AllottedCodes:
    """Gives codes out, one after the other, whatever number of processes asks."""

    def __init__(self, path: Path, secret: bytes):
        self._engine = open_engine(path, "codes")
        self._secret = secret

    def allot(self, book: CodeBook, office: str, dossier: str, allotted_at: str) -> AllottedCode:
        """Give a dossier its code of that day: the next number, or the one it was given before.

        So an answer that was lost costs no number.

        Raises:
            MalformedDossierCode: the book's format does not fit the office.
            CodesExhausted: the format holds no further number.
            StoreUnavailable: no number was given.
        """
        agency = check_code_book(book)
        run = (
            (allotted_table.c.agency == agency)
            & (allotted_table.c.owner == book.owner)
            & (allotted_table.c.day == book.day.isoformat())
        )
        hashed = self._hash(dossier)
        with self._writing() as connection:
            known = connection.execute(
                sa.select(allotted_table).where(run, allotted_table.c.dossier_hash == hashed)
            ).first()
            if known is not None:
                return AllottedCode(
                    known.code, known.office, book.day, known.running_number, repeated=True
                )
            last = connection.execute(
                sa.select(sa.func.max(allotted_table.c.running_number)).where(run)
            ).scalar()
            number = (last or 0) + 1
            code = _render(book, number)
            connection.execute(
                sa.insert(allotted_table).values(
                    agency=agency,
                    owner=book.owner,
                    day=book.day.isoformat(),
                    running_number=number,
                    office=office,
                    code=code,
                    dossier_hash=hashed,
                    allotted_at=allotted_at,
                )
            )
        return AllottedCode(code, office, book.day, number)

    def all(self) -> list[AllottedCode]:
        """Give every code that was given out, in the order of their runs.

        Raises:
            StoreUnavailable: the book cannot be read.
        """
        order = (allotted_table.c.agency, allotted_table.c.day, allotted_table.c.running_number)
        with self._writing() as connection:
            rows = connection.execute(sa.select(allotted_table).order_by(*order)).all()
        return [
            AllottedCode(
                "" if row.code.startswith(FORGOTTEN) else row.code,
                row.office,
                date.fromisoformat(row.day),
                row.running_number,
                agency=row.agency,
                owner=row.owner,
            )
            for row in rows
        ]

    def forget(self, *dossiers: str) -> None:
        """Cut what ties numbers to erased dossiers, and the codes; the numbers stay given out.

        Raises:
            StoreUnavailable: it has to be done again.
        """
        hashes = [self._hash(dossier) for dossier in dossiers]
        with self._writing() as connection:
            for hashed in hashes:
                is_its = allotted_table.c.dossier_hash == hashed
                for row in connection.execute(sa.select(allotted_table).where(is_its)).all():
                    connection.execute(
                        sa.update(allotted_table)
                        .where(allotted_table.c.code == row.code)
                        .values(dossier_hash=None, code=_placeholder(row.code))
                    )
        wipe_remains(self._engine, largest_bytes=LARGEST_REWRITTEN_BYTES)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def _hash(self, dossier: str) -> bytes:
        return hmac.digest(self._secret, f"allotted\n{dossier}".encode(), sha256)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                # Reading the last number and taking the next is one step: nobody comes between.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        except sa.exc.SQLAlchemyError as failure:
            raise StoreUnavailable(f"the book of codes failed: {failure}") from failure


def _placeholder(code: str) -> str:
    # Unique as codes are; agency, day and number, which say as much, stand in the row anyway.
    return FORGOTTEN + sha256(code.encode()).hexdigest()[:30]


def _render(book: CodeBook, number: int) -> str:
    try:
        return render_dossier_code(book, number)
    except MalformedDossierCode as error:
        raise CodesExhausted(f"{book.identity_code} {book.day}") from error
