"""What a verified receipt proves of its entry, and what needs more than it, in both languages."""

from pathlib import Path
from typing import Final

from cli.output import UsageProblem
from cli.verifying.mldsa import explain_mldsa
from cli.verifying.sentences import Explained
from cli.verifying.witnesses import explain_witnesses
from domain.errors import DomainError, Sentence
from domain.moments import render_moment
from ledger import action_notes
from ledger.action_notes import OpenedText
from ledger.errors import LedgerError
from ledger.key_files import Anchors
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE, check_opening
from ledger.writing.veils import VEIL_TYPE_LINE, check_veil_opening, parse_veil
from transparency.encoding import encode_base64, render_utc_milliseconds
from transparency.errors import SignatureInvalid, TransparencyError
from transparency.notes import check_signature
from transparency.policies import Policy
from transparency.seals import is_seal, parse_seal
from transparency.verifier import VerifiedReceipt

MAX_OPENING_BYTES: Final = 1024 * 1024
WHICH_ACTION: Final = Sentence(
    "mục này cam kết với hành vi nào (chỉ người ký mới chứng minh được, bằng --opening)",
    "which action it commits to (only its signer can show that, with --opening)",
)
_WHICH_TALLY: Final = Sentence(
    "nó được đếm trong bảng tổng hợp của tháng nào (các bảng đếm mỗi phong bì đúng một lần, hoặc "
    "nói rằng nó còn chờ: lệnh recompute và audit cộng lại)",
    "in which month's tally it was counted (the tallies count every envelope once, or say that it "
    "waits: `recompute` and `audit` add them up)",
)
_RIGHT_FACE: Final = Sentence(
    "rằng màn che đếm hành vi đúng là loại của nó (hãy so với published_as trong lời cam kết; lệnh "
    "audit --vault của thanh tra lập lại mọi màn che)",
    "that the veil counts it as what it was (compare the promise's published_as; an inspector's "
    "`audit --vault` makes every veil again)",
)


def explain_receipt(
    receipt: VerifiedReceipt,
    anchors: Anchors,
    policy: Policy | None = None,
    opening: Path | None = None,
) -> Explained:
    """Say what a verified receipt proves, and what needs more than it.

    Raises:
        SignatureLinesMismatch: the entry is not signed by exactly those that it names.
        SignatureInvalid: the entry's own signature by a key that it brings does not verify; or a
            cosignature of a known witness is wrong.
        QuorumMissing: fewer witnesses than the policy asks for cosigned its checkpoint.
        MalformedOpening, OpeningMismatch: the opening does not open this entry.
        MalformedAction, WrongLedger: what it opens is no action of this ledger.
    """
    explained = Explained()
    _explain_place(receipt, explained)
    explain_witnesses(policy, receipt.checkpoint.note, explained)
    opened = _open(receipt.entry, anchors)
    if opened is None:
        _explain_other(receipt.entry, explained)
    else:
        _explain_action(opened, anchors, explained)
    explain_mldsa(receipt.checkpoint.note, anchors, explained)
    if opening is not None:
        _explain_opening(receipt, opening, anchors, explained)
    return explained


def _explain_place(receipt: VerifiedReceipt, explained: Explained) -> None:
    checkpoint = receipt.checkpoint.checkpoint
    root = encode_base64(checkpoint.root_hash)
    explained.prove(
        f"nhật ký {checkpoint.origin} đã ký điểm chốt gồm {checkpoint.tree_size} mục, gốc {root}",
        f"the log {checkpoint.origin} signed a checkpoint of {checkpoint.tree_size} entries "
        f"with root {root}",
    )
    explained.prove(
        f"mục này nằm trong nhật ký đó ở vị trí {receipt.entry_index}, đúng từng byte",
        f"this entry stands in that log at index {receipt.entry_index}, byte for byte",
    )


def _open(entry: bytes, anchors: Anchors) -> OpenedText | None:
    try:
        return action_notes.open_entry(entry, anchors.origin)
    except (LedgerError, DomainError):
        return None


def _explain_action(opened: OpenedText, anchors: Anchors, explained: Explained) -> None:
    action_notes.check_signature_lines(opened)
    action = opened.action
    signers = [f"{signer.key} ({signer.role.value})" for signer in action.signers]
    named = [f"{signer.key} as {signer.role.value}" for signer in action.signers]
    at = render_moment(action.at)
    explained.prove(
        f"mục này là hành vi {action.kind.name}, phiên bản {action.version} của {action.stream}, "
        f"ghi là xảy ra lúc {at}; người ký được nêu là {', '.join(signers)}",
        f"the entry is the action {action.kind.name}, version {action.version} of "
        f"{action.stream}, said to have happened at {at}; it names as its signers "
        f"{' and '.join(named)}",
    )
    _judge_signers(opened, anchors, explained)
    explained.leave_open(
        f"rằng lịch sử của {action.stream} không thiếu gì (hãy xin toàn bộ luồng)",
        f"that nothing is missing from the history of {action.stream} (ask for its whole stream)",
    )


