"""An inspection order is somebody else's word, and permits no more than it says."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from domain.actions import Action, Signer
from domain.decisions import decide, evolve
from domain.errors import (
    ActionRefused,
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotPermitted,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
)
from domain.facts import Grant
from domain.facts.integrity import (
    AccessLoggedDetails,
    AccessOpened,
    AccessOrderIssued,
    AccessOrderIssuedDetails,
    AccessPurpose,
)
from domain.oversight.integrity import AccessRecord
from domain.person_errors import OrderNotInForce, SignersNotIndependent
from domain.roles import Role
from domain.rules.people.inspection_orders import (
    InspectionOrder,
    check_order,
    check_read,
    is_in_force,
    is_of_one_registrar,
)
from tests.support.builders import (
    COMMITMENT,
    DEPARTMENT,
    HEX64,
    OFFICE,
    OFFICER_KEY,
    STREAM,
    MemoryRegister,
    a_dossier_in_process,
    a_key,
    a_moment,
    a_register,
    an_action,
)

ORDERING = "inspector-00000000000000d1"
READER = "inspector-00000000000000d2"
NEXT_KEY = "inspector-00000000000000d3"
AWAY = "inspector-00000000000000d4"
MAKER = "registrar-00000000000000e1"
ORDER_STREAM = f"access:{'0d' * 32}"
NUMBER, UNTIL = "12/QĐ-TTr", date(2026, 4, 1)
INSPECTS = Grant(Role.INSPECTOR, "*")


def a_registry(**changes: Any) -> MemoryRegister:
    keys = {
        ORDERING: a_key(ORDERING, INSPECTS),
        READER: a_key(READER, INSPECTS),
        NEXT_KEY: a_key(NEXT_KEY, INSPECTS, replaces=READER),
        AWAY: a_key(AWAY, Grant(Role.INSPECTOR, DEPARTMENT)),
    }
    register = a_register(keys=(keys | changes).values())
    register.dossiers[STREAM] = a_dossier_in_process()
    return register


def an_order(by: str = ORDERING, role: Role = Role.INSPECTOR, **changes: Any) -> Action:
    members: dict[str, Any] = {
        "order": NUMBER,
        "readers": (READER,),
        "until": UNTIL,
        "offices": (OFFICE,),
    }
    return an_action(
        "access.order_issued",
        stream=ORDER_STREAM,
        office=None,
        facts=AccessOrderIssued(),
        details=AccessOrderIssuedDetails(**(members | changes)),
        signers=(Signer(by, role),),
    )


def a_read(by: str = READER, role: Role = Role.INSPECTOR, **changes: Any) -> Action:
    members: dict[str, Any] = {
        "dossier": STREAM,
        "purpose": AccessPurpose.INSPECTION,
        "fields": ("persons",),
        "order": NUMBER,
        "order_until": UNTIL,
        "order_stream": ORDER_STREAM,
    }
    at = changes.pop("at", a_moment())
    return an_action(
        "access.logged",
        stream=f"access:{HEX64}",
        office=None,
        details=AccessLoggedDetails(**(members | changes)),
        signers=(Signer(by, role),),
        at=at,
    )


def issued(**changes: Any) -> InspectionOrder:
    details = an_order(**changes).details
    assert isinstance(details, AccessOrderIssuedDetails)
    return InspectionOrder(ORDER_STREAM, details)


def nobodys(_key: str) -> str | None:
    return None


def test_inspector_orders_no_inspection_for_themselves() -> None:
    """An inspector opened names under an order that nobody else had ever seen."""
    for by in (READER, NEXT_KEY):
        with pytest.raises(SignersNotIndependent):
            check_order(an_order(by), a_registry(), nobodys)

    decide(None, an_order(), a_registry())
    check_order(an_order(), a_registry(), nobodys)


def test_second_key_of_one_person_orders_no_inspection_for_the_first() -> None:
    numbers = {ORDERING: "TTr-7", READER: "TTr-7"}

    with pytest.raises(SignersNotIndependent):
        check_order(an_order(), a_registry(), numbers.get)


@pytest.mark.parametrize("made", [ORDERING, READER])
def test_neither_of_the_two_enrolled_the_other(made: str) -> None:
    maker = READER if made == ORDERING else ORDERING
    register = a_registry(**{made: a_key(made, INSPECTS, enrolled_by=maker)})

    with pytest.raises(SignersNotIndependent):
        check_order(an_order(), register, nobodys)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"offices": ()}, FactMissing),
        ({"until": date(2026, 3, 1)}, FactInvalid),
        ({"until": date(2027, 4, 1)}, FactInvalid),
        ({"dossiers": (f"dossier:{'ab' * 16}",)}, FactInvalid),
        ({"readers": ("inspector-00000000000000ff",)}, KeyNotEnrolled),
        ({"readers": ("officer-00000000000000a1",)}, NotYourRole),
        ({"readers": ("officer-00000000000000a2",)}, RevokedKey),
        ({"by": AWAY}, NotYourOffice),
    ],
    ids=[
        "no scope", "over already", "for years", "no such dossier", "a stranger reads",
        "no inspector reads", "a revoked key reads", "ordered for another's office",
    ],
)  # fmt: skip
def test_order_that_says_too_little_or_too_much_is_refused(
    changes: dict[str, Any], refusal: type[ActionRefused]
) -> None:
    clerk, gone = "officer-00000000000000a1", "officer-00000000000000a2"
    register = a_registry(
        **{
            clerk: a_key(clerk, Grant(Role.CLERK, OFFICE)),
            gone: a_key(gone, INSPECTS, revoked_at=a_moment()),
        }
    )

    with pytest.raises(refusal):
        check_order(an_order(**changes), register, nobodys)


def test_officer_without_an_ordering_role_issues_none() -> None:
    with pytest.raises(NotYourRole):
        decide(None, an_order(OFFICER_KEY, Role.PROCESSOR), a_registry())


@pytest.mark.parametrize(
    "read",
    [
        a_read(order="99/QĐ"),
        a_read(order_until=date(2026, 4, 2)),
        a_read(at=a_moment("2026-04-02T02:00:00Z")),
        a_read(AWAY),
        a_read(dossier=f"dossier:{'ab' * 16}"),
    ],
    ids=["another number", "another last day", "lapsed", "another reader", "another dossier"],
)
def test_read_that_an_order_does_not_permit_is_refused(read: Action) -> None:
    with pytest.raises(OrderNotInForce):
        check_read(read, issued(), a_registry())


def test_read_under_an_order_that_nobody_issued_or_that_was_closed_is_refused() -> None:
    closed = InspectionOrder(ORDER_STREAM, issued().details, has_ended=True)

    for order in (None, closed):
        with pytest.raises(OrderNotInForce):
            check_read(a_read(), order, a_registry())


def test_order_outside_whose_offices_the_dossier_lies_opens_nothing() -> None:
    with pytest.raises(OrderNotInForce):
        check_read(a_read(), issued(offices=(DEPARTMENT,)), a_registry())
    check_read(a_read(), issued(offices=(), dossiers=(STREAM,)), a_registry())


def test_named_reader_reads_and_goes_on_after_the_change_of_keys() -> None:
    for by in (READER, NEXT_KEY):
        check_read(a_read(by), issued(), a_registry())


def test_order_stands_until_an_entry_ends_it_and_reads_on_its_stream_change_nothing() -> None:
    register = a_registry()
    order = evolve(None, an_order(), register)
    assert isinstance(order, AccessRecord)
    end = an_action(
        "access.opened",
        stream=ORDER_STREAM,
        office=None,
        facts=AccessOpened(),
        commitment=COMMITMENT,
        signers=(Signer(ORDERING, Role.INSPECTOR),),
    )

    read = evolve(order, replace(a_read(), stream=ORDER_STREAM, version=2), register)
    ended = evolve(read, end, register)

    assert isinstance(read, AccessRecord)
    assert isinstance(ended, AccessRecord)
    assert [is_in_force(each) for each in (None, order, read, ended)] == [False, True, True, False]


def test_stream_with_reads_becomes_no_order() -> None:
    register = a_registry()
    reads = evolve(None, a_read(), register)

    with pytest.raises(NotPermitted):
        decide(reads, replace(an_order(), version=2), register)


@pytest.mark.parametrize(
    ("makers", "is_told"),
    [
        pytest.param((MAKER, MAKER), True, id="one registrar"),
        pytest.param((MAKER, "registrar-00000000000000e2"), False, id="two"),
    ],
)
def test_order_whose_issuer_and_reader_one_registrar_made_is_permitted_and_told(
    makers: tuple[str, str], is_told: bool
) -> None:
    """A registrar who enrolled both inspectors had an order by nobody else than themselves."""
    register = a_registry(
        **{
            ORDERING: a_key(ORDERING, INSPECTS, enrolled_by=makers[0]),
            READER: a_key(READER, INSPECTS, enrolled_by=makers[1]),
        }
    )

    check_order(an_order(), register, dict[str, str]().get)

    assert is_of_one_registrar(an_order(), register) == is_told
