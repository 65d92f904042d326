"""Looks as leaves: one record to the byte, proofs at every size, and foreign bytes refused."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.oversight.integrity import LOOKS_STREAM
from ledger.looks.leaves import Commitment, KeptLook, Look, prove_look, tree_of, verify_look
from transparency.errors import ProofInvalid
from transparency.hashing import leaf_hash

LOOK = Look(
    at="2026-11-22T08:00:00Z",
    inspector="inspector-0123456789abcdef",
    office="H27.15",
    target="http://x/v1/trail?office=H27.15",
    signature_input='sig1=("@method" "@target-uri")',
    signature="sig1=:AA==:",
)
RECORD = (
    b"dossier-ledger/look@v1\n"
    b'{"at":"2026-11-22T08:00:00Z","inspector":"inspector-0123456789abcdef","look_index":0,'
    b'"office":"H27.15","salt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",'
    b'"signature":"sig1=:AA==:","signature_input":"sig1=(\\"@method\\" \\"@target-uri\\")",'
    b'"target":"http://x/v1/trail?office=H27.15"}'
)


def a_book(size: int) -> list[KeptLook]:
    return [KeptLook(place, bytes([place]) * 32, LOOK) for place in range(size)]


def a_commitment(book: list[KeptLook]) -> Commitment:
    return Commitment(1, 7, 1, len(book), tree_of(kept.leaf for kept in book).root_hash())


def test_record_is_these_bytes_and_the_leaf_their_hash() -> None:
    kept = KeptLook(0, bytes(32), LOOK)

    assert kept.record == RECORD
    assert kept.leaf == leaf_hash(RECORD)


def test_stream_of_commitments_is_named_by_its_own_line() -> None:
    line = b"dossier-ledger/looks@v1\n"

    assert f"access:{sha256(line).hexdigest()}" == LOOKS_STREAM


@given(st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_each_look_is_proven_at_every_size_and_no_other_in_its_place(case: tuple[int, int]) -> None:
    size, place = case
    book = a_book(size + 3)
    tree = tree_of(kept.leaf for kept in book)
    commitment = a_commitment(book[:size])
    path = prove_look(tree, place, commitment)

    assert verify_look(book[place].record, commitment, path) == LOOK
    for other in (KeptLook(place, b"\xff" * 32, LOOK), KeptLook(place + 1, bytes(32), LOOK)):
        with pytest.raises(ProofInvalid):
            verify_look(other.record, commitment, path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"look@v1", b"look@v2"),
        (b'"at"', b'"again":1,"at"'),
        (b',"look_index":0', b""),
        (b'"look_index":0', b'"look_index": 0'),
        (b'"look_index":0', b'"look_index":-1'),
        (b'"office":"H27.15",', b'"office":null,'),
        (b"AAA=", b"A==="),
        (b"}", b""),
    ],
)
def test_other_spellings_of_a_record_are_none(old: bytes, new: bytes) -> None:
    record = RECORD.replace(old, new, 1)
    commitment = Commitment(1, 7, 1, 1, leaf_hash(record))

    with pytest.raises(ProofInvalid):
        verify_look(record, commitment, [])


@given(st.binary(max_size=200))
def test_foreign_bytes_are_no_record(data: bytes) -> None:
    for record in (data, b"dossier-ledger/look@v1\n" + data):
        with pytest.raises(ProofInvalid):
            verify_look(record, Commitment(1, 7, 1, 1, leaf_hash(record)), [])
