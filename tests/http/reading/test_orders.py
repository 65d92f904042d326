"""``orders``: an inspection order ends by entries, closed by its inspector or lapsed by the day."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from cli.commands.processes import lapse_daily
from cli.sessions import open_session
from domain.facts.integrity import AccessLogged, AccessLoggedDetails, AccessPurpose
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from ledger.key_files import save_private_key
from projections.access import logged_reads
from tests.http.reading.people import ORDER, ORDER_UNTIL, Case, a_case
from tests.unit.cli.running import run

FOLDER = "data"


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Case, str]:
    """Give a case whose server has stopped, and the access stream with a read under an order."""
    monkeypatch.setenv("DOSSIER_LEDGER_CLOCK", "simulated")
    with a_case(tmp_path) as case:
        result = case.read(Reader.INSPECTOR_UNDER_ORDER, "dossier.submitted", "persons")
        save_private_key(tmp_path / "inspector.key", case.keys[Reader.INSPECTOR])
    return case, result.json["stream"]


def seals(left: tuple[Case, str]) -> list[bool]:
    case, stream = left
    settings, origin = case.world.settings, case.world.operator.origin
    vault = bootstrap.vault(settings, case.world.operator)
    events = bootstrap.ledger_reader(settings).stream_events(stream)
    reads = logged_reads(events, origin, case.dossier.stream, vault.open)
    vault.close()
    return [not read.is_open for read in reads]


def set_clock(tmp_path: Path, instant: datetime) -> None:
    bootstrap.SimulatedClock(DataFolder(tmp_path / FOLDER).clock).set(instant)


def test_order_lapses_by_an_entry_after_its_last_day_and_once(
    tmp_path: Path, left: tuple[Case, str]
) -> None:
    data = tmp_path / FOLDER
    set_clock(tmp_path, datetime(2026, 12, 31, 23, tzinfo=UTC))
    early = run("orders", "lapse", "--data", data, "--json")
    sealed = seals(left)
    set_clock(tmp_path, datetime(2027, 1, 1, 1, tzinfo=UTC))

    lapsed = run("orders", "lapse", "--data", data, "--json")
    again = run("orders", "lapse", "--data", data, "--json")

    assert [ran.members["streams"] for ran in (early, lapsed, again)] == [0, 1, 0]
    assert (sealed, seals(left)) == ([True], [False])


def test_process_of_the_writer_lapses_orders_by_itself(
    tmp_path: Path, left: tuple[Case, str]
) -> None:
    set_clock(tmp_path, datetime(2027, 1, 1, 1, tzinfo=UTC))

    asyncio.run(lapses(tmp_path / FOLDER, left))

    assert seals(left) == [False]
    assert run("orders", "lapse", "--data", tmp_path / FOLDER, "--json").members["streams"] == 0


def test_stream_that_does_not_open_keeps_no_other_s_reads_sealed(
    tmp_path: Path, left: tuple[Case, str]
) -> None:
    other, data = f"access:{7:064x}", tmp_path / FOLDER
    asyncio.run(read_under_order(data, left[0], other))
    set_clock(tmp_path, datetime(2027, 1, 1, 1, tzinfo=UTC))
    with closing(sqlite3.connect(data / "vault.sqlite3")) as vault, vault:
        vault.execute("UPDATE details SET ciphertext = zeroblob(80) WHERE stream = ?", (left[1],))

    ran = run("orders", "lapse", "--data", data, "--json")

    reader = bootstrap.ledger_reader(left[0].world.settings)
    assert ran.code != 0
    assert [len(reader.stream_events(stream)) for stream in (left[1], other)] == [1, 2]


async def read_under_order(data: Path, case: Case, stream: str) -> None:
    """Record one more read under the order, on another access stream."""
    details = AccessLoggedDetails(
        dossier=case.dossier.stream,
        purpose=AccessPurpose.INSPECTION,
        fields=("persons",),
        order=ORDER,
        order_until=ORDER_UNTIL,
    )
    signers = ((Role.INSPECTOR, case.keys[Reader.INSPECTOR]),)
    async with open_session(data) as session:
        now = session.now()
        await session.submit(
            session.drafter.sign(
                "access.logged", stream, FIRST_PLACE, now, AccessLogged(), signers, details=details
            )
        )


async def lapses(data: Path, left: tuple[Case, str]) -> None:
    """Let the writer's duty run until the read is open."""
    async with open_session(data) as session:
        duty = asyncio.create_task(lapse_daily(session))
        for _ in range(100):
            await asyncio.sleep(0.05)
            if len(session.reader.stream_events(left[1])) > 1:
                break
        duty.cancel()


@pytest.mark.parametrize(("order", "streams"), [(ORDER, 1), ("99/QĐ-TTr", 0)])
def test_inspector_closes_an_order_by_its_number(
    tmp_path: Path, left: tuple[Case, str], order: str, streams: int
) -> None:
    key = tmp_path / "inspector.key"

    ran = run("orders", "close", order, "--key", key, "--data", tmp_path / FOLDER, "--json")

    assert ran.members == {"order": order, "streams": streams}
    assert seals(left) == [not streams]
