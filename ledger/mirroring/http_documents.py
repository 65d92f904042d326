"""Public documents of a log somewhere else, read over HTTP; each is checked against its hash."""

import hashlib
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Final

from ledger.documents import MAX_DOCUMENT_BYTES
from ledger.errors import StoreUnavailable
from transparency.fetching.limited import limited_opener

TIMEOUT_SECONDS: Final = 20.0
# `TIMEOUT_SECONDS` is for each piece of an answer; the whole of it is there by then.
WHOLE_SECONDS: Final = 60.0
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
NOT_FOUND: Final = 404


def open_address(address: str, most_bytes: int = MAX_ANSWER_BYTES) -> urllib.request.OpenerDirector:
    """Give an opener for one request to an address, whose time begins now.

    A proxy for the world outside is no way to this machine.
    """
    return limited_opener(address, WHOLE_SECONDS, most_bytes)


class HttpDocuments:
    """Public documents read from a ledger's site; each is checked against its hash."""

    def __init__(self, site: str):
        self._site = site
        self._known: dict[str, bytes] = {}

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash, or None where the site does not have it.

        Raises:
            StoreUnavailable: the site does not answer, or not to the end.
        """
        if document_hex in self._known:
            return self._known[document_hex]
        address = f"{self._site}/documents/{document_hex}"
        try:
            opener = open_address(address, MAX_DOCUMENT_BYTES)
            with opener.open(address, timeout=TIMEOUT_SECONDS) as answer:
                document: bytes = answer.read(MAX_DOCUMENT_BYTES + 1)
                # Reading with a limit does not complain about a body that was cut off.
                if answer.length:
                    raise StoreUnavailable(f"{address}: the answer was cut off")
        except urllib.error.HTTPError as error:
            if error.code == NOT_FOUND:
                return None
            raise StoreUnavailable(f"{address}: HTTP {error.code}") from error
        except (OSError, HTTPException) as error:
            raise StoreUnavailable(f"{address}: {error}") from error
        if hashlib.sha256(document).hexdigest() != document_hex:
            return None
        self._known[document_hex] = document
        return document
