"""What `verify` says of a timestamp (RFC 3161) beside a checkpoint: what it shows, and what not."""

from pathlib import Path

from cli.output import UsageProblem
from cli.verifying.sentences import Explained
from ledger.timestamping.tokens import open_response
from transparency.encoding import render_utc_seconds
from transparency.notes import parse_note


def explain_timestamp(
    checkpoint_note: bytes, named: tuple[Path | None, Path | None], explained: Explained
) -> None:
    """Check a timestamp of the checkpoint and say what it shows, where one was named.

    ``named`` are the files of the timestamp and of the roots by which it is believed.

    Raises:
        UsageProblem: only one of them was named.
        TimestampInvalid: it is of another checkpoint, or not by an authority of these roots.
        TimestampsUnavailable: the library that checks it is not installed.
    """
    response_path, roots_path = named
    if response_path is None and roots_path is None:
        return
    if response_path is None or roots_path is None:
        raise UsageProblem("--timestamp and --timestamp-roots are named together")
    text = parse_note(checkpoint_note).text
    stamp = open_response(response_path.read_bytes(), text, roots_path.read_bytes())
    at = render_utc_seconds(stamp.at.replace(microsecond=0))
    explained.prove(
        f"theo dấu thời gian của {stamp.authority}, điểm chốt này đã tồn tại lúc {at}",
        f"by a timestamp of {stamp.authority}, this checkpoint existed at {at}",
    )
    explained.leave_open(
        "nhật ký chỉ có một và đầy đủ: bên cấp dấu thời gian không phải là bên chứng kiến",
        "that the log is one and whole: an authority for timestamps is no witness",
    )
