"""What lists of findings must know of each raised one, kept so that its parts are opened once.

Which findings a list has, and how often a rule was right, follows from private parts. They are
opened when a finding is first met and again when it is closed, in each process; kept in memory is
what joins, filters and counts, and no reason, no answer and no explanation. Whoever shows a finding
opens it anew, and so shows nothing that was erased meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from domain.facts.integrity import FindingVerdict
from domain.moments import Moment
from domain.oversight.integrity import FindingRecord
from projections.findings.life.identities import hash_of_identity
from projections.findings.life.records import FindingLife

Open = Callable[[Iterable[str], int], tuple[FindingLife, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDigest:
    """What is kept of one finding; `rule` is None where its private part did not open.

    `identity_hash` is that of `FindingLife.identity`; `raised_entry` is 0 where there is none.
    """

    stream: str
    raised_entry: int
    rule: str | None
    rule_version: int | None
    against_peers: bool
    about: str | None
    office: str | None
    asked: str | None
    identity_hash: bytes | None
    verdict: FindingVerdict | None

    @property
    def subject(self) -> str:
        """Give the stream that the finding is about, as lists show it."""
        return self.about or self.stream


@dataclass(frozen=True, slots=True)
class _Kept:
    digest: LifeDigest
    closed_at: Moment | None
    log_position: int


class DigestKeeper:
    """Keeps the digests of one ledger's raised findings; threads share it."""

    def __init__(self, open_lives: Open):
        self._open_lives = open_lives
        self._lock = Lock()
        self._kept: dict[str, _Kept] = {}

    def digests(
        self, raised: Mapping[str, FindingRecord], log_position: int
    ) -> dict[str, LifeDigest]:
        """Give the digests of these findings as of a checkpoint, by stream and in its order.

        Raises:
            LedgerError: a private part does not open.
        """
        with self._lock:
            missing = [
                stream
                for stream, record in raised.items()
                if not self._is_known(stream, record, log_position)
            ]
            for life in self._open_lives(missing, log_position):
                closed_at = raised[life.stream].closed_at
                self._kept[life.stream] = _Kept(digest_of(life), closed_at, log_position)
            return {
                stream: self._kept[stream].digest
                for stream in sorted(raised)
                if stream in self._kept
            }

    def forget(self, stream: str) -> None:
        """Forget a finding whose private part does not open any more."""
        with self._lock:
            self._kept.pop(stream, None)

    def _is_known(self, stream: str, record: FindingRecord, log_position: int) -> bool:
        kept = self._kept.get(stream)
        if kept is None or kept.closed_at != record.closed_at:
            return False
        # What did not open may open once the vault is whole again: asked once a checkpoint.
        return kept.digest.rule is not None or kept.log_position == log_position


def digest_of(life: FindingLife) -> LifeDigest:
    """Make the digest of a finding."""
    identity = life.identity
    return LifeDigest(
        stream=life.stream,
        raised_entry=life.raised.entry_index or 0,
        rule=life.rule,
        rule_version=life.rule_version,
        against_peers=life.against_peers,
        about=life.about,
        office=life.office,
        asked=life.asked,
        identity_hash=None if identity is None else hash_of_identity(identity),
        verdict=life.verdict,
    )
