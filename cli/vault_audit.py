"""The part of ``audit --vault`` that opens a data folder's private stores, and its report."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from api.reading.looks import LookBook
from api.signatures import SignedRequest, is_kept_request_signed
from cli.output import UsageProblem, progress_bar
from ledger.documents import DocumentSource
from ledger.errors import LedgerError
from ledger.inspecting.auditor import VaultAuditor, VaultSources
from ledger.inspecting.looks import KeptBook
from ledger.inspecting.report import Check, VaultReport, Why
from ledger.looks.leaves import Look
from ledger.stored_keys import StoredKeys
from projections.findings.rules.people.persons import R16, SAME_PERSON
from projections.findings.segregation import segregation_breaches
from projections.reading import read_findings
from transparency.encoding import parse_utc_seconds
from transparency.errors import TransparencyError
from transparency.trusted_log import TrustedLog

SEGREGATION_DIFFERS: Final = "segregation_differs"
MAX_PRINTED_PROBLEMS: Final = 50


def check_vault_is_here(folder: DataFolder, origin: str) -> None:
    """Check, before a long audit, that the folder holds what opens its private parts.

    Raises:
        UsageProblem: it lacks a part of it.
    """
    with bootstrap.existing_vault(folder, origin) as vault:
        if vault is None or not folder.ledger.exists():
            raise UsageProblem(
                f"{folder.path} lacks a part of what --vault needs: ledger and vault databases, "
                "the keyring, and the key that opens it"
            )


def audit_vault(
    folder: DataFolder,
    log: TrustedLog,
    origin: str,
    documents: DocumentSource,
    now: datetime,
    *,
    views_hold: bool,
) -> VaultReport:
    """Make again what rests on private details; ``views_hold``: the views were found right.

    `check_vault_is_here` comes first.
    """
    with _sources(folder, origin, documents) as sources:
        auditor = VaultAuditor(sources, now)
        try:
            _run(auditor, log)
            compare_segregation(auditor, folder, log, now, views_hold=views_hold)
        except (LedgerError, TransparencyError) as error:
            message = f"the private part could not be made again to the end: {error}"
            auditor.report.add_problem(error.code, None, message)
        return auditor.report


@contextmanager
def _sources(folder: DataFolder, origin: str, documents: DocumentSource) -> Iterator[VaultSources]:
    with bootstrap.existing_vault(folder, origin) as vault:
        assert vault is not None, "check_vault_is_here comes first"
        yield VaultSources(
            ledger=origin,
            reader=bootstrap.existing_reader(folder),
            vault=vault,
            documents=documents,
            allotted=bootstrap.existing_allotted_codes(folder),
            pool=bootstrap.existing_deferred_pool(folder),
            read_looks=lambda: read_looks(folder, origin),
        )


def read_looks(folder: DataFolder, origin: str) -> KeptBook | None:
    """Read the book of looks with what checks the signatures in it; None where there is none.

    Raises:
        StoreUnavailable: it cannot be read.
    """
    if not folder.looks.exists():
        return None
    book = LookBook(folder.looks, bootstrap.random_bytes)
    keys = StoredKeys(bootstrap.existing_reader(folder), origin)
    return KeptBook(book.book, book.all(), lambda look: _is_signed(look, keys))


def _is_signed(look: Look, keys: StoredKeys) -> bool | None:
    headers = {"signature-input": look.signature_input, "signature": look.signature}
    request = SignedRequest("GET", look.target, headers)
    key = keys.find(look.inspector, f"key:{look.inspector}")
    return is_kept_request_signed(request, key, parse_utc_seconds(look.at))


def _run(auditor: VaultAuditor, log: TrustedLog) -> None:
    with progress_bar() as bar:
        task = bar.add_task("opening the vault", total=log.tree_size)
        for report in auditor.audit(log):
            bar.update(task, completed=report.entries)


def compare_segregation(
    auditor: VaultAuditor, folder: DataFolder, log: TrustedLog, now: datetime, *, views_hold: bool
) -> None:
    """Compare who took in and approved one dossier with the findings that inspectors see."""
    report = auditor.report
    if not views_hold:
        report.not_remade[Check.SEGREGATION, Why.NO_VIEWS] += 1
        return
    # Whoever opens the vault is an inspector, and the states hold veiled dossiers, too.
    with (
        bootstrap.existing_views(folder) as views,
        views.reading(sees_veiled=True) as reader,
    ):
        position = reader.position()
        if (
            position is None
            or position.log_position != log.tree_size
            or bootstrap.existing_reader(folder).veiled_events(position.veiled_position, 1)
        ):
            report.not_remade[Check.SEGREGATION, Why.VIEWS_ELSEWHERE] += 1
            return
        found_by = (found for found in read_findings(reader) if found.rule == R16.id)
        shown = {found.stream for found in found_by if found.reason == SAME_PERSON}
    states = [head.state for head in auditor.state.streams().values()]
    breaches = segregation_breaches(states, auditor.numbers, now)
    report.remade[Check.SEGREGATION] += len(breaches)
    if breaches != shown:
        message = f"finding R16 differs from the private parts on {len(breaches ^ shown)} dossiers"
        report.add_problem(SEGREGATION_DIFFERS, None, message)


def vault_members(report: VaultReport) -> dict[str, object]:
    """Write a report as the member ``vault`` of the audit's JSON."""
    return {
        "ok": report.ok,
        "opened": report.opened,
        "erased": report.erased,
        "lost": report.lost,
        "garbled": report.garbled,
        "orphans": report.orphans,
        "waiting_for_sweep": report.waiting_for_sweep,
        "remade": {check.value: report.remade[check] for check in Check},
        "not_remade": [
            {"what": check.value, "why": why.value, "count": count}
            for (check, why), count in sorted(report.not_remade.items())
        ],
        "keys_of_one_person": [list(keys) for keys in report.keys_of_several],
        "orders_of_one_registrar": report.orders_of_one_registrar,
        "problems_found": len(report.problems),
        "problems": [
            {"code": problem.code, "entry_index": problem.entry_index, "message": problem.message}
            for problem in report.problems[:MAX_PRINTED_PROBLEMS]
        ],
    }


def in_lines(members: Mapping[str, object]) -> dict[str, object]:
    """Give the members of a vault report as lines of their own, for people."""
    shown = dict(members)
    people = members["keys_of_one_person"]
    assert isinstance(people, list)
    # One line for each person, with all of their keys.
    shown["keys_of_one_person"] = [", ".join(keys) for keys in people]
    return {f"vault {name.replace('_', ' ')}": value for name, value in shown.items()}
