"""In a large ledger leads are read from what is kept, and the answer says as of when they are."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.data_folder import DataFolder
from api.resources.findings.leads import LeadSource, Looked
from api.resources.findings.shapes import LeadStandAnswer
from api.resources.opendata.kept import KeptFiles, KeptLeads
from cli.judging.pacing import Pace, is_wanted
from projections.findings.peers.running import PeerRun
from projections.leads.judging import compare_again, look_again
from projections.leads.places import PlacedLead
from projections.leads.store import ChosenLeads, LeadStore
from projections.opendata.files import data_file
from projections.parts.registry import Projection
from projections.parts.stops import ProjectionStopped
from tests.http.findings.raised import Raised, a_raised_world
from tests.support.builders import OFFICE

ANY_LEADS = ChosenLeads(None, None, with_peers=True)


@pytest.fixture
def raised(tmp_path: Path) -> Iterator[Raised]:
    with a_raised_world(tmp_path, leads_kept_beyond=0) as world:
        yield world


@pytest.fixture
def store(raised: Raised) -> Iterator[LeadStore]:
    store = LeadStore(DataFolder(raised.world.settings.data).leads)
    yield store
    store.close()


def look(raised: Raised, store: LeadStore) -> None:
    look_again(raised.world.parts.views, store)
    compare_again(raised.world.parts.views, store)


@dataclass
class Read:
    """All that a source gives of the leads that are wanted."""

    leads: list[PlacedLead]
    dossiers: Counter[str]
    stand: LeadStandAnswer
    stand_of_peers: LeadStandAnswer | None
    run: PeerRun | None
    marked: list[Counter[str]]


def read(raised: Raised, wanted: ChosenLeads, *, kept_beyond: int) -> Read:
    source = LeadSource(raised.world.parts)
    source._kept_beyond = kept_beyond
    with raised.world.parts.views.reading(sees_veiled=True) as reader:
        position = reader.position()
        assert position is not None
        with source.reading(reader, position, wanted) as looked:
            leads = list(page_through(looked))
            rules = sorted({each.finding.rule for each in leads})
            return Read(
                leads,
                looked.dossiers,
                looked.stand,
                looked.stand_of_peers,
                looked.run,
                [looked.marked_by_office(rule) for rule in rules],
            )


def page_through(looked: Looked) -> Iterator[PlacedLead]:
    place = None
    while found := looked.after(place, 1):
        yield from found
        place = found[-1].place


def test_before_anybody_looked_the_asker_is_told_to_come_back(raised: Raised) -> None:
    result = raised.get(raised.inspector, "/v1/findings")

    assert (result.status_code, result.json["code"]) == (503, "store_unavailable")


@pytest.mark.parametrize(
    "wanted",
    [
        ANY_LEADS,
        ChosenLeads("R02", None, with_peers=True),
        ChosenLeads(None, OFFICE, with_peers=False),
        ChosenLeads(None, "nowhere", with_peers=True),
    ],
)
def test_what_is_kept_is_what_a_walk_finds(
    raised: Raised, store: LeadStore, wanted: ChosenLeads
) -> None:
    look(raised, store)

    kept, walked = (read(raised, wanted, kept_beyond=beyond) for beyond in (0, 1_000))

    assert kept.leads == walked.leads
    assert (kept.dossiers, kept.stand) == (walked.dossiers, walked.stand)
    assert kept.marked == walked.marked
    assert kept.stand_of_peers == walked.stand_of_peers
    assert (kept.run is None) == (walked.run is None)
    if kept.run is not None and walked.run is not None:
        assert kept.run.reports == walked.run.reports


def test_answer_says_as_of_when_its_leads_are(raised: Raised, store: LeadStore) -> None:
    look(raised, store)
    before = raised.listed()
    assert before["leads"]["checkpoint"] == before["checkpoint"]
    assert before["comparisons"] == before["leads"]
    raised.act(raised.raise_lead(before["findings"][0]))

    after = raised.listed()

    assert after["checkpoint"]["size"] > before["checkpoint"]["size"]
    assert after["leads"] == before["leads"]
    (found,) = [each for each in after["findings"] if "raised" in each]
    assert found["found_now"]


def test_a_look_is_wanted_while_what_is_kept_is_behind(raised: Raised, store: LeadStore) -> None:
    views = raised.world.parts.views
    assert is_wanted(views, store, 0)
    assert not is_wanted(views, store, 1_000)
    look(raised, store)
    assert not is_wanted(views, store, 0)
    raised.world.submit()
    raised.act()

    assert is_wanted(views, store, 0)


def test_looks_take_a_small_share_of_the_time_and_comparisons_a_smaller_one() -> None:
    pace = Pace()
    assert pace.is_due(0)
    assert pace.peers_are_due(0)
    pace.note(0, 3, peers=True, failed=False)

    assert not pace.is_due(32)
    assert pace.is_due(33)
    assert not pace.peers_are_due(302)
    assert pace.peers_are_due(303)
    pace.note(303, 304, peers=True, failed=True)
    assert not pace.is_due(363)
    assert pace.is_due(364)
    assert pace.peers_are_due(364)


def test_file_of_findings_is_as_of_the_leads_and_the_same_as_by_a_walk(
    raised: Raised, store: LeadStore
) -> None:
    parts = raised.world.parts
    file = data_file("findings.jsonl")
    assert file is not None
    look(raised, store)
    walked = asyncio.run(KeptFiles(parts.views, parts.origin).get(file))
    raised.world.submit()
    raised.act()

    leads = KeptLeads(store, beyond=0)
    kept = asyncio.run(KeptFiles(parts.views, parts.origin, leads=leads).get(file))

    assert kept.file.length_bytes > 0
    assert kept.made == walked.made
    assert kept.file.read(0) == walked.file.read(0)
    small = KeptLeads(store, beyond=1_000)
    later = asyncio.run(KeptFiles(parts.views, parts.origin, leads=small).get(file))
    assert later.made.tree_size > kept.made.tree_size


def test_stopped_findings_are_503_though_older_leads_are_kept(
    raised: Raised, store: LeadStore
) -> None:
    look(raised, store)
    parts = raised.world.parts
    parts.views.stop(Projection.FINDINGS, ValueError("x"), 3)

    refused = raised.get(raised.inspector, "/v1/findings")

    assert (refused.status_code, refused.json["code"]) == (503, "projection_stopped")
    assert refused.json["detail"] == "findings"
    file = data_file("findings.jsonl")
    assert file is not None
    files = KeptFiles(parts.views, parts.origin, leads=KeptLeads(store, beyond=0))
    with pytest.raises(ProjectionStopped):
        asyncio.run(files.get(file))


@pytest.mark.parametrize(("beyond", "is_behind"), [(0, True), (1_000, False)])
def test_findings_are_not_behind_for_ever_where_no_leads_are_kept(
    tmp_path: Path, beyond: int, is_behind: bool
) -> None:
    with a_raised_world(tmp_path, leads_kept_beyond=beyond) as raised:
        with closing(LeadStore(DataFolder(raised.world.settings.data).leads)) as store:
            look(raised, store)
        raised.world.submit()
        raised.act()

        health = raised.world.client.simulate_get("/readyz").json
        metrics = raised.world.client.simulate_get("/metrics").text

    (findings,) = (each for each in health["projections"] if each["name"] == "findings")
    (behind,) = (
        line for line in metrics.splitlines() if 'behind_entries{projection="findings"}' in line
    )
    assert (findings["behind_entries"] > 0) is is_behind
    assert (float(behind.split()[-1]) > 0) is is_behind
