"""`verify` tells a file's kind by its content, and says in two languages what it proves."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from domain.roles import Role
from ledger.evidence.making import ReplayedIndex
from ledger.histories.building import HistoryMaker
from ledger.writing.veils import VEIL_TYPE_LINE
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys
from tests.unit.cli.running import Ran, run
from tests.unit.ledger.evidence.test_judging import lacking
from tests.unit.ledger.histories.test_veiled import a_province
from tests.unit.ledger.histories.test_veiled import history as veiled_history
from tests.unit.transparency.evidence.test_evidence import WITNESSES
from transparency.checkpoints import open_checkpoint
from transparency.cosignatures import add_signature_lines, cosign, cosigner_key
from transparency.evidence.seals import make_receipt
from transparency.histories.bundles import parse_history, render_history
from transparency.notes import parse_note, render_vkey
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog
from transparency.verifier import verify_receipt

KEYS = operator_keys()
AT = int(datetime.fromisoformat("2026-03-02T01:00:30Z").timestamp())


def anchors(folder: Path) -> Path:
    path = folder / "anchors.toml"
    path.write_text(
        f'origin = "{KEYS.origin}"\n'
        f'log = "{render_vkey(KEYS.log.verification_key)}"\n'
        f'registrar = "{render_vkey(KEYS.registrar.verification_key)}"\n'
    )
    return path


def a_policy(folder: Path, *, auditors: bool) -> Path:
    lines = [f"log {render_vkey(KEYS.log.verification_key)}"]
    lines += [f"witness w{i} {render_vkey(cosigner_key(w))}" for i, w in enumerate(WITNESSES)]
    lines += ["group index-auditors any w2"] if auditors else []
    lines += ["quorum w0"]
    path = folder / f"policy-{auditors}.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def a_history(folder: Path, forger: Forger, stream: str, *, cosigned_by: tuple[int, ...]) -> Path:
    replayed = ReplayedIndex(forger.log(), forger.index)
    maker = HistoryMaker(replayed, forger.tiles, KEYS.log.verification_key, replayed)
    data = render_history(maker.history_of(stream))
    bundle = parse_history(data)
    text = parse_note(bundle.checkpoint).text
    lines = [cosign(text, WITNESSES[number], AT) for number in cosigned_by]
    path = folder / "a.dossier.json"
    note = add_signature_lines(bundle.checkpoint, lines) if lines else bundle.checkpoint
    path.write_bytes(render_history(msgspec.structs.replace(bundle, checkpoint=note)))
    return path


Lived = tuple[Forger, str]


@pytest.fixture
def lived() -> Lived:
    """A forger's honest log with one dossier."""
    forger = a_forger()
    stream = forger.a_dossier("dossier.accepted")
    forger.seal()
    return forger, stream


def verify(folder: Path, file: Path, *more: str | Path) -> Ran:
    return run("verify", file, "--anchors", anchors(folder), "--json", *more)


def words(ran: Ran, part: str = "proved") -> str:
    return "\n".join(ran.members[part])


def test_without_an_index_auditor_all_is_the_operators_word(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=(0,))

    alone = verify(tmp_path, file)
    witnessed = verify(tmp_path, file, "--policy", a_policy(tmp_path, auditors=False))
    unaudited = verify(tmp_path, file, "--policy", a_policy(tmp_path, auditors=True))

    for ran in (alone, witnessed, unaudited):
        assert ran.code == 0
        assert f"these are all 2 acts of {stream} up to this checkpoint, according to" in words(ran)
    assert "no policy of witnesses" in words(alone, "not_proved")
    assert "w0 (2026-03-02T01:00:30Z)" in words(witnessed)


def test_with_an_index_auditor_all_means_all(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=(0, 2))

    ran = verify(tmp_path, file, "--policy", a_policy(tmp_path, auditors=True))

    assert f"these are all 2 acts of {stream} up to this checkpoint" in words(ran)
    assert "according to" not in words(ran)
    assert "index leaves" not in words(ran, "not_proved")


def test_history_without_the_quorum_of_its_policy_fails(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=(1,))

    ran = verify(tmp_path, file, "--policy", a_policy(tmp_path, auditors=False))

    assert (ran.code, ran.members["code"]) == (1, "quorum_missing")


def test_absence_says_what_it_does_not_prove(tmp_path: Path, lived: Lived) -> None:
    file = a_history(tmp_path, lived[0], "dossier:" + "0e" * 16, cosigned_by=())

    ran = verify(tmp_path, file)

    assert "the log has no entry of" in words(ran)
    assert "veiled dossiers" in words(ran, "not_proved")


