"""The documents of an edition: its manifest and the revisions of earlier periods.

A file's bytes are what `/v1/statistics/…` answered at the edition's checkpoint. The manifest names
each with its length and hash, says what its figures mean, and how to cite and recompute it.
"""

from datetime import date
from typing import Annotated, Final

import msgspec

from projections.counts import CheckpointReference

FORMAT: Final = "editions@v1"
REVISIONS_DEFINITION: Final = "revisions@v1"
MANIFEST: Final = "manifest.json"
REVISIONS: Final = "revisions.json"


class BothLanguages(msgspec.Struct, frozen=True):
    """A sentence in Vietnamese and in English."""

    vi: str
    en: str


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What a measure or a sort of figures means; ``id`` is its name in the files."""

    id: str
    name: BothLanguages
    meaning: BothLanguages


class ListedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file: its name, the address whose answer it is, its definition, length and hash."""

    name: str
    address: str | None
    media_type: str
    definition: str
    length_bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: str


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A file that an edition lacks, and why."""

    name: str
    address: str
    reason: BothLanguages


class EditionReference(msgspec.Struct, frozen=True, kw_only=True):
    """An edition by its day, with its checkpoint."""

    edition: date
    checkpoint: CheckpointReference


class RevisionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How many figures of earlier periods changed, of which periods, and where they stand."""

    file: str
    found: int
    periods: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition is, what is in it, and what it means; ``checkpoint_note`` is signed."""

    edition: date
    format: str
    ledger: str
    time_zone: str
    as_of: str
    checkpoint: CheckpointReference
    checkpoint_note: str
    previous: EditionReference | None
    files: tuple[ListedFile, ...]
    left_out: tuple[LeftOut, ...]
    revisions: RevisionSummary
    definitions: tuple[Definition, ...]
    citation: BothLanguages


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of a period that was over in the edition before, and has changed since.

    None stands for a duration of nothing.
    """

    period: str
    office: str
    procedure: str
    measure: str
    before: int | None
    after: int | None


class RevisionsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All revisions of one edition, by period, office, procedure and measure."""

    edition: date
    previous: EditionReference | None
    revisions: tuple[Revision, ...]
    definition: str = REVISIONS_DEFINITION
