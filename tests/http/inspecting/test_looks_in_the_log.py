"""Looks enter the log: each is counted by an entry, and one that is dropped or put in is found."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from api.data_folder import DataFolder
from api.resources.inspecting.shapes import LookAnswer, LooksAnswer
from cli.commands.looks.command import check_proof
from cli.looking.committing import LooksDiffer, begin_anew, commit_looks
from cli.sessions import Session
from cli.vault_audit import read_looks
from domain.oversight.integrity import LOOKS_STREAM
from domain.reading.rights import Reader
from ledger.action_notes import open_text
from ledger.inspecting.looks import CommittedLooks
from ledger.inspecting.report import Check, VaultReport, Why
from tests.http.reading.people import Case, a_case
from tests.http.signing import signed_headers
from tests.support.builders import PROCEDURE
from transparency.errors import ProofInvalid


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path) as made:
        yield made


def ask(case: Case, path: str, reader: Reader) -> Any:
    headers = signed_headers(case.keys[reader], path, case.world.clock())
    address, _, query = path.partition("?")
    result = case.world.client.simulate_get(address, query_string=query, headers=headers)
    assert result.status_code == 200, result.text
    return result


def look_at_officer(case: Case, times: int = 1) -> None:
    officer = case.keys[Reader.OFFICER_WITH_TASK].name
    for _ in range(times):
        ask(case, f"/v1/trail?{urlencode({'officer': officer})}", Reader.INSPECTOR)


def looks(case: Case, reader: Reader = Reader.OFFICER_WITH_TASK) -> tuple[LookAnswer, ...]:
    return msgspec.json.decode(ask(case, "/v1/looks", reader).content, type=LooksAnswer).looks


def session_of(case: Case) -> Session:
    parts = case.world.parts
    return Session(
        parts.settings, case.world.operator, parts.reader, parts.intake, case.world.drafter,
        is_writer=False,
    )  # fmt: skip


def commit(case: Case) -> int:
    committed = asyncio.run(commit_looks(session_of(case)))
    case.world.settle()
    case.world.follow()
    return committed


def receipt(case: Case, look: LookAnswer) -> bytes:
    assert look.proof is not None
    return case.world.client.simulate_get(look.proof.receipt_url).content


def check(case: Case, look: LookAnswer, of: bytes | None = None) -> None:
    assert look.proof is not None
    check_proof(of or receipt(case, look), case.world.operator.anchors, look, look.proof)


def change_book(case: Case, statement: str, *values: object) -> None:
    path = DataFolder(case.world.parts.settings.data).looks
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def audited(case: Case) -> VaultReport:
    report, world = VaultReport(), case.world
    committed = CommittedLooks(report)
    for event in world.parts.reader.stream_events(LOOKS_STREAM):
        committed.take(event.entry_index, open_text(event.note, world.parts.origin).action)
    folder = DataFolder(world.parts.settings.data)
    committed.finish(lambda: read_looks(folder, world.parts.origin))
    return report


def codes(report: VaultReport) -> list[str]:
    return [problem.code for problem in report.problems]


def test_each_look_is_counted_by_an_entry_that_names_nobody(case: Case) -> None:
    look_at_officer(case, times=2)
    waiting = looks(case)
    committed = commit(case)
    counted = looks(case)

    assert committed == 2
    assert [look.proof for look in waiting] == [None, None]
    assert [look.look_index for look in counted] == [1, 0]
    for look in counted:
        check(case, look)
    (event,) = case.world.parts.reader.stream_events(LOOKS_STREAM)
    note = event.note.decode()
    assert case.keys[Reader.OFFICER_WITH_TASK].name not in note
    assert case.keys[Reader.INSPECTOR].name not in note
    assert audited(case).ok
    assert audited(case).remade[Check.LOOKS] == 2


def test_nothing_is_committed_to_twice_and_a_longer_book_keeps_the_earlier_proofs(
    case: Case,
) -> None:
    look_at_officer(case)
    numbers = [commit(case), commit(case)]
    (first,) = looks(case)
    kept = receipt(case, first)
    look_at_officer(case, times=3)
    numbers.append(commit(case))

    assert numbers == [1, 0, 3]
    assert looks(case)[-1] == first
    check(case, first, kept)
    assert audited(case).ok


def test_look_that_the_operator_drops_is_missed_by_inspectors_and_proven_by_whoever_kept_it(
    case: Case,
) -> None:
    look_at_officer(case, times=3)
    commit(case)
    dropped = looks(case)[1]
    kept = receipt(case, dropped)
    change_book(case, "DELETE FROM looks WHERE number = 2")
    # A clever one closes the gap, too.
    change_book(case, "UPDATE looks SET number = 2 WHERE number = 3")

    assert codes(audited(case)) == ["looks_differ"]
    with pytest.raises(LooksDiffer):
        asyncio.run(commit_looks(session_of(case)))
    # The server can prove nothing any more, and what was dropped still proves itself.
    assert [look.proof for look in looks(case)] == [None, None]
    check(case, dropped, kept)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE looks SET officer = 'officer-0000000000000000' WHERE number = 1",
        "UPDATE looks SET at = '2026-01-01T00:00:00Z' WHERE number = 1",
        "UPDATE looks SET salt = zeroblob(32) WHERE number = 1",
        "DELETE FROM looks",
    ],
)
def test_look_that_is_changed_or_lost_is_missed(case: Case, statement: str) -> None:
    look_at_officer(case)
    commit(case)
    change_book(case, statement)

    assert "looks_differ" in codes(audited(case))


def test_book_that_is_gone_is_missed_and_a_new_one_does_not_hide_that(case: Case) -> None:
    look_at_officer(case)
    commit(case)
    DataFolder(case.world.parts.settings.data).looks.unlink()
    with_none = codes(audited(case))
    look_at_officer(case, times=2)
    session = session_of(case)
    number = begin_anew(session)
    committed = commit(case)

    assert with_none == ["looks_differ"]
    assert (number, committed) == (2, 2)
    assert codes(audited(case)) == ["looks_differ"]
    for look in looks(case):
        check(case, look)


def test_look_that_the_operator_puts_in_is_not_signed(case: Case) -> None:
    look_at_officer(case)
    other = case.keys[Reader.OFFICER_ELSEWHERE].name
    change_book(
        case,
        "INSERT INTO looks (salt, at, inspector, officer, target, signature_input, signature) "
        "SELECT randomblob(32), at, inspector, ?, target || '&x=1', signature_input, signature "
        "FROM looks",
        other,
    )
    commit(case)

    assert codes(audited(case)) == ["look_forged"]


def test_look_that_waits_for_its_entry_is_counted_and_no_problem(case: Case) -> None:
    look_at_officer(case)
    commit(case)
    look_at_officer(case)
    report = audited(case)

    assert report.ok
    assert report.not_remade[Check.LOOKS, Why.NOT_COMMITTED] == 1


def test_proof_of_another_look_or_under_another_entry_proves_nothing(case: Case) -> None:
    look_at_officer(case, times=2)
    commit(case)
    second, first = looks(case)
    assert second.proof is not None
    forged = msgspec.structs.replace(second, inspector=case.keys[Reader.OFFICER_ELSEWHERE].name)
    swapped = msgspec.structs.replace(first, record=second.record)
    registered = case.world.client.simulate_get("/v1/entries/0/receipt").content

    for look in (forged, swapped):
        with pytest.raises(ProofInvalid):
            check(case, look)
    with pytest.raises(ProofInvalid):
        check(case, second, registered)


def test_head_of_an_office_whose_acts_were_shown_sees_a_look_at_a_procedure(case: Case) -> None:
    ask(case, f"/v1/trail?procedure={PROCEDURE}", Reader.INSPECTOR)

    (look,) = looks(case, Reader.HEAD_OF_OFFICE)

    assert look.procedure == PROCEDURE
    assert looks(case, Reader.OFFICER_WITH_TASK) == ()
