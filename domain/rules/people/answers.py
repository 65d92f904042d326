"""Answers to private findings: by whoever is asked in person, or by the office that is asked.

SPEC: domain.md 7.2: every finding lets the office answer. Whom a private one asks stands in its
private part, so this is asked by whoever may open that; the public audit cannot.
"""

from typing import Final

from domain.actions import Action, Signer
from domain.facts import ANY_OFFICE
from domain.facts.integrity import FindingAnswered, FindingRaisedDetails
from domain.keys import party_of
from domain.person_errors import NotAsked
from domain.roles import Role
from domain.rules.people.two_persons import NumberOf, numbers_of
from domain.rules.register import Register
from domain.rules.territory import acts_for

_UTC: Final = "UTC"


def check_answer(
    action: Action, raised: FindingRaisedDetails | None, register: Register, number_of: NumberOf
) -> None:
    """Check who answers a finding, by what its private part asks; other acts pass.

    Where it asks a person, that is this person with any of their keys, or the head of the office
    that it names; where it asks nobody in particular, an officer of that office. What names neither
    is for any officer. ``raised`` is None where the private part is not open, and of public alarms.

    Raises:
        NotAsked: somebody else answers.
    """
    if not isinstance(action.facts, FindingAnswered) or raised is None:
        return
    signer = action.signers[0]
    if raised.asked is None:
        is_asked = raised.office is None or _is_of(signer, raised.office, action, register)
    elif _is_person(signer.key, raised.asked, register, number_of):
        is_asked = True
    else:
        is_head = signer.role is Role.HEAD and raised.office is not None
        is_asked = is_head and _is_of(signer, raised.office or "", action, register)
    if not is_asked:
        raise NotAsked(f"{signer.key} {signer.role}")


def _is_of(signer: Signer, office: str, action: Action, register: Register) -> bool:
    """Tell whether a role is held for an office, or for one that succeeded it."""
    record = register.key(signer.key)
    assert record is not None
    held = {each.grant.office for each in record.held() if each.grant.role is signer.role}
    return any(
        (own in (ANY_OFFICE, office) or acts_for(register, own, office, action.at))
        and record.covered(signer.role, own, action.at, _UTC)
        for own in held
    )


def _is_person(key: str, asked: str, register: Register, number_of: NumberOf) -> bool:
    """Tell whether two keys are one person's: by replacement, or by personnel number."""
    if party_of(key, register.key) == party_of(asked, register.key):
        return True
    numbers = numbers_of(key, register, number_of)
    return not numbers.isdisjoint(numbers_of(asked, register, number_of))
