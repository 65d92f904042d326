"""The settings of one installation, read once from ``DATA/ledger.toml`` and the environment.

A variable ``DOSSIER_LEDGER_<NAME>`` overrides the member ``<name>`` of the file. Unknown members
and unknown variables are errors: a misspelt setting never passes for one that is in force.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

import msgspec

VARIABLE_PREFIX: Final = "DOSSIER_LEDGER_"
SETTINGS_FILE: Final = "ledger.toml"
DEFAULT_DATA: Final = "data"
DEFAULT_BODY_SECONDS: Final = 30.0

LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsInvalid(Exception):
    """A setting is unknown or has a value that it cannot have: mend the file or the variable."""

    code: ClassVar[str] = "settings_invalid"


class WitnessRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[witnesses]``: who cosigns checkpoints, and how long is waited for them."""

    policy: str
    """The file with the tlog-policy; its place is told from the data folder."""

    fail_open: bool = False
    """Whether checkpoints are published, and receipts given, without the policy's quorum."""

    request_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0
    """How long a witness may take for one answer."""

    attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    """After how many rounds ``fail_open`` publishes without a quorum."""

    retry_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 0.5
    """How long the first pause between two rounds is; each is twice as long as the last."""

    refresh_seconds: Annotated[float, msgspec.Meta(ge=0, le=24 * 3600)] = 600.0
    """How often cosignatures are renewed while nothing is new; 0: never."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that may differ between two installations of the same program."""

    data: Path = Path(DEFAULT_DATA)
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8000
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    public_address: Annotated[str, msgspec.Meta(pattern="^https?://[^/?#]+$")] | None = None
    """Scheme and authority under which clients know this server, where a proxy stands before it."""

    clock: Literal["system", "simulated"] = "system"
    demo: bool = False
    """Whether every page says that its data are invented."""

    log_level: LogLevel = "info"
    publication_wait_seconds: Annotated[float, msgspec.Meta(ge=0, le=30)] = 2.0
    longest_wait_seconds: Annotated[float, msgspec.Meta(ge=0, le=300)] = 30.0
    max_action_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 1024 * 1024
    max_batch_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 16 * 1024 * 1024
    max_batch_actions: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    body_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = DEFAULT_BODY_SECONDS
    """Within which the body of a request must be complete."""

    longest_follower_delay_seconds: Annotated[float, msgspec.Meta(ge=0)] = 30.0
    lookups_per_minute: Annotated[int, msgspec.Meta(ge=1)] = 60
    """How often one client may ask for dossiers by code or by secret."""

    backup_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 30
    """For how many days at most a backup of the keyring is kept: an erasure says when it ends."""

    publication_interval_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.0
    """How long after a publication began the next may begin; 0: as soon as it has ended.

    Longer means fewer checkpoints and partial tiles under light load, and receipts that come later.
    """

    partial_tiles_kept_seconds: Annotated[float, msgspec.Meta(ge=60, le=30 * 24 * 3600)] = 600.0
    """For how long partial tiles and bundles stay after the full one has replaced them."""

    timestamp_authority: Annotated[str, msgspec.Meta(pattern="^https?://[^ ]+$")] | None = None
    """Who stamps checkpoints (RFC 3161); its roots lie in DATA/keys/timestamp-roots.pem."""

    timestamp_interval_seconds: Annotated[float, msgspec.Meta(ge=1, le=7 * 24 * 3600)] = 3600.0
    """How often the newest checkpoint is stamped, if it is a new one."""

    mirrors: str = ""
    """Mirrors of this log, addresses or folders, parted by spaces: read at the start if need be."""

    witnesses: WitnessRules | None = None
    """Witnesses of checkpoints; None: nobody cosigns, and pages and proofs say so."""

    editions: bool = True
    """Whether daily editions of the statistics are made while the ledger is served."""

    leads_kept_beyond: Annotated[int, msgspec.Meta(ge=0)] = 500
    """With more dossiers than that, leads of findings are kept, not looked for when asked."""

    follower_poll_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 0.2


def load_settings(
    environment: Mapping[str, str], overrides: Mapping[str, object] | None = None
) -> Settings:
    """Read the settings; what a command line says (``overrides``) goes before the environment.

    Raises:
        SettingsInvalid: the sentence names the setting.
    """
    given = {**_from_environment(environment), **(overrides or {})}
    data = Path(str(given.get("data", DEFAULT_DATA)))
    merged = {**_from_file(data / SETTINGS_FILE), **given, "data": data}
    try:
        return msgspec.convert(
            {name: _plain(value) for name, value in merged.items()},
            Settings,
            strict=False,
            dec_hook=_decode,
        )
    except msgspec.ValidationError as error:
        raise SettingsInvalid(f"settings: {error}") from error


def settings_of_process(overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the settings of this process from its environment."""
    return load_settings(os.environ, overrides)


def environment_of_child(settings: Settings) -> dict[str, str]:
    """Give the environment of a child process that shall have the same settings."""
    return {**os.environ, **render_environment(settings)}


def render_environment(settings: Settings) -> dict[str, str]:
    """Give the variables that make another process read the same settings."""
    members = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return {
        f"{VARIABLE_PREFIX}{name.upper()}": _variable(value)
        for name, value in members.items()
        if value is not None
    }


def _variable(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return str(value.absolute()) if isinstance(value, Path) else str(value)


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    given: dict[str, object] = {
        name.removeprefix(VARIABLE_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(VARIABLE_PREFIX)
    }
    if "witnesses" in given:
        # A table has no form of its own in a variable: it is written as JSON.
        given["witnesses"] = _from_json("witnesses", str(given["witnesses"]))
    return given


def _from_json(name: str, text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise SettingsInvalid(f"{VARIABLE_PREFIX}{name.upper()} is no JSON object") from error


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        members = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{path.name} cannot be read: {error}") from error
    if "data" in members:
        raise SettingsInvalid(f"{path.name} lies in the data folder and cannot name another")
    return members


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _decode(wanted: type, value: object) -> object:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError
