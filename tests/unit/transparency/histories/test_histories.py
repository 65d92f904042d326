"""A bundle proves whole streams by the log's key alone; whatever is changed in it is refused."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.histories.sealed_logs import SealedLog, a_sealed_log, key_of
from tests.support.transparency_builders import a_key
from transparency.errors import (
    CheckpointNotSigned,
    MalformedHistory,
    ProofInvalid,
    SealNotLast,
    TransparencyError,
)
from transparency.hashing import leaf_hash
from transparency.histories import bundles
from transparency.histories.bundles import (
    HistoryBundle,
    HistoryEntry,
    WithheldNote,
    parse_history,
    parse_nodes,
    render_history,
    render_nodes,
)
from transparency.histories.multiproofs import inclusion_proofs
from transparency.histories.verifier import verify_history
from transparency.proofs import verify_inclusion

LOG = a_sealed_log()
BUNDLE = LOG.history("nobody", "a", "c")
FILE = render_history(BUNDLE)
LOG_KEY = a_key().verification_key


def verify(bundle: HistoryBundle) -> Any:
    return verify_history(bundle, LOG_KEY, key_of)


def test_streams_come_out_whole_and_in_their_places() -> None:
    proven = verify(parse_history(FILE))

    assert proven.streams["a"] == ((0, b"a one"), (2, b"a two"), (6, b"a three"))
    assert proven.streams["c"] == ((3, b"c one"), (7, b"c two"))
    assert proven.streams["nobody"] == ()
    assert (proven.seal.covers, proven.checkpoint.checkpoint.tree_size) == (8, 9)


@settings(max_examples=300)
@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    changed = bytearray(FILE)
    changed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(TransparencyError):
        proven = verify(parse_history(bytes(changed)))
        # Only the name of what was asked for is not proven here: it must be among the streams.
        assert proven.stream in proven.streams or _refuse()


def _refuse() -> bool:
    raise MalformedHistory("the stream that was asked for is not there")


@given(st.binary(max_size=200))
def test_parser_raises_its_one_error_on_any_bytes(data: bytes) -> None:
    with pytest.raises(MalformedHistory):
        parse_history(data)


def changed_stream(name: str, **changes: Any) -> HistoryBundle:
    streams = tuple(
        msgspec.structs.replace(part, **changes) if part.stream == name else part
        for part in BUNDLE.streams
    )
    return msgspec.structs.replace(BUNDLE, streams=streams)


def entries_of(name: str) -> tuple[HistoryEntry, ...]:
    return next(part.entries for part in BUNDLE.streams if part.stream == name)


@pytest.mark.parametrize(
    "bundle",
    [
        changed_stream("a", entries=entries_of("a")[:-1]),
        changed_stream("a", entries=entries_of("a")[1:]),
        changed_stream("a", entries=()),
        changed_stream("a", entries=entries_of("c")),
        changed_stream("nobody", entries=entries_of("a")),
        changed_stream("a", entries=entries_of("a")[::-1]),
    ],
    ids=["last left out", "first left out", "all left out", "another's", "absent", "backwards"],
)
def test_stream_that_is_not_whole_is_refused(bundle: HistoryBundle) -> None:
    with pytest.raises(ProofInvalid):
        verify(bundle)


def test_index_of_a_seal_that_leaves_an_entry_out_still_needs_the_entry_to_be_left_out() -> None:
    cheat = SealedLog().add("a one", "a two")
    cheat.seal(without=1)

    with pytest.raises(ProofInvalid):
        verify(cheat.history("a"))


def test_seal_that_covers_less_than_all_before_it_is_refused() -> None:
    cheat = SealedLog().add("a one", "a two")
    cheat.seal(covers=1)

    with pytest.raises(SealNotLast):
        verify(cheat.history("a"))


def test_entry_after_the_seal_is_refused() -> None:
    bundle = changed_stream("c", entries=(HistoryEntry(entry=b"c one", index=8),))

    with pytest.raises(ProofInvalid, match="at or after the seal"):
        verify(bundle)


def test_checkpoint_by_another_key_is_refused() -> None:
    with pytest.raises(CheckpointNotSigned):
        verify_history(BUNDLE, a_key("example.com/other").verification_key, key_of)


def test_one_entry_stands_in_one_place_only() -> None:
    note = WithheldNote(note=b"n", salt=b"s", entry=entries_of("a")[0])
    bundle = msgspec.structs.replace(BUNDLE, withheld=(note,))

    with pytest.raises(ProofInvalid, match="named twice"):
        verify(bundle)


def test_note_without_an_entry_yet_is_no_leaf() -> None:
    note = WithheldNote(note=b"n", salt=b"s")
    bundle = msgspec.structs.replace(BUNDLE, withheld=(note,))

    proven = verify(parse_history(render_history(bundle)))

    assert proven.withheld == ()


def test_each_entry_has_a_receipt_in_the_bundle() -> None:
    leaves = {each.index: leaf_hash(each.entry) for part in BUNDLE.streams for each in part.entries}
    leaves[8] = leaf_hash(BUNDLE.seal)

    proofs = inclusion_proofs(leaves, 9, parse_nodes(BUNDLE.nodes))

    for index, proof in proofs.items():
        verify_inclusion(index, 9, leaves[index], proof, LOG.tree().root_hash())


@pytest.mark.parametrize(
    "data",
    [
        FILE + b"\n",
        FILE.replace(b'"type"', b'"typ"'),
        FILE.replace(b"history@v1", b"history@v2"),
        FILE.replace(b'"stream":"a"}', b'"stream":"\\u0061"}'),
        FILE.replace(b"[{", b"[ {", 1),
        FILE.replace(b'"index":0', b'"index":-1'),
        FILE.replace(b'"openings":[],', b""),
        b'{"a":' * 2000,
    ],
    ids=["line feed", "name", "version", "escape", "space", "below zero", "left out", "deep"],
)
def test_there_is_one_spelling(data: bytes) -> None:
    assert data != FILE

    with pytest.raises(MalformedHistory):
        parse_history(data)


def test_streams_stand_once_and_in_order() -> None:
    for streams in (BUNDLE.streams[::-1], (BUNDLE.streams[0],) * 2):
        bundle = msgspec.structs.replace(BUNDLE, streams=streams)
        with pytest.raises(MalformedHistory):
            parse_history(render_history(bundle))


@pytest.mark.parametrize("name", ["", "0", "0/", "00/1", "a/1", "0/1/2", "-1/0"])
def test_nodes_have_one_name(name: str) -> None:
    with pytest.raises(MalformedHistory):
        parse_nodes({name: bytes(32)})

    assert parse_nodes(render_nodes({(3, 5): b"h"})) == {(3, 5): b"h"}


def test_limits_hold_at_the_limit_and_one_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_HISTORY_ENTRIES", 5)
    assert parse_history(FILE) == BUNDLE

    monkeypatch.setattr(bundles, "MAX_HISTORY_ENTRIES", 4)
    with pytest.raises(MalformedHistory):
        parse_history(FILE)


def test_file_over_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_HISTORY_BYTES", len(FILE) - 1)

    with pytest.raises(MalformedHistory):
        parse_history(FILE)
