"""Personnel numbers are compared by what they say, not by how somebody wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keys import number_of_person


@pytest.mark.parametrize(
    "written",
    [
        "cb-42",
        " CB-42 ",
        "CB 42",
        "CB\u201142",
        "CB–042",
        "C B 0042",
        "\uff23\uff22\uff14\uff12",
        "CB-٤٢",
        "CB.42",
    ],
)
def test_one_number_written_in_another_way_is_the_same(written: str) -> None:
    """A registrar who enrolled one person twice, once in lower case, had two officers."""
    assert number_of_person(written) == number_of_person("CB-42")


@pytest.mark.parametrize(
    "other", ["CB-43", "CB-420", "CD-42", "42", "CB-4-2", "42-CB", "CB-42A", "ĐB-42"]
)
def test_other_numbers_stay_other(other: str) -> None:
    assert number_of_person(other) != number_of_person("CB-42")


@pytest.mark.parametrize("nothing", ["", "  ", "-", "…"])
def test_what_holds_no_letter_and_no_digit_is_no_number(nothing: str) -> None:
    assert number_of_person(nothing) == ""


@given(st.text(max_size=40))
def test_compared_form_of_any_text_stays_as_it_is(text: str) -> None:
    once = number_of_person(text)

    assert number_of_person(once) == once
