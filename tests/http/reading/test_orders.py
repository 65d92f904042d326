"""``orders``: issued by somebody else than the reader; ended by entries, closed or lapsed."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from cli.commands.processes import lapse_daily
from cli.sessions import open_session
from domain.facts import Grant
from domain.facts.integrity import (
    AccessLogged,
    AccessLoggedDetails,
    AccessOpened,
    AccessOpenedDetails,
    AccessPurpose,
    OrderEnd,
)
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.drafting import FIRST_PLACE, place_after
from ledger.key_files import save_private_key
from ledger.remembering.reads import Reads
from projections.access import logged_reads
from tests.http.reading.people import ORDER, ORDER_STREAM, ORDER_UNTIL, Case, a_case
from tests.http.world import OTHER_OFFICE
from tests.support.builders import OFFICE
from tests.unit.cli.running import run
from transparency.notes import SigningKey

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

    # The order where it was issued, and the reads under it.
    assert [ran.members["streams"] for ran in (early, lapsed, again)] == [0, 2, 0]
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


async def read_under_order(
    data: Path, case: Case, stream: str, *, order: str = ORDER, order_stream: str = ORDER_STREAM
) -> None:
    """Record one more read under an order, on another access stream.

    As if it were another dossier's: the rule that a read stands where it belongs is put aside.
    """
    details = AccessLoggedDetails(
        dossier=case.dossier.stream,
        purpose=AccessPurpose.INSPECTION,
        fields=("persons",),
        order=order,
        order_until=ORDER_UNTIL,
        order_stream=order_stream,
    )
    signers = ((Role.INSPECTOR, case.keys[Reader.INSPECTOR]),)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reads, "check", lambda *_: None)
        await _record(data, stream, details, signers)


async def _record(
    data: Path,
    stream: str,
    details: AccessLoggedDetails,
    signers: tuple[tuple[Role, SigningKey], ...],
) -> None:
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


@pytest.mark.parametrize(("order", "streams"), [(ORDER, 2), ("99/QĐ-TTr", 0)])
def test_inspector_closes_an_order_by_its_number(
    tmp_path: Path, left: tuple[Case, str], order: str, streams: int
) -> None:
    key = tmp_path / "inspector.key"

    ran = run("orders", "close", order, "--key", key, "--data", tmp_path / FOLDER, "--json")

    assert ran.members == {"order": order, "streams": streams}
    assert seals(left) == [not streams]


ENTRIES = ("dossier.submitted", "persons")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path) as made:
        yield made


def refusal_of(case: Case, **changes: Any) -> str:
    result = case.read(Reader.INSPECTOR_UNDER_ORDER, *ENTRIES, **changes)
    assert result.status_code == 422, result.text
    assert "acts" not in result.json
    return str(result.json["code"])


def test_order_that_the_inspector_made_up_opens_no_names(case: Case) -> None:
    assert refusal_of(case, order="99/QĐ-TTr") == "order_not_in_force"
    assert refusal_of(case, order_stream="access:" + "0e" * 32) == "order_not_in_force"
    assert case.read(Reader.INSPECTOR_UNDER_ORDER, *ENTRIES).status_code == 200


def test_order_for_another_reader_or_office_opens_no_names(case: Case) -> None:
    issuer = case.world.keys["orders"]
    for number, changes in enumerate(
        ({"readers": (case.world.enrol("away", Grant(Role.INSPECTOR, "*")).name,)},
         {"offices": (OTHER_OFFICE,)})
    ):  # fmt: skip
        stream = f"access:{number:064x}"
        case.world.record(case.issue_order(stream, issuer, **changes))

        assert refusal_of(case, order_stream=stream) == "order_not_in_force"


def test_inspector_issues_no_order_for_themselves(case: Case) -> None:
    own = case.issue_order("access:" + "0f" * 32, case.keys[Reader.INSPECTOR])

    result = case.world.post(own)

    assert (result.status_code, result.json["code"]) == (422, "signers_not_independent")


def test_order_that_was_closed_opens_no_names_any_more(case: Case) -> None:
    issued = case.world.parts.reader.stream_events(ORDER_STREAM)
    case.world.record(
        case.world.drafter.sign(
            "access.opened", ORDER_STREAM, place_after(FIRST_PLACE, issued[-1].note),
            case.world.now, AccessOpened(), ((Role.INSPECTOR, case.keys[Reader.INSPECTOR]),),
            details=AccessOpenedDetails(order=ORDER, end=OrderEnd.CLOSED),
        )
    )  # fmt: skip

    assert refusal_of(case) == "order_not_in_force"


def test_order_is_issued_by_a_command_and_known_after_a_restart(
    tmp_path: Path, left: tuple[Case, str]
) -> None:
    case, key = left[0], tmp_path / "orders.key"
    save_private_key(key, case.world.keys["orders"])
    options = ("--office", OFFICE, "--until", "2026-12-31", "--data", tmp_path / FOLDER, "--json")
    reader = case.keys[Reader.INSPECTOR].name

    ran = run("orders", "issue", "13/QĐ", "--key", key, "--reader", reader, *options)
    own = run(
        "orders", "issue", "14/QĐ", "--key", tmp_path / "inspector.key", "--reader", reader,
        *options,
    )  # fmt: skip

    assert (ran.code, own.code) == (0, 4)
    asyncio.run(
        read_under_order(
            tmp_path / FOLDER, case, f"access:{8:064x}", order="13/QĐ",
            order_stream=ran.members["stream"],
        )
    )  # fmt: skip
