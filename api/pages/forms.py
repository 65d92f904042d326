"""Forms and query parameters as people send them: bounded, and read without surprise."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from falcon.asgi import Request

from api.errors import MalformedBody
from api.pages.statistics import Asked
from api.settings import DEFAULT_BODY_SECONDS
from api.uploads import read_body
from projections.counts import ALL_HISTORY, Span

FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 4096
MAX_FORM_FIELDS: Final = 8
MAX_INDEX_DIGITS: Final = 16

_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)


async def read_form(request: Request, *, seconds: float = DEFAULT_BODY_SECONDS) -> dict[str, str]:
    """Read the fields of a small form; of repeated fields the first counts.

    Raises:
        MalformedBody: not UTF-8, or more fields than any form here has.
        BodyTooLarge, BodyTooSlow, LengthRequired, TruncatedUpload, UnsupportedMediaType: see
            `read_body`.
    """
    body = await read_body(request, FORM_MEDIA_TYPE, MAX_FORM_BYTES, seconds=seconds)
    try:
        fields = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError as error:
        raise MalformedBody("the form cannot be read") from error
    return {name: values[0].strip() for name, values in fields.items()}


def asked_statistics(request: Request) -> Asked:
    """Read what a reader filters the statistics by."""
    office = request.get_param("office") or None
    procedure = request.get_param("procedure") or None
    first = request.get_param("from") or None
    last = request.get_param("to") or None
    if not _is_span(first, last):
        return Asked(office, procedure, ALL_HISTORY, is_bad_period=True)
    return Asked(office, procedure, Span(first, last))


def _is_span(first: str | None, last: str | None) -> bool:
    months = [month for month in (first, last) if month is not None]
    if not all(_MONTH.fullmatch(month) for month in months):
        return False
    return months == sorted(months)


@dataclass(frozen=True, slots=True)
class AskedEntries:
    """Before which entry a list ends; None for the newest, and for what cannot be read."""

    end: int | None
    is_bad_address: bool = False


def asked_entries(request: Request) -> AskedEntries:
    """Read which entries a reader asks for; what cannot be is said, not obeyed."""
    text = request.get_param("end")
    if text is None:
        return AskedEntries(None)
    if not re.fullmatch(f"[0-9]{{1,{MAX_INDEX_DIGITS}}}", text, re.ASCII):
        return AskedEntries(None, is_bad_address=True)
    return AskedEntries(int(text))
