"""Charges that need to read entries: a broken promise, a signer without right, a wrong tally.

`broken_promise`: `promise` is a promise note, and `history` the history bundle of its stream as of
a seal later than the promise's last moment, without the entry that was promised. A promise of what
enters the log in another's place (`published_as`, deferred kinds) is not judged so: the index knows
nothing of veils and envelopes.

`no_right`: `history` is a bundle whose log part is sound, and one of its entries is by a signer
who, as the streams of keys show, had no right to it, or whose signature is not good.
`broken_stream`: likewise, and an entry does not continue its stream.

`foreign_entry`: `entry` is the receipt of an entry that claims to be an action, and is none of
this ledger: another ledger's, played back here, one that has not the form of an action, or one that
others signed than it names.

An entry of a kind or a shape that is not known here convicts nobody: a newer program may know it.

`tally`: `tally` is the receipt of a tally's entry, `document` what it names. Its own numbers do not
add up; or, with the log, they are not those of the envelopes or veils before it.
"""

import hashlib
from collections import Counter
from typing import Final

from domain.actions import Action, StreamType
from domain.errors import DomainError
from domain.facts.tallies import DossiersCounted, TallyPublished
from domain.tallies import parse_tally
from domain.veiled_tallies import counted_of, parse_veiled_tally
from domain.veils import VeilAct
from ledger.action_notes import check_signature_lines, open_entry
from ledger.errors import (
    HistoryBroken,
    HistoryIncomplete,
    LedgerError,
    SchemaMismatch,
    SignerWithoutRight,
    UnknownKind,
)
from ledger.histories.verifying import judge_streams, open_stream
from ledger.key_files import Anchors
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from ledger.writing.public_log import index_key
from ledger.writing.veils import VEIL_TYPE_LINE, parse_veil
from transparency.encoding import render_utc_seconds
from transparency.errors import EvidenceInconclusive, EvidenceNeedsLog, MalformedEvidence
from transparency.evidence.files import Evidence, Misbehaviour, take_pieces
from transparency.hashing import leaf_hash
from transparency.histories.bundles import parse_history
from transparency.histories.verifier import ProvenHistory, verify_history
from transparency.notes import parse_vkey
from transparency.promises import open_promise
from transparency.trusted_log import TrustedLog
from transparency.verifier import verify_receipt

BROKEN_PROMISE: Final = "broken_promise"
NO_RIGHT: Final = "no_right"
BROKEN_STREAM: Final = "broken_stream"
FOREIGN_ENTRY: Final = "foreign_entry"
TALLY: Final = "tally"
# Streams whose acts enter the log in envelopes: their promises are kept by another entry.
_DEFERRED: Final = frozenset({StreamType.RATING, StreamType.DENUNCIATION})
# What an honest log may hold that was written by a newer program than the judge's.
_PERHAPS_NEWER: Final = (UnknownKind, SchemaMismatch)


def _proven(data: bytes, anchors: Anchors) -> ProvenHistory:
    return verify_history(parse_history(data), anchors.logs, index_key)


def judge_broken_promise(evidence: Evidence, anchors: Anchors) -> Misbehaviour:
    """Judge whether what was promised is missing from its stream after the promise's last moment.

    Raises:
        TransparencyError, LedgerError: a piece is not what it must be.
        EvidenceInconclusive: the promise was kept, or this does not show that it was not.
    """
    note, history = take_pieces(evidence, "promise", "history")
    proven = _proven(history, anchors)
    ledger = f"ledger:{anchors.origin}"
    streams = {ledger: open_stream(ledger, proven.streams.get(ledger, ()), anchors.origin)}
    streams |= {
        name: open_stream(name, entries, anchors.origin)
        for name, entries in proven.streams.items()
        if name.startswith("key:")
    }
    record = judge_streams(streams, anchors).ledger
    if record is None:
        raise MalformedEvidence("the history lacks the ledger's own stream")
    promise = open_promise(note, parse_vkey(record.promise_vkey))
    if promise.ledger != anchors.origin or promise.stream not in proven.streams:
        raise EvidenceInconclusive("the history is not that of the promise's stream")
    if promise.published_as is not None or promise.stream.partition(":")[0] in _DEFERRED:
        raise EvidenceInconclusive("another entry stands for it, which no index shows")
    if proven.seal.sealed_at <= promise.publish_by:
        raise EvidenceInconclusive("the history is of a time at which the promise still ran")
    if any(leaf_hash(entry) == promise.leaf_hash for _, entry in proven.streams[promise.stream]):
        raise EvidenceInconclusive("the promise was kept")
    particulars = {
        "stream": promise.stream,
        "version": str(promise.version),
        "publish_by": render_utc_seconds(promise.publish_by),
    }
    return Misbehaviour(BROKEN_PROMISE, anchors.origin, particulars)


def judge_history(evidence: Evidence, anchors: Anchors) -> Misbehaviour:
    """Judge whether the log holds an entry that must not have been recorded.

    Raises:
        TransparencyError, HistoryIncomplete: a piece is not what it must be.
        EvidenceInconclusive: every signer had the right, and all streams continue; or an entry is
            of a kind that is not known here.
    """
    (history,) = take_pieces(evidence, "history")
    proven = _proven(history, anchors)
    if f"ledger:{anchors.origin}" not in proven.streams:
        # What is not shown is not missing: without it nobody is known to have any right.
        raise HistoryIncomplete("the ledger's own stream, from which every right follows")
    try:
        streams = {
            name: open_stream(name, entries, anchors.origin)
            for name, entries in proven.streams.items()
        }
        judge_streams(streams, anchors)
    except HistoryBroken as error:
        if isinstance(error.__cause__, _PERHAPS_NEWER):
            raise EvidenceInconclusive(_newer(error.__cause__)) from error
        return Misbehaviour(BROKEN_STREAM, anchors.origin, {"reason": str(error)})
    except SignerWithoutRight as error:
        particulars = {"entry_index": str(error.entry_index), "reason": error.reason}
        return Misbehaviour(NO_RIGHT, anchors.origin, particulars)
    raise EvidenceInconclusive("every signer in this history had the right to sign")


