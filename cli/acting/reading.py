"""Asking a server to open private parts: an access entry is signed first, and recorded there.

SPEC: formats.md, "Keys and the ledger's own entries": recorded before bytes leave (ADR 0024).
"""

import time
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from api import bootstrap
from api.resources.answers import AccessPlaceAnswer, ReadingAnswer
from api.settings import settings_of_process
from cli.sites import Site, SiteAnswer, body_of, render_submission
from domain.facts.integrity import AccessLogged, AccessLoggedDetails
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Drafter, Place
from ledger.errors import StoreUnavailable
from transparency.encoding import decode_base64
from transparency.notes import SigningKey

NONCE_BYTES: Final = 16
# The same entry opens the same for a quarter of an hour; we ask for half a minute.
TRIES: Final = 30
PAUSE_SECONDS: Final = 1.0
DOSSIER: Final = "dossier:"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks which server about which dossier, and when."""

    site: Site
    dossier: str
    key: SigningKey
    now: datetime

    @property
    def path(self) -> str:
        """Give the dossier's address."""
        return path_of(self.dossier)

    def signed(self, path: str) -> SiteAnswer:
        """Ask for a path with a signed request."""
        nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
        return self.site.ask_signed(path, self.key, self.now, nonce)


def draw_entry(
    asking: Asking, role: Role, details: AccessLoggedDetails, origin: str
) -> SubmittedAction:
    """Sign the access entry for the place that the server names.

    Raises:
        Refused: whoever asks has no task there; or there is no such dossier.
        ServerNotReady, WriterUnavailable, ProofInvalid: the server does not answer, or wrongly.
    """
    body = body_of(asking.signed(f"{asking.path}/readings/next"))
    place = msgspec.json.decode(body, type=AccessPlaceAnswer)
    previous = None if place.previous is None else decode_base64(place.previous)
    return Drafter(origin, bootstrap.random_bytes).sign(
        "access.logged",
        place.stream,
        Place(place.version, previous),
        Moment(instant=asking.now.replace(microsecond=0)),
        AccessLogged(),
        ((role, asking.key),),
        details=details,
    )


def open_with(asking: Asking, entry: SubmittedAction) -> ReadingAnswer:
    """Hand an access entry in, again until it is published, and give what it opens.

    Raises:
        Refused: the server refused it; nothing was opened.
        StoreUnavailable: it is promised and not published in the time we wait.
    """
    body = render_submission(entry)
    for _ in range(TRIES):
        answer = asking.site.ask(f"{asking.path}/readings", body)
        if answer.status != HTTPStatus.ACCEPTED:
            return msgspec.json.decode(body_of(answer), type=ReadingAnswer)
        time.sleep(PAUSE_SECONDS)
    raise StoreUnavailable("the access entry is recorded and not published yet; nothing was opened")


def stream_of(dossier: str) -> str:
    """Give the stream of a dossier that may be named by its id alone."""
    return dossier if dossier.startswith(DOSSIER) else f"{DOSSIER}{dossier}"


def path_of(stream: str) -> str:
    """Give the address of a dossier on its server."""
    return f"/v1/dossiers/{quote(stream, safe=':')}"


def now_of(data: Path) -> datetime:
    """Give the time now; for a demo, whose clock is simulated, by its folder."""
    return bootstrap.make_clock(settings_of_process({"data": data}))()
