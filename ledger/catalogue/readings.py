"""What reading a catalogue gives: procedures, warnings about them, and files that are none.

A warning says what was not understood; the words themselves are in the document, whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from domain.errors import MalformedDocument
from domain.procedures import Procedure, parse_procedure
from domain.procedures.fee_texts import FeeDoubt
from domain.procedures.limit_texts import LimitDoubt
from ledger.bodies import canonical_json
from ledger.errors import LedgerError

FIRST_VERSION: Final = 1


class MalformedCatalogue(LedgerError):
    """A catalogue's file cannot be read as procedures; the sentence says what is wrong."""

    code: ClassVar[str] = "malformed_catalogue"


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about one member of a procedure that its publisher should look at."""

    code: str
    procedure: str
    member: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReadProcedure:
    """One procedure as read, its version still the first, and how its limits were read."""

    procedure: Procedure
    warnings: tuple[Warned, ...] = ()
    limits_parsed: int = 0
    limits_prose: int = 0


def checked(
    procedure: Procedure,
    warnings: Iterable[Warned] = (),
    *,
    limits_parsed: int = 0,
    limits_prose: int = 0,
) -> ReadProcedure:
    """Give a procedure as read, once its document is one that may be published.

    Raises:
        MalformedCatalogue: a text is longer than its member may be, or the whole than 256 KiB.
    """
    try:
        parse_procedure(canonical_json(procedure))
    except MalformedDocument as error:
        cause = error.__cause__ or error
        raise MalformedCatalogue(f"{procedure.code}: {error.detail or cause}") from error
    return ReadProcedure(procedure, tuple(warnings), limits_parsed, limits_prose)


def warn_of(
    procedure: str, member: str, doubt: LimitDoubt | FeeDoubt | None, text: str | None
) -> Iterable[Warned]:
    """Give the warning about a limit or a fee, if there is a doubt."""
    if doubt is not None:
        yield Warned(doubt.value, procedure, member, text or "")
