"""Other people's verifiers on our histories: each entry, as the receipt that the bundle holds."""

import metamorphic_log
import pytest
from tlog_scales.tiles import leaf_hash as scales_leaf_hash
from tlog_scales.tlog import InclusionProof as ScalesInclusion

from tests.support.histories.sealed_logs import SealedLog
from transparency.histories.bundles import HistoryBundle
from transparency.histories.singles import receipts_in
from transparency.notes import render_vkey
from transparency.receipts import Receipt, parse_receipt


@pytest.fixture(scope="module")
def bundle() -> HistoryBundle:
    log = SealedLog()
    log.add(*(f"{'abc'[number % 3]} {number}" for number in range(600)))
    log.seal()
    return log.history("b", "c", "nobody")


def receipts(bundle: HistoryBundle) -> list[Receipt]:
    return [parse_receipt(data) for _, data in receipts_in(bundle)]


def test_metamorphic_log_accepts_every_entry(bundle: HistoryBundle) -> None:
    vkey = render_vkey(SealedLog().key.verification_key)

    for receipt in receipts(bundle):
        metamorphic_log.checkpoint_verify_inclusion(
            receipt.checkpoint_note.decode(),
            [vkey],
            receipt.entry_index,
            scales_leaf_hash(receipt.entry),
            list(receipt.proof),
        )
    assert len(receipts(bundle)) == 401


def test_tlog_scales_accepts_every_entry_and_refuses_another(bundle: HistoryBundle) -> None:
    log = SealedLog()
    log.add(*(f"{'abc'[number % 3]} {number}" for number in range(600)))
    log.seal()
    root = log.tree().root_hash()

    for receipt in receipts(bundle):
        proof = ScalesInclusion(receipt.entry_index, 601, list(receipt.proof))
        proof.check(scales_leaf_hash(receipt.entry), root)
        with pytest.raises(Exception, match="root"):
            proof.check(scales_leaf_hash(receipt.entry + b"x"), root)
