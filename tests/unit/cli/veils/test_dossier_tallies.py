"""`tallies`, `recompute`, `audit` and `profiles check` on a data folder with veiled dossiers."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from cli.sessions import Session, open_session
from domain.dossiers import Channel
from domain.facts import DossierSubmitted, DossierSubmittedDetails, Grant
from domain.kinds import KINDS
from domain.procedures import Limit, LimitUnit
from domain.procedures.profiles import Sensitivity
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Publishing, next_place
from tests.support.builders import LEAST_FACTS, a_procedure
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import a_signing_key
from tests.support.oversight.needs import completed_details
from tests.unit.cli.running import a_ledger, run
from transparency.encoding import encode_base64
from transparency.notes import render_vkey

CODE = "V-1"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = a_ledger(tmp_path)
    monkeypatch.setenv("DOSSIER_LEDGER_CLOCK", "simulated")
    _set_clock(made, datetime.now(UTC))
    return made


def _set_clock(data: Path, instant: datetime) -> None:
    bootstrap.SimulatedClock(DataFolder(data).clock).set(instant)


def _now(data: Path) -> datetime:
    return bootstrap.SimulatedClock(DataFolder(data).clock)()


def _end_month(data: Path) -> str:
    now = _now(data)
    _set_clock(data, (now.replace(day=1) + timedelta(days=32)).replace(day=2))
    return now.strftime("%Y-%m")


async def _accept(data: Path, count: int, first: int = 0) -> None:
    async with open_session(data) as session:
        if first == 0:
            await _open_registry(session)
        for number in range(first, first + count):
            await _accept_one(session, number)


async def _open_registry(session: Session) -> None:
    officer, catalogue = a_signing_key("officer"), a_signing_key("catalogue")
    receiver, admin = [Grant(Role.RECEIVER, "SAMPLE")], [Grant(Role.CATALOGUE_ADMIN, "*")]
    procedure = a_procedure(
        code=CODE, sensitivity=Sensitivity.CIVIL_STATUS, limit=Limit(unit=LimitUnit.UNKNOWN)
    )
    sign, root, now = session.drafter, session.root(), session.now()
    publishing = Publishing(canonical_json(procedure), "SAMPLE", FIRST_PLACE, now)
    for action in (
        sign.register_key(root, officer, receiver, now, the_holder_of(officer)),
        sign.register_key(root, catalogue, admin, now),
        sign.publish_procedure(catalogue, CODE, 1, publishing),
    ):
        await session.submit(action)


async def _accept_one(session: Session, number: int) -> None:
    applicant, officer = a_signing_key("applicant", number), a_signing_key("officer")
    stream, sign, now = f"dossier:{number:032x}", session.drafter.sign, session.now()
    vkey = render_vkey(applicant.verification_key)
    facts = DossierSubmitted(procedure=CODE, channel=Channel.ONLINE, applicant_key=vkey)
    slip = DossierSubmittedDetails(secret=encode_base64(number.to_bytes(32, "big")))
    secret = completed_details(KINDS["dossier.submitted"], facts, slip)
    await _submit(
        session,
        sign("dossier.submitted", stream, FIRST_PLACE, now, facts, [(Role.APPLICANT, applicant)],
             office="SAMPLE", details=secret),
    )  # fmt: skip
    await _submit(
        session,
        sign("dossier.accepted", stream, next_place(session.reader, stream), now,
             LEAST_FACTS["dossier.accepted"], [(Role.RECEIVER, officer)], office="SAMPLE"),
    )  # fmt: skip


async def _submit(session: Session, action: SubmittedAction) -> None:
    (answer,) = await session.intake.submit([action], 0.0)
    assert answer.code == ""


def test_month_of_veiled_dossiers_is_published_checked_recomputed_and_audited(data: Path) -> None:
    asyncio.run(_accept(data, 12))
    month = _end_month(data)

    published = run("tallies", "publish", "--data", data, "--json").members
    again = run("tallies", "publish", "--data", data, "--json").members

    (dossiers,) = published["dossiers"]
    assert (dossiers["veils"], dossiers["counted"]) == (24, 12)
    assert again == {"published": False}
    assert run("tallies", "check", "--data", data, "--json").members["ok"]
    audited = run("audit", "--data", data, "--json").members
    assert audited["ok"], audited["problems"]
    recomputed = run("recompute", "--data", data, "--json").members
    assert recomputed["ok"], recomputed
    assert [
        recomputed[name]
        for name in ("veils", "dossier_tallies", "veils_counted", "veils_uncounted")
    ] == [24, 1, 12, 0]
    assert month < _now(data).strftime("%Y-%m")


def test_published_counts_that_are_not_the_logs_are_found(data: Path) -> None:
    asyncio.run(_accept(data, 12))
    _end_month(data)
    run("tallies", "publish", "--data", data, "--json")
    with sqlite3.connect(DataFolder(data).views) as views:
        views.execute("UPDATE veil_counts SET veils = veils - 1 WHERE act = 'received'")
    views.close()

    recomputed = run("recompute", "--data", data, "--json")
    audited = run("audit", "--data", data, "--json")

    assert (recomputed.code, audited.code) == (1, 1)
    assert {(one["procedure"], one["field"]) for one in recomputed.members["shown"]} == {
        ("veiled", "received"),
        ("veiled", "pending"),
        ("veiled", "carried_over"),
    }
    assert {problem["code"] for problem in audited.members["problems"]} == {"view_differs"}


def test_crowd_below_ten_of_an_ended_month_is_a_finding(data: Path) -> None:
    asyncio.run(_accept(data, 4))
    month = _end_month(data)
    run("tallies", "publish", "--data", data, "--json")

    checked = run("profiles", "check", "--data", data, "--json")

    thin = [one for one in checked.members["findings"] if one["code"] == "veil_without_crowd"]
    assert checked.code == 1
    assert thin == [
        {"code": "veil_without_crowd", "crowd": crowd, "months": [{"acts": 4, "month": month}],
         "office": "SAMPLE"}
        for crowd in ("received", "step")
    ]  # fmt: skip
    assert "their veils wait long" in run("profiles", "check", "--data", data).out
