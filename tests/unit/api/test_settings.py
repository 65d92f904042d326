"""Settings: the file, the environment above it, and nothing misspelt."""

from pathlib import Path

import msgspec
import pytest

from api.settings import Settings, SettingsInvalid, load_settings, render_environment


def test_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "ledger.toml").write_text("port = 9000\nworkers = 2\n", encoding="utf-8")

    settings = load_settings(
        {"DOSSIER_LEDGER_DATA": str(tmp_path), "DOSSIER_LEDGER_PORT": "9001", "HOME": "/"}
    )

    assert settings.port == 9001
    assert settings.workers == 2
    assert settings.data == tmp_path


def test_command_line_goes_before_the_environment(tmp_path: Path) -> None:
    settings = load_settings(
        {"DOSSIER_LEDGER_DATA": "elsewhere", "DOSSIER_LEDGER_DEMO": "true"},
        {"data": tmp_path, "port": 0},
    )

    assert settings.data == tmp_path
    assert settings.port == 0
    assert settings.demo


@pytest.mark.parametrize(
    "environment",
    [
        {"DOSSIER_LEDGER_PROT": "8000"},
        {"DOSSIER_LEDGER_PORT": "many"},
        {"DOSSIER_LEDGER_PORT": "70000"},
        {"DOSSIER_LEDGER_CLOCK": "sundial"},
        {"DOSSIER_LEDGER_PUBLIC_ADDRESS": "https://example.org/path"},
    ],
)
def test_unknown_or_impossible_variable_is_an_error(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid):
        load_settings(environment)


@pytest.mark.parametrize("text", ["prot = 1\n", "port = 'x'\n", "port = \n", "data = 'other'\n"])
def test_unknown_or_impossible_member_of_the_file_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger.toml").write_text(text, encoding="utf-8")

    with pytest.raises(SettingsInvalid):
        load_settings({"DOSSIER_LEDGER_DATA": str(tmp_path)})


def test_rendered_environment_gives_the_same_settings_again(tmp_path: Path) -> None:
    settings = load_settings(
        {},
        {
            "data": tmp_path,
            "port": 8123,
            "demo": True,
            "clock": "simulated",
            "public_address": "https://ledger.example",
        },
    )

    assert load_settings(render_environment(settings)) == settings


def test_every_setting_has_a_default() -> None:
    assert load_settings({}) == Settings()
    assert set(msgspec.structs.asdict(Settings())) == set(Settings.__struct_fields__)
