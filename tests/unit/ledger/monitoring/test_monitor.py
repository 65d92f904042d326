"""A monitor judges what a log gains, look by look, and tells each thing once."""

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.bodies import canonical_json
from ledger.documents import MemoryDocuments
from ledger.errors import StoreCorrupt
from ledger.evidence.judging import JudgedBy, judge_file
from ledger.monitoring.events import Severity, render_event
from ledger.monitoring.monitor import MonitorOptions
from ledger.monitoring.state import MonitorState
from tests.support.builders import an_office
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import ORIGIN, operator_keys
from tests.support.observers.monitored_logs import Monitored
from tests.support.transparency_builders import a_key, with_one_bit_flipped
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.cosignatures import add_signature_lines, cosign, cosigner_key
from transparency.errors import TileStoreUnavailable
from transparency.notes import parse_note, render_vkey
from transparency.policies import parse_policy


@pytest.fixture
def monitored() -> Monitored:
    return Monitored(a_forger())


def _grow(forger: Forger, dossiers: int = 1) -> list[str]:
    streams = [forger.a_dossier("dossier.accepted") for _ in range(dossiers)]
    forger.seal()
    return streams


def _another_history(*entries: bytes) -> Forger:
    other = a_forger()
    other.add(*entries)
    other.seal()
    return other


def test_honest_log_is_audited_as_it_grows_and_only_checkpoints_are_told(
    monitored: Monitored,
) -> None:
    sizes = []
    for _ in range(4):
        (event,) = monitored.told()
        sizes.append(event.tree_size or 0)
        assert (event.severity, event.code) == (Severity.INFO, "new_checkpoint")
        _grow(monitored.forger, 3)

    assert sizes == sorted({*sizes})
    assert monitored.monitor.audit.report.ok
    assert monitored.monitor.audit.report.decisions_repeated > 15
    monitored.told()
    assert monitored.told() == []


def test_monitor_finds_what_the_audit_finds(monitored: Monitored) -> None:
    forger = monitored.forger
    monitored.told()
    forger.add(forger.act("dossier.accepted", forger.desk.new_stream()))
    forger.seal(index_root_hash=bytes(32))
    forger.add(b"no action at all")
    forger.seal(sealed_at=forger.sealed_at - timedelta(days=2))
    _grow(forger)

    events = monitored.look().events

    problems = Counter((each.code, each.entry_index) for each in forger.audit().problems)
    found = Counter((event.code, event.entry_index) for event in events)
    del found["new_checkpoint", None]
    assert found == problems
    assert len(problems) >= 4


def test_problem_of_an_entry_is_told_once_and_not_again_after_a_restart(
    monitored: Monitored,
) -> None:
    monitored.forger.add(b"no action at all")
    monitored.forger.seal()

    assert len(monitored.codes()) == 1
    assert monitored.codes() == []
    restarted = monitored.again()
    assert restarted.codes() == []
    assert restarted.journal.has_alarmed


def test_log_that_does_not_end_in_a_seal_is_told_until_it_does(monitored: Monitored) -> None:
    forger = monitored.forger
    forger.a_dossier()
    forger.publish()

    assert monitored.codes() == ["not_sealed"]
    assert monitored.codes() == []
    forger.seal()
    assert "over" in monitored.codes()


def test_fork_is_an_alarm_and_its_evidence_convicts(tmp_path: Path) -> None:
    monitored = Monitored(a_forger(), MonitorOptions(evidence=tmp_path))
    _grow(monitored.forger)
    monitored.told()
    monitored.source.tiles = _another_history(b"one", b"two", b"three", b"four").tiles

    (event,) = monitored.told()

    assert (event.code, event.severity) == ("log_misbehaviour", Severity.ALARM)
    assert event.evidence is not None
    (file,) = (tmp_path / event.evidence).glob("*.evidence.json")
    judged = judge_file(file.read_bytes(), JudgedBy(operator_keys().anchors))
    assert judged.kind == "fork"
    assert monitored.told() == []
    assert monitored.journal.is_alarmed


