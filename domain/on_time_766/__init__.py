"""On time as the index of Decision 766 counts it, and why the law judges otherwise."""

from domain.on_time_766.differences import (
    REASON_SENTENCES,
    Difference766,
    Reason766,
    difference_766,
)
from domain.on_time_766.judging import (
    End766,
    Judgement766,
    On766,
    Request766,
    explain_766,
    judge_766,
    late_stretches_766,
    processing_end,
    requests_766,
    verdict_766,
    yardstick_766,
)

__all__ = [
    "REASON_SENTENCES",
    "Difference766",
    "End766",
    "Judgement766",
    "On766",
    "Reason766",
    "Request766",
    "difference_766",
    "explain_766",
    "judge_766",
    "late_stretches_766",
    "processing_end",
    "requests_766",
    "verdict_766",
    "yardstick_766",
]
