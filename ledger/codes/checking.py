"""What became of codes: allotted ones that nobody used, used ones that nobody allotted, repeats.

For whoever may open the private parts: codes are private, so the public log cannot show this.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.actions import Action
from domain.errors import MalformedDossierCode
from domain.facts import DossierAcceptedDetails
from domain.offices.codes import DossierCode, parse_dossier_code
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.codes.allotted import AllottedCode
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.private.vault import PrivatePart, Vault
from ledger.storage.port import LedgerReader

ENTRIES_PER_READ: Final = 1_000
_ACCEPTED: Final = "dossier.accepted"
_ACCEPTANCE: Final = b'"action":"dossier.accepted"'


@dataclass(frozen=True, slots=True)
class RecordedCode:
    """The code that one acceptance gave; `imported`: another system had given it.

    ``entry_index`` is None where no entry shows the acceptance: the dossier is veiled.
    """

    code: str
    stream: str
    office: str
    imported: bool
    entry_index: int | None = None


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """One thing that is wrong with one code, or with one run of numbers."""

    kind: str
    code: str
    office: str
    message: str


def recorded_codes(
    reader: LedgerReader,
    vault: Vault,
    ledger: str,
    unreadable: list[str],
    hidden: list[Action] | None = None,
) -> Iterator[RecordedCode]:
    """Give the codes of all recorded acceptances whose private part was not erased.

    Streams whose private part was garbled are added to ``unreadable``; acceptances whose private
    part no longer opens, for whatever reason, to ``hidden``.

    Raises:
        StoreUnavailable: ledger or vault cannot be read.
    """
    for accepted in _acceptances(reader):
        texts = [open_text(note, ledger) for note, _ in accepted]
        indexes = {text.text_hash: index for text, (_, index) in zip(texts, accepted, strict=True)}
        opened = list(_opened(vault, texts, unreadable))
        if hidden is not None:
            known = {text.text_hash for text, _ in opened}
            hidden += [text.action for text in texts if _may_hide(text, known)]
        for text, part in opened:
            try:
                details = check_private_part(text.action, part.salt, part.details).details
            except MalformedAction:
                unreadable.append(text.action.stream)
                continue
            if isinstance(details, DossierAcceptedDetails) and details.code is not None:
                action = text.action
                office = action.office or ""
                index = indexes[text.text_hash]
                yield RecordedCode(details.code, action.stream, office, action.is_imported, index)


def _acceptances(reader: LedgerReader) -> Iterator[list[tuple[bytes, int | None]]]:
    """Give the notes of all acceptances in batches; those of veiled dossiers have no entry."""
    for start in range(0, reader.sequenced_size(), ENTRIES_PER_READ):
        entries = reader.entries(start, min(start + ENTRIES_PER_READ, reader.sequenced_size()))
        yield [(entry.body, entry.entry_index) for entry in entries if _ACCEPTANCE in entry.body]
    last = 0
    while batch := reader.veiled_events(last, ENTRIES_PER_READ):
        yield [(event.note, None) for event in batch if event.kind == _ACCEPTED]
        last = batch[-1].notification_id


def _may_hide(text: OpenedText, known: Collection[bytes]) -> bool:
    return text.action.commitment is not None and text.text_hash not in known


def streams_by_code(
    reader: LedgerReader, vault: Vault, ledger: str, unreadable: list[str]
) -> dict[str, str]:
    """Give the stream of each recorded dossier code; the writer lets none be used twice.

    Raises:
        StoreUnavailable: as `recorded_codes`.
    """
    return {each.code: each.stream for each in recorded_codes(reader, vault, ledger, unreadable)}


def _opened(
    vault: Vault, texts: Sequence[OpenedText], unreadable: list[str]
) -> Iterator[tuple[OpenedText, PrivatePart]]:
    try:
        parts = vault.open_many([text.text_hash for text in texts])
    except StoreCorrupt:
        parts = _opened_one_by_one(vault, texts, unreadable)
    for text in texts:
        if text.text_hash in parts:
            yield text, parts[text.text_hash]


def _opened_one_by_one(
    vault: Vault, texts: Sequence[OpenedText], unreadable: list[str]
) -> dict[bytes, PrivatePart]:
    parts: dict[bytes, PrivatePart] = {}
    for text in texts:
        try:
            parts |= vault.open_many([text.text_hash])
        except StoreCorrupt:
            unreadable.append(text.action.stream)
    return parts


def check_codes(
    allotted: Sequence[AllottedCode], recorded: Iterable[RecordedCode], today: date
) -> list[CodeProblem]:
    """Compare what was given out with what was used; numbers of today may still be used.

    Codes of imports are other systems' and are looked at for repeats only.
    """
    used = list(recorded)
    given = {each.code: each for each in allotted if each.code}
    forgotten = [each for each in allotted if not each.code]
    of_here = [each for each in used if not each.imported]
    return [
        *_repeats(used),
        *_never_used(allotted, {each.code for each in used}, today),
        *_not_allotted(of_here, given),
        *_gaps(of_here, given, forgotten),
    ]


def _repeats(used: Sequence[RecordedCode]) -> Iterator[CodeProblem]:
    counts = Counter(code for code, _ in {(each.code, each.stream) for each in used})
    offices = {each.code: each.office for each in used}
    for code, count in sorted(counts.items()):
        if count > 1:
            message = f"{count} dossiers have this code"
            yield CodeProblem("code_repeated", code, offices[code], message)


def _never_used(
    allotted: Sequence[AllottedCode], used: set[str], today: date
) -> Iterator[CodeProblem]:
    for each in allotted:
        # An erased dossier's code cannot be read any more: that it was used is taken on trust.
        if each.code and each.code not in used and each.day < today:
            message = "allotted and never used: a gap in the day's numbers"
            yield CodeProblem("code_never_used", each.code, each.office, message)


def _not_allotted(
    used: Sequence[RecordedCode], given: dict[str, AllottedCode]
) -> Iterator[CodeProblem]:
    """Name codes of runs that this book gives out, which it did not give out."""
    runs = {parse_dossier_code(code).book for code in given}
    for each in used:
        code = _parsed(each.code)
        if code is not None and code.book in runs and each.code not in given:
            message = "used, and never allotted"
            yield CodeProblem("code_not_allotted", each.code, each.office, message)


def _gaps(
    used: Sequence[RecordedCode],
    given: dict[str, AllottedCode],
    forgotten: Sequence[AllottedCode],
) -> Iterator[CodeProblem]:
    """Name the numbers that are missing below the highest used one, if not allotted at all."""
    numbers: dict[tuple[str, date, str], set[int]] = defaultdict(set)
    offices: dict[tuple[str, date, str], str] = {}
    for each in used:
        code = _parsed(each.code)
        if code is not None and code.running_number is not None:
            numbers[code.book].add(code.running_number)
            offices[code.book] = each.office
    for book, number in _given_numbers(given, forgotten):
        if book in numbers:
            numbers[book].add(number)
    for book, present in sorted(numbers.items()):
        missing = sorted(set(range(1, max(present) + 1)) - present)
        if missing:
            agency, day, owner = book
            run = f"{agency}-{day:%y%m%d}-{owner}"
            message = f"numbers missing: {', '.join(map(str, missing[:20]))}"
            yield CodeProblem("code_counter_gap", run, offices[book], message)


def _given_numbers(
    given: Iterable[str], forgotten: Sequence[AllottedCode]
) -> Iterator[tuple[tuple[str, date, str], int]]:
    for code in map(parse_dossier_code, given):
        if code.running_number is not None:
            yield code.book, code.running_number
    for each in forgotten:
        yield (each.agency, each.day, each.owner), each.running_number


def _parsed(text: str) -> DossierCode | None:
    try:
        return parse_dossier_code(text)
    except MalformedDossierCode:
        return None
