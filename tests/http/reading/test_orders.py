"""``orders``: an inspection order ends by entries, closed by its inspector or lapsed by the day."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from domain.reading.rights import Reader
from ledger.key_files import save_private_key
from projections.access import logged_reads
from tests.http.reading.people import ORDER, Case, a_case
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


@pytest.mark.parametrize(("order", "streams"), [(ORDER, 1), ("99/QĐ-TTr", 0)])
def test_inspector_closes_an_order_by_its_number(
    tmp_path: Path, left: tuple[Case, str], order: str, streams: int
) -> None:
    key = tmp_path / "inspector.key"

    ran = run("orders", "close", order, "--key", key, "--data", tmp_path / FOLDER, "--json")

    assert ran.members == {"order": order, "streams": streams}
    assert seals(left) == [not streams]
