"""R32 from a published document: held against the public log, and its evidence as a document."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from cli.finding_acts.questions import AnswerNotComparable, check_comparable
from cli.finding_acts.sending import FindingAct
from cli.output import UsageProblem
from cli.sources import find_anchors, find_log
from domain.errors import MalformedDocument
from domain.oversight.two_books import (
    SECOND_SHAPE,
    AnswerDifference,
    PublishedDifference,
    parse_books,
)
from ledger.bodies import canonical_json
from projections.counts import CountStatistics
from projections.findings.life.identities import stream_for
from projections.findings.life.raising import raising_of
from projections.findings.peers.two_books import (
    BookDifference,
    BookFigure,
    MeasureDifference,
    Ours,
    TwoBooks,
    compare_books,
    own_book_differs,
    read_book,
)
from projections.recompute import Difference, PublicWorld, count_world, replay_log

# A public document holds at most 256 KiB; each difference takes some 200 bytes.
MOST_DIFFERENCES: Final = 500
_KEYS: Final = frozenset({"office", "procedure", "period"})


def compare_published(
    published: Path, period: str | None, log: str | None, anchors: Path | None, data: Path
) -> TwoBooks:
    """Hold published totals against those of the public log, proven from its tiles.

    Raises:
        UsageProblem: the file holds no totals that are known here.
        TransparencyError, EntryUnreadable: the log cannot be trusted.
    """
    try:
        book = read_book(published.read_bytes(), period)
    except MalformedDocument as error:
        raise UsageProblem(f"{published}: {error.detail or error}") from error
    address = find_log(log, data)
    world = replay_log(address.tiles(), find_anchors(anchors, data), address.documents())
    return compare_books(book, ours_of(world, count_world(world)))


def ours_of(world: PublicWorld, counts: CountStatistics) -> Ours:
    """Give the ledger's own book, as of the checkpoint that a world was replayed to."""
    figures = [
        BookFigure(
            figure.office,
            figure.procedure,
            figure.period,
            {
                name: value
                for name, value in msgspec.structs.asdict(figure).items()
                if name not in _KEYS
            },
        )
        for figure in counts.figures
    ]
    return Ours(
        figures=tuple(figures),
        tree_size=world.checkpoint.size,
        root_base64=world.checkpoint.root,
        sealed_on=world.sealed_at.date(),
        calendar=world.calendar,
    )


def book_members(books: TwoBooks) -> dict[str, object]:
    """Write the evidence of R32: document, checkpoint, and the figures that differ."""
    members = {
        name: value
        for name, value in msgspec.to_builtins(books).items()
        if name not in ("finding", "address", "measures", "left_out")
    }
    found: Sequence[BookDifference | MeasureDifference]
    own: dict[str, object]
    if books.address is None:
        found, own = books.differences, {"left_out": books.left_out}
    else:
        found, own = books.measures, {"shape": SECOND_SHAPE, "address": books.address}
    differences = msgspec.to_builtins(found[:MOST_DIFFERENCES])
    return members | own | {"differences": differences, "differences_found": len(found)}


def two_books_of(
    document: bytes,
    world: PublicWorld,
    recomputed: CountStatistics,
    differences: Sequence[Difference],
) -> TwoBooks | None:
    """Make R32 of counts that a server published otherwise than its own log has them.

    None where no count differs, and where they are by another definition or as of another
    checkpoint; ``document`` is what was published, byte for byte.
    """
    counted = [
        BookDifference(
            office=each.office,
            procedure=each.procedure,
            period=each.period,
            count=each.field,
            published=each.published,
            ours=each.recomputed,
        )
        for each in differences
        if isinstance(each.published, int) and isinstance(each.recomputed, int)
    ]
    if not counted:
        return None
    try:
        check_comparable(msgspec.json.decode(document), msgspec.to_builtins(recomputed))
    except AnswerNotComparable:
        return None
    ours = ours_of(world, recomputed)
    return own_book_differs(document, ours, len(recomputed.figures) + 1, counted)


def finding_members(books: TwoBooks | None) -> dict[str, object] | None:
    """Write R32 with its evidence; None where the books agree."""
    if books is None or books.finding is None:
        return None
    finding = books.finding
    return {
        "rule": finding.rule,
        "rule_version": finding.rule_version,
        "reason": {"vi": finding.reason.vi, "en": finding.reason.en},
        "evidence": finding.evidence,
        **book_members(books),
        **not_compared(books),
    }


def not_compared(books: TwoBooks) -> dict[str, object]:
    """Name the numbers of the log's answer that the published one has not, and how often.

    They are reported and never published: an alarm's document holds figures that differ alone.
    """
    return {} if books.address is None else {"not_compared": books.left_out}


def act_of_books(books: TwoBooks) -> FindingAct:
    """Give the public alarm of two books that differ, with the evidence as its public document.

    Raises:
        UsageProblem: no figure that differs is of an office and procedure by its code.
    """
    assert books.finding is not None
    members = book_members(books)
    shape = PublishedDifference if books.address is None else AnswerDifference
    found = books.differences if books.address is None else books.measures
    coded = [each for each in msgspec.to_builtins(found) if _has_codes(each, shape)]
    document = canonical_json(members | {"differences": coded[:MOST_DIFFERENCES]})
    try:
        parse_books(document)
    except MalformedDocument as error:
        raise UsageProblem(f"this cannot be published: {error.detail or error}") from error
    raising = raising_of(books.finding, document=hashlib.sha256(document).hexdigest())
    return FindingAct(
        kind="finding.raised",
        # Public: nothing is hidden by the name of an alarm's stream, so no secret is needed.
        stream=stream_for(books.finding, b""),
        facts=raising.facts,
        office=raising.office,
        document=document,
    )


def _has_codes(difference: object, shape: type) -> bool:
    """Tell whether a difference has the shape of what may be published: codes and no words."""
    try:
        msgspec.convert(difference, shape)
    except msgspec.ValidationError:
        return False
    return True
