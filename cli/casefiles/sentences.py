"""What a verified casefile shows, and what it does not, in plain words."""

from pathlib import Path

from cli.output import UsageProblem
from cli.verifying.sentences import Explained
from cli.verifying.witnesses import explain_witnesses, is_index_audited
from ledger.timestamping.tokens import open_response
from projections.casefiles.proving_trails import ProvenDossier
from projections.casefiles.verifying import DetailsPart, VerifiedCasefile
from transparency.encoding import encode_base64, render_utc_milliseconds, render_utc_seconds
from transparency.policies import Policy


def explain_casefile(
    found: VerifiedCasefile, policy: Policy | None, roots: Path | None
) -> Explained:
    """Say what a casefile shows.

    Raises:
        QuorumMissing, SignatureInvalid: the checkpoint lacks cosignatures that the policy asks for.
        TimestampInvalid: its time stamp is none of this manifest, or leads to none of the roots.
        TimestampsUnavailable: the library that checks it is not installed.
        UsageProblem: roots were named, and the file holds no time stamp.
    """
    explained = Explained()
    _explain_signature(found, explained)
    _explain_checkpoint(found, policy, explained)
    for dossier in found.dossiers:
        _explain_dossier(dossier, found, explained)
        _explain_recorded_at(dossier, explained)
        _explain_left_out(dossier, policy, explained)
    for opened in found.opened:
        _explain_opened(opened, explained)
    _explain_timestamp(found, roots, explained)
    _explain_rest(found, explained)
    return explained


def _explain_signature(found: VerifiedCasefile, explained: Explained) -> None:
    manifest = found.manifest
    parts = len(manifest.parts)
    explained.prove(
        f"khóa thanh tra {manifest.inspector} đã ký danh mục gồm {parts} phần, mỗi phần đúng từng "
        f"byte; theo lời thanh tra viên, tệp được lập lúc {manifest.made_at}",
        f"the inspector's key {manifest.inspector} signed a manifest of {parts} parts, each of "
        f"which is here byte for byte; by the inspector's word it was made at {manifest.made_at}",
    )
    explained.prove(
        f"khóa này đã được đăng ký ở sổ {manifest.ledger}, giữ vai trò thanh tra và chưa bị thu "
        "hồi khi tệp được lập, theo lịch sử của chính nó",
        f"that key was enrolled in the ledger {manifest.ledger}, held an inspector's role and was "
        "not revoked when the file was made, by its own whole history",
    )
    if manifest.order is not None:
        order = manifest.order
        explained.prove(
            f"thanh tra viên viện dẫn quyết định {order.number} (hiệu lực đến {order.until}), "
            f"đăng ở {order.stream}",
            f"the inspector names the order {order.number} (until {order.until}), issued on "
            f"{order.stream}",
        )
        explained.leave_open(
            "rằng quyết định đó đúng nội dung này: phần riêng tư của nó không có trong tệp",
            "that the order says so: its private part is not in the file",
        )


def _explain_checkpoint(
    found: VerifiedCasefile, policy: Policy | None, explained: Explained
) -> None:
    checkpoint = found.checkpoint.checkpoint
    root = encode_base64(checkpoint.root_hash)
    explained.prove(
        f"nhật ký {checkpoint.origin} đã ký điểm chốt gồm {checkpoint.tree_size} mục, gốc {root}",
        f"the log {checkpoint.origin} signed a checkpoint of {checkpoint.tree_size} entries with "
        f"root {root}",
    )
    explain_witnesses(policy, found.checkpoint.note, explained)


