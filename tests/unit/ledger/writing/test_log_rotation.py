"""The log changes its key: one signs, then both, then the other; old checkpoints stay good."""

from dataclasses import replace

import pytest

from domain.facts import LogKeyRetired, LogKeyRotated
from ledger.action_notes import SubmittedAction, open_text
from ledger.auditing import AuditReport, audit_log
from ledger.errors import StoreCorrupt
from ledger.writing.frames import Verdict
from ledger.writing.signing import stored_log_keys
from tests.support.ledger_builders import ORIGIN, World, a_signing_key, operator_keys
from transparency.checkpoints import open_checkpoint, sign_checkpoint
from transparency.errors import CheckpointNotSigned
from transparency.log_keys import LogKeys
from transparency.notes import SigningKey, VerificationKey, parse_note, render_vkey
from transparency.verifier import verify_receipt

OLD = operator_keys().log
NEW = SigningKey(ORIGIN, bytes([77]) * 32)
THIRD = SigningKey(ORIGIN, bytes([78]) * 32)
LEDGER = f"ledger:{ORIGIN}"


def _a_world(*later: SigningKey) -> World:
    world = World()
    world.keys = replace(operator_keys(), later_logs=later)
    world.writer = world.new_writer()
    return world.open()


def _change(world: World, facts: LogKeyRotated | LogKeyRetired) -> SubmittedAction:
    desk = world.desk
    place = world.next_place(LEDGER)
    return desk.drafter.change_log_key(desk.registrar, facts, place, desk.now())


def _rotate(world: World, key: SigningKey = NEW) -> Verdict:
    vkey = render_vkey(key.verification_key)
    (verdict,) = world.record(_change(world, LogKeyRotated(new_log_vkey=vkey)))
    return verdict


def _retire(world: World, key: SigningKey = OLD) -> Verdict:
    vkey = render_vkey(key.verification_key)
    (verdict,) = world.record(_change(world, LogKeyRetired(old_log_vkey=vkey)))
    return verdict


def _keys_of(world: World) -> LogKeys:
    first = LogKeys.of(OLD.verification_key)
    return stored_log_keys(world.store, first, lambda note: open_text(note, ORIGIN).action)


def _know(world: World) -> None:
    """Take the log's keys into the anchors, as the operator hands them out."""
    anchors = replace(operator_keys().anchors, log_periods=_keys_of(world).periods)
    world.keys = replace(world.keys, kept_anchors=anchors)


def _audit(world: World) -> AuditReport:
    anchors, now = world.keys.anchors, world.clock.latest
    *_, report = audit_log(world.log(), anchors, world.documents, now=now, stored=world.store)
    return report


def _signers(note: bytes) -> list[VerificationKey]:
    ids = {key.verification_key.key_id: key.verification_key for key in (OLD, NEW, THIRD)}
    return [ids[line.key_id] for line in parse_note(note).signatures]


def test_from_its_entry_on_both_keys_sign_and_from_the_next_on_the_new_one_alone() -> None:
    world = _a_world(NEW)
    before = world.tiles.read_checkpoint()
    assert _rotate(world).code == ""
    during = world.tiles.read_checkpoint()
    world.a_dossier()
    assert _retire(world).code == ""
    after = world.tiles.read_checkpoint()

    old, new = OLD.verification_key, NEW.verification_key
    assert [_signers(note) for note in (before, during, after)] == [[old], [old, new], [new]]


def test_during_the_change_a_reader_who_knows_either_key_goes_on() -> None:
    world = _a_world(NEW)
    _rotate(world)
    note = world.tiles.read_checkpoint()

    for key in (OLD, NEW):
        assert open_checkpoint(note, key.verification_key).checkpoint.origin == ORIGIN


def test_receipts_of_before_stay_valid_with_the_new_anchors_and_with_the_old() -> None:
    world = _a_world(NEW)
    log = world.log()
    proof = log.prove_inclusion(3)
    entry = next(iter(log.entries(3, 4)))
    receipt = _receipt(entry, 3, proof, log.signed_checkpoint.note)
    _rotate(world)
    _retire(world)
    _know(world)

    assert verify_receipt(receipt, world.keys.anchors.logs).entry == entry
    assert verify_receipt(receipt, OLD.verification_key).entry == entry


