import pytest

from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from projections.entries import (
    EntryUnreadable,
    public_entries,
    sealed_groups,
)
from tests.support.dossier_cases import instant
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.seals import Seal, render_seal


def test_recorded_time_is_that_of_the_first_published_seal_that_covers_the_action() -> None:
    paper = PaperLedger()
    first = paper.submit(a_stream(1), "2026-02-01T00:00:00Z")
    paper.seal_and_publish("2026-02-01T00:01:00.000Z")
    second = paper.submit(a_stream(2), "2026-02-01T00:02:00Z")
    paper.seal_and_publish("2026-02-01T00:03:00.000Z")

    entries = list(public_entries(paper.bodies(), ORIGIN))

    assert [(entry.entry_index, entry.recorded_at) for entry in entries] == [
        (first, instant("2026-02-01T00:01:00Z")),
        (second, instant("2026-02-01T00:03:00Z")),
    ]


def test_seal_that_a_crash_left_unpublished_dates_nothing() -> None:
    paper = PaperLedger()
    paper.submit(a_stream(1), "2026-02-01T00:00:00Z")
    paper.seal_and_publish("2026-02-01T00:01:00.000Z")
    paper.submit(a_stream(2), "2026-02-01T00:02:00Z")
    paper.seal("2026-02-01T00:03:00.000Z")  # and then the writer crashed
    paper.submit(a_stream(3), "2026-02-01T00:04:00Z")
    paper.seal_and_publish("2026-02-01T00:05:00.000Z")

    groups = list(sealed_groups(paper.bodies(), ORIGIN, b"last"))

    assert [len(group.entries) for group in groups] == [1, 2]
    assert groups[1].sealed_at == instant("2026-02-01T00:05:00Z")
    assert [group.tree_size for group in groups] == [2, 6]
    assert groups[1].checkpoint_note == b"last"


def test_first_seal_of_all_may_be_left_unpublished() -> None:
    paper = PaperLedger()
    paper.submit(a_stream(1), "2026-02-01T00:00:00Z")
    paper.seal("2026-02-01T00:01:00.000Z")
    paper.submit(a_stream(2), "2026-02-01T00:02:00Z")
    paper.seal_and_publish("2026-02-01T00:03:00.000Z")

    (group,) = sealed_groups(paper.bodies(), ORIGIN, b"last")

    assert {entry.recorded_at for entry in group.entries} == {instant("2026-02-01T00:03:00Z")}


def test_groups_carry_the_checkpoint_that_the_next_seal_embeds() -> None:
    paper = PaperLedger()
    paper.submit(a_stream(1), "2026-02-01T00:00:00Z")
    published = paper.seal_and_publish("2026-02-01T00:01:00.000Z")
    paper.submit(a_stream(2), "2026-02-01T00:02:00Z")
    last = paper.seal_and_publish("2026-02-01T00:03:00.000Z")

    notes = [group.checkpoint_note for group in sealed_groups(paper.bodies(), ORIGIN, last.note)]

    assert notes == [published.note, last.note]


def test_envelope_is_passed_over() -> None:
    paper = PaperLedger()
    paper.append_body(ENVELOPE_TYPE_LINE + b"commitment\n")
    paper.seal_and_publish("2026-02-01T00:01:00.000Z")

    assert list(public_entries(paper.bodies(), ORIGIN)) == []


def test_no_entries_give_nothing() -> None:
    assert list(public_entries([], ORIGIN)) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"dossier-ledger/action@v1\nnot JSON\n", id="broken action"),
        pytest.param(b"dossier-ledger/seal@v1\nbroken\n", id="broken seal"),
        pytest.param(b"dossier-ledger/unheard-of@v9\n", id="unknown type"),
        pytest.param(
            render_seal(Seal(7, EMPTY_ROOT_HASH, instant("2026-01-01T00:00:00Z"), b"")),
            id="seal that covers other entries",
        ),
    ],
)
def test_entry_that_cannot_be_folded_is_an_alarm_with_its_index(body: bytes) -> None:
    paper = PaperLedger()
    paper.submit(a_stream(1), "2026-02-01T00:00:00Z")
    entry_index = paper.append_body(body)
    paper.seal_and_publish("2026-02-01T00:01:00.000Z")

    with pytest.raises(EntryUnreadable) as refused:
        list(public_entries(paper.bodies(), ORIGIN))

    assert refused.value.entry_index == entry_index


def test_log_that_does_not_end_in_a_seal_is_an_alarm() -> None:
    paper = PaperLedger()
    paper.seal_and_publish("2026-02-01T00:01:00.000Z")
    paper.submit(a_stream(1), "2026-02-01T00:02:00Z")

    with pytest.raises(EntryUnreadable, match="does not end in a seal"):
        list(public_entries(paper.bodies(), ORIGIN))


def test_action_of_another_ledger_is_an_alarm() -> None:
    paper = PaperLedger()
    paper.submit(a_stream(1), "2026-02-01T00:00:00Z")
    paper.seal_and_publish("2026-02-01T00:01:00.000Z")

    with pytest.raises(EntryUnreadable):
        list(public_entries(paper.bodies(), "localhost/other"))


@pytest.mark.parametrize("embedded", [b"no checkpoint", b"a/b\n9\n" + b"A" * 43 + b"=\n\n"])
def test_seal_that_embeds_nonsense_is_an_alarm(embedded: bytes) -> None:
    paper = PaperLedger()
    paper.seal("2026-02-01T00:01:00.000Z")
    paper.append_body(
        render_seal(Seal(1, EMPTY_ROOT_HASH, instant("2026-02-01T00:02:00Z"), embedded))
    )

    with pytest.raises(EntryUnreadable):
        list(public_entries(paper.bodies(), ORIGIN))


def test_seal_that_embeds_a_checkpoint_without_a_seal_is_an_alarm() -> None:
    paper = PaperLedger()
    paper.seal("2026-02-01T00:01:00.000Z")
    paper.submit(a_stream(1), "2026-02-01T00:02:00Z")
    note = paper.log.checkpoint_note(2)
    paper.append_body(render_seal(Seal(2, EMPTY_ROOT_HASH, instant("2026-02-01T00:03:00Z"), note)))

    with pytest.raises(EntryUnreadable, match="ends in no seal"):
        list(public_entries(paper.bodies(), ORIGIN))
