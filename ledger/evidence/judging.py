"""Judging evidence, whatever it charges: two trust anchors, sometimes a policy or the log.

The log is asked for only where a charge says so: then it is read from anywhere, and nothing of it
is believed that is not proven under its signed checkpoint.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from domain.facts import LedgerOpened
from ledger import bodies
from ledger.action_notes import open_entry
from ledger.errors import LedgerError, SchemaMismatch, UnknownKind
from ledger.evidence.charges import (
    BROKEN_PROMISE,
    BROKEN_STREAM,
    FOREIGN_ENTRY,
    NO_RIGHT,
    TALLY,
    judge_broken_promise,
    judge_foreign_entry,
    judge_history,
    judge_tally,
)
from ledger.key_files import Anchors
from ledger.writing.public_log import index_key
from transparency.errors import EvidenceInconclusive, MalformedEvidence
from transparency.evidence.checkpoints import FORK, judge_fork
from transparency.evidence.files import Evidence, Misbehaviour, parse_evidence
from transparency.evidence.seals import (
    OMITTED_ENTRY,
    SHRINK,
    UNSEALED,
    WRONG_INDEX_ROOT,
    judge_omitted_entry,
    judge_shrink,
    judge_unsealed,
    judge_wrong_index_root,
)
from transparency.evidence.times import SEAL_TIME, judge_seal_time
from transparency.notes import parse_note
from transparency.policies import Policy
from transparency.trusted_log import TrustedLog

# A ledger that was founded on a day was not founded before that day began anywhere.
FOUNDED_IN: Final = "Pacific/Kiritimati"


@dataclass(frozen=True, slots=True)
class JudgedBy:
    """What a judge trusts and may look into."""

    anchors: Anchors
    policy: Policy | None = None
    log: TrustedLog | None = None


Judge = Callable[[Evidence, JudgedBy], Misbehaviour]


def judge_file(data: bytes, by: JudgedBy) -> Misbehaviour:
    """Judge the file of evidence.

    Raises:
        MalformedEvidence: the bytes are no evidence of ours.
        TransparencyError, LedgerError: a piece is not what it must be, or proves nothing.
        EvidenceInconclusive: the pieces do not show what is charged.
        EvidenceNeedsLog, EvidenceNeedsPolicy: more is needed to judge it.
    """
    return judge(parse_evidence(data), by)


def judge(evidence: Evidence, by: JudgedBy) -> Misbehaviour:
    """Judge evidence; it raises what `judge_file` raises."""
    judge_one = JUDGES.get(evidence.kind)
    if judge_one is None:
        raise MalformedEvidence("the charge is none that is known")
    found = judge_one(evidence, by)
    if found.kind != evidence.kind:
        raise EvidenceInconclusive(f"the pieces show {found.kind}, not {evidence.kind}")
    return found


def stream_of(entry: bytes, origin: str) -> str | None:
    """Give the stream of an entry, by its own words; None for one that the index does not know."""
    try:
        opened = open_entry(entry, origin)
    except LedgerError:
        # SPEC: formats.md, "Seal entry": a leaf that is not a canonical action has none.
        return None
    return None if opened is None else opened.action.stream


def stream_claimed(entry: bytes, origin: str) -> str | None:
    """Give the stream of an entry as a newer program may know it: also of a kind unknown here."""
    try:
        opened = open_entry(entry, origin)
    except (UnknownKind, SchemaMismatch):
        # Its form and its ledger were found right before this was said of it.
        line = bodies.text_line(parse_note(entry).text)
        return str(bodies.check_generic_canonical(line).get("stream"))
    except LedgerError:
        return None
    return None if opened is None else opened.action.stream


def founded_at(entry: bytes, origin: str) -> datetime | None:
    """Give when a ledger was founded, by its entry 0; None for an entry that does not say it."""
    try:
        opened = open_entry(entry, origin)
    except LedgerError:
        return None
    if opened is None or not isinstance(opened.action.facts, LedgerOpened):
        return None
    return opened.action.at.start_in(FOUNDED_IN)


def _omitted(evidence: Evidence, by: JudgedBy) -> Misbehaviour:
    find = partial(stream_of, origin=by.anchors.origin)
    return judge_omitted_entry(evidence, by.anchors.logs, find, index_key)


def _wrong_root(evidence: Evidence, by: JudgedBy) -> Misbehaviour:
    readings = [partial(each, origin=by.anchors.origin) for each in (stream_of, stream_claimed)]
    return judge_wrong_index_root(evidence, by.anchors.logs, readings, index_key, by.log)


def _seal_time(evidence: Evidence, by: JudgedBy) -> Misbehaviour:
    find = partial(founded_at, origin=by.anchors.origin)
    return judge_seal_time(evidence, by.anchors.logs, by.policy, find)


JUDGES: Final[Mapping[str, Judge]] = {
    FORK: lambda evidence, by: judge_fork(evidence, by.anchors.logs),
    SHRINK: lambda evidence, by: judge_shrink(evidence, by.anchors.logs),
    UNSEALED: lambda evidence, by: judge_unsealed(evidence, by.anchors.logs),
    OMITTED_ENTRY: _omitted,
    WRONG_INDEX_ROOT: _wrong_root,
    SEAL_TIME: _seal_time,
    BROKEN_PROMISE: lambda evidence, by: judge_broken_promise(evidence, by.anchors),
    NO_RIGHT: lambda evidence, by: judge_history(evidence, by.anchors),
    BROKEN_STREAM: lambda evidence, by: judge_history(evidence, by.anchors),
    FOREIGN_ENTRY: lambda evidence, by: judge_foreign_entry(evidence, by.anchors),
    TALLY: lambda evidence, by: judge_tally(evidence, by.anchors, by.log),
}
