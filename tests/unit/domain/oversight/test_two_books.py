"""What is published with an alarm R32 has figures, and no place for words."""

from typing import Any

import msgspec
import pytest

from domain.errors import MalformedDocument
from domain.oversight.two_books import PublishedAnswer, parse_books

DIFFERENCE: dict[str, Any] = {
    "office": "H27.15",
    "procedure": "*",
    "period": "2026-10",
    "count": "received",
    "published": 7,
    "ours": 3,
}
BOOKS: dict[str, Any] = {
    "document_sha256": "ab" * 32,
    "tree_size": 70,
    "root": "A" * 43 + "=",
    "compared": 1,
    "left_out": {"other_period": 2},
    "differences": [DIFFERENCE],
    "differences_found": 1,
}


def test_books_are_read() -> None:
    books = parse_books(msgspec.json.encode(BOOKS))

    assert (books.differences[0].published, books.differences[0].ours) == (7, 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"note": "Ông Đặng Văn A"},
        {"differences": [DIFFERENCE | {"note": "A"}]},
        {"differences": [DIFFERENCE | {"office": "Sở của ông A"}]},
        {"differences": [DIFFERENCE | {"period": "all"}]},
        {"differences": [DIFFERENCE | {"count": "a b"}]},
        {"differences": [DIFFERENCE | {"published": -1}]},
        {"differences": []},
        {"differences": [DIFFERENCE] * 501},
        {"left_out": {"ông A": 1}},
        {"document_sha256": "x"},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_anything_more_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedDocument):
        parse_books(msgspec.json.encode(BOOKS | changes))


@pytest.mark.parametrize("document", [b"", b"[]", b"\xff", b"[" * 5000])
def test_what_is_no_document_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse_books(document)


ANSWERED: dict[str, Any] = {
    "office": "H27.15",
    "procedure": "*",
    "period": "2026-10-05",
    "measure": "durations[3].net_median_seconds",
    "published": 7,
    "ours": None,
}
ANSWER: dict[str, Any] = {
    "shape": "two-books@v2",
    "address": "/v1/statistics/durations?by=office,period&office=H27.15",
    "document_sha256": "ab" * 32,
    "tree_size": 70,
    "root": "A" * 43 + "=",
    "compared": 12,
    "differences": [ANSWERED, ANSWERED | {"published": "1.50", "ours": "-0.25"}],
    "differences_found": 2,
}


def test_answer_of_the_second_shape_is_read() -> None:
    books = parse_books(msgspec.json.encode(ANSWER))

    assert isinstance(books, PublishedAnswer)
    assert [each.published for each in books.differences] == [7, "1.50"]


@pytest.mark.parametrize(
    "changes",
    [
        {"note": "A"},
        {"shape": "two-books@v3"},
        {"shape": None},
        {"address": "/v1/statistics/durations?office=Ông A"},
        {"address": "https://example.org/v1/statistics/counts"},
        {"left_out": {}},
        {"differences": []},
        {"differences": [ANSWERED] * 501},
        {"differences": [ANSWERED | {"measure": "a b"}]},
        {"differences": [ANSWERED | {"measure": "durations[x]"}]},
        {"differences": [ANSWERED | {"period": "all"}]},
        {"differences": [ANSWERED | {"published": "seven"}]},
        {"differences": [ANSWERED | {"published": 2**53}]},
        {"differences": [ANSWERED | {"published": True}]},
        {"differences": [DIFFERENCE]},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_anything_more_in_an_answer_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedDocument):
        parse_books(msgspec.json.encode(ANSWER | changes))
