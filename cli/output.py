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

from api.settings import SettingsInvalid
from domain.errors import DomainError
from ledger.errors import LedgerError, SignatureLinesMismatch, StoreUnavailable
from ledger.importing.errors import MalformedMapping, MalformedSource
from projections.entries import EntryUnreadable, ProjectionError
from transparency.errors import TileNotFound, TileStoreUnavailable, TransparencyError

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_UNREACHABLE: Final = 3
EXIT_REFUSED: Final = 4

P = ParamSpec("P")

talk = Console(stderr=True, highlight=False)


class UsageProblem(Exception):
    """What was typed, or a file that was named, cannot be used."""

    code = "usage"


def exit_code_of(error: Exception) -> int:
    """Give the exit code that an error ends a command with."""
    if isinstance(error, UsageProblem | MalformedSource | MalformedMapping | SettingsInvalid):
        return EXIT_USAGE
    if isinstance(error, StoreUnavailable | TileStoreUnavailable | TileNotFound):
        return EXIT_UNREACHABLE
    if isinstance(error, TransparencyError | SignatureLinesMismatch | EntryUnreadable):
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
    code = str(getattr(error, "code", "error"))
    if as_json:
        print_json({"ok": False, "code": code, "message": str(error)})
    else:
        talk.print(f"{code}: {error}", style="red", markup=False)
    sys.exit(exit_code_of(error))


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
    if isinstance(value, list | tuple):
        return "".join(f"\n  - {item}" for item in value) or "none"
    return value


def progress_bar() -> Progress:
    """Give a progress display on standard error; it draws nothing where that is no terminal."""
    return Progress(console=talk, transient=True, disable=not talk.is_terminal)
