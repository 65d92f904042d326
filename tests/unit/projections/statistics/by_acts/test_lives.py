"""Figures made from acts, of a few whole lives: told apart by hand."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.facts import Channel
from projections.reading import FiguresInViews
from projections.statistics.asking import Dimension, Query
from projections.statistics.by_acts.asking import ActSource
from projections.statistics.by_acts.fee_figures import count_fees
from projections.statistics.by_acts.step_figures import measure_steps
from projections.statistics.by_acts.visit_figures import count_visits
from projections.statistics.by_acts.visits import COUNTED_ACTS, visits_of
from projections.views import open_views
from tests.support.dossier_cases import HANOI, OFFICE, a_row
from tests.support.followed_ledger import a_follower
from tests.support.lives.on_paper import some_lives
from tests.support.paper_ledger import BERLIN_OFFICE, PaperLedger
from tests.unit.projections.statistics.by_acts.seen import seen

HOUR = 3600
LIVES = 8


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActSource]:
    path: Path = tmp_path_factory.mktemp("lives") / "views.sqlite3"
    paper = PaperLedger()
    some_lives(paper)
    with closing(open_views(path)) as views:
        a_follower(paper, views).catch_up()
        with views.reading() as reader:
            position = reader.position()
            assert position is not None
            yield FiguresInViews(reader, position).acts()


def test_time_is_told_apart_by_stage_and_by_the_office_that_held_the_dossier(
    source: ActSource,
) -> None:
    figures, totals = measure_steps(source, Query(by=frozenset({Dimension.OFFICE})))

    found = {(each.office, each.stage): each.spread.median_seconds for each in figures}
    assert found == {
        (OFFICE, "intake"): HOUR // 2,
        (OFFICE, "sending_on"): HOUR // 2,
        (OFFICE, "transfer"): HOUR // 2,
        (BERLIN_OFFICE, "processing"): HOUR + HOUR // 2 + HOUR // 3,
        (BERLIN_OFFICE, "supplement"): 2 * HOUR + HOUR // 2,
        (BERLIN_OFFICE, "payment"): HOUR // 6,
        (BERLIN_OFFICE, "awaiting_decision"): HOUR,
        (BERLIN_OFFICE, "issuing"): HOUR // 2,
        (BERLIN_OFFICE, "handing_over"): HOUR,
    }
    assert {each.stays for each in (*figures, *totals)} == {LIVES}
    at_work = [each for each in totals if each.stage not in ("intake", "handing_over")]
    assert sum(each.total_seconds for each in at_work) == LIVES * 7 * HOUR


def test_visits_are_days_on_which_somebody_came(source: ActSource) -> None:
    _, total = count_visits(source, Query())

    # Papers, cash and result on one day are one visit.
    assert (total.resolved, total.visits.one, total.visits_not_known) == (LIVES, LIVES, 0)
    assert (total.visits.sum, total.visits.mean_hundredths) == (LIVES, 100)
    assert (total.supplements.one, total.supplements.mean_hundredths) == (LIVES, 100)


def test_fees_are_summed_by_what_was_done_with_them(source: ActSource) -> None:
    by = frozenset({Dimension.PERIOD})
    figures, total = count_fees(source, Query(by=by))

    assert (total.assessed.count, total.assessed.vnd) == (LIVES, LIVES * 60_000)
    assert (total.required.count, total.required.vnd) == (LIVES + 1, LIVES * 50_000 + 70_000)
    assert (total.paid.vnd, total.refunded.vnd) == (LIVES * 50_000, LIVES * 5_000)
    assert total.paid_by.cash.vnd == 2 * 50_000
    assert [each.period for each in figures] == ["2026-02", "2026-03"]
    assert [each.outstanding.vnd for each in figures] == [0, 70_000]
    assert (total.outstanding.count, total.outstanding.vnd) == (1, 70_000)


def test_what_is_owed_is_carried_into_a_period_in_which_nothing_happened(
    source: ActSource,
) -> None:
    figures, total = count_fees(source, Query(first="2026-04", by=frozenset({Dimension.PERIOD})))
    whole, _ = count_fees(source, Query(first="2026-04"))

    # The figures are as of March: April has not come, and what it will carry in is known.
    assert figures == ()
    assert (total.required.count, total.outstanding.vnd) == (0, 70_000)
    assert whole[0].outstanding.vnd == 70_000


@pytest.mark.parametrize(
    ("channel", "acts", "visits"),
    [
        ("online", [], 0),
        ("counter", [seen("submitted")], 1),
        ("online", [seen("submitted")], 0),
        ("online", [seen("supplement_submitted", roles=("applicant",))], 0),
        ("online", [seen("supplement_submitted", roles=("applicant", "receiver"))], 1),
        ("post", [seen("supplement_submitted", roles=("receiver",))], 0),
        ("online", [seen("payment_confirmed", method="cash")], 1),
        ("online", [seen("payment_confirmed", method="online_portal")], 0),
        ("online", [seen("result_returned", roles=("returner",))], 1),
        ("online", [seen("result_returned", roles=("system",))], 0),
        ("online", [seen("result_returned", roles=("post",))], 0),
        ("online", [seen("result_dispatched"), seen("result_returned", roles=("returner",))], 0),
        ("counter", [seen("submitted"), seen("result_returned", "2026-03-05", ("returner",))], 2),
    ],
)
def test_acts_that_show_that_somebody_came_are_visits(
    channel: str, acts: list[object], visits: int
) -> None:
    row = a_row("2026-03-01", "2026-03-04", channel=Channel(channel))

    assert visits_of(row, acts, HANOI) == visits  # type: ignore[arg-type]


def test_imported_dossier_has_no_known_number_of_visits() -> None:
    row = a_row("2026-03-01", "2026-03-04", imported=True, channel=Channel.COUNTER)

    assert visits_of(row, [seen("submitted")], HANOI) is None


def test_every_counted_act_has_a_sentence_in_both_languages() -> None:
    assert len({counted.kind for counted in COUNTED_ACTS}) == len(COUNTED_ACTS)
    for counted in COUNTED_ACTS:
        assert counted.sentence.vi
        assert counted.sentence.en
