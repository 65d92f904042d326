"""Public documents of a log somewhere else, read over HTTP; each is checked against its hash."""

import hashlib
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from ledger.documents import MAX_DOCUMENT_BYTES
from ledger.errors import StoreUnavailable

TIMEOUT_SECONDS: Final = 20.0
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
NOT_FOUND: Final = 404


def open_address(address: str) -> urllib.request.OpenerDirector:
    """Give an opener for an address; a proxy for the world outside is no way to this machine."""
    is_here = urlsplit(address).hostname in LOOPBACK_HOSTS
    return urllib.request.build_opener(urllib.request.ProxyHandler({} if is_here else None))


class HttpDocuments:
    """Public documents read from a ledger's site; each is checked against its hash."""

    def __init__(self, site: str):
        self._site = site
        self._known: dict[str, bytes] = {}

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where the site does not have it.

        Raises:
            StoreUnavailable: the site does not answer.
        """
        if document_hex in self._known:
            return self._known[document_hex]
        address = f"{self._site}/documents/{document_hex}"
        try:
            with open_address(address).open(address, timeout=TIMEOUT_SECONDS) as answer:
                document: bytes = answer.read(MAX_DOCUMENT_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code == NOT_FOUND:
                return None
            raise StoreUnavailable(f"{address}: HTTP {error.code}") from error
        except OSError as error:
            raise StoreUnavailable(f"{address}: {error}") from error
        if hashlib.sha256(document).hexdigest() != document_hex:
            return None
        self._known[document_hex] = document
        return document
