"""What evidence convicts a log of, in plain words."""

from collections.abc import Callable, Mapping
from typing import Final

from cli.verifying.sentences import Explained
from transparency.evidence.files import Misbehaviour

Words = Callable[[Mapping[str, str]], tuple[str, str]]

_WORDS: Final[Mapping[str, Words]] = {
    "fork": lambda of: (
        f"nhật ký đã ký hai điểm chốt ({of['first_size']} và {of['second_size']} mục) không thể "
        "cùng đúng",
        f"the log signed two checkpoints (of {of['first_size']} and {of['second_size']} entries) "
        "that cannot both be true",
    ),
    "shrink": lambda of: (
        f"nhật ký đã có {of['first_size']} mục rồi lại được đưa ra với {of['second_size']} mục",
        f"the log had {of['first_size']} entries, and was shown with {of['second_size']} after "
        "that",
    ),
    "unsealed": lambda of: (
        f"nhật ký công bố điểm chốt mà mục cuối (mục {of['entry_index']}) không phải niêm phong "
        "đúng",
        f"the log published a checkpoint whose last entry ({of['entry_index']}) is no seal over "
        "all before it",
    ),
    "omitted_entry": lambda of: (
        f"chỉ mục trong niêm phong ở mục {of['seal_index']} bỏ sót mục {of['entry_index']} của "
        f"{of['stream']}",
        f"the index in the seal at entry {of['seal_index']} leaves out entry {of['entry_index']} "
        f"of {of['stream']}",
    ),
    "wrong_index_root": lambda of: (
        f"niêm phong ở mục {of['seal_index']} ghi sai gốc chỉ mục; đã lập lại chỉ mục từ nhật ký",
        f"the seal at entry {of['seal_index']} has a wrong index root; the index was made again "
        "from the log",
    ),
    "seal_time": lambda of: (
        f"niêm phong ở mục {of['seal_index']} ghi {of['sealed_at']}, trái với {of['then']}",
        f"the seal at entry {of['seal_index']} says {of['sealed_at']}, which {of['then']} "
        "contradicts",
    ),
    "broken_promise": lambda of: (
        f"phiên bản {of['version']} của {of['stream']} được cam kết công bố trước "
        f"{of['publish_by']} nhưng không có trong nhật ký",
        f"version {of['version']} of {of['stream']} was promised by {of['publish_by']} and is not "
        "in the log",
    ),
    "no_right": lambda of: (
        f"mục {of['entry_index']} không được phép ghi: {of['reason']}",
        f"entry {of['entry_index']} must not have been recorded: {of['reason']}",
    ),
    "broken_stream": lambda of: (
        f"một luồng trong nhật ký bị đứt: {of['reason']}",
        f"a stream in the log is broken: {of['reason']}",
    ),
    "foreign_entry": lambda of: (
        f"mục {of['entry_index']} mang dạng hành vi nhưng không thuộc sổ này ({of['reason']})",
        f"entry {of['entry_index']} claims to be an action and is none of this ledger "
        f"({of['reason']})",
    ),
    "tally": lambda of: (
        f"bảng tổng hợp ở mục {of['entry_index']} không khớp: {of['reason']}",
        f"the tally at entry {of['entry_index']} does not add up: {of['reason']}",
    ),
}
CHARGES: Final = tuple(sorted(_WORDS))


def explain_misbehaviour(found: Misbehaviour) -> Explained:
    """Say what the log did, and whom that does not convict."""
    explained = Explained()
    explained.prove(*_WORDS[found.kind](found.particulars))
    explained.prove(
        f"mọi phần của bằng chứng đều do chính nhật ký {found.origin} ký hoặc nằm dưới điểm chốt "
        "của nó",
        f"every piece of the evidence is signed by the log {found.origin} itself, or stands under "
        "its checkpoint",
    )
    explained.leave_open(
        "ai trong đơn vị vận hành đã làm, và có cố ý hay không",
        "who at the operator did it, and whether on purpose",
    )
    return explained
