"""``erase``: no file keeps anything personal, all that is public stays, crashes are made good."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from falcon.testing import TestClient

from api import bootstrap
from api.app import create_app
from api.errors import QueueCursorEnded
from api.reading.kept_lists import KeptLists
from api.starting_over import stores as starting_over
from domain.facts.feedback import ComplaintFiled, ComplaintFiledDetails
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from ledger.erasing.carrying_out import Eraser
from ledger.errors import StoreUnavailable
from projections.holders import Mark, mark_hash
from tests.http.world import World, action_body, json_headers
from tests.support.builders import OFFICE
from tests.support.oversight.ended_dossier import EndedDossier, an_ended_dossier, files_with
from tests.unit.cli.running import Ran, run
from transparency.encoding import encode_base64

OTHER_SECRET = encode_base64(b"t" * 32)


@pytest.fixture
def ended(tmp_path: Path) -> EndedDossier:
    return an_ended_dossier(tmp_path)


def erase(ended: EndedDossier) -> Ran:
    return run("erase", ended.stream, "--key", ended.approver, "--data", ended.data, "--json")


def stored_pieces(ended: EndedDossier) -> list[bytes]:
    """Give pieces of the ciphertexts and the wrapped key as they lie on the disk."""
    pieces = []
    for name, columns, table in (
        ("vault", "nonce, ciphertext", "details"),
        ("keyring", "nonce, wrapped_key", "dossier_keys"),
    ):
        connection = sqlite3.connect(ended.data / f"{name}.sqlite3")
        query = f"SELECT {columns} FROM {table} WHERE stream = ?"
        pieces += [blob[:16] for row in connection.execute(query, (ended.stream,)) for blob in row]
        connection.close()
    return pieces


def back_up(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def put_back(copy: Path, database: Path) -> None:
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    shutil.copy(copy, database)


def test_lists_that_are_paged_through_are_forgotten_with_it(ended: EndedDossier) -> None:
    lists = KeptLists(ended.data / "lists.sqlite3", os.urandom)
    now = datetime.now(UTC)
    list_id = lists.keep("officer", ended.stream.encode(), now)
    ended.later(days=2)

    assert erase(ended).code == 0

    with pytest.raises(QueueCursorEnded):
        lists.find(list_id, "officer", now)


def test_no_byte_of_it_stays_and_everything_public_does(ended: EndedDossier) -> None:
    pieces = [*ended.markers, *stored_pieces(ended)]
    assert "codes.sqlite3" in " ".join(files_with(ended.data, pieces))
    with ended.web() as client:
        receipt = client.simulate_get(f"/v1/streams/{ended.stream}/versions/1/receipt").content
        counts = client.simulate_get("/v1/statistics/counts").json
    (ended.data.parent / "kept.receipt").write_bytes(receipt)
    ended.later(days=2)

    done = erase(ended)

    assert (done.code, done.members["repeated"]) == (0, False), done.out + done.said
    assert done.members["last_backup_until"] == "2026-12-22"
    assert files_with(ended.data, pieces) == []
    for command in ("audit", "recompute"):
        checked = run(command, "--data", ended.data, "--json")
        assert checked.code == 0, checked.out + checked.said
    anchors = ended.data / "keys" / "anchors.toml"
    assert run("verify", ended.data.parent / "kept.receipt", "--anchors", anchors).code == 0
    with ended.web() as client:
        later = client.simulate_get("/v1/statistics/counts").json
    assert [row for row in later.items() if row[0] not in ("checkpoint", "as_of")] == [
        row for row in counts.items() if row[0] not in ("checkpoint", "as_of")
    ]
    assert run("codes", "check", "--data", ended.data, "--json").code == 0
    assert files_with(ended.data, pieces) == []


def test_repeated_erasure_says_that_it_is_done_and_records_nothing(ended: EndedDossier) -> None:
    ended.later(days=2)
    first = erase(ended)

    again = erase(ended)

    assert again.code == 0
    assert again.members == {**first.members, "repeated": True}


def test_holder_reads_that_and_when_it_was_erased_and_the_code_leads_nowhere(
    ended: EndedDossier,
) -> None:
    ended.later(days=2)
    erase(ended)

    with ended.web() as client:
        answer = client.simulate_get(
            f"/v1/dossiers/{ended.stream}", headers={"Dossier-Secret": ended.secret}
        )
        page = client.simulate_post(
            "/dossiers",
            body=f"dossier={ended.stream.partition(':')[2]}&secret=any".encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "text/html",
                "Accept-Language": "en",
            },
        )
        lookup = client.simulate_post("/v1/lookup", json={"code": ended.code})

    assert answer.status_code == 200, answer.text
    assert answer.json["personal_data_erased_at"].startswith("2026-11-22T")
    assert all("details" not in act for act in answer.json["acts"])
    assert (page.status_code, lookup.status_code) == (200, 404)
    assert "was erased for good on" in page.text
    assert not any(marker.decode() in page.text for marker in ended.markers)


def test_retention_that_runs_or_was_never_declared_refuses(tmp_path: Path) -> None:
    for years in (5, None):
        ended = an_ended_dossier(tmp_path / str(years), years)
        ended.later(days=2)

        refused = erase(ended)

        assert (refused.code, refused.members["code"]) == (4, "retention_not_passed")
        assert files_with(ended.data, stored_pieces(ended)) != []


def complain(world: World, dossier: str) -> None:
    world.record(
        world.drafter.sign(
            "petition.complaint_filed",
            f"petition:{'7' * 32}",
            FIRST_PLACE,
            world.now,
            ComplaintFiled(level=1),
            ((Role.RECEIVER, world.keys["receiver"]),),
            office=OFFICE,
            details=ComplaintFiledDetails(secret=OTHER_SECRET, text="chậm", dossier=dossier),
        )
    )


def test_open_complaint_that_only_the_vault_knows_of_refuses(tmp_path: Path) -> None:
    ended = an_ended_dossier(tmp_path, afterwards=complain)
    ended.later(days=2)

    refused = erase(ended)

    assert (refused.code, refused.members["code"]) == (4, "erasure_blocked")
    assert "complaint" not in refused.out
    assert files_with(ended.data, stored_pieces(ended)) != []


def test_views_keep_no_hash_by_which_the_holder_was_recognised(ended: EndedDossier) -> None:
    view_secret = bootstrap.operator_keys(ended.settings).view_secret
    marks = [
        mark_hash(view_secret, Mark.SECRET, ended.secret),
        mark_hash(view_secret, Mark.CODE, ended.code),
    ]
    assert files_with(ended.data, marks) != []
    with ended.web() as client:
        headers = {"Dossier-Secret": ended.secret}
        client.simulate_get(f"/v1/dossiers/{ended.stream}", headers=headers)
    beginnings = [mark[:8] for mark in marks]
    assert "reads.sqlite3" in files_with(ended.data, beginnings)
    ended.later(days=2)

    erase(ended)

    assert files_with(ended.data, beginnings) == []


def test_key_that_may_not_decide_it_is_refused(ended: EndedDossier, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    assert run("keys", "new", "officer", "--out", other, "--data", ended.data).code == 0
    ended.later(days=2)

    refused = run("erase", ended.stream, "--key", other, "--data", ended.data, "--json")

    assert refused.code == 4
    assert run("erase", "dossier:" + "f" * 32, "--key", other, "--data", ended.data).code == 4


def test_crash_between_record_and_carrying_out_is_finished_by_the_next_start(
    ended: EndedDossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_eraser: Eraser) -> list[str]:
        raise StoreUnavailable("the power went")

    pieces = [*ended.markers, *stored_pieces(ended)]
    ended.later(days=2)
    with monkeypatch.context() as patched:
        patched.setattr(starting_over, "carry_out_erasures", lambda *_parts: [])
        patched.setattr(Eraser, "carry_out", crash)
        assert erase(ended).code == 3
    assert files_with(ended.data, pieces) != []

    with bootstrap.embedded_writer(ended.settings):
        pass

    assert files_with(ended.data, pieces) == []


@pytest.mark.parametrize("names", [("vault",), ("keyring",), ("vault", "keyring")])
def test_older_copies_are_erased_before_the_writer_starts(
    ended: EndedDossier, names: tuple[str, ...], tmp_path: Path
) -> None:
    pieces = [*ended.markers, *stored_pieces(ended)]
    for name in names:
        back_up(ended.data / f"{name}.sqlite3", tmp_path / name)
    ended.later(days=2)
    erase(ended)
    for name in names:
        put_back(tmp_path / name, ended.data / f"{name}.sqlite3")
    assert files_with(ended.data, pieces) != []

    with bootstrap.embedded_writer(ended.settings):
        pass

    assert files_with(ended.data, pieces) == []


def test_old_submission_that_is_sent_again_brings_nothing_back(ended: EndedDossier) -> None:
    pieces = [*ended.markers, *stored_pieces(ended)]
    ended.later(days=2)
    erase(ended)

    with bootstrap.embedded_writer(ended.settings) as writer:
        client = TestClient(create_app(bootstrap.web_parts(ended.settings, writer)))
        again = client.simulate_post(
            "/v1/actions", body=action_body(ended.submission), headers=json_headers()
        )

    assert again.status_code == 200, again.text
    assert files_with(ended.data, pieces) == []
    assert stored_pieces(ended) == []
