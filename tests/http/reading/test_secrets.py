"""The slip's secret: replaced at the counter, and every read made with it listed to the holder."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from domain.facts import Grant
from domain.moments import Moment
from domain.reading.rights import Reader
from domain.roles import Role
from tests.http.reading.people import Case, a_case, a_veiled_case
from tests.support.builders import OFFICE
from transparency.encoding import encode_base64
from transparency.notes import SigningKey

NEW_SECRET = encode_base64(b"n" * 32)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path) as made:
        yield made


def replace_secret(case: Case, *signers: tuple[Role, SigningKey]) -> None:
    first = case.dossier.secret
    case.replace_slip(NEW_SECRET, *signers)
    case.dossier.secret = first
    case.world.settle()
    case.world.follow()


def open_with(case: Case, secret: str, path: str = "") -> Any:
    return case.world.client.simulate_get(case.path + path, headers={"Dossier-Secret": secret})


def a_page(case: Case, language: str = "vi", **form: str) -> Any:
    return case.world.client.simulate_post(
        "/dossiers",
        body=urlencode({"dossier": case.dossier.stream} | form),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Language": language,
        },
    )


def as_applicant(case: Case) -> tuple[Role, SigningKey]:
    return Role.APPLICANT, case.dossier.applicant


def as_receiver(case: Case) -> tuple[Role, SigningKey]:
    return Role.RECEIVER, case.world.keys["receiver"]


def test_new_secret_opens_the_dossier_and_the_old_one_nothing(case: Case) -> None:
    replace_secret(case, as_applicant(case), as_receiver(case))

    old, new = (open_with(case, secret) for secret in (case.dossier.secret, NEW_SECRET))

    assert (old.status_code, old.json["code"]) == (403, "slip_replaced")
    assert new.status_code == 200
    assert NEW_SECRET not in new.text


def test_head_and_receiver_replace_it_together_for_whoever_lost_key_and_slip(case: Case) -> None:
    head = case.world.enrol("head", Grant(Role.HEAD, OFFICE))

    replace_secret(case, as_receiver(case), (Role.HEAD, head))

    assert open_with(case, NEW_SECRET).status_code == 200


def test_officer_alone_cannot_make_the_secret_theirs(case: Case) -> None:
    with pytest.raises(AssertionError, match="co_signer_missing"):
        replace_secret(case, as_receiver(case))

    assert open_with(case, case.dossier.secret).status_code == 200


def test_access_stream_stays_where_the_first_secret_put_it(case: Case) -> None:
    case.read(Reader.OFFICER_WITH_TASK, "dossier.accepted")
    before = open_with(case, case.dossier.secret, "/access").json

    replace_secret(case, as_applicant(case))
    after = open_with(case, NEW_SECRET, "/access").json

    assert (before["stream"], before["reads"]) == (after["stream"], after["reads"])


def test_reads_with_either_secret_are_listed_to_the_holder(case: Case) -> None:
    open_with(case, case.dossier.secret)
    open_with(case, case.dossier.secret, "/deadline")
    case.world.wait(minutes=5)
    replace_secret(case, as_applicant(case))
    open_with(case, NEW_SECRET)

    by_key = case.get(Reader.HOLDS_KEY, f"{case.path}/access").json["own_reads"]

    # The last one is this very look, by key: whoever holds the slip sees that it was not the slip.
    assert sorted(by_key, key=lambda read: (read["minute"], read["with_present_secret"])) == [
        {"minute": "2026-11-20T02:01:00Z", "times": 2, "with_present_secret": False},
        {"minute": "2026-11-20T02:06:00Z", "times": 1, "with_present_secret": False},
        {"minute": "2026-11-20T02:06:00Z", "times": 1, "with_present_secret": True},
    ]


def test_whoever_reads_by_a_replaced_key_is_seen_by_the_holder_of_the_slip(case: Case) -> None:
    """An office replaced an applicant's key and read as the holder: the list stayed empty."""
    case.get(Reader.HOLDS_KEY, case.path)

    listed = open_with(case, case.dossier.secret, "/access").json["own_reads"]

    assert [read["with_present_secret"] for read in listed].count(False) == 1


