"""``verify``: check one file offline, and say in words what it proves and what it does not.

Which kind of file it is shows its content: a receipt, a history bundle, or evidence.
"""

from pathlib import Path

import click

from cli.output import UsageProblem, command, report
from cli.sources import find_anchors, find_log, open_log
from cli.verifying.evidence_files import keep_misbehaviour
from cli.verifying.files import compare_with_log, explain_file, is_json, keep_receipts, read_file
from cli.verifying.mldsa import explain_mldsa
from cli.verifying.sentences import LANGUAGES, Explained
from cli.verifying.timestamps import explain_timestamp
from cli.verifying.witnesses import explain_witnesses, read_policy
from domain.errors import DomainError, Sentence
from domain.moments import render_moment
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.errors import LedgerError
from ledger.key_files import Anchors
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE, check_opening
from ledger.writing.veils import VEIL_TYPE_LINE, check_veil_opening, parse_veil
from transparency.encoding import encode_base64, render_utc_milliseconds
from transparency.errors import (
    CheckpointNotSigned,
    LogMisbehaviour,
    SignatureInvalid,
    TransparencyError,
)
from transparency.notes import check_signature
from transparency.policies import Policy
from transparency.receipts import parse_receipt
from transparency.seals import is_seal, parse_seal
from transparency.verifier import VerifiedReceipt, verify_receipt

MAX_RECEIPT_BYTES = 1024 * 1024
WHICH_ACTION = "which action it commits to (only its signer can show that, with --opening)"
_WHICH_TALLY = (
    "in which month's tally it was counted (the tallies count every envelope once, or say that it "
    "waits: `recompute` and `audit` add them up)"
)
_RIGHT_FACE = (
    "that the veil counts it as what it was (compare the promise's published_as; an inspector's "
    "`audit --vault` makes every veil again)"
)


NOT_WITNESSED = "that others see the same log (no witness has cosigned this checkpoint)"


@command("verify", help="Check a receipt, a history or evidence offline, by two trust anchors.")
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
    trusted, policy = find_anchors(anchors, data), read_policy(policy_path)
    address = None if log_text is None else find_log(log_text, data)
    try:
        if is_json(content):
            if opening is not None:
                raise UsageProblem("--opening is for the receipt of an envelope or a veil")
            kind, explained, members = explain_file(content, trusted, policy, address)
            if receipts is not None:
                members["receipts"] = [str(path) for path in keep_receipts(content, receipts)]
        else:
            kind = "receipt"
            receipt = _verify(content, trusted)
            explained = _explain_receipt(receipt, trusted, opening, policy)
            explain_timestamp(receipt.checkpoint.note, (timestamp, timestamp_roots), explained)
            if address is not None:
                compare_with_log(receipt.checkpoint, address, trusted, explained)
            members = _members(receipt)
    except LogMisbehaviour as error:
        if evidence_folder is not None and address is not None:
            keep_misbehaviour(error, evidence_folder, open_log(address, trusted))
        raise
    shown = {"ok": True, "kind": kind, **explained.members(lang), **members}
    report(shown, as_json=as_json, text=explained.text(lang))


def _members(receipt: VerifiedReceipt) -> dict[str, object]:
    checkpoint = receipt.checkpoint.checkpoint
    return {
        "entry_index": receipt.entry_index,
        "tree_size": checkpoint.tree_size,
        "origin": checkpoint.origin,
    }


def _explain_receipt(
    receipt: VerifiedReceipt, anchors: Anchors, opening: Path | None, policy: Policy | None
) -> Explained:
    proved, open_questions = explain(receipt, anchors)
    explain_mldsa(receipt.checkpoint.note, anchors, proved, open_questions)
    if opening is not None:
        _explain_opening(receipt, opening, anchors, (proved, open_questions))
    if policy is not None:
        open_questions.remove(NOT_WITNESSED)
    # The sentences about receipts are English alone.
    explained = Explained(
        [Sentence(line, line) for line in proved],
        [Sentence(line, line) for line in open_questions],
    )
    if policy is not None:
        explain_witnesses(policy, receipt.checkpoint.note, explained)
    return explained


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


