"""A refused fact is answered with what was found, and what would be right of that very member."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.problem_rows.facts import _REMEDIES, fact_remedy
from api.problems import problem
from domain.errors import DocumentRefused, FactInvalid
from tests.architecture.sources import ROOT

# Members that hold a day or a moment, and names that a loop over such members gives.
DAYS = {"name", "due_at", "appointment"}
MEMBER = re.compile(r"[a-z_]+(, [a-z_]+)*: .")


def _raised() -> Iterator[tuple[Path, str]]:
    """Give the detail of every `FactInvalid` of the domain, with `{…}` as the names within."""
    for path in sorted((ROOT / "domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "FactInvalid"
            ):
                yield path, _text(node.args[0])


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return node.value.id if isinstance(node.value, ast.Name) else "x"
    assert isinstance(node, ast.Constant), ast.dump(node)
    return str(node.value)


def test_every_refused_fact_says_which_member_and_what_was_found() -> None:
    details = list(_raised())

    assert len(details) > 50
    assert [each for each in details if MEMBER.match(each[1]) is None] == []


def test_every_refused_member_has_its_own_sentence_of_what_would_be_right() -> None:
    members = {detail.partition(":")[0].partition(",")[0] for _, detail in _raised()}

    assert members - set(_REMEDIES) - DAYS == set()


@pytest.mark.parametrize("member", sorted(_REMEDIES))
def test_sentence_stands_in_both_languages(member: str) -> None:
    sentence = _REMEDIES[member]

    assert sentence.vi != sentence.en
    assert sentence.vi.endswith(".")
    assert sentence.en.endswith(".")


def test_problem_document_names_member_and_remedy_in_the_readers_language() -> None:
    detail = str(FactInvalid("grants: importer has days"))

    shown = problem(FactInvalid.code, "vi", detail=detail)
    other = problem(FactInvalid.code, "en", detail=str(FactInvalid("answer_by: 2026-01-01")))

    assert shown.detail == "fact_invalid: grants: importer has days"
    assert shown.remedy.startswith("Mỗi vai trò")
    assert other.remedy.startswith("Give a day")


def test_refused_document_and_other_codes_keep_to_what_is_known() -> None:
    assert fact_remedy(DocumentRefused.code, "") is not None
    assert fact_remedy(FactInvalid.code, "") is None
    assert fact_remedy("stale_version", "grants: x") is None


@pytest.mark.parametrize(
    ("code", "detail", "wanted"),
    [
        ("retention_not_passed", "retention_years", "This procedure states no retention"),
        ("erasure_blocked", "holds: 1", "dossier.hold_lifted ends it"),
        ("not_permitted", "rating.satisfaction_rated receipt: rated already", "rated already"),
        ("key_name_taken", "petitioner-1: this key has filed already, make another", "another"),
        ("order_not_in_force", "order_stream: it was closed, or has lapsed", "issue another"),
        ("co_signer_missing", "receiver: missing is head", "let them sign too"),
    ],
)
def test_reason_that_the_detail_tells_is_answered_for_itself(
    code: str, detail: str, wanted: str
) -> None:
    remedy = fact_remedy(code, detail)

    assert remedy is not None
    assert wanted in remedy.en
    assert remedy.vi != remedy.en


def test_retention_that_runs_and_matters_that_are_sealed_get_no_reason() -> None:
    assert fact_remedy("retention_not_passed", "2036-03-07") is None
    assert fact_remedy("erasure_blocked", "") is None
