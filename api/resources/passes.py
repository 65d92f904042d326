"""Passes: what keeps a dossier open for a quarter of an hour, in place of its secret.

A page never holds the slip's secret: it would lie in every copy of the page. Where it will be asked
for again, as in the other language, it carries a pass: the second at which it ends, a dot, and in
hex the HMAC-SHA256 under the view secret of ::

    dossier-ledger/pass@v1
    <stream>
    <the second at which it ends, Unix time>
    <keyed hash of the dossier's present secret, hex>

A secret that is replaced ends the passes that it gave. Passes travel in the body of a POST only.
"""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from ledger.errors import UnknownDossier

OPEN_FOR: Final = timedelta(minutes=15)
_FORM: Final = re.compile(r"(?P<end>[0-9]{1,12})\.[0-9a-f]{64}", re.ASCII)


def make_pass(view_secret: bytes, stream: str, kept_hash: bytes, now: datetime) -> str:
    """Give a pass to a dossier that was opened just now."""
    end = int((now + OPEN_FOR).timestamp())
    return _pass_until(end, view_secret, stream, kept_hash)


def check_pass(
    given: str, view_secret: bytes, stream: str, kept_hash: bytes, now: datetime
) -> None:
    """Check that a pass is for this dossier and has not ended.

    Raises:
        UnknownDossier: it is not; the answer is the same as to a wrong secret.
    """
    match = _FORM.fullmatch(given)
    if match is None:
        raise UnknownDossier
    end = int(match["end"])
    expected = _pass_until(end, view_secret, stream, kept_hash)
    if not hmac.compare_digest(expected, given) or now.timestamp() >= end:
        raise UnknownDossier


def _pass_until(end: int, view_secret: bytes, stream: str, kept_hash: bytes) -> str:
    text = f"dossier-ledger/pass@v1\n{stream}\n{end}\n{kept_hash.hex()}"
    return f"{end}.{hmac.digest(view_secret, text.encode(), sha256).hex()}"