def test_fork_with_fewer_entries_is_told_from_a_log_that_only_lags(monitored: Monitored) -> None:
    _grow(monitored.forger)
    _grow(monitored.forger)
    monitored.told()
    monitored.source.tiles = _another_history(b"one", b"two").tiles

    assert monitored.codes() == ["log_misbehaviour"]


def test_fork_while_the_monitor_was_off_is_seen_at_its_next_start(monitored: Monitored) -> None:
    _grow(monitored.forger)
    monitored.told()
    other = _another_history(b"one", b"two", b"three", b"four")
    restarted = monitored.again()
    restarted.source.tiles = other.tiles

    assert restarted.codes() == ["log_misbehaviour"]


def test_log_that_shrinks_is_an_alarm_until_it_is_whole_again(monitored: Monitored) -> None:
    earlier = monitored.forger.tiles.read_checkpoint()
    _grow(monitored.forger)
    monitored.told()
    monitored.source.changes["checkpoint"] = lambda _note: earlier

    assert monitored.codes() == ["log_shrank"]
    assert monitored.codes() == []
    monitored.source.changes.clear()
    assert monitored.codes() == ["over"]


def test_checkpoint_of_another_key_is_an_alarm(monitored: Monitored) -> None:
    forged = sign_checkpoint(Checkpoint(ORIGIN, 0, hashlib.sha256(b"").digest()), a_key(ORIGIN, 99))
    monitored.source.changes["checkpoint"] = lambda _note: forged

    assert monitored.codes() == ["checkpoint_not_signed"]


@pytest.mark.parametrize("path", ["tile/0/000.p/8", "tile/entries/000.p/8"])
def test_changed_file_is_an_alarm_and_nothing_of_it_is_audited(
    monitored: Monitored, path: str
) -> None:
    assert monitored.forger.size == 8
    monitored.source.changes[path] = lambda data: with_one_bit_flipped(data, 70)

    assert monitored.codes() == ["proof_invalid"]
    assert monitored.monitor.audit.tree_size == 0
    monitored.source.changes.clear()
    assert monitored.codes() == ["over"]
    assert monitored.monitor.audit.report.ok


def test_source_that_goes_silent_anywhere_is_trouble_and_the_audit_goes_on_after(
    monitored: Monitored,
) -> None:
    _grow(monitored.forger, 200)
    for answers in range(4):
        monitored.source.answers_left = answers
        (event,) = monitored.look().events
        assert (event.severity, event.code) == (Severity.TROUBLE, TileStoreUnavailable.code)
    monitored.source.answers_left = None

    assert monitored.codes() == []
    assert monitored.monitor.audit.report.ok
    assert monitored.monitor.audit.tree_size == monitored.forger.size


def test_trouble_does_not_end_an_alarm(monitored: Monitored) -> None:
    earlier = monitored.forger.tiles.read_checkpoint()
    _grow(monitored.forger)
    monitored.told()
    monitored.source.changes["checkpoint"] = lambda _note: earlier
    assert monitored.codes() == ["log_shrank"]
    monitored.source.answers_left = 0

    assert monitored.codes() == ["tile_store_unavailable"]
    monitored.source.answers_left = None
    assert monitored.codes() == ["over"]


def test_audit_waits_for_a_document_that_is_missing_and_goes_on_when_it_comes(
    monitored: Monitored,
) -> None:
    forger = monitored.forger
    kept, forger.documents._documents = forger.documents._documents, {}

    assert monitored.codes() == ["document_missing"]
    assert monitored.monitor.audit.tree_size == 1
    _grow(forger)
    assert monitored.codes() == []
    forger.documents._documents = kept
    assert monitored.codes() == ["over"]
    assert monitored.monitor.audit.tree_size == forger.size
    assert monitored.monitor.audit.report.ok


