"""The offline verifier of a history bundle: two trust anchors, and nothing else.

In this order: the log's part (`transparency.histories.verifier`); every entry is an action of the
stream that it is shown for, in versions 1 to n, each naming the one before; entry 0 is by the
anchored root; then all entries in index order, each by signers whose own streams, whole, show that
they had the right at that place (`ledger.histories.rights`); at last the openings.

Of a veiled dossier (`withheld`) the index has no entry, so an open one cannot be shown as veiled.
Its notes chain from version 1 on. For each there is the veil in the log that opens to it, or the
ledger's promise of one: so the ledger has accepted it, and nobody invented it. A promise of an act
on an open dossier says nothing of a veil, and is not enough: under a checkpoint from before its
first entry an open dossier is absent, too. Nor is an envelope: those are of acts on other streams,
which no history shows. That there are no further notes, and what its signers' roles were when they
signed, that does not show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from domain.actions import Action, StreamType
from domain.facts import Details
from domain.keys import KeyRecord
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.errors import (
    DetailsMismatch,
    HistoryBroken,
    HistoryIncomplete,
    LedgerError,
    OpeningMismatch,
)
from ledger.histories.rights import RightsJudge
from ledger.key_files import Anchors
from ledger.writing.envelopes import commitment_of
from ledger.writing.public_log import index_key
from ledger.writing.veils import VEIL_TYPE_LINE, Veil, parse_veil
from transparency.checkpoints import SignedCheckpoint
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash
from transparency.histories.bundles import HistoryBundle, Opening, WithheldNote, parse_history
from transparency.histories.verifier import ProvenHistory, verify_history
from transparency.notes import VerificationKey, parse_vkey
from transparency.promises import Promise, open_promise
from transparency.seals import Seal

_SALT_BYTES: Final = 32
_DOSSIER: Final = f"{StreamType.DOSSIER}:"


@dataclass(frozen=True, slots=True)
class VerifiedAct:
    """One act of a history: its entry index, and its private part where that was opened.

    Of a veiled act the index is that of its veil, None while there is none; `promise` is what was
    promised of it.
    """

    action: Action
    entry_index: int | None
    veil: Veil | None = None
    promise: Promise | None = None

    @property
    def details(self) -> Details | None:
        """Give the private part; None where it was not opened."""
        return self.action.details


@dataclass(frozen=True, slots=True)
class VerifiedHistory:
    """A stream's acts that were verified, as of a checkpoint; `is_veiled`: perhaps not all.

    `key_names` are those whose whole streams were read; `keys` the registry's records of signers,
    by their names, as those streams leave them: a key that a dossier brings has none.
    """

    stream: str
    acts: tuple[VerifiedAct, ...]
    checkpoint: SignedCheckpoint
    seal: Seal
    key_names: tuple[str, ...]
    is_veiled: bool = False
    unread_revocations: tuple[str, ...] = ()
    keys: Mapping[str, KeyRecord] = field(default_factory=dict)


def verify_bundle(data: bytes, anchors: Anchors) -> VerifiedHistory:
    """Verify the file of a history bundle.

    Raises:
        TransparencyError: as `verify_history` and `parse_history`.
        HistoryBroken: an entry is not what its stream shows it for.
        HistoryIncomplete: the streams that are needed are not all there; or the ledger has neither
            published nor promised a note of a veiled dossier.
        SignerWithoutRight: a signature is not good, or its key had no right to it.
        DetailsMismatch: an opening does not open what an entry commits to.
        OpeningMismatch: what stands in the log for a withheld note is not its own.
    """
    bundle = parse_history(data)
    proven = verify_history(bundle, anchors.logs, index_key)
    if f"ledger:{anchors.origin}" not in proven.streams:
        raise HistoryIncomplete("the ledger's own stream is not there")
    streams = {
        stream: open_stream(stream, entries, anchors.origin)
        for stream, entries in proven.streams.items()
    }
    judge = judge_streams(streams, anchors)
    if bundle.withheld is not msgspec.UNSET:
        return _veiled(bundle, proven, judge, anchors)
    if bundle.stream not in streams:
        raise HistoryIncomplete(f"{bundle.stream} is not there")
    openings = {(each.stream, each.version): each for each in bundle.openings}
    acts = tuple(
        VerifiedAct(_opened(opened, openings), entry_index)
        for entry_index, opened in streams[bundle.stream]
    )
    _check_all_used(openings)
    return VerifiedHistory(
        bundle.stream,
        acts,
        proven.checkpoint,
        proven.seal,
        _key_names(streams),
        keys=_signers(judge, acts),
    )


def open_stream(
    stream: str, entries: tuple[tuple[int, bytes], ...], origin: str
) -> list[tuple[int, OpenedText]]:
    """Read the entries of a stream, each of which continues the one before.

    Raises:
        HistoryBroken: an entry is no action of this stream, or its version or `previous` is wrong.
    """
    opened_entries: list[tuple[int, OpenedText]] = []
    previous: str | None = None
    for place, (entry_index, entry) in enumerate(entries):
        opened = _open(entry, origin)
        found = (opened.action.stream, opened.action.version, opened.action.previous)
        if found != (stream, place + 1, previous):
            raise HistoryBroken(f"entry {entry_index} is not version {place + 1} of {stream}")
        previous = encode_base64(leaf_hash(entry))
        opened_entries.append((entry_index, opened))
    return opened_entries


def _open(entry: bytes, origin: str) -> OpenedText:
    try:
        return open_text(entry, origin)
    except LedgerError as error:
        raise HistoryBroken(f"{error.code}: {error}") from error


def judge_streams(
    streams: Mapping[str, list[tuple[int, OpenedText]]], anchors: Anchors
) -> RightsJudge:
    """Judge all entries of a history in index order; give the judge as it stands at the end.

    Raises:
        HistoryIncomplete, SignerWithoutRight: as `RightsJudge.take`.
    """
    judge = RightsJudge(anchors, streams.keys())
    placed = [each for entries in streams.values() for each in entries]
    for entry_index, opened in sorted(placed, key=lambda each: each[0]):
        judge.take(entry_index, opened)
    return judge


def _key_names(streams: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name.partition(":")[2] for name in streams if name.startswith("key:")))


def _opened(opened: OpenedText, openings: dict[tuple[str, int], Opening]) -> Action:
    action = opened.action
    opening = openings.pop((action.stream, action.version), None)
    if opening is None:
        return action
    return check_private_part(action, opening.salt, opening.details)


def _check_all_used(openings: Mapping[tuple[str, int], Opening]) -> None:
    if openings:
        raise DetailsMismatch("an opening belongs to no act of the history")


def _veiled(
    bundle: HistoryBundle, proven: ProvenHistory, judge: RightsJudge, anchors: Anchors
) -> VerifiedHistory:
    _check_absent(bundle, proven)
    ledger = judge.ledger
    assert ledger is not None
    promise_key = parse_vkey(ledger.promise_vkey)
    openings = {(each.stream, each.version): each for each in bundle.openings}
    acts: list[VerifiedAct] = []
    previous: str | None = None
    for place, note in enumerate(bundle.withheld_notes):
        opened = _open(note.note, anchors.origin)
        found = (opened.action.stream, opened.action.version, opened.action.previous)
        if found != (bundle.stream, place + 1, previous):
            raise HistoryBroken(f"the note is not version {place + 1} of {bundle.stream}")
        previous = encode_base64(leaf_hash(note.note))
        judge.take_withheld(opened)
        acts.append(_veiled_act(note, _opened(opened, openings), promise_key))
    _check_all_used(openings)
    return VerifiedHistory(
        bundle.stream,
        tuple(acts),
        proven.checkpoint,
        proven.seal,
        _key_names(proven.streams),
        is_veiled=True,
        unread_revocations=_revoked_signers(judge, acts),
        keys=_signers(judge, acts),
    )


def _check_absent(bundle: HistoryBundle, proven: ProvenHistory) -> None:
    entries = proven.streams.get(bundle.stream)
    if entries is None:
        raise HistoryIncomplete(f"it is not shown that the index has no entry of {bundle.stream}")
    if entries:
        raise HistoryBroken(f"{bundle.stream} has entries of its own: it is not veiled")
    if not bundle.stream.startswith(_DOSSIER):
        raise HistoryBroken(f"{bundle.stream} is no dossier: nothing else is veiled")
    if not bundle.withheld_notes:
        raise HistoryIncomplete(f"no note of {bundle.stream} is there")


def _signers(judge: RightsJudge, acts: Sequence[VerifiedAct]) -> dict[str, KeyRecord]:
    names = sorted({signer.key for act in acts for signer in act.action.signers})
    return {name: record for name in names if (record := judge.key(name)) is not None}


def _revoked_signers(judge: RightsJudge, acts: Sequence[VerifiedAct]) -> tuple[str, ...]:
    records = _signers(judge, acts)
    return tuple(name for name, each in records.items() if each.revoked_at is not None)


def _veiled_act(
    withheld: WithheldNote, action: Action, promise_key: VerificationKey
) -> VerifiedAct:
    promise = _promise_of(withheld, action, promise_key)
    if withheld.entry is None:
        if promise is None or promise.published_as is None:
            raise HistoryIncomplete(
                f"of version {action.version} of {action.stream} there is neither a veil nor the "
                "promise of one"
            )
        return VerifiedAct(action, None, None, promise)
    entry = withheld.entry.entry
    if not entry.startswith(VEIL_TYPE_LINE):
        raise OpeningMismatch("the entry is no veil, and an act on a dossier enters under no other")
    veil = parse_veil(entry)
    commitment = commitment_of(withheld.salt, withheld.note)
    if veil.commitment != commitment or len(withheld.salt) != _SALT_BYTES:
        raise OpeningMismatch("the veil stands for another note")
    if promise is not None and promise.published_as != str(veil.face):
        raise OpeningMismatch(f"{promise.published_as} was promised, and {veil.face} published")
    return VerifiedAct(action, withheld.entry.index, veil, promise)


def _promise_of(
    withheld: WithheldNote, action: Action, promise_key: VerificationKey
) -> Promise | None:
    if not withheld.promise:
        return None
    promise = open_promise(withheld.promise, promise_key)
    promised = (promise.leaf_hash, promise.stream, promise.version)
    if promised != (leaf_hash(withheld.note), action.stream, action.version):
        raise OpeningMismatch("the promise is for another note")
    return promise
