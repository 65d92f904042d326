"""Raising, listing, answering and closing: each once, by whom it concerns."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from cli.commands.findings.command import _line
from ledger.key_files import load_private_key
from tests.unit.cli.findings.desk import Desk, a_desk
from tests.unit.cli.running import run
from tests.unit.projections.findings.life.test_identities import LEAD


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path)


def test_life_of_a_finding_from_the_command_line(desk: Desk) -> None:
    inspector, head = desk.enroll("inspector", "inspector@*"), desk.enroll("head", "head@SAMPLE")

    first = desk.type("raise", "--key", inspector).members
    again = desk.type("raise", "--key", inspector).members

    assert (first["newly_raised"], again["newly_raised"]) == (1, 0)
    stream = first["findings"][0]["stream"]
    answered = desk.type("answer", stream, "--key", head, "--text", "Bão, mất điện").members
    closed = desk.type("close", stream, "--key", inspector, "--verdict", "explained").members
    assert (answered["version"], closed["version"]) == (2, 3)
    (life,) = desk.listed()["findings"]
    assert (life["rule"], life["state"], life["verdict"]) == ("R07", "closed", "explained")
    assert [each["text"] for each in life["answers"]] == ["Bão, mất điện"]
    assert desk.listed()["precision"]["R07 v1"]["too_few"] is True
    assert desk.listed("--state", "raised")["findings"] == []
    assert run("audit", "--vault", "--data", desk.data).code == 0


def test_verdict_false_is_a_mistaken_finding(desk: Desk) -> None:
    inspector = desk.enroll("inspector", "inspector@*")
    (raised,) = desk.type("raise", "--key", inspector, "--rule", "R07").members["findings"]

    desk.type("close", raised["stream"], "--key", inspector, "--verdict", "false")

    assert desk.listed()["findings"][0]["verdict"] == "mistaken"


def test_whoever_does_not_hold_the_role_at_the_office_does_not_answer(desk: Desk) -> None:
    inspector = desk.enroll("inspector", "inspector@*")
    clerk = desk.enroll("clerk", "clerk@SAMPLE")
    (raised,) = desk.type("raise", "--key", inspector).members["findings"]

    refused = desk.type("answer", raised["stream"], "--key", clerk, "--text", "…")

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert desk.listed()["findings"][0]["state"] == "raised"


def test_officer_is_named_who_is_to_answer(desk: Desk) -> None:
    inspector = desk.enroll("inspector", "inspector@*")
    officer = desk.enroll("officer", "processor@SAMPLE")
    name = load_private_key(officer).name
    (raised,) = desk.type("raise", "--key", inspector, "--ask", name).members["findings"]

    answering = ("--key", officer, "--as", "processor", "--text", "Tôi nghỉ ốm")
    answered = desk.type("answer", raised["stream"], *answering)

    assert answered.code == 0, answered.out
    (life,) = desk.listed()["findings"]
    assert (life["asked"], life["answers"][0]["by"]) == (name, name)


def test_finding_that_nobody_raised_is_neither_answered_nor_closed(desk: Desk) -> None:
    inspector, stream = desk.enroll("inspector", "inspector@*"), f"finding:{'0b' * 16}"

    for words in (("answer", "--text", "…"), ("close", "--verdict", "false")):
        refused = desk.type(words[0], stream, "--key", inspector, *words[1:])
        assert (refused.code, refused.members["code"]) == (2, "usage")


def test_raising_wants_a_key_or_alarms_and_not_both(desk: Desk) -> None:
    inspector = desk.enroll("inspector", "inspector@*")

    assert desk.type("raise").code == 2
    assert desk.type("raise", "--key", inspector, "--alarms").code == 2
    assert desk.type("raise", "--alarms").members == {"alarms": 0, "newly_raised": 0}


def test_looking_alone_needs_no_word_more(desk: Desk) -> None:
    assert [each["rule"] for each in desk.type().members["findings"]] == ["R07"]
    assert desk.type("--rule", "R08").members["findings"] == []


@pytest.mark.parametrize("wrong", [("--rule", "R99"), ("--office", "NOPE")])
def test_mistyped_rule_or_office_gave_no_findings_and_no_word(
    desk: Desk, wrong: tuple[str, str]
) -> None:
    refused = desk.type("found", *wrong)

    assert (refused.code, refused.members["code"]) == (2, "usage")
    assert wrong[1] in refused.members["message"]


def test_mistyped_rule_of_raised_findings_gave_none_and_no_word(desk: Desk) -> None:
    refused = desk.type("list", "--rule", "R99")

    assert (refused.code, refused.members["code"]) == (2, "usage")


def test_finding_without_an_office_was_printed_at_an_empty_one() -> None:
    placeless = _line(replace(LEAD, office=""))

    assert " at " not in placeless.partition(":")[0]
    assert f"{LEAD.stream}: " in placeless
    assert f"{LEAD.stream} at {LEAD.office}: " in _line(LEAD)
