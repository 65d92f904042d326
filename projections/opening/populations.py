"""Private inputs of the rules that compare, opened from ledger and vault: a private fold.

Of an applicant a keyed hash is kept, which compares persons and says nothing; whoever calls makes
the hash, and may throw its key away afterwards. What the log does not yet show is left out, so
that inputs and dossiers are as of one checkpoint.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from domain.actions import Action
from ledger.storage.port import LedgerReader, StoredEvent
from projections.access import open_actions
from projections.findings.peers.inputs.private import HashNumber, PrivateInputs, opened_inputs
from projections.holders import OpenPrivate

RATING_KIND = "rating.satisfaction_rated"


@dataclass(frozen=True, slots=True)
class Published:
    """What the views hold as of a checkpoint: its size, and the streams to look into."""

    tree_size: int
    dossiers: Collection[str]
    petitions: Collection[str]


class PopulationOpener:
    """Opens what rules that compare ask of private parts, for a whole ledger at once."""

    def __init__(
        self,
        reader: LedgerReader,
        ledger: str,
        open_private: OpenPrivate,
        hash_number: HashNumber,
    ):
        self._reader = reader
        self._ledger = ledger
        self._open_private = open_private
        self._hash_number = hash_number

    def inputs(
        self, published: Published, device_of: Mapping[str, str] | None = None
    ) -> PrivateInputs:
        """Give applicants, complaints and ratings; ``device_of`` names devices by rating stream.

        Proxies are left to their public keys: no private part gives a proxy's number.

        Raises:
            LedgerError: a stored act cannot be read, or its private part does not open.
        """
        return opened_inputs(self._actions(published), self._hash_number, device_of)

    def _actions(self, published: Published) -> Iterator[Action]:
        for event in self._events(published):
            if event.entry_index is not None and event.entry_index < published.tree_size:
                yield from open_actions((event,), self._ledger, self._open_private)

    def _events(self, published: Published) -> Iterator[StoredEvent]:
        for stream in sorted(published.dossiers):
            submitted = self._reader.find(stream, 1)
            if submitted is not None:
                yield submitted
        for stream in sorted(published.petitions):
            yield from self._reader.stream_events(stream)
        for event in self._reader.enveloped_events():
            if event.kind == RATING_KIND:
                yield event
