"""Every kind of public request about statistics, by its address: each route, and both formats."""

from typing import Final

from bench.statistics.world import PROVINCE

_ONE: Final = f"office={PROVINCE}.003"
_TREE: Final = f"office={PROVINCE}&subtree=1"
# Three of four offices, which no coarser cell holds; a year by the day; and a span of days.
_COMMUNES: Final = "level=commune"
_YEAR: Final = "from=2025-07-01&to=2026-06-30"
_EDGES: Final = "from=2025-02-11&to=2026-06-12"
_ONE_MONTH: Final = "from=2026-04&to=2026-04"
_FIELD: Final = "field=L%C4%A9nh+v%E1%BB%B1c+3"

COUNTS: Final = (
    "/v1/statistics/counts",
    "/v1/statistics/counts?format=csv",
    f"/v1/statistics/counts?{_ONE}",
    "/v1/statistics/counts?from=2026-05&to=2026-05",
    "/v1/statistics/counts?from=2025-02",
    "/v1/statistics/counts?granularity=month",
    "/v1/statistics/counts?by=office",
    "/v1/statistics/counts?by=office&from=2025-02-11",
    "/v1/statistics/counts?by=procedure",
    f"/v1/statistics/counts?{_TREE}&by=field",
    f"/v1/statistics/counts?{_COMMUNES}&by=field",
    "/v1/statistics/counts?by=channel,period",
    "/v1/statistics/counts?by=office,period&granularity=quarter",
    f"/v1/statistics/counts?{_TREE}&by=field,period&from=2025-07",
    f"/v1/statistics/counts?{_FIELD}&by=office&from=2025-01",
    f"/v1/statistics/counts?by=period&{_YEAR}",
    f"/v1/statistics/counts?{_ONE}&by=period&{_YEAR}",
    f"/v1/statistics/counts?{_COMMUNES}&by=period&{_YEAR}",
    "/v1/statistics/counts?by=office&channel=online&format=csv",
    "/v1/statistics/counts?by=field,period",
    f"/v1/statistics/counts?{_COMMUNES}&by=field,period",
    f"/v1/statistics/counts?{_COMMUNES}&by=procedure,channel",
    f"/v1/statistics/counts?by=field,channel&{_EDGES}",
    f"/v1/statistics/counts?by=channel,period&{_YEAR}",
    f"/v1/statistics/counts?by=office,procedure&{_ONE_MONTH}",
    # Refused: more figures than an answer may have.
    "/v1/statistics/counts?by=office,procedure",
    f"/v1/statistics/counts?by=field,period&{_YEAR}",
    f"/v1/statistics/counts?by=procedure,period&{_YEAR}",
)
DURATIONS: Final = (
    "/v1/statistics/durations",
    "/v1/statistics/durations?format=csv",
    "/v1/statistics/durations?by=period",
    "/v1/statistics/durations?by=period&format=csv",
    "/v1/statistics/durations?from=2025-02&to=2025-12",
    "/v1/statistics/durations?from=2024-08",
    f"/v1/statistics/durations?{_ONE}",
    "/v1/statistics/durations?granularity=month",
    "/v1/statistics/durations?by=office",
    "/v1/statistics/durations?by=office&from=2025-02-11&to=2026-06-12",
    "/v1/statistics/durations?by=procedure",
    "/v1/statistics/durations?by=office,channel&format=csv",
    f"/v1/statistics/durations?{_TREE}&by=field",
    f"/v1/statistics/durations?{_COMMUNES}&by=field",
    f"/v1/statistics/durations?{_ONE}&by=procedure,period&from=2026-01",
    f"/v1/statistics/durations?by=channel,period&{_YEAR}",
    f"/v1/statistics/durations?{_COMMUNES}&by=field,period",
    f"/v1/statistics/durations?{_COMMUNES}&by=procedure,channel",
    # Refused.
    f"/v1/statistics/durations?by=field,period&{_YEAR}",
)
OTHERS: Final = (
    "/v1/statistics/timeliness?by=office",
    "/v1/statistics/timeliness?by=procedure,channel&format=csv",
    f"/v1/statistics/timeliness?{_TREE}&by=period",
    f"/v1/statistics/timeliness?{_ONE}&by=field,channel",
    "/v1/statistics/timeliness?by=field,period",
    f"/v1/statistics/timeliness?by=channel,period&{_YEAR}",
    f"/v1/statistics/timeliness?by=procedure,channel&{_EDGES}",
    f"/v1/statistics/timeliness?by=office,procedure,period&{_ONE_MONTH}",
    "/v1/statistics/timeliness?by=office,procedure",
    "/v1/statistics/backlog?by=field,channel",
    f"/v1/statistics/backlog?by=office,procedure&{_ONE_MONTH}",
    "/v1/statistics/backlog",
    f"/v1/statistics/backlog?{_ONE}&from=2026-04-01&to=2026-06-30",
    f"/v1/statistics/backlog?{_YEAR}",
    "/v1/statistics/backlog?by=field&format=csv",
    "/v1/statistics/comparison?from=2025-07",
    f"/v1/statistics/comparison?{_FIELD}&from=2026-Q1&format=csv",
    "/v1/statistics/veiled",
    "/v1/statistics/veiled?format=csv",
    "/v1/statistics/petitions",
    "/v1/statistics/petitions?format=csv",
)
BY_ACTS: Final = (
    "/v1/statistics/steps",
    "/v1/statistics/steps?by=office",
    f"/v1/statistics/steps?{_TREE}&by=field&from=2025-07&format=csv",
    "/v1/statistics/visits?by=office",
    "/v1/statistics/visits?by=procedure&format=csv",
    "/v1/statistics/fees?by=office",
    f"/v1/statistics/fees?{_ONE}&by=procedure,period&format=csv",
    # Of offices and procedures together, within a span, or by the day.
    *(
        f"/v1/statistics/{figures}?{asked}"
        for figures in ("steps", "visits", "fees")
        for asked in (
            f"{_COMMUNES}&by=field&from=2026-01",
            f"{_COMMUNES}&by=field,period",
            f"{_COMMUNES}&by=procedure,channel",
            f"{_COMMUNES}&by=period&{_YEAR}",
            f"{_FIELD}&by=office,period",
            f"by=office&{_EDGES}",
            "by=office&from=2026-04-03&to=2026-04-03",
            "by=procedure,channel&from=2025-02",
            # Refused, most of them.
            "by=office,procedure",
            "by=office,procedure&from=2026-01",
            f"by=office,procedure,period&{_ONE_MONTH}",
            "by=office,period&from=2026-04-01&to=2026-04-30",
        )
    ),
)
RATINGS: Final = (
    "/v1/statistics/ratings",
    "/v1/statistics/ratings?by=office",
    "/v1/statistics/ratings?by=office,period&granularity=quarter&format=csv",
    "/v1/statistics/ratings?by=procedure,stage",
    f"/v1/statistics/ratings?{_TREE}&by=field,period&from=2025-07",
    f"/v1/statistics/ratings?{_ONE}&stage=result",
)
INDEX: Final = (
    "/v1/statistics/index",
    "/v1/statistics/index?period=2025",
    f"/v1/statistics/index?office={PROVINCE}&period=2026-Q2",
    f"/v1/statistics/index?{_ONE}&period=2025&format=csv",
    "/v1/statistics/report",
    f"/v1/statistics/report?office={PROVINCE}&period=2025",
    f"/v1/statistics/report?{_ONE}&period=2026-05&format=csv",
    "/v1/statistics/report?period=2025&format=xlsx",
    f"/v1/offices/{PROVINCE}.003/evaluation?period=2025",
)
PAGES: Final = (
    "/",
    "/statistics",
    f"/statistics?{_ONE}&from=2025-07",
    "/statistics/index",
    f"/statistics/index?{_ONE}&period=2025",
    f"/offices/{PROVINCE}.003/evaluation?period=2025",
)
# Each template once, of an office and a month that no kind asks for.
_OTHER: Final = f"{PROVINCE}.199"
WARMING_PAGES: Final = (
    "/",
    f"/statistics?office={_OTHER}&from=2026-01&to=2026-01",
    f"/statistics/index?office={_OTHER}&period=2024-07",
    f"/offices/{_OTHER}/evaluation?period=2024",
)
KINDS: Final = (*COUNTS, *DURATIONS, *OTHERS, *BY_ACTS, *RATINGS, *INDEX, *PAGES)
