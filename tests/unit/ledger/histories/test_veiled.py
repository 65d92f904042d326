"""The history of a veiled dossier: its notes, what opens their veils, and what that leaves open."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.errors import HistoryBroken, OpeningMismatch, SignerWithoutRight
from ledger.histories.building import HistoryMaker
from ledger.histories.stored_index import StoredIndex
from ledger.histories.verifying import VerifiedHistory, verify_bundle
from ledger.writing.envelopes import DeferredPool, parse_opening
from tests.support.ledger_builders import ORIGIN, SteppingClock, World
from tests.support.veils.province import NO_STEP, Province
from transparency.errors import ProofInvalid
from transparency.histories.bundles import HistoryBundle, render_history


def a_province() -> Province:
    world = World(clock=SteppingClock(step=NO_STEP))
    return Province(world.open())


def history(province: Province, folder: Path, stream: str) -> HistoryBundle:
    world = province.world
    index = StoredIndex(folder / "index.sqlite3", ORIGIN, world.store)
    maker = HistoryMaker(world.store, world.tiles, world.keys.log.verification_key, index)
    pool = DeferredPool(world.keys.promise)
    events = world.store.stream_events(stream)
    return maker.veiled_history_of(
        stream, events, lambda note: parse_opening(pool.opening_of(note))[0]
    )


def verify(province: Province, bundle: HistoryBundle) -> VerifiedHistory:
    return verify_bundle(render_history(bundle), province.world.keys.anchors)


@pytest.fixture
def lived(tmp_path: Path) -> tuple[Province, HistoryBundle]:
    """Ten dossiers whose acts stand in the log as veils, and the history of the first."""
    province = a_province()
    streams = [province.live(number) for number in range(10)]
    province.next_day()
    return province, history(province, tmp_path, streams[0])


def test_every_published_veil_opens_to_its_note(lived: tuple[Province, HistoryBundle]) -> None:
    province, bundle = lived

    verified = verify(province, bundle)

    assert verified.is_veiled
    assert [act.action.version for act in verified.acts] == list(range(1, len(verified.acts) + 1))
    published = [act for act in verified.acts if act.entry_index is not None]
    assert published
    for act in published:
        assert act.veil is not None
        assert act.promise is not None
        assert str(act.veil.face) == act.promise.published_as


def changed(bundle: HistoryBundle, at: int, **changes: Any) -> HistoryBundle:
    notes = list(bundle.withheld_notes)
    notes[at] = msgspec.structs.replace(notes[at], **changes)
    return msgspec.structs.replace(bundle, withheld=tuple(notes))


def test_veil_of_another_act_is_refused(lived: tuple[Province, HistoryBundle]) -> None:
    province, bundle = lived

    for changes in ({"salt": bytes(32)}, {"promise": bundle.withheld_notes[1].promise}):
        with pytest.raises(OpeningMismatch):
            verify(province, changed(bundle, 0, **changes))


def test_note_that_is_left_out_or_changed_breaks_the_chain(
    lived: tuple[Province, HistoryBundle],
) -> None:
    province, bundle = lived
    notes = bundle.withheld_notes

    for left in (notes[1:], notes[::-1]):
        with pytest.raises((HistoryBroken, ProofInvalid)):
            verify(province, msgspec.structs.replace(bundle, withheld=left))


def test_signature_on_a_veiled_note_must_be_good(lived: tuple[Province, HistoryBundle]) -> None:
    province, bundle = lived
    last = len(bundle.withheld_notes) - 1
    note = bundle.withheld_notes[last].note
    flipped = note.replace(b'"version":%d' % (last + 1), b'"version":%d ' % (last + 1))
    swapped = (
        note.rpartition(b"\n\n")[0] + b"\n\n" + bundle.withheld_notes[0].note.rpartition(b"\n\n")[2]
    )

    for wrong in (flipped, swapped):
        with pytest.raises((HistoryBroken, SignerWithoutRight)):
            verify(province, changed(bundle, last, note=wrong))


def test_dossier_with_entries_of_its_own_is_not_veiled(
    lived: tuple[Province, HistoryBundle],
) -> None:
    province, bundle = lived
    ledger = msgspec.structs.replace(bundle, stream=f"ledger:{ORIGIN}")

    with pytest.raises(HistoryBroken, match="not veiled"):
        verify(province, ledger)
