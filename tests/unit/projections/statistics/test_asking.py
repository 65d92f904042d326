"""An answer has no more figures than it may: those beyond are not even made."""

from collections.abc import Iterator

import pytest

from projections.statistics.asking import TooManyFigures, few


def test_as_many_as_there_may_be_are_given_and_one_more_is_refused() -> None:
    assert few(iter(range(3)), 3) == (0, 1, 2)
    assert few(iter(range(3)), None) == (0, 1, 2)
    with pytest.raises(TooManyFigures):
        few(iter(range(4)), 3)


def test_what_is_beyond_the_limit_is_not_made() -> None:
    made = []

    def making() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with pytest.raises(TooManyFigures):
        few(making(), 3)
    assert len(made) == 4
