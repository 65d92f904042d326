"""What a client prefers: language, waiting time, JSON or CSV, and whether it unpacks gzip.

Pure functions over header texts; a header that cannot be understood is treated as absent, as HTTP
asks for preferences.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from domain.errors import Sentence
from projections.statistics.lines import csv_cell

Language = Literal["vi", "en"]
Format = Literal["json", "csv"]

DEFAULT_LANGUAGE: Final[Language] = "vi"
JSON_MEDIA_TYPE: Final = "application/json"
CSV_MEDIA_TYPE: Final = "text/csv"

_RANGE: Final = re.compile(r"\s*([A-Za-z0-9*/+.-]+)\s*(?:;.*?\bq=([01](?:\.[0-9]{1,3})?))?[^,]*")
_WAIT: Final = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.ASCII)


def sentence_in(sentence: Sentence, language: Language) -> str:
    """Give a sentence in one of its two languages."""
    return sentence.en if language == "en" else sentence.vi


def preferred_language(accept_language: str | None) -> Language:
    """Choose Vietnamese or English by ``Accept-Language``; Vietnamese where it does not say."""
    if not accept_language:
        return DEFAULT_LANGUAGE
    wishes = _weights(accept_language)
    vietnamese = max(_weight(wishes, "vi"), wishes.get("*", 0.0))
    return "en" if _weight(wishes, "en") > vietnamese else DEFAULT_LANGUAGE


def preferred_format(format_parameter: str | None, accept: str | None) -> Format | None:
    """Choose JSON or CSV by ``?format=`` or else ``Accept``; None for an unknown ``format``."""
    if format_parameter is not None:
        return _known_format(format_parameter)
    if not accept or CSV_MEDIA_TYPE not in accept:
        return "json"
    wishes = _weights(accept)
    json_weight = max(wishes.get(JSON_MEDIA_TYPE, 0.0), wishes.get("application/*", 0.0))
    return "csv" if wishes.get(CSV_MEDIA_TYPE, 0.0) > json_weight else "json"


def _known_format(text: str) -> Format | None:
    if text == "json":
        return "json"
    return "csv" if text == "csv" else None


def preferred_wait_seconds(
    prefer: str | None, *, default_seconds: float, longest_seconds: float
) -> float:
    """Read how long the client would wait for publication (RFC 7240, "respond-async", "wait")."""
    if not prefer:
        return default_seconds
    wait_seconds = default_seconds
    for wish in prefer.lower().split(","):
        name = wish.partition(";")[0].strip()
        if name == "respond-async":
            return 0.0
        match = _WAIT.fullmatch(name)
        if match is not None:
            wait_seconds = min(float(match[1]), longest_seconds)
    return wait_seconds


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Tell whether the client names gzip among the codings that it unpacks (RFC 9110, 12.5.3)."""
    return accept_encoding is not None and _weights(accept_encoding).get("gzip", 0.0) > 0


def render_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Write rows as CSV (RFC 4180, UTF-8) whose texts no spreadsheet takes for formulas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_cell(row.get(column)) for column in columns])
    return buffer.getvalue().encode("utf-8")


def _weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        match = _RANGE.fullmatch(item)
        if match is not None:
            weights.setdefault(match[1], float(match[2] or 1))
    return weights


def _weight(wishes: Mapping[str, float], language: str) -> float:
    """Weigh a language by its own tag and by those that begin with it (``vi-VN``)."""
    tags = [tag for tag in wishes if tag == language or tag.startswith(f"{language}-")]
    return max((wishes[tag] for tag in tags), default=0.0)
