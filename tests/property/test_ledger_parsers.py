"""Every parser of the ledger raises its own errors on any bytes, and reads what we write."""

import json
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.actions import Action
from domain.kinds import KINDS
from ledger.action_notes import (
    SubmittedAction,
    open_entry,
    open_text,
    verify_action,
)
from ledger.bodies import (
    ACTION_TYPE_LINE,
    MAX_SAFE_INTEGER,
    canonical_json,
    check_generic_canonical,
    decode_details,
    decode_text,
    text_line,
)
from ledger.errors import (
    DetailsMismatch,
    LedgerError,
    MalformedAction,
    NotCanonical,
    StoreCorrupt,
    WrongLedger,
)
from ledger.key_files import parse_private_key, render_private_key
from ledger.writing.frames import (
    HEADER,
    Failed,
    HandedAction,
    HandOver,
    ProvenEntry,
    Published,
    RefuseText,
    Verdict,
    Verdicts,
    parse_reply,
    parse_request,
    render_frame,
)
from projections.folding.notes import read_published
from tests.support.ledger_builders import ORIGIN, Desk, KnownKeys, SteppingClock, a_signing_key
from transparency.notes import SigningKey, is_key_name, parse_note, render_note

# A busy machine is no failure of a parser.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ANY_BYTES = st.binary(max_size=400)
OFFICER = a_signing_key("officer")


@lru_cache(maxsize=1)
def _good_actions() -> tuple[SubmittedAction, ...]:
    desk = Desk(SteppingClock())
    return (*desk.registry(), desk.submitted(desk.new_stream()))


