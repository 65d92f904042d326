"""The `eventsourcing` application of the ledger, and its mapper that keeps signed bytes unchanged.

The library's own mapper would re-encode an event; ours puts the note that the actor signed into
the stored state unchanged, under our own constant topic (the kind's name, never an import path).
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic

from ledger.storage.recorders import LedgerRecorder


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """One recorded action as the event store knows it: stream, version, kind and signed bytes."""

    originator_id: str
    originator_version: int
    topic: str
    state: bytes

    @property
    def timestamp(self) -> datetime:
        """Refuse: when an action was recorded is the time of its seal, never of its row."""
        raise AttributeError("a signed event has no time of its own; ask for its seal")


class RawMapper(Mapper[str]):
    """Maps signed events to stored events and back, byte for byte."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Give the stored form: the signed bytes, unchanged."""
        event = cast("SignedEvent", domain_event)
        return StoredEvent(
            originator_id=event.originator_id,
            originator_version=event.originator_version,
            topic=event.topic,
            state=event.state,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """Give the signed event of a stored row."""
        event = SignedEvent(
            str(stored_event.originator_id),
            stored_event.originator_version,
            stored_event.topic,
            bytes(stored_event.state),
        )
        return cast("DomainEventProtocol[str]", event)


class LedgerApplication(Application[str]):
    """The event store of one ledger, configured by its constructor alone."""

    @classmethod
    def on_sqlite(cls, path: Path) -> "LedgerApplication":
        """Open the ledger database, making its tables where they are missing."""
        # The whole configuration is passed here: the library would otherwise let the process
        # environment override the class.
        return cls(
            env={
                "PERSISTENCE_MODULE": "ledger.storage.recorders",
                "SQLITE_DBNAME": str(path),
                "SQLITE_LOCK_TIMEOUT": "30",
                "ORIGINATOR_ID_TYPE": "text",
                "CREATE_TABLE": "yes",
                "IS_SNAPSHOTTING_ENABLED": "no",
                "MAPPER_TOPIC": get_topic(RawMapper),
                "TRANSCODER_TOPIC": "",
                "CIPHER_TOPIC": "",
                "COMPRESSOR_TOPIC": "",
                "APPLICATION_RECORDER_TOPIC": "",
                "AGGREGATE_CACHE_MAXSIZE": "",
            }
        )

    @property
    def ledger_recorder(self) -> LedgerRecorder:
        """Give the recorder as what it is: ours."""
        recorder: Any = self.recorder
        assert isinstance(recorder, LedgerRecorder)
        return recorder
