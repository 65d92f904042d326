"""The witnesses that the settings name: their policy, the client that asks them, the receipts."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from api.data_folder import DataFolder
from api.settings import Settings, SettingsInvalid
from ledger.witnessing.alarms import Alarms
from ledger.witnessing.client import AskingRules, Witnesses
from ledger.witnessing.connections import WitnessConnection
from ledger.witnessing.desk import WitnessDesk
from transparency.errors import MalformedNote, MalformedPolicy, QuorumMissing, SignatureInvalid
from transparency.policies import Policy, check_quorum, parse_policy

# What the header of an answer with a receipt says of the quorum of witnesses.
QUORUM_HEADER: Final = "Witness-Quorum"
NO_POLICY: Final = "none"
MET: Final = "met"
MISSING: Final = "missing"
_KEPT_WORDS: Final = 16


def configured_policy(settings: Settings) -> Policy | None:
    """Read the policy of the installation; None where the settings name none.

    Raises:
        SettingsInvalid: the file is missing, or is no policy.
    """
    if settings.witnesses is None:
        return None
    path = settings.data / settings.witnesses.policy
    try:
        return parse_policy(path.read_bytes())
    except (OSError, MalformedPolicy) as error:
        raise SettingsInvalid(f"witnesses.policy ({path.name}): {error}") from error


def witness_client(settings: Settings) -> Witnesses | None:
    """Make the client that asks the witnesses of the policy; None where there is no policy.

    Raises:
        SettingsInvalid: the policy cannot be read, or an address in it is none.
    """
    policy = configured_policy(settings)
    if policy is None or settings.witnesses is None:
        return None
    rules = settings.witnesses
    folder = DataFolder(settings.data)
    asking = AskingRules(
        fail_open=rules.fail_open,
        request_seconds=rules.request_seconds,
        attempts=rules.attempts,
        retry_seconds=rules.retry_seconds,
        refresh_seconds=rules.refresh_seconds,
    )
    desks = _desks(policy, folder.evidence, rules.request_seconds)
    return Witnesses(policy, desks, asking, folder.witnesses)


class ReceiptRule:
    """Under which checkpoints receipts are given: fail closed unless the settings say otherwise."""

    def __init__(self, policy: Policy | None = None, *, fail_open: bool = False):
        self._policy = policy
        self._fail_open = fail_open
        # Every answer under one checkpoint says the same of it.
        self.words = lru_cache(maxsize=_KEPT_WORDS)(self._words)

    @classmethod
    def of(cls, settings: Settings) -> "ReceiptRule":
        """Give the rule of an installation.

        Raises:
            SettingsInvalid: its policy cannot be read.
        """
        fail_open = settings.witnesses is not None and settings.witnesses.fail_open
        return cls(configured_policy(settings), fail_open=fail_open)

    def check(self, note: bytes) -> None:
        """Check that a receipt may be given under a checkpoint.

        Raises:
            QuorumMissing: too few witnesses cosigned it, and the settings ask for more.
        """
        if self._policy is not None and not self._fail_open:
            check_quorum(self._policy, note)

    def _words(self, note: bytes) -> str:
        """Say in one word how a checkpoint stands with the policy; an answer's header has it."""
        if self._policy is None:
            return NO_POLICY
        try:
            check_quorum(self._policy, note)
        except (QuorumMissing, MalformedNote, SignatureInvalid):
            return MISSING
        return MET


def _desks(policy: Policy, evidence: Path, seconds: float) -> tuple[WitnessDesk, ...]:
    try:
        return tuple(
            WitnessDesk(witness, WitnessConnection(witness.url, seconds), Alarms(evidence))
            for witness in policy.witnesses
            if witness.url is not None
        )
    except ValueError as error:
        raise SettingsInvalid(f"witnesses.policy: {error}") from error
