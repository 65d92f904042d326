"""Event logs: as many cases and events as the log records, in its order, and well formed."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from domain.actions import Action, Signer, StreamType, parse_stream
from domain.moments import parse_moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.entries import public_entries
from projections.eventlogs.events import activity_of
from projections.eventlogs.exporting import FILE_NAMES, LogFormat, export_event_log
from projections.opendata.refolding import refolded_views
from tests.support.opendata.histories import (
    BACK_DATED,
    DAY_ONLY,
    OPEN_DOSSIERS,
    VEILED,
    a_ledger,
    read_by_follower,
)
from tests.support.paper_ledger import ORIGIN, PaperLedger

XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def paper() -> PaperLedger:
    return a_ledger()


def exported(paper: PaperLedger, folder: Path, wanted: LogFormat) -> bytes:
    with read_by_follower(paper, folder) as reader:
        log = export_event_log(reader, ORIGIN, folder / "out", wanted)
    assert (log.cases, log.events) == (OPEN_DOSSIERS, len(dossier_actions(paper)))
    return log.path.read_bytes()


def dossier_actions(paper: PaperLedger) -> list[Action]:
    """Count by the log itself, not by the views that the exports are made from."""
    actions = [entry.action for entry in public_entries(paper.bodies(), ORIGIN)]
    return [one for one in actions if parse_stream(one.stream).type is StreamType.DOSSIER]


def members(element: ElementTree.Element) -> dict[str, str]:
    return {child.get("key", ""): child.get("value", "") for child in element}


def traces_of(body: bytes) -> list[tuple[str, list[dict[str, str]]]]:
    root = ElementTree.fromstring(body)
    assert root.tag == f"{XES}log"
    return [
        (members(trace)["concept:name"], [members(event) for event in trace.findall(f"{XES}event")])
        for trace in root.findall(f"{XES}trace")
    ]


def test_xes_has_every_dossier_and_every_act_in_the_order_of_the_log(
    paper: PaperLedger, tmp_path: Path
) -> None:
    traces = traces_of(exported(paper, tmp_path, LogFormat.XES))

    wanted: dict[str, list[str]] = defaultdict(list)
    for action in dossier_actions(paper):
        wanted[action.stream].append(action.kind.name)
    assert [(name, [event["concept:name"] for event in events]) for name, events in traces] == list(
        wanted.items()
    )
    assert VEILED not in dict(traces)
    for _, events in traces:
        indexes = [int(event["entry_index"]) for event in events]
        assert indexes == sorted(indexes)
    assert traces[-1][0] == BACK_DATED


def test_xes_says_who_as_what_for_which_office_and_when(paper: PaperLedger, tmp_path: Path) -> None:
    traces = dict(traces_of(exported(paper, tmp_path, LogFormat.XES)))
    accepted = next(
        event
        for events in traces.values()
        for event in events
        if event["concept:name"] == "dossier.accepted"
    )

    assert accepted["org:resource"] == paper.officer.name
    assert accepted["org:role"] == "receiver"
    assert accepted["lifecycle:transition"] == "complete"
    assert accepted["time:timestamp"] == "2026-02-01T02:00:00.000+00:00"
    assert accepted["at_precision"] == "second"
    assert accepted["org:group"] == traces_office(paper)


def traces_office(paper: PaperLedger) -> str:
    office = dossier_actions(paper)[0].office
    assert office is not None
    return office


def test_a_day_gets_its_start_and_says_that_it_is_a_day(paper: PaperLedger, tmp_path: Path) -> None:
    events = dict(traces_of(exported(paper, tmp_path, LogFormat.XES)))[DAY_ONLY]

    assert [(event["time:timestamp"], event["at_precision"]) for event in events] == [
        ("2026-03-01T23:00:00.000+00:00", "day")
    ] * 2


def test_ocel_has_every_dossier_and_every_act_and_names_only_objects_that_it_has(
    paper: PaperLedger, tmp_path: Path
) -> None:
    log: dict[str, Any] = json.loads(exported(paper, tmp_path, LogFormat.OCEL))
    actions = dossier_actions(paper)
    objects = {one["id"]: one["type"] for one in log["objects"]}

    dossiers = [name for name, kind in objects.items() if kind == "dossier"]
    assert dossiers == list(dict.fromkeys(action.stream for action in actions))
    assert [event["type"] for event in log["events"]] == [one.kind.name for one in actions]
    assert len(objects) == len(log["objects"])
    assert len({event["id"] for event in log["events"]}) == len(actions)
    for event in log["events"]:
        named = {one["objectId"]: one["qualifier"] for one in event["relationships"]}
        assert named.keys() <= objects.keys()
        assert list(named.values()).count("case") == 1
        datetime.fromisoformat(event["time"])
    for one in log["objects"]:
        assert {each["objectId"] for each in one.get("relationships", [])} <= objects.keys()
    assert VEILED not in objects


def test_ocel_types_name_all_attributes_that_are_used(paper: PaperLedger, tmp_path: Path) -> None:
    log: dict[str, Any] = json.loads(exported(paper, tmp_path, LogFormat.OCEL))

    for things, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {one["name"]: {each["name"] for each in one["attributes"]} for one in log[types]}
        for one in log[things]:
            used = {each["name"] for each in one["attributes"]}
            assert used <= declared[one["type"]]


@pytest.mark.parametrize("wanted", LogFormat)
def test_public_tiles_alone_give_the_same_bytes(
    paper: PaperLedger, tmp_path: Path, wanted: LogFormat
) -> None:
    own = exported(paper, tmp_path, wanted)
    (tmp_path / "work").mkdir()
    sources = (paper.tiles, paper.anchors, paper.documents, tmp_path / "work")
    with refolded_views(*sources) as views, views.reading() as reader:
        export_event_log(reader, ORIGIN, tmp_path / "tiles", wanted)

    assert (tmp_path / "tiles" / FILE_NAMES[wanted]).read_bytes() == own


@pytest.mark.parametrize(
    ("kind", "label", "activity"),
    [
        ("dossier.accepted", None, "dossier.accepted"),
        ("dossier.accepted", "Receive", "dossier.accepted"),
        ("dossier.foreign_step_recorded", "T02 Check", "T02 Check"),
        ("dossier.foreign_step_recorded", None, "dossier.foreign_step_recorded"),
    ],
)
def test_activity_is_the_kind_or_the_public_label_of_a_foreign_step(
    kind: str, label: str | None, activity: str
) -> None:
    act = Act(
        entry_index=1,
        stream=DAY_ONLY,
        version=1,
        kind=kind,
        at=parse_moment("2026-02-03"),
        recorded_at=datetime(2026, 2, 3, tzinfo=UTC),
        office=None,
        signers=(Signer("importer-1", Role.IMPORTER),),
        label=label,
    )

    assert activity_of(act) == activity
