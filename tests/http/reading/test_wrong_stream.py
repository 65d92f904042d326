"""A read that stands on another dossier's access stream never comes into the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts.integrity import AccessLogged, AccessLoggedDetails, AccessPurpose
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE
from tests.http.reading.people import Case, a_case

INSPECTOR = Reader.INSPECTOR


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path) as made:
        yield made


def a_read(case: Case, stream: str, dossier: str) -> SubmittedAction:
    details = AccessLoggedDetails(
        dossier=dossier, purpose=AccessPurpose.SUPERVISION, fields=("dossier.submitted",)
    )
    return case.world.drafter.sign(
        "access.logged",
        stream,
        FIRST_PLACE,
        case.world.now,
        AccessLogged(),
        ((Role.INSPECTOR, case.keys[INSPECTOR]),),
        details=details,
    )


def test_read_on_a_stream_that_is_not_the_dossiers_is_refused_by_the_writer(case: Case) -> None:
    """Handed in past the door that checks it, one such entry made the vault's audit fail for ever.

    The holder of the dossier that was read never saw it.
    """
    place = case.ask_place(case.keys[INSPECTOR]).json["stream"]
    nobody = "dossier:" + "9" * 32

    refused = [
        case.world.post(a_read(case, stream, dossier))
        for stream, dossier in (
            (f"access:{'ab' * 32}", case.dossier.stream),
            (place, nobody),
        )
    ]

    assert [answer.json["code"] for answer in refused] == ["wrong_access_stream"] * 2
    assert "refusal" in refused[0].json


def test_read_on_the_dossiers_own_stream_is_recorded_each_time(case: Case) -> None:
    for _ in range(2):
        entry = case.entry(INSPECTOR, "dossier.submitted")

        assert case.world.post(entry).status_code in case.world.recorded
