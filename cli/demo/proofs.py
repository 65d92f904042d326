"""The proofs: what the demo shows about its own run, by the same programs that anyone may run.

One dossier is verified offline; the statistics are made again from the public log; the findings
name what the stories hide; and a cheat in the databases is convicted by figures, audit and a kept
receipt, then repaired. Everything that is compared comes from the server or from its files.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec

from api.data_folder import DataFolder
from cli.acting.finding_pages import FINDINGS_PATH, each_page
from cli.demo.cheat import Cheat, rebuild, reset_overdue, stored_note
from cli.demo.driver import Driven, KeptReceipt, ScenarioBroken
from cli.demo.http_client import HttpClient
from cli.demo.scenario import BACK_DATED, DOUBLE, SILENT, SMOOTH, TWICE
from cli.demo.server import CommandResult, run_command
from cli.verifying.receipts import explain_receipt
from domain.errors import Sentence
from domain.moments import render_moment
from ledger.action_notes import open_text
from ledger.errors import StoreUnavailable
from ledger.key_files import Anchors, OperatorKeys
from transparency.errors import TransparencyError
from transparency.notes import SigningKey
from transparency.promises import open_refusal
from transparency.verifier import verify_receipt

VIEWS_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.05
EXPECTED_FINDINGS: Final = {"R02": TWICE, "R07": SILENT, "R08": BACK_DATED, "R16": DOUBLE}


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing shown, or not: its name, what it says in words, and its numbers."""

    name: str
    ok: bool
    sentences: tuple[Sentence, ...]
    members: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the proofs start from: the running server, its folder, and what holders keep."""

    client: HttpClient
    data: Path
    anchors: Anchors
    driven: Driven
    stories: Mapping[str, str]

    @property
    def anchors_file(self) -> Path:
        """Give the file with the two trust anchors."""
        return DataFolder(self.data).keys / "anchors.toml"


class _Follower(msgspec.Struct, frozen=True):
    behind_entries: int


class _Health(msgspec.Struct, frozen=True):
    ready: bool
    published_size: int
    follower: _Follower


class _Finding(msgspec.Struct, frozen=True):
    rule: str
    stream: str


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[_Finding, ...]


def wait_for_views(client: HttpClient) -> int:
    """Wait until the views stand at the published checkpoint, and give its size.

    Raises:
        StoreUnavailable: they did not get there in time.
    """
    deadline = time.monotonic() + VIEWS_SECONDS
    while time.monotonic() < deadline:
        health = msgspec.json.decode(client.get("/readyz").body, type=_Health)
        if health.ready and health.follower.behind_entries == 0:
            return health.published_size
        time.sleep(PAUSE_SECONDS)
    raise StoreUnavailable("the views did not follow in time; see /readyz")


def prove_offline(evidence: Evidence) -> Proof:
    """Verify every published act of one dossier from its kept receipts: no network, no server."""
    receipts = evidence.driven.receipts_of(evidence.stories[SMOOTH])
    try:
        proved = [_verified_act(receipt, evidence.anchors) for receipt in receipts]
    except TransparencyError as error:
        failed = (_both(str(error), str(error)),)
        return Proof("receipts", ok=False, sentences=failed, members={"verified": 0})
    said = _both(
        f"{len(proved)} biên nhận của một hồ sơ được kiểm tra ngoại tuyến, chỉ với khóa của sổ",
        f"{len(proved)} receipts of one dossier verified offline, with the log's key alone",
    )
    ok = bool(proved) and all(proved)
    members = {"verified": len(proved), "stream": evidence.stories[SMOOTH]}
    return Proof("receipts", ok=ok, sentences=(said,), members=members)


def _verified_act(receipt: KeptReceipt, anchors: Anchors) -> bool:
    """Verify as the command ``verify`` does, and compare with the note that was signed."""
    verified = verify_receipt(receipt.receipt, anchors.logs)
    proved = explain_receipt(verified, anchors).proved
    return verified.entry == receipt.note and bool(proved)


def prove_statistics(evidence: Evidence) -> Proof:
    """Make the published statistics again from the public log, over HTTP."""
    result = _recompute(evidence)
    figures, differences = result.number("figures"), result.number("differences")
    said = _both(
        f"{figures} dòng số liệu tính lại từ nhật ký công khai: {differences} khác biệt",
        f"{figures} figures recomputed from the public log: {differences} differences",
    )
    ok = result.exit_code == 0 and differences == 0 and result.members.get("compared") is True
    members = {"figures": figures, "differences": differences}
    return Proof("statistics", ok=ok, sentences=(said,), members=members)


def prove_audit(evidence: Evidence) -> Proof:
    """Audit the whole log from its files, and compare the ledger database with it."""
    result = _audit(evidence)
    entries, signatures = result.number("entries"), result.number("signatures_verified")
    said = _both(
        f"Kiểm toán toàn bộ sổ: {entries} mục, {signatures} chữ ký, không có sai lệch",
        f"The whole log audited: {entries} entries, {signatures} signatures, nothing wrong",
    )
    members = {"entries": entries, "signatures_verified": signatures}
    return Proof("audit", ok=result.exit_code == 0, sentences=(said,), members=members)


def prove_refusal(evidence: Evidence, keys: OperatorKeys) -> Proof:
    """Show that the refusal of a revoked key was signed, over the very text that was refused."""
    refused = evidence.driven.refusals
    ok = bool(refused)
    for refusal in refused:
        opened = open_refusal(refusal.refusal, keys.promise.verification_key)
        text_hash = open_text(refusal.note, keys.origin).text_hash
        ok = ok and opened.text_hash == text_hash and opened.code == refusal.code
    codes = [refusal.code for refusal in refused]
    said = _both(
        "Hành vi ký bằng khóa đã thu hồi bị từ chối; lời từ chối có chữ ký được giữ lại",
        "An act signed with a revoked key was refused; the signed refusal is kept",
    )
    return Proof("refusal", ok=ok, sentences=(said,), members={"codes": codes})


def prove_findings(
    evidence: Evidence, inspector: SigningKey, now: datetime, nonces: Callable[[], str]
) -> Proof:
    """Ask as the inspector, with a signed request, and look for what the stories hide.

    Raises:
        ScenarioBroken: the server does not take the inspector's signature.
    """

    def ask(path: str) -> bytes:
        reply = evidence.client.get_signed(path, inspector, now, nonces())
        if reply.status != HTTPStatus.OK:
            raise ScenarioBroken(f"the inspector was answered with {reply.status}: {reply.body!r}")
        return reply.body

    pages = each_page(ask, FINDINGS_PATH)
    findings = [
        each for page in pages for each in msgspec.json.decode(page, type=_Findings).findings
    ]
    found = {(finding.rule, finding.stream) for finding in findings}
    expected = {rule: evidence.stories[story] for rule, story in EXPECTED_FINDINGS.items()}
    missing = sorted(rule for rule, stream in expected.items() if (rule, stream) not in found)
    counts = {rule: sum(each.rule == rule for each in findings) for rule in sorted(expected)}
    words = ", ".join(f"{rule}: {count}" for rule, count in counts.items())
    said = _both(
        f"Dấu hiệu gửi thanh tra: {len(findings)}; của các quy tắc mà các câu chuyện nhắm đến: "
        f"{words}",
        f"Leads for the inspector: {len(findings)}; of the rules that the stories are about: "
        f"{words}",
    )
    return Proof(
        "findings",
        ok=not missing,
        sentences=(said,),
        members={"counts": counts, "missing": missing, "all": len(findings)},
    )


def prove_cheat_caught(evidence: Evidence) -> Proof:
    """Cheat in both databases, let three witnesses convict, repair, and see that all is well."""
    stream = evidence.stories[SILENT]
    cheat = reset_overdue(evidence.data, stream)
    figures, audit = _recompute(evidence), _audit(evidence)
    convictions = {
        "recompute": figures.exit_code == 1 and figures.number("differences") > 0,
        "audit": audit.exit_code == 1 and cheat.entry_index in _problem_entries(audit),
        "receipt": _receipt_convicts(evidence, cheat),
    }
    rebuilt = rebuild(evidence.data)
    repaired = _recompute(evidence).exit_code == 0 and _audit(evidence).exit_code == 0
    members: dict[str, object] = {
        **convictions,
        "repaired": repaired,
        "stream": cheat.stream,
        "entry_index": cheat.entry_index,
        "finished_at": cheat.finished_at,
        "changed_to": cheat.changed_to,
        "differences": figures.number("differences"),
        "notes_restored": rebuilt.notes,
        "rows_restored": rebuilt.rows,
    }
    results = {**convictions, "repaired": repaired}
    said = _words_of_cheat(cheat, figures, results)
    return Proof("cheat", ok=all(results.values()), sentences=said, members=members)


def _words_of_cheat(
    cheat: Cheat, figures: CommandResult, results: Mapping[str, bool]
) -> tuple[Sentence, ...]:
    marks = {name: "✓" if ok else "✗" for name, ok in results.items()}
    differences = figures.number("differences")
    return (
        _both(
            f"Gian lận: ngày kết thúc {cheat.finished_at} bị sửa thành {cheat.changed_to}",
            f"The cheat: the finish date {cheat.finished_at} was made {cheat.changed_to}",
        ),
        _both(
            f"{marks['recompute']} số liệu công bố lệch với nhật ký công khai ở {differences} ô",
            f"{marks['recompute']} the published figures differ from the public log"
            f" in {differences} places",
        ),
        _both(
            f"{marks['audit']} kiểm toán chỉ ra mục số {cheat.entry_index}",
            f"{marks['audit']} the audit names entry {cheat.entry_index}",
        ),
        _both(
            f"{marks['receipt']} biên nhận người dân giữ chứng minh nội dung gốc",
            f"{marks['receipt']} the receipt that the applicant kept proves the original bytes",
        ),
        _both(
            f"{marks['repaired']} khôi phục từ nhật ký công khai; số liệu lại trung thực",
            f"{marks['repaired']} rebuilt from the public log; the figures are honest again",
        ),
    )


def _receipt_convicts(evidence: Evidence, cheat: Cheat) -> bool:
    """Tell whether the kept receipt proves the original moment, and the database says another."""
    receipts: Sequence[KeptReceipt] = evidence.driven.receipts_of(cheat.stream)
    kept = next(receipt for receipt in receipts if receipt.entry_index == cheat.entry_index)
    verified = verify_receipt(kept.receipt, evidence.anchors.logs)
    proven_at = render_moment(open_text(verified.entry, evidence.anchors.origin).action.at)
    stored = stored_note(evidence.data, cheat.entry_index)
    return proven_at == cheat.finished_at and stored != verified.entry


def _recompute(evidence: Evidence) -> CommandResult:
    address = f"{evidence.client.address}/log"
    return run_command("recompute", "--log", address, "--anchors", str(evidence.anchors_file))


def _audit(evidence: Evidence) -> CommandResult:
    return run_command("audit", "--data", str(evidence.data))


def _problem_entries(audit: CommandResult) -> set[object]:
    problems = audit.members.get("problems")
    if not isinstance(problems, list):
        return set()
    return {problem.get("entry_index") for problem in problems if isinstance(problem, dict)}


def _both(vi: str, en: str) -> Sentence:
    return Sentence(vi=vi, en=en)
