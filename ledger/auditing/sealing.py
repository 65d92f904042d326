"""What an auditor checks of seals: their order, their times, and the checkpoints they embed.

The auditor's own clock says only that no seal is from the future. Roots are made from the entries
as they come; those of the index come from the shards.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.auditing.report import Problem
from transparency.checkpoints import open_checkpoint
from transparency.errors import QuorumMissing, TransparencyError
from transparency.evidence.times import MOST_SECONDS_AHEAD
from transparency.log_keys import LogKeys
from transparency.notes import VerificationKey
from transparency.policies import Policy, quorum_seconds
from transparency.seals import Seal

SEAL_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
# SPEC: formats.md, "Seal entry": "more than 60 s later".
WITNESS_TOLERANCE: Final = timedelta(seconds=60)
# A delay: witnesses were away, or the operator's clock was behind. No lie by itself.
SEAL_WITNESSED_LATE: Final = "seal_witnessed_late"
# A lie, or a clock that was wrong: witnesses saw the seal before the time that it names.
SEAL_DATED_AHEAD: Final = "seal_dated_ahead"


@dataclass(frozen=True, slots=True)
class WitnessRule:
    """Whose cosignatures count for an auditor; a simulated clock's times are not compared."""

    policy: Policy
    compares_times: bool = True


