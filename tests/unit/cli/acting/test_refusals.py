"""What a newcomer is told where something is refused: once, and with what would be right."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from api.data_folder import DataFolder
from cli.acting import nearby
from cli.acting.nearby import find_site
from cli.commands.procedures import _by_kind
from cli.output import EXIT_REFUSED, Refused, UsageProblem, fail, with_code
from cli.sites import SiteAnswer, body_of, problem_of
from cli.vault_audit import in_lines
from ledger.catalogue.readings import Warned
from ledger.key_files import load_private_key
from tests.unit.cli.running import Ran, a_key, a_ledger, run, submission


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return a_ledger(tmp_path)


def _enrolled(folder: Path, data: Path, kind: str, grant: str, *more: str | Path) -> Ran:
    key = folder / f"{kind}.key"
    if not key.exists():
        a_key(folder, kind)
    number = ("--personnel-number", f"CB-{folder.name}-{kind}")
    return run("keys", "enroll", key, grant, *number, "--data", data, *more)


def _answer(code: str, detail: str) -> SiteAnswer:
    members = {"code": code, "title": "Title.", "detail": detail, "remedy": "Remedy."}
    return SiteAnswer(422, msgspec.json.encode(members))


def test_code_of_a_servers_refusal_is_said_once() -> None:
    told = str(problem_of(_answer("not_permitted", "not_permitted: dossier.accepted ACCEPTED")))

    assert told == "not_permitted: dossier.accepted ACCEPTED (Remedy.)"
    assert with_code("erasure_blocked", "erasure_blocked") == "erasure_blocked"


def test_refusal_of_a_read_speaks_both_languages_whichever_the_server_spoke() -> None:
    with pytest.raises(Refused) as raised:
        body_of(_answer("inspection_order_needed", ""))

    assert "Chỉ được mở tên người theo quyết định thanh tra" in str(raised.value)
    assert "Names are opened only under a numbered inspection order" in str(raised.value)


def test_refusal_mixed_an_english_detail_with_a_vietnamese_remedy_in_one_line() -> None:
    with pytest.raises(Refused) as raised:
        body_of(_answer("malformed_parameter", "limit is a number from 1 to 500"))

    vietnamese, english, detail = str(raised.value).splitlines()
    assert vietnamese.startswith("malformed_parameter: Một tham số")
    assert english.startswith("A parameter of the request is not valid.")
    assert detail == "limit is a number from 1 to 500"


def test_json_of_a_servers_refusal_had_another_code_than_the_server_gave(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(Refused) as raised:
        body_of(_answer("malformed_parameter", "limit is a number from 1 to 500"))
    with pytest.raises(SystemExit) as ended:
        fail(raised.value, as_json=True)

    assert ended.value.code == EXIT_REFUSED
    assert msgspec.json.decode(capsys.readouterr().out)["code"] == "malformed_parameter"


def test_wrong_order_stream_was_answered_with_words_about_access_entries() -> None:
    with pytest.raises(Refused) as raised:
        body_of(_answer("inspection_order_needed", "order_stream: no order stands there"))

    assert "the stream where the order was issued" in str(raised.value)
    assert "mục truy cập" not in str(raised.value)
    assert "access entry" not in str(raised.value)


def test_act_that_the_state_does_not_permit_is_answered_with_those_it_does(
    tmp_path: Path, data: Path
) -> None:
    stream = run(*submission(a_key(tmp_path), "--data", data, "--json")).members["stream"]
    _enrolled(tmp_path, data, "officer", "receiver@SAMPLE")

    refused = run(
        *("act", "dossier.result_returned", "--stream", stream, "--office", "SAMPLE"),
        *("--sign", f"receiver={tmp_path / 'officer.key'}", "--data", data, "--details", "{}"),
    )

    assert refused.code == 4
    assert "NEWLY_REGISTERED; permitted now: " in refused.said
    assert "dossier.accepted, dossier.intake_refused" in refused.said
    assert "dossier.result_issued" not in refused.said


def test_missing_co_signer_is_named(tmp_path: Path, data: Path) -> None:
    stream = run(*submission(a_key(tmp_path), "--data", data, "--json")).members["stream"]
    _enrolled(tmp_path, data, "officer", "receiver@SAMPLE")

    refused = run(
        *("act", "dossier.slip_secret_replaced", "--stream", stream, "--office", "SAMPLE"),
        *("--details", '{"reason_code":"lost"}', "--data", data, "--json"),
        *("--sign", f"receiver={tmp_path / 'officer.key'}"),
    )

    assert refused.code == 4
    assert "co_signer_missing: receiver: missing is applicant, or head" in refused.out


def test_registrar_outside_its_scope_is_told_its_scope(tmp_path: Path, data: Path) -> None:
    _enrolled(tmp_path, data, "registrar", "registrar@SAMPLE")

    refused = _enrolled(
        *(tmp_path, data, "officer", "receiver@ELSEWHERE"),
        *("--registrar", tmp_path / "registrar.key", "--json"),
    )

    assert refused.code == 4
    assert "ELSEWHERE: it is registrar for SAMPLE alone" in refused.members["message"]


def test_second_complaint_with_one_key_is_told_to_make_another(tmp_path: Path, data: Path) -> None:
    key = a_key(tmp_path, "petitioner")

    first, second = [
        run(
            *("act", "petition.complaint_filed", "--stream", "new", "--office", "SAMPLE"),
            *("--facts", '{"level":1}', "--details", '{"text":"Chậm"}', "--json"),
            *("--sign", f"applicant={key}", "--data", data),
        )
        for _ in range(2)
    ]

    assert first.code == 0, first.out
    assert second.code == 4
    assert "this key has filed already, make another" in second.members["message"]


def test_order_that_is_closed_again_says_when_it_was_closed(tmp_path: Path, data: Path) -> None:
    _enrolled(tmp_path, data, "inspector", "inspector@*")
    (tmp_path / "reader").mkdir()
    _enrolled(tmp_path / "reader", data, "inspector", "inspector@*")
    reader = load_private_key(tmp_path / "reader" / "inspector.key").name
    key = ("--key", tmp_path / "inspector.key", "--data", data)
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    issued = run(
        *("orders", "issue", "7/QĐ", "--reader", reader, "--office", "SAMPLE"),
        *("--until", until, *key),
    )

    first = run("orders", "close", "7/QĐ", *key)
    again = run("orders", "close", "7/QĐ", *key)
    unknown = run("orders", "close", "8/QĐ", *key)

    assert issued.code == 0, issued.said
    assert "stream: access:" in issued.out
    assert "streams: 1" in first.out
    assert "it was closed at 20" in again.said
    assert "is that its number?" in unknown.said


def test_office_without_an_identity_code_is_counted_and_told_how_to_name_one(
    tmp_path: Path, data: Path
) -> None:
    listed = tmp_path / "offices.csv"
    listed.write_text("id,name_vi,name_en,level\ngso-18073,Xã A,Commune A,commune\n")
    imported = run("offices", "import", listed, "--data", data)
    procedure = '{"channel":"online","procedure":"SAMPLE-1"}'
    key = a_key(tmp_path)
    submitted = run(
        *submission(key, "--data", data, "--json", "--office", "gso-18073", "--facts", procedure)
    )

    refused = run("codes", "allot", "gso-18073", submitted.members["stream"], "--data", data)

    assert "without_identity_code: 1" in imported.out
    assert refused.code == 2
    assert "--format short takes most" not in refused.said
    assert "act office.registered --stream office:gso-18073" in refused.said
    assert '"identity_code"' in refused.said


def test_server_of_the_data_folder_is_found_and_named_as_wanted_where_there_is_none(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageProblem, match=r"name the ledger's address \(--server"):
        find_site(None, data)

    monkeypatch.setattr(nearby, "is_served", lambda _data: True)
    DataFolder(data).address.write_text("http://127.0.0.1:8123\n")

    assert find_site(None, data).address == "http://127.0.0.1:8123"
    assert find_site("http://h:1", data).address == "http://h:1"


def test_warnings_of_a_catalogue_are_counted_by_kind() -> None:
    warnings = [Warned("limit_in_prose", f"P-{number}", "limit") for number in range(7)]

    told = _by_kind([*warnings, Warned("fee_in_prose", "P-0", "fee")])

    assert told == ["fee_in_prose: 1 (P-0)", "limit_in_prose: 7 (P-0, P-1, P-2, P-3, P-4, …)"]


def test_keys_of_one_person_stand_on_one_line() -> None:
    shown = in_lines({"keys_of_one_person": [["officer-a", "officer-b"], ["officer-c"]]})

    assert shown == {"vault keys of one person": ["officer-a, officer-b", "officer-c"]}
