"""Rules about the facts of integrity: corrections, late entries, outages, erasure and findings."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from domain.actions import Action
from domain.calendars import NATIONAL_CALENDAR, working_days_between
from domain.dossiers import Dossier
from domain.errors import (
    CalendarHorizonPassed,
    FactInvalid,
    FactMissing,
    MalformedDocument,
    MalformedMoment,
    NotCorrectable,
    NotPermitted,
    OutageTooOld,
    RetentionNotPassed,
)
from domain.facts import Facts
from domain.facts.integrity import (
    PUBLIC_ALARMS,
    TWO_BOOKS,
    AccessLoggedDetails,
    AccessLooksCommitted,
    AccessPurpose,
    CorrectionAppended,
    CorrectionAppendedDetails,
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
    LateEntryDeclared,
    OutageDeclared,
    OutageEnded,
)
from domain.keys import LedgerRecord
from domain.moments import Moment, is_before, parse_moment
from domain.offices import OfficeRecord
from domain.oversight.corrections import PUBLIC_FIELDS
from domain.oversight.erasure import ErasureCase, check_erasure, retained_from, retention_end
from domain.oversight.integrity import (
    LONGEST_ORDER,
    LOOKS_STREAM,
    AccessRecord,
    FindingRecord,
    Outage,
    outage_rule_on,
)
from domain.oversight.two_books import parse_books
from domain.procedures import Procedure
from domain.rules.register import Register, StreamState, office_record, procedure_record

FactRule = Callable[[StreamState | None, Action, Register], None]

_UTC: Final = "UTC"


def offices_of_outage(state: StreamState | None, action: Action) -> tuple[str | None, ...]:
    """Give for which offices somebody must stand who declares or ends an outage; None for any."""
    if isinstance(action.facts, OutageDeclared):
        return action.facts.offices or (None,)
    outage = open_outage(state, action)
    return (None,) if outage is None else outage.offices or (None,)


def open_outage(state: StreamState | None, action: Action) -> Outage | None:
    """Give the open outage that an act ends; None where it names none."""
    if not isinstance(state, LedgerRecord) or not isinstance(action.facts, OutageEnded):
        return None
    for outage in state.outages:
        if outage.declared_version == action.facts.declared_version and outage.until is None:
            return outage
    return None


def _correction(state: StreamState | None, action: Action, _register: Register) -> None:
    """Check that an earlier act is corrected, in a field whose value lies where it ought to."""
    facts = action.facts
    assert isinstance(facts, CorrectionAppended)
    if facts.corrected_version >= action.version:
        raise NotCorrectable("corrected_version")
    is_public = facts.field in PUBLIC_FIELDS
    if is_public != (facts.method is not None):
        raise NotCorrectable("method")
    if is_public == (facts.old_commitment is not None):
        raise NotCorrectable("old_commitment")
    assert isinstance(state, Dossier)
    if state.erased_at is not None:
        raise NotPermitted(action.kind.name)


def _late_entry(state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, LateEntryDeclared)
    assert isinstance(state, OfficeRecord)
    if action.office != action.stream_id:
        raise FactInvalid(f"office: {action.office}, on the stream of {action.stream_id}")
    today = action.at.day_in(state.office.time_zone)
    if not facts.since <= facts.until <= today:
        found = f"{facts.since.isoformat()} to {facts.until.isoformat()}, today {today.isoformat()}"
        raise FactInvalid(f"since, until: {found}")


def _instant(name: str, text: str) -> Moment:
    try:
        return parse_moment(text)
    except MalformedMoment as error:
        raise FactInvalid(f"{name}: there is no such moment") from error


def _outage_declared(_state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, OutageDeclared)
    since = _instant("since", facts.since)
    if facts.expected_until is not None:
        until = _instant("expected_until", facts.expected_until)
        if not is_before(since, until, _UTC):
            raise FactInvalid("expected_until: it is not after since")
    if len(set(facts.offices)) < len(facts.offices):
        raise FactInvalid("offices: one stands there twice")
    zones = [office_record(register, office).office.time_zone for office in facts.offices]
    _check_told_in_time(since, action.at, zones[0] if zones else _UTC, register)


def _check_told_in_time(since: Moment, declared: Moment, zone: str, register: Register) -> None:
    """Check how long before its declaration an outage began: weeks later, it would only heal."""
    start, end = since.day_in(zone), declared.day_in(zone)
    record, days = register.calendar(NATIONAL_CALENDAR), (end - start).days
    if record is not None and days > 0:
        # Where the calendar does not reach, all days count: stricter, never laxer.
        with suppress(CalendarHorizonPassed):
            days = working_days_between(record.calendar, start, end)
    if days > outage_rule_on(end).declared_within:
        raise OutageTooOld(f"since: {start.isoformat()}")


def _outage_ended(state: StreamState | None, action: Action, _register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, OutageEnded)
    outage = open_outage(state, action)
    if outage is None:
        found = f"no open outage was declared by version {facts.declared_version}"
        raise FactInvalid(f"declared_version: {found}")
    until = _instant("until", facts.until)
    if is_before(until, Moment(instant=outage.since), _UTC) or is_before(action.at, until, _UTC):
        raise FactInvalid("until: it is before the outage began, or after this act")


def _looks_committed(state: StreamState | None, action: Action, _register: Register) -> None:
    """Check that the book of looks only grows, and that all of it is on the one stream."""
    facts = action.facts
    assert isinstance(facts, AccessLooksCommitted)
    if action.stream != LOOKS_STREAM:
        raise FactInvalid(f"stream: looks are committed to on {LOOKS_STREAM}")
    book, looks = (state.looks_book, state.looks) if isinstance(state, AccessRecord) else (0, 0)
    is_longer = facts.book == book and facts.looks > looks
    if not (is_longer or facts.book == book + 1):
        raise FactInvalid(f"book, looks: book {book} had {looks} already")


def _erased(state: StreamState | None, action: Action, register: Register) -> None:
    """Check what public facts say against erasure; who holds the vault asks for the rest."""
    assert isinstance(state, Dossier)
    if state.erased_at is not None or state.ended_at is None or state.outcome is None:
        raise NotPermitted(f"{action.kind.name} {state.status.name}")
    zone = office_record(register, state.office).office.time_zone
    procedure = _retaining_version(state, register)
    if procedure is None or procedure.retention_years is None:
        raise RetentionNotPassed("retention_years")
    ended = retained_from(state, zone)
    assert ended is not None
    until = retention_end(ended, procedure.retention_years)
    check_erasure(ErasureCase(action.at.day_in(zone), until, open_holds=len(state.holds)))


def _retaining_version(dossier: Dossier, register: Register) -> Procedure | None:
    """Give the version in force at acceptance, or at submission where nothing was accepted.

    One that was published later, with whatever dates, shortens nobody's retention.
    """
    record = procedure_record(register, dossier.procedure)
    return record.version(dossier.procedure_version or dossier.submitted_version)


def _finding_raised(_state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, FindingRaised)
    if facts.rule is None:
        if facts.rule_version is not None or facts.evidence or facts.document is not None:
            raise FactInvalid("rule_version, evidence, document: the rule is private")
        _check_sealed(action)
        return
    # SPEC: domain.md 7.2, "Fairness": every other finding stays private.
    if facts.rule not in PUBLIC_ALARMS:
        raise FactInvalid(f"rule: {facts.rule} is no public alarm")
    if facts.rule_version is None:
        raise FactMissing("rule_version")
    if facts.document is not None:
        _check_books(facts.rule, facts.document, register)


def _check_books(rule: str, document_hex: str, register: Register) -> None:
    """Check that what is published with an alarm is figures, and no words of anybody's."""
    if rule != TWO_BOOKS:
        raise FactInvalid(f"document: {rule} rests on entries alone")
    document = register.document(document_hex)
    if document is None:
        raise FactMissing("document")
    try:
        parse_books(document)
    except MalformedDocument as error:
        raise FactInvalid(f"document: {error.detail or error}") from error


