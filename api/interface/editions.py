"""The documented requests for daily editions and what they revised."""

from typing import Final

from api.interface.operations import Operation
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE
from api.resources.editions.answering import MAX_LIMIT, EditionsAnswer, RevisionsAnswer
from projections.editions.contents import FILES
from projections.editions.shapes import MANIFEST, REVISIONS, Manifest

_DAY: Final[dict[str, object]] = {
    "type": "string",
    "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
}
_LIMIT: Final[dict[str, object]] = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
_FILE: Final[dict[str, object]] = {
    "type": "string",
    "enum": [MANIFEST, REVISIONS, *(file.name for file in FILES)],
}
_MONTH: Final[dict[str, object]] = {
    "type": "string",
    "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$",
}
_PLACE: Final[dict[str, object]] = {
    "type": "string",
    "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]):(0|[1-9][0-9]{0,8})$",
}

EDITION_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/statistics/editions",
        "Daily editions of the statistics, newest first",
        {200: [EditionsAnswer]},
        query=("before", "limit"),
        refusals=(400, 503),
        patterns={"before": _DAY, "limit": _LIMIT},
    ),
    Operation(
        "get",
        "/v1/statistics/editions/{day}",
        "The manifest of an edition: checkpoint, files, definitions, citation; never changes",
        {200: [Manifest]},
        refusals=(404, 503),
        patterns={"day": _DAY},
    ),
    Operation(
        "get",
        "/v1/statistics/editions/{day}/{file}",
        "A file of an edition, byte for byte as it was made; never changes",
        {200: [JSON_MEDIA_TYPE, CSV_MEDIA_TYPE]},
        refusals=(404, 503),
        patterns={"day": _DAY, "file": _FILE},
    ),
    Operation(
        "get",
        "/v1/statistics/revisions",
        "What later editions changed about earlier months: before, after, and where first seen",
        {200: [RevisionsAnswer]},
        query=("period", "office", "procedure", "after", "limit"),
        refusals=(400, 503),
        patterns={"period": _MONTH, "after": _PLACE, "limit": _LIMIT},
    ),
)
