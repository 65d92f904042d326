"""Whether a dossier may be given a code by an office today, and of which run of numbers."""

from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotPermitted, NotYourOffice
from domain.moments import Moment
from domain.offices.codes import CodeBook, CodeFormat
from domain.rules.register import Register, office_record
from domain.rules.territory import acts_for, check_in_force
from ledger.codes.allotted import AllottedCode, AllottedCodes
from ledger.errors import UnknownDossier
from transparency.encoding import render_utc_seconds


@dataclass(frozen=True, slots=True)
class CodeWish:
    """What an office's software asks for; `owner` are the two characters of format B."""

    office: str
    dossier: str
    code_format: CodeFormat = CodeFormat.A
    owner: str = ""


def allot_code(
    codes: AllottedCodes, register: Register, wish: CodeWish, now: datetime
) -> AllottedCode:
    """Give a dossier that waits for its acceptance the code of this day, where the office is.

    LAW: Decree 61/2018 arts 17.3 and 26: the code is issued with the acceptance.

    Raises:
        UnknownOffice, OfficeNotInForce: there is no such office today.
        UnknownDossier: nothing was submitted under that name.
        NotYourOffice: the dossier lies with another office.
        NotPermitted: it was accepted or refused already.
        MalformedDossierCode, CodesExhausted, StoreUnavailable: as `AllottedCodes.allot`.
    """
    record = office_record(register, wish.office)
    moment = Moment(instant=now.replace(microsecond=0))
    check_in_force(record, moment)
    dossier = register.dossier(wish.dossier)
    if dossier is None:
        raise UnknownDossier
    if not acts_for(register, wish.office, dossier.office, moment):
        raise NotYourOffice(wish.office)
    if dossier.accepted_at is not None or dossier.is_ended:
        raise NotPermitted(f"code {dossier.status.name}")
    office = record.at(moment)
    book = CodeBook(
        wish.code_format,
        office.identity_code or office.id,
        moment.day_in(office.time_zone),
        wish.owner,
    )
    assert moment.instant is not None
    return codes.allot(book, wish.office, wish.dossier, render_utc_seconds(moment.instant))
