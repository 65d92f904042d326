"""Catalogue texts of any kind: never another error, never a guess, nothing lost."""

from hypothesis import given
from hypothesis import strategies as st

from domain.procedures import LimitUnit
from domain.procedures.fee_texts import read_fee
from domain.procedures.limit_texts import StatedLimit, read_limit
from domain.procedures.search_words import fold_text
from ledger.catalogue.csv_file import read_rows
from ledger.catalogue.portal import parse_portal_procedure
from ledger.catalogue.readings import MalformedCatalogue

UNITS = ("ngày", "ngày làm việc", "giờ", "tháng", "tuần", "hoặc", "đến", "-", "phút", "")
near_limits = st.lists(
    st.one_of(st.integers(-5, 5000).map(str), st.sampled_from(UNITS), st.just("0.5")), max_size=5
).map(" ".join)


@given(st.one_of(st.text(), near_limits), st.one_of(st.text(), near_limits))
def test_limit_is_read_from_one_number_and_unit_or_kept(text: str, description: str) -> None:
    reading = read_limit([StatedLimit(text, description)])

    if reading.is_parsed:
        assert reading.limit.amount
        assert str(reading.limit.amount) in text
    else:
        assert reading.doubt is not None
        assert reading.limit.amount is None
        assert reading.limit.unit is LimitUnit.UNKNOWN
    assert text.strip() in (reading.limit.prose or "")


@given(st.lists(st.text(), max_size=3))
def test_fee_is_an_amount_or_its_words(texts: list[str]) -> None:
    reading = read_fee(texts)

    for line in (line.strip() for text in texts for line in text.splitlines()):
        assert line in (reading.fee.prose or "")
    assert (reading.fee.amount_vnd is None) == (reading.doubt is not None)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_bytes_are_a_catalogue_or_malformed(data: bytes) -> None:
    for parse in (parse_portal_procedure, lambda csv: list(read_rows(csv))):
        try:
            parse(data)
        except MalformedCatalogue as error:
            assert str(error)
