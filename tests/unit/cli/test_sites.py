"""Asking a server where the next act goes: of a veiled dossier it tells that to few."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from cli.sites import Site, SiteAnswer
from ledger.drafting import FIRST_PLACE, Place
from ledger.errors import WriterUnavailable
from transparency.notes import SigningKey

DOSSIER = "dossier:" + "0b" * 16
HEAD = b'{"stream":"%s","version":3,"leaf_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'
NOW = datetime(2026, 11, 21, tzinfo=UTC)
NOTHING, UNKNOWN, ELSEWHERE = (SiteAnswer(status, b"{}") for status in (404, 401, 403))
FOUND = SiteAnswer(200, HEAD % DOSSIER.encode())


@dataclass(frozen=True, slots=True)
class FakeSite(Site):
    """Answers one thing to signed requests and another to all others."""

    unsigned: SiteAnswer = NOTHING
    signed: SiteAnswer = NOTHING
    asked: list[bool] = field(default_factory=list)

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> SiteAnswer:
        is_signed = "Signature" in (headers or {})
        self.asked.append(is_signed)
        return self.signed if is_signed else self.unsigned


def _place(site: FakeSite, stream: str = DOSSIER) -> Place:
    return site.place(stream, SigningKey("officer-0", bytes(32)), NOW, "nonce")


def test_place_on_a_veiled_dossier_is_asked_for_once_more_by_a_signed_request() -> None:
    site = FakeSite("http://ledger.example", signed=FOUND)

    assert _place(site) == Place(4, bytes(32))
    assert site.asked == [False, True]


def test_place_that_everybody_may_know_is_asked_for_unsigned() -> None:
    site = FakeSite("http://ledger.example", unsigned=FOUND)

    assert _place(site) == Place(4, bytes(32))
    assert site.asked == [False]


@pytest.mark.parametrize("signed", [NOTHING, UNKNOWN], ids=["no such stream", "a key of its own"])
def test_stream_that_there_is_not_yet_begins(signed: SiteAnswer) -> None:
    assert _place(FakeSite("http://ledger.example", signed=signed)) == FIRST_PLACE


def test_other_streams_are_never_asked_for_by_name() -> None:
    site = FakeSite("http://ledger.example", signed=FOUND)

    assert _place(site, "key:officer-0") == FIRST_PLACE
    assert site.asked == [False]


def test_officer_of_another_office_is_not_taken_for_the_first_signer() -> None:
    with pytest.raises(WriterUnavailable, match="403"):
        _place(FakeSite("http://ledger.example", signed=ELSEWHERE))
