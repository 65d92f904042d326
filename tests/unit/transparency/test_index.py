"""The index against its definition, and what its proofs must not be made to say."""

import random
from hashlib import sha256

import pytest

from tests.support.references.index import reference_proof, reference_root
from transparency.encoding import MAX_TREE_SIZE, encode_u64
from transparency.errors import MalformedProof, ProofInvalid
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.index import (
    IndexProof,
    PatriciaMap,
    StreamIndex,
    parse_index_proof,
    render_index_proof,
    verify_index_proof,
    verify_map_proof,
)


def a_hash(number: int) -> bytes:
    return sha256(b"key %d" % number).digest()


def close_keys(source: random.Random, count: int) -> list[bytes]:
    """Keys that share long beginnings, as hashes hardly ever do."""
    stem = source.getrandbits(256)
    numbers = {stem ^ (1 << source.randrange(256)) ^ source.getrandbits(3) for _ in range(count)}
    return [number.to_bytes(32, "big") for number in sorted(numbers)]


def an_index(streams: int = 20) -> StreamIndex:
    index = StreamIndex()
    for position in range(3 * streams):
        index.append(a_hash(position % streams), position)
    return index


def test_root_after_every_key_to_300_is_the_reference_root() -> None:
    patricia, values = PatriciaMap(), dict[bytes, bytes]()

    for number in range(300):
        assert patricia.root_hash() == reference_root(values)
        values[a_hash(number)] = a_hash(-number - 1)
        patricia.set(a_hash(number), a_hash(-number - 1))


@pytest.mark.parametrize("seed", range(20))
def test_random_sets_and_proofs_are_those_of_the_reference(seed: int) -> None:
    source = random.Random(seed)
    pool = close_keys(source, 40) + [source.randbytes(32) for _ in range(40)]
    patricia, values = PatriciaMap(), dict[bytes, bytes]()

    for _ in range(4):
        for key in source.choices(pool, k=25):
            values[key] = source.randbytes(32)
            patricia.set(key, values[key])
        root_hash = patricia.root_hash()
        assert root_hash == reference_root(values)
        for key in source.choices(pool, k=20):
            proof = patricia.prove(key)
            siblings, other = reference_proof(values, key)
            assert proof == IndexProof(tuple(siblings), other)
            assert parse_index_proof(render_index_proof(proof)) == proof
            verify_map_proof(key, values.get(key), proof, root_hash)


def test_root_over_many_keys_does_not_depend_on_their_order() -> None:
    source = random.Random(42)
    keys = [a_hash(number) for number in range(5_000)]
    forwards, shuffled = PatriciaMap(), PatriciaMap()

    for key in keys:
        forwards.set(key, key)
    source.shuffle(keys)
    for key in keys:
        shuffled.set(key, key)
        if source.random() < 0.01:
            shuffled.root_hash()

    assert forwards.root_hash() == shuffled.root_hash()


def test_value_of_a_stream_is_the_hash_of_all_its_entry_indexes() -> None:
    index = StreamIndex()
    for position in (3, 5, 260):
        index.append(a_hash(1), position)

    value = sha256(encode_u64(3) + encode_u64(5) + encode_u64(260)).digest()

    assert index.entry_indexes(a_hash(1)) == (3, 5, 260)
    assert index.root_hash() == reference_root({a_hash(1): value})


def test_empty_index_has_the_empty_root_and_knows_no_key() -> None:
    index = StreamIndex()

    assert index.root_hash() == EMPTY_ROOT_HASH
    assert index.entry_indexes(a_hash(1)) == ()
    verify_index_proof(a_hash(1), None, index.prove(a_hash(1)), index.root_hash())


def test_all_entries_of_a_stream_are_proven() -> None:
    index = an_index()
    root_hash = index.root_hash()

    for stream in range(20):
        key = a_hash(stream)
        verify_index_proof(key, index.entry_indexes(key), index.prove(key), root_hash)


def test_absence_of_a_stream_is_proven() -> None:
    index = an_index()

    for stream in range(20, 60):
        key = a_hash(stream)
        verify_index_proof(key, None, index.prove(key), index.root_hash())


def test_proof_after_an_append_is_against_the_new_root() -> None:
    index = an_index()
    old_root = index.root_hash()
    index.append(a_hash(0), 1_000)

    proof = index.prove(a_hash(0))

    verify_index_proof(a_hash(0), (0, 20, 40, 1_000), proof, index.root_hash())
    assert index.root_hash() != old_root


def test_entry_index_that_does_not_rise_is_our_mistake() -> None:
    index = an_index()

    with pytest.raises(AssertionError):
        index.append(a_hash(0), 40)


