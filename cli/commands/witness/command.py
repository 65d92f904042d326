"""``witness``: run a witness of other people's logs: make its key, serve it, look at it.

A witness has a folder of its own and no ledger. ``serve`` checks key and state, replays the log
if it is an index auditor, opens the listening socket, prints the address, and becomes gunicorn.
"""

import contextlib
import fcntl
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from api.bootstrap import random_bytes
from api.witnessing.folder import (
    Statement,
    WitnessFolder,
    load_logs,
    load_witness,
    make_witness,
    write_logs,
)
from api.witnessing.index_auditor import IndexAuditor
from api.witnessing.serving import WitnessSettings, make_parts
from api.witnessing.store import WitnessStore
from api.witnessing.witness import WitnessParts
from cli.output import UsageProblem, command, report, say
from cli.sources import find_log
from ledger.errors import LedgerBusy
from transparency.checkpoints import SignedCheckpoint, parse_checkpoint_text
from transparency.cosignatures import cosigner_key
from transparency.encoding import encode_base64
from transparency.errors import (
    CheckpointInconsistent,
    MalformedKey,
    ReplayIncomplete,
    SealWrong,
    TileNotFound,
    TransparencyError,
)
from transparency.notes import ED25519_KEY_TYPE, is_key_name, open_note, parse_vkey, render_vkey
from transparency.policies import PolicyLog

DEFAULT_PORT: Final = 8100
REPLAY_STEP_SECONDS: Final = 2.0
GRACEFUL_SECONDS: Final = 15
MAX_NAME_BYTES: Final = 255


@click.group("witness")
def witness() -> None:
    """Run a witness: cosign the checkpoints of logs, and refuse what does not continue them."""


