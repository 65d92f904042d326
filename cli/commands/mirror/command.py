"""``mirror``: copy a log, prove everything before it is kept, and serve the copy read only.

Standard output has one JSON object for each round that changed or refused something; with
``--serve`` the address comes first. A source that is silent or gives wrong files is asked again.
One that forks or shrinks is not followed: its pieces are kept, what was copied goes on being
served, and the exit code at the end is 1. So it is where a daily edition of the statistics does
not fit the log, shows other bytes than before, or is gone in two rounds; `--no-editions` leaves
them alone.
"""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from cli.editions.copied import editions_at
from cli.observing.rounds import Rounds
from cli.observing.serving import MirrorServer, serving_mirror
from cli.observing.sources import check_address, load_policy, open_source
from cli.output import (
    EXIT_FAILED,
    EXIT_OK,
    EXIT_UNREACHABLE,
    command,
    exit_code_of,
    print_json,
    progress_bar,
)
from cli.sources import LogAddress, find_anchors
from ledger.errors import LedgerError, StoreCorrupt
from ledger.mirroring.continuing import LogShrank
from ledger.mirroring.copying import Copied, Mirror
from ledger.mirroring.evidence import stamp
from ledger.mirroring.folder import MirrorFolder
from projections.editions.mirrored.copying import EditionMirror
from projections.editions.mirrored.rounds import MAY_PASS, CopiedEditions, EditionProblem
from projections.entries import ProjectionError
from transparency.errors import LogMisbehaviour, TileStoreCorrupt, TransparencyError

DEFAULT_INTERVAL_SECONDS: Final = 10.0
DEFAULT_TIMEOUT_SECONDS: Final = 20.0
MAX_PRINTED_DOCUMENTS: Final = 20
# No later round can be better: what lies in the mirror is not what was kept.
_HOPELESS: Final = (StoreCorrupt, TileStoreCorrupt)
Failure = LedgerError | ProjectionError | TransparencyError


@command("mirror", help="Copy a log, verified, and serve the copy.")
@click.option("--log", "log_text", required=True, help="Address (or folder) of the log.")
@click.option(
    "--to",
    "to_folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The mirror's folder.",
)
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option("--policy", type=click.Path(path_type=Path), help="Witnesses it must show.")
@click.option("--serve", "port", type=click.IntRange(0, 65_535), help="Serve it on this port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--editions/--no-editions",
    "with_editions",
    default=True,
    show_default=True,
    help="Copy the daily editions of the statistics, too.",
)
@click.option("--once", is_flag=True, help="One round, then end.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=DEFAULT_INTERVAL_SECONDS,
    show_default=True,
    help="Seconds between two rounds.",
)
def mirror(  # noqa: PLR0913 - one argument per option
    *,
    log_text: str,
    to_folder: Path,
    anchors: Path | None,
    policy: Path | None,
    port: int | None,
    host: str,
    with_editions: bool,
    once: bool,
    interval: float,
    data: Path,
    as_json: bool,
) -> None:
    """Copy until interrupted, or once."""
    del as_json
    trusted = find_anchors(anchors, data)
    folder = MirrorFolder(to_folder)
    rounds = Rounds(interval, once=once)
    copier = Mirror(folder, trusted.logs, load_policy(policy), rounds.wait)
    editions = EditionMirror(folder, trusted.logs) if with_editions else None
    keeping = _Keeping(copier, editions, check_address(log_text, data))
    with rounds.listening(), _serving(to_folder, host, port) as server:
        for _ in rounds:
            keeping.run()
            if server is not None:
                server.check()
            if keeping.is_hopeless:
                break
    sys.exit(keeping.exit_code)


@contextlib.contextmanager
def _serving(folder: Path, host: str, port: int | None) -> Iterator[MirrorServer | None]:
    if port is None:
        yield None
        return
    with serving_mirror(folder, host, port) as server:
        print_json({"address": server.address})
        sys.stdout.flush()
        yield server


