"""By which witnesses a checkpoint stands, and whether one of them made the index again."""

from pathlib import Path
from typing import Final

from cli.output import UsageProblem
from cli.verifying.sentences import Explained
from ledger.auditing import AuditReport, WitnessRule
from transparency.cosignatures import Cosignature
from transparency.encoding import render_utc_seconds
from transparency.errors import QuorumMissing, SignatureInvalid
from transparency.policies import (
    INDEX_AUDITORS,
    MAX_POLICY_BYTES,
    Policy,
    check_group,
    check_quorum,
    parse_policy,
)

NOBODY_ASKED: Final = "no policy of witnesses was named: that others see this log is not shown"
NOBODY_COSIGNED: Final = "no witness of the policy cosigned the newest checkpoint, or not enough"


def read_policy(path: Path | None) -> Policy | None:
    """Read the policy that was named, if one was.

    Raises:
        UsageProblem: it is too large.
        MalformedPolicy: it is none.
    """
    if path is None:
        return None
    if path.stat().st_size > MAX_POLICY_BYTES:
        raise UsageProblem(f"{path} is too large for a policy")
    return parse_policy(path.read_bytes())


def explain_witnesses(policy: Policy | None, note: bytes, explained: Explained) -> None:
    """Say who cosigned a checkpoint; with a policy, enough of them must have.

    Raises:
        QuorumMissing: fewer than the policy asks for.
        SignatureInvalid: a cosignature of a known witness is wrong.
    """
    if policy is None:
        explained.leave_open(
            "rằng người khác cũng thấy cùng một nhật ký (chưa nêu chính sách bên chứng kiến bằng "
            "--policy, nên chưa xem xác nhận của ai)",
            "that others see the same log (no policy of witnesses was named with --policy, so "
            "nobody's cosignatures were looked at)",
        )
        return
    found = check_quorum(policy, note)
    if not found:
        explained.leave_open(
            "rằng người khác cũng thấy cùng một nhật ký (chính sách không đòi bên chứng kiến nào)",
            "that others see the same log (the policy asks for no witness, and none cosigned)",
        )
        return
    names = ", ".join(_named(policy, each) for each in found)
    explained.prove(
        f"các bên chứng kiến đã xác nhận điểm chốt này: {names}",
        f"these witnesses saw the same log and cosigned this checkpoint: {names}",
    )


def judge_witnesses(
    rule: WitnessRule | None, note: bytes, audited: AuditReport
) -> dict[str, object]:
    """Say by which witnesses the newest checkpoint stands; too few are a problem of the audit."""
    if rule is None:
        return {"policy": False, "says": NOBODY_ASKED}
    try:
        found = check_quorum(rule.policy, note)
    except (QuorumMissing, SignatureInvalid) as error:
        audited.add_problem(error.code, None, f"the newest checkpoint: {error}")
        found = ()
    names = [_named(rule.policy, each) for each in found]
    is_whole = is_index_audited(rule.policy, note)
    return {
        "policy": True,
        "cosigned_by": names,
        "index_audited": is_whole,
        "checkpoints_with_quorum": audited.witnessed,
        "times_compared": rule.compares_times,
        "says": f"cosigned by {', '.join(names)}" if names else NOBODY_COSIGNED,
    }


def is_index_audited(policy: Policy | None, note: bytes) -> bool:
    """Tell whether those whom the policy calls index auditors cosigned, as many as it asks for."""
    if policy is None or not policy.has_group(INDEX_AUDITORS):
        return False
    try:
        check_group(policy, INDEX_AUDITORS, note)
    except QuorumMissing:
        return False
    return True


def _named(policy: Policy, cosignature: Cosignature) -> str:
    name = next(each.name for each in policy.witnesses if each.key == cosignature.key)
    at = cosignature.cosigned_at
    return name if at is None else f"{name} ({render_utc_seconds(at)})"
