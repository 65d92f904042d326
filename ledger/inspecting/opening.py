"""Opening recorded actions in batches: with their details, or with why they have none to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.actions import Action, StreamType
from domain.facts import SatisfactionRated
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.inspecting.report import PART_GARBLED, PART_LOST, PART_MISPLACED, VaultReport
from ledger.private.vault import PrivatePart, Vault
from ledger.remembering.matters import ERASED_ALONG
from ledger.storage.port import LedgerReader

ERASURE_KIND: Final = "dossier.personal_data_erased"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded action as its note says it; ``entry_index`` None where it is unpublished."""

    entry_index: int | None
    opened: OpenedText


@dataclass(slots=True)
class _Missing:
    first_index: int | None
    parts: int = 0


class PartOpener:
    """Opens the private parts of one ledger, and remembers by stream what is missing."""

    def __init__(self, vault: Vault, reader: LedgerReader, report: VaultReport):
        self._vault = vault
        self._reader = reader
        self._report = report
        self._missing: dict[str, _Missing] = {}

    def open(self, batch: Sequence[Recorded]) -> list[Action]:
        """Give the actions in this order, with details where the vault opens the commitment."""
        wanted = [one for one in batch if one.opened.action.commitment is not None]
        garbled: set[bytes] = set()
        parts = self._parts_of(wanted, garbled)
        return [self._with_details(one, parts, garbled) for one in batch]

    def look(self, one: Recorded) -> Action:
        """Give an action that another one refers to; whatever is wrong with it is counted once."""
        try:
            part = self._vault.open(one.opened.text_hash)
            if part is not None:
                return check_private_part(one.opened.action, part.salt, part.details)
        except (StoreCorrupt, MalformedAction):
            pass
        return one.opened.action

    def _parts_of(
        self, wanted: Sequence[Recorded], garbled: set[bytes]
    ) -> Mapping[bytes, PrivatePart]:
        try:
            return self._vault.open_many([one.opened.text_hash for one in wanted])
        except StoreCorrupt:
            return self._parts_one_by_one(wanted, garbled)

    def _parts_one_by_one(
        self, wanted: Sequence[Recorded], garbled: set[bytes]
    ) -> Mapping[bytes, PrivatePart]:
        parts: dict[bytes, PrivatePart] = {}
        for one in wanted:
            try:
                parts |= self._vault.open_many([one.opened.text_hash])
            except StoreCorrupt:
                garbled.add(one.opened.text_hash)
        return parts

    def _with_details(
        self, one: Recorded, parts: Mapping[bytes, PrivatePart], garbled: set[bytes]
    ) -> Action:
        action = one.opened.action
        if action.commitment is None:
            return action
        part = parts.get(one.opened.text_hash)
        if part is not None:
            return self._opened(one, part)
        if one.opened.text_hash in garbled:
            self._report.garbled += 1
            message = "ciphertext or key was changed: the private part does not open"
            self._report.add_problem(PART_GARBLED, one.entry_index, message)
        else:
            self._missing.setdefault(action.stream, _Missing(one.entry_index)).parts += 1
        return action

    def _opened(self, one: Recorded, part: PrivatePart) -> Action:
        action = one.opened.action
        try:
            with_details = check_private_part(action, part.salt, part.details)
        except MalformedAction as error:
            # What the error quotes may be the private text itself.
            message = "the stored private part is not what the action committed to"
            self._report.add_problem(error.code, one.entry_index, message)
            return action
        self._report.opened += 1
        if (part.stream, part.version) != (action.stream, action.version):
            message = "the private part is stored under another place, where no erasure finds it"
            self._report.add_problem(PART_MISPLACED, one.entry_index, message)
        return with_details

    def sort_missing(self) -> None:
        """Sort what is missing into lawfully erased and lost, once the whole log was taken in."""
        for stream, missing in self._missing.items():
            if self.is_erased(stream):
                self._report.erased += missing.parts
                continue
            self._report.lost += missing.parts
            message = f"no entry erased it: of its stream {missing.parts} private parts are lost"
            self._report.add_problem(PART_LOST, missing.first_index, message)

    def is_erased(self, stream: str) -> bool:
        """Tell whether an entry erases the stream, one that is not published yet included.

        What went with a dossier names it in private alone, and that is erased too: of a petition,
        a finding or an access stream the vault's own list is all that there is to ask. The dossier
        that a rating is about stands in its note.
        """
        events = self._reader.stream_events(stream)
        if any(event.kind == ERASURE_KIND for event in events):
            return True
        kind = stream.partition(":")[0]
        if kind == StreamType.RATING:
            facts = open_text(events[0].note, None).action.facts if events else None
            return isinstance(facts, SatisfactionRated) and self.is_erased(facts.dossier)
        return kind in ERASED_ALONG and self._vault.is_erased(stream)


def by_chunks(items: Sequence[Recorded], size: int) -> list[Sequence[Recorded]]:
    """Cut a sequence into pieces of at most ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]