def _judge_signers(opened: OpenedText, anchors: Anchors, explained: Explained) -> None:
    brought = action_notes.keys_brought(opened.action)
    for signature in opened.signed.signatures:
        name = signature.key_name
        anchored = anchors.registrar if name == anchors.registrar.name else None
        key = anchored or brought.get(name)
        if key is None:
            explained.leave_open(
                f"rằng chữ ký của {name} là đúng và khóa có quyền ký (các mục trong luồng của "
                "chính khóa cho thấy điều đó; lệnh audit kiểm tra)",
                f"that the signature of {name} is good and that it had the right (the entries of "
                "its own stream show it; `audit` checks it)",
            )
            continue
        try:
            check_signature(key, opened.signed.text, signature)
        except TransparencyError as error:
            raise SignatureInvalid(f"the entry is not by {name}") from error
        whose = (
            Sentence("thuộc các điểm tựa tin cậy của bạn", "of your anchors")
            if anchored
            else Sentence("mà chính mục này nêu", "that the entry itself names")
        )
        explained.prove(
            f"{name} đã ký bằng khóa {whose.vi}", f"{name} signed it with the key {whose.en}"
        )


def _explain_other(entry: bytes, explained: Explained) -> None:
    """Say what an entry is that holds no action: it tells of no dossier and of no signer."""
    if is_seal(entry):
        _explain_seal(entry, explained)
    elif entry.startswith(VEIL_TYPE_LINE):
        veil = parse_veil(entry)
        explained.prove(
            f"mục này là màn che: nó cam kết với một hành vi trên hồ sơ được che thuộc "
            f"{veil.office}, và được đếm là {veil.act} trong {veil.month}",
            f"the entry is a veil: it commits to one act on a veiled dossier under {veil.office}, "
            f"and counts as {veil.act} in {veil.month}",
        )
        explained.open_questions.append(WHICH_ACTION)
    elif entry.startswith(ENVELOPE_TYPE_LINE):
        explained.prove(
            "mục này là phong bì: nó cam kết với một hành vi không công khai",
            "the entry is an envelope: it commits to one action that is not public",
        )
        explained.open_questions.append(WHICH_ACTION)
    else:
        explained.leave_open(
            "mục này nói gì: nó không phải hành vi, niêm phong hay phong bì của hệ thống này",
            "what the entry says: it is no action, seal or envelope of ours",
        )


def _explain_seal(entry: bytes, explained: Explained) -> None:
    seal = parse_seal(entry)
    sealed_at = render_utc_milliseconds(seal.sealed_at)
    explained.prove(
        f"mục này là niêm phong: nó cố định chỉ mục trên {seal.covers} mục trước đó, và ghi thời "
        f"điểm của chúng là {sealed_at}",
        f"the entry is a seal: it fixes the index over the {seal.covers} entries before it, "
        f"and {sealed_at} as their time",
    )
    explained.leave_open(
        "rằng thời điểm đó là đúng (đó là lời của đơn vị vận hành)",
        "that the time is right (it is the operator's word)",
    )


def _explain_opening(
    receipt: VerifiedReceipt, path: Path, anchors: Anchors, explained: Explained
) -> None:
    if path.stat().st_size > MAX_OPENING_BYTES:
        raise UsageProblem(f"{path} is too large for an opening")
    is_veil = receipt.entry.startswith(VEIL_TYPE_LINE)
    check = check_veil_opening if is_veil else check_opening
    note = check(receipt.entry, path.read_bytes())
    action = action_notes.open_text(note, anchors.origin).action
    if WHICH_ACTION in explained.open_questions:
        explained.open_questions.remove(WHICH_ACTION)
    explained.prove(
        f"{'màn che thay cho' if is_veil else 'phong bì chứa'} hành vi {action.kind.name} của "
        f"{action.stream}, đúng từng byte như tệp mở đã ghi: hành vi đó có trong nhật ký",
        f"the {'veil stands for' if is_veil else 'envelope holds'} the action {action.kind.name} "
        f"of {action.stream}, byte for byte as the opening has it: it is in the log",
    )
    explained.open_questions.append(_RIGHT_FACE if is_veil else _WHICH_TALLY)
