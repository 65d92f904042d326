"""Two signatures mean two people: who may not sign together where two officers must.

One registrar who enrols a colleague, or a second key of their own, has two keys and one mind. What
public entries tell is asked of everybody; personnel numbers of whoever may open them.
"""

from collections.abc import Callable, Sequence

from domain.actions import Action, Signer
from domain.facts import Grant, KeyRegistered, KeyRegisteredDetails, RoleGranted
from domain.keys import KeyRecord, keys_of_person, makers_of, number_of_person, party_of
from domain.person_errors import PersonnelNumberMissing, PersonRepeated, SignersNotIndependent
from domain.roles import OFFICERS_ROLES, Assurance
from domain.rules.register import Register, StreamState

# By the name of a key; None where nobody may open it, or none was given.
NumberOf = Callable[[str], str | None]


def _officers(action: Action) -> Sequence[Signer]:
    """Give the officers who sign together, where the kind asks for two persons; else nobody."""
    if len(action.signers) == 1:
        return ()
    roles = frozenset(signer.role for signer in action.signers)
    return action.signers if action.kind.signers.needs_two_persons(roles) else ()


def check_two_persons(action: Action, register: Register) -> None:
    """Check, by public entries, that those who may act only together are independent persons.

    Raises:
        PersonRepeated: two keys are of one chain of replacements.
        SignersNotIndependent: one signer enrolled another, or gave the role in which it signs; or
            a key is a system's, by which any number of people may sign.
    """
    signers = _officers(action)
    parties = [party_of(signer.key, register.key) for signer in signers]
    if len(set(parties)) < len(parties):
        raise PersonRepeated
    for signer, party in zip(signers, parties, strict=True):
        makers = makers_of(signer.key, signer.role, register.key) - {party}
        if not makers.isdisjoint(parties):
            raise SignersNotIndependent(f"{signer.key} {signer.role}")
        record = register.key(signer.key)
        if record is not None and record.assurance is not Assurance.OWN_KEY:
            raise SignersNotIndependent(f"{signer.key} {record.assurance}")


def check_personnel(action: Action, register: Register, number_of: NumberOf) -> None:
    """Check, by personnel numbers, that those who may act only together are several persons.

    Raises:
        PersonRepeated: two keys were enrolled with one number.
    """
    known: set[str] = set()
    for signer in _officers(action):
        numbers = numbers_of(signer.key, register, number_of)
        if not numbers.isdisjoint(known):
            raise PersonRepeated
        known |= numbers


def numbers_of(name: str, register: Register, number_of: NumberOf) -> set[str]:
    """Give the personnel numbers of a person's keys, as they are compared, where they open."""
    found = (number_of(record.name) for record in keys_of_person(name, register.key))
    return {number_of_person(number) for number in found if number is not None}


def check_has_person(state: StreamState | None, action: Action, given: tuple[Grant, ...]) -> None:
    """Check that an officer's key is enrolled with its private part, where the number stands.

    Raises:
        PersonnelNumberMissing: nothing says whose key it is.
    """
    if not any(grant.role in OFFICERS_ROLES for grant in given):
        return
    match action.facts:
        case KeyRegistered(assurance=Assurance.OWN_KEY) if action.commitment is None:
            raise PersonnelNumberMissing(action.stream_id)
        case RoleGranted() if isinstance(state, KeyRecord) and not _is_known(state):
            raise PersonnelNumberMissing(action.stream_id)
        case _:
            pass


def _is_known(record: KeyRecord) -> bool:
    # Of another system's key no one person is the holder: no number says whose it is.
    return record.has_details or record.assurance is not Assurance.OWN_KEY


def check_number(action: Action) -> None:
    """Check that the private part of an enrolment names the person, where it is opened.

    Raises:
        PersonnelNumberMissing: it does not.
    """
    details, facts = action.details, action.facts
    if not isinstance(details, KeyRegisteredDetails) or not isinstance(facts, KeyRegistered):
        return
    number = details.personnel_number or ""
    if facts.assurance is Assurance.OWN_KEY and not number_of_person(number):
        raise PersonnelNumberMissing(action.stream_id)
