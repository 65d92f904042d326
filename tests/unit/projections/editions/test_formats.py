"""Editions of an older list keep their bytes, and are made again by that list."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import msgspec
import pytest

from api.figures.edition_files import answer_file
from cli.editions.holding import hold_edition
from cli.editions.published import PublishedEdition
from ledger.mirroring.folder import MirrorFolder
from projections.editions.contents import CONTENTS, FIRST, NEWEST, SECOND, Contents
from projections.editions.folder import EditionFolder
from projections.editions.making import EditionMaker
from projections.editions.remaking import RemadeEdition, remake_edition
from projections.editions.revisions import COUNTED, MEASURED
from projections.editions.shapes import MANIFEST
from tests.support.editions import Desk, a_desk, maker_of, three_days
from tests.support.editions.copies import a_copy

DAYS = [date(2026, 1, 20), date(2026, 2, 2), date(2026, 2, 4)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path, three_days)


def _remade(desk: Desk, day: date, contents: Contents) -> RemadeEdition:
    paper = desk.paper
    return remake_edition(desk.log(), paper.anchors, paper.documents, day, answer_file, contents)


def test_first_list_has_what_it_always_had(desk: Desk) -> None:
    desk.folder.write(DAYS[2], _remade(desk, DAYS[2], FIRST).files)

    manifest = desk.folder.manifest(DAYS[2])

    assert (manifest.format, len(FIRST.files)) == ("editions@v1", 21)
    assert not [each.id for each in manifest.definitions if each.id.startswith("revised.")]
    document = desk.folder.revisions(manifest)
    assert document.definition == "revisions@v1"
    assert {each.measure for each in document.revisions} <= {*COUNTED, *MEASURED}
    assert document.revisions


SECOND_ADDS = {"steps-by-month.json", "visits-by-month.json"}
THIRD_ADDS = {
    "ratings-by-month.json",
    "ratings-by-office-and-month.json",
    "ratings-by-office.json",
    "ratings-by-stage.json",
}


@pytest.mark.parametrize(
    ("earlier", "later", "added"),
    [(FIRST, SECOND, SECOND_ADDS), (SECOND, NEWEST, THIRD_ADDS)],
    ids=["second", "third"],
)
def test_later_list_has_all_files_of_the_earlier_and_compares_more(
    desk: Desk, earlier: Contents, later: Contents, added: set[str]
) -> None:
    first, newest = (_remade(desk, DAYS[2], each).files for each in (earlier, later))

    assert {name: newest[name] for name in first if name not in (MANIFEST, "revisions.json")} == {
        name: first[name] for name in first if name not in (MANIFEST, "revisions.json")
    }
    assert newest.keys() - first.keys() == added
    assert len(newest["revisions.json"]) > len(first["revisions.json"])


@pytest.mark.parametrize(
    ("contents", "digest"),
    [
        (FIRST, "cd2f73bcf519fc6921bfb59ed238be319e563ef9715b125536579090800565f1"),
        (SECOND, "6cb129d991897ca3a242388588f6b0087c8ec7874c5cda84afd15b747b758bd8"),
    ],
    ids=["first", "second"],
)
def test_lists_of_editions_that_were_made_are_what_they_were(
    contents: Contents, digest: str
) -> None:
    """The digests are of what these lists said when editions of them were made."""
    files = [(each.name, each.address, each.definition, each.media_type) for each in contents.files]
    said = (contents.format, files, contents.definitions, contents.revisions_definition)

    assert hashlib.sha256(msgspec.json.encode(said)).hexdigest() == digest


@pytest.mark.parametrize("contents", CONTENTS.values(), ids=CONTENTS)
def test_published_edition_is_held_to_the_list_that_it_was_made_by(
    desk: Desk, contents: Contents
) -> None:
    files = _remade(desk, DAYS[2], contents).files
    published = PublishedEdition(DAYS[2], files.get, frozenset(files))

    held = hold_edition(published, desk.log(), desk.paper.anchors, desk.paper.documents)

    assert held.wrong == {}


def test_manifest_that_names_no_list_is_held_to_the_newest(desk: Desk) -> None:
    files = _remade(desk, DAYS[2], FIRST).files
    files[MANIFEST] = files[MANIFEST].replace(b"editions@v1", b"editions@v9")
    published = PublishedEdition(DAYS[2], files.get, frozenset(files))

    held = hold_edition(published, desk.log(), desk.paper.anchors, desk.paper.documents)

    assert held.wrong.keys() == {MANIFEST, "revisions.json", *SECOND_ADDS, *THIRD_ADDS}
    # It may be of a program that came later.
    assert "upgrade before believing" in str(held.members()["problems"])
    assert held.members()["findings"] == []


@pytest.mark.parametrize("earlier", [FIRST, SECOND], ids=["first", "second"])
def test_first_edition_after_an_upgrade_is_what_recompute_makes_of_it(
    desk: Desk, earlier: Contents
) -> None:
    for day in DAYS[:2]:
        desk.folder.write(day, _remade(desk, day, earlier).files)

    made = desk.maker.make_due()

    assert made == DAYS[2:]
    assert desk.folder.differing(DAYS[2], _remade(desk, DAYS[2], NEWEST).files) == []
    revised = desk.folder.revisions(desk.folder.manifest(DAYS[2])).revisions
    assert [each for each in revised if each.measure.startswith("visits.")]


def test_mirror_keeps_editions_of_an_older_list_and_takes_those_after_an_upgrade(
    desk: Desk, tmp_path: Path
) -> None:
    for day in DAYS[:2]:
        desk.folder.write(day, _remade(desk, day, SECOND).files)
    copy = a_copy(desk, MirrorFolder(tmp_path / "mirror"))
    before = copy.round()
    desk.maker.make_due()

    after = copy.round()

    assert (before.new, before.problems) == (DAYS[:2], [])
    assert (after.new, after.held, after.problems) == (DAYS[2:], 3, [])
    mirrored = EditionFolder(copy.mirror.editions)
    assert [mirrored.manifest(day).format for day in DAYS] == [
        SECOND.format,
        SECOND.format,
        NEWEST.format,
    ]
    for day in DAYS:
        kept = {name: mirrored.read(day, name) for name in mirrored.names(day)}
        assert desk.folder.differing(day, kept) == []


def test_edition_lost_after_its_views_went_on_is_made_again_with_the_same_bytes(
    desk: Desk,
) -> None:
    desk.maker.make_due()
    before = {name: desk.folder.read(DAYS[2], name) for name in desk.folder.names(DAYS[2])}
    shutil.rmtree(desk.place / "log" / "editions" / str(DAYS[2]))

    made = a_new_maker(desk).make_due()

    assert made == DAYS[2:]
    assert desk.folder.differing(DAYS[2], before) == []


def a_new_maker(desk: Desk) -> EditionMaker:
    return maker_of(desk.paper, desk.folder, desk.place / "editions")
