"""Two real logs, imported and served: known figures, statuses, findings and feeds over HTTP.

The figures were counted from the files by other programs; `docs/real-logs.md` explains each. The
small differences between two ways to read a deadline are the two mappings of one log.
"""

import json
import shutil
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from api.data_folder import DataFolder
from api.errors import MalformedParameter
from api.figures.asking import MEMBERS
from api.figures.indexing import INDEX, REPORT
from cli.served_figures.comparing import AnswersOfWorld
from cli.sources import find_anchors, find_log
from ledger.importing.mapping import ImportMapping, read_mapping
from ledger.importing.pseudonyms import Pseudonyms, keyed_hash
from ledger.key_files import load_private_key
from projections.recompute import replay_log
from projections.rule_book.base_rates import base_rates
from tests.http.signing import signed_headers
from tests.served.server import served_again
from tests.support.real_logs.ledgers import LOGS, RealLedgers, RealLog, mapping_of
from tests.unit.cli.running import a_key, run
from transparency.notes import SigningKey

pytestmark = [pytest.mark.served, pytest.mark.long]

SECONDS = 60
LOOKING_SECONDS = 180
SPANS = ("from=2011-03&to=2011-10", "office={office}&from=2011-02")
UNIT = ("period=2011", "office={office}&period=2011-Q2&format=csv", "period=2011-05")
GROUPED = (
    "by=period",
    "by=office,procedure,field",
    "office={office}&subtree=1&by=channel,period&granularity=quarter",
    "field={field}&by=period&from=2011-03-01&to=2011-05-31",
)
YEARS = range(2010, 2017)
# Cases of the sources, where their dossiers stand, and how many acts tell each.
CASES = {
    "receipt": [
        ("case-10011", "accepted", 6),
        ("case-10017", "processed", 12),
        ("case-10073", "in_process", 12),
        ("case-10857", "supplement_required", 12),
    ],
    "bpic2015": [
        ("10658101", "accepted", 3),
        ("10361639", "supplement_required", 25),
        ("10292508", "stopped", 34),
        ("11210950", "processed", 81),
        ("10009138", "result_returned", 45),
    ],
}
CASES["receipt-instant"] = CASES["receipt"]
# Dossiers with an act of a kind, or with a step of a label, counted from public entries.
ACTS = {
    "receipt": {"dossier.supplement_requested": 20, "dossier.end_imported": 1_329},
    "bpic2015": {
        "term for supplying missing data": 307,
        "dossier.supplement_requested": 306,
        "extend procedure term": 397,
        "register number of days extension period": 143,
        "suspend term": 254,
        "dossier.processing_suspended": 6,
        "dossier.closed": 45,
    },
}
ACTS["receipt-instant"] = ACTS["receipt"]
IN_FEED = {
    "receipt": ("dossier.supplement_requested", 20),
    "bpic2015": ("dossier.processing_suspended", 6),
}
IN_FEED["receipt-instant"] = IN_FEED["receipt"]


@dataclass(frozen=True)
class Site:
    """A real log's ledger, served, and an inspector's key."""

    name: str
    address: str
    data: Path
    inspector: SigningKey

    @property
    def log(self) -> RealLog:
        return LOGS[self.name]

    @cached_property
    def mapping(self) -> ImportMapping:
        return read_mapping(mapping_of(self.name))

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        secret = (DataFolder(self.data).keys / "import.secret").read_text(encoding="ascii")
        return Pseudonyms(self.mapping.name, keyed_hash(bytes.fromhex(secret)))

    @cached_property
    def from_tiles(self) -> AnswersOfWorld:
        """What the log says, replayed from its tiles, by what everybody has."""
        address, anchors = find_log(self.address, self.data), find_anchors(None, self.data)
        return AnswersOfWorld(replay_log(address.tiles(), anchors, address.documents(), None))

    def get(self, path: str, **headers: str) -> bytes:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        request = urllib.request.Request(self.address + path, headers=named)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                body: bytes = response.read()
        except urllib.error.HTTPError as error:
            error.add_note(error.read().decode(errors="replace"))
            raise
        return body

    def read(self, path: str, **headers: str) -> Any:
        return json.loads(self.get(path, **headers))

    def inspected(self, path: str) -> Any:
        """Ask as the inspector, with a signed request."""
        now = datetime.now(UTC)
        return self.read(path, **signed_headers(self.inspector, path, now, host=self.address))

    def findings(self) -> list[dict[str, Any]]:
        """Ask for findings until the whole log was looked at, by rules that compare, too."""
        deadline = time.monotonic() + LOOKING_SECONDS
        while True:
            try:
                answered = self.inspected("/v1/findings?limit=500")
            except urllib.error.HTTPError as error:
                assert error.code == 503, error
            else:
                if answered.get("comparisons") is not None:
                    return self._with_following_pages(answered)
            assert time.monotonic() < deadline, "nobody looked for findings"
            time.sleep(0.5)

    def _with_following_pages(self, page: Any) -> list[dict[str, Any]]:
        found = list(page["findings"])
        while "next" in page:
            page = self.inspected(page["next"])
            found += page["findings"]
        return found


