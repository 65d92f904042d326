"""Evidence judged by an older program: what it does not know convicts nobody."""

from typing import Any

import pytest

from ledger.action_notes import open_text
from ledger.bodies import ACTION_TYPE_LINE, canonical_json
from ledger.evidence.charges import BROKEN_STREAM, FOREIGN_ENTRY, NO_RIGHT
from ledger.evidence.judging import JudgedBy, founded_at, judge
from ledger.histories import building
from ledger.writing.public_log import index_key
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import ORIGIN, START
from tests.unit.ledger.evidence.test_judging import ANCHORS, found_in, made_of
from tests.unit.ledger.histories.test_verifying import history
from transparency.errors import EvidenceInconclusive
from transparency.evidence.files import Evidence
from transparency.evidence.seals import WRONG_INDEX_ROOT, make_receipt
from transparency.histories.bundles import render_history
from transparency.notes import parse_note, render_note


def of_a_newer_program(
    forger: Forger, stream: str, kind: str = "dossier.accepted", **facts: Any
) -> bytes:
    """An act that is right in form and ledger, of a kind or with facts that nobody knows here."""
    officer = forger.desk.officer
    version, previous = forger.place(stream).version, forger.place(stream).previous
    members = {
        "action": kind,
        "at": "2026-03-02T01:00:30Z",
        "facts": facts,
        "ledger": ORIGIN,
        "office": "H27",
        "signers": [{"as": "receiver", "key": officer.name}],
        "stream": stream,
        "version": version,
    } | ({} if previous is None else {"previous": previous})
    text = ACTION_TYPE_LINE + canonical_json(members) + b"\n"
    return render_note(text, [officer.sign(text)])


NEWER = [("dossier.teleported", {}), ("dossier.accepted", {"mood": "good"})]


@pytest.mark.parametrize(("kind", "facts"), NEWER, ids=["kind", "schema"])
def test_entry_that_only_a_newer_program_knows_convicts_nobody(
    kind: str, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suspected by a hostile reader: an older judge convicted an honest operator of it."""
    forger = a_forger()
    stream = forger.a_dossier()
    at = forger.size
    stand_in = forger.act("dossier.accepted", stream).note
    entry = of_a_newer_program(forger, stream, kind, **facts)
    forger.add(entry)
    # The newer program, which recorded it, has it in its index.
    forger.index.append(index_key(stream), at)
    forger.seal()
    by = JudgedBy(ANCHORS, log=forger.log())

    assert {problem.code for problem in forger.audit().problems} & {
        "unknown_kind",
        "schema_mismatch",
    }
    assert made_of(forger) == []
    receipt = make_receipt(forger.log(), at)
    seal = make_receipt(forger.log(), at + 1)
    monkeypatch.setattr(
        building, "open_text", lambda note, of: open_text(stand_in if note == entry else note, of)
    )
    history_with_it = render_history(history(forger, stream))
    for evidence in (
        Evidence(FOREIGN_ENTRY, {"entry": receipt}),
        Evidence(BROKEN_STREAM, {"history": history_with_it}),
        Evidence(NO_RIGHT, {"history": history_with_it}),
        Evidence(WRONG_INDEX_ROOT, {"seal": seal}),
    ):
        with pytest.raises(EvidenceInconclusive):
            judge(evidence, by)


def test_index_that_is_wrong_with_and_without_what_is_not_known_convicts() -> None:
    forger = a_forger()
    forger.add(of_a_newer_program(forger, forger.a_dossier(), "dossier.teleported"))
    forger.seal(index_root_hash=bytes(32))

    assert {found.kind for found in found_in(forger)} == {WRONG_INDEX_ROOT}


def test_entry_that_others_signed_than_it_names_is_foreign() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    note = forger.act("dossier.accepted", stream).note
    text = parse_note(note).text
    forger.add(render_note(text, [forger.desk.catalogue.sign(text)]))
    forger.seal()
    evidence = Evidence(FOREIGN_ENTRY, {"entry": make_receipt(forger.log(), forger.size - 2)})

    found = judge(evidence, JudgedBy(ANCHORS))

    assert found.particulars["reason"] == "signature_lines_mismatch"


def test_ledger_is_founded_when_its_first_entry_says() -> None:
    forger = a_forger()
    entries = forger.written.entries

    assert founded_at(entries[0], ORIGIN) == START
    assert founded_at(entries[0], "another.example") is None
    assert founded_at(entries[1], ORIGIN) is None
    assert founded_at(entries[-1], ORIGIN) is None
