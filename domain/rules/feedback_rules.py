"""Rules about the facts of petitions: whose they are, which office must act, how they may end.

And of tallies: their month is over, and the document is the one that the facts count.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from domain.actions import Action
from domain.errors import (
    DocumentMissing,
    DocumentRefused,
    FactInvalid,
    FactMissing,
    MalformedDocument,
    NotPermitted,
    NotYourOffice,
)
from domain.facts.feedback import (
    ComplaintDecided,
    ComplaintFiled,
    ComplaintOutcome,
    FeedbackClassified,
    FeedbackFiled,
    FeedbackVerdict,
)
from domain.facts.tallies import DossiersCounted, TallyPublished, TallySubject
from domain.keys import vkey_name
from domain.oversight.petitions import PetitionRecord, PetitionState
from domain.roles import Role
from domain.rules.register import Register, StreamState, TallyRecord, office_record
from domain.rules.territory import acts_for
from domain.tallies import parse_tally
from domain.veiled_tallies import parse_veiled_tally

DocumentT = TypeVar("DocumentT")

FactRule = Callable[[StreamState | None, Action, Register], None]

_SECOND_LEVEL: Final = 2
# How a complaint may end that nobody took up.
_WITHOUT_ACCEPTANCE: Final = frozenset({ComplaintOutcome.NOT_ACCEPTED, ComplaintOutcome.WITHDRAWN})


def petitioner_keys(state: StreamState | None, action: Action) -> tuple[str, ...]:
    """Give the keys that sign as the petitioner: those of the record, or the one that is named."""
    if isinstance(state, PetitionRecord):
        return state.petitioner_keys
    facts = action.facts
    if isinstance(facts, FeedbackFiled | ComplaintFiled) and facts.petitioner_key is not None:
        return (vkey_name(facts.petitioner_key),)
    return ()


def _filed(state: StreamState | None, action: Action, register: Register) -> None:
    facts = action.facts
    assert isinstance(facts, FeedbackFiled | ComplaintFiled)
    if isinstance(state, PetitionRecord):
        if facts.petitioner_key is not None:
            raise FactInvalid("petitioner_key: this petition was filed already")
    else:
        _check_petitioner_key(facts.petitioner_key, action, register)
    if isinstance(facts, ComplaintFiled):
        _check_level(state, facts, action)
    elif isinstance(state, PetitionRecord):
        _check_office(state, action, register)


def _check_petitioner_key(vkey: str | None, action: Action, register: Register) -> None:
    """Check that whoever signs as the petitioner brings a key made for this petition.

    A key that is enrolled would say who it is.
    """
    signs = any(signer.role is Role.APPLICANT for signer in action.signers)
    if vkey is None:
        if signs:
            raise FactMissing("petitioner_key")
        return
    if vkey_name(vkey) not in {signer.key for signer in action.signers}:
        raise FactInvalid("petitioner_key: it does not sign this act")
    if register.key(vkey_name(vkey)) is not None:
        raise FactInvalid("petitioner_key: it is enrolled")


def _check_level(state: StreamState | None, facts: ComplaintFiled, action: Action) -> None:
    # LAW: Law on Complaints 02/2011 art. 7: once more after the first decision, then the court.
    if not isinstance(state, PetitionRecord):
        return
    if state.level == _SECOND_LEVEL:
        raise NotPermitted(f"{action.kind.name} {state.state}")
    if facts.level != _SECOND_LEVEL:
        raise FactInvalid(f"level: {facts.level} on a complaint that was decided")


def _check_office(state: PetitionRecord, action: Action, register: Register) -> None:
    if not acts_for(register, action.office, state.office, action.at):
        raise NotYourOffice(str(action.office))


def _concerned(state: StreamState | None, action: Action, register: Register) -> None:
    assert isinstance(state, PetitionRecord)
    _check_office(state, action, register)


def _classified(state: StreamState | None, action: Action, register: Register) -> None:
    _concerned(state, action, register)
    facts = action.facts
    assert isinstance(facts, FeedbackClassified)
    if (facts.verdict is FeedbackVerdict.FORWARDED) != (facts.to_office is not None):
        found = "none" if facts.to_office is None else facts.to_office
        raise FactInvalid(f"to_office: {found} beside the verdict {facts.verdict.value}")
    # LAW: Decision 766/QD-TTg, indicator 5.1 counts by class; whoever named one earlier is enough.
    assert isinstance(state, PetitionRecord)
    is_unclassed = state.category is None and facts.category is None
    if facts.verdict is FeedbackVerdict.TAKEN_UP and is_unclassed:
        raise FactMissing("category")
    if facts.to_office is not None:
        if facts.to_office == action.office:
            raise FactInvalid(f"to_office: {facts.to_office} has the petition already")
        office_record(register, facts.to_office)


def _decided(state: StreamState | None, action: Action, register: Register) -> None:
    _concerned(state, action, register)
    assert isinstance(state, PetitionRecord)
    assert isinstance(action.facts, ComplaintDecided)
    outcome, was_accepted = action.facts.outcome, state.state is PetitionState.ACCEPTED
    if was_accepted and outcome is ComplaintOutcome.NOT_ACCEPTED:
        raise FactInvalid(f"outcome: {outcome.value}, and the complaint was accepted")
    if not was_accepted and outcome not in _WITHOUT_ACCEPTANCE:
        raise FactInvalid(f"outcome: {outcome.value}, and the complaint was not accepted")


def _tallied(state: StreamState | None, action: Action, register: Register) -> None:
    """Check a tally against its document and its month.

    That it adds up to the envelopes of the log is for the caller, who counts them.

    Raises:
        NotPermitted: the month is not over, or has a tally of this subject.
        DocumentMissing, DocumentRefused: the document is not stored, or no tally.
        FactInvalid: the document says something else than the facts.
    """
    facts = action.facts
    assert isinstance(facts, TallyPublished)
    if facts.subject is not TallySubject.RATINGS:
        raise FactInvalid(f"subject: {facts.subject.value} has a kind of its own")
    _check_month(state, action, facts.subject)
    tally = _read(facts.document, register, parse_tally)
    if (tally.subject, tally.month) != (facts.subject, action.stream_id):
        raise FactInvalid(f"document: it counts {tally.subject.value} of {tally.month}")
    if tally.counted != facts.counted:
        raise FactInvalid(f"counted: {facts.counted}, and its document has {tally.counted}")
    if facts.withheld > facts.envelopes:
        raise FactInvalid(f"withheld: {facts.withheld} of {facts.envelopes} envelopes")


def _tallied_dossiers(state: StreamState | None, action: Action, register: Register) -> None:
    """Check a tally of veiled dossiers against its document and its month.

    That it adds up to the veils of the log is for the caller, who counts them.

    Raises:
        NotPermitted: the month is not over, or has a tally of dossiers.
        DocumentMissing, DocumentRefused: the document is not stored, or no tally.
        FactInvalid: the document says something else than the facts.
    """
    facts = action.facts
    assert isinstance(facts, DossiersCounted)
    _check_month(state, action, TallySubject.DOSSIERS)
    tally = _read(facts.document, register, parse_veiled_tally)
    if tally.month != action.stream_id:
        raise FactInvalid(f"document: it counts {tally.month}")
    if tally.counted != facts.counted or facts.counted > facts.veils:
        found = f"{facts.counted} of {facts.veils} veils, and its document has {tally.counted}"
        raise FactInvalid(f"counted: {found}")


def _check_month(state: StreamState | None, action: Action, subject: TallySubject) -> None:
    if f"{action.at.start_in('UTC'):%Y-%m}" <= action.stream_id:
        raise NotPermitted(f"{action.kind.name} {action.stream_id}")
    if isinstance(state, TallyRecord) and subject in state.subjects:
        raise NotPermitted(f"{action.kind.name} {subject}")


def _read(document_hex: str, register: Register, parse: Callable[[bytes], DocumentT]) -> DocumentT:
    document = register.document(document_hex)
    if document is None:
        raise DocumentMissing(document_hex)
    try:
        return parse(document)
    except MalformedDocument as error:
        raise DocumentRefused(error.detail) from error


FEEDBACK_FACT_RULES: Final[Mapping[str, FactRule]] = {
    "petition.feedback_filed": _filed,
    "petition.feedback_classified": _classified,
    "petition.feedback_answered": _concerned,
    "petition.feedback_published": _concerned,
    "petition.feedback_disputed": _concerned,
    "petition.complaint_filed": _filed,
    "petition.complaint_accepted": _concerned,
    "petition.complaint_decided": _decided,
    "tally.published": _tallied,
    "tally.dossiers_counted": _tallied_dossiers,
}