@pytest.fixture(scope="module", params=LOGS)
def site(
    request: pytest.FixtureRequest,
    real_ledgers: RealLedgers,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    data = Path(shutil.copytree(real_ledgers.data(request.param), folder / "data"))
    key = a_key(folder, "inspector")
    enrol = ("keys", "enroll", key, "inspector@*", "--personnel-number", "TT-0001")
    assert run(*enrol, "--data", data).code == 0
    with served_again(data) as server:
        yield Site(request.param, server.address, data, load_private_key(key))


def test_counts_durations_and_backlog_are_those_of_the_source(site: Site) -> None:
    log, total = site.log, site.read("/v1/statistics/counts")["total"]

    resolved = sum(total[f"resolved_{how}"] for how in ("early", "on_time", "late"))
    assert (total["received"], resolved, total["resolved_late"]) == (
        log.dossiers,
        log.ended,
        log.late,
    )
    assert total["pending_in_time"] + total["pending_overdue"] == log.dossiers - log.ended
    last = site.read("/v1/statistics/backlog")["figures"][-1]
    assert (last["pending_in_time"], last["pending_overdue"]) == (
        total["pending_in_time"],
        total["pending_overdue"],
    )
    assert last["pending_overdue"] == log.overdue


def test_no_negative_processing_times_are_published(site: Site) -> None:
    (first,) = site.read("/v1/statistics/durations")["durations"]
    total = site.read("/v1/statistics/durations?by=office")["total"]
    dossiers = list(map(json.loads, site.get("/v1/open-data/dossiers.jsonl").splitlines()))

    gross = [each["gross_seconds"] for each in dossiers if each["gross_seconds"] is not None]
    ended = sum(each["ended_at"] is not None for each in dossiers)
    assert first["resolved"] == total["resolved"] == len(gross) == ended - site.log.backwards
    assert (ended, total["ends_before_acceptance"]) == (site.log.ended, site.log.backwards)
    assert min(gross) >= 0
    assert first["net_median_seconds"] == total["net"]["median_seconds"] >= 0
    before = {"intake", "intake_wait", "handing_over"}
    stages = site.read("/v1/statistics/steps")["totals"]
    after = (each["total_seconds"] for each in stages if each["stage"] not in before)
    assert sum(after) == sum(gross)


def test_on_time_by_law_and_by_the_index_differ_by_what_is_said(site: Site) -> None:
    total = site.read("/v1/statistics/timeliness")["total"]

    assert (total["dossiers"], total["by_law"]["resolved_late"]) == (
        site.log.dossiers,
        site.log.late,
    )
    assert total["by_law"]["pending_late"] == site.log.overdue
    # Of one log no dossier has a due date, of the other each that ended.
    without = site.log.ended if site.name == "bpic2015" else 0
    assert total["by_law"]["resolved_without_due"] == without
    assert total["by_index"]["resolved_without_due"] == without
    for path in ("/", "/statistics"):
        said = f"no due date: {without}" in site.get(f"{path}?lang=en").decode()
        assert said == bool(without)
    explained = sum(each["resolved"] + each["pending"] for each in total["differences"])
    assert total["by_law"]["on_time"] - total["by_index"]["on_time"] == explained


def test_one_office_is_compared_with_itself_alone(site: Site) -> None:
    (office,) = site.read("/v1/statistics/comparison")["offices"]

    assert (office["resolved"], office["late"]) == (site.log.ended, site.log.late)
    assert office["lowest_per_10000"] <= office["late_per_10000"] <= office["highest_per_10000"]


def test_index_and_report_of_all_years_add_up_to_the_log(site: Site) -> None:
    reports = [site.read(f"/v1/statistics/report?period={year}")["total"] for year in YEARS]
    received = ("received_online", "received_counter", "received_post")

    assert sum(each[name] for each in reports for name in received) == site.log.dossiers
    assert sum(each["resolved"] for each in reports) == site.log.ended
    assert sum(each["resolved_late"] for each in reports) == site.log.late
    for year in YEARS:
        index = site.read(f"/v1/statistics/index?period={year}")
        judged = site.read(f"/v1/statistics/timeliness?from={year}&to={year}&granularity=year")
        (on_time,) = [each for each in index["indicators"] if each["id"] == "2.1"]
        assert on_time["numerator"] == judged["total"]["by_index"]["on_time"]
        assert on_time["denominator"] == judged["total"]["dossiers"]


def test_every_figure_is_recomputed_from_tiles_to_the_byte(site: Site) -> None:
    answered = 0
    for address in _addresses(site.mapping):
        try:
            expected = site.from_tiles.to(address)
        except MalformedParameter:
            with pytest.raises(urllib.error.HTTPError, match="400"):
                site.get(address)
            continue
        assert site.get(address) == expected, address
        answered += 1
    assert answered > 50


def _addresses(mapping: ImportMapping) -> Iterator[str]:
    """Give every statistics address with several questions, as JSON and as CSV."""
    named = {"office": mapping.office.id, "field": mapping.procedure.field}
    for path, members in MEMBERS.items():
        queries = [""]
        queries += [query.format(**named) for query in SPANS if "from" in members]
        queries += [query.format(**named) for query in GROUPED if "by" in members]
        for query in queries:
            yield f"{path}?{query}" if query else path
            yield f"{path}?{query}&format=csv" if query else f"{path}?format=csv"
    for query in UNIT:
        yield f"{INDEX}?{query.format(**named)}"
        yield f"{REPORT}?{query.format(**named)}"
    yield f"{REPORT}?period=2011&format=xlsx"


def test_recompute_finds_no_difference_and_prints_what_the_server_answers(site: Site) -> None:
    ran = run("recompute", "--data", site.data, "--json")
    assert (ran.code, ran.members["ok"], ran.members["differences"]) == (0, True, 0)
    assert ran.members["total"]["received"] == site.log.dossiers

    asked = "/v1/statistics/counts?by=channel,period"
    printed = run("recompute", "--data", site.data, "--request", asked)
    assert printed.out.encode() == site.get(asked)


@pytest.mark.parametrize("place", range(4))
def test_status_of_a_dossier_is_the_same_for_its_holder_and_an_inspector(
    site: Site, place: int
) -> None:
    case_id, status, acts = CASES[site.name][place]
    stream = site.pseudonyms.stream(case_id)
    path, secret = f"/v1/dossiers/{stream}", site.pseudonyms.holder_secret(stream)

    held = site.read(path, Dossier_Secret=secret)
    inspected = site.inspected(path)

    assert (held["status_name"], len(held["acts"])) == (status, acts)
    assert (inspected["status_name"], len(inspected["acts"])) == (status, acts)
    assert 0 < held["share_done_percent"] <= 100
    assert held["acts"][0]["facts"]["procedure"] == site.mapping.procedure.code
    receipt = site.get(held["acts"][-1]["proof_url"])
    assert receipt
    with pytest.raises(urllib.error.HTTPError, match="404"):
        site.get(path)


def test_findings_are_as_many_as_the_base_rates_say(site: Site) -> None:
    found = Counter((each["rule"], each["compares_with_peers"]) for each in site.findings())
    # Due instants make more dossiers late than due days; nothing else hangs on them.
    name = "receipt" if site.name == "receipt-instant" else site.name
    expected = {
        key: rate.hits
        for key, rates in base_rates().items()
        for rate in rates
        if rate.log == name and rate.hits
    }
    if name != site.name:
        assert found.pop(("R07", False)) > expected.pop(("R07", False))

    assert dict(found) == expected


def test_open_data_and_feed_hold_every_act(site: Site) -> None:
    rows = map(json.loads, site.get("/v1/open-data/events.jsonl").splitlines())
    named: dict[str, set[str]] = {}
    told = 0
    for row in rows:
        told += row["stream_type"] == "dossier"
        for name in (row["kind"], row["label"]):
            named.setdefault(name, set()).add(row["stream"])

    assert len(named["dossier.submitted"]) == site.log.dossiers
    assert told >= site.log.events
    assert {name: len(named[name]) for name in ACTS[site.name]} == ACTS[site.name]

    kind, count = IN_FEED[site.name]
    listened = f"{site.address}/v1/feeds/entries?kind={kind}"
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "0"}
    request = urllib.request.Request(listened, headers=headers)
    with urllib.request.urlopen(request, timeout=SECONDS) as stream:
        heard = [json.loads(line[6:]) for line in _data_lines(stream, count)]
    indexes = [each["entry_index"] for each in heard]
    assert indexes == sorted(set(indexes))
    assert {each["stream"] for each in heard} == named[kind]


def _data_lines(stream: Any, count: int) -> Iterator[bytes]:
    for line in stream:
        if line.startswith(b"data: ") and count:
            count -= 1
            yield line
        if not count:
            return
