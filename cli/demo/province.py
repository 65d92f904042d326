"""The cast: a synthetic Hà Tĩnh with its offices, officers and the acts that enrol them.

Place names are real; every office id below H27, every person and every number is invented.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cli.demo.catalogue import (
    CATALOGUE,
    INSURANCE,
    POLICE,
    POWER_COMPANY,
    SERVICE_CENTRE,
    TRADE_DEPARTMENT,
)
from cli.demo.steps import REGISTRAR, ActorKeys, Step
from domain.calendars import NATIONAL_CALENDAR
from domain.facts import (
    ANY_OFFICE,
    CalendarPublished,
    Grant,
    KeyRegistered,
    KeyRegisteredDetails,
    KeyReplaced,
    KeyRevoked,
    OfficeRegistered,
    ProcedureVersionPublished,
    RevocationReason,
)
from domain.offices import BilingualName, Level, Office
from domain.roles import Role
from ledger.bodies import canonical_json

ZONE: Final = "Asia/Ho_Chi_Minh"
PROVINCE: Final = "H27"
INSPECTORATE: Final = "H27.20"
CAM_LAC: Final = "H27.101"
CAM_XUYEN: Final = "H27.102"
THIEN_CAM: Final = "H27.103"
THANH_SEN: Final = "H27.104"
SONG_TRI: Final = "H27.105"
COMMUNES: Final = (CAM_LAC, CAM_XUYEN, THIEN_CAM, THANH_SEN, SONG_TRI)
AGENCIES: Final = (TRADE_DEPARTMENT, INSURANCE, POLICE, POWER_COMPANY)

CATALOGUE_ADMIN: Final = "catalogue-admin"
INSPECTOR: Final = "inspector"
PAYMENT_PROVIDER: Final = "payment-provider"
POST: Final = "post"
# One person who holds two roles that should be kept apart: finding R16 comes of it.
DOUBLE_HAT: Final = f"{THIEN_CAM}/double-hat"
LEAVING: Final = f"{CAM_LAC}/processor-1"
SUCCESSOR: Final = f"{CAM_LAC}/processor-3"
# Whose key is replaced when the quarter ends; the person and the seat stay.
QUARTERS_OLD: Final = f"{CAM_XUYEN}/processor-1"
QUARTERS_NEW: Final = f"{CAM_XUYEN}/processor-1 (second key)"
SEATS: Final = 2

_NAMES: Final = {
    PROVINCE: ("Tỉnh Hà Tĩnh (dữ liệu mẫu)", "Ha Tinh province (demo, invented ids)"),
    SERVICE_CENTRE: (
        "Trung tâm Phục vụ hành chính công tỉnh",
        "Provincial Public Administration Service Centre",
    ),
    TRADE_DEPARTMENT: ("Sở Công Thương", "Department of Industry and Trade"),
    INSPECTORATE: ("Thanh tra tỉnh", "Provincial Inspectorate"),
    INSURANCE: ("Bảo hiểm xã hội tỉnh", "Provincial Social Insurance"),
    POLICE: ("Công an tỉnh", "Provincial Police"),
    POWER_COMPANY: ("Công ty Điện lực", "Power Company"),
    CAM_LAC: ("Xã Cẩm Lạc", "Cam Lac commune"),
    CAM_XUYEN: ("Xã Cẩm Xuyên", "Cam Xuyen commune"),
    THIEN_CAM: ("Xã Thiên Cầm", "Thien Cam commune"),
    THANH_SEN: ("Phường Thành Sen", "Thanh Sen ward"),
    SONG_TRI: ("Phường Sông Trí", "Song Tri ward"),
}

_SURNAMES: Final = ("Nguyễn", "Trần", "Lê", "Phan", "Võ", "Đặng", "Hoàng", "Bùi", "Hồ", "Dương")
_MIDDLES: Final = ("Văn", "Thị", "Minh", "Thanh", "Quang", "Thu", "Đức", "Ngọc")
_GIVEN: Final = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Sơn")

_INTAKE_ROLES: Final = (
    (Role.RECEIVER, SEATS, "Công chức tiếp nhận"),
    (Role.RETURNER, 1, "Công chức trả kết quả"),
    (Role.HEAD, 1, "Trưởng bộ phận Một cửa"),
)
_DECIDING_ROLES: Final = (
    (Role.ASSIGNER, 1, "Lãnh đạo phân công"),
    (Role.PROCESSOR, SEATS, "Chuyên viên thụ lý"),
    (Role.APPROVER, 1, "Lãnh đạo phê duyệt"),
    (Role.CLERK, 1, "Văn thư"),
)


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody whose key is enrolled: under which name here, with which roles, as what."""

    actor: str
    grants: tuple[Grant, ...]
    title: str


def offices() -> list[Office]:
    """Give the offices, the province first."""
    return [
        Office(
            id=office_id,
            name=BilingualName(vi=names[0], en=names[1]),
            level=Level.COMMUNE if office_id in COMMUNES else Level.PROVINCE,
            parent=None if office_id == PROVINCE else PROVINCE,
            time_zone=ZONE,
        )
        for office_id, names in _NAMES.items()
    ]


