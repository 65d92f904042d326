"""``looks`` commits to inspectors' looks (``serve`` does so hourly) and checks those at oneself.

``mine`` asks a server for the looks at whoever signs, and proves by the trust anchors that each is
counted by an entry of the log. That none is left out of the list it cannot show (ADR 0043).
"""

import asyncio
import sys
from pathlib import Path
from typing import Final
from urllib.parse import quote

import click
import msgspec

from api import bootstrap
from api.resources.inspecting.shapes import LookAnswer, LookProofAnswer, LooksAnswer
from api.settings import settings_of_process
from cli.acting.nearby import find_site, server_option
from cli.looking.committing import begin_anew, commit_looks
from cli.output import EXIT_FAILED, command, report, say
from cli.sessions import open_session
from cli.sites import Site, body_of, problem_of
from cli.sources import find_anchors, read_key_file
from ledger.action_notes import open_text
from ledger.errors import LedgerError
from ledger.key_files import Anchors
from ledger.looks.leaves import Commitment, commitment_of, verify_look
from transparency.encoding import decode_base64
from transparency.errors import ProofInvalid
from transparency.hashing import HASH_BYTES
from transparency.notes import SigningKey
from transparency.verifier import verify_receipt

NONCE_BYTES: Final = 16
HTTP_OK: Final = 200


@click.group()
def looks() -> None:
    """Looks of inspectors: check those at oneself; commit to those that are kept."""


@command("commit", help="Commit to every look that is kept by now; serve does it every hour.")
def commit(data: Path, *, as_json: bool) -> None:
    """Sign, as the system, an entry with the root over the book of looks."""
    report({"looks": asyncio.run(_commit(data))}, as_json=as_json)


async def _commit(data: Path) -> int:
    async with open_session(data, may_found=False) as session:
        return await commit_looks(session)


@command("begin-anew", help="Say that the book of looks was lost: the next is another book.")
def begin(data: Path, *, as_json: bool) -> None:
    """Number the book of looks anew; the log goes on saying that there was another."""
    report({"book": asyncio.run(_begin(data))}, as_json=as_json)


async def _begin(data: Path) -> int:
    async with open_session(data, may_found=False) as session:
        return await asyncio.to_thread(begin_anew, session)


@command("mine", help="Who looked at whoever has this key; each look is proven by the log.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of whoever asks.",
)
@click.option("--dossier", help="The looks at this dossier, by its stream.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@server_option
def mine(
    key_file: Path,
    dossier: str | None,
    anchors: Path | None,
    server: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Print the looks, each with the entry that counts it; one that proves nothing fails."""
    site, trusted = find_site(server, data), find_anchors(anchors, data)
    path = "/v1/looks" if dossier is None else f"/v1/looks?dossier={quote(dossier, safe=':')}"
    found = _ask(site, read_key_file(key_file), data, path).looks
    lines, wrong = [], 0
    for look in found:
        try:
            proven: object = None if look.proof is None else _prove(site, trusted, look, look.proof)
        except (ProofInvalid, LedgerError) as error:
            proven, wrong = f"{error.code}: {error}", wrong + 1
        lines.append({"at": look.at, "inspector": look.inspector, "proven_by_entry": proven})
    if any(look.proof is None for look in found):
        say("a look that no entry counts yet is counted within about an hour; ask again then")
    report({"looks": lines, "wrong": wrong}, as_json=as_json)
    if wrong:
        sys.exit(EXIT_FAILED)


def _ask(site: Site, key: SigningKey, data: Path, path: str) -> LooksAnswer:
    created = bootstrap.make_clock(settings_of_process({"data": data}))()
    nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
    body = body_of(site.ask_signed(path, key, created, nonce))
    try:
        return msgspec.json.decode(body, type=LooksAnswer)
    except msgspec.DecodeError as error:
        raise ProofInvalid(f"{path}: the server answers with another shape: {error}") from error


def _prove(site: Site, anchors: Anchors, look: LookAnswer, proof: LookProofAnswer) -> int:
    """Check that the log counts a look as the server gave it; give the entry that does."""
    answer = site.ask(f"/v1/entries/{proof.entry_index}/receipt")
    if answer.status != HTTP_OK:
        raise problem_of(answer)
    check_proof(answer.body, anchors, look, proof)
    return proof.entry_index


def check_proof(receipt: bytes, anchors: Anchors, look: LookAnswer, proof: LookProofAnswer) -> None:
    """Check a look by the receipt of the entry that is to count it, and by two anchors alone.

    Raises:
        ProofInvalid, LedgerError: the entry is none, or another, or does not count this look.
    """
    verified = verify_receipt(receipt, anchors.logs)
    action = open_text(verified.entry, anchors.origin).action
    commitment = commitment_of(action, verified.entry_index)
    if commitment is None or verified.entry_index != proof.entry_index:
        raise ProofInvalid("the entry commits to no looks")
    _check_record(look, commitment, proof)


def _check_record(look: LookAnswer, commitment: Commitment, proof: LookProofAnswer) -> None:
    try:
        path = [decode_base64(each, size_bytes=HASH_BYTES) for each in proof.inclusion]
    except ValueError as error:
        raise ProofInvalid(f"inclusion: {error}") from error
    said = verify_look(look.record.encode(), commitment, path)
    shown = (look.at, look.inspector, look.target, look.signature_input, look.signature)
    if shown != (said.at, said.inspector, said.target, said.signature_input, said.signature):
        raise ProofInvalid("the record is of another look than the one shown")


for _command in (commit, begin, mine):
    looks.add_command(_command)
