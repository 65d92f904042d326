"""docs/real-logs.md gives figures of two real logs: counted from the raw files and from the plans.

The plans are what an import records: public facts, kind by kind. Each difference from what is
known of the sources is a set of cases here, and a sentence there.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.support.real_logs.ledgers import LOGS
from tests.support.real_logs.raw_files import (
    Answers,
    answers_of,
    cases_with,
    ends_of,
    late_by_day,
    late_by_instant,
)
from tests.unit.ledger.importing.test_real_logs import the_plans

DOCUMENT = Path(__file__).parents[2] / "docs" / "real-logs.md"
ROW = re.compile(r"(?m)^\| ([^|]+) \| ([0-9][0-9,]*) \| ([0-9][0-9,]*) \|")

MISSING = "term for supplying missing data"
LETTER = "retrieve missing data"
RECEIVED = "receive additional information"
EXTEND = "extend procedure term"
EXTENSION = "register number of days extension period"
SUSPEND = "suspend term"
CONTINUE = "continuation term to decision"
ASIDE = "keep permanently suspended"
# The term was set on the day its decision was sent, after that.
AFTER_ITS_RESULT = {"9619198"}


@cache
def raw() -> Answers:
    if not LOGS["bpic2015"].path.exists():
        pytest.skip("the foreign logs are not here")
    return answers_of(LOGS["bpic2015"].path)


@cache
def recorded() -> Mapping[str, set[str]]:
    """The cases of each kind, and of each label, by the public facts of the plans."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for plan in the_plans("bpic2015"):
        for action in plan.actions:
            found[action.kind.name.removeprefix("dossier.")].add(plan.case_id)
            if label := getattr(action.facts, "label", None):
                found[label].add(plan.case_id)
    return found


def test_missing_data_was_asked_for_in_all_dossiers_but_one() -> None:
    asked = cases_with(raw(), MISSING)

    assert len(asked) == len(recorded()[MISSING]) == 307
    assert asked - recorded()["supplement_requested"] == AFTER_ITS_RESULT
    assert recorded()["supplement_requested"] < asked
    # The letter is no second request: no dossier has it without the term.
    assert cases_with(raw(), LETTER) < asked
    assert all(len(rows) == 1 for rows in raw()[MISSING].values())


def test_papers_were_received_where_the_answer_says_so() -> None:
    yes, no = (cases_with(raw(), RECEIVED, answer) for answer in ("True", "False"))

    assert (len(yes), len(no), yes & no) == (248, 37, set())
    assert recorded()["supplement_submitted"] < yes
    assert cases_with(raw(), ASIDE, "True") == recorded()["closed"]
    assert len(no & recorded()["closed"]) == 36


def test_extension_was_asked_about_in_397_dossiers_and_registered_in_143() -> None:
    yes, no = (cases_with(raw(), EXTEND, answer) for answer in ("True", "False"))

    assert cases_with(raw(), EXTEND) == yes | no == recorded()[EXTEND]
    assert (len(yes), len(no), len(yes | no)) == (145, 252, 397)
    assert cases_with(raw(), EXTENSION) == recorded()[EXTENSION] < yes
    assert len(recorded()[EXTENSION]) == 143


def test_suspension_was_asked_about_in_254_dossiers_and_happened_in_6() -> None:
    yes = cases_with(raw(), SUSPEND, "True")

    assert len(recorded()[SUSPEND]) == len(cases_with(raw(), SUSPEND)) == 254
    assert len(cases_with(raw(), SUSPEND, "False")) == 245
    assert len(cases_with(raw(), SUSPEND, "EMPTY")) == 3
    assert len(yes) == 6
    assert recorded()["processing_suspended"] == yes
    assert recorded()["processing_resumed"] == cases_with(raw(), CONTINUE) == yes


def test_deadlines_were_passed_309_times_by_day_and_377_times_by_instant() -> None:
    if not LOGS["receipt"].path.exists():
        pytest.skip("the foreign logs are not here")
    cases = list(ends_of(LOGS["receipt"].path))
    ended = [(deadline, end) for deadline, end in cases if deadline and end]

    assert (len(cases), len(ended)) == (LOGS["receipt"].dossiers, LOGS["receipt"].ended)
    assert sum(late_by_day(*each) for each in ended) == LOGS["receipt"].late
    assert sum(late_by_instant(*each) for each in ended) == LOGS["receipt-instant"].late


def test_document_says_what_was_counted() -> None:
    given = {name: (_number(a), _number(b)) for name, a, b in ROW.findall(DOCUMENT.read_text())}
    counts = recorded()

    # In the file, in the ledger.
    assert given == {
        "missing data asked for": (307, len(counts["supplement_requested"])),
        "extension asked about": (397, len(counts[EXTEND])),
        "extension: yes": (len(cases_with(raw(), EXTEND, "True")), len(counts[EXTENSION])),
        "suspension asked about": (254, len(counts[SUSPEND])),
        "suspension: yes": (
            len(cases_with(raw(), SUSPEND, "True")),
            len(counts["processing_suspended"]),
        ),
        "papers received: yes": (
            len(cases_with(raw(), RECEIVED, "True")),
            len(counts["supplement_submitted"]),
        ),
        "left aside: yes": (len(cases_with(raw(), ASIDE, "True")), len(counts["closed"])),
    }


def _number(text: str) -> int:
    return int(text.replace(",", ""))
