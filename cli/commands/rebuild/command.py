"""``rebuild``: makes projections of a data folder again, also while it is served from the old ones.

What follows from the rows of dossiers (statistics, petitions, catalogue, desks) is made from them
alone; with `dossiers` it is made again as well. All else is folded from the ledger database, in a
folder beside; a rebuild that was interrupted begins anew and has changed nothing.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import UsageProblem, command, progress_bar, report, say
from cli.sources import find_anchors
from ledger.histories.rebuilding import rebuild_index
from ledger.storage.sqlite import SqliteLedgerReader
from projections.follower import PrivateFold
from projections.leads.judging import are_leads_kept, compare_again, look_again
from projections.leads.store import LeadStore
from projections.parts.registry import IN_VIEWS, MADE_ONCE, PRIVATE, Projection
from projections.rebuilding.beside import beside
from projections.rebuilding.folding import Progress, RebuildSources
from projections.rebuilding.rebuild import rebuild_views

NAMES: Final = tuple(each.value for each in Projection if each not in MADE_ONCE)
SECONDS_BETWEEN_LINES: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What one pass made again, up to which log position, from what, and in how many seconds."""

    projections: Collection[Projection]
    made_from: str
    entries: int
    seconds: float

    def members(self) -> dict[str, object]:
        """Give it as the command reports it."""
        return {
            "projections": [name for name in NAMES if name in self.projections],
            "from": self.made_from,
            "entries": self.entries,
            "seconds": round(self.seconds, 3),
            "entries_per_second": round(self.entries / self.seconds) if self.seconds else None,
        }

    def line(self) -> str:
        """Give it in words."""
        members = self.members()
        names = ", ".join(name for name in NAMES if name in self.projections)
        return (
            f"{names}: made from {self.made_from}, {self.entries:,} entries in "
            f"{self.seconds:.1f} s ({members['entries_per_second']:,}/s)"
        )


@command("rebuild", help="Make projections again while the server answers from the old ones.")
@click.argument("projections", nargs=-1, type=click.Choice(NAMES), metavar="[PROJECTION]...")
@click.option("--all", "all_of_them", is_flag=True, help="All that are kept.")
def rebuild(
    projections: tuple[str, ...],
    data: Path,
    *,
    all_of_them: bool,
    as_json: bool,
) -> None:
    """Rebuild projections of a data folder, up to where its views stand."""
    if bool(projections) is all_of_them:
        raise UsageProblem(f"name what to rebuild, or --all: {', '.join(NAMES)}")
    folder = DataFolder(data)
    if not folder.ledger.exists():
        raise UsageProblem(f"there is no ledger in {data}")
    wanted = frozenset(Projection(name) for name in projections or NAMES)
    with beside(folder.rebuilding):
        rebuilt = list(_rebuild(folder, wanted, all_of_them=all_of_them))
    members = {"ok": True, "rebuilt": [each.members() for each in rebuilt]}
    report(members, as_json=as_json, text="\n".join(each.line() for each in rebuilt))


def _rebuild(
    folder: DataFolder, wanted: frozenset[Projection], *, all_of_them: bool
) -> Iterator[Rebuilt]:
    origin = find_anchors(None, folder.path).origin
    reader = SqliteLedgerReader(folder.ledger)
    in_views = wanted & frozenset(IN_VIEWS)
    if in_views:
        with bootstrap.existing_private_fold(folder, origin) as private:
            yield _rebuild_views(folder, origin, reader, in_views, private)
    if Projection.HISTORIES in wanted:
        yield _rebuild_histories(folder, origin, reader)
    # Nobody would look again at what was kept of a small ledger. The views are there by now.
    if Projection.FINDINGS in wanted and (not all_of_them or _keeps_leads(folder)):
        yield _rebuild_leads(folder)


def _keeps_leads(folder: DataFolder) -> bool:
    settings = settings_of_process({"data": folder.path})
    with closing(bootstrap.open_views(settings)) as views:
        return are_leads_kept(views, settings.leads_kept_beyond)


def _rebuild_views(
    folder: DataFolder,
    origin: str,
    reader: SqliteLedgerReader,
    wanted: frozenset[Projection],
    private: PrivateFold | None,
) -> Rebuilt:
    if private is None and wanted & PRIVATE:
        raise UsageProblem(
            "holders are made with the vault, its keyring and the keys, which this folder lacks"
        )
    documents = bootstrap.documents(settings_of_process({"data": folder.path}))
    sources = RebuildSources(origin, reader, documents, private)
    started = time.monotonic()
    with _progress("folding", reader) as told:
        rebuilt = rebuild_views(folder.views, folder.rebuilding, wanted, sources, told)
    made_from = "the ledger" if rebuilt.from_log else "the rows of dossiers"
    seconds = time.monotonic() - started
    return Rebuilt(rebuilt.projections, made_from, rebuilt.log_position, seconds)


def _rebuild_histories(folder: DataFolder, origin: str, reader: SqliteLedgerReader) -> Rebuilt:
    started = time.monotonic()
    path = folder.rebuilding / folder.index.name
    with _progress("indexing", reader) as told:
        entries = rebuild_index(folder.index, path, origin, reader, told)
    with closing(bootstrap.open_views(settings_of_process({"data": folder.path}))) as views:
        views.end_stop(Projection.HISTORIES)
    seconds = time.monotonic() - started
    return Rebuilt((Projection.HISTORIES,), "the ledger", entries, seconds)


def _rebuild_leads(folder: DataFolder) -> Rebuilt:
    """Look at all dossiers again; whoever asks for findings meanwhile gets what was kept."""
    started = time.monotonic()
    with closing(bootstrap.open_views(settings_of_process({"data": folder.path}))) as views:
        with closing(LeadStore(folder.leads)) as store:
            stand = look_again(views, store, anew=True)
            compare_again(views, store)
        views.end_stop(Projection.FINDINGS)
    entries = 0 if stand is None else stand.log_position
    return Rebuilt(
        (Projection.FINDINGS,), "the rows of dossiers", entries, time.monotonic() - started
    )


@contextmanager
def _progress(what: str, reader: SqliteLedgerReader) -> Iterator[Progress]:
    """Show on standard error how far it is; in lines where that is a file."""
    published = reader.checkpoint()
    total = 0 if published is None else published.tree_size
    with progress_bar() as bar:
        task = bar.add_task(what, total=total)
        tell: Callable[[str], None] = say if bar.disable else lambda _line: None
        said = time.monotonic()

        def told(entries: int) -> None:
            nonlocal said
            bar.update(task, completed=entries)
            if time.monotonic() - said >= SECONDS_BETWEEN_LINES:
                said = time.monotonic()
                tell(f"{what}: {entries:,} of {total:,} entries")

        yield told
