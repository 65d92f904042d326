"""Passes: for one dossier and its present secret, for a quarter of an hour, for nothing else."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from api.resources.passes import OPEN_FOR, check_pass, make_pass
from ledger.errors import UnknownDossier

VIEW_SECRET, KEPT_HASH = bytes(32), bytes(range(32))
STREAM = "dossier:0b6f3c1de2a4495f8f1c0a7b6d5e4f30"
NOW = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)


def test_pass_has_the_documented_form() -> None:
    end = int(NOW.timestamp()) + 15 * 60
    text = f"dossier-ledger/pass@v1\n{STREAM}\n{end}\n{KEPT_HASH.hex()}"

    made = make_pass(VIEW_SECRET, STREAM, KEPT_HASH, NOW)

    assert made == f"{end}.{hmac.digest(VIEW_SECRET, text.encode(), sha256).hex()}"


def test_pass_lasts_until_it_ends() -> None:
    made = make_pass(VIEW_SECRET, STREAM, KEPT_HASH, NOW)

    check_pass(made, VIEW_SECRET, STREAM, KEPT_HASH, NOW)
    check_pass(made, VIEW_SECRET, STREAM, KEPT_HASH, NOW + OPEN_FOR - timedelta(seconds=1))
    with pytest.raises(UnknownDossier):
        check_pass(made, VIEW_SECRET, STREAM, KEPT_HASH, NOW + OPEN_FOR)


@pytest.mark.parametrize(
    ("view_secret", "stream", "kept_hash"),
    [
        (b"\x01" * 32, STREAM, KEPT_HASH),
        (VIEW_SECRET, "dossier:ffffffffffffffffffffffffffffffff", KEPT_HASH),
        (VIEW_SECRET, STREAM, bytes(32)),
        (VIEW_SECRET, STREAM, b""),
    ],
    ids=["other_ledger", "other_dossier", "replaced_secret", "unknown_dossier"],
)
def test_pass_opens_nothing_else(view_secret: bytes, stream: str, kept_hash: bytes) -> None:
    made = make_pass(VIEW_SECRET, STREAM, KEPT_HASH, NOW)

    with pytest.raises(UnknownDossier):
        check_pass(made, view_secret, stream, kept_hash, NOW)


@pytest.mark.parametrize("end", ["", "0", "-1", "9" * 13, "١٢٣"])
def test_pass_that_names_another_end_is_refused(end: str) -> None:
    made = make_pass(VIEW_SECRET, STREAM, KEPT_HASH, NOW)

    with pytest.raises(UnknownDossier):
        check_pass(f"{end}.{made.partition('.')[2]}", VIEW_SECRET, STREAM, KEPT_HASH, NOW)
