"""The golden test of domain.md 5.1: Phú Thọ, year 2026 as captured on 26 September 2026.

Figures and scores of the province and of some of its communes are the portal's own, as the public
repository ChippedTopaz/qd766 keeps them (tests/fixtures/*/year-all.json); the total is derived.
"""

from collections.abc import Mapping

import pytest

from domain.errors import Sentence
from domain.index766 import (
    FORMULAS,
    Group,
    IndexScore,
    Input,
    Measured,
    Missing,
    State,
    formulas_of,
    score_index,
)

NOT_CAPTURED = Missing(Sentence("chưa ghi lại", "not captured"))

PHU_THO: dict[str, Input] = {
    "1.1": Measured(0, 89),
    "1.2": Measured(0, 70),
    "1.3": Measured(87, 89),
    "1.4": Measured(475_053, 475_053),
    "2.1": Measured(528_684, 597_918),
    "2.2": NOT_CAPTURED,
    "3.1": Measured(31 + 21, 89),
    "3.2": Measured(516, 1_884),
    "3.3": Measured(589_496, 597_894),
    "3.5": Measured(68, 313),
    "3.5b": Measured(119, 313),
    "3.6": Measured(309_542, 358_625),
    "4.1": Measured(433_356, 597_918),
    "4.2": Measured(145_096, 597_918),
    "4.3": Measured(136_827, 597_918),
    "4.4": Measured(0, 597_918),
    "4.5a": Measured(396, 1_300),
    "4.5b": Measured(325_596, 597_918),
    "4.6": Measured(1, 1),
    "5.1a": Measured(413, 570),
    "5.1b": Measured(133, 570),
    "5.2": Measured(296, 570),
    "5.3": Measured(230, 570),
    "5.4": Measured(528_464, 597_918),
}


def score(inputs: Mapping[str, Input]) -> IndexScore:
    formulas = formulas_of("qd766-2022")
    assert formulas is not None
    return score_index(formulas, inputs)


def group_of(found: IndexScore, group: Group) -> int:
    return next(one.hundredths for one in found.groups if one.group is group)


@pytest.mark.parametrize(
    ("group", "hundredths"),
    [
        (Group.TRANSPARENCY, 796),
        (Group.PROGRESS, 1768),
        (Group.ONLINE, 856),
        (Group.PAYMENT, 667),
        (Group.DIGITISATION, 959),
        (Group.SATISFACTION, 1143),
    ],
)
def test_group_of_phu_tho_is_what_the_portal_shows(group: Group, hundredths: int) -> None:
    assert group_of(score(PHU_THO), group) == hundredths


def test_total_of_phu_tho_is_61_89() -> None:
    found = score(PHU_THO)

    assert found.version == "qd766-2022"
    assert (found.total.hundredths, found.total.out_of, found.total.maximum) == (6189, 100, 100)
    assert found.band is not None
    assert found.band.name.en == "average"
    assert not found.band.verified


@pytest.mark.parametrize(
    ("indicator", "hundredths"),
    [
        ("1.1", 0),
        ("1.2", 0),
        ("1.3", 196),
        ("1.4", 600),
        ("3.1", 146),
        ("3.2", 110),
        ("3.3", 600),
        ("3.6", 518),
        ("3.5b", 95),
        ("3.5", 54),
        ("4.1", 435),
        ("4.2", 97),
        ("4.3", 57),
        ("4.4", 0),
        ("4.5b", 109),
        ("4.5a", 61),
        ("4.6", 200),
        ("5.4", 589),
        ("5.2", 312),
        ("5.3", 242),
    ],
)
def test_indicator_of_phu_tho_is_what_the_portal_shows(indicator: str, hundredths: int) -> None:
    by_id = {one.indicator.id: one for one in score(PHU_THO).indicators}

    assert by_id[indicator].hundredths == hundredths


@pytest.mark.parametrize(
    ("paid", "transactions", "offered", "hundredths"),
    [
        pytest.param((309_542, 358_625), (119, 313), (68, 313), 667, id="H44"),
        pytest.param((18, 18), (2, 3), (0, 3), 767, id="H44.03"),
        pytest.param((118, 118), (12, 13), (0, 13), 800, id="H44.07, full marks from 80 %"),
        pytest.param((0, 2), (0, 2), (0, 2), 0, id="H44.08"),
        pytest.param((4_015, 4_920), (18, 38), (10, 38), 674, id="H44.100"),
        pytest.param((1_707, 1_864), (16, 40), (6, 40), 687, id="H44.104"),
        # The exact sums are 6.9474 and 6.8240: the portal adds up rounded terms.
        pytest.param((3_092, 3_471), (17, 39), (8, 39), 694, id="H44.105"),
        pytest.param((1_098, 1_190), (10, 33), (7, 33), 683, id="H44.118"),
        pytest.param((0, 0), (0, 1), (0, 1), 0, id="H44.13, a denominator of 0"),
    ],
)
def test_payment_of_communes_is_what_the_portal_shows(
    paid: tuple[int, int], transactions: tuple[int, int], offered: tuple[int, int], hundredths: int
) -> None:
    inputs: dict[str, Input] = {
        **PHU_THO,
        "3.6": Measured(*paid),
        "3.5b": Measured(*transactions),
        "3.5": Measured(*offered),
    }

    assert group_of(score(inputs), Group.PAYMENT) == hundredths


@pytest.mark.parametrize(
    ("dossiers", "hundredths"),
    [((156, 161), 600), ((1_651, 2_270), 485), ((755, 1_120), 449), ((7_362, 8_253), 595)],
)
def test_satisfaction_of_offices_is_what_the_portal_shows(
    dossiers: tuple[int, int], hundredths: int
) -> None:
    none = Measured(0, 0)
    found = score({**PHU_THO, "5.2": none, "5.3": none, "5.4": Measured(*dossiers)})

    assert group_of(found, Group.SATISFACTION) == 1200 + hundredths


def test_missing_input_is_never_a_zero() -> None:
    found = score({**PHU_THO, "4.1": NOT_CAPTURED})

    by_id = {one.indicator.id: one for one in found.indicators}
    assert (by_id["4.1"].state, by_id["4.1"].hundredths) == (State.MISSING, None)
    assert (found.total.hundredths, found.total.out_of) == (6189 - 435, 94)
    assert found.band is None


def test_nothing_to_count_is_not_applicable_unless_the_rule_says_otherwise() -> None:
    empty: dict[str, Input] = dict.fromkeys(PHU_THO, Measured(0, 0))

    by_id = {one.indicator.id: one for one in score(empty).indicators}

    for indicator in ("3.5", "3.5b", "3.6", "5.4"):
        assert (by_id[indicator].state, by_id[indicator].hundredths) == (State.SCORED, 0)
    for indicator in ("5.2", "5.3"):
        assert by_id[indicator].hundredths == 600
    for indicator in ("1.1", "2.1", "3.3", "4.1"):
        assert (by_id[indicator].state, by_id[indicator].hundredths) == (
            State.NOT_APPLICABLE,
            None,
        )


def test_information_earns_no_points() -> None:
    by_id = {one.indicator.id: one for one in score(PHU_THO).indicators}

    assert (by_id["5.1a"].state, by_id["5.1a"].hundredths) == (State.INFORMATION, None)
    assert (by_id["2.2"].state, by_id["2.2"].hundredths) == (State.MISSING, None)


def test_wordings_stand_under_their_own_versions() -> None:
    assert {formulas.version: formulas for formulas in FORMULAS.values()} == dict(FORMULAS)
    assert formulas_of("portal-2026") is None
