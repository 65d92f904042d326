"""What a ledger's site publishes as figures, read over HTTP; nothing of it is believed."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

import msgspec

from cli.output import UsageProblem
from cli.sources import open_address
from ledger.errors import StoreUnavailable
from projections.counts import CountStatistics
from projections.durations import DurationStatistics
from projections.monitoring.figures import Statistics
from projections.petitions.figures import PetitionStatistics
from projections.veiled.counts import VeiledStatistics
from transparency.errors import ProofInvalid

MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
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
            body = self._get(f"{self._site}/v1/statistics/{name}")
            if body is None:
                continue
            self.served[name] = body
            try:
                found[name] = msgspec.json.decode(body, type=shape)
            except msgspec.DecodeError as error:
                raise ProofInvalid(f"{self._site} does not answer with {name}: {error}") from error
        return found

    def _get(self, address: str) -> bytes | None:
        request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - the constructor lets only http and https through
        try:
            with open_address(address).open(request, timeout=self._timeout_seconds) as answer:
                body: bytes = answer.read(MAX_ANSWER_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == HTTPStatus.NOT_FOUND:
                    return None
            raise StoreUnavailable(f"{address} answers {error.code}") from error
        except (OSError, HTTPException) as error:
            raise StoreUnavailable(f"{address} does not answer: {error}") from error
        return body
