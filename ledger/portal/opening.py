"""The acts of one dossier with their private parts, and the officers behind keys, for an export."""

from domain.actions import Action
from domain.facts import KeyRegisteredDetails
from ledger.action_notes import check_private_part, open_text
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader


class OpenedStreams:
    """Opens streams for whoever may read them; what was erased stays closed."""

    def __init__(self, reader: LedgerReader, vault: Vault, ledger: str):
        self._reader = reader
        self._vault = vault
        self._ledger = ledger
        self._officers: dict[str, KeyRegisteredDetails | None] = {}

    def acts(self, stream: str) -> list[Action]:
        """Give the recorded acts of a stream, with details where they open.

        Raises:
            StoreCorrupt, DetailsMismatch: the stores do not hold what they should.
            StoreUnavailable: they cannot be read.
        """
        texts = [
            open_text(event.note, self._ledger) for event in self._reader.stream_events(stream)
        ]
        opened = self._vault.open_many([text.text_hash for text in texts])
        acts = []
        for text in texts:
            part = opened.get(text.text_hash)
            acts.append(
                text.action
                if part is None
                else check_private_part(text.action, part.salt, part.details)
            )
        return acts

    def officer(self, key_name: str) -> KeyRegisteredDetails | None:
        """Give what the enrolment of a key says of its holder; None where nothing does."""
        if key_name not in self._officers:
            found = [act.details for act in self.acts(f"key:{key_name}")]
            named = [each for each in found if isinstance(each, KeyRegisteredDetails)]
            self._officers[key_name] = named[0] if named else None
        return self._officers[key_name]
