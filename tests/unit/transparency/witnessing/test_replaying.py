"""The index auditor's replay: it goes on only over seals that it would have made itself."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.support.transparency_builders import a_tree
from transparency.errors import SealWrong
from transparency.index import StreamIndex
from transparency.merkle import Frontier
from transparency.seals import SEAL_TYPE_LINE, Seal, render_seal
from transparency.witnessing.replaying import IndexReplay

SEALED_AT = datetime(2026, 11, 21, tzinfo=UTC)


def key_of(entry: bytes) -> bytes | None:
    return entry[:1] * 32 if entry[:1].isalpha() else None


def seal(covers: int, index_root_hash: bytes) -> bytes:
    return render_seal(Seal(covers, index_root_hash, SEALED_AT, b""))


def sealed_log(count: int) -> list[bytes]:
    """Entries of several streams, and of none, with a right seal after every third."""
    entries: list[bytes] = []
    index = StreamIndex()
    for number in range(count):
        if number % 4 == 3:
            entries.append(seal(number, index.root_hash()))
            continue
        entry = b"ab1c"[number % 3 : number % 3 + 1] + b" entry %d" % number
        stream_key = key_of(entry)
        if stream_key is not None:
            index.append(stream_key, number)
        entries.append(entry)
    return entries


def test_log_with_right_seals_is_replayed_to_its_root() -> None:
    entries = sealed_log(40)
    replay = IndexReplay(key_of)

    keys = [replay.take(entry) for entry in entries]

    assert replay.tree_size == 40
    assert replay.frontier.root_hash() == a_tree(entries).root_hash()
    assert keys == [
        None if entry.startswith(SEAL_TYPE_LINE) else key_of(entry) for entry in entries
    ]
    replay.check_end()


@pytest.mark.parametrize("stop", range(1, 40, 5))
def test_replay_goes_on_from_what_was_kept(stop: int) -> None:
    entries = sealed_log(40)
    first = IndexReplay(key_of)
    streams = [
        (number, key)
        for number, entry in enumerate(entries[:stop])
        if (key := first.take(entry)) is not None
    ]

    frontier = Frontier.restored(first.tree_size, first.frontier.subtree_hashes)
    second = IndexReplay(key_of, frontier, streams, ends_in_seal=first.ends_in_seal)
    assert second.ends_in_seal == first.ends_in_seal
    for entry in entries[stop:]:
        second.take(entry)

    assert second.frontier.root_hash() == a_tree(entries).root_hash()
    second.check_end()


def root_without_the_first(entries: list[bytes]) -> bytes:
    index = StreamIndex()
    for number, entry in enumerate(entries[1:], 1):
        key = None if entry.startswith(SEAL_TYPE_LINE) else key_of(entry)
        if key is not None:
            index.append(key, number)
    return index.root_hash()


@pytest.mark.parametrize(
    "make",
    [
        lambda entries, _right: seal(len(entries), root_without_the_first(entries)),
        lambda entries, _right: seal(len(entries), bytes(32)),
        lambda entries, right: seal(len(entries) - 1, right),
        lambda entries, right: seal(len(entries) + 1, right),
        lambda _entries, _right: SEAL_TYPE_LINE + b"nonsense",
    ],
    ids=["an entry left out", "no root", "covers less", "covers more", "unreadable"],
)
def test_wrong_seal_is_named_with_the_right_root_and_is_not_taken(
    make: Callable[[list[bytes], bytes], bytes],
) -> None:
    replay = IndexReplay(key_of)
    entries = sealed_log(11)
    for entry in entries:
        replay.take(entry)
    right = replay.index_root_hash()

    with pytest.raises(SealWrong) as caught:
        replay.take(make(entries, right))

    assert (caught.value.entry_index, caught.value.index_root_hash) == (11, right)
    assert replay.tree_size == 11
    replay.take(seal(11, right))


def test_log_may_end_only_in_a_seal() -> None:
    replay = IndexReplay(key_of)
    replay.check_end()

    replay.take(b"a first")

    with pytest.raises(SealWrong, match="without a seal"):
        replay.check_end()
