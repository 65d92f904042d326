"""Which fields (lĩnh vực) ask for a veiled profile: a proposal to whoever publishes, not a rule.

SPEC: formats.md, "Neighbour test": civil status, residence, health, social aid, criminal record.
A published document says its sensitivity itself (`profiles`); this list is used where a catalogue
is imported that says nothing, and where profiles are checked.
"""

from collections.abc import Mapping
from typing import Final

from domain.procedures.profiles import Sensitivity
from domain.procedures.search_words import fold_text

# Folded parts of the portal's names of fields.
FIELD_WORDS: Final[Mapping[str, Sensitivity]] = {
    "ho tich": Sensitivity.CIVIL_STATUS,
    "quoc tich": Sensitivity.CIVIL_STATUS,
    "nuoi con nuoi": Sensitivity.ADOPTION,
    "cu tru": Sensitivity.RESIDENCE,
    "kham benh": Sensitivity.HEALTH,
    "chua benh": Sensitivity.HEALTH,
    "suc khoe": Sensitivity.HEALTH,
    "hiv": Sensitivity.HEALTH,
    "giam dinh y khoa": Sensitivity.HEALTH,
    "bao tro xa hoi": Sensitivity.SOCIAL_AID,
    "tro giup xa hoi": Sensitivity.SOCIAL_AID,
    "nguoi co cong": Sensitivity.SOCIAL_AID,
    "chinh sach": Sensitivity.SOCIAL_AID,
    "phong chong te nan": Sensitivity.SOCIAL_AID,
    "ly lich tu phap": Sensitivity.CRIMINAL_RECORD,
    "khieu nai": Sensitivity.COMPLAINT,
    "to cao": Sensitivity.DENUNCIATION,
}


def likely_sensitivity(field: str | None) -> Sensitivity | None:
    """Give what a field's name suggests; None where it suggests nothing."""
    words = f" {fold_text(field or '')} "
    for part, sensitivity in FIELD_WORDS.items():
        if f" {part} " in words:
            return sensitivity
    return None
