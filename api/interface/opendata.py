"""The documented requests for open data and feeds."""

from typing import Final

from api.interface.operations import Operation
from api.resources.opendata.feeds import FEED_KINDS, MAX_PAGE
from api.resources.opendata.files import MAX_LIMIT
from api.resources.opendata.listening import EVENT_STREAM, LAST_EVENT_ID
from ledger.bodies import MAX_SAFE_INTEGER
from projections.opendata.datasets import DATASETS
from projections.opendata.feeds import ATOM_MEDIA_TYPE, ATOM_PATH
from projections.opendata.files import (
    CSVW_MEDIA_TYPE,
    DATA_FILES,
    DATA_PACKAGE,
    JSON_LD_MEDIA_TYPE,
    JSON_MEDIA_TYPE,
    MEDIA_TYPES,
    metadata_name,
)

_FROM_ENTRY: Final[dict[str, object]] = {
    "type": "integer",
    "minimum": 0,
    "maximum": MAX_SAFE_INTEGER,
}
_KIND: Final[dict[str, object]] = {"type": "string", "enum": sorted(FEED_KINDS)}
_FILES: Final = [
    DATA_PACKAGE,
    *(file.name for file in DATA_FILES),
    *(metadata_name(dataset) for dataset in DATASETS.values()),
]

OPEN_DATA_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/open-data",
        "The catalogue of open data: DCAT 3 as JSON-LD, with schema.org beside it",
        {200: [JSON_LD_MEDIA_TYPE]},
        refusals=(503,),
    ),
    Operation(
        "get",
        "/v1/open-data/{file}",
        "A dataset as of the newest checkpoint, or a description; pages of events by entry index",
        {200: [*MEDIA_TYPES.values(), CSVW_MEDIA_TYPE, JSON_MEDIA_TYPE]},
        query=("from_entry", "limit"),
        refusals=(400, 404, 501, 503),
        patterns={
            "file": {"type": "string", "enum": _FILES},
            "from_entry": _FROM_ENTRY,
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        },
    ),
    Operation(
        "get",
        ATOM_PATH,
        "Published acts as an Atom feed by entry index; full pages never change (RFC 5005)",
        {200: [ATOM_MEDIA_TYPE]},
        query=("office", "stream", "kind", "page"),
        refusals=(400, 404, 503),
        patterns={"kind": _KIND, "page": {"type": "integer", "minimum": 0, "maximum": MAX_PAGE}},
    ),
    Operation(
        "get",
        "/v1/feeds/entries",
        "Published acts as server-sent events; stays open for Accept: text/event-stream",
        {200: [EVENT_STREAM]},
        query=("office", "stream", "kind", "from_entry"),
        headers=(LAST_EVENT_ID,),
        refusals=(400, 503),
        patterns={"kind": _KIND, "from_entry": _FROM_ENTRY, LAST_EVENT_ID: _FROM_ENTRY},
    ),
)
