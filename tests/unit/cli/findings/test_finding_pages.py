"""All pages of a server's findings are asked for, and make one answer."""

from collections.abc import Callable
from itertools import count

import msgspec
import pytest

from cli.acting import finding_pages
from cli.acting.finding_pages import each_page, is_whole_list, joined
from transparency.errors import ProofInvalid

FIRST, SECOND = "/v1/findings?peers=no", "/v1/findings?cursor=00.1&limit=1"
PAGES = {
    FIRST: {
        "findings": [{"rule": "R02", "stream": "a"}],
        "rules": [{"id": "R02", "compares_with_peers": False}],
        "as_of": "earlier",
        "next": SECOND,
    },
    SECOND: {
        "findings": [{"rule": "R05", "stream": "b"}, {"rule": "R02", "stream": "c"}],
        "rules": [
            {"id": "R02", "compares_with_peers": False},
            {"id": "R05", "compares_with_peers": True},
            {"id": "R05", "compares_with_peers": False},
        ],
        "as_of": "later",
    },
}


def ask(path: str) -> bytes:
    return msgspec.json.encode(PAGES[path])


def test_all_pages_are_asked_for_and_make_one_answer() -> None:
    whole = msgspec.json.decode(joined(list(each_page(ask, FIRST))))

    assert [each["stream"] for each in whole["findings"]] == ["a", "b", "c"]
    assert [(each["id"], each["compares_with_peers"]) for each in whole["rules"]] == [
        ("R02", False),
        ("R05", True),
        ("R05", False),
    ]
    assert whole["as_of"] == "later"
    assert "next" not in whole


def test_list_of_one_page_is_printed_as_it_came() -> None:
    page = b'{"findings": [], "rules": []}'

    assert joined(list(each_page(lambda _path: page, FIRST))) == page


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b'{"next": "/v1/elsewhere"}',
        b'{"next": 3}',
        b'{"next": "http://elsewhere.example/v1/findings?cursor=00.1"}',
        b'{"next": "//elsewhere.example/v1/findings?cursor=00.1"}',
        b'{"next": "//[/v1/findings"}',
    ],
)
def test_server_that_leads_astray_is_not_followed(answer: bytes) -> None:
    with pytest.raises(ProofInvalid):
        list(each_page(lambda _path: answer, FIRST))


def endless() -> Callable[[str], bytes]:
    """Give a server whose every page names another one after it."""
    numbers = count(1)
    return lambda _path: msgspec.json.encode({"next": f"/v1/findings?cursor=00.{next(numbers)}"})


def test_page_that_was_there_before_is_not_asked_for_again() -> None:
    pages = each_page(lambda _path: b'{"next": "/v1/findings?cursor=00.1&limit=1"}', FIRST)

    with pytest.raises(ProofInvalid, match="again"):
        list(pages)


def test_list_without_end_ends_after_a_number_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_pages, "MAX_PAGES", 20)

    with pytest.raises(ProofInvalid, match="more than 20 pages"):
        list(each_page(endless(), FIRST))


def test_list_without_end_ends_after_a_number_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_pages, "MAX_BYTES", 500)

    with pytest.raises(ProofInvalid, match="500 bytes"):
        list(each_page(endless(), FIRST))


@pytest.mark.parametrize(
    ("path", "is_whole"),
    [
        ("/v1/findings", True),
        ("/v1/findings?rule=R07", True),
        ("/v1/findings?limit=10", False),
        (SECOND, False),
        ("/v1/findings/rules", False),
        ("/v1/trail?office=H27", False),
    ],
)
def test_who_names_a_page_gets_that_page_alone(path: str, *, is_whole: bool) -> None:
    assert is_whole_list(path) is is_whole