@command("init", help="Make a witness: its key, its state, the logs it knows.")
@click.argument("name")
@click.option("--log", "vkeys", multiple=True, help="A log that it knows: its vkey.")
@click.option(
    "--index-auditor",
    is_flag=True,
    help="Its cosignature shall say, too, that every seal is right. Fixed for the key's life.",
)
def init(
    name: str,
    vkeys: tuple[str, ...],
    index_auditor: bool,  # noqa: FBT001 - click passes options by name
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Make a witness called NAME (an address without scheme, such as witness.example.org/w1)."""
    if not is_key_name(name) or len(name.encode()) > MAX_NAME_BYTES:
        raise UsageProblem("a witness's name has no spaces and no '+', and at most 255 bytes")
    folder = WitnessFolder(data)
    logs = _logs(vkeys)
    statement = Statement.INDEX_AUDITED if index_auditor else Statement.CONSISTENT
    key = make_witness(
        folder,
        name,
        statement,
        lambda state_id: WitnessStore.make(folder.state, state_id),
        random_bytes,
    )
    if logs:
        write_logs(folder, logs)
    vkey = render_vkey(cosigner_key(key))
    report({"vkey": vkey, "statement": statement.value}, as_json=as_json, text=vkey)
    say(f"back up {folder.key} offline; its state is never restored from a backup")


@command("serve", help="Serve a witness (C2SP tlog-witness).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=DEFAULT_PORT,
    show_default=True,
    help="0 takes a free port.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The logs it knows, as lines of a tlog-policy; default DATA/logs.policy.",
)
@click.option("--index-auditor", is_flag=True, help="Replay the log and cosign only right seals.")
@click.option("--log", "log_address", default=None, help="The log to replay: address or folder.")
def serve(  # noqa: PLR0913 - one argument per option
    host: str,
    port: int,
    policy: Path | None,
    index_auditor: bool,  # noqa: FBT001 - click passes options by name
    log_address: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Run until interrupted."""
    if not __debug__:
        raise UsageProblem("assertions are part of the program: do not run it with -O")
    if index_auditor != (log_address is not None):
        raise UsageProblem("an index auditor needs --log, and nobody else does")
    audited = None if log_address is None else _place_of(log_address, data)
    folder = WitnessFolder(data.absolute())
    with _locked(folder):
        settings = WitnessSettings(folder.path, (policy or folder.logs).absolute(), audited)
        parts = make_parts(settings)
        if parts.auditor is not None:
            _replay_so_far(parts, parts.auditor)
        parts.store.close()
        listener = _listen(host, port)
        address = f"http://{host}:{listener.getsockname()[1]}"
        report({"address": address}, as_json=as_json, text=address)
        sys.stdout.flush()
        _become_gunicorn(listener, settings)


@command("show", help="Show a witness's key, what it says, and how far it has cosigned.")
def show(data: Path, *, as_json: bool) -> None:
    """Show what may be shown; nothing is changed."""
    folder = WitnessFolder(data)
    key, birth = load_witness(folder)
    store = WitnessStore.open(folder.state)
    try:
        cosigned = [
            {
                "origin": each.checkpoint.origin,
                "tree_size": each.checkpoint.tree_size,
                "root_hash": encode_base64(each.checkpoint.root_hash),
                "posix_seconds": each.posix_seconds,
                "refused": None
                if (wrong := store.condemned(each.checkpoint.origin)) is None
                else str(wrong),
            }
            for each in store.all_last()
        ]
    finally:
        store.close()
    members = {
        "vkey": render_vkey(cosigner_key(key)),
        "statement": birth.statement.value,
        "logs": [render_vkey(log.key) for log in load_logs(folder.logs).logs]
        if folder.logs.exists()
        else [],
        "cosigned": cosigned,
    }
    report(members, as_json=as_json)


for _command in (init, serve, show):
    witness.add_command(_command)


def _logs(vkeys: Sequence[str]) -> tuple[PolicyLog, ...]:
    try:
        keys = [parse_vkey(vkey) for vkey in vkeys]
    except MalformedKey as error:
        raise UsageProblem(f"--log: {error}") from error
    if any(key.key_type != ED25519_KEY_TYPE for key in keys):
        raise UsageProblem("--log: a log's key is of type 0x01")
    if len({key.public_key for key in keys}) != len(keys):
        raise UsageProblem("--log: a key was given twice")
    return tuple(PolicyLog(key) for key in keys)


def _place_of(log_address: str, data: Path) -> str:
    address = find_log(log_address, data)
    return address.text if address.is_remote else str(Path(address.text).absolute())


def _replay_so_far(parts: WitnessParts, auditor: IndexAuditor) -> None:
    """Replay what the log shows today before anybody waits for an answer."""
    try:
        note = auditor.source.read_checkpoint()
        opened = open_note(note, parts.logs[auditor.origin])
        checkpoint = parse_checkpoint_text(opened.text)
    except TileNotFound:
        return
    except TransparencyError as error:
        say(f"the log cannot be read now; it is replayed when it asks: {error}")
        return
    if checkpoint.origin != auditor.origin:
        raise UsageProblem(f"--log is the log {checkpoint.origin}, not {auditor.origin}")
    signed = SignedCheckpoint(checkpoint, note)
    while True:
        before = auditor.tree_size
        try:
            auditor.check(signed, REPLAY_STEP_SECONDS)
        except ReplayIncomplete as error:
            say(str(error))
            if auditor.tree_size > before:
                continue
        except (SealWrong, CheckpointInconsistent) as error:
            # It is served all the same: whoever asks shall hear the same words.
            say(f"{error.code}: {error}", style="red")
        return


@contextlib.contextmanager
def _locked(folder: WitnessFolder) -> Iterator[None]:
    """Hold the folder's lock; gunicorn, which this process becomes, goes on holding it.

    Raises:
        LedgerBusy: another process serves this witness.
    """
    if not folder.has_witness():
        raise UsageProblem(f"there is no witness in {folder.path}: make one (witness init)")
    descriptor = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - a parameter of the library's
        yield
    except BlockingIOError as error:
        raise LedgerBusy("another process serves this witness") from error
    finally:
        os.close(descriptor)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise UsageProblem(f"cannot listen on {host}:{port}: {error}") from error
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


def _become_gunicorn(listener: socket.socket, settings: WitnessSettings) -> None:
    audited = "" if settings.audited_log is None else f", {settings.audited_log!r}"
    served = f"{str(settings.folder)!r}, {str(settings.policy)!r}{audited}"
    arguments = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"),
        # One process: an index auditor's replay lives in its memory.
        *("--workers", "1", "--worker-class", "uvicorn_worker.UvicornWorker"),
        *("--no-control-socket", "--graceful-timeout", str(GRACEFUL_SECONDS)),
        *("--log-level", "warning", f"api.witnessing.serving:app_at({served})"),
    ]
    os.execv(sys.executable, arguments)  # noqa: S606 - our own program, no shell
