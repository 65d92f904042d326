"""What a server's answer makes of a command: its exit code and its words; where a log is."""

from pathlib import Path

import msgspec
import pytest

from cli.output import EXIT_FAILED, EXIT_REFUSED, EXIT_UNREACHABLE, Refused, exit_code_of
from cli.sites import ServerNotReady, SiteAnswer, body_of, problem_of
from cli.sources import find_log
from transparency.errors import ProofInvalid


def _problem(status: int, **members: str) -> SiteAnswer:
    return SiteAnswer(status, msgspec.json.encode(members))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (_problem(503, code="not_ready", title="Not ready yet."), EXIT_UNREACHABLE),
        (SiteAnswer(502, b"<html>Bad gateway</html>"), EXIT_UNREACHABLE),
        (SiteAnswer(503, b""), EXIT_UNREACHABLE),
        (_problem(403, code="not_an_inspector", title="No inspector."), EXIT_REFUSED),
        (_problem(429, code="too_many_requests", title="Too often."), EXIT_REFUSED),
        (SiteAnswer(404, b"<html>"), EXIT_FAILED),
        (SiteAnswer(200, b"<html>"), EXIT_FAILED),
    ],
    ids=["not ready", "gateway", "silent", "forbidden", "too often", "no words", "no JSON"],
)
def test_answer_that_is_no_answer_ends_with_its_exit_code(answer: SiteAnswer, code: int) -> None:
    with pytest.raises((ServerNotReady, Refused, ProofInvalid)) as raised:
        body_of(answer)

    assert exit_code_of(raised.value) == code


def test_refusal_says_what_was_found_and_what_would_be_right() -> None:
    told = problem_of(_problem(422, code="fact_invalid", detail="grants: x", remedy="Name it."))

    assert str(told) == "fact_invalid: grants: x (Name it.)"


def test_good_answer_is_given_as_it_came() -> None:
    assert body_of(SiteAnswer(200, b'{"findings":[]}')) == b'{"findings":[]}'


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("http://h:8000", "http://h:8000/log"),
        ("http://h:8000/", "http://h:8000/log"),
        ("http://h:8000/log", "http://h:8000/log"),
        ("http://h:8000/log/", "http://h:8000/log"),
        ("https://h/elsewhere/tiles", "https://h/elsewhere/tiles"),
    ],
)
def test_log_of_a_server_is_found_by_its_address(given: str, text: str) -> None:
    assert find_log(given, Path("data")).text == text


def test_log_is_found_in_a_data_folder_too(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "checkpoint").touch()

    assert find_log(str(tmp_path), Path("data")).text == str(tmp_path / "log")
    assert find_log(str(tmp_path / "log"), Path("data")).text == str(tmp_path / "log")
    assert find_log(None, tmp_path).text == str(tmp_path / "log")
