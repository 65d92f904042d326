"""Editions on a disk: a folder for each day, written whole or not at all, and never again.

They lie within the public log's folder, so whoever copies it has them. An edition is written beside
its place, every file synced, and the folder gets its name in one step.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import StoreUnavailable
from projections.editions.errors import EditionDiffers, NoEdition
from projections.editions.shapes import MANIFEST, REVISIONS, Manifest, RevisionsDocument

_DAY: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FILE: Final = re.compile(r"[a-z][a-z0-9-]{0,60}\.(?:json|csv)", re.ASCII)
_UNFINISHED: Final = ".unfinished-"


class EditionFolder:
    """The editions of one ledger; the folder is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def days(self) -> list[date]:
        """Give the days that have an edition, in order.

        A folder without a manifest is none: it was copied here by half, or is of somebody else.
        """
        with _disk_errors():
            paths = list(self._folder.iterdir()) if self._folder.is_dir() else []
            days = {path: parse_day(path.name) for path in paths}
            return sorted(
                day for path, day in days.items() if day is not None and (path / MANIFEST).is_file()
            )

    def read(self, day: date, name: str) -> bytes:
        """Give a file of an edition, byte for byte.

        Raises:
            NoEdition: there is no such edition, or no such file in it.
            StoreUnavailable: the disk does not read.
        """
        if not is_file_name(name):
            raise NoEdition(f"no edition has a file of that name; {MANIFEST} lists them")
        with _disk_errors():
            try:
                return (self._folder / day.isoformat() / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError) as error:
                raise NoEdition(f"the edition of {day} has no {name}") from error

    def names(self, day: date) -> list[str]:
        """Name the files of an edition, in order; none where there is no such edition."""
        place = self._folder / day.isoformat()
        with _disk_errors():
            return sorted(path.name for path in place.iterdir()) if place.is_dir() else []

    def manifest(self, day: date) -> Manifest:
        """Read the manifest of an edition.

        Raises:
            NoEdition: there is no such edition.
            EditionDiffers: what lies there is no manifest of that day.
        """
        return read_manifest(self.read(day, MANIFEST), day)

    def checked(self, manifest: Manifest, name: str) -> bytes:
        """Give a file whose hash stands in the manifest.

        Raises:
            EditionDiffers: the file is missing, or is not the one that the manifest names.
        """
        listed = {file.name: file.sha256 for file in manifest.files}
        try:
            body = self.read(manifest.edition, name)
        except NoEdition as error:
            raise EditionDiffers(f"{manifest.edition}: {name} is missing") from error
        if listed.get(name) != hashlib.sha256(body).hexdigest():
            raise EditionDiffers(f"{manifest.edition}: {name} is not what its manifest names")
        return body

    def revisions(self, manifest: Manifest) -> RevisionsDocument:
        """Read the revisions of an edition.

        Raises:
            EditionDiffers: they are not what the manifest names.
        """
        body = self.checked(manifest, REVISIONS)
        try:
            return msgspec.json.decode(body, type=RevisionsDocument)
        except msgspec.DecodeError as error:
            raise EditionDiffers(f"{manifest.edition}: {REVISIONS}: {error}") from error

    def write(self, day: date, files: Mapping[str, bytes]) -> bool:
        """Write an edition, durable when this returns; False where it was there, byte for byte.

        Raises:
            EditionDiffers: it was there, with other bytes; nothing is written.
            StoreUnavailable: the disk does not write; nothing or all is there.
        """
        assert all(map(is_file_name, files))
        assert MANIFEST in files

        place = self._folder / day.isoformat()
        if (place / MANIFEST).is_file():
            self._compare(day, files)
            with _disk_errors():
                # It may have been renamed just before a crash, the folder never synced.
                _sync_folder(self._folder)
            return False
        self._check_copied(day, files)
        with _disk_errors():
            self._make_folder()
            unfinished = self._write_beside(day, files)
            if place.is_dir():
                shutil.rmtree(place)
            # CRASH: until here, a folder that nobody reads, and that the next attempt replaces.
            unfinished.rename(place)
            _sync_folder(self._folder)
        return True

    def differing(self, day: date, files: Mapping[str, bytes]) -> list[str]:
        """Name the files of an edition that are missing, too many, or have other bytes."""
        stored = set(self.names(day))
        return sorted(
            (stored ^ files.keys())
            | {name for name in stored & files.keys() if self.read(day, name) != files[name]}
        )

    def _compare(self, day: date, files: Mapping[str, bytes]) -> None:
        differing = self.differing(day, files)
        if differing:
            raise _published_otherwise(day, differing)

    def _check_copied(self, day: date, files: Mapping[str, bytes]) -> None:
        """Check that nothing lies there but what is written again: files, or how these begin.

        A copy that was broken off leaves its last file cut off.
        """
        differing = [
            name
            for name in self.names(day)
            if name not in files or not files[name].startswith(self.read(day, name))
        ]
        if differing:
            raise _published_otherwise(day, differing)

    def _make_folder(self) -> None:
        missing = [path for path in (self._folder, *self._folder.parents) if not path.is_dir()]
        for path in reversed(missing):
            path.mkdir()
            _sync_folder(path.parent)

    def _write_beside(self, day: date, files: Mapping[str, bytes]) -> Path:
        unfinished = self._folder / f"{_UNFINISHED}{day.isoformat()}"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir()
        for name, body in files.items():
            with (unfinished / name).open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
        _sync_folder(unfinished)
        return unfinished


def _published_otherwise(day: date, differing: Sequence[str]) -> EditionDiffers:
    return EditionDiffers(
        f"the edition of {day} was published with other bytes: {', '.join(differing)}"
    )


def is_file_name(name: str) -> bool:
    """Tell whether a file of an edition may have this name."""
    return _FILE.fullmatch(name) is not None


def parse_day(text: str) -> date | None:
    """Read a day such as `2026-11-21`; None where it is none."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_manifest(body: bytes, day: date | None = None) -> Manifest:
    """Read a manifest, of a certain day where one is named.

    Raises:
        EditionDiffers: it is no manifest, or another day's.
    """
    try:
        manifest = msgspec.json.decode(body, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise EditionDiffers(f"this is no manifest of an edition: {error}") from error
    if day not in (None, manifest.edition):
        raise EditionDiffers(f"the manifest is of {manifest.edition}, not of {day}")
    return manifest


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the disk of the editions fails: {error}") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
