"""Whether an edition that somebody publishes can be one of a log, as far as a copy of it can tell.

In this order: the manifest is of the day and the ledger; every file is what it names; the log has
signed its checkpoint, and goes on from it; and by the seals it is the day's last published one. The
figures are not made again here: `remaking` does that.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from projections.editions.days import Stand, day_of, published_stands
from projections.editions.errors import EditionDiffers, not_final
from projections.editions.folder import is_file_name, read_manifest
from projections.editions.shapes import MANIFEST, ListedFile, Manifest
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.encoding import render_utc_milliseconds
from transparency.errors import TransparencyError
from transparency.log_keys import LogKeys
from transparency.trusted_log import TrustedLog

# Far above any edition; whoever publishes one shall not fill the disk of those who copy it.
MOST_FILES: Final = 100
MOST_BYTES: Final = 256 * 1024 * 1024


def check_manifest(body: bytes, day: date, ledger: str) -> Manifest:
    """Read a manifest, and check whose it is and what it lists.

    Raises:
        EditionDiffers: it is none, another day's or ledger's, or lists what no edition has.
    """
    manifest = read_manifest(body, day)
    names = [file.name for file in manifest.files]
    if manifest.ledger != ledger:
        raise EditionDiffers(f"{day}: the edition is of another ledger, {manifest.ledger}")
    if len(names) > MOST_FILES or sum(each.length_bytes for each in manifest.files) > MOST_BYTES:
        raise EditionDiffers(f"{day}: the edition lists more than any has")
    if len(set(names)) < len(names) or not all(map(_may_be_listed, names)):
        raise EditionDiffers(f"{day}: the edition lists files that none has")
    return manifest


def check_files(manifest: Manifest, read: Callable[[str], bytes | None]) -> dict[str, bytes]:
    """Read every file that a manifest lists, and give those, without the manifest.

    Each has the length that is listed, and `check_manifest` has looked at their sum: what is read
    ends with the first file that is longer.

    Raises:
        EditionDiffers: a file is missing, or not what is listed.
    """
    files: dict[str, bytes] = {}
    for listed in manifest.files:
        body = read(listed.name)
        if body is None or not _is_listed(body, listed):
            # It may have been cut off on the way.
            body = read(listed.name)
        if body is None:
            raise EditionDiffers(f"{manifest.edition}: {listed.name} is missing")
        if not _is_listed(body, listed):
            raise EditionDiffers(f"{manifest.edition}: {listed.name} is not what is listed")
        files[listed.name] = body
    return files


def signed_by_log(manifest: Manifest, keys: LogKeys) -> SignedCheckpoint:
    """Open the checkpoint of an edition.

    Raises:
        EditionDiffers: the log did not sign it, or the manifest names another one.
    """
    try:
        signed = open_checkpoint(manifest.checkpoint_note.encode(), keys)
    except TransparencyError as error:
        message = f"{manifest.edition}: the edition's checkpoint is not the log's: {error}"
        raise EditionDiffers(message) from error
    checkpoint, named = signed.checkpoint, manifest.checkpoint
    root = base64.b64encode(checkpoint.root_hash).decode()
    if (checkpoint.tree_size, root) != (named.size, named.root):
        raise EditionDiffers(
            f"{manifest.edition}: the edition names another checkpoint than signed"
        )
    return signed


def check_is_of_log(manifest: Manifest, signed: SignedCheckpoint, log: TrustedLog) -> None:
    """Check that a log has an edition's checkpoint, as the last one published on its day.

    Raises:
        LogMisbehaviour: the log signed the edition's checkpoint, and is another one.
        EditionDiffers: it is not the last published one of that day.
        NoEdition: the log does not reach beyond the day; look again later.
        EntryUnreadable, TransparencyError: the log cannot be read.
    """
    day, size = manifest.edition, signed.checkpoint.tree_size
    if size > log.tree_size:
        raise not_final(day)
    log.check_extends(signed)
    if not size:
        raise EditionDiffers(f"{day}: the edition is of an empty log")
    bodies = enumerate(log.entries(size - 1, log.tree_size), size - 1)
    _check_is_last(manifest, published_stands(bodies, log.signed_checkpoint.note))


def _check_is_last(manifest: Manifest, stands: Iterator[Stand]) -> None:
    day = manifest.edition
    own, following = next(stands, None), next(stands, None)
    if own is None or own.tree_size != manifest.checkpoint.size:
        raise EditionDiffers(f"{day}: the log never published the edition's checkpoint")
    if day_of(own.sealed_at) != day or manifest.as_of != render_utc_milliseconds(own.sealed_at):
        raise EditionDiffers(f"{day}: the edition's checkpoint was sealed at {own.sealed_at}")
    if following is None:
        raise not_final(day)
    if day_of(following.sealed_at) == day:
        raise EditionDiffers(f"{day}: the edition's checkpoint is not the last one of its day")


def _is_listed(body: bytes, listed: ListedFile) -> bool:
    return len(body) == listed.length_bytes and hashlib.sha256(body).hexdigest() == listed.sha256


def _may_be_listed(name: str) -> bool:
    return is_file_name(name) and name != MANIFEST
