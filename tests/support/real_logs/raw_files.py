"""Slow reference for the two real logs: counted from the raw files, with nothing of ours.

BPI Challenge 2015: rows as they stand in the CSV file, in no order. Many of its activities are
questions, and the column `question` holds the answer.
Receipt phase: deadlines and ends as they stand in the XES file; a day is one in Amsterdam.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
XES = "{http://www.xes-standard.org/}"

Answers = Mapping[str, Mapping[str, list[str]]]
"""By activity and case: the answer of each of the case's rows of that activity."""


def answers_of(path: Path) -> Answers:
    """Read every row's answer."""
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found[row["activityNameEN"]][row["case:concept:name"]].append(row["question"])
    return found


def cases_with(answers: Answers, activity: str, answer: str | None = None) -> set[str]:
    """Give the cases that have the activity, with that answer if one is named."""
    return {case for case, given in answers[activity].items() if answer is None or answer in given}


def ends_of(path: Path) -> Iterator[tuple[datetime | None, datetime | None]]:
    """Give the deadline and the end of every case."""
    with gzip.open(path) as log:
        for _, element in ElementTree.iterparse(log):
            if element.tag in (f"{XES}trace", "trace"):
                yield _date(element, "deadline"), _date(element, "enddate")
                element.clear()


def _date(trace: ElementTree.Element, key: str) -> datetime | None:
    for each in trace:
        if each.get("key") == key and each.get("value"):
            return datetime.fromisoformat(str(each.get("value")))
    return None


def late_by_instant(deadline: datetime, end: datetime) -> bool:
    """Tell whether a case ended after its deadline."""
    return end > deadline


def late_by_day(deadline: datetime, end: datetime) -> bool:
    """Tell whether a case ended on a later day than its deadline's."""
    return end.astimezone(ZONE).date() > deadline.astimezone(ZONE).date()
