"""What the web app is made of: filled by `api.bootstrap`, read by resources and pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from api.limiting import LookupLimiter
from api.reading.kept_lists import KeptLists
from api.reading.own_reads import OwnReads
from api.settings import Settings
from api.signatures import RequestVerifier
from ledger.codes.allotted import AllottedCodes
from ledger.documents import DocumentSource
from ledger.intake import Intake
from ledger.key_files import Anchors
from ledger.private.vault import Vault
from ledger.storage.port import LedgerReader
from ledger.stored_keys import StoredKeys
from projections.views import Views
from transparency.tile_store import LogSource

Clock = Callable[[], datetime]
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that answers requests, in one web worker.

    ``origin`` is the ledger's name. ``writer_reachable`` asks whether actions can be recorded
    now. ``view_secret`` keys the hashes of codes and secrets in the private views. ``documents``
    are those that the published log names. ``foreign_stream`` gives the stream of a dossier filed
    with another system, by that system's name and its code there.
    """

    settings: Settings
    origin: str
    anchors: Anchors
    reader: LedgerReader
    intake: Intake
    keys: StoredKeys
    vault: Vault
    documents: DocumentSource
    tile_store: LogSource
    views: Views
    view_secret: bytes
    requests: RequestVerifier
    lookups: LookupLimiter
    own_reads: OwnReads
    kept_lists: KeptLists
    writer_reachable: Callable[[], Awaitable[bool]]
    codes: AllottedCodes
    foreign_stream: Callable[[str, str], str]
    clock: Clock
    random_bytes: RandomBytes
