import asyncio

import pytest
from falcon.testing import create_asgi_req

from api.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType
from api.pages.forms import (
    FORM_MEDIA_TYPE,
    MAX_FORM_BYTES,
    AskedEntries,
    asked_entries,
    asked_statistics,
    read_form,
)
from projections.counts import Span


def _read(body: bytes, media_type: str = FORM_MEDIA_TYPE) -> dict[str, str]:
    headers = {"Content-Type": media_type, "Content-Length": str(len(body))}
    request = create_asgi_req(body=body, method="POST", headers=headers)
    return asyncio.run(read_form(request))


def test_fields_are_read_and_trimmed() -> None:
    form = _read(b"code=+H27.15-1+&secret=a%2Bb%3D")

    assert form == {"code": "H27.15-1", "secret": "a+b="}


def test_repeated_field_counts_once() -> None:
    assert _read(b"code=1&code=2") == {"code": "1"}


@pytest.mark.parametrize(
    "body", ["mã".encode(), b"a=%ff", b"&".join(b"a=1" for _ in range(9))],
    ids=["not_ascii", "not_utf8", "too_many_fields"],
)  # fmt: skip
def test_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        _read(body)


def test_form_is_taken_up_to_its_limit_and_not_one_byte_more() -> None:
    body = b"a=" + b"x" * (MAX_FORM_BYTES - 2)

    assert len(_read(body)["a"]) == MAX_FORM_BYTES - 2
    with pytest.raises(BodyTooLarge):
        _read(body + b"x")


def test_other_media_types_are_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        _read(b"{}", "application/json")


@pytest.mark.parametrize(
    ("query", "span"),
    [
        ("", Span()),
        ("from=2026-03", Span("2026-03", None)),
        ("to=2026-03", Span(None, "2026-03")),
        ("from=2026-03&to=2026-03", Span("2026-03", "2026-03")),
        ("from=&to=", Span()),
    ],
)
def test_months_of_a_filter_are_read(query: str, span: Span) -> None:
    asked = asked_statistics(create_asgi_req(query_string=query))

    assert (asked.span, asked.is_bad_period) == (span, False)


@pytest.mark.parametrize(
    "query", ["from=2026-13", "from=2026", "to=abc", "from=2026-04&to=2026-03", "from=0001-01"]
)
def test_bad_period_is_said_and_not_applied(query: str) -> None:
    asked = asked_statistics(create_asgi_req(query_string=query))

    assert (asked.span, asked.is_bad_period) == (Span(), True)


@pytest.mark.parametrize("text", ["", "end=", "end=-1", "end=abc", f"end={'9' * 17}"])
def test_list_without_a_usable_end_starts_at_the_newest(text: str) -> None:
    asked = asked_entries(create_asgi_req(query_string=text))

    assert asked == AskedEntries(None, is_bad_address=bool(text))


def test_end_of_a_list_is_an_index() -> None:
    assert asked_entries(create_asgi_req(query_string="end=25&lang=vi")) == AskedEntries(25)
