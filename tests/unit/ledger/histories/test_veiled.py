"""The history of a veiled dossier: its notes, what opens their veils, and what that leaves open."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.facts.parties import ProxyAuthorised, ProxyRevoked
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import FIRST_PLACE, place_after
from ledger.errors import HistoryBroken, HistoryIncomplete, OpeningMismatch, SignerWithoutRight
from ledger.histories.building import HistoryMaker
from ledger.histories.stored_index import StoredIndex
from ledger.histories.verifying import VerifiedHistory, verify_bundle
from ledger.storage.port import StoredEvent
from ledger.writing.envelopes import DeferredPool, parse_opening
from tests.support.builders import PROCEDURE
from tests.support.ledger_builders import ORIGIN, SteppingClock, World, a_signing_key, handed
from tests.support.veils.province import COMMUNES, NO_STEP, Province, officer_of
from tests.unit.ledger.histories.test_verifying import without
from transparency.errors import ProofInvalid, SignatureInvalid
from transparency.hashing import leaf_hash
from transparency.histories.bundles import HistoryBundle, render_history
from transparency.notes import SigningKey, render_vkey
from transparency.promises import open_promise, sign_promise


def a_province() -> Province:
    world = World(clock=SteppingClock(step=NO_STEP))
    return Province(world.open())


def history(
    province: Province, folder: Path, stream: str, events: Sequence[StoredEvent] | None = None
) -> HistoryBundle:
    """The history of a veiled dossier; of `events` that an operator says it has, if given."""
    world = province.world
    index = StoredIndex(folder / "index.sqlite3", ORIGIN, world.store)
    maker = HistoryMaker(world.store, world.tiles, world.keys.log.verification_key, index)
    pool = DeferredPool(world.keys.promise)
    events = world.store.stream_events(stream) if events is None else events
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


def as_withheld(*shown: tuple[SubmittedAction, bytes]) -> list[StoredEvent]:
    """What an operator shows as acts of a veiled dossier: notes, each with a promise or none."""
    stream = open_text(shown[0][0].note, ORIGIN).action.stream
    return [
        StoredEvent(stream, version, "any", submitted.note, None, promise)
        for version, (submitted, promise) in enumerate(shown, start=1)
    ]


def test_history_of_a_veiled_dossier_proves_that_the_index_has_no_entry_of_it(
    lived: tuple[Province, HistoryBundle],
) -> None:
    province, bundle = lived

    (part,) = [each for each in bundle.streams if each.stream == bundle.stream]

    assert part.entries == ()
    others = tuple(each for each in bundle.streams if each != part)
    with pytest.raises(HistoryIncomplete, match="no entry"):
        verify(province, msgspec.structs.replace(bundle, streams=others))


def test_open_dossier_is_not_shown_as_the_beginning_of_a_veiled_one(tmp_path: Path) -> None:
    """Found by a hostile reader: later acts of an open dossier could be hidden so."""
    province = a_province()
    stream = province.live(0, PROCEDURE)
    first, second = province.world.store.stream_events(stream)
    assert second.entry_index is not None
    shown = [StoredEvent(stream, 1, first.kind, first.note, None, b"")]

    whole = history(province, tmp_path, stream, shown)

    with pytest.raises(HistoryBroken, match="not veiled"):
        verify(province, whole)
    with pytest.raises(HistoryIncomplete, match="no entry"):
        verify(province, without(whole, stream))


def test_act_that_was_promised_as_an_open_one_is_no_veiled_act(tmp_path: Path) -> None:
    """Under a checkpoint from before its first entry an open dossier is absent, too."""
    province = a_province()
    world = province.world
    submitted = world.desk.submitted(world.desk.new_stream(), office=COMMUNES[0])
    (verdict,) = world.writer.record([handed(submitted)], with_seal=False).verdicts
    assert open_promise(verdict.note, world.keys.promise.verification_key).published_as is None
    (event,) = as_withheld((submitted, verdict.note))

    with pytest.raises(HistoryIncomplete, match="neither"):
        verify(province, history(province, tmp_path, event.stream, [event]))


def test_invented_dossier_is_not_shown_as_a_veiled_one(tmp_path: Path) -> None:
    """Keys that are enrolled signed it, and nobody ever handed it in."""
    province = a_province()
    desk, stream = province.world.desk, province.world.desk.new_stream()
    submitted = desk.submitted(stream, office=COMMUNES[0])
    accepted = desk.act(
        "dossier.accepted",
        stream,
        place_after(FIRST_PLACE, submitted.note),
        office=COMMUNES[0],
        signers=[(Role.RECEIVER, officer_of(COMMUNES[0]))],
    )
    invented = as_withheld((submitted, b""), (accepted, b""))

    with pytest.raises(HistoryIncomplete, match="neither"):
        verify(province, history(province, tmp_path, stream, invented))


def test_promise_by_another_key_makes_no_act_a_veiled_one(
    tmp_path: Path,
) -> None:
    province = a_province()
    world, stream = province.world, province.submit()
    (event,) = world.store.stream_events(stream)
    promise = open_promise(event.promise, world.keys.promise.verification_key)
    forged = sign_promise(promise, officer_of(COMMUNES[0]))
    bundle = history(province, tmp_path, stream)
    assert verify(province, bundle).acts[0].entry_index is None

    with pytest.raises(SignatureInvalid):
        verify(province, changed(bundle, 0, promise=forged))
    with pytest.raises(HistoryIncomplete, match="neither"):
        verify(province, changed(bundle, 0, promise=b""))


def test_name_without_any_note_is_not_shown_as_a_veiled_dossier(tmp_path: Path) -> None:
    province = a_province()
    empty = history(province, tmp_path, "dossier:" + "0e" * 16, [])

    with pytest.raises(HistoryIncomplete, match="no note"):
        verify(province, msgspec.structs.replace(empty, withheld=()))


def test_officers_key_that_only_the_notes_name_is_not_enrolled(tmp_path: Path) -> None:
    """A note may bring an applicant's key; whoever signs for an office must be enrolled."""
    province = a_province()
    world, stream = province.world, province.submit()
    (event,) = world.store.stream_events(stream)
    applicant = world.desk.applicant_of(stream)
    accepted = world.desk.act(
        "dossier.accepted",
        stream,
        place_after(FIRST_PLACE, event.note),
        office=COMMUNES[0],
        signers=[(Role.RECEIVER, applicant)],
    )
    promise = open_promise(event.promise, world.keys.promise.verification_key)
    promised = dataclasses.replace(promise, leaf_hash=leaf_hash(accepted.note), version=2)
    note = sign_promise(promised, world.keys.promise)
    second = StoredEvent(stream, 2, "dossier.accepted", accepted.note, None, note)

    with pytest.raises(SignerWithoutRight, match="not enrolled"):
        verify(province, history(province, tmp_path, stream, [event, second]))


