"""Every concrete error of every room has its row in `api.problems`, and a code of its own."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

import api
import domain
import ledger
import projections
import transparency
from api.errors import ApiError
from api.problems import PROBLEM_ADDRESS, PROBLEMS, PROBLEMS_BY_CODE, problem
from api.settings import SettingsInvalid
from domain.errors import DomainError
from ledger.catalogue.readings import MalformedCatalogue
from ledger.errors import LedgerError
from ledger.importing.errors import ImportStopped, MalformedMapping, MalformedSource
from projections.analytics.errors import EngineNotInstalled, ExportUnusable
from projections.entries import ProjectionError
from transparency.errors import TransparencyError

BASES = (ApiError, DomainError, LedgerError, ProjectionError, TransparencyError)
# Bases that nobody raises: they exist to be caught.
ONLY_CAUGHT: frozenset[type[Exception]] = frozenset(BASES)
# Errors of commands, which no request can meet.
COMMANDS_ONLY: frozenset[type[Exception]] = frozenset(
    {
        SettingsInvalid,
        MalformedCatalogue,
        MalformedMapping,
        MalformedSource,
        ImportStopped,
        EngineNotInstalled,
        ExportUnusable,
    }
)


def _import_rooms() -> None:
    for room in (api, domain, ledger, projections, transparency):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)


def _all_below(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for narrower in error.__subclasses__():
        yield from _all_below(narrower)


def _errors() -> list[type[Exception]]:
    _import_rooms()
    found = [error for base in BASES for error in _all_below(base)]
    rooms = {"api", "domain", "ledger", "projections", "transparency"}
    ours = [error for error in found if error.__module__.partition(".")[0] in rooms]
    return sorted(
        set(ours) - ONLY_CAUGHT - COMMANDS_ONLY,
        key=lambda error: (error.__module__, error.__name__),
    )


@pytest.mark.parametrize(
    "error", _errors(), ids=lambda error: f"{error.__module__}.{error.__name__}"
)
def test_error_has_a_row_and_a_code_of_its_own(error: type[Exception]) -> None:
    assert "code" in vars(error), "the code is inherited: give the class its own"
    assert error in PROBLEMS


def test_codes_are_unique() -> None:
    counted = Counter(str(vars(error)["code"]) for error in PROBLEMS)

    assert [code for code, count in counted.items() if count > 1] == []
    assert len(PROBLEMS_BY_CODE) == len(PROBLEMS)


def test_table_holds_no_error_that_is_gone() -> None:
    assert set(PROBLEMS) - set(_errors()) == set()


@pytest.mark.parametrize("code", sorted(PROBLEMS_BY_CODE))
def test_row_has_a_status_of_error_and_sentences_in_two_languages(code: str) -> None:
    row = PROBLEMS_BY_CODE[code]

    vietnamese, english = problem(code, "vi"), problem(code, "en")

    assert 400 <= row.status < 600
    assert vietnamese.type == english.type == f"{PROBLEM_ADDRESS}{code}"
    assert vietnamese.title != english.title
    assert all(text.endswith(".") for text in (vietnamese.title, english.title))
    assert all(text.endswith(".") for text in (vietnamese.remedy, english.remedy))


def test_detail_of_a_fault_on_our_side_stays_inside() -> None:
    inside = problem("store_unavailable", "en", detail="/var/lib/ledger.sqlite3: disk I/O error")
    outside = problem("stale_version", "en", detail="the stream is at version 4")

    assert inside.detail is None
    assert outside.detail == "the stream is at version 4"


def test_code_without_a_row_is_an_internal_error() -> None:
    assert problem("no_such_code", "en").status == 500
