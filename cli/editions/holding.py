"""Holding a published edition to the public log: it is made again, and every byte is compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from api.figures.edition_files import answer_file
from cli.editions.published import PublishedEdition
from cli.finding_acts.answers import books_of_answer
from cli.finding_acts.books import finding_members, two_books_of
from ledger.documents import DocumentSource
from ledger.key_files import Anchors
from projections.counts import CountStatistics
from projections.editions.contents import (
    CONTENTS,
    COUNTS_FILE,
    FILES,
    JSON_MEDIA_TYPE,
    NEWEST,
    Contents,
)
from projections.editions.remaking import RemadeEdition, remake_edition
from projections.editions.shapes import MANIFEST
from projections.findings.peers.two_books import TwoBooks
from projections.recompute import compare, count_world
from transparency.trusted_log import TrustedLog

MISSING: Final = "missing"
OTHER_BYTES: Final = "other bytes"
TOO_MANY: Final = "not of this edition"
_OF_ANOTHER: Final = "its manifest names another: upgrade before believing that it differs"


@dataclass(frozen=True, slots=True)
class HeldEdition:
    """What came of holding an edition to the log: by file, what is wrong with it."""

    remade: RemadeEdition
    wrong: dict[str, str]
    books: TwoBooks | None
    others: tuple[TwoBooks, ...] = ()
    knows_list: bool = True

    def members(self) -> dict[str, object]:
        """Give what a command reports."""
        planned = self.remade.planned
        message = f"the edition of {planned.day} is not what the log makes of it"
        if not self.knows_list:
            # A later program may have made it, and then this one accuses who did nothing wrong.
            message = (
                f"{message}, by the newest list of files that this program knows; {_OF_ANOTHER}"
            )
        found = [each for each in (self.books, *self.others) if each is not None and each.finding]
        for books in found[:1]:
            assert books.finding is not None
            message = f"{message}. Finding R32: {books.finding.reason.en}"
        problems = [{"code": "edition_differs", "message": message}] if self.wrong else []
        return {
            "ok": not self.wrong,
            "edition": planned.day.isoformat(),
            "checkpoint_size": planned.stand.tree_size,
            "files": len(self.remade.files),
            "differing": self.wrong,
            "finding": finding_members(found[0]) if found else None,
            "findings": [finding_members(each) for each in found],
            "problems": problems,
        }


def hold_edition(
    published: PublishedEdition, log: TrustedLog, anchors: Anchors, documents: DocumentSource
) -> HeldEdition:
    """Make the edition of a day again from the log alone, and compare all files, byte for byte.

    Raises:
        NoEdition: the log has no checkpoint of that day.
        EntryUnreadable, TransparencyError: the log cannot be read, or is not to be believed.
    """
    named = _named_list(published)
    contents = NEWEST if named is None else named
    remade = remake_edition(log, anchors, documents, published.day, answer_file, contents)
    bodies = {name: published.read(name) for name in remade.files}
    wrong = {
        name: MISSING if body is None else OTHER_BYTES
        for name, body in bodies.items()
        if body != remade.files[name]
    }
    surplus = (published.names or frozenset()) - remade.files.keys()
    wrong |= dict.fromkeys(sorted(surplus), TOO_MANY)
    books = _books(bodies.get(COUNTS_FILE), remade)
    others = tuple(_other_books(bodies, remade))
    return HeldEdition(remade, wrong, books, others, knows_list=named is not None)


def _named_list(published: PublishedEdition) -> Contents | None:
    """Give the list that an edition says that it was made by; None where it names none we know."""
    try:
        format_name = msgspec.json.decode(published.read(MANIFEST) or b"", type=_Formatted).format
    except (msgspec.MsgspecError, RecursionError):
        return None
    return CONTENTS.get(format_name)


class _Formatted(msgspec.Struct):
    format: str


def _books(published: bytes | None, remade: RemadeEdition) -> TwoBooks | None:
    """Make R32 where the published counts differ."""
    if published is None or published == remade.files[COUNTS_FILE]:
        return None
    try:
        counts = msgspec.json.decode(published, type=CountStatistics)
    except msgspec.DecodeError:
        return None
    recomputed = count_world(remade.world)
    return two_books_of(published, remade.world, recomputed, compare(counts, recomputed))


def _other_books(bodies: Mapping[str, bytes | None], remade: RemadeEdition) -> Iterator[TwoBooks]:
    """Make R32 of every other answer in JSON whose numbers differ; of each file one."""
    for file in FILES:
        body, ours = bodies.get(file.name), remade.files.get(file.name)
        is_answer = file.media_type == JSON_MEDIA_TYPE and file.name != COUNTS_FILE
        if is_answer and body is not None and ours is not None and body != ours:
            books = books_of_answer(body, file.address, remade.world, ours)
            if books.finding is not None:
                yield books