def _receipt(entry: bytes, index: int, proof: list[bytes], note: bytes) -> bytes:
    from transparency.receipts import Receipt, render_receipt

    return render_receipt(Receipt(entry, index, tuple(proof), note))


def test_a_retired_key_makes_no_checkpoint_of_a_later_size() -> None:
    world = _a_world(NEW)
    _rotate(world)
    _retire(world)
    _know(world)
    log = world.log()
    stolen = sign_checkpoint(log.signed_checkpoint.checkpoint, OLD)

    with pytest.raises(CheckpointNotSigned):
        open_checkpoint(stolen, world.keys.anchors.logs)


def test_a_new_key_makes_no_checkpoint_of_before_its_entry() -> None:
    world = _a_world(NEW)
    early = world.log().signed_checkpoint.checkpoint
    _rotate(world)
    _know(world)

    with pytest.raises(CheckpointNotSigned):
        open_checkpoint(sign_checkpoint(early, NEW), world.keys.anchors.logs)


def test_auditor_with_the_new_anchors_finds_nothing_wrong_at_any_time() -> None:
    world = _a_world(NEW)
    _rotate(world)
    assert _audit(world).ok
    _know(world)
    assert _audit(world).ok
    world.a_dossier()
    _retire(world)
    world.a_dossier()
    _know(world)

    assert _audit(world).problems == []


def test_the_writer_goes_on_with_both_keys_after_a_restart() -> None:
    world = _a_world(NEW)
    _rotate(world)
    note = world.tiles.read_checkpoint()

    world.writer = world.new_writer()
    world.writer.take_over("again")
    world.a_dossier()

    assert len(_signers(note)) == len(_signers(world.tiles.read_checkpoint())) == 2


def test_a_writer_without_the_new_key_stops_rather_than_sign_with_the_old_alone() -> None:
    world = _a_world(NEW)
    _rotate(world)
    world.keys = operator_keys()
    world.record(world.desk.submitted(world.desk.new_stream()), publish=False)

    with pytest.raises(StoreCorrupt):
        world.new_writer().take_over("without the key")


def test_a_key_that_the_writer_does_not_have_is_refused() -> None:
    world = _a_world()

    assert _rotate(world).code == "log_key_missing"
    assert _audit(world).ok


def test_a_third_key_waits_until_the_first_is_retired() -> None:
    world = _a_world(NEW, THIRD)
    _rotate(world)

    assert _rotate(world, THIRD).code == "not_permitted"
    _retire(world)
    assert _rotate(world, THIRD).code == ""
    _retire(world, NEW)
    _know(world)
    assert _audit(world).ok
    assert [period.key for period in _keys_of(world).periods] == [
        key.verification_key for key in (OLD, NEW, THIRD)
    ]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        pytest.param(OLD, "fact_invalid", id="the log's own"),
        pytest.param(
            SigningKey("another.example", bytes([5]) * 32), "log_key_missing", id="another name"
        ),
        pytest.param(
            SigningKey(ORIGIN, a_signing_key("registrar").seed), "fact_invalid", id="the root's"
        ),
        pytest.param(
            SigningKey(ORIGIN, a_signing_key("officer").seed), "key_name_taken", id="an officer's"
        ),
    ],
)
def test_a_key_that_is_somebody_elses_or_under_another_name_is_refused(
    key: SigningKey, code: str
) -> None:
    world = _a_world(*([key] if key.name == ORIGIN else []))

    assert _rotate(world, key).code == code


def test_only_the_root_changes_the_logs_key() -> None:
    world = _a_world(NEW)
    desk = world.desk
    vkey = render_vkey(NEW.verification_key)
    action = desk.drafter.change_log_key(
        desk.officer, LogKeyRotated(new_log_vkey=vkey), world.next_place(LEDGER), desk.now()
    )

    (verdict,) = world.record(action)

    assert verdict.code == "not_your_role"


@pytest.mark.parametrize("key", [NEW, THIRD], ids=["the newer", "a stranger"])
def test_only_the_older_of_two_keys_is_retired(key: SigningKey) -> None:
    world = _a_world(NEW)
    _rotate(world)

    assert _retire(world, key).code == "fact_invalid"


def test_the_only_key_is_not_retired() -> None:
    world = _a_world(NEW)

    assert _retire(world).code == "not_permitted"
