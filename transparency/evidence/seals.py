"""Charges about seals: missing, over a wrong index, or of fewer entries. Pieces are receipts.

What convicts is a thing that an honest operator cannot have signed, whatever others did meanwhile.

`unsealed`: `last` is the receipt of the entry at N-1 under a checkpoint of size N, and it is no
seal over all before it.

`omitted_entry`, the compact proof of a wrong index: `seal` is the receipt of a seal, `entry` that
of an entry below it, both under one checkpoint; `stream` names the entry's stream, and
`index_proof` shows under the seal's root that `positions` (big-endian u64, rising; none for an
absent stream) are all of its entries, though the entry's is not among them. Of which stream an
entry is, whoever knows such entries says.

`wrong_index_root`: `seal` alone; whoever judges replays the log up to it. Where entries can be read
in several ways, since a newer program may know kinds that are not known here, each must give
another root.

`shrink`: `first` and `second` are receipts of two seals under one checkpoint, and the later seal
embeds a smaller checkpoint as the last one published than the earlier seal did. Two checkpoints,
of which witnesses cosigned the smaller one later, are not enough: a witness may only have lagged.
"""

from collections.abc import Callable, Sequence
from typing import Final

from transparency.checkpoints import open_checkpoint
from transparency.encoding import U64_BYTES, encode_u64
from transparency.errors import (
    EvidenceInconclusive,
    EvidenceNeedsLog,
    MalformedEvidence,
    MalformedReceipt,
    MalformedSeal,
)
from transparency.evidence.files import Evidence, Misbehaviour, take_pieces
from transparency.index import (
    IndexProof,
    StreamIndex,
    parse_index_proof,
    render_index_proof,
    verify_index_proof,
)
from transparency.log_keys import LogKey
from transparency.receipts import RECEIPT_TYPE_LINE, Receipt, render_receipt
from transparency.seals import Seal, parse_seal
from transparency.trusted_log import TrustedLog
from transparency.verifier import VerifiedReceipt, verify_receipt

UNSEALED: Final = "unsealed"
OMITTED_ENTRY: Final = "omitted_entry"
WRONG_INDEX_ROOT: Final = "wrong_index_root"
SHRINK: Final = "shrink"

# The stream of an entry by its own words, None for an entry of none; the index key of a stream.
StreamOf = Callable[[bytes], str | None]
KeyOf = Callable[[str], bytes]
# What an index says of a stream: its entries, and the proof.
Shown = tuple[Sequence[int], IndexProof]


def make_receipt(log: TrustedLog, entry_index: int) -> bytes:
    """Prove one entry under a log's checkpoint, as a receipt."""
    (entry,) = log.entries(entry_index, entry_index + 1)
    proof = tuple(log.prove_inclusion(entry_index))
    return render_receipt(Receipt(entry, entry_index, proof, log.signed_checkpoint.note))


def make_omitted_entry(
    log: TrustedLog, seal_index: int, entry_index: int, stream: str, shown: Shown
) -> Evidence:
    """Put a seal, an entry, and the proof that the seal's index lacks it together."""
    positions, proof = shown
    return Evidence(
        OMITTED_ENTRY,
        {
            "seal": make_receipt(log, seal_index),
            "entry": make_receipt(log, entry_index),
            "stream": stream.encode(),
            "positions": b"".join(map(encode_u64, positions)),
            "index_proof": render_index_proof(proof),
        },
    )


def judge_unsealed(evidence: Evidence, log_key: LogKey) -> Misbehaviour:
    """Judge whether a checkpoint was published without a seal over all before it.

    Raises:
        TransparencyError: the piece is not what it must be.
        EvidenceInconclusive: it is sealed.
    """
    (last,) = take_pieces(evidence, "last")
    verified = verify_receipt(last, log_key)
    if verified.entry_index != verified.checkpoint.checkpoint.tree_size - 1:
        raise EvidenceInconclusive("the entry is not the last one under the checkpoint")
    try:
        covers = parse_seal(verified.entry).covers
    except MalformedSeal:
        covers = -1
    if covers == verified.entry_index:
        raise EvidenceInconclusive("the checkpoint is sealed")
    return Misbehaviour(UNSEALED, log_key.name, {"entry_index": str(verified.entry_index)})