def _good_note() -> bytes:
    return _good_actions()[-1].note


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A good note of ours with some bytes changed, cut out or put in."""
    note = draw(st.sampled_from([action.note for action in _good_actions()]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(note)))
        end = draw(st.integers(start, min(len(note), start + 20)))
        note = note[:start] + draw(st.binary(max_size=6)) + note[end:]
    return note


_STRINGS = st.sampled_from(
    ["dossier.submitted", "key.registered", ORIGIN, "dossier:" + "0" * 32, "H27", "", "receiver"]
) | st.text(max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_STRINGS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def _members_replaced(draw: st.DrawFn) -> bytes:
    """A note of canonical-looking JSON in which members have become anything."""
    action = draw(st.sampled_from(_good_actions()))
    line = parse_note(action.note).text[len(ACTION_TYPE_LINE) :]
    members: dict[str, Any] = json.loads(line)
    names = st.sampled_from(sorted(members)) | _STRINGS
    for name, value in draw(st.dictionaries(names, _VALUES, min_size=1, max_size=3)).items():
        members[name] = value
    if isinstance(members["facts"], dict) and draw(st.booleans()):
        members["facts"] |= {draw(_STRINGS): draw(_VALUES)}
    ascii_line = json.dumps(members, sort_keys=True, separators=(",", ":"))
    text = ACTION_TYPE_LINE + ascii_line.encode() + b"\n"
    return render_note(text, [OFFICER.sign(text)])


_DAYS = st.dates(date(1898, 12, 30), date(2201, 1, 2)).map(str)
_HOURS = st.one_of(
    st.times().map(lambda at: f"T{at.isoformat(timespec='seconds')}"),
    st.sampled_from(["", "T24:00:00", "T23:59:60", "T12:00", "t12:00:00", " 12:00:00", "T120000"]),
)
_ZONES = st.sampled_from(["Z", "Z", "Z", "z", "", "+00:00", "-00:00", "+07:00", ".5Z", ".000Z"])
_TIMES = st.one_of(
    _DAYS,
    st.tuples(_DAYS, _HOURS, _ZONES).map("".join),
    st.sampled_from(["20261121", "2026-W47-6", "2026-325", "2026-02-30", "2026-11-21T", "T", ""]),
)


def _timed(number: int, at: str) -> bytes:
    """A note whose act was then."""
    line = parse_note(_good_actions()[number].note).text[len(ACTION_TYPE_LINE) :]
    members = json.loads(line) | {"at": at}
    text = ACTION_TYPE_LINE + canonical_json(members) + b"\n"
    return render_note(text, [OFFICER.sign(text)])


def _opens_or_is_refused(note: bytes) -> None:
    for ledger in (ORIGIN, None):
        with suppress(MalformedAction, WrongLedger):
            opened = open_text(note, ledger)
            assert opened.note == note
            assert opened.action.kind.name in KINDS
            assert 1 <= opened.action.version <= MAX_SAFE_INTEGER
        assert _read_as_published(note, ledger) == _opened(note, ledger)
    with suppress(MalformedAction, WrongLedger):
        open_entry(note, ORIGIN)
    with suppress(LedgerError):
        submitted = SubmittedAction(note)
        verify_action(submitted, ORIGIN, KnownKeys(OFFICER))


def _opened(note: bytes, ledger: str | None) -> tuple[Action, bytes] | type[LedgerError]:
    try:
        opened = open_text(note, ledger)
    except LedgerError as error:
        return type(error)
    return opened.action, opened.signed.text


def _read_as_published(note: bytes, ledger: str | None) -> tuple[Action, bytes] | type[LedgerError]:
    try:
        return read_published(note, ledger)
    except LedgerError as error:
        return type(error)


@pytest.mark.parametrize("number", range(len(_good_actions())))
def test_every_kind_of_note_at_hand_reads_the_same_in_both_ways(number: int) -> None:
    note = _good_actions()[number].note
    opened = open_text(note, ORIGIN)

    assert read_published(note, ORIGIN) == (opened.action, opened.signed.text)


@PATIENT
@given(ANY_BYTES)
def test_any_bytes_open_or_are_refused_as_no_action(note: bytes) -> None:
    _opens_or_is_refused(note)
    _opens_or_is_refused(ACTION_TYPE_LINE + note)


@PATIENT
@given(_mutated())
def test_a_mutated_note_opens_or_is_refused_as_no_action(note: bytes) -> None:
    _opens_or_is_refused(note)


@PATIENT
@given(_members_replaced())
def test_members_of_any_value_open_or_are_refused_as_no_action(note: bytes) -> None:
    _opens_or_is_refused(note)


@PATIENT
@given(st.integers(0, len(_good_actions()) - 1), _TIMES)
@example(0, "2026-11-21T08:03:11Z")
@example(0, "2026-11-21")
def test_the_time_of_an_act_is_read_the_same_in_both_ways(number: int, at: str) -> None:
    _opens_or_is_refused(_timed(number, at))


@PATIENT
@given(st.binary(max_size=200))
@example(b'{"a":' + b"[" * 3_000 + b"]" * 3_000 + b"}")
@example(b'{"a":' * 3_000 + b"1" + b"}" * 3_000)
def test_any_json_line_is_canonical_or_refused(line: bytes) -> None:
    with suppress(NotCanonical):
        value = check_generic_canonical(line)
        assert canonical_json(value) == line
    text = ACTION_TYPE_LINE + line + b"\n"
    with suppress(MalformedAction):
        assert text_line(text) == line
        decoded = decode_text(line)
        assert decoded is None or canonical_json(decoded) == line


@PATIENT
@given(_members_replaced())
def test_what_the_fast_path_accepts_is_canonical_by_the_slow_one_but_for_its_facts(
    note: bytes,
) -> None:
    with suppress(MalformedAction):
        opened = open_text(note, None)
        line = opened.signed.text[len(ACTION_TYPE_LINE) : -1]
        check_generic_canonical(line)
        assert json.loads(line)["version"] == opened.action.version


@pytest.mark.parametrize(
    "details_type",
    [kind.details for kind in KINDS.values() if kind.details is not None],
    ids=lambda details_type: details_type.__name__,
)
@given(data=st.data())
@settings(PATIENT, max_examples=20)
def test_any_details_are_read_or_refused(
    details_type: type[msgspec.Struct], data: st.DataObject
) -> None:
    names = [field.name for field in msgspec.structs.fields(details_type)]
    members = st.dictionaries(st.sampled_from(names) | _STRINGS, _VALUES, max_size=4)
    rendered = members.map(lambda value: json.dumps(value, sort_keys=True).encode())
    details = data.draw(ANY_BYTES | rendered)

    with suppress(DetailsMismatch):
        decoded = decode_details(details, details_type)
        assert canonical_json(decoded) == details


_BYTES = st.binary(max_size=40)
_TEXTS = st.text(max_size=20)
_INDEXES = st.integers(0, 2**63 - 1)
_HANDED = st.builds(HandedAction, _BYTES, st.none() | _BYTES, st.none() | _BYTES)
_VERDICT = st.builds(Verdict, _TEXTS, _TEXTS, st.none() | _INDEXES, _BYTES, st.booleans(), _BYTES)
_PROVEN = st.builds(ProvenEntry, _INDEXES, _INDEXES, st.lists(_BYTES, max_size=3))
_REQUESTS = st.builds(HandOver, _INDEXES, st.lists(_HANDED, max_size=3)) | st.builds(
    RefuseText, _INDEXES, _BYTES, _TEXTS
)
_REPLIES = (
    st.builds(Verdicts, _INDEXES, st.lists(_VERDICT, max_size=3))
    | st.builds(Published, _INDEXES, _BYTES, st.lists(_PROVEN, max_size=3))
    | st.builds(Failed, _INDEXES, _TEXTS, _TEXTS)
)


def _body(frame: bytes) -> bytes:
    (length,) = HEADER.unpack(frame[: HEADER.size])
    assert length == len(frame) - HEADER.size
    return frame[HEADER.size :]


@PATIENT
@given(_REQUESTS)
def test_a_request_is_read_back(request: HandOver | RefuseText) -> None:
    assert parse_request(_body(render_frame(request))) == request


@PATIENT
@given(_REPLIES)
def test_a_reply_is_read_back(reply: Verdicts | Published | Failed) -> None:
    assert parse_reply(_body(render_frame(reply))) == reply


@PATIENT
@given(ANY_BYTES)
@example(b"\x91" * 5_000)
@example(b"\x81" * 5_000)
def test_any_frame_is_read_or_an_alarm(body: bytes) -> None:
    for parse in (parse_request, parse_reply):
        with suppress(StoreCorrupt):
            parse(body)


@PATIENT
@given(_REPLIES, st.data())
def test_a_mutated_frame_is_read_or_an_alarm(
    reply: Verdicts | Published | Failed, data: st.DataObject
) -> None:
    body = bytearray(_body(render_frame(reply)))
    position = data.draw(st.integers(0, len(body) - 1))
    body[position] = data.draw(st.integers(0, 255))

    with suppress(StoreCorrupt):
        parse_reply(bytes(body))
    with suppress(StoreCorrupt):
        parse_request(bytes(body[: data.draw(st.integers(0, len(body)))]))


_NAMES = st.text(min_size=1, max_size=40).filter(is_key_name)


@PATIENT
@given(_NAMES, st.binary(min_size=32, max_size=32))
def test_a_private_key_is_read_back(name: str, seed: bytes) -> None:
    with suppress(UnicodeEncodeError):
        key = SigningKey(name, seed)
        assert parse_private_key(render_private_key(key)) == key


@PATIENT
@given(st.text(max_size=120) | st.text(max_size=60).map("PRIVATE+KEY+a+00000000+{}".format))
def test_any_text_is_a_private_key_or_an_alarm(text: str) -> None:
    with suppress(StoreCorrupt):
        parse_private_key(text)


@PATIENT
@given(st.data())
def test_a_mutated_private_key_is_itself_or_an_alarm(data: st.DataObject) -> None:
    line = render_private_key(OFFICER)
    position = data.draw(st.integers(0, len(line) - 2))
    changed = line[:position] + data.draw(st.characters()) + line[position + 1 :]

    with suppress(StoreCorrupt):
        assert render_private_key(parse_private_key(changed)).strip() == changed.strip()
