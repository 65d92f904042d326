"""What the rules give of a data folder, as of its views' checkpoint: leads to look at or to raise.

With private parts opened for the rules that need them; they are opened in memory, and none of
their words leaves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from api import bootstrap
from api.data_folder import DataFolder
from cli.finding_acts.opening import open_vault, openers_of
from cli.output import UsageProblem
from projections.findings import DEFAULT_PARAMETERS, Finding
from projections.findings.life.records import FindingLife
from projections.findings.peers.running import find_among
from projections.opening.lives import LifeOpener
from projections.reading import read_findings
from projections.rule_book.book import NUMBERS


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
        UsageProblem: the folder has no views, or lacks what opens private parts; or there is no
            such rule or office.
    """
    check_rule(wanted.rule)
    folder = _folder_with_views(data)
    with (
        openers_of(folder, opened=wanted.opened, peers=wanted.peers) as openers,
        bootstrap.existing_views(folder) as views,
        views.reading(sees_veiled=True) as reader,
    ):
        if wanted.office is not None and wanted.office not in reader.offices():
            raise UsageProblem(f"--office {wanted.office}: no such office is registered")
        found = read_findings(reader, wanted.office, DEFAULT_PARAMETERS, openers.dossier)
        population = openers.population_of(reader) if wanted.peers else None
        found += [] if population is None else find_among(population).findings
        position = reader.position()
    chosen = (each for each in found if wanted.rule in (None, each.rule))
    return Leads(
        tuple(each for each in chosen if wanted.office in (None, each.office)),
        None if position is None else position.as_of,
    )


def check_rule(rule: str | None, known: Collection[str | None] = ()) -> None:
    """Refuse a rule that is neither in the book nor among those that are known besides.

    Raises:
        UsageProblem: nothing found of a mistyped rule would read as nothing wrong.
    """
    if rule is not None and rule not in NUMBERS and rule not in known:
        raise UsageProblem(f"--rule {rule}: there is no such rule; `law findings` lists them")


def read_lives(data: Path) -> tuple[FindingLife, ...]:
    """Open all findings that were raised, as of the views' checkpoint.

    Raises:
        UsageProblem: the folder has no views, or lacks what opens private parts.
    """
    folder = _folder_with_views(data)
    with (
        open_vault(folder) as (origin, vault),
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
