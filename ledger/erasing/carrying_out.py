"""Carrying out recorded erasures: first the entry, then keys, ciphertexts and salts.

The ledger alone says what was erased. Vault and keyring each remember up to which entry they have
followed it, so a crash in between, or an older copy of either that somebody put back, is made good
by reading on from there: before the writer starts, and as new entries come.
"""

from collections.abc import Callable
from typing import Final

from ledger.action_notes import open_text
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader

READ_BATCH: Final = 2_000
# So often the position is written down where there was nothing to erase.
NOTED_EVERY: Final = 20_000
ERASURE: Final = "dossier.personal_data_erased"
_MENTIONED: Final = f'"action":"{ERASURE}"'.encode()

Forget = Callable[[list[str]], None]
FindRelated = Callable[[list[str]], list[str]]


class Eraser:
    """Carries out the erasures of one ledger in one vault, and in the books beside it.

    ``forget`` takes the erased streams out of those books; called again, it changes nothing.
    ``find_related`` names the streams whose private parts go with them.
    """

    def __init__(
        self,
        reader: LedgerReader,
        vault: Vault,
        forget: Forget,
        find_related: FindRelated = lambda _dossiers: [],
    ):
        self._reader = reader
        self._vault = vault
        self._forget = forget
        self._find_related = find_related
        self._log_position = 0
        self._veiled_after = 0

    def carry_out(self) -> list[str]:
        """Destroy what recorded erasures name and is not destroyed yet; give those streams.

        Raises:
            StoreUnavailable: a store failed, or somebody reads it all the time; the rest is
                carried out next time.
        """
        size = self._reader.sequenced_size()
        noted = self._vault.erasure_position()
        start = max(noted, self._log_position)
        if noted > size:
            # A file of another ledger's, or of one that was founded anew: everything is read.
            start = 0
        streams = [
            stream
            for first in range(start, size, READ_BATCH)
            for stream in self._erased(first, min(size, first + READ_BATCH))
        ]
        veiled, last = self._veiled()
        streams += veiled
        if streams:
            self.erase_related(streams)
            self._vault.erase(streams)
            self._forget(streams)
        self._veiled_after = last
        if streams or noted > size or size - noted >= NOTED_EVERY:
            # CRASH: not before all of it is done; until then it is done once more.
            self._vault.move_erasure_position(size)
        self._log_position = size
        return streams

    def _veiled(self) -> tuple[list[str], int]:
        """Give the veiled dossiers that are erased, and the last of their acts that was looked at.

        No entry shows their acts, so no position of a file tells how far it is: each process
        looks at all of them once, and leaves those alone whose data are gone.
        """
        found, last = list[str](), self._veiled_after
        while batch := self._reader.veiled_events(last, READ_BATCH):
            found += [
                event.stream
                for event in batch
                if event.kind == ERASURE and not self._vault.is_destroyed(event.stream)
            ]
            last = batch[-1].notification_id
        return found, last

    def erase_related(self, dossiers: list[str]) -> None:
        """Destroy what goes with erased dossiers on other streams; again, what has settled since.

        Raises:
            StoreUnavailable: a store failed; it is done next time.
        """
        # CRASH: before the dossiers themselves, by which alone it is found again.
        related = self._find_related(dossiers)
        if related:
            self._vault.erase(related)
            self._forget(related)

    def _erased(self, start: int, end: int) -> list[str]:
        bodies = [entry.body for entry in self._reader.entries(start, end)]
        actions = [open_text(body, None).action for body in bodies if _MENTIONED in body]
        return [action.stream for action in actions if action.kind.name == ERASURE]