class SealChecks:
    """Takes seals in, in order, with the root of the log that ends in each."""

    def __init__(
        self,
        log_key: VerificationKey | LogKeys,
        now: datetime,
        witnesses: WitnessRule | None = None,
    ) -> None:
        self._log_key = log_key
        self._witnesses = witnesses
        self._sealed_at: dict[int, datetime] = {}
        self._witnessed = 0
        self._latest_seal_at = now + SEAL_CLOCK_TOLERANCE
        self._last_seal: Seal | None = None
        self._last_seal_size = 0
        self._has_embedded = False
        self._embedded_size = 0
        self._sealed_roots: dict[int, bytes] = {}

    def know_keys(self, log_key: VerificationKey | LogKeys) -> None:
        """Take the log's keys as they are now: it may have changed one."""
        self._log_key = log_key

    def know_witnesses(self, witnesses: WitnessRule | None) -> None:
        """Take the auditor's policy anew, for the seals that come next."""
        self._witnesses = witnesses

    @property
    def witnessed(self) -> int:
        """Count the embedded checkpoints that the policy's quorum had cosigned."""
        return self._witnessed

    def move_clock(self, now: datetime) -> None:
        """Take the auditor's clock anew, for the seals that come next."""
        self._latest_seal_at = now + SEAL_CLOCK_TOLERANCE

    def root_at(self, tree_size: int) -> bytes | None:
        """Give the root of the log as it was when it ended in a seal of that size."""
        return self._sealed_roots.get(tree_size)

    def note_root(self, tree_size: int, root_hash: bytes) -> None:
        """Take in the root of the log up to and with the seal that was checked last."""
        self._sealed_roots[tree_size] = root_hash

    def check(self, entry_index: int, seal: Seal) -> list[Problem]:
        """Give what is wrong with the time of the next seal, and with what it embeds."""
        problems = self._check_time(entry_index, seal)
        try:
            problems += self._check_previous(entry_index, seal)
        except TransparencyError as error:
            problems.append(Problem(error.code, entry_index, str(error)))
        self._last_seal, self._last_seal_size = seal, entry_index + 1
        self._sealed_at[entry_index + 1] = seal.sealed_at
        return problems

    def check_newest(self, note: bytes, tree_size: int) -> list[Problem]:
        """Look at the cosignatures under the checkpoint that the log shows now.

        A seal may embed it with newer ones. That they are late says nothing: witnesses confirm
        again what has not grown.
        """
        rule, sealed_at = self._witnesses, self._sealed_at.get(tree_size)
        if rule is None or not rule.compares_times or sealed_at is None:
            return []
        try:
            seconds = quorum_seconds(rule.policy, note)
        except TransparencyError:
            # Whoever asks whether the newest checkpoint is witnessed is told so.
            return []
        ahead = None if seconds is None else _dated_ahead(seconds, sealed_at, tree_size)
        return [] if ahead is None else [ahead]

    def _check_time(self, entry_index: int, seal: Seal) -> list[Problem]:
        problems = []
        before = self._last_seal
        if before is not None and seal.sealed_at < before.sealed_at:
            message = "earlier than the seal before"
            problems.append(Problem("seal_time_went_back", entry_index, message))
        is_first_ahead = before is None or before.sealed_at <= self._latest_seal_at
        if seal.sealed_at > self._latest_seal_at and is_first_ahead:
            # Seals that follow are no earlier: one line names them all, and hides nothing else.
            message = f"sealed at {seal.sealed_at.isoformat()}, later than the auditor's clock"
            problems.append(Problem("seal_in_the_future", entry_index, message))
        return problems

    def _check_previous(self, entry_index: int, seal: Seal) -> list[Problem]:
        if not seal.previous_checkpoint:
            message = "no previous checkpoint embedded"
            missing = Problem("checkpoint_missing", entry_index, message)
            return [missing] if self._has_embedded else []
        self._has_embedded = True
        previous = open_checkpoint(seal.previous_checkpoint, self._log_key).checkpoint
        if self._sealed_roots.get(previous.tree_size) != previous.root_hash:
            return [Problem("wrong_checkpoint", entry_index, "the embedded checkpoint is not ours")]
        if previous.tree_size < self._embedded_size:
            message = "a later one was embedded before"
            return [Problem("checkpoint_went_back", entry_index, message)]
        problems = self._check_none_left_out(previous.tree_size)
        if previous.tree_size > self._embedded_size:
            problems += self._check_witnesses(seal.previous_checkpoint, previous.tree_size)
        self._embedded_size = previous.tree_size
        return problems

    def _check_witnesses(self, note: bytes, size: int) -> list[Problem]:
        """Look at the cosignatures that a checkpoint was first published with."""
        if self._witnesses is None:
            return []
        try:
            seconds = quorum_seconds(self._witnesses.policy, note)
        except QuorumMissing:
            # It may be older than the policy: it is counted as not witnessed, no more.
            return []
        self._witnessed += seconds is not None
        if seconds is None or not self._witnesses.compares_times:
            return []
        sealed_at = self._sealed_at[size]
        ahead = _dated_ahead(seconds, sealed_at, size)
        if ahead is not None:
            return [ahead]
        gap = seconds - sealed_at.timestamp()
        if gap <= WITNESS_TOLERANCE.total_seconds():
            return []
        # SPEC: formats.md, "Seal entry": the witnesses' time counts, and the gap is the operator's.
        message = (
            f"a delay: witnesses cosigned {round(gap)} s after the seal's time, so what it covers "
            f"counts as recorded at {_in_words(seconds)}"
        )
        return [Problem(SEAL_WITNESSED_LATE, size - 1, message)]

    def _check_none_left_out(self, previous_size: int) -> list[Problem]:
        # SPEC: formats.md, "Seal entry": the previously published checkpoint. So the first seal
        # after a checkpoint embeds it; one that turns up only later was left out there.
        if not self._embedded_size < previous_size < self._last_seal_size:
            return []
        left_out_at = min(size for size in self._sealed_roots if size > previous_size) - 1
        message = f"the published checkpoint of size {previous_size} is not embedded"
        return [Problem("checkpoint_missing", left_out_at, message)]


def _dated_ahead(seconds: int, sealed_at: datetime, size: int) -> Problem | None:
    gap = sealed_at.timestamp() - seconds
    if gap <= MOST_SECONDS_AHEAD:
        return None
    message = f"witnesses cosigned {round(gap)} s before the time that the seal names"
    return Problem(SEAL_DATED_AHEAD, size - 1, message)


def _in_words(posix_seconds: int) -> str:
    try:
        return datetime.fromtimestamp(posix_seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{posix_seconds} s after 1970"
