"""``law``: the tables of the law as people and programs get them."""

import json

from click.testing import CliRunner

from cli.main import cli
from domain.kinds import KINDS
from domain.law.refusals import RULES
from projections.rule_book.book import BOOK


def _run(*arguments: str) -> str:
    answer = CliRunner().invoke(cli, ["law", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_table_as_json_has_every_kind_with_all_its_columns() -> None:
    (printed,) = _run("table", "--json").splitlines()
    kinds = json.loads(printed)["kinds"]

    assert [row["kind"] for row in kinds] == list(KINDS)
    for row in kinds:
        columns = {"kind", "signers", "from", "to", "public_facts", "private_facts", "clock"}
        assert columns <= row.keys()
        assert len(row["from"]) == len(row["to"])
        assert row["signers"]


def test_tables_are_printed_for_people_too() -> None:
    assert "dossier" in _run("table")
    assert "refuse" in _run("refusals")


def test_refusals_are_numbered_in_their_order() -> None:
    (printed,) = _run("refusals", "--json").splitlines()

    assert [rule["name"] for rule in json.loads(printed)["rules"]] == [row.name for row in RULES]
    assert _run("refusals", "--markdown").count("\n") == len(RULES) + 2


def test_rules_of_findings_are_printed_with_all_that_is_said_of_them() -> None:
    (printed,) = _run("findings", "--json").splitlines()
    rules = json.loads(printed)["rules"]

    assert [rule["id"] for rule in rules] == [rule.id for rule in BOOK]
    assert {f"R{number:02d}" for number in range(1, 33)} <= {rule["id"] for rule in rules}
    for rule in rules:
        assert rule["looks_for"]["vi"]
        assert rule["thresholds"]
        assert rule["recomputable"] == (not rule["private_inputs"])
    assert _run("findings", "--markdown").count("\n### ") == len(BOOK)
    assert "R32" in _run("findings")
