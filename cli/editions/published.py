"""Where a published edition is read: beside a log, in a folder of its own, or at a site."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

from cli.output import UsageProblem
from cli.sources import LogAddress, fetch
from projections.editions.composing import PATH
from projections.editions.errors import NoEdition
from projections.editions.folder import EditionFolder, parse_day, read_manifest
from projections.editions.shapes import MANIFEST

SUBFOLDER: Final = "editions"


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """An edition as somebody publishes it; nothing of it is believed.

    ``read`` gives a file, or None where it is not there; ``names`` are the files of a folder, and
    None where they cannot be listed.
    """

    day: date
    read: Callable[[str], bytes | None]
    names: frozenset[str] | None


def find_published(text: str, address: LogAddress) -> PublishedEdition:
    """Find an edition by its day, beside the log that was named, or by its folder.

    Raises:
        UsageProblem: it is neither a day nor a folder with a manifest.
        NoEdition: no edition of that day is published there.
        EditionDiffers: what lies in the folder is no manifest, or the folder bears another day.
        StoreUnavailable: the site does not answer.
    """
    day = parse_day(text)
    if day is None:
        return _in_folder(Path(text))
    if address.is_remote:
        return _at_site(day, address.site)
    folder = EditionFolder(Path(address.text) / SUBFOLDER)
    names = frozenset(folder.names(day))
    if not names:
        raise NoEdition(f"no edition of {day} lies in {Path(address.text) / SUBFOLDER}")
    return PublishedEdition(day, _reader(Path(address.text) / SUBFOLDER / text), names)


def _in_folder(folder: Path) -> PublishedEdition:
    if not (folder / MANIFEST).is_file():
        raise UsageProblem(f"{folder} is neither a day such as 2026-11-21 nor an edition's folder")
    # A copy may lie under any name but another day's, which it would be taken for.
    named = parse_day(folder.resolve().name)
    manifest = read_manifest((folder / MANIFEST).read_bytes(), named)
    names = frozenset(path.name for path in folder.iterdir())
    return PublishedEdition(manifest.edition, _reader(folder), names)


def _reader(folder: Path) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        return (folder / name).read_bytes() if (folder / name).is_file() else None

    return read


def _at_site(day: date, site: str) -> PublishedEdition:
    def read(name: str) -> bytes | None:
        return fetch(f"{site}{PATH}{day}/{quote(name)}")

    if read(MANIFEST) is None:
        raise NoEdition(f"{site} publishes no edition of {day}")
    return PublishedEdition(day, read, None)
