"""`recompute` where one of site and log has more figures than an answer may hold, and refuses."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from api.figures import answering
from cli.served_figures.comparing import ADDRESSES
from tests.support.folder_server import Answer, serving
from tests.unit.cli.running import run
from tests.unit.cli.test_recompute import _folder_with, _recompute

FEES = "/v1/statistics/fees?by=period"
COUNTS = "/v1/statistics/counts"


def _site(folder: Path, answers: Mapping[str, Answer]) -> Callable[[str], Answer]:
    def answer(path: str) -> Answer:
        file = folder / path.lstrip("/")
        found: Answer = (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")
        return answers.get(path, found)

    return answer


def _as_recomputed(folder: Path, asked: str) -> Answer:
    return 200, {}, run("recompute", "--request", asked, "--data", folder).out.encode()


def test_site_that_refuses_a_list_of_too_many_figures_is_compared_by_its_other_answers(
    tmp_path: Path,
) -> None:
    folder = _folder_with(tmp_path / "data")
    published = {asked: _as_recomputed(folder.path, asked) for asked in (COUNTS, *ADDRESSES)}

    with serving(_site(folder.path, {**published, FEES: (400, {}, b"{}")})) as address:
        recomputed = _recompute(folder, "--log", address)

    assert (recomputed.code, recomputed.members["differences"]) == (0, 0)
    assert recomputed.members["answers"] == len(ADDRESSES) - 1
    assert recomputed.members["not_published"] == [FEES]


def test_answer_where_the_log_has_too_many_figures_for_one_is_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _folder_with(tmp_path / "data", accepted=3)
    asked = "/v1/statistics/timeliness?by=period"
    answers = {each: _as_recomputed(folder.path, each) for each in (COUNTS, asked)}
    monkeypatch.setattr(answering, "MAX_FIGURES", 0)

    with serving(_site(folder.path, answers)) as address:
        recomputed = _recompute(folder, "--log", address)

    assert (recomputed.code, recomputed.members["differences"]) == (1, 1)
