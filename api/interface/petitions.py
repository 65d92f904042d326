"""The documented requests about petitions."""

from typing import Final

from api.bodies import PetitionLookupRequest
from api.interface.operations import Operation
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE
from api.resources.petitions import PetitionAnswer, PetitionsAnswer
from projections.petitions.figures import PetitionStatistics

PETITION_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/statistics/petitions",
        "Petitions per office and month: answered and pending, on time and late",
        {200: [PetitionStatistics, CSV_MEDIA_TYPE]},
        query=("format",),
        refusals=(400, 503),
    ),
    Operation(
        "get",
        "/v1/petitions",
        "The petitions of one month: office, dates, state; cells below ten are rolled up",
        {200: [PetitionsAnswer]},
        query=("month",),
        refusals=(400, 503),
    ),
    Operation(
        "post",
        "/v1/petitions/lookup",
        "One petition by its id or secret: state and clocks; with the secret the answers",
        {200: [PetitionAnswer]},
        takes={JSON_MEDIA_TYPE: PetitionLookupRequest},
        refusals=(400, 404, 408, 411, 413, 415, 429, 503),
    ),
)
