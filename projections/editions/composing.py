"""Composing an edition: its files, by name, from figures as of its checkpoint.

The same function makes an edition in the server, from views that were folded from the public log,
and in `recompute`, from a log folded without a database. What answers a statistics address is given
to it, since answers are written in a room above.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from ledger.key_files import Anchors
from projections.counts import CheckpointReference
from projections.editions.contents import (
    COUNTS_FILE,
    DURATIONS_FILE,
    JSON_MEDIA_TYPE,
    NEWEST,
    TOO_MANY,
    Contents,
    EditionFile,
)
from projections.editions.days import EDITION_ZONE, PlannedEdition, log_note
from projections.editions.figures import Answering, EditionFigures
from projections.editions.offices import OfficeFigures, changed_figures, office_figures
from projections.editions.revisions import (
    Monthly,
    RevisedFile,
    figures_of_file,
    monthly_figures,
    revisions_between,
    tallied_months,
)
from projections.editions.shapes import (
    MANIFEST,
    REVISIONS,
    BothLanguages,
    EditionReference,
    LeftOut,
    ListedFile,
    Manifest,
    Revision,
    RevisionsDocument,
    RevisionSummary,
)
from projections.tallies.published import check_whole
from transparency.encoding import render_utc_milliseconds

PATH: Final = "/v1/statistics/editions/"


@dataclass(frozen=True, slots=True)
class PreviousEdition:
    """What of the edition before is looked at again: files by name, and as of when they are.

    ``offices`` are the figures of each office, where the edition after it compares them.
    """

    day: date
    checkpoint: CheckpointReference
    as_of: datetime
    files: Mapping[str, bytes]
    offices: OfficeFigures | None = None

    @property
    def reference(self) -> EditionReference:
        """Name it with its checkpoint."""
        return EditionReference(edition=self.day, checkpoint=self.checkpoint)


def compose(
    anchors: Anchors,
    planned: PlannedEdition,
    figures: EditionFigures,
    previous: PreviousEdition | None,
    answering: Answering,
    contents: Contents = NEWEST,
) -> dict[str, bytes]:
    """Give the files of an edition, the manifest last; ``figures`` are as of its checkpoint.

    Raises:
        SignatureInvalid: the checkpoint is not signed by the log of these anchors.
        StoreUnavailable: ratings are in it, and the document of a tally is not there.
    """
    _check_tallies(figures, contents)
    answers = {file.name: answering(figures, file.address) for file in contents.files}
    files = {name: body for name, body in answers.items() if body is not None}
    found = () if previous is None else _revisions(files, previous, figures, contents)
    reference = None if previous is None else previous.reference
    files[REVISIONS] = msgspec.json.encode(
        RevisionsDocument(
            edition=planned.day,
            previous=reference,
            revisions=found,
            definition=contents.revisions_definition,
        )
    )
    manifest = Manifest(
        edition=planned.day,
        format=contents.format,
        ledger=anchors.origin,
        time_zone=EDITION_ZONE,
        as_of=render_utc_milliseconds(figures.statistics.as_of()),
        checkpoint=figures.statistics.checkpoint(),
        checkpoint_note=log_note(planned.stand, anchors.logs).decode(),
        previous=reference,
        files=tuple(_all_listed(files, contents)),
        left_out=tuple(_left_out(file) for file in contents.files if file.name not in files),
        revisions=_summary(found),
        definitions=contents.definitions,
        citation=citation(anchors.origin, planned.day, figures),
    )
    return {**files, MANIFEST: msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"}


def previous_of(
    planned: PlannedEdition,
    figures: EditionFigures,
    answering: Answering,
    contents: Contents = NEWEST,
) -> PreviousEdition:
    """Make again what the following edition looks at of a planned one, of whatever format it is.

    Raises:
        StoreUnavailable: ratings are in it, and the document of a tally is not there.
    """
    _check_tallies(figures, contents)
    addresses = {file.name: file.address for file in contents.files}
    bodies = {name: answering(figures, addresses[name]) for name in contents.looked_at}
    files = {name: body for name, body in bodies.items() if body is not None}
    statistics = figures.statistics
    return PreviousEdition(
        planned.day, statistics.checkpoint(), statistics.as_of(), files, _offices(figures, contents)
    )


def citation(ledger: str, day: date, figures: EditionFigures) -> BothLanguages:
    """Say how to cite an edition so that whoever reads it can find and recompute it."""
    checkpoint = figures.statistics.checkpoint()
    as_of = render_utc_milliseconds(figures.statistics.as_of())
    command = f"dossier-ledger recompute --edition {day} --log ADDRESS --anchors anchors.toml"
    return BothLanguages(
        f"Sổ cái {ledger}, số liệu thống kê ngày {day:%d/%m/%Y}, tính đến điểm chốt "
        f"{checkpoint.size} mục (gốc {checkpoint.root}), {as_of}. Địa chỉ: {PATH}{day}. Tính lại "
        f"từ nhật ký công khai: {command}",
        f"Ledger {ledger}, daily edition of statistics {day}, as of the checkpoint of "
        f"{checkpoint.size} entries (root {checkpoint.root}), {as_of}. Address: {PATH}{day}. "
        f"Recompute from the public log: {command}",
    )


def _check_tallies(figures: EditionFigures, contents: Contents) -> None:
    # Who lacks a document would make other figures of the same log, and accuse who has it.
    if contents.has_ratings:
        check_whole(figures.statistics.tallies())


def _revisions(
    files: Mapping[str, bytes],
    previous: PreviousEdition,
    figures: EditionFigures,
    contents: Contents,
) -> tuple[Revision, ...]:
    # A file that either of the two left out for its size says nothing of what changed.
    revised = [each for each in contents.revised if {each.name} <= files.keys() & previous.files]
    before = _monthly(previous.files, previous.files, revised)
    after = _monthly(files, previous.files, revised)
    offices = _offices(figures, contents)
    if offices is not None and previous.offices is not None:
        were, are = changed_figures(previous.offices, offices, contents.revised)
        before, after = before | were, after | are
    return revisions_between(
        before, after, previous.as_of, figures.statistics.cells().places().zones()
    )


def _offices(figures: EditionFigures, contents: Contents) -> OfficeFigures | None:
    return office_figures(figures, contents.revised) if contents.compares_offices else None


def _monthly(
    files: Mapping[str, bytes], earlier: Mapping[str, bytes], revised: Iterable[RevisedFile]
) -> Monthly:
    found = monthly_figures(files[COUNTS_FILE], files[DURATIONS_FILE])
    for each in revised:
        figures = figures_of_file(each, files[each.name])
        if each.is_tallied:
            months = tallied_months(earlier[each.name])
            figures = {key: number for key, number in figures.items() if key[0] in months}
        found |= figures
    return found


def _all_listed(files: Mapping[str, bytes], contents: Contents) -> Iterator[ListedFile]:
    for file in contents.files:
        if file.name in files:
            yield _listed(file, files)
    yield _changed(files, contents)


def _summary(found: tuple[Revision, ...]) -> RevisionSummary:
    periods = tuple(sorted({each.period for each in found}))
    return RevisionSummary(file=REVISIONS, found=len(found), periods=periods)


def _listed(file: EditionFile, files: Mapping[str, bytes]) -> ListedFile:
    body = files[file.name]
    return ListedFile(
        name=file.name,
        address=file.address,
        media_type=file.media_type,
        definition=file.definition,
        length_bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _changed(files: Mapping[str, bytes], contents: Contents) -> ListedFile:
    body = files[REVISIONS]
    return ListedFile(
        name=REVISIONS,
        address=None,
        media_type=JSON_MEDIA_TYPE,
        definition=contents.revisions_definition,
        length_bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _left_out(file: EditionFile) -> LeftOut:
    return LeftOut(name=file.name, address=file.address, reason=TOO_MANY)
