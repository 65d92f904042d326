"""How the states of findings, access, outages, late entries and erasure follow from their actions.

A correction folds into nothing here: the dossier's state is what the acts say as they were signed.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.dossiers import Dossier
from domain.facts.integrity import (
    AccessLooksCommitted,
    FindingClosed,
    FindingRaised,
    LateEntryDeclared,
    OutageDeclared,
    OutageEnded,
)
from domain.keys import LedgerRecord
from domain.moments import parse_moment
from domain.offices import LateEntry, OfficeRecord
from domain.oversight.integrity import AccessRecord, FindingRecord, FindingState, Outage
from domain.rules.register import Register, StreamState

Fold = Callable[[StreamState | None, Action, Register], StreamState]


def _late_entry(state: StreamState | None, action: Action, _register: Register) -> OfficeRecord:
    facts = action.facts
    assert isinstance(state, OfficeRecord)
    assert isinstance(facts, LateEntryDeclared)
    declared = LateEntry(action.at, facts.since, facts.until, facts.ground.value)
    return replace(state, late_entries=(*state.late_entries, declared))


def _outage_declared(
    state: StreamState | None, action: Action, _register: Register
) -> LedgerRecord:
    facts = action.facts
    assert isinstance(state, LedgerRecord)
    assert isinstance(facts, OutageDeclared)
    since = parse_moment(facts.since).instant
    assert since is not None
    outage = Outage(action.version, since, offices=facts.offices)
    return replace(state, outages=(*state.outages, outage))


def _outage_ended(state: StreamState | None, action: Action, _register: Register) -> LedgerRecord:
    facts = action.facts
    assert isinstance(state, LedgerRecord)
    assert isinstance(facts, OutageEnded)
    until = parse_moment(facts.until).instant
    outages = tuple(
        replace(outage, until=until)
        if outage.declared_version == facts.declared_version
        else outage
        for outage in state.outages
    )
    return replace(state, outages=outages)


def _access_logged(state: StreamState | None, action: Action, _register: Register) -> AccessRecord:
    if isinstance(state, AccessRecord):
        return replace(state, reads=state.reads + 1, last_read_at=action.at)
    return AccessRecord(1, action.at)


def _order_issued(_state: StreamState | None, action: Action, _register: Register) -> AccessRecord:
    return AccessRecord(0, action.at, issued_by=action.signers[0].key)


def _access_opened(state: StreamState | None, _action: Action, _register: Register) -> AccessRecord:
    assert isinstance(state, AccessRecord)
    return replace(state, has_ended=state.issued_by is not None)


def _looks_committed(
    state: StreamState | None, action: Action, _register: Register
) -> AccessRecord:
    facts = action.facts
    assert isinstance(facts, AccessLooksCommitted)
    record = state if isinstance(state, AccessRecord) else AccessRecord(0, action.at)
    return replace(record, looks_book=facts.book, looks=facts.looks)


def _finding_raised(
    _state: StreamState | None, action: Action, _register: Register
) -> FindingRecord:
    facts = action.facts
    assert isinstance(facts, FindingRaised)
    return FindingRecord(
        state=FindingState.RAISED,
        raised_at=action.at,
        rule=facts.rule,
        rule_version=facts.rule_version,
        evidence=facts.evidence,
        document=facts.document,
    )


def _finding_answered(
    state: StreamState | None, action: Action, _register: Register
) -> FindingRecord:
    assert isinstance(state, FindingRecord)
    return replace(state, state=FindingState.ANSWERED, answered_at=state.answered_at or action.at)


def _finding_closed(
    state: StreamState | None, action: Action, _register: Register
) -> FindingRecord:
    assert isinstance(state, FindingRecord)
    assert isinstance(action.facts, FindingClosed)
    return replace(
        state,
        state=FindingState.CLOSED,
        closed_at=action.at,
        verdict=action.facts.verdict,
    )


INTEGRITY_FOLDS: Final[Mapping[str, Fold]] = {
    "office.late_entry_declared": _late_entry,
    "ledger.outage_declared": _outage_declared,
    "ledger.outage_ended": _outage_ended,
    "access.logged": _access_logged,
    "access.order_issued": _order_issued,
    "access.opened": _access_opened,
    "access.looks_committed": _looks_committed,
    "finding.raised": _finding_raised,
    "finding.answered": _finding_answered,
    "finding.closed": _finding_closed,
}


def _erased(dossier: Dossier, action: Action, _register: Register) -> Dossier:
    return replace(dossier, erased_at=action.at)


# What integrity does to a dossier's own state.
INTEGRITY_EFFECTS: Final[Mapping[str, Callable[[Dossier, Action, Register], Dossier]]] = {
    "dossier.personal_data_erased": _erased,
}
