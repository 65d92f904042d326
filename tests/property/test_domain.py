"""Properties of the domain: round trips, parsers on any bytes, and any sequence of actions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.actions import Action, Signer, StreamType, parse_stream, streams_of
from domain.calendars import (
    parse_calendar,
)
from domain.deadlines import Timeliness, is_late, timeliness
from domain.decisions import StreamState, decide, decide_private, evolve
from domain.dossiers import WAIT_OF_STATUS, Dossier, Due, Status
from domain.errors import ActionRefused, DomainError
from domain.facts import Facts
from domain.figures import (
    end_period,
    gross_duration_seconds,
    net_duration_seconds,
    paused_at,
    resolution,
)
from domain.kinds import KINDS
from domain.moments import Moment, parse_moment, render_instant, render_moment
from domain.offices import parse_office
from domain.procedures import (
    Limit,
    LimitUnit,
    Procedure,
    SupplementPolicy,
    parse_procedure,
)
from domain.roles import Role
from domain.transitions import TRANSITIONS
from tests.support.builders import (
    APPLICANT_KEY,
    APPLICANT_VKEY,
    DEPARTMENT,
    HEX64,
    IMPORTER_KEY,
    LEDGER,
    OFFICE,
    OFFICER_KEY,
    PROCEDURE,
    STREAM,
    ZONE,
    MemoryRegister,
    a_calendar,
    a_procedure,
    a_register,
    an_action,
    an_imported_action,
    an_office,
)
from tests.support.references.waits import Asked

CALENDAR = a_calendar()


def instants_between(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Give UTC instants in whole seconds, from the start of one day to the start of another."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    seconds = (last - first).days * 86_400
    return st.integers(0, seconds).map(lambda number: start + timedelta(seconds=number))


def moments_between(first: date, last: date) -> st.SearchStrategy[Moment]:
    return st.one_of(
        st.dates(first, last).map(lambda day: Moment(day=day)),
        instants_between(first, last).map(lambda instant: Moment(instant=instant)),
    )


moments = moments_between(date(1900, 1, 1), date(2199, 12, 31))
recent_moments = moments_between(date(2025, 6, 1), date(2026, 12, 31))
dues = moments.map(lambda moment: Due(day=moment.day, instant=moment.instant))
calendar_days = st.dates(date(2025, 1, 1), date(2027, 6, 30))
policies = st.builds(
    lambda unit, amount, policy, pause: a_procedure(
        limit=Limit(unit=unit, amount=amount), supplement_policy=policy, pause_in_payment=pause
    ),
    st.sampled_from(LimitUnit),
    st.integers(0, 40),
    st.sampled_from(SupplementPolicy),
    st.booleans(),
)

# Round trips.


@given(moments)
def test_moment_is_read_as_it_was_written(moment: Moment) -> None:
    assert parse_moment(render_moment(moment)) == moment


@given(st.datetimes(timezones=st.timezones() | st.none().map(lambda _: UTC)))
def test_instant_is_written_in_utc_without_fractions_whatever_its_offset(instant: datetime) -> None:
    try:
        in_utc = instant.astimezone(UTC)
    except OverflowError:
        return
    slow = in_utc.replace(microsecond=0, tzinfo=None).isoformat() + "Z"

    assert render_instant(instant) == slow
    assert render_instant(in_utc.replace(microsecond=0)) == slow


@given(moments, dues)
def test_moments_and_dues_survive_storage(moment: Moment, due: Due) -> None:
    for codec in (msgspec.msgpack, msgspec.json):
        assert codec.decode(codec.encode(moment), type=Moment) == moment
        assert codec.decode(codec.encode(due), type=Due) == due


def test_every_registry_state_survives_storage_under_its_tag() -> None:
    register = a_register()
    states: list[StreamState] = [
        *register.keys.values(),
        *register.offices.values(),
        *register.procedures.values(),
        *register.calendars.values(),
    ]

    for state in states:
        assert stored(state) == state


def stored(state: StreamState) -> StreamState:
    """Give a state as both codecs give it back."""
    from_json = msgspec.json.decode(msgspec.json.encode(state), type=StreamState)
    from_msgpack: StreamState = msgspec.msgpack.decode(
        msgspec.msgpack.encode(state), type=StreamState
    )
    assert from_json == from_msgpack
    return from_msgpack


@given(policies)
def test_procedure_is_read_as_it_was_written(procedure: Procedure) -> None:
    assert parse_procedure(msgspec.json.encode(procedure)) == procedure


# Parsers on anything.


@given(st.one_of(st.text(), st.from_regex(r"[a-z]+:[0-9a-zA-Z./-]*")))
def test_text_parsers_raise_domain_errors_only(text: str) -> None:
    for parse in (parse_moment, parse_stream):
        try:
            parse(text)
        except DomainError:
            continue


stream_names = st.one_of(
    st.text(),
    st.from_regex(r"[a-z]+:[0-9a-zA-Z./:-]*"),
    st.builds(
        "{}:{}".format,
        st.sampled_from(StreamType),
        st.uuids(version=4).map(str)
        | st.sampled_from(["H27.15", "2026-11", "a" * 32, "a" * 64, "officer-0123456789abcdef", ""])
        | st.text(max_size=5),
    ),
)


@given(stream_names, st.sampled_from(StreamType))
def test_name_is_of_a_type_exactly_where_it_is_read_as_one(
    name: str, stream_type: StreamType
) -> None:
    try:
        slow = parse_stream(name).type is stream_type
    except DomainError:
        slow = False

    assert (streams_of(stream_type).fullmatch(name) is not None) is slow


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


def spoilt(document: msgspec.Struct) -> st.SearchStrategy[bytes]:
    """Give a good document with one member replaced by anything."""
    members = msgspec.to_builtins(document)
    return st.tuples(st.sampled_from(sorted(members)), json_values).map(
        lambda change: msgspec.json.encode(members | {change[0]: change[1]})
    )


@given(
    st.one_of(
        st.binary(max_size=200),
        spoilt(a_procedure()),
        spoilt(CALENDAR),
        spoilt(an_office()),
    )
)
def test_document_parsers_raise_domain_errors_only(document: bytes) -> None:
    for parse in (parse_procedure, parse_calendar, parse_office):
        try:
            parse(document)
        except DomainError:
            continue


@given(moments, dues)
def test_end_is_late_exactly_when_it_is_sorted_late(end: Moment, due: Due) -> None:
    assert is_late(end, due, ZONE) == (timeliness(end, due, ZONE) is Timeliness.LATE)


# Any sequence of actions.

DOSSIER_KINDS = sorted(name for name in KINDS if name.startswith("dossier."))


@st.composite
def next_actions(draw: st.DrawFn, status: Status) -> Action:
    """Give an act that the status mostly permits, by anybody who may sign it, at any time."""
    permitted = [name for name in DOSSIER_KINDS if status in TRANSITIONS[name].moves]
    name = draw(st.sampled_from(permitted) | st.sampled_from(DOSSIER_KINDS))
    alone = KINDS[name].signers.alone
    by_importer = alone == {Role.IMPORTER} or (Role.IMPORTER in alone and draw(st.booleans()))
    changes: dict[str, Any] = {"at": draw(recent_moments)}
    if name == "dossier.due_date_imported":
        changes["facts"] = KINDS[name].facts(due_on=draw(calendar_days))
    return (an_imported_action if by_importer else an_action)(name, **changes)


def check_waits(dossier: Dossier) -> None:
    is_open = [wait.until is None for wait in dossier.waits]
    if dossier.is_waiting:
        assert is_open[-1]
        assert sum(is_open) == 1
        assert dossier.waits[-1].kind is WAIT_OF_STATUS[dossier.status]
        assert dossier.status_before_wait in {
            Status.NEWLY_REGISTERED,
            Status.ACCEPTED,
            Status.IN_PROCESS,
        }
    else:
        assert not any(is_open)
        assert dossier.status_before_wait is None


def check_dossier(dossier: Dossier) -> None:
    assert dossier.status in Status
    check_waits(dossier)
    assert (dossier.ended_at is not None) == dossier.is_ended
    assert (dossier.outcome is not None) == dossier.is_ended
    assert (dossier.returned_at is not None) == (dossier.status is Status.RESULT_RETURNED)
    assert stored(dossier) == dossier


def check_figures(dossier: Dossier) -> None:
    as_of = datetime(2026, 6, 1, tzinfo=UTC)
    assert paused_at(dossier, as_of, ZONE) in {True, False}
    assert (resolution(dossier, ZONE) is None) == (dossier.ended_at is None)
    assert (end_period(dossier, ZONE) is None) == (dossier.ended_at is None)
    gross, net = gross_duration_seconds(dossier, ZONE), net_duration_seconds(dossier, ZONE)
    assert (gross is None) == (net is None)
    if gross is not None and net is not None:
        assert 0 <= net <= gross


@given(st.data(), policies, st.integers(0, 25))
def test_any_sequence_leaves_a_well_formed_dossier(
    data: st.DataObject, procedure: Procedure, length: int
) -> None:
    register = a_register(procedure)
    build = data.draw(st.sampled_from([an_action, an_imported_action]))
    dossier = evolve(None, build("dossier.submitted", at=data.draw(recent_moments)), register)
    assert isinstance(dossier, Dossier)
    asked = Asked()

    for _ in range(length):
        action = data.draw(next_actions(dossier.status))
        try:
            decide(dossier, action, register)
            decide_private(dossier, action, register)
        except ActionRefused:
            continue
        before, dossier = dossier, evolve(dossier, action, register)
        assert isinstance(dossier, Dossier)
        check_dossier(dossier)
        asked.take(action.kind.name, before.status)
        asked.check(dossier)
        if action.kind.name == "dossier.extension_apology_issued":
            assert dossier.due == before.due

    check_figures(dossier)


signers = st.lists(
    st.builds(
        Signer,
        st.sampled_from([APPLICANT_KEY, OFFICER_KEY, IMPORTER_KEY, "officer-00000000000000ff"]),
        st.sampled_from(Role),
    ),
    max_size=3,
).map(tuple)

vkeys = st.sampled_from([APPLICANT_VKEY, f"{OFFICER_KEY}+0a1b2c3d+{'A' * 44}"])
texts: dict[str, st.SearchStrategy[Any]] = {
    "applicant_key": st.none() | vkeys,
    "vkey": vkeys,
    "appointment": st.sampled_from(["2026-05-01", "2026-02-30", "2026-05-01T01:00:00Z"]),
    "due_at": st.none() | st.sampled_from(["2026-05-01T01:00:00Z", "2026-05-01T25:00:00Z"]),
    "document": st.sampled_from([HEX64, "cd" * 32]),
    "dossier": st.just(STREAM),
    "procedure": st.sampled_from([PROCEDURE, "2.000815"]),
    "performer": st.none() | st.just("a1" * 8),
    "label": st.none() | st.just("T02"),
    "label_hash": st.none() | st.just(HEX64),
    "origin": st.just(LEDGER),
}


def any_facts(facts: type[Facts]) -> st.SearchStrategy[Facts]:
    fields = {
        field.name: texts[field.name] if field.name in texts else st.from_type(field.type)
        for field in msgspec.structs.fields(facts)
        if field.name in texts or field.required
    }
    return st.fixed_dictionaries(fields).map(
        lambda values: msgspec.convert(
            {k: msgspec.to_builtins(v) for k, v in values.items() if v is not None}, facts
        )
    )


@st.composite
def wild_actions(draw: st.DrawFn) -> Action:
    kind = draw(st.sampled_from(sorted(KINDS.values(), key=lambda kind: kind.name)))
    try:
        facts = draw(any_facts(kind.facts))
    except (msgspec.ValidationError, TypeError):
        assume(False)
        raise
    ids = {"dossier": STREAM[8:], "rating": STREAM[8:], "key": OFFICER_KEY, "office": OFFICE}
    other = {"procedure": PROCEDURE, "calendar": "VN", "ledger": LEDGER, "access": "ab" * 32}
    other["tally"] = "2026-03"
    ids |= dict.fromkeys(("petition", "denunciation", "finding"), STREAM[8:])
    return Action(
        kind=kind,
        ledger=LEDGER,
        stream=f"{kind.stream}:{(ids | other)[kind.stream]}",
        version=1,
        at=draw(moments),
        office=draw(st.sampled_from([None, OFFICE, DEPARTMENT, "H99"])),
        signers=draw(signers),
        facts=facts,
    )


@st.composite
def wild_registers(draw: st.DrawFn) -> MemoryRegister:
    register = a_register(draw(policies))
    documents = [a_procedure(version=2), an_office(), CALENDAR]
    document = draw(st.sampled_from([msgspec.json.encode(each) for each in documents] + [b"{}"]))
    register.documents[HEX64] = document
    if draw(st.booleans()):
        register.calendars.clear()
    if draw(st.booleans()):
        register.procedures.clear()
    return register


@given(wild_actions(), wild_registers())
def test_no_action_makes_a_decision_fail(action: Action, register: MemoryRegister) -> None:
    prior_states: dict[str, StreamState | None] = {
        "key": register.key(OFFICER_KEY),
        "office": register.office(OFFICE),
        "procedure": register.procedure(PROCEDURE),
        "calendar": register.calendar("VN"),
    }

    for state in (None, prior_states.get(action.kind.stream)):
        try:
            decide(state, action, register)
            decide_private(state, action, register)
        except ActionRefused:
            continue
        after = evolve(state, action, register)
        assert stored(after) == after
