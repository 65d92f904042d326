"""Dossier codes: the number on the slip, in the formats that the circulars give.

Format A, `000.00.00.H01-190829-0001` (LAW: Decree 61/2018 art. 26; Circular 01/2018 art. 19): the
agency's identity code, the day of reception, the running number of that day.
Format B, `H26.012.00-260301-050001` (LAW: Circular 04/2025, art. 13.3 of Circular 03/2025, for
nationally centralised services): as A, but two characters of the owner agency come before the
number, which has at least four digits. The two look alike where the owner's characters are
digits, so a number's owner is never guessed: only whoever renders a code knows it.
The short form, `H44.100-260926-0001`, is seen in practice; it is in no text of law that we have.

The text is kept as given, and no office is ever computed from it.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.errors import MalformedDossierCode

FIRST_YEAR_OF_CODES: Final = 2000
MAX_CODE_CHARACTERS: Final = 40
NUMBER_DIGITS: Final = 4
MOST_NUMBER_DIGITS: Final = 8
OWNER_CHARACTERS: Final = 2
_FORMAT_A_BLOCKS: Final = 4
_FORMAT_B_BLOCKS: Final = 3

_CODE: Final = re.compile(
    r"(?P<agency>[0-9A-Z]{2,3}(?:\.[0-9A-Z]{1,3}){0,3})-(?P<day>[0-9]{6})-(?P<number>[0-9A-Z]{4,8})",
    re.ASCII,
)
_AGENCY: Final = re.compile(r"[0-9A-Z]{2,3}(?:\.[0-9A-Z]{1,3}){0,3}", re.ASCII)
_OWNER: Final = re.compile(r"[0-9A-Z]{2}", re.ASCII)


class CodeFormat(StrEnum):
    """Which circular's form a code is given in."""

    A = "a"
    B = "b"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class DossierCode:
    """One code as given, and its three parts.

    `number` may begin with the owner agency's two characters (format B).
    """

    text: str
    agency: str
    day: date
    number: str

    @property
    def book(self) -> tuple[str, date, str]:
        """Give what one run of numbers shares: agency, day, and what comes before the digits.

        The number's last four digits count, or more where four were not enough.
        """
        return self.agency, self.day, _prefix(self.number)

    @property
    def running_number(self) -> int | None:
        """Give the running number, where its part is digits throughout or has an owner in front."""
        digits = self.number.removeprefix(_prefix(self.number))
        return int(digits) if digits.isdigit() else None


def _prefix(number: str) -> str:
    """Give the owner's two characters that a number of six or more begins with, else nothing."""
    is_owned = len(number) >= NUMBER_DIGITS + OWNER_CHARACTERS
    return number[:OWNER_CHARACTERS] if is_owned else ""


def parse_dossier_code(text: str) -> DossierCode:
    """Read a code of any of the formats.

    Raises:
        MalformedDossierCode: another form, or no such day.
    """
    match = _CODE.fullmatch(text)
    if match is None:
        raise MalformedDossierCode
    day = match["day"]
    try:
        received_on = date(FIRST_YEAR_OF_CODES + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError as error:
        raise MalformedDossierCode("day") from error
    return DossierCode(text, match["agency"], received_on, match["number"])


@dataclass(frozen=True, slots=True)
class CodeBook:
    """The run of numbers that one office gives codes from on one day.

    `identity_code` is the office's own; `owner` are the two characters of format B.
    """

    code_format: CodeFormat
    identity_code: str
    day: date
    owner: str = ""


def check_code_book(book: CodeBook) -> str:
    """Give the agency part of a book's codes.

    Raises:
        MalformedDossierCode: the identity code does not fit the format, or the owner is missing
            or not wanted, or the day's year has no two digits.
    """
    agency = book.identity_code
    if book.code_format is CodeFormat.A:
        # LAW: Circular 01/2018 art. 19: four blocks; the lower ones that an agency lacks are zeros.
        agency = _padded(agency)
    blocks = agency.count(".") + 1
    if not _AGENCY.fullmatch(agency):
        raise MalformedDossierCode("agency")
    if book.code_format is CodeFormat.B and blocks != _FORMAT_B_BLOCKS:
        raise MalformedDossierCode("agency")
    if (book.code_format is CodeFormat.B) != bool(_OWNER.fullmatch(book.owner)):
        raise MalformedDossierCode("owner")
    if book.code_format is not CodeFormat.B and book.owner:
        raise MalformedDossierCode("owner")
    if not FIRST_YEAR_OF_CODES <= book.day.year < FIRST_YEAR_OF_CODES + 100:
        raise MalformedDossierCode("day")
    return agency


def _padded(identity_code: str) -> str:
    """Give an identity code in the four blocks of format A, as its circular writes them.

    The highest agency stands last: `H01` is `000.00.00.H01`, and `H01.12` is `000.00.12.H01`.
    """
    blocks = identity_code.split(".")
    if len(blocks) == _FORMAT_A_BLOCKS:
        return identity_code
    if len(blocks) > _FORMAT_A_BLOCKS:
        raise MalformedDossierCode("agency")
    widths = (3, 2, 2)
    lower = blocks[:0:-1]
    missing = _FORMAT_A_BLOCKS - 1 - len(lower)
    zeros = ["0" * width for width in widths[:missing]]
    if tuple(map(len, lower)) != widths[missing:]:
        raise MalformedDossierCode("agency")  # such as H44.100: only the short form holds it
    return ".".join([*zeros, *lower, blocks[0]])


def render_dossier_code(book: CodeBook, running_number: int) -> str:
    """Write the code of a running number; `parse_dossier_code` reads it.

    Raises:
        MalformedDossierCode: the book is none (`check_code_book`), or the number does not fit.
    """
    agency = check_code_book(book)
    digits = f"{running_number:0{NUMBER_DIGITS}d}"
    limit = MOST_NUMBER_DIGITS if book.owner else NUMBER_DIGITS
    if running_number < 1 or len(book.owner + digits) > limit:
        raise MalformedDossierCode("number")
    return f"{agency}-{book.day:%y%m%d}-{book.owner}{digits}"
