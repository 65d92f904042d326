"""What `verify` says of the ML-DSA-44 line under a checkpoint, where anchors name its key."""

from ledger.key_files import Anchors
from transparency.witnessing.mldsa import check_mldsa_line


def explain_mldsa(
    checkpoint_note: bytes, anchors: Anchors, proved: list[str], open_questions: list[str]
) -> None:
    """Check the line and say what it shows.

    Raises:
        SignatureInvalid: the line is there, and wrong.
        MldsaUnavailable: the library that checks it is not installed.
    """
    if anchors.log_mldsa is None:
        return
    if check_mldsa_line(checkpoint_note, anchors.log_mldsa):
        proved.append("the log signed the checkpoint with its ML-DSA-44 key, too")
    else:
        open_questions.append(
            "that the log signed it with its ML-DSA-44 key, too: such a line is not there"
        )
