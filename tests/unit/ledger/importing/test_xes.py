"""XES logs: what a case holds, and every way in which a broken one is refused."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.importing.errors import MalformedSource
from ledger.importing.sources import (
    MAX_ATTRIBUTES,
    MAX_NAME_CHARACTERS,
    MAX_VALUE_CHARACTERS,
    ForeignCase,
)
from ledger.importing.xes import MAX_DEPTH, MAX_MARKUP_BYTES, read_xes, read_xes_stream
from tests.unit.ledger.importing.samples import XES, XES_COLUMNS

TRACE = '<trace><string key="concept:name" value="{name}"/>{inside}</trace>'
EVENT = (
    '<event><string key="concept:name" value="A"/>'
    '<date key="time:timestamp" value="2012-03-01T10:00:00Z"/>{inside}</event>'
)


def read(text: str | bytes) -> list[ForeignCase]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_xes_stream(io.BytesIO(data), XES_COLUMNS))


def a_log(inside: str) -> str:
    return f"<log>{inside}</log>"


def a_trace(inside: str = "", name: str = "c") -> str:
    return TRACE.format(name=name, inside=inside)


def an_event(inside: str = "") -> str:
    return EVENT.format(inside=inside)


def an_attribute(key: str = "k", value: str = "v", inside: str = "") -> str:
    return f'<string key="{key}" value="{value}">{inside}</string>'


def test_case_holds_its_attributes_and_events_in_the_order_of_the_file() -> None:
    first, second = read(XES)

    assert (first.case_id, second.case_id) == ("case-1", "case-2")
    assert first.attributes["startdate"] == "2011-10-11T13:42:22.688+02:00"
    assert [event.activity for event in first.events] == ["Receive", "Ponder"]
    assert [event.resource for event in first.events] == ["Anna", None]
    assert first.events[0].at == "2011-10-11T13:45:40.276+02:00"
    assert second.events == ()


def test_event_says_on_which_line_it_stands() -> None:
    first, _ = read(XES)

    assert [event.line for event in first.events] == [10, 17]


def test_nested_and_repeated_attributes_are_kept_under_their_paths() -> None:
    first, _ = read(XES)

    attributes = first.events[0].attributes
    assert attributes["papers/paper"] == "a"
    assert attributes["papers/paper#2"] == "b"


def test_what_the_log_says_about_itself_is_no_case() -> None:
    cases = read(a_log('<string key="x" value="y"><trace/></string>' + a_trace()))

    assert [case.case_id for case in cases] == ["c"]


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_file_is_read_packed_or_not(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(XES.encode()) if name.endswith(".gz") else XES.encode())

    cases = list(read_xes(path, XES_COLUMNS))

    assert cases == read(XES)


def test_cases_leave_before_the_file_is_read_to_its_end() -> None:
    many = "".join(a_trace(an_event(), name=f"c{index}") for index in range(2_000))
    stream = io.BytesIO(f"<log>{many}".encode())

    cases = read_xes_stream(stream, XES_COLUMNS)

    assert next(cases).case_id == "c0"
    assert stream.tell() < len(stream.getvalue())
    with pytest.raises(MalformedSource, match="not well-formed"):
        list(cases)


BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<log><trace><string key="concept:name" value="&c;"/></trace></log>"""
EXTERNAL_ENTITY = """<!DOCTYPE log [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<log><trace><string key="concept:name" value="c">&file;</string></trace></log>"""


def nested(depth: int) -> str:
    inside = ""
    for _ in range(depth):
        inside = an_attribute(inside=inside)
    return inside


BROKEN = {
    "empty": ("", "not well-formed"),
    "not xml": ("case,activity\n1,2\n", "not well-formed"),
    "another root": ("<html/>", "not an XES log"),
    "document type": ("<!DOCTYPE log><log/>", "document types and entities"),
    "billion laughs": (BILLION_LAUGHS, "document types and entities"),
    "external entity": (EXTERNAL_ENTITY, "document types and entities"),
    "undefined entity": (a_log(a_trace(an_attribute(value="&nbsp;"))), "not well-formed"),
    "cut short": (XES[:-20], "not well-formed"),
    "cut inside a tag": (XES[:600], "not well-formed"),
    "too deep": (a_log(a_trace(nested(MAX_DEPTH - 1))), "nest deeper"),
    "too deep beside the cases": (a_log(nested(MAX_DEPTH)), "nest deeper"),
    "foreign element in a case": (a_log(a_trace("<script/>")), "does not belong"),
    "foreign element in the log": (a_log("<script/>"), "does not belong"),
    "event inside an event": (a_log(a_trace(an_event("<event/>"))), "does not belong"),
    "case without a name": (a_log("<trace/>"), "is missing"),
    "two cases of one name": (a_log(a_trace() + a_trace()), "a second time"),
    "event without a time": (
        a_log(a_trace('<event><string key="concept:name" value="A"/></event>')),
        "an event without 'time:timestamp'",
    ),
    "event without an activity": (
        a_log(a_trace('<event><date key="time:timestamp" value="2012-03-01"/></event>')),
        "activity 'concept:name' is missing",
    ),
    "attribute without a key": (a_log(a_trace('<string value="v"/>')), "key of an attribute"),
    "attribute value too long": (
        a_log(a_trace(an_attribute(value="v" * (MAX_VALUE_CHARACTERS + 1)))),
        "a value is over",
    ),
    "attribute key too long": (
        a_log(a_trace(an_attribute(key="k" * (MAX_NAME_CHARACTERS + 1)))),
        "key of an attribute is over",
    ),
    "too many attributes": (
        a_log(a_trace("".join(an_attribute(key=f"k{i}") for i in range(MAX_ATTRIBUTES)))),
        f"over {MAX_ATTRIBUTES} attributes",
    ),
    "too many XML attributes": (
        "<log " + " ".join(f'a{index}="1"' for index in range(33)) + "/>",
        "over 32 XML attributes",
    ),
    "endless markup": (a_log("<string key='" + "k" * 2 * MAX_MARKUP_BYTES), "piece of markup"),
    "unknown encoding": ('<?xml version="1.0" encoding="klingon"?><log/>', "encoding"),
}