def test_vietnamese_sentences_say_the_same(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=())

    plain = run("verify", file, "--anchors", anchors(tmp_path), "--lang", "vi")

    assert plain.code == 0
    assert f"toàn bộ 2 hành vi của {stream}" in plain.out
    assert "theo chỉ mục của đơn vị vận hành" in plain.out


def test_entries_of_a_history_come_out_as_receipts(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=())

    ran = verify(tmp_path, file, "--receipts", tmp_path / "receipts")

    made = [Path(each) for each in ran.members["receipts"]]
    assert {"8.tlog-proof", "9.tlog-proof", "0.tlog-proof"} <= {each.name for each in made}
    for each in made:
        verify_receipt(each.read_bytes(), KEYS.log.verification_key)
        assert run("verify", each, "--anchors", anchors(tmp_path)).code == 0


def test_changed_history_fails_with_its_code(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=())
    file.write_bytes(file.read_bytes().replace(b'"index":8', b'"index":7'))

    ran = verify(tmp_path, file)

    assert (ran.code, ran.members["code"]) == (1, "proof_invalid")


def test_history_of_a_signer_without_right_fails(tmp_path: Path) -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    signers = [(Role.RECEIVER, forger.desk.catalogue)]
    forger.add(forger.act("dossier.accepted", stream, signers=signers))
    forger.seal()

    ran = verify(tmp_path, a_history(tmp_path, forger, stream, cosigned_by=()))

    assert (ran.code, ran.members["code"]) == (1, "signer_without_right")


def test_veiled_history_says_exactly_what_was_checked(tmp_path: Path) -> None:
    province = a_province()
    stream = province.submit()
    file = tmp_path / "veiled.dossier.json"
    file.write_bytes(render_history(veiled_history(province, tmp_path, stream)))

    ran = verify(tmp_path, file)

    assert (ran.code, ran.members["veiled"]) == (0, True)
    assert "the log has no entry of that stream, according to the operator's index" in words(ran)
    assert "each note has its veil, or the ledger's promise of one" in words(ran)
    assert "everybody else with a key that the key's own stream in the log enrols" in words(ran)
    assert "no later act" in words(ran, "not_proved")
    assert "held the role when signing" in words(ran, "not_proved")


def test_receipt_of_a_veil_speaks_both_languages(tmp_path: Path) -> None:
    province = a_province()
    for number in range(10):
        province.live(number)
    province.next_day()
    world = province.world
    log = TrustedLog(
        world.tiles,
        open_checkpoint(world.tiles.read_checkpoint(), KEYS.log.verification_key),
    )
    veil = next(at for at, entry in enumerate(world.entries()) if entry.startswith(VEIL_TYPE_LINE))
    file = tmp_path / "a.tlog-proof"
    file.write_bytes(make_receipt(log, veil))

    english, vietnamese = verify(tmp_path, file), verify(tmp_path, file, "--lang", "vi")

    assert "the entry is a veil" in words(english)
    assert "mục này là màn che" in words(vietnamese)
    for part in ("proved", "not_proved"):
        assert len(english.members[part]) == len(vietnamese.members[part])
        assert not set(english.members[part]) & set(vietnamese.members[part])


@pytest.mark.parametrize("server", ["", "https://ledger.example.org"])
def test_saved_refusal_of_a_server_is_named_with_its_title_and_code(
    tmp_path: Path, server: str
) -> None:
    """`curl -o` without `-f` saved it, and `verify` said only that it knows no such file."""
    file = tmp_path / "rating.receipt"
    file.write_bytes(
        msgspec.json.encode(
            {
                "type": f"{server}/problems/not_found",
                "title": "There is nothing at this address.",
                "status": 404,
                "code": "not_found",
                "remedy": "Check the address.",
            }
        )
    )

    ran = verify(tmp_path, file)

    assert (ran.code, ran.members["code"]) == (2, "file_kind_unknown")
    assert "a server's refusal" in ran.members["message"]
    assert "lời từ chối của máy chủ" in ran.members["message"]
    assert "not_found: There is nothing at this address." in ran.members["message"]


