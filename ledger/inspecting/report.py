"""What the inspector's audit saw: what was made again, what could not be and why, what is wrong."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ledger.auditing import MAX_PROBLEMS, Problem

PART_LOST: Final = "private_part_lost"
PART_GARBLED: Final = "private_part_garbled"
PART_MISPLACED: Final = "private_part_misplaced"
ORPHANED_PART: Final = "private_part_orphaned"
ERASURE_NOT_DONE: Final = "erasure_not_carried_out"
ENVELOPE_DIFFERS: Final = "envelope_differs"
ENVELOPE_EMPTY: Final = "envelope_without_event"
CORRECTION_MISMATCH: Final = "correction_mismatch"
ACCESS_MISMATCH: Final = "access_stream_mismatch"
LOOKS_DIFFER: Final = "looks_differ"
LOOK_FORGED: Final = "look_forged"


class Check(StrEnum):
    """What is made again."""

    RULES = "private_rules"
    DEFERRED = "deferred_acts"
    ENVELOPES = "envelopes"
    VEILS = "veils"
    TALLIES = "tallies"
    CODES = "dossier_codes"
    CORRECTIONS = "corrections"
    ACCESS = "access_streams"
    LOOKS = "looks"
    ERASURES = "erasures"
    NUMBERS = "personnel_numbers"
    SEGREGATION = "segregation"


class Why(StrEnum):
    """Why something could not be made again."""

    ERASED = "erased"
    LOST = "lost"
    UNREADABLE = "unreadable"
    REFUSED_IN_PUBLIC = "refused_in_public"
    NEWER = "newer_than_the_checkpoint"
    NO_PROMISE_KEY = "no_promise_key"
    NO_BOOK_OF_CODES = "no_book_of_codes"
    NOT_COMMITTED = "not_committed_to_yet"
    VIEWS_ELSEWHERE = "views_at_another_checkpoint"
    NO_VIEWS = "no_sound_views"


@dataclass(slots=True)
class VaultReport:
    """What an inspector's audit saw; it names entries, and nobody's matter in words.

    ``keys_of_several`` are the keys of persons who have more than one by their personnel number;
    ``orders_of_one_registrar`` the streams of inspection orders whose issuer and reader come from
    one registrar. Neither is a problem by itself.
    """

    entries: int = 0
    opened: int = 0
    erased: int = 0
    lost: int = 0
    garbled: int = 0
    orphans: int = 0
    waiting_for_sweep: int = 0
    keys_of_several: tuple[tuple[str, ...], ...] = ()
    orders_of_one_registrar: list[str] = field(default_factory=list)
    remade: Counter[Check] = field(default_factory=Counter)
    not_remade: Counter[tuple[Check, Why]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.problems

    def add_problem(self, code: str, entry_index: int | None, message: str) -> None:
        """Name one thing that is wrong; beyond a thousand, more would say nothing more."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, entry_index, message))
