"""An office's registrar and its people gain nothing beyond their office, nor seal for ever."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.decisions import decide, decide_private
from domain.errors import FactInvalid, FactMissing, NotYourOffice, NotYourRole
from domain.facts import (
    CalendarPublished,
    Grant,
    KeyRegistered,
    OfficeRegistered,
    ProcedureVersionPublished,
)
from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.keys import KeyRecord
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from domain.roles import Role
from domain.rules.personal_data import looks_personal
from tests.support.builders import (
    DEPARTMENT,
    ENROLLED_AT,
    HEX64,
    OFFICE,
    PROCEDURE,
    STREAM,
    a_key,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    an_office,
    signed_as,
)

THIEF = "registrar-00000000000000a7"
MINTED = "officer-00000000000000a8"


def _registrar_of(office: str) -> KeyRecord:
    return a_key(THIEF, Grant(Role.REGISTRAR, office))


@pytest.mark.parametrize("stream", [f"office:{OFFICE}", f"office:{DEPARTMENT}", "office:EVIL.1"])
def test_an_offices_registrar_ends_inherits_and_invents_no_office(stream: str) -> None:
    """It ended another office, named itself its heir, and read and erased its dossiers."""
    action = an_action(
        "office.registered",
        stream=stream,
        office=OFFICE,
        facts=OfficeRegistered(document=HEX64),
        signers=signed_as(Role.REGISTRAR, key=THIEF),
    )

    with pytest.raises(NotYourOffice):
        decide(None, action, a_register(keys=[_registrar_of(OFFICE)]))


def test_an_offices_catalogue_administrator_publishes_no_calendar_for_all() -> None:
    """It moved another office's dossier, four weeks overdue, into the future."""
    admin = a_key(MINTED, Grant(Role.CATALOGUE_ADMIN, OFFICE))
    action = an_action(
        "calendar.published",
        stream="calendar:VN",
        office=OFFICE,
        facts=CalendarPublished(document=HEX64),
        signers=signed_as(Role.CATALOGUE_ADMIN, key=MINTED),
    )

    with pytest.raises(NotYourOffice):
        decide(None, action, a_register(keys=[admin]))


def test_an_offices_registrar_makes_nobody_sign_as_the_system() -> None:
    vkey = f"{MINTED}+0a1b2c3d+{'A' * 44}"
    action = an_action(
        "key.registered",
        stream=f"key:{MINTED}",
        office=None,
        facts=KeyRegistered(vkey=vkey, grants=(Grant(Role.SYSTEM, OFFICE),)),
        signers=(
            *signed_as(Role.REGISTRAR, key=THIEF),
            *signed_as(Role.HOLDER, key=MINTED),
        ),
    )

    with pytest.raises(NotYourOffice):
        decide(None, action, a_register(keys=[_registrar_of(OFFICE)]))


@pytest.mark.parametrize("kind", ["access.opened", "access.looks_committed", "finding.raised"])
def test_another_systems_key_neither_unseals_nor_accuses(kind: str) -> None:
    """The inspected office opened the inspection to itself while the order was running."""
    system = a_key(MINTED, Grant(Role.SYSTEM, "*"))
    stream = f"finding:{STREAM[8:]}" if kind == "finding.raised" else f"access:{HEX64}"
    action = an_action(kind, stream=stream, office=None, signers=signed_as(Role.SYSTEM, key=MINTED))

    with pytest.raises(NotYourRole):
        decide(None, action, a_register(keys=[system]))


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({}, FactMissing),
        ({"order": "12/QĐ"}, FactMissing),
        ({"order": "12/QĐ", "order_until": date(2026, 12, 31)}, FactMissing),
        (
            {
                "order": "12/QĐ",
                "order_until": date(9999, 12, 31),
                "order_stream": f"access:{HEX64}",
            },
            FactInvalid,
        ),
    ],
)
def test_a_read_under_an_order_is_not_sealed_for_ever(
    order: dict[str, Any], error: type[Exception]
) -> None:
    """An inspector opened names under an order that he made up and that never ended."""
    details = AccessLoggedDetails(
        dossier=STREAM, purpose=AccessPurpose.INSPECTION, fields=("persons",), **order
    )
    action = an_action(
        "access.logged", stream=f"access:{HEX64}", office=None, details=details, at=a_moment()
    )

    with pytest.raises(error):
        decide_private(None, action, a_register())


@pytest.mark.parametrize(
    "text",
    [
        "079.198.009.999",
        "0791-9800-9999",
        "079198009999abcd",
        "cccd_079_198_009_999",
        "sdt_0912__345678",
        "nguyen-thi-minh-khai-0912345678-45b9d15b5bee169a",
    ],
)
def test_a_number_in_disguise_is_personal_data_all_the_same(text: str) -> None:
    assert looks_personal(text)


def _next_version_by(office: str, owner: str | None) -> None:
    """Publish the second version of an owner's procedure as an office; raise what refuses it."""
    register = a_register(
        keys=[a_key(MINTED, Grant(Role.CATALOGUE_ADMIN, office))],
        documents={HEX64: msgspec.json.encode(a_procedure(version=2))},
    )
    for name, parent in ((OFFICE, "H27"), (DEPARTMENT, "H27"), ("H27", None)):
        record = OfficeRecord(an_office(name, parent=parent), HEX64, ENROLLED_AT)
        register.offices[name] = record
    action = an_action(
        "procedure.version_published",
        stream=f"procedure:{PROCEDURE}",
        office=office,
        facts=ProcedureVersionPublished(document=HEX64, procedure_version=2),
        signers=signed_as(Role.CATALOGUE_ADMIN, key=MINTED),
    )
    decide(ProcedureRecord(PROCEDURE, (a_procedure(),), (HEX64,), owner), action, register)


@pytest.mark.parametrize(
    ("office", "owner"),
    [
        pytest.param(DEPARTMENT, OFFICE, id="a neighbour's"),
        pytest.param(OFFICE, "H27", id="that of the office above"),
        pytest.param(OFFICE, None, id="one for all offices"),
    ],
)
def test_an_offices_catalogue_administrator_goes_on_with_nobody_elses_procedure(
    office: str, owner: str | None
) -> None:
    """It gave all offices' dossiers a limit of ten years, and a retention of none."""
    with pytest.raises(NotYourOffice):
        _next_version_by(office, owner)


@pytest.mark.parametrize("office", [OFFICE, "H27"])
def test_the_owner_of_a_procedure_and_the_offices_above_go_on_with_it(office: str) -> None:
    _next_version_by(office, OFFICE)
