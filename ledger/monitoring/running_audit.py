"""An audit that never ends: fed as the log grows, and asked after each checkpoint."""

from collections.abc import Sequence
from datetime import datetime

from ledger.anchors import Anchors
from ledger.auditing.auditor import Auditor
from ledger.auditing.messages import HashedEntry
from ledger.auditing.report import AuditReport, Problem
from ledger.auditing.sealing import SealChecks
from ledger.auditing.shards import ShardSetting
from ledger.auditing.teams import ShardsHere
from ledger.documents import DocumentSource
from transparency.hashing import EMPTY_ROOT_HASH


class RunningAudit:
    """One log, audited so far, from its first entry on."""

    def __init__(self, anchors: Anchors, documents: DocumentSource, now: datetime) -> None:
        self._report = AuditReport(0, EMPTY_ROOT_HASH)
        self._checks = SealChecks(anchors.logs, now)
        team = ShardsHere(ShardSetting(anchors, documents))
        self._auditor = Auditor(team, self._checks, self._report)

    @property
    def report(self) -> AuditReport:
        """Give the counts of everything audited so far; problems leave it with `settle`."""
        return self._report

    @property
    def tree_size(self) -> int:
        """Count the entries audited."""
        return self._report.entries

    @property
    def root_hash(self) -> bytes:
        """Give the root of the entries audited."""
        return self._auditor.root_hash

    def root_at(self, tree_size: int) -> bytes | None:
        """Give the root of the entries audited up to a seal; None where no seal ends there."""
        return self._checks.root_at(tree_size)

    def take(self, entries: Sequence[HashedEntry], now: datetime) -> list[Problem]:
        """Take the next entries; give what is wrong with them. ``now`` is the auditor's clock."""
        self._checks.move_clock(now)
        for _taken in self._auditor.take(entries):
            pass
        return self._problems()

    def settle(self) -> list[Problem]:
        """Look at the end of a published checkpoint; give what is wrong there."""
        for _taken in self._auditor.drain():
            pass
        self._auditor.finish()
        return self._problems()

    def _problems(self) -> list[Problem]:
        problems, self._report.problems = self._report.problems, []
        return problems
