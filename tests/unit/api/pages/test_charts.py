import pytest

from api.pages.charts import BOTTOM, HEIGHT, MAX_LABELS, Stack, stacked_bars


def test_segments_stand_on_one_another() -> None:
    chart = stacked_bars([Stack("1", (3, 0, 5))])

    low, none, high = chart.bars[0].segments
    assert low.y + low.height == pytest.approx(HEIGHT - BOTTOM)
    assert none.height == 0
    assert high.y + high.height == pytest.approx(low.y)


def test_heights_are_in_proportion_to_the_numbers() -> None:
    chart = stacked_bars([Stack("1", (10, 20, 30))])

    heights = [segment.height for segment in chart.bars[0].segments]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.05)
    assert heights[2] == pytest.approx(3 * heights[0], abs=0.05)


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(0, [0, 1]), (3, [0, 1, 2, 3]), (39, [0, 10, 20, 30, 40]), (101, [0, 50, 100, 150])],
)
def test_scale_is_round_and_covers_the_highest_bar(highest: int, ticks: list[int]) -> None:
    chart = stacked_bars([Stack("1", (highest,))])

    assert [tick.value for tick in chart.ticks] == ticks
    assert all(tick.y >= 0 for tick in chart.ticks)


def test_bars_stay_inside_the_drawing() -> None:
    chart = stacked_bars([Stack(str(number), (number,)) for number in range(36)])

    assert chart.bars[0].x >= chart.left
    assert chart.bars[-1].x + chart.bars[-1].width <= chart.right
    assert sum(bar.shows_label for bar in chart.bars) <= MAX_LABELS


def test_nothing_is_drawn_of_nothing() -> None:
    assert stacked_bars([]).bars == ()