def officers() -> Iterator[Officer]:
    """Give everybody who holds a role from the first day."""
    yield Officer(CATALOGUE_ADMIN, (Grant(Role.CATALOGUE_ADMIN, ANY_OFFICE),), "Quản trị danh mục")
    yield Officer(INSPECTOR, (Grant(Role.INSPECTOR, ANY_OFFICE),), "Thanh tra viên")
    yield Officer(
        PAYMENT_PROVIDER, (Grant(Role.PAYMENT_PROVIDER, ANY_OFFICE),), "Nền tảng thanh toán"
    )
    yield Officer(POST, (Grant(Role.POST, ANY_OFFICE),), "Bưu chính công ích")
    for office_id in (*COMMUNES, SERVICE_CENTRE):
        yield from _staff(office_id, _INTAKE_ROLES)
    for office_id in (*COMMUNES, *AGENCIES):
        yield from _staff(office_id, _DECIDING_ROLES)
    both = (Grant(Role.RECEIVER, THIEN_CAM), Grant(Role.APPROVER, THIEN_CAM))
    yield Officer(DOUBLE_HAT, both, "Phó chủ tịch kiêm tiếp nhận")


def _staff(office_id: str, roles: tuple[tuple[Role, int, str], ...]) -> Iterator[Officer]:
    for role, seats, title in roles:
        for seat in range(1, seats + 1):
            grants = (Grant(role, office_id),)
            yield Officer(officer_name(office_id, role, seat), grants, title)


def officer_name(office_id: str, role: Role, seat: int = 1) -> str:
    """Name the officer in one seat of an office."""
    return f"{office_id}/{role.value}-{seat}"


def person_name(number: int) -> str:
    """Make up a person; the same number gives the same one."""
    surname = _SURNAMES[number % len(_SURNAMES)]
    middle = _MIDDLES[number // len(_SURNAMES) % len(_MIDDLES)]
    return f"{surname} {middle} {_GIVEN[number // 3 % len(_GIVEN)]}"


def opening_steps(keys: ActorKeys, calendar: bytes, at: datetime) -> list[Step]:
    """Give the registrar's and the catalogue administrator's acts, before the first dossier."""
    steps = [_register_office(office, at) for office in offices()]
    enrolled = list(officers())
    steps += [register_key(keys, officer, at, n) for n, officer in enumerate(enrolled, start=1)]
    later = at + timedelta(minutes=10)
    facts = CalendarPublished(document=_hex(calendar))
    steps.append(
        _publish(f"calendar:{NATIONAL_CALENDAR}", "calendar.published", facts, calendar, later)
    )
    for entry in CATALOGUE:
        document, code = entry.document, entry.procedure.code
        version = ProcedureVersionPublished(document=_hex(document), procedure_version=1)
        kind = "procedure.version_published"
        steps.append(_publish(f"procedure:{code}", kind, version, document, later))
    return steps


def _register_office(office: Office, at: datetime) -> Step:
    document = canonical_json(office)
    return Step(
        at=at,
        sent_at=at,
        kind="office.registered",
        stream=f"office:{office.id}",
        office=office.id,
        signers=((Role.REGISTRAR, REGISTRAR),),
        facts=OfficeRegistered(document=_hex(document)),
        document=document,
    )


def register_key(
    keys: ActorKeys, officer: Officer, at: datetime, number: int, replaces: str | None = None
) -> Step:
    """Enrol an officer's key; who holds it stands in the details alone.

    One that replaces another, the key of the actor ``replaces``, takes over its roles.
    """
    return Step(
        at=at,
        sent_at=at,
        kind="key.registered",
        stream=f"key:{keys.of(officer.actor).name}",
        office=None,
        signers=((Role.REGISTRAR, REGISTRAR), (Role.HOLDER, officer.actor)),
        facts=KeyRegistered(
            vkey=keys.vkey(officer.actor),
            grants=officer.grants,
            replaces=None if replaces is None else keys.of(replaces).name,
        ),
        details=KeyRegisteredDetails(
            personnel_number=f"MAU-{number:04d}",
            display_name=person_name(number * 7),
            title=officer.title,
        ),
    )


def replace_key(keys: ActorKeys, old: str, new: str, at: datetime) -> Iterator[Step]:
    """Enrol a new key of the same person, under the same number, and end the old one."""
    number, holder = next(
        (number, each) for number, each in enumerate(officers(), start=1) if each.actor == old
    )
    yield register_key(keys, Officer(new, (), holder.title), at, number, replaces=old)
    yield Step(
        at=at,
        sent_at=at,
        kind="key.replaced",
        stream=f"key:{keys.of(old).name}",
        office=None,
        signers=((Role.REGISTRAR, REGISTRAR), (Role.HOLDER, new)),
        facts=KeyReplaced(successor=keys.of(new).name),
    )


def revoke_key(keys: ActorKeys, actor: str, at: datetime) -> Step:
    """Revoke the key of somebody who left."""
    return Step(
        at=at,
        sent_at=at,
        kind="key.revoked",
        stream=f"key:{keys.of(actor).name}",
        office=None,
        signers=((Role.REGISTRAR, REGISTRAR),),
        facts=KeyRevoked(reason=RevocationReason.LEFT_OFFICE),
    )


def _publish(
    stream: str,
    kind: str,
    facts: CalendarPublished | ProcedureVersionPublished,
    document: bytes,
    at: datetime,
) -> Step:
    return Step(
        at=at,
        sent_at=at,
        kind=kind,
        stream=stream,
        office=PROVINCE,
        signers=((Role.CATALOGUE_ADMIN, CATALOGUE_ADMIN),),
        facts=facts,
        document=document,
    )


def _hex(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()
