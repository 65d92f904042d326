"""Histories over HTTP: one request, verified offline; private parts for whoever may see them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from falcon.testing import Result

from domain.facts import DossierSubmittedDetails
from domain.reading.rights import Reader
from ledger.histories.verifying import VerifiedHistory, verify_bundle
from tests.http.reading.people import Case, a_case, a_veiled_case
from transparency.histories.bundles import HISTORY_MEDIA_TYPE, parse_history

NOWHERE = "dossier:" + "0e" * 16


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("open")) as made:
        made.world.settle()
        made.world.follow()
        yield made


@pytest.fixture(scope="module")
def veiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_veiled_case(tmp_path_factory.mktemp("veiled")) as made:
        made.world.settle()
        made.world.follow()
        yield made


def get(case: Case, path: str, **headers: str) -> Result:
    return case.world.client.simulate_get(path, headers=headers)


def verified(case: Case, answer: Result) -> VerifiedHistory:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == HISTORY_MEDIA_TYPE
    return verify_bundle(answer.content, case.world.operator.anchors)


def test_anyone_gets_the_public_history_of_an_open_dossier(case: Case) -> None:
    history = verified(case, get(case, f"/v1/streams/{case.dossier.stream}/history"))

    assert [act.action.version for act in history.acts] == [1, 2, 3, 4, 5]
    assert all(act.details is None for act in history.acts)


def test_history_goes_on_with_the_dossier(tmp_path: Path) -> None:
    with a_case(tmp_path) as case:
        path = f"/v1/streams/{case.dossier.stream}/history"
        before = get(case, path)
        case.world.submit()
        case.world.settle()
        after = get(case, path, **{"If-None-Match": before.headers["etag"]})

        assert after.status_code == 200
        assert verified(case, after).checkpoint != verified(case, before).checkpoint
        again = get(case, path, **{"If-None-Match": after.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("stream", ["office:H27.15", NOWHERE, "key:officer-0123456789abcdef"])
def test_every_stream_has_a_history_or_the_proof_that_it_has_no_entry(
    case: Case, stream: str
) -> None:
    assert verified(case, get(case, f"/v1/streams/{stream}/history")).stream == stream


@pytest.mark.parametrize("stream", ["dossier:x", "rating:" + "1" * 32, "denunciation:" + "1" * 32])
def test_sealed_and_impossible_streams_have_none(case: Case, stream: str) -> None:
    answer = get(case, f"/v1/streams/{stream}/history")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_holder_gets_the_private_parts_opened(case: Case) -> None:
    answer = get(
        case,
        f"/v1/dossiers/{case.dossier.stream}/history",
        **{"Dossier-Secret": case.dossier.secret},
    )

    history = verified(case, answer)

    assert isinstance(history.acts[0].details, DossierSubmittedDetails)
    # Why a dossier is kept is not for its party.
    assert [act.details is None for act in history.acts] == [False, False, False, True, False]
    assert answer.headers["cache-control"] == "no-store"


def test_dossier_is_found_by_its_bare_id_too(case: Case) -> None:
    """The documents showed `/v1/dossiers/{id}/history`, and the bare id was unknown."""
    stream_id = case.dossier.stream.removeprefix("dossier:")
    secret = {"Dossier-Secret": case.dossier.secret}

    named, bare = (
        get(case, f"/v1/dossiers/{name}/history", **secret)
        for name in (case.dossier.stream, stream_id)
    )

    assert len(stream_id) == 32
    assert verified(case, bare) == verified(case, named)
    assert bare.headers["etag"] == named.headers["etag"]


@pytest.mark.parametrize("name", ["0e" * 16, "0E" * 16, "0e" * 15, "x"])
def test_bare_id_of_no_dossier_is_unknown_without_saying_more(case: Case, name: str) -> None:
    secret = {"Dossier-Secret": case.dossier.secret}

    answer = get(case, f"/v1/dossiers/{name}/history", **secret)

    assert (answer.status_code, answer.json["code"]) == (404, "unknown_dossier")


def test_request_signed_for_the_bare_id_is_good(case: Case) -> None:
    path = f"/v1/dossiers/{case.dossier.stream.removeprefix('dossier:')}/history"

    answer = get(case, path, **case.headers(Reader.INSPECTOR, path))

    assert len(verified(case, answer).acts) == 5


@pytest.mark.parametrize("reader", [Reader.OFFICER_WITH_TASK, Reader.INSPECTOR])
def test_officers_and_inspectors_get_it_without_the_private_parts(
    case: Case, reader: Reader
) -> None:
    path = f"/v1/dossiers/{case.dossier.stream}/history"

    history = verified(case, get(case, path, **case.headers(reader, path)))

    assert len(history.acts) == 5
    assert all(act.details is None for act in history.acts)


@pytest.mark.parametrize(
    ("reader", "status"),
    [
        (Reader.ANYONE, 404),
        (Reader.OFFICER_WITHOUT_TASK, 403),
        (Reader.OFFICER_ELSEWHERE, 403),
        (Reader.INSPECTOR_ELSEWHERE, 403),
    ],
)
def test_whoever_has_no_business_there_gets_none(case: Case, reader: Reader, status: int) -> None:
    path = f"/v1/dossiers/{case.dossier.stream}/history"

    assert get(case, path, **case.headers(reader, path)).status_code == status


def test_stranger_gets_of_a_veiled_dossier_what_is_true_of_any_name(veiled: Case) -> None:
    history = verified(veiled, get(veiled, f"/v1/streams/{veiled.dossier.stream}/history"))
    nowhere = verified(veiled, get(veiled, f"/v1/streams/{NOWHERE}/history"))

    assert (history.acts, nowhere.acts) == ((), ())
    assert not history.is_veiled
    told = [
        get(veiled, f"/v1/dossiers/{stream}/history").json["code"]
        for stream in (veiled.dossier.stream, NOWHERE)
    ]
    assert told == ["unknown_dossier"] * 2


def test_holder_of_a_veiled_dossier_gets_notes_promises_and_openings(veiled: Case) -> None:
    answer = get(
        veiled,
        f"/v1/dossiers/{veiled.dossier.stream}/history",
        **{"Dossier-Secret": veiled.dossier.secret},
    )

    history = verified(veiled, answer)

    assert history.is_veiled
    assert [act.action.version for act in history.acts] == [1, 2, 3, 4, 5]
    assert [act.entry_index for act in history.acts] == [None] * 5
    promises = [act.promise.published_as for act in history.acts if act.promise is not None]
    assert promises == ["H27.15 step", "H27.15 received", *["H27.15 step"] * 3]
    assert history.acts[0].details is not None
    assert all(len(each.salt) == 32 for each in parse_history(answer.content).withheld_notes)
