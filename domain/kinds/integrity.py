"""Kinds of integrity: corrections, outages, reading, erasure, findings (rows 44 to 49)."""

from typing import Final

from domain.actions import Kind, StreamType
from domain.facts import integrity as facts
from domain.roles import Role, SignerSet, any_of, counter_signed, signed_by, together

# Whoever may read private details: an officer with a task, a supervisor, an inspector.
_READERS: Final = (
    Role.RECEIVER,
    Role.RETURNER,
    Role.HEAD,
    Role.ASSIGNER,
    Role.PROCESSOR,
    Role.APPROVER,
    Role.CLERK,
    Role.CONSULTED,
    Role.FINANCE_AUTHORITY,
    Role.INSPECTOR,
    Role.SYSTEM,
)

INTEGRITY: Final[tuple[Kind, ...]] = (
    Kind(
        name="dossier.correction_appended",
        stream=StreamType.DOSSIER,
        facts=facts.CorrectionAppended,
        details=facts.CorrectionAppendedDetails,
        signers=signed_by(counter_signed(Role.HEAD, Role.RECEIVER, Role.PROCESSOR)),
        details_required=True,
    ),
    Kind(
        name="office.late_entry_declared",
        stream=StreamType.OFFICE,
        facts=facts.LateEntryDeclared,
        details=facts.LateEntryDeclaredDetails,
        signers=signed_by(together(Role.RECEIVER, Role.HEAD)),
    ),
    Kind(
        name="ledger.outage_declared",
        stream=StreamType.LEDGER,
        facts=facts.OutageDeclared,
        signers=signed_by(any_of(Role.SYSTEM, Role.HEAD)),
    ),
    Kind(
        name="ledger.outage_ended",
        stream=StreamType.LEDGER,
        facts=facts.OutageEnded,
        signers=signed_by(any_of(Role.SYSTEM, Role.HEAD)),
    ),
    Kind(
        name="access.logged",
        stream=StreamType.ACCESS,
        facts=facts.AccessLogged,
        details=facts.AccessLoggedDetails,
        signers=signed_by(any_of(*_READERS)),
        details_required=True,
    ),
    # Never the reader's own word: `domain.rules.people.inspection_orders` asks for another person.
    Kind(
        name="access.order_issued",
        stream=StreamType.ACCESS,
        facts=facts.AccessOrderIssued,
        details=facts.AccessOrderIssuedDetails,
        signers=signed_by(any_of(Role.INSPECTOR), any_of(Role.HEAD)),
        details_required=True,
    ),
    # By whoever led the inspection; by the system where the order's limit has passed.
    Kind(
        name="access.opened",
        stream=StreamType.ACCESS,
        facts=facts.AccessOpened,
        details=facts.AccessOpenedDetails,
        signers=signed_by(any_of(Role.INSPECTOR), any_of(Role.SYSTEM)),
        details_required=True,
    ),
    # Looks that open nothing private: their book is a tree whose root stands here (ADR 0043).
    Kind(
        name="access.looks_committed",
        stream=StreamType.ACCESS,
        facts=facts.AccessLooksCommitted,
        signers=signed_by(any_of(Role.SYSTEM)),
    ),
    Kind(
        name="dossier.personal_data_erased",
        stream=StreamType.DOSSIER,
        facts=facts.PersonalDataErased,
        # The system destroys the key; whose decision that is signs with it.
        signers=signed_by(SignerSet(frozenset({Role.APPROVER}), with_all=frozenset({Role.SYSTEM}))),
    ),
    Kind(
        name="finding.raised",
        stream=StreamType.FINDING,
        facts=facts.FindingRaised,
        details=facts.FindingRaisedDetails,
        signers=signed_by(any_of(Role.SYSTEM), any_of(Role.INSPECTOR)),
    ),
    Kind(
        name="finding.answered",
        stream=StreamType.FINDING,
        facts=facts.FindingAnswered,
        details=facts.FindingAnsweredDetails,
        # The head may answer for the office, so that no officer's key stands beside a finding.
        signers=signed_by(
            any_of(Role.HEAD, Role.RECEIVER, Role.PROCESSOR, Role.ASSIGNER, Role.APPROVER)
        ),
        details_required=True,
    ),
    Kind(
        name="finding.closed",
        stream=StreamType.FINDING,
        facts=facts.FindingClosed,
        details=facts.FindingClosedDetails,
        signers=signed_by(any_of(Role.INSPECTOR)),
    ),
)
