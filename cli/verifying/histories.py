"""What a verified history proves, what it does not, by which witnesses and as of when."""

from cli.verifying.sentences import Explained
from cli.verifying.witnesses import explain_witnesses, is_index_audited
from domain.moments import render_moment
from ledger.histories.verifying import VerifiedAct, VerifiedHistory
from transparency.encoding import encode_base64, render_utc_milliseconds
from transparency.policies import Policy


def explain_history(history: VerifiedHistory, policy: Policy | None) -> Explained:
    """Say what a verified history proves.

    Raises:
        QuorumMissing: fewer witnesses than the policy asks for cosigned its checkpoint.
        SignatureInvalid: a cosignature of a known witness is wrong.
    """
    explained = Explained()
    checkpoint = history.checkpoint.checkpoint
    root = encode_base64(checkpoint.root_hash)
    sealed_at = render_utc_milliseconds(history.seal.sealed_at)
    explained.prove(
        f"nhật ký {checkpoint.origin} đã ký điểm chốt gồm {checkpoint.tree_size} mục, gốc {root}, "
        f"niêm phong lúc {sealed_at}",
        f"the log {checkpoint.origin} signed a checkpoint of {checkpoint.tree_size} entries with "
        f"root {root}, sealed at {sealed_at}",
    )
    explain_witnesses(policy, history.checkpoint.note, explained)
    if history.is_veiled:
        _explain_veiled(history, policy, explained)
    else:
        _explain_all(history, policy, explained)
    for act in history.acts:
        explained.prove(*_in_words(act))
    if policy is None:
        explained.leave_open(
            "rằng thời điểm niêm phong là đúng (đó là lời của đơn vị vận hành)",
            "that the time of the seal is right (it is the operator's word)",
        )
    explained.leave_open(
        "những việc đã làm mà không được đưa vào sổ",
        "anything that was done and never handed in",
    )
    return explained


def _explain_all(history: VerifiedHistory, policy: Policy | None, explained: Explained) -> None:
    is_audited = is_index_audited(policy, history.checkpoint.note)
    by_vi, by_en = _by_whose_index(is_audited=is_audited)
    count, stream = len(history.acts), history.stream
    if count:
        explained.prove(
            f"đây là toàn bộ {count} hành vi của {stream} đến điểm chốt này{by_vi}",
            f"{_all_in_english(count)} of {stream} up to this checkpoint{by_en}",
        )
    else:
        explained.prove(
            f"đến điểm chốt này nhật ký không có mục nào của {stream}{by_vi}",
            f"up to this checkpoint the log has no entry of {stream}{by_en}",
        )
        explained.leave_open(
            "rằng không có việc gì ở đó: hành vi trên hồ sơ được che, và đánh giá, không có mục "
            "riêng",
            "that nothing was done there: acts on veiled dossiers, and ratings, are no entries of "
            "their streams",
        )
    if not is_audited:
        explained.leave_open(
            "rằng chỉ mục không bỏ sót mục nào (cần bên kiểm toán chỉ mục xác nhận theo chính "
            "sách, hoặc lệnh audit)",
            "that the index leaves no entry out (an index auditor's cosignature under the policy "
            "shows that, or `audit`)",
        )
    if count:
        keys = ", ".join(history.key_names)
        explained.prove(
            "mọi chữ ký đều đúng, và khóa đã được đăng ký, giữ vai trò và chưa bị thu hồi tại vị "
            f"trí của từng mục; đã đọc trọn các luồng khóa: {keys}",
            "every signature is good, and its key was enrolled, held its role and was not revoked "
            f"at the place of its entry; the whole streams of these keys were read: {keys}",
        )
        explained.leave_open(
            "rằng từng hành vi được thủ tục cho phép (lệnh audit xét lại từng quyết định)",
            "that the procedure permitted each act (`audit` makes every decision again)",
        )


