"""Heads learn of looks that name no office of theirs, and that showed acts there all the same."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from api.data_folder import DataFolder
from api.reading.looks import LookBook
from api.resources.inspecting.shapes import LooksAnswer, TrailPageAnswer
from domain.facts import Grant
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, next_place
from ledger.looks.leaves import KeptLook
from tests.http.reading.people import Case, a_case
from tests.http.signing import signed_headers
from tests.support.builders import OFFICE, PROCEDURE, an_office

ABOVE = OFFICE.partition(".")[0]
STREAM = "access:" + "ab" * 32


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path) as made:
        yield made


def put_below(case: Case, above: str) -> None:
    """Let the registry put the case's office below another."""
    world, drafter = case.world, case.world.drafter
    for office, parent, place in (
        (above, None, FIRST_PLACE),
        (OFFICE, above, next_place(world.parts.reader, f"office:{OFFICE}")),
    ):
        document = canonical_json(an_office(office, parent=parent))
        world.record(drafter.register_office(world.registrar, office, document, place, world.now))
    world.settle()
    world.follow()


def ask(case: Case, path: str, reader: Reader) -> bytes:
    headers = signed_headers(case.keys[reader], path, case.world.clock())
    address, _, query = path.partition("?")
    result = case.world.client.simulate_get(address, query_string=query, headers=headers)
    assert result.status_code == 200, result.text
    return result.content


def offices_shown(case: Case, **asked: str) -> set[str | None]:
    path = f"/v1/trail?{urlencode(asked)}"
    page = msgspec.json.decode(ask(case, path, Reader.INSPECTOR), type=TrailPageAnswer)
    return {act.office for act in page.acts}


def looks_at_head(case: Case) -> int:
    answer = ask(case, "/v1/looks", Reader.HEAD_OF_OFFICE)
    return len(msgspec.json.decode(answer, type=LooksAnswer).looks)


def reaching(case: Case, office: str) -> tuple[KeptLook, ...]:
    book = LookBook(DataFolder(case.world.parts.settings.data).looks, bytes)
    return book.that_reached([office])


def test_look_at_an_office_above_is_listed_to_the_head_whose_acts_it_showed(case: Case) -> None:
    put_below(case, ABOVE)

    shown = offices_shown(case, office=ABOVE)

    assert OFFICE in shown
    assert looks_at_head(case) == 1
    assert reaching(case, "H99") == ()


def test_look_at_an_office_above_that_showed_nothing_below_is_not_listed(case: Case) -> None:
    put_below(case, ABOVE)

    assert offices_shown(case, office=ABOVE, to="2000-01-01") == set()

    assert looks_at_head(case) == 0


def test_look_at_a_procedure_under_an_order_of_dossiers_reaches_their_offices(case: Case) -> None:
    world = case.world
    signer = world.enrol("another inspector", Grant(Role.INSPECTOR, "*"))
    dossiers = (case.dossier.stream,)
    world.record(case.issue_order(STREAM, signer, offices=(), dossiers=dossiers))
    world.settle()
    world.follow()

    shown = offices_shown(case, procedure=PROCEDURE, order_stream=STREAM)

    assert OFFICE in shown
    (kept,) = reaching(case, OFFICE)
    assert kept.look.order_stream == STREAM
    assert reaching(case, "H99") == ()
    # Sealed until the order ends.
    assert looks_at_head(case) == 0
