"""Public documents of procedures and offices: what they may say, and which version holds."""

from datetime import date

import msgspec
import pytest

from domain.errors import MalformedDocument
from domain.offices import MAX_DOCUMENT_BYTES, Level, parse_office
from domain.procedures import (
    AcceptanceLimits,
    Limit,
    LimitUnit,
    ProcedureRecord,
    SupplementPolicy,
    parse_procedure,
)
from tests.support.builders import a_procedure, an_office

SMALL = (
    b'{"code":"1.004222","level":"commune","limit":{"amount":7,"unit":"working_days"},'
    b'"name":{"en":"Residence","vi":"Thu\xc3\xb2ng tr\xc3\xba"},"version":1}'
)


def test_small_document_follows_the_general_law() -> None:
    procedure = parse_procedure(SMALL)

    assert procedure.limit == Limit(amount=7, unit=LimitUnit.WORKING_DAYS)
    assert procedure.supplement_policy is SupplementPolicy.RESTART
    assert not procedure.pause_in_payment
    assert not procedure.counter_decides


def test_procedure_document_is_read_as_it_was_written() -> None:
    procedure = a_procedure(
        supplement_policy=SupplementPolicy.PAUSE,
        acceptance_limits=AcceptanceLimits(online=Limit(amount=8, unit=LimitUnit.HOURS)),
        supplement_wait=Limit(amount=15, unit=LimitUnit.WORKING_DAYS),
        valid_from=date(2026, 7, 1),
        legal_basis=("118/2025/NĐ-CP",),
    )

    assert parse_procedure(msgspec.json.encode(procedure)) == procedure


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b" " * (MAX_DOCUMENT_BYTES + 1), id="too long"),
        pytest.param(SMALL.replace(b'"version":1', b'"version":0'), id="version zero"),
        pytest.param(SMALL.replace(b'"version":1', b'"version":1,"x":1'), id="unknown member"),
        pytest.param(SMALL.replace(b'"amount":7,', b""), id="limit without amount"),
        pytest.param(SMALL.replace(b'"amount":7', b'"amount":-1'), id="negative limit"),
        pytest.param(SMALL.replace(b"working_days", b"weeks"), id="unknown unit"),
        pytest.param(
            SMALL.replace(b'"version"', b'"acceptance_limits":{"post":{"unit":"hours"}},"version"'),
            id="acceptance limit without amount",
        ),
        pytest.param(
            SMALL.replace(b'"version"', b'"next_day_after":"24:00","version"'), id="no such time"
        ),
    ],
)
def test_other_bytes_are_no_procedure(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse_procedure(document)


def test_document_of_the_greatest_length_is_read() -> None:
    padded = SMALL + b" " * (MAX_DOCUMENT_BYTES - len(SMALL))

    assert parse_procedure(padded).code == "1.004222"


def test_limit_in_prose_needs_no_amount() -> None:
    document = SMALL.replace(b'"amount":7,"unit":"working_days"', b'"prose":"x","unit":"unknown"')

    assert parse_procedure(document).limit.unit is LimitUnit.UNKNOWN


def test_newest_version_that_holds_on_the_day_is_in_force() -> None:
    first = a_procedure(valid_to=date(2026, 6, 30))
    second = a_procedure(version=2, valid_from=date(2026, 7, 1))
    record = ProcedureRecord(first.code, (first, second), ("aa", "bb"))

    assert record.version_in_force(date(2026, 6, 30)) == first
    assert record.version_in_force(date(2026, 7, 1)) == second
    assert record.version(2) == second
    assert record.version(3) is None


def test_no_version_is_in_force_before_the_first() -> None:
    procedure = a_procedure(valid_from=date(2026, 7, 1))
    record = ProcedureRecord(procedure.code, (procedure,), ("aa",))

    assert record.version_in_force(date(2026, 6, 30)) is None


def test_office_document_is_read_as_it_was_written() -> None:
    office = an_office(parent="H27", level=Level.COMMUNE)

    assert parse_office(msgspec.json.encode(office)) == office


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "../../etc/passwd", "Asia", "/UTC", "\x00"])
def test_office_in_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(MalformedDocument):
        parse_office(msgspec.json.encode(an_office(time_zone=zone)))
