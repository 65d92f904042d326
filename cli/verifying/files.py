"""Verifying a file of any kind that we hand out, told apart by its content."""

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from api.problems import PROBLEM_ADDRESS
from cli.output import UsageProblem, with_code
from cli.sources import LogAddress, open_log
from cli.verifying.charges import explain_misbehaviour
from cli.verifying.histories import explain_history
from cli.verifying.sentences import Explained
from ledger.evidence.judging import JudgedBy, judge_file
from ledger.histories.verifying import verify_bundle
from ledger.key_files import Anchors
from projections.casefiles.files import CASEFILE_TYPE
from transparency.checkpoints import SignedCheckpoint
from transparency.evidence.files import EVIDENCE_TYPE, MAX_EVIDENCE_BYTES
from transparency.histories.bundles import HISTORY_TYPE, parse_history
from transparency.histories.singles import receipts_in
from transparency.policies import Policy
from transparency.receipts import RECEIPT_TYPE_LINE


class FileKind(StrEnum):
    """The kinds of files that are handed out to be verified."""

    RECEIPT = "receipt"
    HISTORY = "history"
    EVIDENCE = "evidence"
    CASEFILE = "casefile"


class UnknownFileKind(UsageProblem):
    """A file that was named is of none of the kinds that can be verified."""

    code = "file_kind_unknown"


class _ServersRefusal(msgspec.Struct, frozen=True):
    """A problem document, as far as it tells what a server refused (RFC 9457, section 3.1)."""

    type: str
    title: str
    code: str


# Nothing else in such a file can hold this: its strings are names and base64.
_TYPES: Final = {
    f'"type":"{HISTORY_TYPE}"'.encode(): FileKind.HISTORY,
    f'"type":"{EVIDENCE_TYPE}"'.encode(): FileKind.EVIDENCE,
    f'"type":"{CASEFILE_TYPE}"'.encode(): FileKind.CASEFILE,
}


def read_file(path: Path) -> bytes:
    """Read a file to verify; a line feed that an editor put at its end does no harm.

    Raises:
        UsageProblem: it is larger than any that we hand out.
    """
    if path.stat().st_size > MAX_EVIDENCE_BYTES:
        raise UsageProblem(f"{path} is too large")
    return path.read_bytes()


def kind_of(data: bytes, path: Path) -> FileKind:
    """Tell by its content which kind of file this is.

    Raises:
        UnknownFileKind: it is none that can be verified.
    """
    if data.startswith(RECEIPT_TYPE_LINE.encode()):
        return FileKind.RECEIPT
    if data.startswith(b"{"):
        for mark, kind in _TYPES.items():
            if mark in data:
                return kind
        _check_no_refusal(data, path)
    raise UnknownFileKind(
        f"{path} is none of the kinds of files that are verified: a receipt (*.tlog-proof), a "
        "history (*.dossier.json), evidence (*.evidence.json), or a casefile (*.casefile.json)\n"
        f"{path} không thuộc loại tệp nào kiểm tra được: biên nhận (*.tlog-proof), lịch sử "
        "(*.dossier.json), bằng chứng (*.evidence.json), hay hồ sơ vụ việc (*.casefile.json)"
    )


def _check_no_refusal(data: bytes, path: Path) -> None:
    """Name a server's refusal that was saved in the place of what was asked for.

    Raises:
        UnknownFileKind: the file is a problem document.
    """
    try:
        refusal = msgspec.json.decode(data, type=_ServersRefusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if PROBLEM_ADDRESS not in refusal.type:
        return
    told = with_code(refusal.code, refusal.title)
    raise UnknownFileKind(
        f"{path} is a server's refusal, not what was asked of it: {told}\n"
        f"{path} là lời từ chối của máy chủ, không phải tệp đã yêu cầu: {told}"
    )


def explain_evidence(
    data: bytes, anchors: Anchors, policy: Policy | None, address: LogAddress | None
) -> tuple[Explained, dict[str, object]]:
    """Judge evidence; give the sentences, and members for programs.

    Raises:
        TransparencyError, LedgerError: it does not convict.
    """
    log = None if address is None else open_log(address, anchors)
    found = judge_file(data.rstrip(b"\n"), JudgedBy(anchors, policy, log))
    charge: dict[str, object] = {"charge": found.kind, "origin": found.origin}
    return explain_misbehaviour(found), charge | dict(found.particulars)


def explain_bundle(
    data: bytes, anchors: Anchors, policy: Policy | None, address: LogAddress | None
) -> tuple[Explained, dict[str, object]]:
    """Verify a history; give the sentences, and members for programs.

    Raises:
        TransparencyError, LedgerError: it does not prove what it is to prove.
    """
    history = verify_bundle(data.rstrip(b"\n"), anchors)
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
    return explained, members


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