@pytest.mark.parametrize(("text", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_log_is_refused_with_a_clear_error(text: str, problem: str) -> None:
    with pytest.raises(MalformedSource, match=problem) as raised:
        read(text)

    assert raised.value.code == "malformed_source"


def test_attributes_at_the_limits_are_read() -> None:
    at_limit = an_attribute(key="k" * MAX_NAME_CHARACTERS, value="v" * MAX_VALUE_CHARACTERS)
    rest = "".join(an_attribute(key=f"k{index}") for index in range(MAX_ATTRIBUTES - 2))

    (case,) = read(a_log(a_trace(at_limit + rest)))

    assert len(case.attributes) == MAX_ATTRIBUTES


@pytest.mark.parametrize(
    ("limit", "events"), [("MAX_EVENTS_PER_CASE", 3), ("MAX_CASE_CHARACTERS", 1)]
)
def test_case_at_the_limit_is_read_and_one_beyond_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, events: int
) -> None:
    text = a_log(a_trace(an_event() * events))
    characters = len("concept:namec") + len("concept:nameAtime:timestamp2012-03-01T10:00:00Z")
    most = events if limit == "MAX_EVENTS_PER_CASE" else characters

    monkeypatch.setattr(f"ledger.importing.xes.{limit}", most)
    (case,) = read(text)
    monkeypatch.setattr(f"ledger.importing.xes.{limit}", most - 1)

    assert len(case.events) == events
    with pytest.raises(MalformedSource, match="a case of over"):
        read(text)


def test_limit_of_a_case_is_not_used_up_by_other_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.importing.xes.MAX_EVENTS_PER_CASE", 1)
    text = a_log("".join(a_trace(an_event(), name=f"c{index}") for index in range(3)))

    assert len(read(text)) == 3


def test_bad_utf_8_is_refused_with_its_line() -> None:
    data = a_log("\n\n" + a_trace(an_attribute(value="X"))).encode().replace(b"X", b"\xff")

    with pytest.raises(MalformedSource, match="not well-formed") as raised:
        read(data)

    assert raised.value.line == 3


def test_refusal_names_the_line_of_the_mistake() -> None:
    with pytest.raises(MalformedSource, match=r"line 3\b"):
        read(a_log("\n\n<script/>"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(lambda _: b"<log/>", "not a gzip file", id="not gzip"),
        pytest.param(lambda data: data[:-20], "cut short", id="truncated"),
        pytest.param(
            lambda data: data[:60] + bytes([data[60] ^ 0xFF]) + data[61:], "gzip", id="damaged"
        ),
    ],
)
def test_broken_gzip_is_refused(tmp_path: Path, change: object, problem: str) -> None:
    assert callable(change)
    path = tmp_path / "log.xes.gz"
    path.write_bytes(change(gzip.compress(XES.encode())))

    with pytest.raises(MalformedSource, match=problem):
        list(read_xes(path, XES_COLUMNS))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read(data)
    except MalformedSource:
        return


PIECES = ["<log>", "</log>", "<trace>", "</trace>", "<event>", "</event>", "<list key='l'>"]
PIECES += ["</list>", "<string key='concept:name' value='x'/>", "&amp;", "&x;", "<!--", "-->"]
PIECES += ["<date key='time:timestamp' value='2012-03-01'/>", "<?pi ?>", "<![CDATA[", "]]>", "\x00"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_order_of_elements_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except MalformedSource:
        return


@given(st.integers(min_value=0, max_value=len(XES)), st.binary(max_size=3))
def test_sample_with_bytes_put_in_is_read_or_refused(position: int, extra: bytes) -> None:
    data = XES.encode()
    try:
        read(data[:position] + extra + data[position:])
    except MalformedSource:
        return