def _explain_dossier(each: ProvenDossier, found: VerifiedCasefile, explained: Explained) -> None:
    history = each.history
    size = history.checkpoint.checkpoint.tree_size
    explained.prove(
        f"{each.part}: lịch sử của {history.stream}, {len(history.acts)} hành vi đến điểm chốt "
        f"gồm {size} mục; {each.trail_acts} hành vi của dấu vết trên hồ sơ này đúng như lịch sử "
        "chứng minh: loại, thời điểm, cơ quan, khóa, vai trò và mức bảo đảm",
        f"{each.part}: the history of {history.stream}, {len(history.acts)} acts up to a "
        f"checkpoint of {size} entries; {each.trail_acts} acts of the trail on this dossier are as "
        "it proves: kind, moment, office, key, role and assurance",
    )
    listed = sum(act.stream == history.stream for act in found.trail.acts)
    if listed > each.trail_acts:
        explained.leave_open(
            f"{listed - each.trail_acts} hành vi của dấu vết trên {history.stream}, mới hơn lịch "
            "sử đó",
            f"{listed - each.trail_acts} acts of the trail on {history.stream}, which are newer "
            "than that history",
        )
    if size != found.checkpoint.checkpoint.tree_size:
        explained.leave_open(
            f"rằng điểm chốt của {each.part} và điểm chốt của tệp thuộc cùng một nhật ký (lệnh "
            "verify --log so sánh với nhật ký)",
            f"that the checkpoint of {each.part} and that of the file are of one log (`verify "
            "--log` compares with the log)",
        )


def _explain_recorded_at(each: ProvenDossier, explained: Explained) -> None:
    if each.trail_acts:
        stream = each.history.stream
        sealed_at = render_utc_milliseconds(each.history.seal.sealed_at)
        explained.leave_open(
            f"các hành vi trên {stream} được ghi vào lúc mà dấu vết nêu: lịch sử chỉ chứng minh là "
            f"không muộn hơn {sealed_at}",
            f"that the acts on {stream} were recorded when the trail says: the history proves only "
            f"that it was not after {sealed_at}",
        )


def _explain_left_out(each: ProvenDossier, policy: Policy | None, explained: Explained) -> None:
    """Say whether the trail holds what the history shows to belong in it, as of which size."""
    if each.left_out is None:
        return
    stream = each.history.stream
    if each.left_out:
        versions = ", ".join(map(str, each.left_out))
        explained.leave_open(
            f"hành vi {versions} của {stream}: lịch sử chứng minh là có, dấu vết không nêu (ngoài "
            "phạm vi của thanh tra viên, hoặc bị bỏ ra)",
            f"acts {versions} of {stream}: its history proves them and the trail leaves them out "
            "(they lie beyond the inspector's grants or order, or were dropped)",
        )
    if each.proven_size is None:
        versions = ", ".join(map(str, each.unjudged))
        explained.leave_open(
            f"rằng dấu vết không bỏ sót gì trên {stream}: hành vi {versions} không có trong đó, và "
            "không gì trong tệp chứng minh nhật ký ở số mục mà dấu vết nêu là điểm chốt của nó",
            f"that the trail lacks nothing of {stream}: acts {versions} are not in it, and nothing "
            "in the file proves the log at the size that the trail names as its checkpoint",
        )
    elif not each.left_out:
        _explain_nothing_lacks(each, policy, explained)


def _explain_nothing_lacks(
    each: ProvenDossier, policy: Policy | None, explained: Explained
) -> None:
    stream, size = each.history.stream, each.proven_size
    is_audited = is_index_audited(policy, each.history.checkpoint.note)
    by_vi, by_en = (
        ("", "")
        if is_audited
        else (", theo chỉ mục của đơn vị vận hành", ", according to the operator's index")
    )
    explained.prove(
        f"dấu vết không bỏ sót hành vi nào thuộc về nó trên {stream} trong {size} mục đầu của nhật "
        f"ký{by_vi}",
        f"the trail lacks nothing that belongs in it of {stream} among the log's first {size} "
        f"entries{by_en}",
    )


