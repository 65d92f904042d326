"""Publication profiles: at which office level the entries of a procedure are open or veiled.

SPEC: formats.md, "Neighbour test". The document decides, never its field's name: whoever replays
the log must come to the same answer, so a list of words that changes with the program may not.
"""

from enum import StrEnum
from typing import Final

from domain.offices import Document, Level


class Publication(StrEnum):
    """Whether entries show the office and the procedure, or only an ancestor with a crowd."""

    OPEN = "open"
    VEILED = "veiled"


class Sensitivity(StrEnum):
    """What a dossier of the procedure would tell about a person."""

    CIVIL_STATUS = "civil_status"
    RESIDENCE = "residence"
    HEALTH = "health"
    SOCIAL_AID = "social_aid"
    CRIMINAL_RECORD = "criminal_record"
    ADOPTION = "adoption"
    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"


VEILED_BY_DEFAULT: Final = frozenset(Sensitivity)


class PublicationProfile(Document, frozen=True, kw_only=True):
    """What the version says for offices of a level; without a word the sensitivity decides."""

    central: Publication | None = None
    province: Publication | None = None
    commune: Publication | None = None
    legacy_district: Publication | None = None
    foreign: Publication | None = None

    def of(self, level: Level) -> Publication | None:
        """Give what the profile says for a level, None where it says nothing."""
        by_level = {
            Level.CENTRAL: self.central,
            Level.PROVINCE: self.province,
            Level.COMMUNE: self.commune,
            Level.LEGACY_DISTRICT: self.legacy_district,
            Level.FOREIGN: self.foreign,
        }
        return by_level[level]


def default_publication(sensitivity: Sensitivity | None) -> Publication:
    """Give what holds where a profile says nothing."""
    return Publication.VEILED if sensitivity in VEILED_BY_DEFAULT else Publication.OPEN
