"""How commands speak: one JSON object on standard output with ``--json``, plain words otherwise.

Talk goes to standard error, data to standard output. Exit codes are part of the contract: 0 ok,
1 verification failed or finding, 2 usage, 3 unreachable, 4 refused.
"""

import functools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, ParamSpec

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from api.problem_rows.facts import fact_remedy
from api.settings import SettingsInvalid
from domain.errors import ActionRefused, DomainError
from ledger.errors import (
    HistoryBroken,
    HistoryIncomplete,
    LedgerError,
    MalformedOpening,
    OpeningMismatch,
    SignatureLinesMismatch,
    SignerWithoutRight,
    StoreUnavailable,
    TimestampInvalid,
)
from ledger.importing.errors import MalformedMapping, MalformedSource
from projections.casefiles.errors import (
    CasefileOfAnotherLedger,
    CasefileTampered,
    MalformedCasefile,
)
from projections.editions.errors import EditionDiffers
from projections.entries import EntryUnreadable, ProjectionError
from transparency.errors import TileNotFound, TileStoreUnavailable, TransparencyError

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_UNREACHABLE: Final = 3
EXIT_REFUSED: Final = 4
# What a file was to prove, and does not.
NOT_PROVED: Final = (
    SignatureLinesMismatch
    | MalformedOpening
    | OpeningMismatch
    | HistoryBroken
    | HistoryIncomplete
    | SignerWithoutRight
    | TimestampInvalid
    | MalformedCasefile
    | CasefileOfAnotherLedger
    | CasefileTampered
)

P = ParamSpec("P")

talk = Console(stderr=True, highlight=False)


class UsageProblem(Exception):
    """What was typed, or a file that was named, cannot be used."""

    code = "usage"


class Refused(LedgerError):
    """The ledger refused what the command handed in or asked for; ``by_code`` is a server's."""

    code = "refused"

    def __init__(self, message: str = "", by_code: str = ""):
        super().__init__(message)
        self.by_code = by_code


class Commands(click.Group):
    """The top of the command line: what click refuses is JSON, too, where that is asked for."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; with ``--json`` a wrong option ends in one JSON object as well."""
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if not as_json:
                raise
            fail(UsageProblem(error.format_message()), as_json=True)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; a mistyped one is not answered with the name of a hidden one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = [self.get_command(ctx, name) for name in vars(error).get("possibilities") or ()]
            vars(error)["possibilities"] = [each.name for each in meant if each and not each.hidden]
            raise


def exit_code_of(error: Exception) -> int:
    """Give the exit code that an error ends a command with."""
    if isinstance(error, UsageProblem | MalformedSource | MalformedMapping | SettingsInvalid):
        return EXIT_USAGE
    if isinstance(error, StoreUnavailable | TileStoreUnavailable | TileNotFound):
        return EXIT_UNREACHABLE
    if isinstance(error, TransparencyError | EntryUnreadable | EditionDiffers | NOT_PROVED):
        return EXIT_FAILED
    return EXIT_REFUSED


def command(
    name: str,
    *,
    help: str,
    hidden: bool = False,
) -> Callable[[Callable[P, None]], click.Command]:
    """Make a click command with ``--data`` and ``--json``, whose errors become exit codes."""

    def decorate(function: Callable[P, None]) -> click.Command:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                function(*args, **kwargs)
            except (
                LedgerError,
                DomainError,
                ProjectionError,
                TransparencyError,
                SettingsInvalid,
                UsageProblem,
            ) as error:
                fail(error, as_json=bool(kwargs.get("as_json")))
            except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
                problem = UsageProblem(f"{error.filename}: {error.strerror}")
                fail(problem, as_json=bool(kwargs.get("as_json")))

        wrapped: Any = guarded
        for option in (_json_option, _data_option):
            wrapped = option(wrapped)
        made: click.Command = click.command(name, help=help, hidden=hidden)(wrapped)
        return made

    return decorate


_data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="The data folder.",
)
_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)


def fail(error: Exception, *, as_json: bool) -> NoReturn:
    """Say what went wrong and end with its exit code."""
    refused_by = error.by_code if isinstance(error, Refused) else ""
    code = refused_by or str(getattr(error, "code", "error"))
    if as_json:
        print_json({"ok": False, "code": code, "message": _message(error)})
    else:
        say(with_code(code, _message(error)), style="red")
    sys.exit(exit_code_of(error))


def with_code(code: str, text: str) -> str:
    """Give a sentence with its code before it, once."""
    return f"{code}: {text.removeprefix(code).removeprefix(': ')}".removesuffix(": ")


def _message(error: Exception) -> str:
    """Give an error's words; a rule that refused says what would be right, in both languages."""
    if not isinstance(error, ActionRefused):
        return str(error)
    remedy = fact_remedy(error.code, error.detail) or error.remedy
    told = with_code(error.code, error.detail or error.rule.en)
    return f"{told} ({remedy.en})\n{error.rule.vi} ({remedy.vi})"


def say(sentence: str, *, style: str | None = None) -> None:
    """Say something to whoever types, on standard error, unbroken."""
    talk.print(sentence, style=style, markup=False, soft_wrap=True)


def report(members: Mapping[str, object], *, as_json: bool, text: str = "") -> None:
    """Print a command's result; ``text`` is the plain form where the members alone are too dry."""
    if as_json:
        print_json(members)
    else:
        click.echo(text or "\n".join(f"{name}: {_plain(value)}" for name, value in members.items()))


def print_json(members: Mapping[str, object]) -> None:
    """Print one JSON object on one line."""
    click.echo(msgspec.json.encode(members, order="sorted").decode())


def _plain(value: object) -> object:
    """Give a value in plain words: no Python in what people read."""
    match value:
        case None | () | []:
            return "none"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return "".join(f"\n  - {_plain(item)}" for item in value)
        case dict():
            return ", ".join(f"{name}: {_plain(item)}" for name, item in value.items()) or "none"
        case _:
            return value


def progress_bar() -> Progress:
    """Give a progress display on standard error; it draws nothing where that is no terminal."""
    return Progress(console=talk, transient=True, disable=not talk.is_terminal)
