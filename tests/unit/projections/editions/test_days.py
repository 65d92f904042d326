"""The day names the tree size: the last published checkpoint before its end, in a zone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.editions.days import (
    PlannedEdition,
    Stand,
    day_of,
    end_of,
    log_note,
    plan_editions,
    published_stands,
)
from projections.editions.errors import EditionDiffers
from projections.entries import EntryUnreadable
from tests.support.paper_ledger import PaperLedger, a_stream
from transparency.checkpoints import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint_text,
    render_checkpoint_text,
)
from transparency.errors import SignatureInvalid
from transparency.log_keys import KeyPeriod, LogKeys
from transparency.notes import NoteSignature, SigningKey, parse_note, render_note

# Clocks that go back over midnight, a day that was left out, and zones far from each other.
ZONES = (
    "Asia/Ho_Chi_Minh",
    "UTC",
    "America/St_Johns",
    "Pacific/Apia",
    "Europe/Berlin",
    "Asia/Beirut",
)
EPOCH = datetime(2005, 1, 1, tzinfo=UTC)
DAY_SECONDS = 24 * 3600


def _seconds(first_day: int, last_day: int) -> st.SearchStrategy[datetime]:
    return st.integers(first_day * DAY_SECONDS, last_day * DAY_SECONDS).map(
        lambda seconds: EPOCH + timedelta(seconds=seconds)
    )


# Eight years with their changes of clocks, or days close to each other.
INSTANTS = _seconds(0, 3000) | _seconds(2550, 2560)


def a_stand(tree_size: int, sealed_at: datetime) -> Stand:
    return Stand(tree_size, sealed_at, b"")


@given(INSTANTS, st.sampled_from(ZONES))
def test_instant_lies_between_the_ends_of_the_day_before_and_of_its_own(
    instant: datetime, zone: str
) -> None:
    day = day_of(instant, zone)

    assert end_of(day - timedelta(days=1), zone) <= instant < end_of(day, zone)


@given(st.lists(INSTANTS, max_size=30), st.sampled_from(ZONES))
def test_every_day_has_the_last_checkpoint_sealed_before_its_end(
    instants: list[datetime], zone: str
) -> None:
    stands = [a_stand(size, at) for size, at in enumerate(sorted(instants), 1)]

    planned = {each.day: each for each in plan_editions(stands, zone=zone)}

    # The slow reference: day by day, everything sealed before its end, if anything was on it.
    for day in {day_of(at, zone) + timedelta(days=more) for at in instants for more in (-1, 0, 1)}:
        before = [each for each in stands if each.sealed_at < end_of(day, zone)]
        start = end_of(day - timedelta(days=1), zone)
        if before and before[-1].sealed_at >= start:
            assert planned.pop(day).stand == before[-1]
        else:
            assert day not in planned
    assert planned == {}


@given(st.lists(INSTANTS, min_size=1, max_size=30))
def test_each_edition_knows_the_one_before_it_and_no_more(instants: list[datetime]) -> None:
    stands = [a_stand(size, at) for size, at in enumerate(sorted(instants), 1)]

    planned = list(plan_editions(stands))

    assert planned[0].previous is None
    for earlier, later in pairwise(planned):
        assert later.previous == PlannedEdition(earlier.day, earlier.stand)


def test_day_of_vietnam_begins_at_five_in_the_afternoon_of_utc() -> None:
    assert day_of(datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert day_of(datetime(2026, 11, 21, 17, tzinfo=UTC)) == date(2026, 11, 22)
    assert end_of(date(2026, 11, 21)) == datetime(2026, 11, 21, 17, tzinfo=UTC)


def test_checkpoint_within_a_day_whose_edition_was_made_is_told() -> None:
    at = datetime(2026, 11, 21, 3, tzinfo=UTC)
    made = PlannedEdition(date(2026, 11, 21), a_stand(9, at))

    with pytest.raises(EditionDiffers, match="2026-11-21"):
        list(plan_editions([a_stand(12, at + timedelta(hours=1))], made))


def test_seals_that_go_back_to_a_day_before_are_told() -> None:
    at = datetime(2026, 11, 21, 3, tzinfo=UTC)

    with pytest.raises(EntryUnreadable):
        list(plan_editions([a_stand(9, at), a_stand(12, at - timedelta(days=1))]))


def test_seal_that_was_never_published_is_no_stand() -> None:
    paper = PaperLedger()
    paper.open_registry()
    first = paper.seal_and_publish("2026-02-01T01:00:00.000Z")
    paper.submit(a_stream(1), "2026-02-01T01:30:00Z")
    paper.seal("2026-02-01T02:00:00.000Z")
    paper.submit(a_stream(2), "2026-02-01T02:30:00Z")
    last = paper.seal_and_publish("2026-02-01T03:00:00.000Z")

    stands = list(published_stands(paper.bodies(), last.note))

    assert [each.tree_size for each in stands] == [first.tree_size, last.tree_size]
    assert [each.note for each in stands] == [first.note, last.note]


def test_stretch_that_does_not_end_in_its_seal_is_told() -> None:
    paper = PaperLedger()
    paper.open_registry()
    note = paper.seal_and_publish("2026-02-01T01:00:00.000Z").note
    paper.submit(a_stream(1), "2026-02-01T01:30:00Z")

    with pytest.raises(EntryUnreadable):
        list(published_stands(paper.bodies(), note))


@pytest.mark.parametrize("names_the_log", [False, True], ids=["a witness", "the log's name"])
def test_line_that_a_copy_of_the_note_adds_changes_no_edition(*, names_the_log: bool) -> None:
    paper = PaperLedger()
    paper.open_registry()
    published = paper.seal_and_publish("2026-02-01T01:00:00.000Z")
    parsed = parse_note(published.note)
    name = parsed.signatures[0].key_name if names_the_log else "witness.example"
    junk = NoteSignature(name, b"abcd", bytes(72))

    for lines in ([*parsed.signatures, junk], [junk, *parsed.signatures]):
        kept = log_note(_stand_with(parsed.text, lines), paper.anchors.logs)
        assert kept == published.note


def test_note_is_the_same_by_anchors_from_before_and_from_after_a_change_of_keys() -> None:
    old, new = (SigningKey("ledger.example", bytes([number]) * 32) for number in (1, 2))
    text = render_checkpoint_text(Checkpoint("ledger.example", 9, bytes(32)))
    before = LogKeys.of(old.verification_key)
    after = LogKeys(
        "ledger.example",
        (KeyPeriod(old.verification_key, 0, 20), KeyPeriod(new.verification_key, 5)),
    )

    for lines in ([old.sign(text), new.sign(text)], [new.sign(text), old.sign(text)]):
        kept = log_note(_stand_with(text, lines), before)
        assert kept == log_note(_stand_with(text, lines), after)
        assert open_checkpoint(kept, before).checkpoint.tree_size == 9


def test_note_that_the_log_did_not_sign_is_refused() -> None:
    key, other = (SigningKey("ledger.example", bytes([number]) * 32) for number in (1, 2))
    text = render_checkpoint_text(Checkpoint("ledger.example", 9, bytes(32)))

    with pytest.raises(SignatureInvalid):
        log_note(_stand_with(text, [other.sign(text)]), LogKeys.of(key.verification_key))


def _stand_with(text: bytes, lines: Sequence[NoteSignature]) -> Stand:
    tree_size = parse_checkpoint_text(text).tree_size
    return Stand(tree_size, datetime(2026, 2, 1, tzinfo=UTC), render_note(text, lines))
