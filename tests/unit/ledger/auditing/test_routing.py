"""The stream that is read off an entry's bytes is the one that its action is on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action_notes import open_text
from ledger.auditing.routing import is_shared, stream_of
from ledger.errors import LedgerError
from tests.support.forged_logs import a_forger
from transparency.seals import is_seal

GOLDEN = Path(__file__).parents[3] / "golden"


def test_every_entry_of_a_log_is_on_the_stream_that_its_bytes_show() -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted", "dossier.processor_assigned")
    forger.seal()
    entries = [entry for entry in forger.written.entries if not is_seal(entry)]

    assert len(entries) > 8
    for entry in entries:
        assert stream_of(entry) == open_text(entry, None).action.stream


@pytest.mark.parametrize("name", ["dossier_accepted", "dossier_submitted", "ledger_opened"])
def test_golden_notes_are_on_the_stream_that_their_bytes_show(name: str) -> None:
    note = (GOLDEN / f"{name}.note").read_bytes()

    assert stream_of(note) == open_text(note, None).action.stream


@given(st.data())
def test_no_change_of_bytes_makes_a_readable_action_of_another_stream(data: st.DataObject) -> None:
    note = bytearray((GOLDEN / "dossier_accepted.note").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(note)))
        end = data.draw(st.integers(start, min(len(note), start + 40)))
        inserted = data.draw(st.sampled_from(_PIECES) | st.binary(max_size=8))
        note[start:end] = inserted
    try:
        stream = open_text(bytes(note), None).action.stream
    except LedgerError:
        stream_of(bytes(note))
        return
    assert stream_of(bytes(note)) == stream


_PIECES = [
    b'"stream":"dossier:0b6f0000000000000000000000000009","version":2}\n\n',
    b'"stream":"',
    b'","version":',
    b"}\n\n",
    b"\n",
]


@given(st.binary(max_size=200))
def test_any_bytes_can_be_asked_for_their_stream(entry: bytes) -> None:
    assert stream_of(entry) is None or isinstance(stream_of(entry), str)


@pytest.mark.parametrize(
    ("stream", "shared"),
    [
        ("ledger:x", True),
        ("key:a", True),
        ("office:a", True),
        ("procedure:1", True),
        ("calendar:VN", True),
        ("dossier:a", False),
        ("petition:a", False),
        ("access:a", False),
    ],
)
def test_registry_streams_are_shared(stream: str, shared: bool) -> None:
    assert is_shared(stream) == shared
