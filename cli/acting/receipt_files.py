"""The file of a receipt: its place is taken before anything is sent, so that none is lost."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cli.output import UsageProblem


@dataclass(slots=True)
class ReceiptFile:
    """An empty file that waits for its receipt; one that got none is taken away again."""

    path: Path
    _file: BinaryIO
    is_kept: bool = False

    def keep(self, receipt: bytes) -> None:
        """Write the receipt, durably.

        Raises:
            OSError: the disk does not take it.
        """
        self._file.write(receipt)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.is_kept = True


@contextmanager
def receipt_file(path: Path | None, what: str = "--receipt") -> Iterator[ReceiptFile | None]:
    """Take the place of a receipt, with the folders on the way; None where none is wanted.

    ``what`` is said of it in complaints: the option that named it, or what it is to hold.

    Raises:
        UsageProblem: it cannot be written there, or a file is there already.
    """
    if path is None:
        yield None
        return
    made = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("xb")
    except FileExistsError as error:
        raise UsageProblem(f"{what} {path}: it exists; a receipt is never replaced") from error
    except OSError as error:
        raise UsageProblem(f"{what} {path}: cannot be written: {error.strerror}") from error
    kept = ReceiptFile(path, opened)
    try:
        yield kept
    finally:
        opened.close()
        if not kept.is_kept:
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                for folder in made:
                    folder.rmdir()
