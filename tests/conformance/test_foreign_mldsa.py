"""ML-DSA-44 lines of ours are accepted by tlog-scales, and lines of tlog-scales by us."""

import pytest
from cryptography.exceptions import InvalidSignature
from tlog_scales.signing import MLDSA44CosignatureSigner, Vkey
from tlog_scales.signing import NoteSignature as ScalesLine
from tlog_scales.tlog import Checkpoint as ScalesCheckpoint

from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.encoding import encode_base64
from transparency.errors import SignatureInvalid
from transparency.notes import NoteSignature, SigningKey
from transparency.witnessing.mldsa import (
    MldsaSigningKey,
    check_mldsa_line,
    parse_mldsa_vkey,
    render_mldsa_vkey,
)

ORIGIN = "example.com/log"
SEED = bytes(range(32))
ROOT = bytes([5]) * 32
SIZES = [1, 256, 70_000]


def _theirs(size: int) -> ScalesCheckpoint:
    return ScalesCheckpoint(ORIGIN, size, ROOT, [])


@pytest.mark.parametrize("size", SIZES)
def test_tlog_scales_accepts_our_line_and_refuses_it_on_another_checkpoint(size: int) -> None:
    key = MldsaSigningKey(ORIGIN, SEED)
    line = key.sign(Checkpoint(ORIGIN, size, ROOT))
    verifier = Vkey.from_string(render_mldsa_vkey(key.public)).get_verifier()
    theirs = ScalesLine(ORIGIN, int.from_bytes(line.key_id, "big"), line.signature)

    verifier.verify_note(theirs, _theirs(size))
    with pytest.raises(InvalidSignature):
        verifier.verify_note(theirs, _theirs(size + 1))


@pytest.mark.parametrize("size", SIZES)
def test_we_accept_the_line_of_tlog_scales_and_refuse_it_on_another_checkpoint(size: int) -> None:
    signer = MLDSA44CosignatureSigner(ORIGIN, SEED)
    theirs = signer.sign(_theirs(size))
    key = parse_mldsa_vkey(str(signer.vkey.serialize()))  # type: ignore[no-untyped-call]
    line = NoteSignature(ORIGIN, key.key_id, theirs.payload)
    log_key = SigningKey(ORIGIN, bytes(32))

    def note(tree_size: int) -> bytes:
        return sign_checkpoint(Checkpoint(ORIGIN, tree_size, ROOT), log_key, more_lines=[line])

    assert check_mldsa_line(note(size), key)
    with pytest.raises(SignatureInvalid):
        check_mldsa_line(note(size + 1), key)


def test_both_name_a_key_alike() -> None:
    ours = MldsaSigningKey(ORIGIN, SEED).public
    theirs = MLDSA44CosignatureSigner(ORIGIN, SEED).vkey

    assert render_mldsa_vkey(ours) == theirs.serialize()  # type: ignore[no-untyped-call]
    assert encode_base64(ours.public_key) == encode_base64(theirs.pubkey)
