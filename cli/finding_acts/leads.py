"""What the rules give of a data folder, as of its views' checkpoint: leads to look at or to raise.

With private parts opened for the rules that need them; they are opened in memory, and none of
their words leaves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api import bootstrap
from api.data_folder import DataFolder
from cli.output import UsageProblem
from cli.sources import find_anchors
from cli.vault_audit import check_vault_is_here
from ledger.private.vault import Vault
from projections.findings import DEFAULT_PARAMETERS, ExaminedDossier, Finding
from projections.findings.life.records import FindingLife
from projections.findings.peers.reading import read_population
from projections.findings.peers.running import find_among
from projections.opening.dossiers import DossierOpener
from projections.opening.lives import LifeOpener
from projections.reading import read_findings
from projections.views import ViewReader

Opening = Callable[[ExaminedDossier], ExaminedDossier]


@dataclass(frozen=True, slots=True)
class WantedLeads:
    """Of which rule and office; with private parts opened, and compared with peers, or not."""

    rule: str | None = None
    office: str | None = None
    opened: bool = False
    peers: bool = False


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads, as of the time of a seal; None before the first."""

    findings: tuple[Finding, ...]
    as_of: str | None


def read_leads(data: Path, wanted: WantedLeads) -> Leads:
    """Look at all dossiers of the views.

    Raises:
        UsageProblem: the folder has no views, or lacks what opens private parts.
    """
    folder = _folder_with_views(data)
    with (
        _opening(folder, opened=wanted.opened) as opening,
        bootstrap.existing_views(folder) as views,
        views.reading(sees_veiled=True) as reader,
    ):
        found = read_findings(reader, wanted.office, DEFAULT_PARAMETERS, opening)
        found += _among_peers(reader) if wanted.peers else []
        position = reader.position()
    chosen = (each for each in found if wanted.rule in (None, each.rule))
    return Leads(
        tuple(each for each in chosen if wanted.office in (None, each.office)),
        None if position is None else position.as_of,
    )


def read_lives(data: Path) -> tuple[FindingLife, ...]:
    """Open all findings that were raised, as of the views' checkpoint.

    Raises:
        UsageProblem: the folder has no views, or lacks what opens private parts.
    """
    folder = _folder_with_views(data)
    with (
        _open_vault(folder) as (origin, vault),
        bootstrap.existing_views(folder) as views,
        views.reading() as reader,
    ):
        position = reader.position()
        if position is None:
            return ()
        opener = LifeOpener(bootstrap.existing_reader(folder), origin, vault.open)
        return opener.lives(reader.findings_raised(), position.log_position)


def _folder_with_views(data: Path) -> DataFolder:
    folder = DataFolder(data)
    if not folder.views.exists():
        raise UsageProblem(f"{folder.path} has no views yet: they are made by serve and follow")
    return folder


@contextmanager
def _opening(folder: DataFolder, *, opened: bool) -> Iterator[Opening | None]:
    """Give what opens the private parts of a dossier; None where nobody asked for that."""
    if not opened:
        yield None
        return
    with _open_vault(folder) as (origin, vault):
        yield DossierOpener(bootstrap.existing_reader(folder), origin, vault.open).open


@contextmanager
def _open_vault(folder: DataFolder) -> Iterator[tuple[str, Vault]]:
    origin = find_anchors(None, folder.path).origin
    check_vault_is_here(folder, origin)
    with bootstrap.existing_vault(folder, origin) as vault:
        assert vault is not None, "check_vault_is_here came first"
        yield origin, vault


def _among_peers(reader: ViewReader) -> list[Finding]:
    population = read_population(reader)
    return [] if population is None else list(find_among(population).findings)
