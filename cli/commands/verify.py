"""``verify``: check one receipt offline, and say in words what it proves and what it does not."""

from pathlib import Path

import click

from cli.output import UsageProblem, command, report
from cli.sources import LogAddress, find_anchors, find_log, open_log
from domain.errors import DomainError
from domain.moments import render_moment
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.errors import LedgerError
from ledger.key_files import Anchors
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE, check_opening
from ledger.writing.veils import VEIL_TYPE_LINE, check_veil_opening, parse_veil
from transparency.encoding import encode_base64, render_utc_milliseconds
from transparency.errors import CheckpointNotSigned, SignatureInvalid, TransparencyError
from transparency.notes import check_signature
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


@command("verify", help="Check a receipt offline: no network, no server, one trust anchor.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option(
    "--opening",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="What opens the envelope: the answer to a rating brought it.",
)
@click.option("--log", "log_text", help="A log to compare with: folder or address; default none.")
def verify(
    file: Path,
    anchors: Path | None,
    opening: Path | None,
    log_text: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Verify FILE and print the sentences that it proves."""
    if file.stat().st_size > MAX_RECEIPT_BYTES:
        raise UsageProblem(f"{file} is too large for a receipt")
    receipt_bytes = file.read_bytes()
    trusted = find_anchors(anchors, data)
    receipt = _verify(receipt_bytes, trusted)
    proved, open_questions = explain(receipt, trusted)
    if opening is not None:
        _explain_opening(receipt, opening, trusted, (proved, open_questions))
    if log_text is not None:
        _compare_with_log(receipt, find_log(log_text, data), trusted, (proved, open_questions))
    text = _in_words(proved, open_questions)
    checkpoint = receipt.checkpoint.checkpoint
    members = {
        "ok": True,
        "proved": proved,
        "not_proved": open_questions,
        "entry_index": receipt.entry_index,
        "tree_size": checkpoint.tree_size,
        "origin": checkpoint.origin,
    }
    report(members, as_json=as_json, text=text)


def _verify(receipt_bytes: bytes, anchors: Anchors) -> VerifiedReceipt:
    """Verify a receipt; one of another ledger is told from one that was tampered with.

    Raises:
        TransparencyError: as `verify_receipt`.
    """
    try:
        return verify_receipt(receipt_bytes, anchors.log)
    except CheckpointNotSigned as error:
        named = parse_receipt(receipt_bytes).checkpoint_note.partition(b"\n")[0]
        origin = named.decode("utf-8", errors="replace")
        if origin == anchors.origin:
            raise
        raise CheckpointNotSigned(
            f"this receipt is of {origin!r}, by its own word; your anchors are of "
            f"{anchors.origin}: name those of its ledger (--anchors)"
        ) from error


def _compare_with_log(
    receipt: VerifiedReceipt,
    address: LogAddress,
    anchors: Anchors,
    sentences: tuple[list[str], list[str]],
) -> None:
    """Check that a log, as it is now, begins with the log that the receipt is about.

    Raises:
        LogMisbehaviour: both are signed by the log's key and cannot both be true.
    """
    proved, open_questions = sentences
    log = open_log(address, anchors)
    size = receipt.checkpoint.checkpoint.tree_size
    if size <= log.tree_size:
        log.check_extends(receipt.checkpoint)
        proved.append(f"the log at {address.text} has {log.tree_size} entries, these among them")
    else:
        open_questions.append(
            f"that the log at {address.text} holds it: it has only {log.tree_size} entries"
        )


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


def _in_words(proved: list[str], open_questions: list[str]) -> str:
    lines = ["Proved:", *(f"  - {line}" for line in proved)]
    lines += ["Not proved by this file alone:", *(f"  - {line}" for line in open_questions)]
    return "\n".join(lines)


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
    open_questions = ["that others see the same log (no witness has cosigned this checkpoint)"]
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
