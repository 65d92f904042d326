"""The charge `seal_time`: seals whose times went back, or were still to come.

Either `first` and `second` are receipts of two seals under one checkpoint, and the later has an
earlier time: seals go by one clock that never goes back.

Or, by a policy, a seal is from the future: witnesses had cosigned a checkpoint in which it stands
more than five minutes before the time that it names. Who dates a seal ahead lets it say what nobody
can know yet. That checkpoint is the one that `second` embeds, for the seal `first`; or the one of
the receipt `seal` itself, for whoever kept it: an operator may embed it later with newer moments.
Both forms need `opening`, the receipt of entry 0 under the same checkpoint: when the ledger was
founded.

No one clock convicts. The quorum stands there; at least two witnesses of the policy do; all of
theirs that stand there name moments by so much before the seal's time, and none before the ledger
was founded, as a clock that was never set does. So by a policy of one witness a seal from the
future convicts nobody. The operator's own clock does convict: what it seals is the log's word.

The other direction shows nothing: witnesses that were away, or a network that was, cosign an honest
seal hours later, and an operator who fails closed waits for them. Such a delay is on record
(`audit --policy` names it and counts the witnesses' time), and is no lie by itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from transparency.checkpoints import open_checkpoint
from transparency.encoding import render_utc_milliseconds
from transparency.errors import EvidenceInconclusive, EvidenceNeedsPolicy, MalformedEvidence
from transparency.evidence.files import Evidence, Misbehaviour, take_pieces
from transparency.evidence.seals import check_one_log, make_receipt, two_seals
from transparency.log_keys import LogKey
from transparency.policies import Policy, check_quorum
from transparency.seals import Seal, parse_seal
from transparency.trusted_log import TrustedLog
from transparency.verifier import VerifiedReceipt, verify_receipt

SEAL_TIME: Final = "seal_time"
# By so much the clocks of an operator and of witnesses may differ before a seal is from the future.
MOST_SECONDS_AHEAD: Final = 300
# One clock may be wrong.
FEWEST_WITNESSES: Final = 2

# When a log was founded, by the words of its entry 0; None for an entry that does not say it.
FoundedAt = Callable[[bytes], datetime | None]


def make_two_seals(log: TrustedLog, first_index: int, second_index: int) -> Evidence:
    """Put two seals of a log together, with the receipt of its opening."""
    return Evidence(
        SEAL_TIME,
        {
            "first": make_receipt(log, first_index),
            "second": make_receipt(log, second_index),
            "opening": make_receipt(log, 0),
        },
    )


def make_seal_ahead(log: TrustedLog, seal_index: int) -> Evidence:
    """Put a seal under a log's checkpoint, cosignatures included, and its opening together."""
    pieces = {"seal": make_receipt(log, seal_index), "opening": make_receipt(log, 0)}
    return Evidence(SEAL_TIME, pieces)


def judge_seal_time(
    evidence: Evidence, log_key: LogKey, policy: Policy | None, founded_at: FoundedAt
) -> Misbehaviour:
    """Judge whether seals name times that went back, or that were still to come.

    Raises:
        TransparencyError: a piece is not what it must be, or the quorum is not there.
        EvidenceNeedsPolicy: no time went back, and nobody said whose cosignatures count.
        EvidenceInconclusive: nothing contradicts the times.
    """
    if "seal" in evidence.pieces:
        pieces = take_pieces(evidence, "seal", "opening")
        sealed = verify_receipt(pieces[0], log_key)
        seal, note, opening = parse_seal(sealed.entry), sealed.checkpoint.note, pieces[1]
    else:
        *_, opening = take_pieces(evidence, "first", "second", optional=("opening",))
        sealed, second = two_seals(evidence, log_key)
        seal, later = parse_seal(sealed.entry), parse_seal(second.entry)
        if later.sealed_at < seal.sealed_at:
            return _contradicted(sealed, seal, later.sealed_at, log_key)
        note = later.previous_checkpoint
    if policy is None:
        raise EvidenceNeedsPolicy("no time went back; whose cosignatures count says a policy")
    if open_checkpoint(note, log_key).checkpoint.tree_size <= sealed.entry_index:
        raise EvidenceInconclusive(
            "the earlier seal is not in the checkpoint that the later embeds"
        )
    since = _founding(opening, sealed, log_key, founded_at)
    seen_at = _seen_before(note, seal.sealed_at, since, policy)
    return _contradicted(sealed, seal, seen_at, log_key)


def _contradicted(
    sealed: VerifiedReceipt, seal: Seal, then: datetime, log_key: LogKey
) -> Misbehaviour:
    particulars = {
        "seal_index": str(sealed.entry_index),
        "sealed_at": render_utc_milliseconds(seal.sealed_at),
        "then": render_utc_milliseconds(then),
    }
    return Misbehaviour(SEAL_TIME, log_key.name, particulars)


def _founding(
    receipt: bytes, sealed: VerifiedReceipt, log_key: LogKey, founded_at: FoundedAt
) -> datetime:
    if not receipt:
        raise EvidenceInconclusive(
            "`opening` is missing, the receipt of entry 0: when the ledger was founded"
        )
    opening = verify_receipt(receipt, log_key)
    check_one_log(sealed, opening)
    if opening.entry_index != 0:
        raise MalformedEvidence("the opening is entry 0")
    since = founded_at(opening.entry)
    if since is None:
        raise EvidenceInconclusive("entry 0 does not say when the ledger was founded")
    return since


def _seen_before(note: bytes, sealed_at: datetime, since: datetime, policy: Policy) -> datetime:
    """Give by when the last of all witnesses had seen a seal that was still to come."""
    if policy.quorum is None:
        raise EvidenceInconclusive("the policy asks for no witness")
    moments = [each.posix_seconds for each in check_quorum(policy, note)]
    if len(moments) < FEWEST_WITNESSES:
        raise EvidenceInconclusive("one witness alone: its clock may be wrong, and not the log's")
    if sealed_at.timestamp() - max(moments) <= MOST_SECONDS_AHEAD:
        raise EvidenceInconclusive(
            "a witness saw the seal after its time, or hardly before: late is no lie"
        )
    if min(moments) < since.timestamp():
        raise EvidenceInconclusive(
            "a witness names a moment before the ledger was founded: its clock was not set"
        )
    return datetime.fromtimestamp(max(moments), UTC)