@dataclass(slots=True)
class _Keeping:
    """The rounds of one run, and what they came to."""

    mirror: Mirror
    editions: EditionMirror | None
    address: LogAddress
    told: set[EditionProblem] = field(default_factory=set)
    tree_size: int = -1
    last_code: str = ""
    editions_code: str = ""
    misbehaved: bool = False
    is_hopeless: bool = False
    last_exit_code: int = EXIT_OK

    @property
    def exit_code(self) -> int:
        """Give 1 if log or editions ever contradicted themselves, else as the last round ended."""
        return EXIT_FAILED if self.misbehaved else self.last_exit_code

    def run(self) -> None:
        """Run one round and say what came of it, once for as long as it stays the same."""
        now = bootstrap.system_clock()
        try:
            source = open_source(self.address, DEFAULT_TIMEOUT_SECONDS)
            with progress_bar() as bar:
                task = bar.add_task("copying", total=None)
                copied = self.mirror.update(
                    source, now, lambda done, whole: bar.update(task, completed=done, total=whole)
                )
        except (LedgerError, TransparencyError) as error:
            self._note_failure(error, stamp(now))
            return
        editions, failure = self._copy_editions(now)
        self._note_success(copied, editions, stamp(now))
        self._note_problems(editions.problems, stamp(now))
        if failure is not None:
            self._note_end(failure)
        code = "" if failure is None else failure.code
        if failure is not None and code != self.editions_code:
            self._say_failure(failure, stamp(now))
        self.editions_code = code

    def _copy_editions(self, now: datetime) -> tuple[CopiedEditions, Failure | None]:
        if self.editions is None:
            return CopiedEditions(), None
        try:
            source = editions_at(self.address, DEFAULT_TIMEOUT_SECONDS)
            copied = self.editions.update(source, now)
        except (LedgerError, ProjectionError, TransparencyError) as error:
            return CopiedEditions(), error
        return copied, copied.failure

    def _note_failure(self, error: LedgerError | TransparencyError, at: str) -> None:
        self.misbehaved |= isinstance(error, LogMisbehaviour | LogShrank)
        self._note_end(error)
        if self.last_code != error.code:
            self._say_failure(error, at)
        self.last_code = error.code

    def _note_end(self, error: Failure) -> None:
        self.is_hopeless = isinstance(error, _HOPELESS)
        self.last_exit_code = exit_code_of(error)
        if self.last_exit_code != EXIT_UNREACHABLE:
            self.last_exit_code = EXIT_FAILED

    def _say_failure(self, error: Failure, at: str) -> None:
        print_json({"ok": False, "at": at, "code": error.code, "message": str(error)})
        sys.stdout.flush()

    def _note_success(self, copied: Copied, editions: CopiedEditions, at: str) -> None:
        code = "document_missing" if copied.missing_documents else ""
        is_new = copied.tree_size != self.tree_size or bool(editions.new)
        if is_new or self.last_code != code:
            members: dict[str, object] = {
                "ok": not code,
                "at": at,
                "tree_size": copied.tree_size,
                "new_entries": copied.new_entries,
                "editions": editions.held,
                "new_editions": len(editions.new),
                "waiting_editions": len(editions.waiting),
            }
            if code:
                shown = copied.missing_documents[:MAX_PRINTED_DOCUMENTS]
                members |= {"code": code, "missing_documents": shown}
            print_json(members)
            sys.stdout.flush()
        self.tree_size, self.last_code = copied.tree_size, code
        self.last_exit_code = EXIT_FAILED if code else EXIT_OK

    def _note_problems(self, problems: Sequence[EditionProblem], at: str) -> None:
        for each in problems:
            self.misbehaved |= each.code not in MAY_PASS
            self.last_exit_code = EXIT_FAILED
            if each not in self.told:
                day = {} if each.day is None else {"edition": str(each.day)}
                print_json(
                    {"ok": False, "at": at, "code": each.code, **day, "message": each.message}
                )
                sys.stdout.flush()
            self.told.add(each)