def judge_foreign_entry(evidence: Evidence, anchors: Anchors) -> Misbehaviour:
    """Judge whether the log took in what is no action of this ledger.

    Raises:
        TransparencyError: the piece is not what it must be.
        EvidenceInconclusive: it is one, or does not claim to be; or its kind is not known here.
    """
    (receipt,) = take_pieces(evidence, "entry")
    verified = verify_receipt(receipt, anchors.logs)
    try:
        opened = open_entry(verified.entry, anchors.origin)
        if opened is not None:
            check_signature_lines(opened)
    except _PERHAPS_NEWER as error:
        raise EvidenceInconclusive(_newer(error)) from error
    except LedgerError as error:
        particulars = {"entry_index": str(verified.entry_index), "reason": error.code}
        return Misbehaviour(FOREIGN_ENTRY, anchors.origin, particulars)
    raise EvidenceInconclusive("the entry is not one that claims to be an action and is none")


def _newer(error: BaseException | None) -> str:
    return f"a newer program may know what this one does not: {error}"


def judge_tally(evidence: Evidence, anchors: Anchors, log: TrustedLog | None) -> Misbehaviour:
    """Judge whether a tally's numbers are not those of what it counts.

    Raises:
        TransparencyError, LedgerError: a piece is not what it must be.
        EvidenceNeedsLog: in itself it adds up; whether to the log's entries, the log must show.
        EvidenceInconclusive: it adds up.
    """
    receipt, document = take_pieces(evidence, "tally", "document")
    verified = verify_receipt(receipt, anchors.logs)
    opened = open_entry(verified.entry, anchors.origin)
    facts = None if opened is None else opened.action.facts
    if opened is None or not isinstance(facts, TallyPublished | DossiersCounted):
        raise MalformedEvidence("the receipt is not that of a tally")
    if hashlib.sha256(document).hexdigest() != facts.document:
        raise MalformedEvidence("the document is not the one that the tally names")
    reason = _wrong_in_itself(facts, document)
    if reason is None:
        if log is None or log.tree_size < verified.checkpoint.checkpoint.tree_size:
            raise EvidenceNeedsLog("the tally agrees with its document; the log must be counted")
        log.check_extends(verified.checkpoint)
        reason = _wrong_by_the_log(opened.action, document, log, verified.entry_index)
    if reason is None:
        raise EvidenceInconclusive("the tally adds up")
    particulars = {"entry_index": str(verified.entry_index), "reason": reason}
    return Misbehaviour(TALLY, anchors.origin, particulars)


def _wrong_in_itself(facts: TallyPublished | DossiersCounted, document: bytes) -> str | None:
    try:
        if isinstance(facts, DossiersCounted):
            sums = sum(parse_veiled_tally(document).sums.values())
            return None if sums == facts.counted else f"its cells hold {sums}, not {facts.counted}"
        counted = parse_tally(document).counted
    except DomainError as error:
        return f"its document is no tally: {error.code}"
    if counted != facts.counted:
        return f"its cells hold {counted}, not {facts.counted}"
    if facts.counted + facts.withheld > facts.envelopes:
        return f"it counts more than its {facts.envelopes} envelopes"
    return None


def _wrong_by_the_log(
    action: Action, document: bytes, log: TrustedLog, entry_index: int
) -> str | None:
    facts, counts = action.facts, _Counts(action.ledger)
    for entry in log.entries(0, entry_index):
        counts.take(entry)
    if isinstance(facts, TallyPublished):
        found = counts.counted + facts.counted + facts.withheld
        is_right = facts.envelopes == counts.envelopes == found
        return None if is_right else f"{counts.envelopes} envelopes stand before it"
    assert isinstance(facts, DossiersCounted)
    veils = {
        (office, act.value): count
        for (month, office, act), count in counts.veils.items()
        if month == action.stream_id
    }
    is_right = facts.veils == sum(veils.values())
    is_right = is_right and parse_veiled_tally(document).sums == counted_of(veils)
    return None if is_right else f"{sum(veils.values())} veils of its month stand before it"


class _Counts:
    """What stands in the log before a tally."""

    def __init__(self, origin: str):
        self._origin = origin
        self.envelopes = 0
        self.counted = 0
        self.veils: Counter[tuple[str, str, VeilAct]] = Counter()

    def take(self, entry: bytes) -> None:
        if entry.startswith(ENVELOPE_TYPE_LINE):
            self.envelopes += 1
        elif entry.startswith(VEIL_TYPE_LINE):
            self._take_veil(entry)
        elif b'"stream":"tally:' in entry:
            self._take_tally(entry)

    def _take_veil(self, entry: bytes) -> None:
        try:
            veil = parse_veil(entry)
        except LedgerError:
            # As the auditor counts: what cannot be read stands for nothing.
            return
        self.veils[veil.month, veil.office, veil.act] += 1

    def _take_tally(self, entry: bytes) -> None:
        try:
            opened = open_entry(entry, self._origin)
        except _PERHAPS_NEWER as error:
            raise EvidenceInconclusive(_newer(error)) from error
        except LedgerError:
            return
        if opened is not None and isinstance(opened.action.facts, TallyPublished):
            self.counted += opened.action.facts.counted
