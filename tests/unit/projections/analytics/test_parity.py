"""Figures over an export are those of the row-based definitions, over random histories."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.dossiers import Dossier, Outcome, Status
from projections.analytics.names import FigureName
from projections.counts import count_dossiers
from projections.dossier_rows import row_of
from projections.durations import nearest_rank
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.queues import overtakings
from projections.findings.peers.shapes import Numbers
from projections.opendata.rows.dossiers import has_result
from projections.statistics.asking import Dimension, Query
from projections.statistics.backlog import backlog_of
from projections.statistics.counting import count_groups
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.lasting import measure_groups
from tests.property.statistics.test_statistics import PLACES
from tests.property.test_counts import AS_OF, ZONES, dossiers
from tests.support.analytics.exports import figure_of_dossiers, numbered

# Each example runs an engine: a failing one is shown as it was drawn, and not made smaller.
EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
BY_CELL = frozenset({Dimension.OFFICE, Dimension.PROCEDURE, Dimension.PERIOD})
ended_as = st.sampled_from(
    [
        (Status.PROCESSED, Outcome.GRANTED),
        (Status.RESULT_RETURNED, None),
        (Status.STOPPED, Outcome.STOPPED),
        (Status.PROCESSED, Outcome.WITHDRAWN),
        (Status.IN_PROCESS, None),
    ]
)
dressing = st.lists(
    st.tuples(ended_as, st.integers(0, 3), st.sampled_from([None, 1, 2])), min_size=8, max_size=8
)


@st.composite
def _histories(draw: st.DrawFn) -> list[Dossier]:
    """Draw some hands of dossiers, so that one run of the engine judges many cases."""
    found: list[Dossier] = []
    for _ in range(draw(st.integers(1, 4))):
        for dossier, (end, requests, version) in zip(draw(dossiers), draw(dressing), strict=False):
            found.append(
                msgspec.structs.replace(
                    dossier,
                    status=end[0],
                    outcome=end[1],
                    supplement_requests=requests,
                    procedure_version=version,
                )
            )
    return numbered(found)


histories = _histories()


def asdicts(structs: Iterable[msgspec.Struct]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(each) for each in structs]


def cells_of(found: list[Dossier]) -> CellsInMemory:
    return CellsInMemory([row_of(dossier) for dossier in found], PLACES, AS_OF)


@EXAMPLES
@given(histories)
def test_counts_are_those_of_the_slow_fold(found: list[Dossier]) -> None:
    slow = count_dossiers(map(row_of, found), AS_OF, ZONES)

    assert figure_of_dossiers(FigureName.COUNTS, found, ZONES, AS_OF) == asdicts(slow.figures)


@EXAMPLES
@given(histories)
def test_backlog_is_that_of_the_definition(found: list[Dossier]) -> None:
    query = Query(by=frozenset({Dimension.OFFICE, Dimension.PERIOD}))
    expected = backlog_of(cells_of(found), query)

    assert figure_of_dossiers(FigureName.BACKLOG, found, ZONES, AS_OF) == [
        {name: getattr(each, name) for name in BACKLOG_COLUMNS} for each in expected
    ]


BACKLOG_COLUMNS = ("office", "period", "pending_in_time", "pending_overdue")


@EXAMPLES
@given(histories)
def test_durations_are_those_of_the_definition(found: list[Dossier]) -> None:
    expected, _ = measure_groups(cells_of(found), Query(by=BY_CELL))

    assert figure_of_dossiers(FigureName.DURATIONS, found, ZONES, AS_OF) == [
        {
            "office": each.office,
            "procedure": each.procedure,
            "period": each.period,
            "resolved": each.resolved,
            "ends_before_acceptance": each.ends_before_acceptance,
            **{
                f"gross_{name}": value for name, value in msgspec.structs.asdict(each.gross).items()
            },
            **{f"net_{name}": value for name, value in msgspec.structs.asdict(each.net).items()},
        }
        for each in expected
    ]


@EXAMPLES
@given(histories)
def test_supplements_are_those_of_the_definition(found: list[Dossier]) -> None:
    expected, _ = count_groups(cells_of(found), Query(by=BY_CELL))
    rows = figure_of_dossiers(FigureName.SUPPLEMENTS, found, ZONES, AS_OF)

    names = ("office", "procedure", "period", "supplement_requests", "supplemented")
    resolved = [
        each
        for each in expected
        if each.resolved_early + each.resolved_on_time + each.resolved_late
    ]
    assert [tuple(row[name] for name in names) for row in rows] == [
        tuple(getattr(each, name) for name in names) for each in resolved
    ]
    assert all(
        row["requests_per_thousand"] == row["supplement_requests"] * 1000 // row["resolved"]
        and row["most_requests"] <= row["supplement_requests"]
        for row in rows
    )


@EXAMPLES
@given(histories)
def test_overtakes_are_those_that_rule_r12_counts(found: list[Dossier]) -> None:
    queues: defaultdict[tuple[str, str, str], list[Observed]] = defaultdict(list)
    for dossier in found:
        key = (dossier.office, dossier.procedure, str(dossier.procedure_version or 0))
        queues[key].append(observed(dossier))
    expected = []
    for (office, procedure, version), queue in sorted(queues.items()):
        ones = list(overtakings(queue, Numbers()))
        if ones:
            expected.append(
                {
                    "office": office,
                    "procedure": procedure,
                    "version": version,
                    "dossiers": len(ones),
                    "overtook_any": sum(one.overtaken > 0 for one in ones),
                    "overtook_many": sum(one.overtaken >= 10 for one in ones),
                    "overtaken": sum(one.overtaken for one in ones),
                    "possible": sum(one.possible for one in ones),
                }
            )

    assert figure_of_dossiers(FigureName.OVERTAKES, found, ZONES, AS_OF) == expected


def observed(dossier: Dossier) -> Observed:
    """Give what the rule looks at, as `observe` does, without acts and procedures."""
    zone = ZONES[dossier.office]
    accepted, ended = dossier.accepted_at, dossier.ended_at
    return Observed(
        stream=dossier.stream,
        office=dossier.office,
        procedure=dossier.procedure,
        level=None,
        zone=zone,
        began_on=dossier.submitted_at.day_in(zone),
        submitted_at=dossier.submitted_at,
        accepted_at=None if accepted is None else accepted.instant,
        ended_at=None if ended is None else ended.instant,
        ended_on=None if ended is None else ended.day_in(zone),
        returned_at=None,
        returned_on=None,
        is_issued=has_result(dossier),
        gross_seconds=None,
        net_seconds=None,
        limit=None,
        same_day=False,
        has_rested=bool(dossier.waits or dossier.halts),
        supplements=dossier.supplement_requests,
        submitted_entry=None,
        accepted_entry=None,
        ended_entry=None,
        applicant_keys=(),
        proxies=(),
        deeds=(),
        games=(),
        looks=None,
        veiled=False,
    )


@EXAMPLES
@given(st.lists(st.integers(-5, 10**7), min_size=1, max_size=120), st.randoms())
def test_percentiles_are_nearest_ranks_whatever_the_order_of_rows(
    seconds: list[int], shuffled: Any
) -> None:
    from projections.opendata.rows.dossiers import DOSSIERS
    from tests.support.analytics.exports import figure, rows_of_dossiers
    from tests.support.dossier_cases import a_dossier

    template = a_dossier("2026-01-01T02:00:00Z", "2026-01-05T02:00:00Z", procedure="p1")
    dossier_rows = rows_of_dossiers(numbered([template] * len(seconds)), ZONES, AS_OF)
    rows = [
        dict(row) | {"gross_seconds": each, "net_seconds": each}
        for row, each in zip(dossier_rows, seconds, strict=True)
    ]
    shuffled.shuffle(rows)

    (found,) = figure(FigureName.DURATIONS, {DOSSIERS: rows})

    rising = sorted(seconds)
    for name, percentile in (("median", 50), ("p75", 75), ("p90", 90), ("longest", 100)):
        assert found[f"gross_{name}_seconds"] == nearest_rank(rising, percentile)
        assert found[f"net_{name}_seconds"] == nearest_rank(rising, percentile)
