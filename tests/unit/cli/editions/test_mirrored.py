"""`mirror` copies editions from a folder or a site, and `recompute --edition` holds the copies."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from falcon.testing import TestClient

from api.data_folder import DataFolder
from api.mirroring.serving import create_mirror_app
from cli.editions import copied
from cli.editions.copied import SiteEditions
from ledger.mirroring.evidence import ABOUT
from ledger.mirroring.folder import MirrorFolder
from projections.editions.contents import COUNTS_FILE, FILES
from projections.editions.shapes import MANIFEST
from tests.support.editions import a_desk, as_data_folder, three_days
from tests.support.folder_server import Answer, serving
from tests.unit.cli.running import Ran, run
from transparency.errors import ProofInvalid

DAYS = ["2026-01-20", "2026-02-02", "2026-02-04"]
EDITIONS = "/v1/statistics/editions"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with three editions; tests copy it."""
    place = tmp_path_factory.mktemp("made")
    desk = a_desk(place / "desk", three_days)
    desk.maker.make_due()
    folder = as_data_folder(desk, place / "data")
    shutil.copytree(place / "desk" / "log" / "editions", folder.editions)
    return folder.path


@pytest.fixture
def data(made: Path, tmp_path: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(made, tmp_path / "data")))


def _mirror(
    data: DataFolder, source: str | Path, *more: str
) -> tuple[Ran, list[dict[str, object]]]:
    anchors = data.keys / "anchors.toml"
    given = ["--log", source, "--to", data.path.parent / "mirror", "--anchors", anchors, "--once"]
    ran = run("mirror", *given, *more)
    # The app that is the site logs its refusals to the same output.
    lines = [line for line in ran.out.splitlines() if line.startswith("{")]
    return ran, [json.loads(line) for line in lines]


def _held(data: DataFolder, day: str, log: str | Path) -> Ran:
    anchors = data.keys / "anchors.toml"
    return run("recompute", "--edition", day, "--log", log, "--anchors", anchors, "--json")


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@contextmanager
def served(client: TestClient) -> Iterator[str]:
    """Serve an app on this machine."""

    def answer(path: str) -> Answer:
        parts = urlsplit(path)
        result = client.simulate_get(parts.path, query_string=parts.query)
        return result.status_code, {"Content-Length": str(len(result.content))}, result.content

    with serving(answer) as address:
        yield address


@pytest.fixture
def site(data: DataFolder) -> Iterator[str]:
    """Serve the data folder's log and editions under the log's own paths."""
    with served(TestClient(create_mirror_app(MirrorFolder(data.path)))) as address:
        yield address


def test_editions_are_copied_from_a_folder_and_from_a_site_alike(
    data: DataFolder, site: str
) -> None:
    ran, (line,) = _mirror(data, data.path)
    mirror = MirrorFolder(data.path.parent / "mirror")
    from_folder = _files(mirror.editions)
    shutil.rmtree(mirror.path)
    _mirror(data, site)

    assert (ran.code, line["editions"], line["new_editions"]) == (0, 3, 3)
    assert from_folder == _files(data.editions)
    assert _files(mirror.editions) == from_folder


def test_recompute_holds_the_edition_of_a_mirror_folder_and_of_a_served_mirror(
    data: DataFolder, site: str
) -> None:
    _mirror(data, site)
    folder = data.path.parent / "mirror"

    with served(TestClient(create_mirror_app(MirrorFolder(folder)))) as address:
        results = [_held(data, DAYS[2], place) for place in (folder, folder / "log", address)]

    assert [(each.code, each.members["ok"]) for each in results] == [(0, True)] * 3
    assert results[0].members["files"] == len(FILES) + 2


def test_mirror_of_a_mirror_has_the_editions(data: DataFolder, site: str) -> None:
    _mirror(data, site)
    folder = data.path.parent / "mirror"
    first = _files(folder / "log" / "editions")
    moved = folder.rename(data.path.parent / "first")

    with served(TestClient(create_mirror_app(MirrorFolder(moved)))) as address:
        ran, _ = _mirror(data, address)

    assert ran.code == 0
    assert _files(folder / "log" / "editions") == first


@pytest.mark.parametrize("from_site", [False, True])
@pytest.mark.parametrize("name", [MANIFEST, COUNTS_FILE])
def test_altered_byte_at_the_source_fails_and_is_kept_as_evidence(
    data: DataFolder, site: str, name: str, *, from_site: bool
) -> None:
    source = site if from_site else data.path
    _mirror(data, source)
    path = data.editions / DAYS[1] / name
    kept = path.read_bytes()
    path.write_bytes(kept + b" ")

    ran, lines = _mirror(data, source)

    assert ran.code == 1
    (line,) = (each for each in lines if "edition" in each)
    assert (line["ok"], line["code"], line["edition"]) == (False, "edition_changed", DAYS[1])
    (case,) = (data.path.parent / "mirror" / "evidence").iterdir()
    assert (case / f"kept-{name}").read_bytes() == kept
    assert (case / f"published-{name}").read_bytes() == kept + b" "
    mirrored = data.path.parent / "mirror" / "log" / "editions" / DAYS[1] / name
    assert mirrored.read_bytes() == kept


