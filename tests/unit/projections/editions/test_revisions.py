"""Revisions: what changed about months that were over, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from projections.editions.contents import COUNTS_FILE, DURATIONS_FILE
from projections.editions.revisions import (
    COUNTED,
    MEASURED,
    Monthly,
    monthly_figures,
    revisions_between,
)
from projections.editions.shapes import REVISIONS
from tests.support.editions import a_desk, three_days

AS_OF = datetime(2026, 2, 10, tzinfo=UTC)
KEYS = st.tuples(
    st.sampled_from(["2025-12", "2026-01", "2026-02", "2026-03"]),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["p", "q"]),
    st.sampled_from([*COUNTED, *MEASURED]),
)
FIGURES = st.dictionaries(KEYS, st.integers(1, 3), max_size=30)


@given(FIGURES, FIGURES)
def test_every_change_of_a_month_that_was_over_is_listed_once_and_no_other(
    before: Monthly, after: Monthly
) -> None:
    found = revisions_between(before, after, AS_OF, {"A": "Asia/Ho_Chi_Minh", "B": "UTC"})

    listed = [(each.period, each.office, each.procedure, each.measure) for each in found]
    assert len(set(listed)) == len(listed)
    for key in before.keys() | after.keys():
        assert (key in listed) == (key[0] < "2026-02" and before.get(key) != after.get(key))
    for each in found:
        key = (each.period, each.office, each.procedure, each.measure)
        nothing = 0 if each.measure in COUNTED else None
        assert each.before == before.get(key, nothing)
        assert each.after == after.get(key, nothing)


def test_month_is_over_by_the_zone_of_its_office() -> None:
    before: Monthly = {}
    after = {("2026-01", office, "p", "received"): 1 for office in ("HANOI", "BERLIN")}
    zones = {"HANOI": "Asia/Ho_Chi_Minh", "BERLIN": "Europe/Berlin"}

    found = revisions_between(before, after, datetime(2026, 1, 31, 20, tzinfo=UTC), zones)

    assert [each.office for each in found] == ["HANOI"]


def _revisions(folder: Path, day: str) -> list[dict[str, Any]]:
    document = msgspec.json.decode((folder / "log" / "editions" / day / REVISIONS).read_bytes())
    found: list[dict[str, Any]] = document["revisions"]
    return found


def test_late_act_changes_a_past_month_visibly_and_nothing_else_is_listed(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, three_days)

    desk.maker.make_due()

    # On 2 February January was over, and nothing about it changed; on 4 February an end of
    # January came in.
    assert _revisions(tmp_path, "2026-01-20") == []
    assert _revisions(tmp_path, "2026-02-02") == []
    found = _revisions(tmp_path, "2026-02-04")
    changed = {each["measure"]: (each["before"], each["after"]) for each in found}
    assert {each["period"] for each in found} == {"2026-01"}
    counted = {name: change for name, change in changed.items() if name in COUNTED}
    assert sum(after - before for before, after in counted.values()) == 0
    assert {name for name in counted if name.startswith("resolved")}
    assert {name for name in counted if name.startswith("pending")}
    assert changed.keys() - counted.keys() == set(MEASURED)
    assert changed["gross_median_seconds"][0] is None


def test_carried_over_of_the_running_month_is_progress_and_no_revision(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, three_days)
    desk.maker.make_due()
    days = desk.folder.days()
    before, after = (
        monthly_figures(desk.folder.read(day, COUNTS_FILE), desk.folder.read(day, DURATIONS_FILE))
        for day in days[1:]
    )

    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}

    assert any(
        period == "2026-02" and measure == "carried_over" for period, _, _, measure in changed
    )
    assert len(_revisions(tmp_path, "2026-02-04")) == sum(key[0] == "2026-01" for key in changed)
