"""The OpenAPI 3.1 document, made from the same types that parse requests and write answers.

`OPERATIONS` is the table of documented routes; a test compares it with the routes of the app. A
shape is either a msgspec type (JSON) or a media type whose content has no schema of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from api import bodies
from api.bodies import Problem
from api.interface.editions import EDITION_OPERATIONS
from api.interface.evaluations import EVALUATION_OPERATIONS
from api.interface.findings import FINDING_OPERATIONS
from api.interface.histories import HISTORY_OPERATIONS
from api.interface.index766 import INDEX_OPERATIONS
from api.interface.inspecting import INSPECTING_OPERATIONS
from api.interface.opendata import OPEN_DATA_OPERATIONS
from api.interface.operations import Operation, Shape
from api.interface.petitions import PETITION_OPERATIONS
from api.interface.queues import QUEUE_OPERATIONS
from api.interface.registry import REGISTRY_OPERATIONS
from api.interface.statistics import STATISTICS_OPERATIONS
from api.negotiation import JSON_MEDIA_TYPE
from api.problems import PROBLEM_MEDIA_TYPE
from api.resources import answers
from api.resources.deadlines import DeadlineAnswer
from api.resources.inspecting.trails import MAX_PAGE_ACTS
from api.resources.log_files import TILE_MEDIA_TYPE
from api.resources.procedures import MAX_QUESTION_CHARACTERS
from api.resources.situations.shapes import DossierAnswer
from api.uploads import NDJSON_MEDIA_TYPE
from domain.index766 import FORMULAS
from domain.offices import Level
from projections.catalogue.searching import MAX_PAGE
from transparency.histories.bundles import HISTORY_MEDIA_TYPE, HistoryBundle

PAGE_MEDIA_TYPE: Final = "text/html"
TEXT_MEDIA_TYPE: Final = "text/plain"
OPENAPI_VERSION: Final = "3.1.0"
API_VERSION: Final = "1"

_REF: Final = "#/components/schemas/{name}"
_PATTERNS: Final[Mapping[str, dict[str, object]]] = {
    "version": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "entry_index": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
    "document_hex": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "from": {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "to": {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "from_day": {"type": "string", "format": "date"},
    "to_day": {"type": "string", "format": "date"},
    "on": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"},
    "period": {"type": "string", "pattern": r"^(19|20|21)[0-9]{2}(-Q[1-4])?$"},
    "period_day": {
        "type": "string",
        "pattern": r"^(19|20|21)[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?$",
    },
    "formulas": {"type": "string", "enum": sorted(FORMULAS)},
    "format": {"type": "string", "enum": ["json", "csv"]},
    "format_day": {"type": "string", "enum": ["json", "csv", "xlsx"]},
    "by": {"type": "string", "enum": ["period"]},
    "context": {"type": "string", "enum": ["yes", "no"]},
    "peers": {"type": "string", "enum": ["yes", "no"]},
    "limit_day": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_ACTS},
    "follow": {"type": "string", "enum": ["person", "key"]},
    "receipts": {"type": "string", "enum": ["0", "1"]},
    "q": {"type": "string", "maxLength": MAX_QUESTION_CHARACTERS},
    "level": {"type": "string", "enum": [level.value for level in Level]},
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE},
}

_BODY_REFUSALS: Final = (400, 403, 408, 409, 411, 413, 415, 422, 503)

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "post",
        "/v1/actions",
        "Record one signed action; 200 repeats the first answer",
        {200: [bodies.RecordedAnswer], 201: [bodies.RecordedAnswer], 202: [bodies.PromisedAnswer]},
        takes={JSON_MEDIA_TYPE: bodies.SentAction},
        headers=("Prefer",),
        refusals=_BODY_REFUSALS,
    ),
    Operation(
        "post",
        "/v1/actions/batch",
        "Record many signed actions, one JSON object per line, one verdict per line",
        {200: [NDJSON_MEDIA_TYPE]},
        takes={NDJSON_MEDIA_TYPE: NDJSON_MEDIA_TYPE},
        query=("receipts",),
        headers=("Prefer",),
        refusals=_BODY_REFUSALS,
    ),
    Operation(
        "post",
        "/v1/offices/{office}/codes",
        "Give a submitted dossier its code of this day; for the office's receivers; 200 repeats",
        {200: [bodies.CodeAnswer], 201: [bodies.CodeAnswer]},
        takes={JSON_MEDIA_TYPE: bodies.CodeRequest},
        refusals=(400, 401, 403, 404, 408, 409, 411, 413, 415, 422, 503),
        signed=True,
    ),
    Operation(
        "get",
        "/v1/ledger",
        "The ledger's name and trust anchors",
        {200: [bodies.LedgerAnchors]},
    ),
    Operation(
        "get",
        "/v1/streams/{stream}/head",
        "Version and leaf hash that the next action of a stream must build on",
        {200: [bodies.StreamHead]},
        headers=("Dossier-Secret",),
        refusals=(401, 403, 404, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
    Operation(
        "get",
        "/v1/streams/{stream}/versions/{version}/receipt",
        "The receipt of a published action (C2SP tlog-proof), or of its veil",
        {200: [TEXT_MEDIA_TYPE]},
        headers=("Dossier-Secret",),
        refusals=(401, 403, 404, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
    Operation(
        "get",
        "/v1/entries/{entry_index}/receipt",
        "The receipt of the entry at an index (C2SP tlog-proof)",
        {200: [TEXT_MEDIA_TYPE]},
        refusals=(404, 503),
    ),
    Operation(
        "get",
        "/v1/dossiers/{stream}",
        "Status and timeline of a dossier; private parts to its holder alone (secret or own key)",
        {200: [DossierAnswer]},
        headers=("Dossier-Secret",),
        refusals=(401, 403, 404, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
    Operation(
        "get",
        "/v1/dossiers/{stream}/access",
        "Who has read private details of a dossier, when and why",
        {200: [answers.AccessAnswer]},
        headers=("Dossier-Secret",),
        refusals=(401, 403, 404, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
    Operation(
        "get",
        "/v1/dossiers/{stream}/readings/next",
        "Where the next entry of a dossier's access stream goes; for officers and inspectors",
        {200: [answers.AccessPlaceAnswer]},
        refusals=(401, 403, 404, 429, 503),
        signed=True,
    ),
    Operation(
        "post",
        "/v1/dossiers/{stream}/readings",
        "Record and publish a signed access entry, then give the private parts that it names",
        {200: [answers.ReadingAnswer], 202: [bodies.PromisedAnswer]},
        takes={JSON_MEDIA_TYPE: bodies.SentAction},
        refusals=(400, 403, 404, 408, 409, 411, 413, 415, 422, 503),
    ),
    Operation(
        "get",
        "/v1/dossiers/{stream}/deadline",
        "The due dates of a dossier with all of their reasons, for whoever may see the dossier",
        {200: [DeadlineAnswer]},
        headers=("Dossier-Secret",),
        refusals=(401, 403, 404, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
    Operation(
        "post",
        "/v1/lookup",
        "How much of the work on a dossier is done, by the code on the slip",
        {200: [bodies.LookupAnswer]},
        takes={JSON_MEDIA_TYPE: bodies.LookupRequest},
        refusals=(400, 404, 408, 411, 413, 415, 429, 503),
    ),
    *STATISTICS_OPERATIONS,
    *PETITION_OPERATIONS,
    *EVALUATION_OPERATIONS,
    *INDEX_OPERATIONS,
    *HISTORY_OPERATIONS,
    *QUEUE_OPERATIONS,
    *REGISTRY_OPERATIONS,
    *EDITION_OPERATIONS,
    *OPEN_DATA_OPERATIONS,
    *FINDING_OPERATIONS,
    *INSPECTING_OPERATIONS,
    Operation(
        "get",
        "/log/checkpoint",
        "The published checkpoint",
        {200: [TEXT_MEDIA_TYPE]},
        refusals=(404,),
    ),
    Operation(
        "get",
        "/log/tile/{path}",
        "Tiles and entry bundles (C2SP tlog-tiles)",
        {200: [TILE_MEDIA_TYPE]},
        refusals=(404,),
    ),
    Operation(
        "get",
        "/documents/{document_hex}",
        "A public document, by its SHA-256",
        {200: [TEXT_MEDIA_TYPE]},
        refusals=(404,),
    ),
    Operation(
        "get",
        "/problems/{code}",
        "What an error code means",
        {200: [bodies.ProblemExplained]},
        refusals=(404,),
    ),
    Operation("get", "/livez", "Whether the server runs", {200: [TEXT_MEDIA_TYPE]}),
    Operation(
        "get",
        "/readyz",
        "Whether actions can be taken and figures are fresh",
        {200: [bodies.Health], 503: [bodies.Health]},
    ),
    Operation(
        "get",
        "/metrics",
        "How writer, projections and witnesses stand, as Prometheus text",
        {200: [TEXT_MEDIA_TYPE]},
        refusals=(503,),
    ),
)


def openapi_document() -> dict[str, object]:
    """Make the whole document."""
    shapes = sorted(_struct_shapes(), key=lambda shape: shape.__name__)
    _, components = msgspec.json.schema_components([*shapes, Problem], ref_template=_REF)
    paths: dict[str, dict[str, object]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "Dossier Ledger",
            "version": API_VERSION,
            "description": "Signed actions in, a public log and recomputable figures out.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "inspector": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "RFC 9421, by an enrolled key or the dossier's own",
                }
            },
        },
    }


def _struct_shapes() -> set[type[msgspec.Struct]]:
    shapes: set[type[msgspec.Struct]] = set()
    for operation in OPERATIONS:
        listed = [shape for answer in operation.answers.values() for shape in answer]
        for shape in (*listed, *operation.takes.values()):
            if not isinstance(shape, str):
                shapes.add(shape)
    return shapes


def _operation(operation: Operation) -> dict[str, object]:
    described: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation),
    }
    if operation.takes:
        described["requestBody"] = {"required": True, "content": _takes(operation.takes)}
    if operation.signed:
        others: list[dict[str, list[str]]] = [{}] if operation.unsigned_too else []
        described["security"] = [*others, {"inspector": []}]
    return described


def _operation_id(operation: Operation) -> str:
    words = [word.strip("{}") for word in operation.path.split("/") if word]
    return "_".join([operation.method, *words])


def _parameters(operation: Operation) -> Iterable[dict[str, object]]:
    patterns = {**_PATTERNS, **operation.patterns}
    for word in operation.path.split("/"):
        if word.startswith("{"):
            yield _parameter(word.strip("{}"), "path", patterns, required=True)
    for name in operation.query:
        yield _parameter(name, "query", patterns, required=False)
    for name in operation.headers:
        yield _parameter(name, "header", patterns, required=False)


def _parameter(
    name: str, place: str, patterns: Mapping[str, dict[str, object]], *, required: bool
) -> dict[str, object]:
    schema = patterns.get(name, {"type": "string"})
    name = name.removesuffix("_day")
    return {"name": name, "in": place, "required": required, "schema": schema}


def _takes(takes: Mapping[str, Shape]) -> dict[str, object]:
    return {media_type: {"schema": _schema(shape)} for media_type, shape in takes.items()}


def _responses(operation: Operation) -> dict[str, object]:
    responses = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": _content(shapes),
        }
        for status, shapes in operation.answers.items()
    }
    # Every address refuses a query member that it does not take, and may fail.
    for status in sorted({*operation.refusals, 400, 500}):
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {
                PROBLEM_MEDIA_TYPE: {"schema": _schema(Problem)},
                # Whoever asks for a page is refused on one.
                PAGE_MEDIA_TYPE: {"schema": {"type": "string"}},
            },
        }
    return dict(responses)


def _content(shapes: Sequence[Shape]) -> dict[str, object]:
    """Give the schema of each media type; which of several one answers depends on the question."""
    by_type: dict[str, list[dict[str, object]]] = {}
    for shape in shapes:
        by_type.setdefault(_media_type(shape), []).append(_schema(shape))
    return {
        media_type: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
        for media_type, schemas in by_type.items()
    }


def _media_type(shape: Shape) -> str:
    if isinstance(shape, str):
        return shape
    return HISTORY_MEDIA_TYPE if shape is HistoryBundle else JSON_MEDIA_TYPE


def _schema(shape: Shape) -> dict[str, object]:
    if isinstance(shape, str):
        # An event stream is described by one of its events.
        if shape.endswith(("/json", "+json", "/event-stream")):
            return {"type": "object"}
        return {} if shape == TILE_MEDIA_TYPE else {"type": "string"}
    return {"$ref": _REF.format(name=shape.__name__)}
