"""Where a mirror copies editions from: a log's folder, or the site that serves the log."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from cli.sources import LogAddress, decode_figures, fetch
from projections.editions.composing import PATH
from projections.editions.errors import NoEdition
from projections.editions.folder import EditionFolder
from projections.editions.mirrored.rounds import EditionSource
from transparency.errors import ProofInvalid

PAGE: Final = 1_000
# Far more than a ledger has days.
MOST_PAGES: Final = 200


class _Listed(msgspec.Struct, frozen=True):
    edition: date


class _ListAnswer(msgspec.Struct, frozen=True):
    editions: tuple[_Listed, ...]
    next: str | None


def editions_at(address: LogAddress, timeout_seconds: float) -> EditionSource:
    """Open the editions that are published with a log."""
    if address.is_remote:
        return SiteEditions(address.site, timeout_seconds)
    return FolderEditions(Path(address.text) / "editions")


class FolderEditions:
    """Editions beside the log of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = EditionFolder(path)

    @property
    def address(self) -> str:
        """Give the folder."""
        return str(self._path)

    def days(self) -> Sequence[date]:
        """Give the days that have an edition."""
        return self._folder.days()

    def read(self, day: date, name: str) -> bytes | None:
        """Give a file of an edition, or None where it is not there."""
        try:
            return self._folder.read(day, name)
        except NoEdition:
            return None


class SiteEditions:
    """Editions as a site serves them; nothing of its answers is believed."""

    def __init__(self, site: str, timeout_seconds: float) -> None:
        self._site = site
        self._timeout_seconds = timeout_seconds

    @property
    def address(self) -> str:
        """Give the address of the list."""
        return f"{self._site}{PATH.rstrip('/')}"

    def days(self) -> Sequence[date]:
        """Give the days that the site lists; none where it lists none.

        Raises:
            StoreUnavailable: it does not answer.
            ProofInvalid: what it answers is no list of editions.
        """
        found: list[date] = []
        before = ""
        for _ in range(MOST_PAGES):
            address = f"{self.address}?limit={PAGE}{before}"
            body = fetch(address, self._timeout_seconds)
            if body is None:
                return found
            page = decode_figures(body, _ListAnswer, address)
            found += [each.edition for each in page.editions]
            if page.next is None or not page.editions:
                return found
            before = f"&before={page.editions[-1].edition}"
        raise ProofInvalid(f"{self._site} lists editions without end")

    def read(self, day: date, name: str) -> bytes | None:
        """Give a file of an edition, or None where it is not there.

        Raises:
            StoreUnavailable: the site does not answer.
        """
        return fetch(f"{self._site}{PATH}{day}/{name}", self._timeout_seconds)