Signers = list[tuple[Role, SigningKey]]
PROXY = a_signing_key("applicant", 4711)


def going_on(
    province: Province, folder: Path, *acts: tuple[str, Any, Signers], stream: str = ""
) -> HistoryBundle:
    """A veiled dossier whose operator promises whatever comes next: kinds, facts and signers."""
    world = province.world
    stream = stream or province.submit()
    events = list(world.store.stream_events(stream))
    first = open_promise(events[0].promise, world.keys.promise.verification_key)
    place = place_after(FIRST_PLACE, events[0].note)
    for version, (kind, facts, signers) in enumerate(acts, start=2):
        given = {"office": COMMUNES[0], "signers": signers} | ({"facts": facts} if facts else {})
        note = world.desk.act(kind, stream, place, **given).note
        place = place_after(place, note)
        promise = dataclasses.replace(first, leaf_hash=leaf_hash(note), version=version)
        signed = sign_promise(promise, world.keys.promise)
        events.append(StoredEvent(stream, version, kind, note, None, signed))
    return history(province, folder, stream, events)


def authorised(applicant: SigningKey) -> tuple[str, Any, Signers]:
    facts = ProxyAuthorised(proxy_key=render_vkey(PROXY.verification_key))
    return "dossier.proxy_authorised", facts, [(Role.APPLICANT, applicant), (Role.HOLDER, PROXY)]


def revoked(applicant: SigningKey) -> tuple[str, Any, Signers]:
    facts = ProxyRevoked(proxy=PROXY.name)
    return "dossier.proxy_revoked", facts, [(Role.APPLICANT, applicant)]


def withdrawn(role: Role, key: SigningKey) -> tuple[str, Any, Signers]:
    return "dossier.withdrawal_requested", None, [(role, key)]


def test_proxy_of_a_veiled_dossier_signs_as_proxy_and_not_as_the_applicant(tmp_path: Path) -> None:
    """Suspected by a hostile reader: any key that the notes name could sign as any party."""
    province = a_province()
    stream = province.submit()
    applicant = province.world.desk.applicant_of(stream)
    before = authorised(applicant)
    as_proxy = going_on(province, tmp_path, before, withdrawn(Role.PROXY, PROXY), stream=stream)
    as_applicant = going_on(
        province, tmp_path, before, withdrawn(Role.APPLICANT, PROXY), stream=stream
    )

    assert len(verify(province, as_proxy).acts) == 3
    with pytest.raises(SignerWithoutRight, match="not the key of the applicant"):
        verify(province, as_applicant)


def test_proxy_of_a_veiled_dossier_who_was_revoked_signs_nothing_more(tmp_path: Path) -> None:
    province = a_province()
    stream = province.submit()
    applicant = province.world.desk.applicant_of(stream)
    acts = (authorised(applicant), revoked(applicant), withdrawn(Role.PROXY, PROXY))

    assert len(verify(province, going_on(province, tmp_path, *acts[:2], stream=stream)).acts) == 3
    with pytest.raises(SignerWithoutRight):
        verify(province, going_on(province, tmp_path, *acts, stream=stream))


def test_enrolled_officer_is_no_proxy_of_a_veiled_dossier(tmp_path: Path) -> None:
    province = a_province()
    officer = officer_of(COMMUNES[0])

    with pytest.raises(SignerWithoutRight, match="no proxy"):
        verify(province, going_on(province, tmp_path, withdrawn(Role.PROXY, officer)))
