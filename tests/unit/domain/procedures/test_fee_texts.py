"""Real fee texts: an amount in đồng where there is exactly one, prose with its doubt elsewhere."""

import pytest

from domain.procedures import Fee
from domain.procedures.fee_texts import FeeDoubt, read_fee


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Phí : 0 Đồng", 0),
        ("Lệ phí : 50.000 Đồng", 50_000),
        ("Phí : 1.000.000 Đồng", 1_000_000),
        ("Phí : 20000 Đồng", 20_000),
        ("Phí : Không Đồng", 0),
        ("10.000 đồng", 10_000),
        ("Phí : 0 Đồng\nLệ phí : 0 Đồng", 0),
    ],
)
def test_one_amount_is_read_and_keeps_its_words(text: str, amount: int) -> None:
    assert read_fee([text]).fee == Fee(amount_vnd=amount, prose=text)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Phí : 2.000.000 Đồng\nPhí : 3.500.000 Đồng", FeeDoubt.SEVERAL_CASES),
        ("Phí : 50.000 Đồng (năng khiếu: 120.000 đồng/hồ sơ)", FeeDoubt.UNREADABLE),
        ("Lệ phí : 1.5 USD", FeeDoubt.UNREADABLE),
        ("Phí :  Đồng", FeeDoubt.UNREADABLE),
        ("Phí : o Đồng", FeeDoubt.UNREADABLE),
        ("Phí : 1,5 Đồng", FeeDoubt.UNREADABLE),
        ("Phí : 10.00 Đồng", FeeDoubt.UNREADABLE),
        ("Phí : 9999999999999 Đồng", FeeDoubt.UNREADABLE),
        ("Mức thu bằng 50% mức thu phí quy định", FeeDoubt.UNREADABLE),
    ],
)
def test_doubtful_fee_stays_prose_whole_and_says_why(text: str, doubt: FeeDoubt) -> None:
    reading = read_fee([text])

    assert reading.fee == Fee(prose=text)
    assert reading.doubt is doubt


def test_empty_fee_is_not_stated_rather_than_free() -> None:
    assert read_fee(["", " "]).fee == Fee()
    assert read_fee(["", " "]).doubt is FeeDoubt.NOT_STATED
