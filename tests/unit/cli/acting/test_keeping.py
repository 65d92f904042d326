"""`act` on what is published later, or not to everybody: what is kept of it, and how it ends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.sessions import Session, open_session, project
from domain.facts import Grant
from domain.procedures import Limit, LimitUnit
from domain.procedures.profiles import Sensitivity
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Publishing
from ledger.writing.envelopes import parse_opening
from tests.support.builders import a_procedure
from tests.support.ledger_builders import a_signing_key
from tests.unit.cli.running import SLIP, Ran, a_key, a_ledger, run, submission

VEILED = "V-1"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = a_ledger(tmp_path)
    asyncio.run(_publish_veiled_procedure(made))
    return made


async def _publish_veiled_procedure(data: Path) -> None:
    async with open_session(data) as session:
        await session.submit(*_veiled_procedure(session))
        await project(session)


def _veiled_procedure(session: Session) -> Iterator[SubmittedAction]:
    catalogue, now = a_signing_key("catalogue"), session.now()
    procedure = a_procedure(
        code=VEILED, sensitivity=Sensitivity.CIVIL_STATUS, limit=Limit(unit=LimitUnit.UNKNOWN)
    )
    publishing = Publishing(canonical_json(procedure), "SAMPLE", FIRST_PLACE, now)
    grants = [Grant(Role.CATALOGUE_ADMIN, "*")]
    yield session.drafter.register_key(session.root(), catalogue, grants, now)
    yield session.drafter.publish_procedure(catalogue, VEILED, 1, publishing)


def _veiled_submission(folder: Path, data: Path, *more: str | Path) -> Ran:
    key = a_key(folder)
    return run(
        *("act", "dossier.submitted", "--stream", "new", "--office", "SAMPLE", "--details", SLIP),
        *("--facts", f'{{"channel":"online","procedure":"{VEILED}"}}'),
        *("--sign", f"applicant={key}", "--data", data, *more),
    )


def test_veiled_act_with_a_receipt_wanted_ends_well_and_keeps_promise_and_opening(
    tmp_path: Path, data: Path
) -> None:
    receipt = tmp_path / "dossier.receipt"

    done = _veiled_submission(tmp_path, data, "--receipt", receipt, "--json")

    assert done.code == 0
    assert not receipt.exists()
    opening, promise = (tmp_path / f"dossier.receipt.{name}" for name in ("opening", "promise"))
    assert opening.read_text() == done.members["opening"]
    assert promise.read_text() == done.members["promise"]
    _salt, note = parse_opening(opening.read_bytes())
    assert b'"action":"dossier.submitted"' in note
    assert done.members["published_as"] == "SAMPLE step"
    assert done.members["opening_file"] == str(opening)


def test_veiled_act_says_that_it_waits_until_when_and_how_its_receipt_is_had(
    tmp_path: Path, data: Path
) -> None:
    done = _veiled_submission(tmp_path, data, "--receipt", tmp_path / "r")

    assert "not published yet" not in done.said
    assert "as a veil that says 'SAMPLE step', by 20" in done.said
    assert "/versions/1/receipt with the slip's secret" in done.said
    assert "opening_file: " in done.out


def test_opening_is_kept_where_it_was_asked_for_and_said_where_no_file_takes_it(
    tmp_path: Path, data: Path
) -> None:
    kept = _veiled_submission(tmp_path / "a", data, "--opening", tmp_path / "mine.opening")
    said = _veiled_submission(tmp_path / "b", data)

    assert (tmp_path / "mine.opening").read_bytes().startswith(b"dossier-ledger/opening@v1\n")
    assert "dossier-ledger/opening@v1" not in kept.out
    assert "opening: \ndossier-ledger/opening@v1\n" in said.out


def test_open_act_leaves_no_files_beside_its_receipt_and_gives_its_promise_with_json(
    tmp_path: Path, data: Path
) -> None:
    key = a_key(tmp_path)

    done = run(*submission(key, "--data", data, "--receipt", tmp_path / "r", "--json"))

    assert done.code == 0
    assert sorted(path.name for path in tmp_path.glob("r*")) == ["r"]
    assert done.members["promise"].startswith("dossier-ledger/promise@v1\n")
    assert "opening" not in done.members


def test_rating_keeps_its_opening_and_a_second_one_is_told_that_it_was_rated(
    tmp_path: Path, data: Path
) -> None:
    key = a_key(tmp_path)
    dossier = run(*submission(key, "--data", data, "--json")).members["stream"]
    _accept(tmp_path, data, dossier)

    def rate(*more: str | Path) -> Ran:
        return run(
            *("act", "rating.satisfaction_rated", "--stream", "new", "--office", "SAMPLE"),
            *("--facts", f'{{"dossier":"{dossier}","stage":"receipt"}}', "--sign"),
            *(f"applicant={key}", "--details", '{"overall":4}', "--data", data, *more),
        )

    done = rate("--opening", tmp_path / "rating.opening")
    again = rate()

    assert done.code == 0, done.out
    assert "as an envelope, by 20" in done.said
    assert (tmp_path / "rating.opening").exists()
    assert (tmp_path / "rating.opening.promise").exists()
    assert again.code == 4
    assert "receipt: rated already (This stage was rated already" in again.said


def _accept(folder: Path, data: Path, dossier: str) -> None:
    officer = a_key(folder, "officer")
    enrolled = run(
        *("keys", "enroll", officer, "receiver@SAMPLE", "--personnel-number", "CB-1"),
        *("--data", data),
    )
    assert enrolled.code == 0, enrolled.said
    accepted = run(
        *("act", "dossier.accepted", "--stream", dossier, "--office", "SAMPLE"),
        *("--sign", f"receiver={officer}", "--data", data),
    )
    assert accepted.code == 0, accepted.said


def test_key_of_a_dossier_that_files_a_petition_is_warned_of(tmp_path: Path, data: Path) -> None:
    key = a_key(tmp_path)
    dossier = run(*submission(key, "--data", data, "--json")).members["stream"]

    filed = _petition(data, key)
    again = _petition(data, key)

    assert dossier in filed.said
    assert "both are one person's" in filed.said
    assert filed.members["stream"] in again.said


def _petition(data: Path, key: Path) -> Ran:
    return run(
        *("act", "petition.feedback_filed", "--stream", "new", "--office", "SAMPLE", "--json"),
        *("--details", '{"text":"Chậm"}', "--sign", f"applicant={key}", "--data", data),
    )


def test_replaced_slip_gets_a_secret_as_a_submission_does(tmp_path: Path, data: Path) -> None:
    key = a_key(tmp_path)
    first = run(*submission(key, "--data", data, "--json")).members

    replaced = run(
        *("act", "dossier.slip_secret_replaced", "--stream", first["stream"], "--json"),
        *("--office", "SAMPLE", "--details", '{"reason_code":"lost"}'),
        *("--sign", f"applicant={key}", "--data", data),
    )

    assert replaced.code == 0, replaced.out
    assert len(replaced.members["secret"]) == 44
    assert replaced.members["secret"] != first["secret"]
