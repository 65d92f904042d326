"""`tallies publish` and `tallies check`, on a data folder with a vault; and a rater's own proof."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from api.resources.receipts import ReceiptMaker
from api.settings import settings_of_process
from cli.commands.processes import publish_tallies
from cli.sessions import Session, open_session
from domain.dossiers import Channel
from domain.facts import (
    DossierSubmitted,
    DossierSubmittedDetails,
    Grant,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.kinds import KINDS
from domain.roles import Role
from ledger.drafting import FIRST_PLACE, next_place
from ledger.intake import Answer
from tests.support.builders import LEAST_FACTS
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import a_signing_key
from tests.support.oversight.needs import completed_details
from tests.unit.cli.running import a_ledger, run
from transparency.encoding import encode_base64
from transparency.notes import render_vkey


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = a_ledger(tmp_path)
    monkeypatch.setenv("DOSSIER_LEDGER_CLOCK", "simulated")
    _set_clock(made, datetime.now(UTC))
    return made


def _set_clock(data: Path, instant: datetime) -> None:
    bootstrap.SimulatedClock(DataFolder(data).clock).set(instant)


def _end_month(data: Path) -> None:
    now = bootstrap.SimulatedClock(DataFolder(data).clock)()
    _set_clock(data, (now.replace(day=1) + timedelta(days=32)).replace(day=2))


async def _rate(data: Path, count: int) -> list[Answer]:
    async with open_session(data) as session:
        officer = a_signing_key("officer")
        grants = [Grant(Role.RECEIVER, "SAMPLE")]
        await session.submit(
            session.drafter.register_key(
                session.root(), officer, grants, session.now(), the_holder_of(officer)
            )
        )
        return [await _rate_one(session, number) for number in range(count)]


async def _rate_one(session: Session, number: int) -> Answer:
    applicant, officer = a_signing_key("applicant", number), a_signing_key("officer")
    stream, sign, now = f"dossier:{number:032x}", session.drafter.sign, session.now()
    vkey = render_vkey(applicant.verification_key)
    facts = DossierSubmitted(procedure="SAMPLE-1", channel=Channel.ONLINE, applicant_key=vkey)
    secret = completed_details(
        KINDS["dossier.submitted"], facts, DossierSubmittedDetails(secret=encode_base64(bytes(32)))
    )
    signed = [(Role.APPLICANT, applicant)]
    await session.submit(
        sign("dossier.submitted", stream, FIRST_PLACE, now, facts, signed, office="SAMPLE",
             details=secret)
    )  # fmt: skip
    await session.submit(
        sign("dossier.accepted", stream, next_place(session.reader, stream), now,
             LEAST_FACTS["dossier.accepted"], [(Role.RECEIVER, officer)], office="SAMPLE")
    )  # fmt: skip
    rating = SatisfactionRated(dossier=stream, stage=RatingStage.RECEIPT)
    marks = SatisfactionRatedDetails(overall=1 + number % 5)
    (answer,) = await session.intake.submit(
        [sign("rating.satisfaction_rated", f"rating:{number:032x}", FIRST_PLACE, now, rating,
              signed, details=marks)], 0.0,
    )  # fmt: skip
    assert answer.code == ""
    return answer


def _receipt(data: Path, stream: str) -> Path:
    settings = settings_of_process({"data": data})
    anchors = bootstrap.operator_keys(settings).anchors
    tiles = bootstrap.tile_store(settings)
    maker = ReceiptMaker(bootstrap.ledger_reader(settings), tiles, anchors.log)
    path = data.parent / "rating.receipt"
    path.write_bytes(maker.receipt_of(stream, 1))
    return path


def test_month_is_published_once_checked_and_opened_by_a_rater(data: Path) -> None:
    answers = asyncio.run(_rate(data, 20))
    assert run("tallies", "publish", "--data", data, "--json").members == {"published": False}
    _end_month(data)

    published = run("tallies", "publish", "--data", data, "--json").members
    again = run("tallies", "publish", "--data", data, "--json").members

    assert (published["envelopes"], published["counted"], published["withheld"]) == (20, 10, 10)
    assert again == {"published": False}
    assert run("tallies", "check", "--data", data, "--json").members["ok"]
    assert run("audit", "--data", data, "--json").members["ok"]
    recomputed = run("recompute", "--data", data, "--json").members
    assert (recomputed["ok"], recomputed["envelopes"], recomputed["ratings_counted"]) == (
        True, 20, 10,
    )  # fmt: skip

    opening = data.parent / "rating.opening"
    opening.write_bytes(answers[3].opening)
    receipt = _receipt(data, answers[3].stream)
    shown = run("verify", receipt, "--opening", opening, "--data", data, "--json")
    assert any("rating.satisfaction_rated" in line for line in shown.members["proved"])

    opening.write_bytes(answers[4].opening)
    other = run("verify", receipt, "--opening", opening, "--data", data, "--json")
    assert (other.code, other.members["code"]) == (1, "opening_mismatch")


def test_process_of_the_writer_publishes_the_month_by_itself(data: Path) -> None:
    asyncio.run(_rate(data, 2))
    month = bootstrap.SimulatedClock(DataFolder(data).clock)().strftime("%Y-%m")
    _end_month(data)

    assert asyncio.run(_publishes(data, f"tally:{month}"))
    assert run("tallies", "check", "--data", data, "--json").members["ok"]


async def _publishes(data: Path, stream: str) -> bool:
    async with open_session(data) as session:
        publishing = asyncio.create_task(publish_tallies(session))
        for _ in range(100):
            await asyncio.sleep(0.05)
            if session.reader.find(stream, 1) is not None:
                break
        publishing.cancel()
        return session.reader.find(stream, 1) is not None