@pytest.mark.parametrize(
    "content", [b"{", b'{"type":"\xff"}', b'{"type":"x","title":"y","code":"z"}', b'{"type":1}']
)
def test_other_json_is_not_called_a_refusal(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(content)

    ran = verify(tmp_path, file)

    assert (ran.code, ran.members["code"]) == (2, "file_kind_unknown")
    assert "refusal" not in ran.members["message"]


def test_options_for_another_kind_of_file_are_refused(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    history = a_history(tmp_path, forger, stream, cosigned_by=())
    receipt = tmp_path / "receipt"
    receipt.write_bytes(make_receipt(forger.log(), 8))

    for file, option in ((history, ("--opening", receipt)), (receipt, ("--receipts", tmp_path))):
        ran = verify(tmp_path, file, *option)
        assert (ran.code, ran.members["code"]) == (2, "usage")


def a_log_folder(folder: Path, forger: Forger) -> Path:
    """The forger's log as files, with its documents."""
    store = FileTileStore(folder / "log")
    store.write_all(forger.tiles._files)
    store.write_checkpoint(forger.tiles.read_checkpoint())
    (folder / "log" / "documents").mkdir()
    return folder / "log"


def test_audit_writes_evidence_that_verify_and_evidence_judge(tmp_path: Path) -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    forger.seal(index_root_hash=lacking(forger, forger.size - 1))
    log, kept = a_log_folder(tmp_path, forger), tmp_path / "evidence"

    audited = run(
        *("audit", "--log", log, "--anchors", anchors(tmp_path)), "--evidence", kept, "--json"
    )

    assert audited.code == 1
    (file,) = [path for path in kept.iterdir() if path.name.startswith("omitted_entry-")]
    assert str(file) in audited.members["evidence"]
    for command in (("verify",), ("evidence", "verify")):
        ran = run(*command, file, "--anchors", anchors(tmp_path), "--json")
        assert (ran.code, ran.members["charge"]) == (0, "omitted_entry")
        assert "leaves out entry 9" in words(ran)


def test_evidence_is_made_from_pieces_and_only_if_it_convicts(tmp_path: Path) -> None:
    forger = a_forger()
    forger.a_dossier()
    forger.publish()
    last = tmp_path / "last"
    last.write_bytes(make_receipt(forger.log(), forger.size - 1))
    pieces = ("--to", tmp_path, "--anchors", anchors(tmp_path), "--json")

    made = run("evidence", "make", "unsealed", f"last={last}", *pieces)
    refused = run("evidence", "make", "seal_time", f"first={last}", f"second={last}", *pieces)
    typo = run("evidence", "make", "unsealed", "last", *pieces)

    assert made.code == 0
    assert verify(tmp_path, Path(made.members["file"])).members["charge"] == "unsealed"
    assert (refused.code, typo.code) == (1, 2)


def test_holder_of_an_old_checkpoint_makes_evidence_of_a_seal_from_the_future(
    tmp_path: Path,
) -> None:
    """The operator had it cosigned early, and shows it with newer cosignatures now."""
    forger = a_forger()
    forger.clock.pass_time(hours=3)
    forger.seal()
    note = forger.written.signed_checkpoint().note
    seen_at = int(forger.sealed_at.timestamp()) - 7200
    text = parse_note(note).text
    lines = [cosign(text, witness, seen_at) for witness in WITNESSES[:2]]
    kept, policy = tmp_path / "kept.checkpoint", a_policy(tmp_path, auditors=False)
    kept.write_bytes(add_signature_lines(note, lines))
    forger.a_dossier()
    forger.seal()
    log = a_log_folder(tmp_path, forger)
    options = ("--to", tmp_path, "--anchors", anchors(tmp_path), "--json")
    command = ("evidence", "make", "seal_time", f"checkpoint={kept}", *options)

    made = run(*command, "--log", log, "--policy", policy)
    without_policy = run(*command, "--log", log)
    without_log = run(*command, "--policy", policy)

    assert (made.code, made.members["charge"]) == (0, "seal_time")
    judged = verify(tmp_path, Path(made.members["file"]), "--policy", policy)
    assert (judged.code, judged.members["charge"]) == (0, "seal_time")
    assert without_policy.members["code"] == "evidence_needs_policy"
    assert without_log.members["code"] == "malformed_evidence"


def test_forked_log_leaves_evidence_of_it(tmp_path: Path, lived: Lived) -> None:
    forger, stream = lived
    file = a_history(tmp_path, forger, stream, cosigned_by=())
    other = a_forger()
    other.a_dossier()
    other.seal()
    other.a_dossier("dossier.accepted")
    other.seal()
    log, kept = a_log_folder(tmp_path, other), tmp_path / "evidence"

    ran = verify(tmp_path, file, "--log", log, "--evidence", kept)

    assert (ran.code, ran.members["code"]) == (1, "log_misbehaviour")
    (fork,) = kept.iterdir()
    assert verify(tmp_path, fork).members["charge"] == "fork"
