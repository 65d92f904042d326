"""The documented requests for history bundles."""

from typing import Final

from api.interface.operations import Operation
from transparency.histories.bundles import HistoryBundle

HISTORY_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/streams/{stream}/history",
        "All entries of a stream, or that it has none, with everything that proves it",
        {200: [HistoryBundle], 304: []},
        headers=("If-None-Match",),
        refusals=(404, 422, 503),
    ),
    Operation(
        "get",
        "/v1/dossiers/{stream}/history",
        "A dossier's history with its proof; to its holder with the private parts opened; "
        "the id alone names the dossier, too",
        {200: [HistoryBundle], 304: []},
        headers=("Dossier-Secret", "If-None-Match"),
        refusals=(401, 403, 404, 422, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
)
