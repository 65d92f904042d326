"""Durations and supplements of the dossiers that were resolved in a month.

The percentile p of n values is the one of rank ceil(p n / 100), the nearest rank (`durations@v2`):
values are numbered in rising order, and the one of that number is taken. No engine's own quantile
is used, since each interpolates in a way of its own. A dossier that ended before its acceptance has
no seconds and no place; it is counted apart.
"""

from typing import Final

import ibis

from domain.errors import Sentence
from projections.analytics.expressions.dossiers import accepted_dossiers
from projections.analytics.expressions.months import text_of
from projections.analytics.expressions.shapes import Figure, Table, Tables, Value
from projections.analytics.names import FigureName
from projections.durations import MEDIAN, NINETIETH
from projections.opendata.rows.dossiers import DOSSIERS
from projections.statistics import counting, lasting
from projections.statistics.lasting import THIRD_QUARTILE

_KEY: Final = ("office", "procedure", "period")
_KINDS: Final = ("gross", "net")
_PERCENTILES: Final = (("median", MEDIAN), ("p75", THIRD_QUARTILE), ("p90", NINETIETH))
_SECONDS: Final = tuple(
    f"{kind}_{name}_seconds" for kind in _KINDS for name in ("median", "p75", "p90", "longest")
)
_THOUSAND: Final = 1000


def _resolved_dossiers(tables: Tables) -> Table:
    dossiers = accepted_dossiers(tables)
    resolved = dossiers.filter(dossiers.resolved.notnull())
    return resolved.mutate(period=text_of(resolved.resolved))


def durations_of(tables: Tables) -> Table:
    """Give how long the dossiers took that were resolved, by office, procedure and month."""
    resolved = _resolved_dossiers(tables)
    group = ibis.window(group_by=list(_KEY))
    numbered = resolved.mutate(
        measured=resolved.gross_seconds.count().over(group),
        **{f"{kind}_place": _place(resolved, f"{kind}_seconds") for kind in _KINDS},
    )
    spread: dict[str, Value] = {}
    for kind in _KINDS:
        seconds, place = numbered[f"{kind}_seconds"], numbered[f"{kind}_place"]
        for name, percentile in _PERCENTILES:
            rank = _rank(numbered.measured, percentile)
            spread[f"{kind}_{name}_seconds"] = seconds.max(where=place == rank)
        spread[f"{kind}_longest_seconds"] = seconds.max()
    return numbered.group_by(list(_KEY)).agg(
        resolved=numbered.gross_seconds.count(),
        ends_before_acceptance=numbered.gross_seconds.isnull().cast("int64").sum(),
        **spread,
    )


def _place(dossiers: Table, name: str) -> Value:
    """Number the values of a group in rising order, from 1; equal ones may change places.

    What has no value comes last, whatever an engine does with it by itself.
    """
    order = (dossiers[name].isnull(), dossiers[name])
    return ibis.row_number().over(ibis.window(group_by=list(_KEY), order_by=order)) + 1


def _rank(count: Value, percentile: int) -> Value:
    return ((count * percentile + 99) // 100).cast("int64")


def supplements_of(tables: Tables) -> Table:
    """Give how often papers were asked for in the dossiers resolved, by office and month."""
    resolved = _resolved_dossiers(tables)
    asked = resolved.supplement_requests
    found = resolved.group_by(list(_KEY)).agg(
        resolved=resolved.count(),
        supplemented=(asked > 0).cast("int64").sum(),
        supplement_requests=asked.sum(),
        most_requests=asked.max(),
    )
    thousands = (found.supplement_requests * _THOUSAND) // found.resolved
    return found.mutate(requests_per_thousand=thousands)


DURATIONS: Final = Figure(
    name=FigureName.DURATIONS,
    definition=lasting.DEFINITION,
    title=Sentence("Thời gian giải quyết theo tháng", "Durations by month"),
    meaning=Sentence(
        "Trung vị, phân vị 75 và 90, dài nhất; kể cả và không kể thời gian chờ người nộp. Hồ sơ "
        "kết thúc trước khi tiếp nhận được đếm riêng, không đo.",
        "Median, 75th and 90th percentile and longest, with and without the applicant's waits. "
        "Dossiers that ended before their acceptance are counted apart, and not measured.",
    ),
    datasets=(DOSSIERS,),
    key=_KEY,
    measures=("resolved", "ends_before_acceptance", *_SECONDS),
    expression=durations_of,
    # Of a group in which nothing was measured.
    may_be_null=frozenset(_SECONDS),
)
SUPPLEMENTS: Final = Figure(
    name=FigureName.SUPPLEMENTS,
    definition=counting.DEFINITION,
    title=Sentence("Yêu cầu bổ sung", "Supplements per dossier"),
    meaning=Sentence(
        "Trong số hồ sơ giải quyết xong trong tháng: bao nhiêu hồ sơ bị yêu cầu bổ sung, bao nhiêu "
        "lần, nhiều nhất mấy lần, và số lần trên một nghìn hồ sơ (làm tròn xuống).",
        "Of the dossiers resolved in the month: how many were asked for papers, how often, at most "
        "how often, and requests per thousand dossiers, rounded down.",
    ),
    datasets=(DOSSIERS,),
    key=_KEY,
    measures=(
        "resolved",
        "supplemented",
        "supplement_requests",
        "most_requests",
        "requests_per_thousand",
    ),
    expression=supplements_of,
)
