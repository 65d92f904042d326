"""Private inputs of rules that compare: folds over acts with their details opened.

Applicants and proxies are keyed hashes, as the caller makes them; no name or number is kept. Who
cannot open private parts gives none, and the rules that need them abstain: so those rules stand
outside `recompute`. Devices stand in no private part of this ledger: whoever keeps a record of
them (a kiosk's, say) hands it in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.actions import Action
from domain.facts import (
    DossierSubmitted,
    DossierSubmittedDetails,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.facts.feedback import ComplaintFiledDetails, FeedbackFiledDetails
from domain.keys import vkey_name
from domain.moments import Moment, is_before

LOW_RATING = 2
BEST_RATING = 5

HashNumber = Callable[[str], bytes]
"""Gives the keyed hash of a personal number."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating: of which dossier, when, how good (1 to 5), and from which device if known."""

    stream: str
    dossier: str
    at: Moment
    overall: int
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Complained:
    """An applicant filed a petition or a complaint about a dossier, or rated it low."""

    dossier: str
    at: Moment


@dataclass(frozen=True, slots=True)
class PrivateInputs:
    """What opened private parts say; None where nobody opened them.

    `applicants` and `proxies` give by dossier the keyed hash of a person's number. `holders` gives
    it by public key, of keys that stand for one applicant; `accounts` are keys that stand for
    several. `contacts` gives by dossier the keyed hash of a telephone or an address, where several
    applicants gave it.
    """

    applicants: Mapping[str, bytes] | None = None
    complaints: tuple[Complained, ...] | None = None
    ratings: tuple[Rated, ...] | None = None
    proxies: Mapping[str, bytes] | None = None
    holders: Mapping[str, bytes] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()
    contacts: Mapping[str, bytes] = field(default_factory=dict)


def opened_inputs(
    actions: Iterable[Action],
    hash_number: HashNumber,
    device_of: Mapping[str, str] | None = None,
    proxies: Mapping[str, bytes] | None = None,
) -> PrivateInputs:
    """Fold acts with their details opened, of all streams, each stream in its order.

    ``device_of`` names the device of a rating by its stream, where somebody keeps that; ``proxies``
    are hashes that were made elsewhere, since no private part names a proxy by number.
    """
    applicants: dict[str, bytes] = {}
    submissions: list[_Submission] = []
    complaints: list[Complained] = []
    ratings: list[Rated] = []
    for action in actions:
        match action.details:
            case DossierSubmittedDetails(applicant_number=str(number)):
                applicants[action.stream] = hash_number(number)
                submissions.append(_submission(action, applicants[action.stream], hash_number))
            case FeedbackFiledDetails(dossier=str(dossier)):
                complaints.append(Complained(dossier, action.at))
            case ComplaintFiledDetails(dossier=str(dossier)):
                complaints.append(Complained(dossier, action.at))
            case SatisfactionRatedDetails(overall=overall):
                ratings.append(_rated(action, overall, device_of or {}))
            case _:
                pass
    low = (Complained(each.dossier, each.at) for each in ratings if each.overall <= LOW_RATING)
    holders, accounts = _holders(submissions)
    return PrivateInputs(
        applicants,
        (*complaints, *low),
        tuple(ratings),
        proxies,
        holders,
        accounts,
        _shared_contacts(submissions),
    )


@dataclass(frozen=True, slots=True)
class _Submission:
    """Who hands a dossier in: by number, under which public key, with which contact."""

    stream: str
    applicant: bytes
    key: str | None
    contact: bytes | None


def _submission(action: Action, applicant: bytes, hash_number: HashNumber) -> _Submission:
    assert isinstance(action.details, DossierSubmittedDetails)
    assert isinstance(action.facts, DossierSubmitted)
    vkey, contact = action.facts.applicant_key, _plain(action.details.contact or "")
    return _Submission(
        action.stream,
        applicant,
        None if vkey is None else vkey_name(vkey),
        hash_number(f"contact {contact}") if contact else None,
    )


def _plain(contact: str) -> str:
    """Give a contact as it is compared: letters and digits alone, in lower case."""
    return "".join(each for each in contact.casefold() if each.isalnum())


def _holders(submissions: Iterable[_Submission]) -> tuple[dict[str, bytes], frozenset[str]]:
    """Give whose a key is, where it stands for one applicant, and the keys that do for several."""
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for each in submissions:
        if each.key is not None:
            found[each.key].add(each.applicant)
    holders = {key: min(numbers) for key, numbers in found.items() if len(numbers) == 1}
    return holders, frozenset(found.keys() - holders.keys())


def _shared_contacts(submissions: Iterable[_Submission]) -> dict[str, bytes]:
    found: defaultdict[bytes, dict[str, bytes]] = defaultdict(dict)
    for each in submissions:
        if each.contact is not None:
            found[each.contact][each.stream] = each.applicant
    return {
        stream: contact
        for contact, applicants in found.items()
        if len(set(applicants.values())) > 1
        for stream in applicants
    }


def _rated(action: Action, overall: int, device_of: Mapping[str, str]) -> Rated:
    assert isinstance(action.facts, SatisfactionRated)
    return Rated(
        action.stream, action.facts.dossier, action.at, overall, device_of.get(action.stream)
    )


@dataclass(frozen=True, slots=True)
class Handled:
    """A dossier as it is looked up: at which office, from which moment on, in which time zone."""

    stream: str
    office: str
    accepted_at: datetime
    zone: str


def complained_before(inputs: PrivateInputs, dossiers: Iterable[Handled]) -> frozenset[str] | None:
    """Give the dossiers whose applicants had complained at the same office before acceptance.

    None where applicants or complaints are not known.
    """
    if inputs.applicants is None or inputs.complaints is None:
        return None
    handled = {each.stream: each for each in dossiers}
    earliest: dict[tuple[bytes, str], Moment] = {}
    for complaint in inputs.complaints:
        about, applicant = handled.get(complaint.dossier), inputs.applicants.get(complaint.dossier)
        if about is None or applicant is None:
            continue
        key = applicant, about.office
        known = earliest.get(key)
        if known is None or is_before(complaint.at, known, about.zone):
            earliest[key] = complaint.at
    return frozenset(
        each.stream for each in handled.values() if _came_after(each, inputs.applicants, earliest)
    )


def _came_after(
    each: Handled,
    applicants: Mapping[str, bytes],
    earliest: Mapping[tuple[bytes, str], Moment],
) -> bool:
    applicant = applicants.get(each.stream)
    complained = None if applicant is None else earliest.get((applicant, each.office))
    return complained is not None and is_before(
        complained, Moment(instant=each.accepted_at), each.zone
    )
