"""Dossiers that ended in the months of tallies, beside which ratings stand.

Open dossiers are counted as in all statistics. A month without a tally of ratings has none beside
it: what its dossiers were rated is not counted yet, or by the tally of a later month.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from projections.counts import month_number
from projections.statistics.asking import BEFORE, WHOLE, CellSource, Dimension, Query
from projections.statistics.periods import Granularity, period_at
from projections.statistics.walking import Group, resolved_in, sums_by_group

EndedDossiers = dict[Group, Counter[str]]


def ended_in_months(source: CellSource, query: Query, months: Collection[str]) -> EndedDossiers:
    """Count what ended in some months (`2026-03`), by group and by the query's periods, or `*`."""
    if not months:
        return {}
    first, last = min(months), max(months)
    # Months are told apart where some are left out; otherwise the cells add them up quicker.
    has_gaps = month_number(last) - month_number(first) + 1 != len(set(months))
    by = query.by | {Dimension.PERIOD} if has_gaps else query.by
    of_months = replace(query, first=first, last=last, granularity=Granularity.MONTH, by=by)
    found: EndedDossiers = {}
    for group, sums in sums_by_group(source, of_months).items():
        ended = found[group] = Counter()
        for name, values in sums.items():
            if name == WHOLE or (name != BEFORE and name in months):
                ended[_period_of(name, query)] += resolved_in(values)
    return found


def ended_in_all(ended: EndedDossiers) -> Counter[str]:
    """Add up all groups."""
    total = Counter[str]()
    for each in ended.values():
        total.update(each)
    return total


def _period_of(month: str, query: Query) -> str:
    return period_at(month, query.granularity) if query.by_period else WHOLE
