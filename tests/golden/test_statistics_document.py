"""docs/statistics.md holds tables of the index's own data; ``make golden`` writes them again."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from api.figures.asking import MEMBERS
from api.figures.definitions import DEFINITIONS
from api.figures.indexing import INDEX_MEMBERS
from domain.index766 import Basis, Indicator, Missing, formulas_of
from domain.on_time_766 import REASON_SENTENCES
from projections.index766.inputs import Asked, inputs_of
from projections.statistics.by_acts.stays import STAGE_SENTENCES, Stage
from projections.statistics.by_acts.visits import COUNTED_ACTS
from tests.support.index766.records import a_record

DOCUMENT = Path(__file__).parents[2] / "docs" / "statistics.md"
PROJECTIONS = DOCUMENT.parents[1] / "projections"
INDICATORS = "| no. | code | indicator | most | points | rest on | of nothing | from our record |"
DEFINED = "| definition | address | tên | in English |"
STAGES = "| stage | giai đoạn | in English |"
VISITS = "| act | khi nào tính | when it counts |"
REASONS = "| reason | in words |"


def indicators_table() -> str:
    formulas = formulas_of()
    assert formulas is not None
    inputs = inputs_of(formulas, a_record(), Asked(None, "2026-Q3"))
    rows = [INDICATORS, "|" + " --- |" * 8]
    for one in formulas.indicators:
        given = inputs[one.id]
        record = given.reason.en if isinstance(given, Missing) else "measured"
        rows.append(_row(one, record))
    return "\n".join(rows)


def _row(one: Indicator, record: str) -> str:
    name = one.name.en if one.note is None else f"{one.name.en} ({one.note.en.rstrip('.')})"
    points = "–" if one.is_information else one.points.text
    basis = "–" if one.is_information else Basis(one.points_basis).value
    code = "–" if one.code is None else f"`{one.code}`"
    empty = one.when_empty.value.replace("_", " ")
    return (
        f"| {one.id} | {code} | {name} | {one.maximum} | {points} | {basis} | {empty} | {record} |"
    )


def reasons_table() -> str:
    rows = [REASONS, "| --- | --- |"]
    rows += [f"| `{reason}` | {words.en} |" for reason, words in REASON_SENTENCES.items()]
    return "\n".join(rows)


def definitions_table() -> str:
    rows = [DEFINED, "|" + " --- |" * 4]
    rows += [
        f"| `{each.name}` | `{each.address}` | {each.called.vi} | {each.called.en} |"
        for each in DEFINITIONS
    ]
    return "\n".join(rows)


def stages_table() -> str:
    rows = [STAGES, "|" + " --- |" * 3]
    rows += [f"| `{stage}` | {words.vi} | {words.en} |" for stage, words in STAGE_SENTENCES.items()]
    return "\n".join(rows)


def visits_table() -> str:
    rows = [VISITS, "|" + " --- |" * 3]
    rows += [
        f"| `{each.kind}` | {each.sentence.vi} | {each.sentence.en} |" for each in COUNTED_ACTS
    ]
    return "\n".join(rows)


def _written(table: str) -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        head = re.escape(table.partition("\n")[0])
        text = re.sub(rf"(?m)^{head}\n(?:\|.*\n)*", lambda _: table + "\n", text)
        DOCUMENT.write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize(
    "made", [indicators_table, reasons_table, definitions_table, stages_table, visits_table]
)
def test_document_holds_the_table_of_the_data(made: Callable[[], str]) -> None:
    table = made()

    assert f"\n{table}\n" in _written(table)


def test_document_names_the_answers_that_repeat_what_was_asked_and_no_others() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    (sentence,) = re.findall(r"JSON repeats what was `asked`([^.]*)\.", text)

    repeating = set()
    for path in PROJECTIONS.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        if re.search(r"^    asked: \w*Asked$", code, re.MULTILINE):
            repeating |= set(re.findall(r'^DEFINITION: Final = "([^"]+)"', code, re.MULTILINE))

    assert set(re.findall(r"`([^`]+@v[0-9]+)`", sentence)) == repeating


def test_document_does_not_deny_an_address_that_it_names() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert "| `/v1/statistics/ratings` |" in text
    assert "no address of their own" not in text


def test_every_statistics_address_has_a_definition_that_is_named_once() -> None:
    names = [each.name for each in DEFINITIONS]

    assert {each.address for each in DEFINITIONS} == {*MEMBERS, *INDEX_MEMBERS}
    assert len(names) == len(set(names))
    assert set(STAGE_SENTENCES) == set(Stage)


def test_every_definition_of_statistics_in_the_code_is_in_the_table() -> None:
    pattern = re.compile(r'^DEFINITION: Final = "([^"]+)"', re.MULTILINE)
    found = set()
    for folder in ("statistics", "index766", "petitions", "tallies", "veiled", "."):
        paths = (PROJECTIONS / folder).glob("*.py")
        for path in [*paths, *(PROJECTIONS / "statistics" / "by_acts").glob("*.py")]:
            found |= set(pattern.findall(path.read_text(encoding="utf-8")))

    assert found == {each.name for each in DEFINITIONS}
