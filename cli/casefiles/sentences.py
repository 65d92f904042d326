"""What a verified casefile shows, and what it does not, in plain words."""

from pathlib import Path

from cli.output import UsageProblem
from cli.verifying.sentences import Explained
from cli.verifying.witnesses import explain_witnesses
from ledger.timestamping.tokens import open_response
from projections.casefiles.verifying import DetailsPart, ProvenDossier, VerifiedCasefile
from transparency.encoding import encode_base64, render_utc_seconds
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
        "chứng minh",
        f"{each.part}: the history of {history.stream}, {len(history.acts)} acts up to a "
        f"checkpoint of {size} entries; {each.trail_acts} acts of the trail on this dossier are as "
        "it proves",
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
        "rằng dấu vết là đầy đủ, số liệu so sánh, các phát hiện và hành vi trên hồ sơ khác: đó là "
        "lời của máy chủ tại điểm chốt của dấu vết, được thanh tra viên ký nhận (lệnh audit đọc "
        "toàn bộ nhật ký)",
        "that the trail is whole, its figures beside the peers', the findings, and acts on other "
        "dossiers: they are the server's word as of the trail's checkpoint, which the inspector "
        "signed for (`audit` reads the whole log)",
    )
    explained.leave_open(
        "rằng một phát hiện là vi phạm: đó chỉ là dấu hiệu cần xem xét",
        "that a finding is a breach: it is a lead, never a verdict",
    )
