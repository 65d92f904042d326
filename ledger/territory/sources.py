"""Reading offices from published lists: the provinces file (JSON), and tables (CSV).

The provinces file is a list of `{"Code","Name","FullName","FullNameEn","Wards":[…]}` with codes of
the General Statistics Office. A table has a header; `code` or `id`, and `name_vi`, must be there,
the other members of an office may be: `name_en`, `level`, `parent`, `identity_code`,
`statistical_code`, `valid_from`, `valid_to`, `succeeds` and `succeeded_by` (codes with spaces
between), `note` or `source_note`.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

import msgspec

from domain.errors import MalformedDocument
from domain.offices import TYPICAL_OFFICE_HOURS, BilingualName, Level, Office, Session, parse_office
from ledger.bodies import canonical_json
from ledger.errors import DocumentMismatch
from ledger.territory.identity_codes import PROVINCE_CODES

VIETNAM_ZONE: Final = "Asia/Ho_Chi_Minh"
MAX_SOURCE_BYTES: Final = 16 << 20
MAX_OFFICES: Final = 50_000
# A commune has an identity code of the portal too, but no list of them is at hand: its id here
# says whose code it is, and can be mistaken for no other.
STATISTICAL_PREFIX: Final = "gso-"
_SAME_AS_ABOVE: Final = "idem"
_NO_ENGLISH: Final = "no English name in the source"

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2,5}$")]


class _Ward(msgspec.Struct, rename="pascal"):
    code: Digits
    full_name: Name
    full_name_en: Name


class _Province(msgspec.Struct, rename="pascal"):
    code: Digits
    name: Name
    full_name: Name
    full_name_en: Name
    wards: tuple[_Ward, ...]


_PROVINCES: Final = msgspec.json.Decoder(tuple[_Province, ...])


@dataclass(frozen=True, slots=True)
class OfficeDefaults:
    """What a list does not say of its offices."""

    level: Level = Level.CENTRAL
    time_zone: str = VIETNAM_ZONE
    office_hours: tuple[Session, ...] = TYPICAL_OFFICE_HOURS
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class ReadOffice:
    """One office of a list with its document, or why it cannot be one."""

    id: str
    document: bytes = b""
    problem: str = ""


def read_offices(source: bytes, defaults: OfficeDefaults) -> list[ReadOffice]:
    """Give the offices of a list, parents first where the list has them so.

    Raises:
        DocumentMismatch: neither the provinces' JSON nor a table of offices.
    """
    if len(source) > MAX_SOURCE_BYTES:
        raise DocumentMismatch(f"a list of offices has at most {MAX_SOURCE_BYTES} bytes")
    if source.lstrip()[:1] in (b"[", b"{"):
        return list(_of_provinces(source, defaults))
    return list(_of_table(source, defaults))


def _of_provinces(source: bytes, defaults: OfficeDefaults) -> Iterator[ReadOffice]:
    try:
        provinces = _PROVINCES.decode(source)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentMismatch(f"this is no list of provinces: {error}") from error
    codes = {_bare(name): code for name, code in PROVINCE_CODES.items()}
    for province in provinces:
        identity = codes.get(_bare(province.name))
        name = BilingualName(vi=province.full_name, en=province.full_name_en)
        province_id = identity or STATISTICAL_PREFIX + province.code
        yield _office(
            defaults,
            id=province_id,
            name=name,
            level=Level.PROVINCE,
            identity_code=identity,
            statistical_code=province.code,
        )
        for ward in province.wards:
            yield _office(
                defaults,
                id=STATISTICAL_PREFIX + ward.code,
                name=BilingualName(vi=ward.full_name, en=ward.full_name_en),
                level=Level.COMMUNE,
                parent=province_id,
                statistical_code=ward.code,
            )


def _bare(name: str) -> str:
    """Give a name without its marks: Hóa and Hoá are two spellings of one."""
    parts = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold()


def _office(defaults: OfficeDefaults, **members: object) -> ReadOffice:
    """Give one office with its canonical document, which the registry's own parser has read."""
    given = {name: value for name, value in members.items() if value is not None}
    office_id = str(given.get("id", ""))
    filled = {
        "level": defaults.level,
        "time_zone": defaults.time_zone,
        "office_hours": defaults.office_hours,
        "valid_from": defaults.valid_from,
    } | given
    try:
        document = canonical_json(msgspec.convert(filled, Office, from_attributes=True))
        parse_office(document)
    except (msgspec.ValidationError, MalformedDocument) as error:
        return ReadOffice(office_id, problem=str(error))
    return ReadOffice(office_id, document)


def _of_table(source: bytes, defaults: OfficeDefaults) -> Iterator[ReadOffice]:
    try:
        text = source.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DocumentMismatch(f"this is no table of offices: {error}") from error
    columns = set(rows[0]) if rows else set()
    if not rows or len(rows) > MAX_OFFICES or "name_vi" not in columns:
        raise DocumentMismatch("this is no table of offices: code and name_vi are wanted")
    if not columns & {"id", "code"}:
        raise DocumentMismatch("this is no table of offices: code and name_vi are wanted")
    note = ""
    for row in rows:
        said = _cell(row, "note") or _cell(row, "source_note") or ""
        note = note if said == _SAME_AS_ABOVE else said
        yield _of_row(row, note, defaults)


def _of_row(row: Mapping[str, str], note: str, defaults: OfficeDefaults) -> ReadOffice:
    code = _cell(row, "id") or _cell(row, "code")
    name_vi, name_en = _cell(row, "name_vi") or "", _cell(row, "name_en")
    notes = [each for each in (note, None if name_en else _NO_ENGLISH) if each]
    return _office(
        defaults,
        id=code,
        name={"vi": name_vi, "en": name_en or name_vi},
        level=_cell(row, "level"),
        parent=_cell(row, "parent"),
        # A list of identity codes says `code`; one with ids of its own says which is which.
        identity_code=_cell(row, "identity_code") or _cell(row, "code"),
        statistical_code=_cell(row, "statistical_code"),
        valid_from=_cell(row, "valid_from"),
        valid_to=_cell(row, "valid_to"),
        succeeds=_codes(row, "succeeds"),
        succeeded_by=_codes(row, "succeeded_by"),
        note="; ".join(notes)[:500] or None,
    )


def _cell(row: Mapping[str, str], column: str) -> str | None:
    value = row.get(column)
    return value.strip() or None if isinstance(value, str) else None


def _codes(row: Mapping[str, str], column: str) -> list[str] | None:
    text = _cell(row, column)
    return None if text is None else text.split()
