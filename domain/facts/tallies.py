"""Facts of tallies: what is published about deferred acts, which nobody may see one by one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.shapes import Facts, Sha256Hex

Count = Annotated[int, Meta(ge=0, le=10**12)]


class TallySubject(StrEnum):
    """What a tally counts."""

    RATINGS = "ratings"
    DOSSIERS = "dossiers"


class TallyPublished(Facts, frozen=True, kw_only=True):
    """What the envelopes up to a month's end hold; the cells stand in the document.

    `envelopes` are all envelopes before this entry, `counted` those that the document's cells
    count, `withheld` those that no tally has counted yet.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "subject": "one tally of a subject for each month",
        "document": "cells of ratings (indicators 3, 4 and 7)",
        "envelopes": "tallies add up to the envelopes of the log",
        "counted": "tallies add up to the envelopes of the log",
        "withheld": "tallies add up to the envelopes of the log",
    }

    subject: TallySubject
    document: Sha256Hex
    envelopes: Count
    counted: Count
    withheld: Count


class DossiersCounted(Facts, frozen=True, kw_only=True):
    """What the veils of a month hold of dossiers; the cells stand in the document.

    `veils` are all veils of the month before this entry, `counted` those that the cells count:
    the dossiers received and ended, and not the steps between.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "document": "cells of veiled dossiers (counts per office and procedure)",
        "veils": "tallies add up to the veils of the log",
        "counted": "tallies add up to the veils of the log",
    }

    document: Sha256Hex
    veils: Count
    counted: Count
