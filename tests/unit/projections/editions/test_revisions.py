"""Revisions: what changed about months that were over, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roles import Role
from projections.editions.contents import COUNTS_FILE, DURATIONS_FILE
from projections.editions.errors import EditionDiffers
from projections.editions.revisions import (
    COUNTED,
    MEASURED,
    Monthly,
    RevisedFile,
    figures_of_file,
    monthly_figures,
    revisions_between,
)
from projections.editions.shapes import REVISIONS
from tests.support.dossier_cases import OFFICE
from tests.support.editions import a_desk, three_days
from tests.support.paper_ledger import PaperLedger, a_stream

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
    further = {name for name in changed if "." in name}
    assert changed.keys() - counted.keys() - further == set(MEASURED)
    assert {name.partition(".")[0] for name in further} == {
        "timeliness",
        "backlog",
        "steps",
        "visits",
    }
    assert changed["visits.resolved"] == (None, 1)
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
    listed = [each for each in _revisions(tmp_path, "2026-02-04") if "." not in each["measure"]]
    assert len(listed) == sum(key[0] == "2026-01" for key in changed)


FEES = RevisedFile("fees-by-month.json", "fees")


@pytest.mark.parametrize(
    ("revised", "row", "expected"),
    [
        (FEES, {"period": "2026-01", "paid": {"vnd": 7, "count": 0}}, {"fees.paid.vnd": 7}),
        (FEES, {"period": "*", "paid": {"vnd": 7}}, {}),
        (FEES, {"period": "2026-01-05", "paid": {"vnd": 7}}, {}),
        (FEES, {"period": "2026-01", "field": None, "channel": "*", "mean": None}, {}),
        (FEES, {"period": "2026-01", "differences": [{"reason": "x", "resolved": 1}]}, {}),
        (
            RevisedFile("steps-by-month.json", "steps", by=("stage",)),
            {"period": "2026-01", "stage": "intake", "stays": 2},
            {"steps.intake.stays": 2},
        ),
        (
            RevisedFile("petitions.json", "petitions", by=("track",), only=("filed",)),
            {"period": "2026-01", "track": "complaint", "filed": 3, "answered_late": 1},
            {"petitions.complaint.filed": 3},
        ),
    ],
)
def test_numbers_of_a_further_file_are_named_by_theme_and_place(
    revised: RevisedFile, row: dict[str, Any], expected: dict[str, int]
) -> None:
    whole = {"office": "*", "procedure": "*", **row}

    found = figures_of_file(revised, msgspec.json.encode({"figures": [whole]}))

    assert found == {("2026-01", "*", "*", measure): n for measure, n in expected.items()}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"figures":[1]}', b'{"figures":{}}'])
def test_file_without_figures_is_no_editions(body: bytes) -> None:
    with pytest.raises(EditionDiffers):
        figures_of_file(FEES, body)


def _in_order_of_time(paper: PaperLedger) -> None:
    """Live through four months, each act recorded on its day; dossiers end in later months."""
    number = 0
    for month in (1, 2, 3, 4):
        for day in (5, 15, 26):
            at = f"2026-{month:02}-{day:02}"
            number += 1
            paper.submit(a_stream(number), f"{at}T01:00:00Z")
            paper.accept(a_stream(number), f"{at}T02:00:00Z", code=f"H27-26{month:02}{day:02}-0001")
            paper.complain(f"petition:{number:032x}", f"{at}T02:30:00Z")
            if number > 2:
                paper.finish(a_stream(number - 2), f"{at}T03:00:00Z")
            if number > 4:
                paper.act(
                    "dossier.result_returned",
                    a_stream(number - 4),
                    f"{at}T03:30:00Z",
                    Role.RECEIVER,
                    paper.officer,
                    office=OFFICE,
                )
            paper.seal_and_publish(f"{at}T09:00:00.000Z")


def test_acts_in_order_of_time_revise_nothing_over_months(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, _in_order_of_time)

    days = desk.maker.make_due()

    assert len(days) == 11
    assert [_revisions(tmp_path, str(day)) for day in days] == [[]] * len(days)
