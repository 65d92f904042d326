"""The documented requests about the registry: procedures and offices."""

from typing import Final

from api.interface.operations import Operation
from api.resources.procedures import ProcedureAnswer, ProceduresAnswer
from api.resources.registry.offices import RegisteredOfficeAnswer

REGISTRY_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/procedures",
        "Search the catalogue of procedures: words with or without diacritics, by code",
        {200: [ProceduresAnswer]},
        query=("q", "field", "level", "office", "life_event", "after", "limit"),
        refusals=(400, 503),
    ),
    Operation(
        "get",
        "/v1/procedures/{code}",
        "One procedure: every version with its dates, document and entry",
        {200: [ProcedureAnswer]},
        refusals=(404, 503),
    ),
    Operation(
        "get",
        "/v1/offices/{office}",
        "One office: every document with its dates and entry, and the office as of a day",
        {200: [RegisteredOfficeAnswer]},
        query=("on",),
        refusals=(400, 404, 503),
    ),
)
