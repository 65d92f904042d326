import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outliers.discoveries import discoveries


def by_definition(p_values: list[float], rate: float) -> tuple[bool, ...]:
    """For each rank from the last down, as Benjamini and Hochberg wrote it."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank in range(len(order), 0, -1):
        if p_values[order[rank - 1]] * len(order) <= rank * rate:
            limit = p_values[order[rank - 1]]
            return tuple(value <= limit for value in p_values)
    return (False,) * len(p_values)


@given(st.lists(st.floats(0, 1), max_size=40), st.sampled_from([0.01, 0.05, 0.2]))
def test_what_stands_is_what_the_definition_lets_stand(p_values: list[float], rate: float) -> None:
    assert discoveries(p_values, rate) == by_definition(p_values, rate)


def test_example_of_the_paper_has_four_discoveries() -> None:
    # Benjamini and Hochberg 1995, section 3.1: fifteen tests, at 5 % the first four stand.
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000,
    ]  # fmt: skip

    assert discoveries(p_values).count(True) == 4


@pytest.mark.parametrize("tests", [1, 49, 51])
def test_one_small_p_among_many_stands_while_it_is_small_enough(tests: int) -> None:
    p_values = [0.001] + [0.5] * (tests - 1)

    assert discoveries(p_values)[0] == (tests <= 50)


def test_no_tests_have_no_discoveries() -> None:
    assert discoveries([]) == ()