def _by_whose_index(*, is_audited: bool) -> tuple[str, str]:
    if is_audited:
        return "", ""
    return ", theo chỉ mục của đơn vị vận hành", ", according to the operator's index"


def _all_in_english(count: int) -> str:
    return "this is the only act" if count == 1 else f"these are all {count} acts"


def _explain_veiled(history: VerifiedHistory, policy: Policy | None, explained: Explained) -> None:
    is_audited = is_index_audited(policy, history.checkpoint.note)
    by_vi, by_en = _by_whose_index(is_audited=is_audited)
    published = sum(act.veil is not None for act in history.acts)
    explained.prove(
        f"hồ sơ {history.stream} được che: {len(history.acts)} văn bản đã ký nối tiếp nhau "
        f"từ phiên bản 1, không thiếu ở giữa; {published} trong số đó đã có màn che đúng của "
        "mình trong nhật ký",
        f"{history.stream} is veiled: {len(history.acts)} signed notes follow one another from "
        f"version 1 without a gap; {published} of them have their own veil in the log",
    )
    explained.prove(
        f"đến điểm chốt này nhật ký không có mục nào của luồng đó{by_vi}: đây không phải phần đầu "
        "của một hồ sơ công khai; mỗi văn bản đã có màn che, hoặc lời cam kết của sổ sẽ có màn che",
        f"up to this checkpoint the log has no entry of that stream{by_en}: this is not the "
        "beginning of an open dossier; each note has its veil, or the ledger's promise of one",
    )
    explained.prove(
        "mọi chữ ký đều đúng: người có hồ sơ và người được họ ủy quyền ký bằng khóa mà chính các "
        "văn bản này nêu, mọi người khác ký bằng khóa mà luồng của chính khóa đó trong nhật ký "
        f"đăng ký; đã đọc trọn các luồng khóa: {', '.join(history.key_names)}",
        "every signature is good: the dossier's own parties sign with keys that these notes name, "
        "everybody else with a key that the key's own stream in the log enrols; the whole streams "
        f"of these keys were read: {', '.join(history.key_names)}",
    )
    explained.leave_open(
        "rằng không còn hành vi nào sau đó: chỉ mục không biết các hành vi được che",
        "that there is no later act: the index knows nothing of veiled acts",
    )
    explained.leave_open(
        "rằng từng người ký giữ vai trò của mình đúng lúc ký: vị trí của hành vi được che không "
        "nằm trong nhật ký (thanh tra: audit --vault)",
        "that each signer held the role when signing: the place of a veiled act is not in the log "
        "(inspectors: `audit --vault`)",
    )
    if published < len(history.acts):
        explained.leave_open(
            "rằng các hành vi còn lại đã vào nhật ký: màn che của chúng còn chờ, như lời cam kết",
            "that the other acts are in the log: their veils still wait, as was promised",
        )
    for name in history.unread_revocations:
        explained.leave_open(
            f"rằng {name} ký trước khi bị thu hồi", f"that {name} signed before it was revoked"
        )


def _in_words(act: VerifiedAct) -> tuple[str, str]:
    action = act.action
    at = render_moment(action.at)
    by = ", ".join(f"{signer.key} ({signer.role.value})" for signer in action.signers)
    place_vi = "chưa vào nhật ký" if act.entry_index is None else f"mục {act.entry_index}"
    place_en = "not in the log yet" if act.entry_index is None else f"entry {act.entry_index}"
    if act.veil is not None:
        place_vi += f", hiện là {act.veil.face}"
        place_en += f", shown as {act.veil.face}"
    opened_vi = "; phần riêng tư trong tệp đúng với cam kết" if act.details is not None else ""
    opened_en = "; the private part in this file is the one committed to" if opened_vi else ""
    return (
        f"phiên bản {action.version}: {action.kind.name}, {at}, ký bởi {by} ({place_vi})"
        f"{opened_vi}",
        f"version {action.version}: {action.kind.name}, {at}, by {by} ({place_en}){opened_en}",
    )
