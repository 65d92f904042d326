"""What `verify` says of the ML-DSA-44 line under a checkpoint, where anchors name its key."""

from cli.verifying.sentences import Explained
from ledger.key_files import Anchors
from transparency.witnessing.mldsa import check_mldsa_line


def explain_mldsa(checkpoint_note: bytes, anchors: Anchors, explained: Explained) -> None:
    """Check the line and say what it shows.

    Raises:
        SignatureInvalid: the line is there, and wrong.
        MldsaUnavailable: the library that checks it is not installed.
    """
    if anchors.log_mldsa is None:
        return
    if check_mldsa_line(checkpoint_note, anchors.log_mldsa):
        explained.prove(
            "nhật ký cũng đã ký điểm chốt bằng khóa ML-DSA-44 của mình",
            "the log signed the checkpoint with its ML-DSA-44 key, too",
        )
    else:
        explained.leave_open(
            "rằng nhật ký cũng đã ký bằng khóa ML-DSA-44 của mình: không có dòng chữ ký như vậy",
            "that the log signed it with its ML-DSA-44 key, too: such a line is not there",
        )