def _check_sealed(action: Action) -> None:
    """Check that an act on a private finding shows nothing but its commitment."""
    if action.office is not None:
        raise FactInvalid("office: this act is on a private finding")
    if action.commitment is None:
        raise FactMissing("details")


def _finding_answered(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(state, FindingRecord)
    if not state.is_public_alarm:
        _check_sealed(action)


def _finding_closed(state: StreamState | None, action: Action, _register: Register) -> None:
    assert isinstance(state, FindingRecord)
    assert isinstance(action.facts, FindingClosed)
    if state.is_public_alarm:
        if action.facts.verdict is None:
            raise FactMissing("verdict")
        return
    if action.facts.verdict is not None:
        raise FactInvalid("verdict: this finding is private")
    _check_sealed(action)


INTEGRITY_FACT_RULES: Final[Mapping[str, FactRule]] = {
    "dossier.correction_appended": _correction,
    "office.late_entry_declared": _late_entry,
    "ledger.outage_declared": _outage_declared,
    "ledger.outage_ended": _outage_ended,
    "access.looks_committed": _looks_committed,
    "dossier.personal_data_erased": _erased,
    "finding.raised": _finding_raised,
    "finding.answered": _finding_answered,
    "finding.closed": _finding_closed,
}


def check_integrity_details(action: Action) -> None:
    """Check what opened details of integrity must say beside the public facts.

    Raises:
        NotCorrectable: the new value lies in the wrong part.
        FactMissing: an inspection without its order, or without the order's last day.
        FactInvalid: a public alarm that is kept private, or whose verdicts differ.
    """
    match action.details:
        case CorrectionAppendedDetails() as details:
            _check_new_value(action.facts, details)
        case AccessLoggedDetails(purpose=AccessPurpose.INSPECTION) as details:
            _check_order(action, details)
        case FindingRaisedDetails() as details:
            _check_alarm(action.facts, details)
        case FindingClosedDetails() as details:
            assert isinstance(action.facts, FindingClosed)
            if action.facts.verdict not in (None, details.verdict):
                raise FactInvalid("verdict: public and private one differ")
        case _:
            pass


def _check_order(action: Action, details: AccessLoggedDetails) -> None:
    """Check that a read under an order says when it will be told: a seal must not be for ever."""
    if details.order is None:
        raise FactMissing("order")
    if details.order_until is None:
        raise FactMissing("order_until")
    if details.order_stream is None:
        raise FactMissing("order_stream")
    if details.order_until > action.at.day_in(_UTC) + LONGEST_ORDER:
        raise FactInvalid("order_until: it is too far ahead")


def _check_new_value(facts: Facts, details: CorrectionAppendedDetails) -> None:
    assert isinstance(facts, CorrectionAppended)
    if (facts.field in PUBLIC_FIELDS) == (details.new_value is not None):
        raise NotCorrectable("new_value")


def _check_alarm(facts: Facts, details: FindingRaisedDetails) -> None:
    assert isinstance(facts, FindingRaised)
    if facts.rule != (details.rule if details.rule in PUBLIC_ALARMS else None):
        raise FactInvalid("rule: public and private one differ")
