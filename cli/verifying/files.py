"""Verifying a file of any kind that we hand out, told apart by its content."""

from pathlib import Path
from typing import Final

from cli.output import UsageProblem
from cli.sources import LogAddress, open_log
from cli.verifying.charges import explain_misbehaviour
from cli.verifying.histories import explain_history
from cli.verifying.sentences import Explained
from ledger.evidence.judging import JudgedBy, judge_file
from ledger.histories.verifying import verify_bundle
from ledger.key_files import Anchors
from transparency.checkpoints import SignedCheckpoint
from transparency.evidence.files import EVIDENCE_TYPE, MAX_EVIDENCE_BYTES
from transparency.histories.bundles import parse_history
from transparency.histories.singles import receipts_in
from transparency.policies import Policy

# Names are sorted, so the type stands last in it.
_EVIDENCE_END: Final = f'"type":"{EVIDENCE_TYPE}"}}'.encode()


def read_file(path: Path) -> bytes:
    """Read a file to verify; a line feed that an editor put at its end does no harm.

    Raises:
        UsageProblem: it is larger than any that we hand out.
    """
    if path.stat().st_size > MAX_EVIDENCE_BYTES:
        raise UsageProblem(f"{path} is too large")
    return path.read_bytes()


def is_json(data: bytes) -> bool:
    """Tell whether a file is a history or evidence; anything else is taken for a receipt."""
    return data.startswith(b"{")


def explain_file(
    data: bytes, anchors: Anchors, policy: Policy | None, address: LogAddress | None
) -> tuple[str, Explained, dict[str, object]]:
    """Verify a history or evidence; give which it is, the sentences, and members for programs.

    Raises:
        TransparencyError, LedgerError: it does not prove what it is to prove.
    """
    body = data.rstrip(b"\n")
    if body.endswith(_EVIDENCE_END):
        log = None if address is None else open_log(address, anchors)
        found = judge_file(body, JudgedBy(anchors, policy, log))
        charge: dict[str, object] = {"charge": found.kind, "origin": found.origin}
        return "evidence", explain_misbehaviour(found), charge | dict(found.particulars)
    history = verify_bundle(body, anchors)
    checkpoint = history.checkpoint.checkpoint
    explained = explain_history(history, policy)
    if address is not None:
        compare_with_log(history.checkpoint, address, anchors, explained)
    members: dict[str, object] = {
        "stream": history.stream,
        "acts": len(history.acts),
        "entry_indexes": [act.entry_index for act in history.acts],
        "veiled": history.is_veiled,
        "tree_size": checkpoint.tree_size,
        "origin": checkpoint.origin,
    }
    return "history", explained, members


def keep_receipts(data: bytes, folder: Path) -> list[Path]:
    """Write each entry of a history as a receipt, for other people's tools.

    Raises:
        TransparencyError: the file is no history.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for entry_index, receipt in receipts_in(parse_history(data.rstrip(b"\n"))):
        path = folder / f"{entry_index}.tlog-proof"
        path.write_bytes(receipt)
        kept.append(path)
    return kept


def compare_with_log(
    signed: SignedCheckpoint, address: LogAddress, anchors: Anchors, explained: Explained
) -> None:
    """Check that a log, as it is now, begins with the log that a checkpoint is about.

    Raises:
        LogMisbehaviour: both are signed by the log's key and cannot both be true.
    """
    log = open_log(address, anchors)
    if signed.checkpoint.tree_size <= log.tree_size:
        log.check_extends(signed)
        explained.prove(
            f"nhật ký tại {address.text} có {log.tree_size} mục, gồm cả những mục này",
            f"the log at {address.text} has {log.tree_size} entries, these among them",
        )
    else:
        explained.leave_open(
            f"rằng nhật ký tại {address.text} có các mục này: nó chỉ có {log.tree_size} mục",
            f"that the log at {address.text} holds it: it has only {log.tree_size} entries",
        )
