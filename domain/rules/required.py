"""Rules about what an act must say: the members that its kind needs, and the code on its slip."""

from domain.actions import Action, Need
from domain.errors import FactMissing
from domain.rules.register import Register, office_record

_ACCEPTANCE = "dossier.accepted"


def check_public_needs(action: Action) -> None:
    """Check that the public facts say what the kind needs; imports have what they have.

    Raises:
        FactMissing: a member is absent.
    """
    if action.is_imported:
        return
    for need in action.kind.public_needs:
        if need.is_asked(action.facts) and not need.is_met(action.facts):
            raise FactMissing(need.member)


def check_has_private_part(action: Action, register: Register) -> None:
    """Check that an act which says nothing without its private part has one, opened or not.

    Raises:
        FactMissing: it has none; the first member that it needs is named beside.
    """
    if action.is_imported or action.commitment is not None:
        return
    needed = [need.member for need in _asked(action)]
    if needs_code(action, register):
        needed.append("code")
    if action.kind.details_required or needed:
        raise FactMissing(": ".join(["details", *needed[:1]]))


def check_private_needs(action: Action, register: Register) -> None:
    """Check that the opened private part says what the kind needs.

    Raises:
        FactMissing: a member is absent.
    """
    if action.is_imported or action.details is None:
        return
    for need in _asked(action):
        if not need.is_met(action.details):
            raise FactMissing(need.member)
    if needs_code(action, register) and getattr(action.details, "code", None) is None:
        raise FactMissing("code")


def needs_code(action: Action, register: Register) -> bool:
    """Tell whether an acceptance must bear a code: where its office has what codes begin with.

    LAW: Decree 61/2018 arts 17.3, 26; the identity code of Circular 01/2018 art. 19.
    """
    if action.kind.name != _ACCEPTANCE or action.is_imported:
        return False
    assert action.office is not None
    return office_record(register, action.office).office.identity_code is not None


def _asked(action: Action) -> list[Need]:
    return [need for need in action.kind.private_needs if need.is_asked(action.facts)]