def test_refused_reads_and_reads_by_officers_are_not_among_them(case: Case) -> None:
    open_with(case, NEW_SECRET)
    case.get(Reader.OFFICER_WITH_TASK, case.path)

    own = open_with(case, case.dossier.secret, "/access").json["own_reads"]
    to_officer = case.get(Reader.OFFICER_WITH_TASK, f"{case.path}/access").json

    assert [(read["times"], read["with_present_secret"]) for read in own] == [(1, True)]
    assert "own_reads" not in to_officer


def test_holder_of_the_old_slip_sees_who_replaced_it_and_who_had_looked(case: Case) -> None:
    """Receiver and head gave themselves a new secret: the true holder saw an empty list."""
    head = case.world.enrol("head", Grant(Role.HEAD, OFFICE))
    case.read(Reader.OFFICER_WITH_TASK, "dossier.accepted")
    open_with(case, case.dossier.secret)
    case.world.wait(minutes=5)
    replace_secret(case, as_receiver(case), (Role.HEAD, head))
    case.world.wait(minutes=5)
    case.read(Reader.OFFICER_WITH_TASK, "dossier.submitted")
    open_with(case, NEW_SECRET)

    told = open_with(case, case.dossier.secret, "/access").json

    assert [read["fields"] for read in told["reads"]] == [["dossier.accepted"]]
    assert {read["minute"] for read in told["own_reads"]} == {
        "2026-11-20T02:01:00Z",
        "2026-11-20T02:11:00Z",  # this very look, with the old slip
    }
    assert all(read["with_present_secret"] for read in told["own_reads"])
    assert told["replaced"]["at"] == "2026-11-20T02:06:00Z"
    assert [(one["role"], one["key"]) for one in told["replaced"]["signers"]] == [
        ("receiver", case.world.keys["receiver"].name),
        ("head", head.name),
    ]


def test_replacement_of_a_veiled_dossiers_slip_dated_back_hides_no_read(tmp_path: Path) -> None:
    """No entry has the replacement's index: by its claimed moment a read before it was hidden."""
    with a_veiled_case(tmp_path) as veiled:
        head = veiled.world.enrol("head", Grant(Role.HEAD, OFFICE))
        veiled.world.wait(hours=3)
        veiled.read(Reader.OFFICER_WITH_TASK, "dossier.accepted")
        veiled.world.wait(minutes=10)
        an_hour_ago = veiled.world.clock().replace(microsecond=0) - timedelta(hours=1)
        signers = (as_receiver(veiled), (Role.HEAD, head))
        first = veiled.dossier.secret
        veiled.replace_slip(NEW_SECRET, *signers, at=Moment(instant=an_hour_ago))
        veiled.world.settle()
        veiled.world.follow()

        told = open_with(veiled, first, "/access").json

        assert [read["fields"] for read in told["reads"]] == [["dossier.accepted"]]


def test_old_secret_opens_nothing_though_no_follower_has_stepped(case: Case) -> None:
    """Between the publication of a new secret and the follower's step the old one still opened."""
    opened = a_page(case, secret=case.dossier.secret)
    held = opened.text.split('name="pass" value="')[1].split('"')[0]
    old = case.dossier.secret
    case.replace_slip(NEW_SECRET, as_applicant(case))

    by_secret = open_with(case, old)
    by_pass = a_page(case, **{"pass": held})

    assert (by_secret.status_code, by_secret.json["code"]) == (403, "slip_replaced")
    assert open_with(case, NEW_SECRET).status_code == 200
    assert case.dossier.code not in by_pass.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_tells_the_holder_of_the_old_slip_that_it_was_replaced(
    case: Case, language: str
) -> None:
    case.read(Reader.OFFICER_WITH_TASK, "dossier.accepted")
    replace_secret(case, as_applicant(case), as_receiver(case))

    page = a_page(case, language, secret=case.dossier.secret)

    assert case.world.keys["receiver"].name in page.text
    assert case.dossier.code not in page.text
    assert NEW_SECRET not in page.text
