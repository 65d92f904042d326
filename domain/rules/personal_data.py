"""Personal data in public facts: what looks like a person's number, telephone or e-mail.

Shapes keep free text out; this keeps out what fits a code's shape and is none. Derived texts
(hashes, key names, random streams) are skipped, since their digits mean nothing.
"""

import re
from collections.abc import Iterator
from typing import Final

from domain.errors import PersonalDataInPublic
from domain.facts import Facts

_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
# LAW: the identity number of a citizen has twelve digits (domain.md 10, "căn cước").
_IDENTITY_NUMBER: Final = re.compile(r"(?<![0-9])[0-9](?:[ ._-]*[0-9]){11}(?![0-9])")
_TELEPHONE: Final = re.compile(r"(?<![0-9])(?:\+?84|0)(?:[ ._-]*[0-9]){9}(?![0-9])")
# What this program derives, and codes of procedures: by their whole shape, never by "looks random".
_DERIVED: Final = re.compile(
    r"[0-9a-f]{64}"
    r"|[a-z]+:[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
    r"|[a-z]+:[0-9a-f]{64}"
    r"|[a-z]+(?:[_-][a-z]+)?-[0-9a-f]{16}"
    r"|[^+\s]+\+[0-9a-f]{8}\+\S+"
    r"|[0-9]\.[0-9]{6}(?:\.[0-9]{2})?(?:\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})?"
)
# Of performers in imports, keyed.
_PSEUDONYM: Final = re.compile(r"[0-9a-f]{32}")
_PATTERNS: Final = (_EMAIL, _IDENTITY_NUMBER, _TELEPHONE)


def check_personal_data(facts: Facts) -> None:
    """Refuse public facts that hold what only private ones may.

    Raises:
        PersonalDataInPublic: the detail names the fact, and never its value.
    """
    for name in facts.__struct_fields__:
        for text in _texts(getattr(facts, name)):
            if name == "performer" and _PSEUDONYM.fullmatch(text):
                continue
            if looks_personal(text):
                raise PersonalDataInPublic(name)


def looks_personal(text: str) -> bool:
    """Tell whether a public text looks like a person's number, telephone or e-mail."""
    if _DERIVED.fullmatch(text):
        return False
    return any(pattern.search(text) for pattern in _PATTERNS)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