@pytest.mark.parametrize(
    "positions",
    [
        (),
        (0, 20),
        (0, 20, 40, 41),
        (0, 20, 41),
        (0, 40, 20),
        (0, 0, 20),
        (-1, 20, 40),
        (0, 20, MAX_TREE_SIZE + 1),
    ],
)
def test_other_entry_indexes_than_all_of_them_are_refused(positions: tuple[int, ...]) -> None:
    index = an_index()

    with pytest.raises(ProofInvalid):
        verify_index_proof(a_hash(0), positions, index.prove(a_hash(0)), index.root_hash())


def test_present_stream_is_not_shown_as_absent() -> None:
    index = an_index()
    key = a_hash(0)
    root_hash, proof = index.root_hash(), index.prove(key)
    value = sha256(b"".join(map(encode_u64, (0, 20, 40)))).digest()

    with pytest.raises(ProofInvalid, match="presence"):
        verify_index_proof(key, None, proof, root_hash)
    with pytest.raises(ProofInvalid, match="another key"):
        verify_index_proof(key, None, IndexProof(proof.siblings, (key, value)), root_hash)


def test_absence_shown_by_a_key_elsewhere_in_the_tree_is_refused() -> None:
    index = an_index()
    key = a_hash(0)
    for stream in range(1, 20):
        siblings = index.prove(a_hash(stream)).siblings
        packed = b"".join(map(encode_u64, (stream, stream + 20, stream + 40)))
        elsewhere = (a_hash(stream), sha256(packed).digest())

        with pytest.raises(ProofInvalid, match="does not go the way"):
            verify_index_proof(key, None, IndexProof(siblings, elsewhere), index.root_hash())


def test_absent_stream_is_not_shown_as_present() -> None:
    index = an_index()

    with pytest.raises(ProofInvalid, match="presence"):
        verify_index_proof(a_hash(99), (0, 20), index.prove(a_hash(99)), index.root_hash())


def test_empty_proof_shows_absence_only_in_the_empty_index() -> None:
    with pytest.raises(ProofInvalid, match="another root"):
        verify_index_proof(a_hash(99), None, IndexProof(()), an_index().root_hash())


def test_only_key_of_an_index_has_an_empty_proof() -> None:
    index = StreamIndex()
    index.append(a_hash(0), 7)

    assert index.prove(a_hash(0)) == IndexProof(())
    verify_index_proof(a_hash(0), (7,), IndexProof(()), index.root_hash())


def test_changed_sibling_bit_or_order_is_refused() -> None:
    index = an_index()
    key, root_hash = a_hash(0), index.root_hash()
    siblings = index.prove(key).siblings
    (bit, sibling), *rest = siblings
    wrong_siblings = [
        siblings[::-1],
        siblings[1:],
        siblings[:-1],
        (siblings[0], *siblings),
        ((bit + 1, sibling), *rest),
        ((256, sibling), *rest),
        ((bit, sibling[:-1]), *rest),
        ((bit, bytes(32)), *rest),
        (*siblings[:-1], (-1, siblings[-1][1])),
    ]

    for wrong in wrong_siblings:
        with pytest.raises(ProofInvalid):
            verify_index_proof(key, (0, 20, 40), IndexProof(tuple(wrong)), root_hash)


def test_keys_and_values_of_another_length_are_refused() -> None:
    # A key cut shorter and a value made longer by the same bytes would hash alike.
    patricia = PatriciaMap()
    patricia.set(a_hash(0), a_hash(1))
    whole = a_hash(0) + a_hash(1)

    with pytest.raises(ProofInvalid):
        verify_map_proof(whole[:31], whole[31:], IndexProof(()), patricia.root_hash())
    with pytest.raises(ProofInvalid):
        verify_map_proof(
            a_hash(2), None, IndexProof((), (whole[:31], whole[31:])), patricia.root_hash()
        )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x00", id="one byte"),
        pytest.param(bytes(32), id="half a leaf"),
        pytest.param(bytes(34), id="sibling and a byte"),
        pytest.param(bytes(63), id="leaf but a byte"),
        pytest.param(bytes(65), id="leaf and a byte"),
        pytest.param(bytes(33 * 259), id="259 siblings"),
        pytest.param(bytes(64 + 33 * 257), id="leaf and 257 siblings"),
    ],
)
def test_malformed_proof_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedProof):
        parse_index_proof(data)


def test_longest_proof_is_read() -> None:
    siblings = tuple((bit, bytes(32)) for bit in range(255, -1, -1))
    proof = IndexProof(siblings, (bytes(32), bytes(32)))

    assert parse_index_proof(render_index_proof(proof)) == proof
