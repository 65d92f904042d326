"""``keys rotate-log``, ``retire-log``, ``add-mldsa``: with which keys the log signs checkpoints.

All want the folder to themselves: a running server has read its keys and anchors already.
"""

import asyncio
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from cli.founding import check_founded
from cli.output import Refused, UsageProblem, command, report, say
from cli.sessions import Session, is_served, open_session, project
from cli.sources import read_key_file
from domain.facts import LogKeyRetired, LogKeyRotated
from ledger.action_notes import open_text
from ledger.anchors import ANCHORS_FILE, load_anchors, save_log_keys, save_mldsa_key
from ledger.drafting import next_place
from ledger.intake import Answer
from ledger.key_files import (
    MLDSA_FILE,
    make_mldsa_key,
    next_log_file,
    save_private_key,
)
from ledger.writing.signing import stored_log_keys
from transparency.log_keys import LogKeys
from transparency.notes import SEED_BYTES, SigningKey, render_vkey
from transparency.witnessing.mldsa import render_mldsa_vkey

BOTH_SIGN: Final = (
    "both keys sign from here on: hand out the new anchors, and end it with `keys retire-log`"
)
NEWER_ALONE_SIGNS: Final = (
    "the newer key alone signs from here on. A witness whose policy has no `log` line of it "
    "refuses every checkpoint: /readyz then shows its last_outcome `refused`, and its own log "
    "`submission_not_signed`. Append the line to its logs.policy and start the witness again; the "
    "ledger asks again within 30 s"
)
NOT_PUBLISHED_YET: Final = (
    "recorded, and not published yet: no quorum of the policy's witnesses cosigned (one that reads "
    "the log from this server cannot, while the server is stopped). Start the server: it publishes "
    "when they answer. From then on "
)

_root = click.option("--root", type=click.Path(path_type=Path), help="Key file of the root.")


@command("rotate-log", help="Let a new key sign checkpoints beside the log's present one.")
@_root
def rotate_log(root: Path | None, data: Path, *, as_json: bool) -> None:
    """Make a key for the log, keep it, and record that it signs from now on."""
    _check_alone(data)
    keys_folder = DataFolder(data).keys
    origin = load_anchors(keys_folder / ANCHORS_FILE).origin
    new_key = SigningKey(origin, bootstrap.random_bytes(SEED_BYTES))
    path = next_log_file(keys_folder)
    # CRASH: kept before it is recorded: a log whose key nobody has could sign nothing more. A
    # crash before the entry leaves a file that nothing names.
    save_private_key(path, new_key)
    facts = LogKeyRotated(new_log_vkey=render_vkey(new_key.verification_key))
    try:
        answer, keys = asyncio.run(_record(data, facts, root))
    except Refused:
        # Only a refusal is certain: where no answer came, it may sign by now.
        path.unlink(missing_ok=True)
        raise
    _say_from_when(answer, BOTH_SIGN)
    _report(path, answer.entry_index, keys, as_json=as_json)


@command("add-mldsa", help="Let each checkpoint have an ML-DSA-44 line beside the log's own.")
def add_mldsa(data: Path, *, as_json: bool) -> None:
    """Make the key of the second line; from the next start on it signs every checkpoint."""
    check_founded(data)
    _check_alone(data)
    folder = DataFolder(data).keys
    if (folder / MLDSA_FILE).exists():
        raise UsageProblem(f"{folder / MLDSA_FILE} exists: the line is added already")
    origin = load_anchors(folder / ANCHORS_FILE).origin
    key = make_mldsa_key(folder, origin, bootstrap.random_bytes)
    # CRASH: a key that the anchors do not name signs lines that readers pass over.
    save_mldsa_key(folder, key.public)
    vkey = render_mldsa_vkey(key.public)
    report({"file": str(folder / MLDSA_FILE), "vkey": vkey}, as_json=as_json, text=vkey)


@command("retire-log", help="Let the older of the log's two keys sign no more.")
@_root
def retire_log(root: Path | None, data: Path, *, as_json: bool) -> None:
    """Record that the older key signs no checkpoint from now on."""
    _check_alone(data)
    keys = _keys_now(data)
    if sum(period.until_size is None for period in keys.periods) == 1:
        raise UsageProblem("one key signs: `keys rotate-log` lets a second one begin")
    oldest = next(period.key for period in keys.periods if period.until_size is None)
    facts = LogKeyRetired(old_log_vkey=render_vkey(oldest))
    answer, keys = asyncio.run(_record(data, facts, root))
    _say_from_when(answer, NEWER_ALONE_SIGNS)
    _report(None, answer.entry_index, keys, as_json=as_json)


def _say_from_when(answer: Answer, what: str) -> None:
    """Say what signs from now on; what no checkpoint covers yet is not said to be so already."""
    if answer.receipt is None:
        say(NOT_PUBLISHED_YET + what.replace(" from here on", "", 1), style="yellow")
    else:
        say(what)


def _check_alone(data: Path) -> None:
    if is_served(data):
        raise UsageProblem("a server runs on this folder: stop it, the change takes a few seconds")


def _keys_now(data: Path) -> LogKeys:
    folder = DataFolder(data)
    return load_anchors(folder.keys / ANCHORS_FILE).logs


async def _record(
    data: Path, facts: LogKeyRotated | LogKeyRetired, root: Path | None
) -> tuple[Answer, LogKeys]:
    async with open_session(data, may_found=False) as session:
        place = next_place(session.reader, f"ledger:{session.keys.origin}")
        signer = session.root() if root is None else read_key_file(root)
        action = session.drafter.change_log_key(signer, facts, place, session.now())
        (answer,) = await session.submit(action)
        keys = _stored(session)
        save_log_keys(DataFolder(data).keys, keys)
        if session.is_writer:
            await project(session)
    return answer, keys


def _stored(session: Session) -> LogKeys:
    origin = session.keys.origin
    first = LogKeys.of(session.keys.anchors.log)
    return stored_log_keys(session.reader, first, lambda note: open_text(note, origin).action)


def _report(path: Path | None, entry_index: int | None, keys: LogKeys, *, as_json: bool) -> None:
    members: dict[str, object] = {
        "entry_index": entry_index,
        "log_keys": [
            {
                "vkey": render_vkey(period.key),
                "from_size": period.from_size,
                "until_size": period.until_size,
            }
            for period in keys.periods
        ],
    }
    report(members if path is None else {"file": str(path)} | members, as_json=as_json)
