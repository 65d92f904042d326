"""Ratings in editions: from tiles alone, never under ten, revised only once they were there."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.figures.edition_files import answer_file
from cli.editions.holding import hold_edition
from cli.editions.published import PublishedEdition
from domain.tallies import LEAST_OF_CELL
from ledger.errors import StoreUnavailable
from projections.editions.contents import FIRST, NEWEST, SECOND, Contents
from projections.editions.figures import EditionFigures, figures_of_world
from projections.editions.remaking import RemadeEdition, remake_edition
from projections.editions.revisions import Monthly, figures_of_file, revisions_between
from projections.editions.shapes import Revision
from tests.support.dossier_cases import OFFICE
from tests.support.editions import Desk, a_desk
from tests.support.paper_ledger import PaperLedger
from tests.support.tallies.on_paper import rated_days, some_ratings, tally_month

RATINGS = tuple(each for each in NEWEST.files if each.name.startswith("ratings"))
DAYS = [date(2026, 1, 20), date(2026, 2, 2), date(2026, 2, 4), date(2026, 3, 2)]


def two_tallies(paper: PaperLedger) -> None:
    rated_days(paper)
    tally_month(paper, "2026-02", some_ratings()[:30], "2026-03-02T03:00:00Z", counted_before=33)
    for at in ("2026-03-02T09:00:00.000Z", "2026-03-03T09:00:00.000Z"):
        paper.seal_and_publish(at)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = a_desk(tmp_path_factory.mktemp("rated"), two_tallies)
    assert desk.maker.make_due() == [*DAYS[:3], date(2026, 2, 5), DAYS[3]]
    return desk


def _remade(desk: Desk, day: date, contents: Contents = NEWEST) -> RemadeEdition:
    paper = desk.paper
    return remake_edition(desk.log(), paper.anchors, paper.documents, day, answer_file, contents)


def _answer(desk: Desk, day: date, name: str) -> Mapping[str, Any]:
    return msgspec.json.decode(desk.folder.read(day, name), type=dict[str, Any])


def _revised(desk: Desk, day: date) -> list[Revision]:
    found = desk.folder.revisions(desk.folder.manifest(day)).revisions
    return [each for each in found if each.measure.startswith("ratings.")]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_rated_edition_made_from_the_log_without_a_database_is_the_same_byte_for_byte(
    desk: Desk, day: date
) -> None:
    assert desk.folder.differing(day, _remade(desk, day).files) == []


def test_edition_has_the_ratings_of_the_tallies_that_stood_at_its_checkpoint(desk: Desk) -> None:
    counted = [_answer(desk, day, "ratings-by-month.json")["sums"]["counted"] for day in DAYS]
    by_office = _answer(desk, DAYS[1], "ratings-by-office.json")

    assert counted == [0, 33, 33, 63]
    assert [(each["office"], each["ratings"]) for each in by_office["figures"]] == [
        (OFFICE, 12),
        ("X1", 11),
    ]
    assert by_office["total"]["ratings"] == 33


_Key = tuple[date, str, str, str]


def _figures(desk: Desk) -> Iterator[tuple[_Key, tuple[int, int]]]:
    """Give every group of every edition and file: how many rated, and how many answered."""
    for day, file in itertools.product(desk.folder.days(), RATINGS):
        answer = _answer(desk, day, file.name)
        for figure in (*answer["figures"], answer["total"]):
            key = day, figure["office"], figure["stage"], figure["period"]
            yield key, (figure["ratings"], figure["overall"]["answered"])
        for line in answer["not_placed"]:
            assert line["ratings"] >= LEAST_OF_CELL


def _holds(outer: _Key, inner: _Key) -> bool:
    """Tell whether every rating of a group is of another one, of the same edition or a later."""
    pairs = zip(outer[1:], inner[1:], strict=True)
    return inner[0] <= outer[0] and all(wide in ("*", narrow) for wide, narrow in pairs)


def test_no_rating_under_ten_is_left_where_one_edition_or_table_is_taken_from_another(
    desk: Desk,
) -> None:
    figures = list(_figures(desk))
    left = [
        one - other
        for (outer, more), (inner, less) in itertools.product(figures, figures)
        if _holds(outer, inner)
        for one, other in zip(more, less, strict=True)
    ]

    assert len(figures) > 20
    assert [each for each in left if 0 < abs(each) < LEAST_OF_CELL] == []
    assert {11, 12, 33} <= {ratings for _, (ratings, _) in figures}
    assert any(each >= LEAST_OF_CELL for each in left)


def test_what_a_table_cannot_tell_apart_is_ten_or_more(desk: Desk) -> None:
    for day, file in itertools.product(desk.folder.days(), RATINGS):
        answer = _answer(desk, day, file.name)
        rest = answer["total"]["ratings"] - sum(each["ratings"] for each in answer["figures"])
        assert rest == sum(each["ratings"] for each in answer["not_placed"])
        assert rest == 0 or rest >= LEAST_OF_CELL


def test_month_that_gets_its_tally_is_no_revision(desk: Desk) -> None:
    assert _revised(desk, DAYS[1]) == []
    assert _revised(desk, DAYS[3]) == []


def test_late_act_revises_of_how_many_dossiers_a_tallied_month_was_rated(desk: Desk) -> None:
    revised = {
        (each.office, each.measure): (each.before, each.after) for each in _revised(desk, DAYS[2])
    }

    assert revised == {
        ("*", "ratings.ended_dossiers"): (12, 13),
        ("*", "ratings.ratings_per_10000_ended"): (27_500, 25_385),
        (OFFICE, "ratings.ended_dossiers"): (12, 13),
        (OFFICE, "ratings.ratings_per_10000_ended"): (10_000, 9_231),
    }


def test_late_act_is_revised_of_its_office_as_of_the_whole_ledger(desk: Desk) -> None:
    revised = desk.folder.revisions(desk.folder.manifest(DAYS[2])).revisions
    by_office: dict[str, set[str]] = {}
    for each in revised:
        if each.procedure == "*":
            by_office.setdefault(each.office, set()).add(each.measure)

    assert by_office.keys() == {"*", OFFICE}
    assert by_office[OFFICE] == by_office["*"]
    assert {each.split(".")[0] for each in by_office[OFFICE]} == {
        "ratings",
        "steps",
        "timeliness",
        "visits",
    }


def test_revisions_of_an_office_are_what_its_addresses_answer_otherwise(desk: Desk) -> None:
    """The slow way: every figure of every office and month is asked for, and all are compared."""
    monthly: list[Monthly] = []
    earlier, later = (figures_of_world(_remade(desk, day).world) for day in DAYS[1:3])
    for figures in (earlier, later):
        found: Monthly = {}
        for theme in NEWEST.revised:
            if theme.theme != "petitions":
                address = f"/v1/statistics/{theme.theme}?by=office,period"
                found |= figures_of_file(theme, answer_file(figures, address) or b"")
        monthly.append(found)
    zones = later.statistics.cells().places().zones()

    expected = revisions_between(monthly[0], monthly[1], earlier.statistics.as_of(), zones)

    revised = desk.folder.revisions(desk.folder.manifest(DAYS[2])).revisions
    of_offices = [each for each in revised if each.office != "*" and each.procedure == "*"]
    assert of_offices == list(expected)
    assert len(of_offices) > 8


def test_offices_are_revised_where_no_answer_could_hold_their_figures(desk: Desk) -> None:
    def answering(figures: EditionFigures, address: str) -> bytes | None:
        return None if "by=office,period" in address else answer_file(figures, address)

    paper, whole = desk.paper, _remade(desk, DAYS[2]).files
    files = remake_edition(desk.log(), paper.anchors, paper.documents, DAYS[2], answering).files

    assert "ratings-by-office-and-month.json" in whole.keys() - files.keys()
    assert files["revisions.json"] == whole["revisions.json"]


@pytest.mark.parametrize("contents", [FIRST, SECOND], ids=lambda each: each.format)
def test_edition_without_ratings_of_a_ledger_that_has_them_stays_what_the_log_makes_of_it(
    desk: Desk, contents: Contents
) -> None:
    files = _remade(desk, DAYS[2], contents).files
    published = PublishedEdition(DAYS[2], files.get, frozenset(files))

    held = hold_edition(published, desk.log(), desk.paper.anchors, desk.paper.documents)

    assert not any(name.startswith("ratings") for name in files)
    assert (held.wrong, held.books, held.others) == ({}, None, ())


def test_first_edition_with_ratings_is_what_recompute_makes_of_it(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, two_tallies)
    for day in DAYS[:2]:
        desk.folder.write(day, _remade(desk, day, SECOND).files)
    old = {name: desk.folder.read(DAYS[1], name) for name in desk.folder.names(DAYS[1])}

    assert desk.maker.make_due() == [DAYS[2], date(2026, 2, 5), DAYS[3]]

    assert desk.folder.manifest(DAYS[1]).format == "editions@v2"
    assert desk.folder.differing(DAYS[1], old) == []
    for day in DAYS[2:]:
        assert desk.folder.manifest(day).format == "editions@v3"
        assert desk.folder.differing(day, _remade(desk, day).files) == []
    assert len(_revised(desk, DAYS[2])) == 4


def test_ratings_published_otherwise_are_two_books(desk: Desk) -> None:
    files = dict(_remade(desk, DAYS[2]).files)
    name = "ratings-by-office.json"
    files[name] = files[name].replace(b'"mark_5":3', b'"mark_5":9', 1)
    published = PublishedEdition(DAYS[2], files.get, frozenset(files))

    held = hold_edition(published, desk.log(), desk.paper.anchors, desk.paper.documents)

    assert held.wrong.keys() == {name}
    (books,) = held.others
    assert books.finding is not None


def test_tally_whose_document_is_missing_stops_the_making_and_accuses_nobody(
    tmp_path: Path,
) -> None:
    desk = a_desk(tmp_path, two_tallies)
    documents = desk.paper.documents._documents
    (name,) = {each["document"] for each in _tallies(desk) if each["month"] == "2026-01"}
    held_back = documents.pop(name)

    with pytest.raises(StoreUnavailable, match="2026-01"):
        desk.maker.make_due()
    with pytest.raises(StoreUnavailable, match="2026-01"):
        _remade(desk, DAYS[2])

    assert desk.folder.days() == DAYS[:1]
    assert _remade(desk, DAYS[2], SECOND).files
    documents[name] = held_back
    assert desk.maker.make_due() == [*DAYS[1:3], date(2026, 2, 5), DAYS[3]]


def _tallies(desk: Desk) -> list[dict[str, Any]]:
    body = _remade(desk, DAYS[2]).files["ratings-by-month.json"]
    return list(msgspec.json.decode(body)["tallies"])
