"""Every parser of the transparency room raises its one error on any bytes, and reads its own."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.transparency_builders import a_key, a_log
from transparency.checkpoints import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint_text,
    render_checkpoint_text,
    sign_checkpoint,
)
from transparency.encoding import (
    MAX_TREE_SIZE,
    decode_base64,
    encode_base64,
    parse_decimal,
    parse_utc_milliseconds,
    parse_utc_seconds,
    render_utc_milliseconds,
    render_utc_seconds,
)
from transparency.errors import (
    CheckpointNotSigned,
    MalformedBundle,
    MalformedCheckpoint,
    MalformedKey,
    MalformedNote,
    MalformedPromise,
    MalformedProof,
    MalformedReceipt,
    MalformedSeal,
    MalformedTilePath,
    ProofInvalid,
    SignatureInvalid,
    TransparencyError,
)
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.index import (
    IndexProof,
    parse_index_proof,
    render_index_proof,
    verify_index_proof,
    verify_map_proof,
)
from transparency.notes import (
    COSIGNATURE_KEY_TYPE,
    ED25519_KEY_TYPE,
    MAX_SIGNATURE_LINES,
    NoteSignature,
    SigningKey,
    VerificationKey,
    is_key_name,
    open_note,
    parse_note,
    parse_vkey,
    render_note,
    render_vkey,
)
from transparency.promises import (
    Promise,
    Refusal,
    open_promise,
    open_refusal,
    sign_promise,
    sign_refusal,
)
from transparency.proofs import verify_consistency, verify_inclusion
from transparency.receipts import Receipt, parse_receipt, render_receipt
from transparency.seals import SEAL_TYPE_LINE, Seal, parse_seal, render_seal
from transparency.tile_store import MemoryTileStore
from transparency.tiles import (
    EntryBundle,
    Tile,
    bundle_path,
    pack_bundle,
    parse_bundle,
    parse_tile_path,
    tile_path,
)
from transparency.verifier import verify_receipt

# A busy machine is no failure of a parser.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

KEY = a_key()
PUBLIC_KEY = KEY.verification_key
LOG = a_log(MemoryTileStore(), 20)
SEALED_AT = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)

hashes = st.binary(min_size=32, max_size=32)
sizes = st.integers(0, MAX_TREE_SIZE)
key_names = st.text(min_size=1, max_size=20).filter(
    lambda name: is_key_name(name) and name.isprintable()
)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
texts = st.lists(lines, min_size=1).map(lambda many: ("\n".join(many) + "\n").encode())
plain = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\'))
seconds = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
seconds_of_seals = seconds.map(lambda at: at.replace(year=1900 + at.year % 300, day=1))
tile_indexes = st.integers(0, MAX_TREE_SIZE >> 8)
tile_widths = st.integers(1, 256)


def signed(text: bytes) -> bytes:
    return render_note(text, [KEY.sign(text)])


VALID = {
    "vkey": render_vkey(PUBLIC_KEY).encode(),
    "note": signed(b"text\n"),
    "checkpoint": LOG.signed_checkpoint().note,
    "receipt": LOG.receipt(7),
    "seal": render_seal(Seal(20, bytes(32), SEALED_AT, LOG.signed_checkpoint().note)),
    "promise": sign_promise(
        Promise("x", bytes(32), "key:a", 1, SEALED_AT, SEALED_AT + timedelta(hours=1)), KEY
    ),
    "refusal": sign_refusal(Refusal("x", bytes(32), "stale_version"), KEY),
    "bundle": pack_bundle(LOG.entries),
    "proof": render_index_proof(IndexProof(((9, bytes(32)), (3, bytes(32))))),
    "path": b"tile/0/x001/234.p/5",
}


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """Something valid with a piece of it replaced, doubled or cut out."""
    data = draw(st.sampled_from(sorted(VALID.values())))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 8)))
    return data[:start] + draw(st.binary(max_size=4)) * draw(st.integers(0, 2)) + data[end:]


anything = st.one_of(st.binary(max_size=300), bent(), st.sampled_from(sorted(VALID.values())))


def as_text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: parse(data.decode("utf-8", "surrogateescape"))


PARSERS: list[tuple[Callable[[bytes], object], tuple[type[Exception], ...]]] = [
    (as_text(parse_vkey), (MalformedKey,)),
    (as_text(parse_tile_path), (MalformedTilePath,)),
    (as_text(decode_base64), (ValueError,)),
    (as_text(parse_decimal), (ValueError,)),
    (as_text(parse_utc_seconds), (ValueError,)),
    (as_text(parse_utc_milliseconds), (ValueError,)),
    (parse_note, (MalformedNote,)),
    (lambda data: open_note(data, [PUBLIC_KEY]), (MalformedNote, SignatureInvalid)),
    (parse_checkpoint_text, (MalformedCheckpoint,)),
    (lambda data: open_checkpoint(data, PUBLIC_KEY), (MalformedCheckpoint, CheckpointNotSigned)),
    (parse_bundle, (MalformedBundle,)),
    (parse_index_proof, (MalformedProof,)),
    (parse_receipt, (MalformedReceipt,)),
    (parse_seal, (MalformedSeal,)),
    (lambda data: parse_seal(SEAL_TYPE_LINE + data), (MalformedSeal,)),
    (lambda data: open_promise(data, PUBLIC_KEY), (MalformedPromise, SignatureInvalid)),
    (lambda data: open_refusal(data, PUBLIC_KEY), (MalformedPromise, SignatureInvalid)),
    (lambda data: open_promise(signed(data + b"\n"), PUBLIC_KEY), (MalformedPromise,)),
    (lambda data: open_refusal(signed(data + b"\n"), PUBLIC_KEY), (MalformedPromise,)),
]


@pytest.mark.parametrize(("parse", "error"), PARSERS)
@settings(PATIENT, max_examples=150)
@given(data=anything)
@example(data=b"")
@example(data=b"\n\n")
def test_parser_raises_its_one_error_on_any_bytes(
    parse: Callable[[bytes], object],
    error: tuple[type[Exception], ...],
    data: bytes,
) -> None:
    with suppress(*error):
        parse(data)


@settings(PATIENT, max_examples=300)
@given(members=st.recursive(st.none() | st.booleans() | st.integers() | plain, st.lists))
def test_signed_statement_of_any_json_raises_one_error(members: object) -> None:
    body = repr(members).replace("'", '"').replace("None", "null").encode()

    with suppress(MalformedPromise):
        open_promise(signed(b"dossier-ledger/promise@v1\n" + body + b"\n"), PUBLIC_KEY)


@settings(PATIENT, max_examples=300)
@given(data=bent())
def test_bent_receipt_is_never_taken_for_a_receipt_of_something_else(data: bytes) -> None:
    try:
        verified = verify_receipt(data, PUBLIC_KEY)
    except TransparencyError:
        return

    assert verified.entry == LOG.entries[verified.entry_index]


@settings(PATIENT)
@given(st.integers(), st.integers(), st.binary(), st.lists(st.binary()), st.binary())
def test_inclusion_verifier_raises_its_one_error(
    index: int, size: int, leaf: bytes, proof: list[bytes], root_hash: bytes
) -> None:
    with pytest.raises(ProofInvalid):
        verify_inclusion(index, size, leaf, proof, root_hash)


@settings(PATIENT)
@given(st.integers(), st.integers(), hashes, hashes, st.lists(hashes))
def test_consistency_verifier_raises_its_one_error(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: list[bytes]
) -> None:
    with suppress(ProofInvalid):
        verify_consistency(old_size, new_size, old_root, new_root, proof)
        assert (old_size, old_root) == (new_size, new_root)


@settings(PATIENT)
@given(
    st.binary(),
    st.none() | st.lists(st.integers()),
    st.lists(st.tuples(st.integers(), st.binary())),
    st.none() | st.tuples(st.binary(), st.binary()),
)
def test_index_verifier_raises_its_one_error(
    key: bytes,
    positions: list[int] | None,
    siblings: list[tuple[int, bytes]],
    other: tuple[bytes, bytes] | None,
) -> None:
    proof = IndexProof(tuple(siblings), other)

    with pytest.raises(ProofInvalid):
        verify_index_proof(key, positions, proof, b"no root")
    with pytest.raises(ProofInvalid):
        verify_map_proof(key, b"value", proof, b"no root")


@settings(PATIENT)
@given(key_names, st.binary(min_size=32, max_size=32), st.booleans())
def test_verification_key_round_trip(name: str, seed: bytes, cosigner: bool) -> None:
    public_key = SigningKey(name, seed).verification_key.public_key
    key_type = COSIGNATURE_KEY_TYPE if cosigner else ED25519_KEY_TYPE
    key = VerificationKey(name, key_type, public_key)

    assert parse_vkey(render_vkey(key)) == key


@settings(PATIENT)
@given(
    texts,
    st.lists(
        st.builds(
            NoteSignature, key_names, st.binary(min_size=4, max_size=4), st.binary(min_size=1)
        ),
        min_size=1,
        max_size=MAX_SIGNATURE_LINES,
    ),
)
def test_note_round_trip(text: bytes, signatures: list[NoteSignature]) -> None:
    parsed = parse_note(render_note(text, signatures))

    assert parsed.text == text
    assert parsed.signatures == tuple(signatures)


@settings(PATIENT)
@given(texts)
def test_signed_note_opens_with_its_key(text: bytes) -> None:
    assert open_note(signed(text), [PUBLIC_KEY]).text == text


@settings(PATIENT)
@given(key_names, sizes, hashes)
def test_checkpoint_round_trip(origin: str, tree_size: int, root_hash: bytes) -> None:
    checkpoint = Checkpoint(origin, tree_size, root_hash if tree_size else EMPTY_ROOT_HASH)
    key = SigningKey(origin, KEY.seed)

    assert parse_checkpoint_text(render_checkpoint_text(checkpoint)) == checkpoint
    note = sign_checkpoint(checkpoint, key)
    assert open_checkpoint(note, key.verification_key).checkpoint == checkpoint


@settings(PATIENT)
@given(st.integers(0, 63), tile_indexes, tile_widths)
def test_tile_path_round_trip(level: int, index: int, width: int) -> None:
    assert parse_tile_path(tile_path(Tile(level, index, width))) == Tile(level, index, width)
    assert parse_tile_path(bundle_path(EntryBundle(index, width))) == EntryBundle(index, width)


@settings(PATIENT)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundle_round_trip(entries: list[bytes]) -> None:
    assert parse_bundle(pack_bundle(entries)) == entries


@settings(PATIENT)
@given(
    st.lists(st.tuples(st.integers(0, 255), hashes), max_size=256),
    st.none() | st.tuples(hashes, hashes),
)
def test_index_proof_round_trip(
    siblings: list[tuple[int, bytes]], other: tuple[bytes, bytes] | None
) -> None:
    proof = IndexProof(tuple(siblings), other)

    assert parse_index_proof(render_index_proof(proof)) == proof


@settings(PATIENT)
@given(st.binary(min_size=1, max_size=2000), sizes, st.lists(hashes, max_size=63), st.binary())
def test_receipt_round_trip(entry: bytes, index: int, proof: list[bytes], note: bytes) -> None:
    receipt = Receipt(entry, index, tuple(proof), note + b"\n")

    assert parse_receipt(render_receipt(receipt)) == receipt


@settings(PATIENT)
@given(sizes, hashes, seconds_of_seals, st.integers(0, 999), st.binary(max_size=500))
def test_seal_round_trip(
    covers: int, root_hash: bytes, second: datetime, millisecond: int, previous: bytes
) -> None:
    sealed_at = second.replace(microsecond=1000 * millisecond)
    seal = Seal(covers, root_hash, sealed_at, previous)

    assert parse_seal(render_seal(seal)) == seal
    assert parse_utc_milliseconds(render_utc_milliseconds(sealed_at)) == sealed_at


@settings(PATIENT)
@given(plain, hashes, plain, st.integers(1, 2**53 - 1), seconds, seconds)
def test_promise_round_trip(
    ledger: str, leaf: bytes, stream: str, version: int, at: datetime, publish_by: datetime
) -> None:
    promise = Promise(ledger, leaf, stream, version, at, publish_by)

    assert open_promise(sign_promise(promise, KEY), PUBLIC_KEY) == promise
    assert parse_utc_seconds(render_utc_seconds(at)) == at


@settings(PATIENT)
@given(plain, hashes, plain)
def test_refusal_round_trip(ledger: str, text_hash: bytes, code: str) -> None:
    refusal = Refusal(ledger, text_hash, code)

    assert open_refusal(sign_refusal(refusal, KEY), PUBLIC_KEY) == refusal


@settings(PATIENT)
@given(st.binary())
def test_base64_round_trip(data: bytes) -> None:
    assert decode_base64(encode_base64(data)) == data
