"""Reads: each stands on the access stream of the very dossier that it says was read.

Whoever decides asks the vault: an entry on another stream would tell a stranger's holder of it,
leave the dossier's own holder in the dark, and stand in the way of every later audit.
"""

from typing import Protocol

from domain.actions import Action
from domain.facts.integrity import AccessLoggedDetails
from ledger.errors import WrongAccessStream


class AccessSource(Protocol):
    """What whoever holds the vault can tell about access streams."""

    def access_stream_of(self, dossier: str) -> str | None:
        """Name the access stream of a dossier; None where its first secret does not open."""


class Reads:
    """Access streams by dossier; without a source nothing is asked."""

    def __init__(self, source: AccessSource | None = None):
        self._source = source
        self._streams: dict[str, str] = {}

    def check(self, action: Action) -> None:
        """Check that a read stands where the dossier's holder finds it.

        Raises:
            WrongAccessStream: it stands elsewhere, or there is no such dossier to read.
            StoreUnavailable: ledger or vault cannot be read.
        """
        if self._source is None or not isinstance(action.details, AccessLoggedDetails):
            return
        dossier = action.details.dossier
        # Remembered, for officers come back to a dossier; a first secret never changes.
        stream = self._streams.get(dossier) or self._source.access_stream_of(dossier)
        if stream is None or stream != action.stream:
            raise WrongAccessStream("dossier, stream")
        self._streams[dossier] = stream