def judge_omitted_entry(
    evidence: Evidence, log_key: LogKey, stream_of: StreamOf, key_of: KeyOf
) -> Misbehaviour:
    """Judge whether the index in a seal lacks an entry that stands below the seal.

    Raises:
        TransparencyError: a piece is not what it must be, or proves nothing.
        EvidenceInconclusive: the index does not lack it.
    """
    pieces = take_pieces(evidence, "seal", "entry", "stream", "positions", "index_proof")
    sealed, entry = (verify_receipt(each, log_key) for each in pieces[:2])
    seal = _seal_of(sealed)
    check_one_log(sealed, entry)
    stream = pieces[2].decode("utf-8", "replace")
    positions = _positions(pieces[3])
    proof = parse_index_proof(pieces[4])
    verify_index_proof(key_of(stream), positions or None, proof, seal.index_root_hash)
    if stream_of(entry.entry) != stream or not entry.entry_index < sealed.entry_index:
        raise EvidenceInconclusive("the entry is none of this stream below the seal")
    if entry.entry_index in positions:
        raise EvidenceInconclusive("the index has the entry")
    particulars = {
        "entry_index": str(entry.entry_index),
        "seal_index": str(sealed.entry_index),
        "stream": stream,
    }
    return Misbehaviour(OMITTED_ENTRY, log_key.name, particulars)


def judge_wrong_index_root(
    evidence: Evidence,
    log_key: LogKey,
    readings: Sequence[StreamOf],
    key_of: KeyOf,
    log: TrustedLog | None,
) -> Misbehaviour:
    """Judge, by a replay of the log, whether the index root in a seal is another than it must be.

    Raises:
        TransparencyError: the piece is not what it must be, or the log cannot be read.
        EvidenceNeedsLog: there is no log to replay, or it is shorter.
        EvidenceInconclusive: by one of the readings the root is right.
    """
    (piece,) = take_pieces(evidence, "seal")
    sealed = verify_receipt(piece, log_key)
    seal = _seal_of(sealed)
    if log is None or log.tree_size < sealed.checkpoint.checkpoint.tree_size:
        raise EvidenceNeedsLog("the index over all entries before the seal must be made again")
    log.check_extends(sealed.checkpoint)
    indexes = [(stream_of, StreamIndex()) for stream_of in readings]
    for entry_index, entry in enumerate(log.entries(0, sealed.entry_index)):
        for stream_of, index in indexes:
            stream = stream_of(entry)
            if stream is not None:
                index.append(key_of(stream), entry_index)
    if any(index.root_hash() == seal.index_root_hash for _, index in indexes):
        raise EvidenceInconclusive("the seal has the right root")
    return Misbehaviour(WRONG_INDEX_ROOT, log_key.name, {"seal_index": str(sealed.entry_index)})


def judge_shrink(evidence: Evidence, log_key: LogKey) -> Misbehaviour:
    """Judge whether the log went back to fewer entries, by its own seals.

    Raises:
        TransparencyError: a piece is not what it must be.
        EvidenceInconclusive: it did not; or the pieces are checkpoints, which do not show that.
    """
    pieces = take_pieces(evidence, "first", "second")
    if not all(each.startswith(RECEIPT_TYPE_LINE.encode()) for each in pieces):
        raise EvidenceInconclusive(
            "a shrink consists of the receipts of two seals: a smaller checkpoint that is "
            "cosigned later shows only that a witness lagged"
        )
    first, second = (_seal_of(each) for each in two_seals(evidence, log_key))
    sizes = [
        open_checkpoint(each.previous_checkpoint, log_key).checkpoint.tree_size
        for each in (first, second)
    ]
    if sizes[0] <= sizes[1]:
        raise EvidenceInconclusive("the later seal does not embed a smaller checkpoint")
    particulars = {"first_size": str(sizes[0]), "second_size": str(sizes[1])}
    return Misbehaviour(SHRINK, log_key.name, particulars)


def two_seals(evidence: Evidence, log_key: LogKey) -> tuple[VerifiedReceipt, VerifiedReceipt]:
    """Give what the pieces `first` and `second` prove, each under the same checkpoint.

    Raises:
        TransparencyError: a piece is not what it must be, or they stand the other way round.
    """
    first, second = (verify_receipt(evidence.pieces[each], log_key) for each in ("first", "second"))
    check_one_log(first, second)
    if not first.entry_index < second.entry_index:
        raise MalformedEvidence("the first seal stands before the second")
    return first, second


def check_one_log(first: VerifiedReceipt, second: VerifiedReceipt) -> None:
    """Check that two receipts are under one checkpoint, whoever cosigned it.

    Raises:
        MalformedReceipt: they are not.
    """
    if first.checkpoint.checkpoint != second.checkpoint.checkpoint:
        raise MalformedReceipt("both receipts must be under one checkpoint")


def _seal_of(receipt: VerifiedReceipt) -> Seal:
    return parse_seal(receipt.entry)


def _positions(packed: bytes) -> tuple[int, ...]:
    if len(packed) % U64_BYTES:
        raise MalformedEvidence("positions have eight bytes each")
    return tuple(
        int.from_bytes(packed[at : at + U64_BYTES], "big")
        for at in range(0, len(packed), U64_BYTES)
    )