def _explain_opening(
    receipt: VerifiedReceipt, path: Path, anchors: Anchors, sentences: tuple[list[str], list[str]]
) -> None:
    """Say what is in the envelope, by what its signer was given.

    Raises:
        MalformedOpening, OpeningMismatch: the file does not open this entry.
        MalformedAction, WrongLedger: what it opens is no action of this ledger.
    """
    proved, open_questions = sentences
    if path.stat().st_size > MAX_RECEIPT_BYTES:
        raise UsageProblem(f"{path} is too large for an opening")
    is_veil = receipt.entry.startswith(VEIL_TYPE_LINE)
    check = check_veil_opening if is_veil else check_opening
    note = check(receipt.entry, path.read_bytes())
    action = action_notes.open_text(note, anchors.origin).action
    if WHICH_ACTION in open_questions:
        open_questions.remove(WHICH_ACTION)
    proved.append(
        f"the {'veil stands for' if is_veil else 'envelope holds'} the action {action.kind.name} "
        f"of {action.stream}, byte for byte as the opening has it: it is in the log"
    )
    open_questions.append(_RIGHT_FACE if is_veil else _WHICH_TALLY)


def explain(receipt: VerifiedReceipt, anchors: Anchors) -> tuple[list[str], list[str]]:
    """Say what a verified receipt proves, and what needs more than it.

    Raises:
        SignatureLinesMismatch: the entry is not signed by exactly those that it names.
        SignatureInvalid: the entry's own signature by a key that it brings does not verify.
    """
    checkpoint = receipt.checkpoint.checkpoint
    root = encode_base64(checkpoint.root_hash)
    proved = [
        f"the log {checkpoint.origin} signed a checkpoint of {checkpoint.tree_size} entries "
        f"with root {root}",
        f"this entry stands in that log at index {receipt.entry_index}, byte for byte",
    ]
    open_questions = [NOT_WITNESSED]
    opened = _open(receipt.entry, anchors)
    if opened is None:
        _explain_other(receipt.entry, proved, open_questions)
    else:
        action_notes.check_signature_lines(opened)
        proved.append(_describe(opened))
        _judge_signers(opened, anchors, proved, open_questions)
        open_questions.append(
            f"that nothing is missing from the history of {opened.action.stream} (ask for its "
            "whole stream)"
        )
    return proved, open_questions


def _explain_other(entry: bytes, proved: list[str], open_questions: list[str]) -> None:
    """Say what an entry is that holds no action: it tells of no dossier and of no signer."""
    if is_seal(entry):
        seal = parse_seal(entry)
        sealed_at = render_utc_milliseconds(seal.sealed_at)
        proved.append(
            f"the entry is a seal: it fixes the index over the {seal.covers} entries before it, "
            f"and {sealed_at} as their time"
        )
        open_questions.append("that the time is right (it is the operator's word)")
    elif entry.startswith(VEIL_TYPE_LINE):
        veil = parse_veil(entry)
        proved.append(
            f"the entry is a veil: it commits to one act on a veiled dossier under {veil.office}, "
            f"and counts as {veil.act} in {veil.month}"
        )
        open_questions.append(WHICH_ACTION)
    elif entry.startswith(ENVELOPE_TYPE_LINE):
        proved.append("the entry is an envelope: it commits to one action that is not public")
        open_questions.append(WHICH_ACTION)
    else:
        open_questions.append("what the entry says: it is no action, seal or envelope of ours")


def _open(entry: bytes, anchors: Anchors) -> OpenedText | None:
    try:
        return action_notes.open_entry(entry, anchors.origin)
    except (LedgerError, DomainError):
        return None


def _describe(opened: OpenedText) -> str:
    action = opened.action
    by = " and ".join(f"{signer.key} as {signer.role.value}" for signer in action.signers)
    return (
        f"the entry is the action {action.kind.name}, version {action.version} of "
        f"{action.stream}, said to have happened at {render_moment(action.at)}; it names as its "
        f"signers {by}"
    )


def _judge_signers(
    opened: OpenedText, anchors: Anchors, proved: list[str], open_questions: list[str]
) -> None:
    brought = action_notes.keys_brought(opened.action)
    for signature in opened.signed.signatures:
        anchored = anchors.registrar if signature.key_name == anchors.registrar.name else None
        key = anchored or brought.get(signature.key_name)
        if key is None:
            open_questions.append(
                f"that the signature of {signature.key_name} is good and that it had the right "
                "(the entries of its own stream show it; `audit` checks it)"
            )
            continue
        try:
            check_signature(key, opened.signed.text, signature)
        except TransparencyError as error:
            raise SignatureInvalid(f"the entry is not by {signature.key_name}") from error
        whose = "of your anchors" if anchored else "that the entry itself names"
        proved.append(f"{signature.key_name} signed it with the key {whose}")
