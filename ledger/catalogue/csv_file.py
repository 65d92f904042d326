"""A catalogue as CSV: one row per procedure under a header with at least code, name_vi and level.

UTF-8 (a byte order mark is allowed), RFC 4180 quoting. Limits and fees are the texts that a
catalogue writes (`limit_texts`, `fee_texts`); lists are separated by `|`; `yes` and `no` are flags.
An empty cell is an absent member, and an unknown column refuses the file. For example::

    code,name_vi,level,limit,limit_online,fee_counter,keywords
    1.004222,Đăng ký thường trú,commune,7 ngày làm việc,,20.000 đồng,nhập khẩu|hộ khẩu
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from domain.facts import Channel
from domain.procedures import Fee, Procedure
from domain.procedures.fee_texts import FeeReading, read_fee
from domain.procedures.limit_texts import LimitReading, StatedLimit, read_limit
from ledger.catalogue.readings import (
    FIRST_VERSION,
    MalformedCatalogue,
    ReadProcedure,
    Warned,
    checked,
    warn_of,
)

LIST_SEPARATOR: Final = "|"
FLAGS: Final = {"yes": True, "no": False}

_TEXTS: Final = (
    "code",
    "level",
    "field",
    "field_code",
    "supplement_policy",
    "next_day_after",
    "law",
    "valid_from",
    "valid_to",
    "retention",
    "sensitivity",
)
_NUMBERS: Final = ("max_supplements", "retention_years")
_FLAGS: Final = (
    "pause_in_payment",
    "pause_in_consultation",
    "pause_in_site_survey",
    "pause_in_outage",
    "counter_decides",
)
_LISTS: Final = ("levels", "channels", "life_events", "keywords", "legal_basis")
_NAMES: Final = ("name_vi", "name_en")
_SERVICE: Final = ("service", "service_reason", "service_ground")
_LIMITS: Final = ("limit", "supplement_wait", *(f"limit_{channel}" for channel in Channel))
_FEES: Final = ("fee", *(f"fee_{channel}" for channel in Channel))
COLUMNS: Final = frozenset(
    (*_TEXTS, *_NUMBERS, *_FLAGS, *_LISTS, *_NAMES, *_SERVICE, *_LIMITS, *_FEES)
)

Row = Mapping[str, str]


def read_rows(data: bytes) -> Iterator[ReadProcedure]:
    """Give the procedures of a CSV file.

    Raises:
        MalformedCatalogue: not such a file, or a row that is no procedure; it says which line.
    """
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        _check_header(reader.fieldnames or ())
        for values in reader:
            yield _read_row(values, reader.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedCatalogue(f"no CSV in UTF-8: {error}") from error


def _check_header(names: Sequence[str]) -> None:
    unknown = sorted(set(names) - COLUMNS)
    missing = sorted({"code", "name_vi", "level"} - set(names))
    if unknown or missing or len(set(names)) != len(names):
        raise MalformedCatalogue(
            f"columns unknown: {', '.join(unknown) or 'none'}; missing: "
            f"{', '.join(missing) or 'none'}; each may stand once"
        )


def _read_row(values: Mapping[str | None, Any], line: int) -> ReadProcedure:
    if None in values or None in values.values():
        raise MalformedCatalogue(f"line {line}: another number of cells than the header")
    row = {str(name): str(text).strip() for name, text in values.items() if str(text).strip()}
    limits = {name: read_limit([StatedLimit(row[name])]) for name in _LIMITS if name in row}
    fees = {name: read_fee([row[name]]) for name in _FEES if name in row}
    limits.setdefault("limit", read_limit([]))
    try:
        procedure = msgspec.convert(_members(row, limits, fees), Procedure)
        parsed = sum(reading.is_parsed for reading in limits.values())
        return checked(
            procedure,
            _warnings(procedure.code, limits, fees),
            limits_parsed=parsed,
            limits_prose=len(limits) - parsed,
        )
    except (msgspec.ValidationError, MalformedCatalogue) as error:
        raise MalformedCatalogue(f"line {line}: {error}") from error


def _members(
    row: Row, limits: Mapping[str, LimitReading], fees: Mapping[str, FeeReading]
) -> dict[str, object]:
    """Give the document's members as JSON would hold them, for the document's own type to check."""
    vietnamese = row.get("name_vi", "")
    members: dict[str, object] = {name: row[name] for name in _TEXTS if name in row}
    members |= {name: _number(name, row[name]) for name in _NUMBERS if name in row}
    members |= {name: _flag(name, row[name]) for name in _FLAGS if name in row}
    members |= {name: row[name].split(LIST_SEPARATOR) for name in _LISTS if name in row}
    members |= {name: reading.limit for name, reading in limits.items() if "limit_" not in name}
    own_fees = {channel.value: f"fee_{channel}" for channel in Channel}
    own_limits = {channel.value: f"limit_{channel}" for channel in Channel}
    members |= {
        "version": FIRST_VERSION,
        "name": {"vi": vietnamese, "en": row.get("name_en", vietnamese)},
        "name_untranslated": "name_en" not in row,
        "fee_vnd": fees["fee"].fee.amount_vnd if "fee" in fees else None,
        "channel_limits": {
            channel: limits[name].limit for channel, name in own_limits.items() if name in limits
        },
        "channel_fees": _channel_fees(own_fees, fees),
    }
    if "service" in row:
        members["service_level"] = {
            "service": row["service"],
            "reason": row.get("service_reason"),
            "legal_ground": row.get("service_ground"),
        }
    return members


def _channel_fees(names: Mapping[str, str], fees: Mapping[str, FeeReading]) -> dict[str, Fee]:
    """Give each channel's fee; a common one in prose has no other place than every channel."""
    found = {channel: fees[name].fee for channel, name in names.items() if name in fees}
    common = fees.get("fee")
    if common is not None and common.fee.amount_vnd is None:
        return dict.fromkeys(names, common.fee) | found
    return found


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise MalformedCatalogue(f"{name} is a number, not {text!r}")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text not in FLAGS:
        raise MalformedCatalogue(f"{name} is yes or no, not {text!r}")
    return FLAGS[text]


def _warnings(
    code: str, limits: Mapping[str, LimitReading], fees: Mapping[str, FeeReading]
) -> Iterator[Warned]:
    for name, limit in limits.items():
        yield from warn_of(code, name, limit.doubt, limit.limit.prose)
    for name, fee in fees.items():
        yield from warn_of(code, name, fee.doubt, fee.fee.prose)
