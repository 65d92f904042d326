"""The documented requests about findings: of inspectors, of who is asked, and of everybody."""

from typing import Final

from api.interface.operations import Operation
from api.resources.findings.listing import MAX_FINDINGS
from api.resources.findings.shapes import (
    AlarmsAnswer,
    AskedFindingsAnswer,
    FindingRulesAnswer,
    FindingsAnswer,
)

FINDING_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/findings",
        "What looks wrong, why, on what evidence, and what became of it: one page; for inspectors",
        {200: [FindingsAnswer]},
        query=("rule", "office", "peers", "order_stream", "limit", "cursor"),
        refusals=(400, 401, 403, 410, 422, 503),
        signed=True,
        patterns={
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_FINDINGS},
            "cursor": {"type": "string", "pattern": r"^[0-9a-f]{32}\.[1-9][0-9]{0,8}$"},
        },
    ),
    Operation(
        "get",
        "/v1/findings/asked",
        "Findings that were raised and wait for the asker's word; for an office's officers",
        {200: [AskedFindingsAnswer]},
        query=("office",),
        refusals=(400, 401, 403, 503),
        signed=True,
    ),
    Operation(
        "get",
        "/v1/findings/alarms",
        "The public alarms of the log, with their evidence",
        {200: [AlarmsAnswer]},
        refusals=(503,),
    ),
    Operation(
        "get",
        "/v1/findings/rules",
        "Every rule of findings: numbers, silences, base rates, and what of its verdicts is public",
        {200: [FindingRulesAnswer]},
        refusals=(503,),
    ),
)
