"""Where a witness's real parts are made: key, state, logs, clock, and the log that it audits."""

from dataclasses import dataclass
from pathlib import Path

from falcon.asgi import App, Request, Response

from api.bootstrap import random_bytes, system_clock
from api.interface.log_lines import configure_log
from api.settings import Settings
from api.witnessing.app import create_witness_app
from api.witnessing.folder import (
    Statement,
    WitnessFolder,
    load_logs,
    load_witness,
)
from api.witnessing.index_auditor import IndexAuditor
from api.witnessing.store import WitnessStore
from api.witnessing.witness import Witness, WitnessParts, check_state
from ledger.errors import StatementMismatch
from transparency.http_source import HttpTileSource
from transparency.notes import VerificationKey
from transparency.policies import Policy
from transparency.tile_store import FileTileStore, LogSource


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """What differs between two runs of one witness."""

    folder: Path
    policy: Path
    audited_log: str | None = None
    """Address or folder of the one log that an index auditor replays."""


def make_parts(settings: WitnessSettings) -> WitnessParts:
    """Open a witness's parts, and refuse what may not serve.

    Raises:
        WitnessRetired: the state is lost, or older than the key's marks.
        StatementMismatch: the key was made for another statement.
        MalformedPolicy: the logs cannot be read.
    """
    folder = WitnessFolder(settings.folder)
    key, birth = load_witness(folder)
    logs = log_keys(load_logs(settings.policy))
    _check_statement(birth.statement, settings.audited_log, logs)
    store = WitnessStore.open(folder.state)
    try:
        check_state(folder, birth, store)
    except BaseException:
        store.close()
        raise
    parts = WitnessParts(folder, key, birth, store, logs, system_clock)
    if settings.audited_log is None:
        return parts
    (origin,) = logs
    source = open_source(settings.audited_log)
    auditor = IndexAuditor(origin, source, store, folder.evidence)
    return WitnessParts(folder, key, birth, store, logs, system_clock, auditor)


def log_keys(policy: Policy) -> dict[str, tuple[VerificationKey, ...]]:
    """Give the keys of each log that a policy names."""
    return {log.key.name: policy.log_keys(log.key.name) for log in policy.logs}


def open_source(address: str) -> LogSource:
    """Open the log that is audited, at an address or in a folder."""
    if address.startswith(("http://", "https://")):
        return HttpTileSource(address)
    return FileTileStore(Path(address))


def app_at(folder: str, policy: str, audited_log: str | None = None) -> "App[Request, Response]":
    """Build the app of one web worker; gunicorn calls this with the names of what it serves."""
    configure_log(Settings())
    settings = WitnessSettings(Path(folder), Path(policy), audited_log)
    return create_witness_app(Witness(make_parts(settings)), random_bytes)


def _check_statement(
    statement: Statement,
    audited_log: str | None,
    logs: dict[str, tuple[VerificationKey, ...]],
) -> None:
    # SPEC: tlog-cosignature, "Additional statements": a key implies a single set of statements.
    if (statement is Statement.INDEX_AUDITED) != (audited_log is not None):
        raise StatementMismatch(f"this key was made for cosignatures that say: {statement}")
    if audited_log is not None and len(logs) != 1:
        raise StatementMismatch("an index auditor serves one log")
