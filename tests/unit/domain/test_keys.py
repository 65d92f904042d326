"""The registry: the ledger's opening, keys, offices, procedures and calendars."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.actions import Action, Signer
from domain.calendars import CalendarRecord
from domain.decisions import decide, evolve
from domain.errors import (
    ActionRefused,
    CoSignerMissing,
    DocumentMissing,
    DocumentRefused,
    FactInvalid,
    KeyNotEnrolled,
    NotPermitted,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
    UnknownOffice,
)
from domain.facts import (
    CalendarPublished,
    Continued,
    Grant,
    KeyRegistered,
    KeyRevoked,
    LedgerOpened,
    OfficeRegistered,
    ProcedureVersionPublished,
    RevocationReason,
)
from domain.keys import KeyRecord, LedgerRecord, root_keys, vkey_name
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from domain.roles import Role
from tests.support.builders import (
    COMMITMENT,
    HEX64,
    LEDGER,
    OFFICE,
    OFFICER_KEY,
    a_calendar,
    a_key,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    an_office,
    signed_as,
)

NEW_KEY = "officer-00000000000000dd"
REGISTRAR = "registrar-00000000000000ee"


def a_vkey(name: str) -> str:
    return f"{name}+0a1b2c3d+{'A' * 44}"


def an_opening(**changes: Any) -> Action:
    facts = LedgerOpened(
        origin=LEDGER,
        registrar_vkey=a_vkey(REGISTRAR),
        log_vkey=a_vkey(LEDGER),
        promise_vkey=a_vkey("promise-00000000000000aa"),
        system_vkey=a_vkey("system-00000000000000aa"),
        index_version=1,
        longest_publication_delay_seconds=3600,
    )
    return an_action(
        "ledger.opened",
        stream=f"ledger:{LEDGER}",
        office=None,
        signers=signed_as(Role.REGISTRAR, key=REGISTRAR),
        facts=msgspec.structs.replace(facts, **changes),
    )


def an_enrolment(*grants: Grant, **changes: Any) -> Action:
    enrolment = {
        "stream": f"key:{NEW_KEY}",
        "office": None,
        "signers": (Signer(OFFICER_KEY, Role.REGISTRAR), Signer(NEW_KEY, Role.HOLDER)),
        "facts": KeyRegistered(
            vkey=a_vkey(NEW_KEY), grants=grants or (Grant(Role.RECEIVER, OFFICE),)
        ),
        "commitment": COMMITMENT,
    }
    return an_action("key.registered", **(enrolment | changes))


def a_revocation(**changes: Any) -> Action:
    revocation = {
        "stream": f"key:{NEW_KEY}",
        "office": None,
        "facts": KeyRevoked(reason=RevocationReason.LOST),
    }
    return an_action("key.revoked", **(revocation | changes))


# The ledger.


def test_opening_is_kept_and_enrols_the_registrar_and_the_system() -> None:
    register = a_register()

    decide(None, an_opening(), register)
    record = evolve(None, an_opening(), register)

    assert isinstance(record, LedgerRecord)
    registrar, system = root_keys(record)
    assert registrar.name == REGISTRAR
    assert registrar.covers(Role.REGISTRAR, None)
    assert not registrar.has_role(Role.SYSTEM)
    assert system.covers(Role.SYSTEM, OFFICE)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"origin": "localhost/ffffffff"}, id="another origin"),
        pytest.param({"log_vkey": a_vkey("log-00000000000000aa")}, id="log not named as origin"),
        pytest.param({"system_vkey": a_vkey(REGISTRAR)}, id="one key for two purposes"),
        pytest.param({"recovery_vkeys": (a_vkey(REGISTRAR),)}, id="root as its own recovery"),
        pytest.param(
            {"continues": Continued(origin=LEDGER, tree_size=9, root="0" * 64)},
            id="standing in for itself",
        ),
    ],
)
def test_opening_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(FactInvalid):
        decide(None, an_opening(**changes), a_register())


def test_opening_is_signed_by_the_root_it_names() -> None:
    stranger = msgspec.structs.replace(
        an_opening(), signers=signed_as(Role.REGISTRAR, key=OFFICER_KEY)
    )

    with pytest.raises(NotYourRole):
        decide(None, stranger, a_register())


def test_ledger_opens_once() -> None:
    register = a_register()
    record = evolve(None, an_opening(), register)

    with pytest.raises(NotPermitted):
        decide(record, an_opening(), register)


# Keys.


def test_key_name_stands_before_the_first_plus() -> None:
    assert vkey_name("officer-1f0c+0a1b2c3d+AAA+A") == "officer-1f0c"


def test_enrolled_key_holds_its_grants() -> None:
    register = a_register()

    decide(None, an_enrolment(), register)
    record = evolve(None, an_enrolment(), register)

    assert record == KeyRecord(
        NEW_KEY,
        a_vkey(NEW_KEY),
        (Grant(Role.RECEIVER, OFFICE),),
        a_moment(),
        enrolled_by=OFFICER_KEY,
        has_details=True,
    )
    assert isinstance(record, KeyRecord)
    assert record.covers(Role.RECEIVER, OFFICE)
    assert not record.covers(Role.RECEIVER, None)
    assert not record.covers(Role.RECEIVER, "H27.16")
    assert not record.covers(Role.APPROVER, OFFICE)


def test_registrar_for_any_office_grants_roles_for_any_office() -> None:
    enrolment = an_enrolment(Grant(Role.IMPORTER, "*"), Grant(Role.RECEIVER, OFFICE))

    decide(None, enrolment, a_register())


HOLDER_ALONE = {"signers": (Signer(NEW_KEY, Role.HOLDER),)}
OTHER_HOLDER = {
    "signers": (Signer(OFFICER_KEY, Role.REGISTRAR), Signer("officer-" + "0" * 16, Role.HOLDER))
}


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        pytest.param(an_enrolment(**HOLDER_ALONE), CoSignerMissing, id="no registrar"),
        pytest.param(
            an_enrolment(signers=signed_as(Role.REGISTRAR)), CoSignerMissing, id="no possession"
        ),
        pytest.param(an_enrolment(**OTHER_HOLDER), NotYourRole, id="another key's possession"),
        pytest.param(
            an_enrolment(stream="key:officer-00000000000000ff"), FactInvalid, id="other stream"
        ),
        pytest.param(an_enrolment(Grant(Role.APPLICANT, "*")), FactInvalid, id="ungranted role"),
        pytest.param(an_enrolment(Grant(Role.RECEIVER, "H99")), UnknownOffice, id="no such office"),
    ],
)
def test_enrolment_that_may_not_be_is_refused(action: Action, refusal: type[ActionRefused]) -> None:
    with pytest.raises(refusal):
        decide(None, action, a_register())


def test_key_known_otherwise_is_not_enrolled_again() -> None:
    known = a_register(keys=[a_key(NEW_KEY)])

    with pytest.raises(FactInvalid):
        decide(None, an_enrolment(), known)
    with pytest.raises(NotPermitted):
        decide(known.keys[NEW_KEY], an_enrolment(), known)


@pytest.mark.parametrize(("office", "refused"), [(OFFICE, False), ("H27.07", True), ("*", True)])
def test_offices_registrar_enrols_and_revokes_for_that_office_only(
    office: str, refused: bool
) -> None:
    register = a_register(keys=[a_key(REGISTRAR, Grant(Role.REGISTRAR, OFFICE))])
    both = (Signer(REGISTRAR, Role.REGISTRAR), Signer(NEW_KEY, Role.HOLDER))
    grant = Grant(Role.RECEIVER, office)
    attempts: list[tuple[KeyRecord | None, Action]] = [
        (None, an_enrolment(grant, signers=both)),
        (a_key(NEW_KEY, grant), a_revocation(signers=both[:1])),
    ]

    for state, action in attempts:
        if refused:
            with pytest.raises(NotYourOffice):
                decide(state, action, register)
        else:
            decide(state, action, register)


def test_registrar_of_one_office_enrols_nobody_who_publishes_the_national_calendar() -> None:
    register = a_register(keys=[a_key(REGISTRAR, Grant(Role.REGISTRAR, OFFICE))])
    both = (Signer(REGISTRAR, Role.REGISTRAR), Signer(NEW_KEY, Role.HOLDER))
    grants = (Grant(Role.RECEIVER, OFFICE), Grant(Role.CATALOGUE_ADMIN, OFFICE))

    with pytest.raises(NotYourOffice):
        decide(None, an_enrolment(*grants, signers=both), register)
    with pytest.raises(NotYourOffice):
        decide(a_key(NEW_KEY, *grants), a_revocation(signers=both[:1]), register)
    decide(None, an_enrolment(*grants), register)
    decide(a_key(NEW_KEY, *grants), a_revocation(), register)


def test_revoked_key_signs_nothing_more_and_is_revoked_once() -> None:
    record = a_key(NEW_KEY)
    register = a_register(keys=[record])

    decide(record, a_revocation(), register)
    revoked = evolve(record, a_revocation(), register)

    assert isinstance(revoked, KeyRecord)
    assert revoked.revoked_at == a_moment()
    assert revoked.revoked_for is RevocationReason.LOST
    with pytest.raises(NotPermitted):
        decide(revoked, a_revocation(), register)
    register.keys[NEW_KEY] = revoked
    with pytest.raises(RevokedKey):
        decide(
            a_key(),
            a_revocation(signers=(Signer(NEW_KEY, Role.REGISTRAR),), stream=f"key:{OFFICER_KEY}"),
            register,
        )


# Offices, procedures and calendars.


def a_publication(kind: str, stream: str, **changes: Any) -> Action:
    facts: dict[str, Any] = {
        "office.registered": OfficeRegistered(document=HEX64),
        "procedure.version_published": ProcedureVersionPublished(
            document=HEX64, procedure_version=2
        ),
        "calendar.published": CalendarPublished(document=HEX64),
    }
    return an_action(kind, **({"stream": stream, "office": None, "facts": facts[kind]} | changes))


def the_document(value: msgspec.Struct) -> dict[str, bytes]:
    return {HEX64: msgspec.json.encode(value)}


def test_office_is_registered_and_its_document_replaced() -> None:
    renamed = an_office(parent="H27")
    register = a_register(documents=the_document(renamed))
    action = a_publication("office.registered", f"office:{OFFICE}")

    decide(None, action, register)
    first = evolve(None, action, register)
    decide(first, action, register)

    assert first == evolve(first, action, register) == OfficeRecord(renamed, HEX64, a_moment())


def test_office_may_sign_for_itself_before_it_is_registered() -> None:
    register = a_register(documents=the_document(an_office("H28")))
    action = a_publication("office.registered", "office:H28", office="H28")

    decide(None, action, register)


def test_procedure_keeps_all_its_versions() -> None:
    second = a_procedure(version=2)
    register = a_register(documents=the_document(second))
    action = a_publication("procedure.version_published", "procedure:1.004222")
    published = register.procedure("1.004222")
    assert published is not None

    decide(None, action, register)
    decide(published, action, register)

    assert evolve(None, action, register) == ProcedureRecord("1.004222", (second,), (HEX64,))
    assert evolve(published, action, register) == ProcedureRecord(
        "1.004222", (a_procedure(), second), (HEX64, HEX64)
    )


def test_procedure_versions_only_grow() -> None:
    register = a_register(a_procedure(version=2), documents=the_document(a_procedure(version=2)))
    action = a_publication("procedure.version_published", "procedure:1.004222")

    with pytest.raises(FactInvalid, match="procedure_version"):
        decide(register.procedure("1.004222"), action, register)


def test_calendar_is_published_and_replaced() -> None:
    calendar = a_calendar(valid_to=date(2028, 12, 31))
    register = a_register(documents=the_document(calendar))
    action = a_publication("calendar.published", "calendar:VN", office=OFFICE)

    decide(None, action, register)
    decide(register.calendar("VN"), action, register)

    assert evolve(None, action, register) == CalendarRecord(calendar, HEX64, a_moment())


PUBLICATIONS = [
    ("office.registered", f"office:{OFFICE}", an_office("H28")),
    ("procedure.version_published", "procedure:1.004222", a_procedure(code="2.000815", version=2)),
    ("procedure.version_published", "procedure:1.004222", a_procedure(version=3)),
    ("calendar.published", "calendar:VN", a_calendar(id="LA")),
]


@pytest.mark.parametrize(("kind", "stream", "other"), PUBLICATIONS)
def test_document_about_something_else_is_refused(
    kind: str, stream: str, other: msgspec.Struct
) -> None:
    with pytest.raises(FactInvalid):
        decide(None, a_publication(kind, stream), a_register(documents=the_document(other)))


@pytest.mark.parametrize(("kind", "stream", "_other"), PUBLICATIONS)
def test_document_that_is_missing_or_unreadable_is_refused(
    kind: str, stream: str, _other: object
) -> None:
    action = a_publication(kind, stream)

    with pytest.raises(DocumentMissing):
        decide(None, action, a_register())
    with pytest.raises(DocumentRefused):
        decide(None, action, a_register(documents={HEX64: b"{}"}))


def test_catalogue_is_kept_by_its_administrators() -> None:
    action = a_publication("calendar.published", "calendar:VN")
    register = a_register(documents=the_document(a_calendar()))
    clerk = signed_as(Role.CATALOGUE_ADMIN, key=NEW_KEY)

    with pytest.raises(KeyNotEnrolled):
        decide(None, msgspec.structs.replace(action, signers=clerk), register)
    register.keys[NEW_KEY] = a_key(NEW_KEY, Grant(Role.CATALOGUE_ADMIN, OFFICE))
    with pytest.raises(NotYourOffice):
        decide(None, msgspec.structs.replace(action, signers=clerk), register)


def test_act_that_a_stream_does_not_permit_was_told_with_a_lone_dash() -> None:
    with pytest.raises(NotPermitted) as before_it_begins:
        decide(None, a_revocation(), a_register())
    with pytest.raises(NotPermitted) as once_begun:
        decide(a_key(NEW_KEY), an_enrolment(), a_register())

    assert "key.revoked on a stream that has not begun; permitted" in str(before_it_begins.value)
    assert "key.registered; permitted now: key." in str(once_begun.value)
