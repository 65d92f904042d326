"""A stolen key of an office's registrar gives its thief nothing beyond that office."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actions import Action, Signer
from domain.decisions import decide, evolve
from domain.errors import ActionRefused
from domain.facts import Grant, KeyReplaced
from domain.keys import KeyRecord
from domain.roles import NATIONAL_ROLES, Role
from tests.support.builders import DEPARTMENT, OFFICE
from tests.support.keys.registry_office import (
    LOCAL,
    NATIONAL,
    NEW,
    OLD,
    OTHER_LOCAL,
    ROOT,
    Office,
    a_grant,
    an_end,
    an_enrolment,
    on_key,
)

MADE = (NEW, *(f"officer-00000000000001{number:02x}" for number in range(4)))
THIEFS = (LOCAL, OLD, *MADE)
EVERYBODYS = (*THIEFS, NATIONAL, OTHER_LOCAL, ROOT)

grants = st.builds(Grant, st.sampled_from(list(Role)), st.sampled_from([OFFICE, DEPARTMENT, "*"]))
own_keys = st.sampled_from(THIEFS)
enrolments = st.builds(
    lambda given, by, name, before: an_enrolment(*given, by=by, name=name, replaces=before),
    st.lists(grants, max_size=2),
    own_keys,
    st.sampled_from(MADE),
    st.none() | st.sampled_from(EVERYBODYS),
)
gifts = st.builds(
    lambda grant, by, name: a_grant(grant, by=by, name=name),
    grants,
    own_keys,
    st.sampled_from(EVERYBODYS),
)
ends = st.builds(lambda grant, by: an_end(grant, by=by), grants, own_keys)


def _replacement(name: str, successor: str, by: str) -> Action:
    signers = (Signer(by, Role.REGISTRAR), Signer(successor, Role.HOLDER))
    return on_key("key.replaced", name, KeyReplaced(successor=successor), *signers)


replacements = st.builds(_replacement, st.sampled_from(EVERYBODYS), own_keys, own_keys)


@settings(max_examples=300, deadline=None)
@given(st.lists(enrolments | gifts | ends | replacements, max_size=12))
def test_registrar_of_one_office_never_reaches_beyond_it(acts: list[Action]) -> None:
    office = Office()
    before = dict(office.register.keys)

    for act in acts:
        state = office.register.keys.get(act.stream_id)
        try:
            decide(state, act, office.register)
        except ActionRefused:
            continue
        after = evolve(state, act, office.register)
        assert isinstance(after, KeyRecord)
        office.register.keys[act.stream_id] = after

    for name in (NATIONAL, OTHER_LOCAL, ROOT):
        assert office.register.keys[name].revoked_at is None
    for name, record in office.register.keys.items():
        held = {one.grant for one in record.held()}
        gained = held - ({one.grant for one in before[name].held()} if name in before else set())
        for grant in gained:
            assert grant.office == OFFICE
            assert grant.role not in NATIONAL_ROLES