def _explain_opened(opened: DetailsPart, explained: Explained) -> None:
    explained.prove(
        f"phần riêng tư của {opened.dossier} được mở bằng mục {opened.entry_index} do chính khóa "
        "này ký, đã ghi trong nhật ký",
        f"private parts of {opened.dossier} were opened by entry {opened.entry_index}, which this "
        "key signed and which stands in the log",
    )
    explained.leave_open(
        f"rằng phần riêng tư của {opened.dossier} đúng với cam kết: máy chủ đưa ra, không kèm muối",
        f"that the private parts of {opened.dossier} are those committed to: they are the server's "
        "word, without the salts",
    )


def _explain_timestamp(found: VerifiedCasefile, roots: Path | None, explained: Explained) -> None:
    if found.timestamp is None:
        if roots is not None:
            raise UsageProblem("--timestamp-roots: the file holds no time stamp")
        explained.leave_open(
            "khi nào tệp được ký (chưa có dấu thời gian)",
            "when the file was signed (it holds no time stamp)",
        )
    elif roots is None:
        explained.leave_open(
            "dấu thời gian trong tệp (chưa kiểm: hãy nêu chứng thư gốc bằng --timestamp-roots)",
            "the time stamp in the file (not checked: name root certificates, --timestamp-roots)",
        )
    else:
        stamp = open_response(found.timestamp, found.manifest_note, roots.read_bytes())
        at = render_utc_seconds(stamp.at.replace(microsecond=0))
        explained.prove(
            f"theo dấu thời gian của {stamp.authority}, danh mục đã ký tồn tại lúc {at}",
            f"by a time stamp of {stamp.authority}, the signed manifest existed at {at}",
        )


def _explain_rest(found: VerifiedCasefile, explained: Explained) -> None:
    if found.qualified is not None:
        explained.leave_open(
            "chữ ký số trong signature.p7s: chúng tôi giữ nguyên và không kiểm; hãy kiểm bằng "
            "phần mềm chữ ký số, trên tệp manifest (lệnh casefile extract)",
            "the qualified signature in signature.p7s: it is kept and not checked by us; check it "
            "with signature software, over the file manifest (`casefile extract`)",
        )
    explained.leave_open(
        "rằng dấu vết là đầy đủ ngoài các hồ sơ có lịch sử ở trên: chỉ mục đi theo từng dòng sự "
        "kiện, không theo người hay cơ quan; kiểm toán viên đọc toàn bộ nhật ký (lệnh audit) rồi "
        "so từng mục do các khóa đó ký (lệnh export)",
        "that the trail is whole beyond the dossiers above: the index goes by streams, never by "
        "persons or offices; an auditor reads the whole log (`audit`) and compares every entry "
        "that those keys signed (`export`)",
    )
    explained.leave_open(
        "số liệu so sánh, các phát hiện và hành vi trên hồ sơ khác: đó là lời của máy chủ tại điểm "
        "chốt của dấu vết, được thanh tra viên ký nhận",
        "the figures beside the peers', the findings, and acts on other dossiers: they are the "
        "server's word as of the trail's checkpoint, which the inspector signed for",
    )
    explained.leave_open(
        "rằng một phát hiện là vi phạm: đó chỉ là dấu hiệu cần xem xét",
        "that a finding is a breach: it is a lead, never a verdict",
    )


def casefile_members(found: VerifiedCasefile) -> dict[str, object]:
    """Give what a verified casefile holds, as members for programs."""
    return {
        "inspector": found.manifest.inspector,
        "subject": found.manifest.subject,
        "acts": len(found.trail.acts),
        "findings": found.findings,
        "dossiers": [each.history.stream for each in found.dossiers],
        "left_out": {
            each.history.stream: None if each.left_out is None else list(each.left_out)
            for each in found.dossiers
        },
        "unjudged": {each.history.stream: list(each.unjudged) for each in found.dossiers},
        "proven_sizes": {each.history.stream: each.proven_size for each in found.dossiers},
        "opened": [each.dossier for each in found.opened],
    }
