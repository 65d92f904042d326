"""What opens a data folder's private parts for the rules that need them, in memory alone."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256

from api import bootstrap
from api.data_folder import DataFolder
from cli.output import UsageProblem
from cli.sources import find_anchors
from cli.vault_audit import check_vault_is_here
from domain.keys import number_of_person
from ledger.private.vault import Vault
from projections.findings import ExaminedDossier
from projections.findings.peers.reading import read_population
from projections.findings.peers.shapes import Population
from projections.opening.dossiers import DossierOpener
from projections.opening.populations import PopulationOpener, Published
from projections.views import ViewReader

Opening = Callable[[ExaminedDossier], ExaminedDossier]


@dataclass(frozen=True, slots=True)
class Openers:
    """What opens one dossier, and what opens a whole ledger; None where nobody asked for that."""

    dossier: Opening | None = None
    population: PopulationOpener | None = None

    def population_of(self, reader: ViewReader) -> Population | None:
        """Give all dossiers for the rules that compare, opened where that was asked for."""
        found = read_population(reader, opening=self.dossier)
        position = reader.position()
        if self.population is None or found is None or position is None:
            return found
        petitions = [row.stream for row in reader.petition_rows()]
        dossiers = [each.stream for each in found.observed]
        published = Published(position.log_position, dossiers, petitions)
        return replace(found, private=self.population.inputs(published))


@contextmanager
def openers_of(folder: DataFolder, *, opened: bool, peers: bool) -> Iterator[Openers]:
    """Give what opens private parts, where that is wanted.

    Raises:
        UsageProblem: the folder lacks a part of what opens them.
    """
    if not opened:
        yield Openers()
        return
    with open_vault(folder) as (origin, vault):
        reader = bootstrap.existing_reader(folder)
        dossier = DossierOpener(reader, origin, vault.open).open
        if not peers:
            yield Openers(dossier)
            return
        hash_number = _hash_number(folder, origin)
        yield Openers(dossier, PopulationOpener(reader, origin, vault.open, hash_number))


@contextmanager
def open_vault(folder: DataFolder) -> Iterator[tuple[str, Vault]]:
    """Give the ledger's origin and its vault.

    Raises:
        UsageProblem: the folder lacks a part of what opens private parts.
    """
    origin = find_anchors(None, folder.path).origin
    check_vault_is_here(folder, origin)
    with bootstrap.existing_vault(folder, origin) as vault:
        assert vault is not None, "check_vault_is_here came first"
        yield origin, vault


def _hash_number(folder: DataFolder, origin: str) -> Callable[[str], bytes]:
    """Give the keyed hash under which numbers of persons are compared; none is kept."""
    with bootstrap.existing_private_fold(folder, origin) as fold:
        if fold is None:
            raise UsageProblem(
                f"{folder.path} lacks the view secret, under which numbers of persons are compared"
            )
        secret = fold.view_secret
    return lambda number: hmac.digest(
        secret, f"applicant\n{number_of_person(number)}".encode(), sha256
    )
