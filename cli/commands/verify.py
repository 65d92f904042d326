"""``verify``: check one receipt offline, and say in words what it proves and what it does not."""

from pathlib import Path

import click

from cli.output import UsageProblem, command, report
from cli.sources import LogAddress, find_anchors, open_log
from domain.errors import DomainError
from domain.moments import render_moment
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.errors import LedgerError
from ledger.key_files import Anchors
from transparency.encoding import encode_base64
from transparency.errors import SignatureInvalid, TransparencyError
from transparency.notes import check_signature
from transparency.verifier import VerifiedReceipt, verify_receipt

MAX_RECEIPT_BYTES = 1024 * 1024


@command("verify", help="Check a receipt offline: no network, no server, one trust anchor.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option("--log", "log_text", help="A log to compare with: folder or address; default none.")
def verify(
    file: Path, anchors: Path | None, log_text: str | None, data: Path, *, as_json: bool
) -> None:
    """Verify FILE and print the sentences that it proves."""
    trusted = find_anchors(anchors, data)
    if file.stat().st_size > MAX_RECEIPT_BYTES:
        raise UsageProblem(f"{file} is too large for a receipt")
    receipt = verify_receipt(file.read_bytes(), trusted.log)
    proved, open_questions = explain(receipt, trusted)
    if log_text is not None:
        _compare_with_log(receipt, LogAddress(log_text), trusted, (proved, open_questions))
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
    open_questions = [
        "that nothing is missing from the dossier's history (ask for its whole stream)",
        "that others see the same log (no witness has cosigned this checkpoint)",
    ]
    opened = _open(receipt.entry, anchors)
    if opened is None:
        open_questions.append("what the entry says: it is no action of this ledger (a seal, say)")
    else:
        action_notes.check_signature_lines(opened)
        proved.append(_describe(opened))
        _judge_signers(opened, proved, open_questions)
    return proved, open_questions


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


def _judge_signers(opened: OpenedText, proved: list[str], open_questions: list[str]) -> None:
    brought = action_notes.keys_brought(opened.action)
    for signature in opened.signed.signatures:
        key = brought.get(signature.key_name)
        if key is None:
            open_questions.append(
                f"that the signature of {signature.key_name} is good and that it had the right "
                "(the entries of its own stream show it; audit checks it)"
            )
            continue
        try:
            check_signature(key, opened.signed.text, signature)
        except TransparencyError as error:
            raise SignatureInvalid(f"the entry is not by {signature.key_name}") from error
        proved.append(f"{signature.key_name} signed it with the key that the entry itself names")