@pytest.mark.parametrize("from_site", [False, True])
def test_edition_that_vanished_at_the_source_fails_and_is_told_by_its_day(
    data: DataFolder, site: str, *, from_site: bool
) -> None:
    source = site if from_site else data.path
    _mirror(data, source)
    shutil.rmtree(data.editions / DAYS[0])

    first, noted = _mirror(data, source)
    evidence = MirrorFolder(data.path.parent / "mirror").evidence
    kept_at_first = evidence.exists()
    ran, lines = _mirror(data, source)

    assert (first.code, ran.code, kept_at_first) == (1, 1, False)
    told = [(each["code"], each["edition"]) for each in noted + lines if "edition" in each]
    assert told == [("edition_missing", DAYS[0]), ("edition_vanished", DAYS[0])]
    (case,) = evidence.iterdir()
    asked = f"{site}{EDITIONS}" if from_site else str(data.editions)
    assert json.loads((case / ABOUT).read_bytes())["asked"] == asked


@pytest.mark.parametrize("from_site", [False, True])
def test_source_that_publishes_no_editions_is_told_of_and_no_case(
    data: DataFolder, site: str, *, from_site: bool
) -> None:
    source = site if from_site else data.path
    _mirror(data, source)
    shutil.rmtree(data.editions)

    runs = [_mirror(data, source) for _ in range(2)]
    shutil.copytree(data.path.parent / "mirror" / "log" / "editions", data.editions)
    after, _ = _mirror(data, source)

    told = [line["code"] for _, lines in runs for line in lines if "code" in line]
    assert told == ["editions_not_published"] * 2
    assert [ran.code for ran, _ in runs] == [1, 1]
    assert after.code == 0
    assert not MirrorFolder(data.path.parent / "mirror").evidence.exists()


def test_editions_may_be_left_out(data: DataFolder) -> None:
    ran, (line,) = _mirror(data, data.path, "--no-editions")

    assert (ran.code, line["editions"]) == (0, 0)
    assert not MirrorFolder(data.path.parent / "mirror").editions.exists()


def test_source_whose_editions_do_not_answer_is_unreachable_and_its_log_is_copied(
    data: DataFolder,
) -> None:
    client = TestClient(create_mirror_app(MirrorFolder(data.path)))

    def answer(path: str) -> Answer:
        if path.startswith(EDITIONS):
            return 503, {"Content-Length": "0"}, b""
        return 200, {}, client.simulate_get(path).content

    with serving(answer) as address:
        ran, (line, failure) = _mirror(data, address)

    assert ran.code == 3
    assert (line["ok"], failure["code"]) == (True, "store_unavailable")


def test_list_of_editions_is_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [f"2026-01-{day:02}" for day in range(20, 0, -1)]
    monkeypatch.setattr(copied, "PAGE", 7)

    def answer(path: str) -> Answer:
        query = parse_qs(urlsplit(path).query)
        before = query.get("before", ["9999-12-31"])[0]
        rest = [day for day in days if day < before]
        page = [{"edition": day} for day in rest[: int(query["limit"][0])]]
        following = "more" if len(rest) > len(page) else None
        return 200, {}, json.dumps({"editions": page, "next": following}).encode()

    with serving(answer) as address:
        found = SiteEditions(address, 5.0).days()

    assert found == [date.fromisoformat(day) for day in days]


def test_list_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copied, "MOST_PAGES", 3)
    page = json.dumps({"editions": [{"edition": "2026-01-01"}], "next": "more"}).encode()

    with serving(lambda _path: (200, {}, page)) as address, pytest.raises(ProofInvalid):
        SiteEditions(address, 5.0).days()


def test_mirror_answers_for_editions_as_the_ledger_does(data: DataFolder) -> None:
    client = TestClient(create_mirror_app(MirrorFolder(data.path)))

    listed = client.simulate_get(EDITIONS).json
    manifest = client.simulate_get(f"{EDITIONS}/{DAYS[2]}")
    counts = client.simulate_get(f"{EDITIONS}/{DAYS[2]}/{COUNTS_FILE}")
    revisions = client.simulate_get("/v1/statistics/revisions").json
    missing = client.simulate_get(f"{EDITIONS}/2026-02-03")

    assert [each["edition"] for each in listed["editions"]] == DAYS[::-1]
    assert manifest.json["edition"] == DAYS[2]
    assert counts.content == (data.editions / DAYS[2] / COUNTS_FILE).read_bytes()
    assert "immutable" in counts.headers["cache-control"]
    assert {each["edition"] for each in revisions["revisions"]} == {DAYS[2]}
    assert (missing.status_code, missing.json["code"]) == (404, "no_edition")
