"""Entries in words: actions of every kind, seals, and bytes that are neither."""

from datetime import UTC, datetime

import pytest

from api.pages.entries import (
    ENTRIES_SHOWN,
    LogStand,
    PublishedEntry,
    entry_page,
    fact_value,
    log_page,
)
from api.pages.texts import load_texts
from api.pages.words import all_words
from domain.facts import Channel, DossierSubmitted, DossierSubmittedDetails
from domain.roles import Role
from ledger.drafting import Draft, sign_draft
from ledger.writing.envelopes import render_envelope
from tests.support.builders import LEDGER, OFFICE, PROCEDURE, STREAM, ZONE, MemoryRegister, a_moment
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.notes import SigningKey, render_vkey
from transparency.seals import Seal, render_seal

WORDS = all_words(load_texts())
SEALED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NAMES = MemoryRegister()


def an_action_body() -> bytes:
    key = SigningKey.named_after_kind("applicant", bytes(range(32)))
    draft = Draft(
        kind="dossier.submitted",
        ledger=LEDGER,
        stream=STREAM,
        version=1,
        previous=None,
        at=a_moment(),
        office=OFFICE,
        roles=(Role.APPLICANT,),
        facts=DossierSubmitted(
            procedure=PROCEDURE,
            channel=Channel.ONLINE,
            applicant_key=render_vkey(key.verification_key),
        ),
        details=DossierSubmittedDetails(secret="A" * 43 + "=", applicant_name="Đặng Thị Hạnh"),
        salt=bytes(32),
    )
    return sign_draft(draft, [key]).note


def a_seal_body(covers: int = 1) -> bytes:
    return render_seal(Seal(covers, EMPTY_ROOT_HASH, SEALED_AT, b""))


def a_stand(tree_size: int) -> LogStand:
    return LogStand(LEDGER, tree_size, "A" * 43 + "=", SEALED_AT, f"{LEDGER}+0a1b2c3d+AA==")


def test_action_is_shown_with_signers_and_facts() -> None:
    page = entry_page(PublishedEntry(0, an_action_body(), SEALED_AT), 2, NAMES, WORDS["vi"])

    assert page.action is not None
    assert page.action.kind == "Nộp hồ sơ"
    assert page.action.signers[0][0] == "Người nộp hồ sơ"
    shown = {fact.name: fact.value for fact in page.action.facts}
    assert (shown["Thủ tục"], shown["Kênh nộp"]) == (PROCEDURE, "Trực tuyến")
    assert page.text.encode() == an_action_body()


def test_entry_shows_of_the_private_part_its_commitment_only() -> None:
    page = entry_page(PublishedEntry(0, an_action_body(), SEALED_AT), 2, NAMES, WORDS["en"])

    assert page.action is not None
    assert page.action.commitment is not None
    assert "Đặng" not in str(page)


def test_envelope_is_shown_as_one_in_list_and_page() -> None:
    envelope = PublishedEntry(0, render_envelope(bytes(32)), None)

    page = entry_page(envelope, 2, NAMES, WORDS["en"])
    listed = log_page(a_stand(2), [envelope], WORDS["en"])

    assert (page.is_envelope, page.action, page.seal) == (True, None, None)
    assert [line.kind for line in listed.lines] == ["Envelope"]


def test_seal_is_shown_as_one() -> None:
    page = entry_page(PublishedEntry(1, a_seal_body(), None), 2, NAMES, WORDS["en"])

    assert page.action is None
    assert page.seal is not None
    assert page.seal.covers == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"dossier-ledger/envelope@v1\nabc\n", b"dossier-ledger/action@v1\n{}\n"],
    ids=["empty", "no_text", "envelope", "malformed_action"],
)
def test_other_bytes_are_shown_verbatim_and_break_nothing(body: bytes) -> None:
    page = entry_page(PublishedEntry(0, body, None), 1, NAMES, WORDS["en"])

    assert page.action is None
    assert page.seal is None


def test_list_runs_from_the_newest_and_links_to_its_neighbours() -> None:
    entries = [PublishedEntry(index, a_seal_body(index), None) for index in range(30, 55)]

    page = log_page(a_stand(300), entries, WORDS["en"])

    assert [page.lines[0].entry_index, page.lines[-1].entry_index] == [54, 30]
    assert (page.newer, page.older) == (55 + ENTRIES_SHOWN, 30)


def test_newest_list_has_nothing_newer_and_the_oldest_nothing_older() -> None:
    entries = [PublishedEntry(index, a_seal_body(index), None) for index in range(3)]

    page = log_page(a_stand(3), entries, WORDS["en"])

    assert (page.newer, page.older) == (None, None)


@pytest.mark.parametrize(
    ("tree_size", "bundle", "tile"),
    [
        (1, "tile/entries/000.p/1", "tile/0/000.p/1"),
        (256, "tile/entries/000", "tile/0/000"),
        (257, "tile/entries/001.p/1", "tile/0/001.p/1"),
    ],
)
def test_log_page_names_the_newest_files(tree_size: int, bundle: str, tile: str) -> None:
    page = log_page(a_stand(tree_size), [], WORDS["en"])

    assert (page.bundle_path, page.tile_path) == (bundle, tile)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("appointment", "2026-03-02T02:00:00Z", "09:00, 2 March 2026"),
        ("appointment", "2026-03-02", "2 March 2026"),
        ("due_on", "2026-03-02", "2 March 2026"),
        ("due_at", "2026-03-02T02:00:00Z", "09:00, 2 March 2026"),
        ("outcome", "not_accepted", "Not accepted"),
        (
            "grants",
            [{"role": "receiver", "office": "*"}],
            "Receiving officer of the one-stop shop (*)",
        ),
        (
            "grants",
            [{"role": "clerk", "office": "H27", "until_on": "2026-12-31"}],
            "Records clerk (H27, … – 31 December 2026)",
        ),
        ("assurance", "other_system", "signed by another system"),
        ("recovery_vkeys", ["a", "b"], "a, b"),
        ("document", "ab", "ab"),
    ],
)
def test_facts_are_written_for_people(name: str, value: object, shown: str) -> None:
    assert fact_value(name, value, ZONE, WORDS["en"]) == shown
