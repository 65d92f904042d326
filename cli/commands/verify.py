"""``verify``: check one file offline, and say in words what it proves and what it does not.

Which kind of file it is shows its content: a receipt, a history bundle, evidence, or a casefile.
"""

from pathlib import Path

import click

from cli.casefiles.sentences import casefile_members, explain_casefile
from cli.output import UsageProblem, command, report
from cli.sources import LogAddress, find_anchors, find_log, open_log
from cli.verifying.evidence_files import keep_misbehaviour
from cli.verifying.files import (
    FileKind,
    compare_with_log,
    explain_bundle,
    explain_evidence,
    keep_receipts,
    kind_of,
    read_file,
)
from cli.verifying.receipts import explain_receipt
from cli.verifying.sentences import LANGUAGES, Explained
from cli.verifying.timestamps import explain_timestamp
from cli.verifying.witnesses import read_policy
from ledger.key_files import Anchors
from projections.casefiles.verifying import verify_casefile
from transparency.errors import CheckpointNotSigned, LogMisbehaviour
from transparency.policies import Policy
from transparency.receipts import parse_receipt
from transparency.verifier import VerifiedReceipt, verify_receipt

# The sentences that a file proves, and members for programs.
Told = tuple[Explained, dict[str, object]]


@command("verify", help="Check a receipt, history, evidence or casefile offline, by two anchors.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option(
    "--opening",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="What opens the envelope: the answer to a rating brought it.",
)
@click.option("--log", "log_text", help="A log to compare with: folder or address; default none.")
@click.option(
    "--policy",
    "policy_path",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Whose cosignatures count (tlog-policy).",
)
@click.option(
    "--timestamp",
    "timestamp",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="An RFC 3161 timestamp of the receipt's checkpoint (.tsr).",
)
@click.option(
    "--timestamp-roots",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Root certificates (PEM) by which the timestamp is believed.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language of sentences.")
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put each entry of a history as a receipt, for other people's tools.",
)
@click.option(
    "--evidence",
    "evidence_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put evidence, if the log named with --log contradicts the file.",
)
def verify(  # noqa: PLR0913 - one argument per option
    file: Path,
    *,
    anchors: Path | None,
    opening: Path | None,
    log_text: str | None,
    policy_path: Path | None,
    timestamp: Path | None,
    timestamp_roots: Path | None,
    lang: str,
    receipts: Path | None,
    evidence_folder: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Verify FILE and print the sentences that it proves."""
    content = read_file(file)
    kind = kind_of(content, file)
    _check_options(kind, opening, receipts, has_timestamp=timestamp is not None)
    trusted, policy = find_anchors(anchors, data), read_policy(policy_path)
    address = None if log_text is None else find_log(log_text, data)
    try:
        if kind is FileKind.EVIDENCE:
            explained, members = explain_evidence(content, trusted, policy, address)
        elif kind is FileKind.HISTORY:
            explained, members = explain_bundle(content, trusted, policy, address)
            if receipts is not None:
                members["receipts"] = [str(path) for path in keep_receipts(content, receipts)]
        elif kind is FileKind.CASEFILE:
            explained, members = _of_casefile(content, trusted, policy, timestamp_roots, address)
        else:
            stamped = (timestamp, timestamp_roots)
            explained, members = _of_receipt(content, trusted, policy, opening, stamped, address)
    except LogMisbehaviour as error:
        if evidence_folder is not None and address is not None:
            keep_misbehaviour(error, evidence_folder, open_log(address, trusted))
        raise
    shown = {"ok": True, "kind": kind, **explained.members(lang), **members}
    report(shown, as_json=as_json, text=explained.text(lang))


def _check_options(
    kind: FileKind, opening: Path | None, receipts: Path | None, *, has_timestamp: bool
) -> None:
    if opening is not None and kind is not FileKind.RECEIPT:
        raise UsageProblem("--opening is for the receipt of an envelope or a veil")
    if receipts is not None and kind is not FileKind.HISTORY:
        raise UsageProblem("--receipts is for a history")
    if has_timestamp and kind is FileKind.CASEFILE:
        raise UsageProblem("--timestamp: a casefile holds its own; name --timestamp-roots alone")


def _of_casefile(
    content: bytes,
    trusted: Anchors,
    policy: Policy | None,
    roots: Path | None,
    address: LogAddress | None,
) -> Told:
    found = verify_casefile(content.rstrip(b"\n"), trusted)
    explained = explain_casefile(found, policy, roots)
    if address is not None:
        compare_with_log(found.checkpoint, address, trusted, explained)
    return explained, casefile_members(found)


def _of_receipt(
    content: bytes,
    trusted: Anchors,
    policy: Policy | None,
    opening: Path | None,
    stamped: tuple[Path | None, Path | None],
    address: LogAddress | None,
) -> Told:
    receipt = _verify(content, trusted)
    explained = explain_receipt(receipt, trusted, policy, opening)
    explain_timestamp(receipt.checkpoint.note, stamped, explained)
    if address is not None:
        compare_with_log(receipt.checkpoint, address, trusted, explained)
    return explained, _members(receipt)


def _members(receipt: VerifiedReceipt) -> dict[str, object]:
    checkpoint = receipt.checkpoint.checkpoint
    return {
        "entry_index": receipt.entry_index,
        "tree_size": checkpoint.tree_size,
        "origin": checkpoint.origin,
    }


def _verify(receipt_bytes: bytes, anchors: Anchors) -> VerifiedReceipt:
    """Verify a receipt; one of another ledger is told from one that was tampered with.

    Raises:
        TransparencyError: as `verify_receipt`.
    """
    try:
        return verify_receipt(receipt_bytes, anchors.logs)
    except CheckpointNotSigned as error:
        named = parse_receipt(receipt_bytes).checkpoint_note.partition(b"\n")[0]
        origin = named.decode("utf-8", errors="replace")
        if origin == anchors.origin:
            raise
        raise CheckpointNotSigned(
            f"this receipt is of {origin!r}, by its own word; your anchors are of "
            f"{anchors.origin}: name those of its ledger (--anchors)"
        ) from error