def test_watched_stream_is_told_act_by_act_with_its_recorded_time(monitored: Monitored) -> None:
    forger = monitored.forger
    stream, other = _grow(forger, 2)
    watching = Monitored(forger, MonitorOptions(streams=(stream,)))

    told = [event for event in watching.told() if event.severity is Severity.ACT]

    assert [(event.kind, event.version) for event in told] == [
        ("dossier.submitted", 1),
        ("dossier.accepted", 2),
    ]
    assert {event.recorded for event in told} == {
        f"{forger.sealed_at:%Y-%m-%dT%H:%M:%S}.000Z",
    }
    forger.add(
        forger.act("dossier.processor_assigned", stream),
        forger.act("dossier.processor_assigned", other),
    )
    assert watching.codes() == []
    forger.seal()
    assert watching.codes() == ["new_act"]
    assert watching.again().codes() == []


def test_act_under_a_seal_that_was_never_published_has_the_time_of_the_published_one(
    monitored: Monitored,
) -> None:
    forger = monitored.forger
    stream = forger.a_dossier()
    forger.seal(publish=False)
    forger.clock.pass_time(hours=3)
    forger.seal()
    watching = Monitored(forger, MonitorOptions(streams=(stream,)))

    (act,) = [event for event in watching.told() if event.severity is Severity.ACT]

    assert act.recorded == f"{forger.sealed_at:%Y-%m-%dT%H:%M:%S}.000Z"


def test_events_of_watched_acts_hold_no_details(monitored: Monitored) -> None:
    (stream,) = _grow(monitored.forger)
    watching = Monitored(monitored.forger, MonitorOptions(streams=(stream,)))

    told = b"".join(map(render_event, watching.told()))

    assert b"Minh Khai" not in told
    assert stream.encode() in told


def test_stale_checkpoint_is_an_alarm_until_the_log_grows(monitored: Monitored) -> None:
    forger = monitored.forger
    strict = Monitored(forger, MonitorOptions(stale_after=timedelta(hours=1)))
    assert strict.codes() == []

    forger.clock.pass_time(hours=2)

    assert strict.codes() == ["checkpoint_stale"]
    _grow(forger)
    assert strict.codes() == ["over"]


def test_log_that_rests_is_not_stale_while_witnesses_confirm_it(monitored: Monitored) -> None:
    forger, witness = monitored.forger, a_key("w.org", 9)
    vkey = render_vkey(cosigner_key(witness))
    policy = parse_policy(f"witness W {vkey}\nquorum W\n".encode())
    strict = Monitored(forger, MonitorOptions(policy, stale_after=timedelta(hours=1)))
    assert strict.codes() == ["quorum_missing"]
    forger.clock.pass_time(hours=2)
    note = forger.tiles.read_checkpoint()

    line = cosign(parse_note(note).text, witness, int(forger.clock.now.timestamp()))
    forger.tiles.write_checkpoint(add_signature_lines(note, [line]))

    assert strict.codes() == ["over"]


def test_state_of_a_checkpoint_that_the_log_did_not_sign_is_refused() -> None:
    state = MonitorState(origin=ORIGIN, checkpoint="no checkpoint")

    with pytest.raises(StoreCorrupt):
        Monitored(a_forger(), state=state)


def test_published_document_that_the_source_gives_late_is_no_finding(monitored: Monitored) -> None:
    forger = monitored.forger
    monitored.told()
    office = canonical_json(an_office("H99"))
    late = MemoryDocuments()
    late.store(office)
    draft = forger.desk.drafter.register_office(
        operator_keys().registrar, "H99", office, forger.place("office:H99"), forger.desk.now()
    )
    forger.add(draft.note)
    forger.seal()

    assert monitored.codes() == ["document_missing"]
    forger.documents.store(office)
    assert monitored.codes() == ["over"]
    assert monitored.monitor.audit.report.ok
