from pathlib import Path

import pytest

from api.settings import load_settings
from cli.demo.cheat import rebuild, reset_overdue
from cli.demo.server import is_demo, make_fresh
from cli.output import UsageProblem


def test_fresh_folder_is_labelled_and_has_a_simulated_clock(tmp_path: Path) -> None:
    data = tmp_path / "demo-data"

    make_fresh(data)

    settings = load_settings({}, {"data": data})
    assert (settings.demo, settings.clock) == (True, "simulated")
    assert (data / "clock").read_text(encoding="ascii") == "2026-03-02T00:00:00.000Z\n"


def test_folder_of_an_older_demo_is_replaced(tmp_path: Path) -> None:
    data = tmp_path / "demo-data"
    make_fresh(data)
    (data / "log").mkdir()
    (data / "log" / "checkpoint").write_text("old", encoding="ascii")

    make_fresh(data)

    assert not (data / "log").exists()
    assert is_demo(data)


@pytest.mark.parametrize(
    "settings", [None, "demo = false\n", 'demo = "true"\n', "not toml"], ids=str
)
def test_folder_that_is_no_demos_is_left_alone(tmp_path: Path, settings: str | None) -> None:
    (tmp_path / "precious").write_text("mine", encoding="ascii")
    if settings is not None:
        (tmp_path / "ledger.toml").write_text(settings, encoding="ascii")

    with pytest.raises(UsageProblem, match="not a demo's"):
        make_fresh(tmp_path)

    assert (tmp_path / "precious").read_text(encoding="ascii") == "mine"


def test_cheat_touches_no_folder_but_a_demos(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="not a demo's"):
        reset_overdue(tmp_path)
    with pytest.raises(UsageProblem, match="not a demo's"):
        rebuild(tmp_path)

    assert list(tmp_path.iterdir()) == []
