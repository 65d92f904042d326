"""The abstract suite that `eventsourcing` ships for every recorder, run over ours."""

import tempfile
import threading
from pathlib import Path
from typing import cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
)
from eventsourcing.utils import Environment

from ledger.storage.recorders import LedgerFactory, LedgerProcessRecorder, LedgerRecorder


class _OnFile:
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.factory = LedgerFactory(
            Environment(
                env={
                    "SQLITE_DBNAME": str(Path(self.folder.name) / "ledger.sqlite3"),
                    "SQLITE_LOCK_TIMEOUT": "10",
                    "ORIGINATOR_ID_TYPE": "uuid",
                }
            )
        )

    def tearDown(self) -> None:
        # The suite stops its reading threads without waiting for them, and closing a connection
        # that one of them still reads from ends the process.
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join(timeout=10)
        self.factory.close()
        self.folder.cleanup()


class TestLedgerRecorder(_OnFile, ApplicationRecorderTestCase[ApplicationRecorder]):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()

    def test_the_recorder_is_ours(self) -> None:
        assert type(self.create_recorder()) is LedgerRecorder

    def test_an_id_is_never_issued_twice_after_the_last_row_was_deleted(self) -> None:
        recorder = cast("LedgerRecorder", self.create_recorder())
        from eventsourcing.persistence import StoredEvent

        first = recorder.insert_events([StoredEvent(UUID(int=1), 1, "k", b"1")])
        assert first is not None
        with recorder.datastore.transaction(commit=True) as cursor:
            cursor.execute("DELETE FROM stored_events")

        second = recorder.insert_events([StoredEvent(UUID(int=1), 1, "k", b"1")])

        assert second is not None
        assert second[0] == first[0] + 1


class TestLedgerProcessRecorder(_OnFile, ProcessRecorderTestCase):
    def create_recorder(self) -> LedgerProcessRecorder:
        return cast("LedgerProcessRecorder", self.factory.process_recorder())


class TestNonInterleaving(_OnFile, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()


del ApplicationRecorderTestCase, ProcessRecorderTestCase, NonInterleavingNotificationIDsBaseCase
