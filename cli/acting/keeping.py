"""What whoever acts keeps: receipt, promise and opening, in files whose places are taken first.

A rating, and an act on a veiled dossier, is published later, in another entry's shape. Until then
promise and opening are all that its signer has, and the opening is given with the answer alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from cli.acting.receipt_files import ReceiptFile, receipt_file
from cli.output import say
from ledger.intake import Answer
from transparency.encoding import parse_utc_seconds, render_utc_seconds
from transparency.errors import TransparencyError
from transparency.notes import parse_note

ENVELOPE: Final = "envelope"
VEILED_STREAMS: Final = "dossier:"


class _Promised(msgspec.Struct, frozen=True):
    publish_by: str
    published_as: str | None = None


@dataclass(frozen=True, slots=True)
class Deferral:
    """How and until when an act is published that is not in the log yet, as was promised.

    `published_as` is what its veil will say; an `envelope` says nothing.
    """

    publish_by: datetime
    published_as: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Which files hold what; None where one was not wanted, or there was nothing to keep."""

    receipt: Path | None = None
    promise: Path | None = None
    opening: Path | None = None
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Files:
    """The files that wait for receipt, promise and opening."""

    receipt: ReceiptFile | None
    promise: ReceiptFile | None
    opening: ReceiptFile | None


@contextmanager
def files_of_act(receipt: Path | None, opening: Path | None) -> Iterator[Files]:
    """Take the places: promise and opening lie beside the receipt if no other place was named.

    Raises:
        UsageProblem: something lies there already, or cannot be written.
    """
    base = receipt or opening
    promise = None if base is None else base.with_name(f"{base.name}.promise")
    if opening is None and receipt is not None:
        opening = receipt.with_name(f"{receipt.name}.opening")
    with (
        receipt_file(receipt) as receipts,
        receipt_file(opening, "--opening") as openings,
        receipt_file(promise, "promise") as promises,
    ):
        yield Files(receipts, promises, openings)


def deferral_of(answer: Answer) -> Deferral | None:
    """Give what was promised of an act that others stand for; None where it is an entry itself."""
    if not answer.opening:
        return None
    try:
        # Unchecked: `verify` opens the receipt; what is said here is the server's own word.
        line = parse_note(answer.note).text.partition(b"\n")[2]
        promised = msgspec.json.decode(line, type=_Promised)
        return Deferral(parse_utc_seconds(promised.publish_by), promised.published_as or ENVELOPE)
    except (TransparencyError, ValueError):
        return None


def keep(files: Files, answer: Answer) -> Kept:
    """Keep what came with the answer; the act is recorded, whatever becomes of the files."""
    is_late = answer.receipt is None
    return Kept(
        receipt=_keep(files.receipt, answer.receipt),
        promise=_keep(files.promise, answer.note if is_late or answer.opening else None),
        opening=_keep(files.opening, answer.opening or None),
        is_complete=_has_all(files, answer),
    )


def _has_all(files: Files, answer: Answer) -> bool:
    """Tell whether the files that were wanted and could be filled are; missing ones are named."""
    if answer.receipt is None and files.receipt is not None and not answer.opening:
        say(
            "recorded and promised, but not published yet: fetch the receipt later at "
            f"{_receipt_address(answer)}",
            style="yellow",
        )
        return False
    wanted = ((files.receipt, answer.receipt), (files.opening, answer.opening or None))
    return all(file is None or not content or file.is_kept for file, content in wanted)


def _keep(file: ReceiptFile | None, content: bytes | None) -> Path | None:
    if file is None or not content:
        return None
    try:
        file.keep(content)
    except OSError as error:
        say(
            f"the action is recorded, but {file.path} does not take what came with it "
            f"({error.strerror})",
            style="red",
        )
        return None
    return file.path


def members_of(answer: Answer, kept: Kept, *, as_json: bool) -> dict[str, object]:
    """Give what `act` reports of promise, opening and files; texts where no file has them."""
    deferral = deferral_of(answer)
    members: dict[str, object] = {}
    if kept.receipt is not None:
        members["receipt"] = str(kept.receipt)
    if deferral is not None:
        members["published_as"] = deferral.published_as
        members["publish_by"] = render_utc_seconds(deferral.publish_by)
    members |= _text_member("promise", answer.note, kept.promise, as_json=as_json)
    members |= _text_member("opening", answer.opening, kept.opening, as_json=as_json)
    if not as_json and deferral is None:
        members.pop("promise", None)
    return members


def _text_member(
    name: str, content: bytes, path: Path | None, *, as_json: bool
) -> dict[str, object]:
    members: dict[str, object] = {} if path is None else {f"{name}_file": str(path)}
    if content and (as_json or path is None):
        members[name] = content.decode() if as_json else f"\n{content.decode()}"
    return members


def say_what_waits(answer: Answer, kept: Kept, site: str) -> None:
    """Say of an act that is not in the log yet how it will be, until when, and how to prove it."""
    deferral = deferral_of(answer)
    if deferral is None or answer.receipt is not None:
        return
    is_veiled = answer.stream.startswith(VEILED_STREAMS)
    shape = f"a veil that says {deferral.published_as!r}" if is_veiled else "an envelope"
    say(
        f"recorded and promised; not in the public log yet: it waits with others, and enters it "
        f"as {shape}, by {render_utc_seconds(deferral.publish_by)} at the latest"
    )
    header = " with the slip's secret as the header Dossier-Secret" if is_veiled else ""
    opening = "the opening above, kept in a file" if kept.opening is None else str(kept.opening)
    say(
        f"Then its receipt is at {site}{_receipt_address(answer)}{header}, and `verify RECEIPT "
        f"--opening FILE` shows with {opening} that it stands for this act. Keep the opening: it "
        "is given with this answer, and to whoever sends the same signed act again."
    )


def _receipt_address(answer: Answer) -> str:
    return f"/v1/streams/{answer.stream}/versions/{answer.version}/receipt"
