"""Inspection orders: who may order a reading of names, of whom, and which reads an order permits.

LAW: no rule on who orders an inspection of a one-stop shop was read; that it is somebody else than
the reader, an inspector or a head of the offices in question, and for a year at most, is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.actions import Action, Signer
from domain.dossiers import Dossier
from domain.errors import (
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotYourOffice,
    NotYourRole,
    RevokedKey,
)
from domain.facts.integrity import AccessLoggedDetails, AccessOrderIssuedDetails, AccessPurpose
from domain.keys import have_one_registrar, makers_of, party_of
from domain.oversight.integrity import LONGEST_ORDER, AccessRecord
from domain.person_errors import OrderNotInForce, SignersNotIndependent
from domain.roles import Role
from domain.rules.people.two_persons import NumberOf, numbers_of
from domain.rules.register import Register, office_record
from domain.rules.territory import acts_for

_UTC: Final = "UTC"


@dataclass(frozen=True, slots=True)
class InspectionOrder:
    """An order as its private part has it, and whether an entry has ended it."""

    stream: str
    details: AccessOrderIssuedDetails
    has_ended: bool = False

    def runs_on(self, day: date) -> bool:
        """Tell whether reads under it are permitted on that day."""
        return not self.has_ended and day <= self.details.until

    def is_named_by(self, read: AccessLoggedDetails) -> bool:
        """Tell whether a read says its number and last day as they were issued."""
        return (read.order, read.order_until) == (self.details.order, self.details.until)


def is_in_force(record: AccessRecord | None) -> bool:
    """Tell, by public entries, whether an order stands there that nothing has ended."""
    return record is not None and record.issued_by is not None and not record.has_ended


def check_order(action: Action, register: Register, number_of: NumberOf) -> None:
    """Check an order that is being issued, by its opened details; other acts pass.

    Raises:
        FactMissing, FactInvalid: it names no scope, an unknown dossier, or too late a day.
        KeyNotEnrolled, RevokedKey, NotYourRole: a reader is no inspector.
        SignersNotIndependent: whoever issues it is a reader, or made one, or was made by one.
        UnknownOffice, NotYourOffice: the issuer's role does not reach what may be read.
    """
    details = action.details
    if not isinstance(details, AccessOrderIssuedDetails):
        return
    day = action.at.day_in(_UTC)
    if not day <= details.until <= day + LONGEST_ORDER:
        raise FactInvalid("until: it is before the act, or too far ahead")
    issuer = action.signers[0]
    for reader in details.readers:
        _check_reader(reader, register)
        _check_independent(issuer, reader, register, number_of)
    _check_reach(issuer, details, register)


def _check_reader(name: str, register: Register) -> None:
    record = register.key(name)
    if record is None:
        raise KeyNotEnrolled(name)
    if record.revoked_at is not None:
        raise RevokedKey(name)
    if not record.has_role(Role.INSPECTOR):
        raise NotYourRole(f"{name} {Role.INSPECTOR}")


def _check_independent(
    issuer: Signer, reader: str, register: Register, number_of: NumberOf
) -> None:
    find = register.key
    parties = party_of(issuer.key, find), party_of(reader, find)
    is_one = parties[0] == parties[1] or not numbers_of(issuer.key, register, number_of).isdisjoint(
        numbers_of(reader, register, number_of)
    )
    made = parties[1] in makers_of(issuer.key, issuer.role, find)
    makes = parties[0] in makers_of(reader, Role.INSPECTOR, find)
    if is_one or made or makes:
        raise SignersNotIndependent("readers")


def is_of_one_registrar(action: Action, register: Register) -> bool:
    """Tell whether one registrar stands behind whoever issued an order and one of its readers.

    Where one registrar enrols all inspectors that is lawful, so it is told and not refused.
    """
    details, issuer = action.details, action.signers[0]
    if not isinstance(details, AccessOrderIssuedDetails):
        return False
    return any(
        have_one_registrar(((issuer.key, issuer.role), (reader, Role.INSPECTOR)), register.key)
        for reader in details.readers
    )


def _check_reach(issuer: Signer, details: AccessOrderIssuedDetails, register: Register) -> None:
    if not details.offices and not details.dossiers:
        raise FactMissing("offices, dossiers")
    record = register.key(issuer.key)
    assert record is not None
    for offices in _offices_in_scope(details, register):
        if not any(record.covers(issuer.role, office) for office in offices):
            raise NotYourOffice(f"{issuer.key} {offices[0]}")


def _offices_in_scope(
    details: AccessOrderIssuedDetails, register: Register
) -> Iterator[tuple[str, ...]]:
    for office in details.offices:
        office_record(register, office)
        yield (office,)
    for stream in details.dossiers:
        dossier = register.dossier(stream)
        if dossier is None:
            raise FactInvalid("dossiers: one of them is not known here")
        yield (dossier.office, dossier.current_office)


def check_read(action: Action, order: InspectionOrder | None, register: Register) -> None:
    """Check a read under an inspection order, by its opened details; other reads pass.

    ``order`` is what stands on the stream that the read names, None for nothing.

    Raises:
        NotYourRole: somebody else than an inspector reads under an order.
        OrderNotInForce: there is no such order, it has ended, or it is not for this reader or
            this dossier.
    """
    details = action.details
    if (
        not isinstance(details, AccessLoggedDetails)
        or details.purpose is not AccessPurpose.INSPECTION
    ):
        return
    reader = action.signers[0]
    if reader.role is not Role.INSPECTOR:
        raise NotYourRole(f"{reader.key} {reader.role}")
    if order is None:
        raise OrderNotInForce("order_stream")
    if order.has_ended:
        raise OrderNotInForce("order_stream: it was closed, or has lapsed")
    if not order.runs_on(action.at.day_in(_UTC)) or not order.is_named_by(details):
        raise OrderNotInForce("order, order_until")
    if not _is_reader(reader.key, order.details, register):
        raise OrderNotInForce("readers")
    if not _is_in_scope(order.details, register.dossier(details.dossier), action, register):
        raise OrderNotInForce("offices, dossiers")


def _is_reader(key: str, details: AccessOrderIssuedDetails, register: Register) -> bool:
    # By the person: keys are changed every quarter, and an order may outlast one.
    party = party_of(key, register.key)
    return any(party_of(name, register.key) == party for name in details.readers)


def _is_in_scope(
    details: AccessOrderIssuedDetails, dossier: Dossier | None, action: Action, register: Register
) -> bool:
    if dossier is None:
        return False
    return dossier.stream in details.dossiers or any(
        acts_for(register, office, held, action.at)
        for office in details.offices
        for held in (dossier.office, dossier.current_office)
    )
