"""What a ledger's site publishes as figures, read over HTTP; nothing of it is believed."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from cli.output import UsageProblem
from cli.sources import decode_figures, fetch
from projections.counts import CountStatistics
from projections.durations import DurationStatistics
from projections.monitoring.figures import Statistics
from projections.petitions.figures import PetitionStatistics
from projections.veiled.counts import VeiledStatistics

SHAPES: Final[Mapping[str, type[Statistics]]] = {
    "counts": CountStatistics,
    "durations": DurationStatistics,
    "petitions": PetitionStatistics,
    "veiled": VeiledStatistics,
}


class PublishedFigures:
    """One site's figures."""

    def __init__(self, site: str, timeout_seconds: float) -> None:
        parts = urlsplit(site)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageProblem("--api is an address with http:// or https:// and a host")
        self._site = f"{parts.scheme}://{parts.netloc}"
        self._timeout_seconds = timeout_seconds
        self.served: dict[str, bytes] = {}

    def read(self) -> dict[str, Statistics]:
        """Read all figures; one that the site does not have is left out.

        Raises:
            StoreUnavailable: the site does not answer.
            ProofInvalid: what it answers is no statistics.
        """
        self.served = {}
        found: dict[str, Statistics] = {}
        for name, shape in SHAPES.items():
            address = f"{self._site}/v1/statistics/{name}"
            body = fetch(address, self._timeout_seconds)
            if body is None:
                continue
            self.served[name] = body
            found[name] = decode_figures(body, shape, address)
        return found
