"""Rows of the table of problems about projections that have stopped."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import ProblemType
from domain.errors import Sentence
from projections.parts.stops import ProjectionStopped

REBUILDING_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    ProjectionStopped: ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Sentence(
            "Bảng dẫn xuất mà câu trả lời dựa vào đã dừng; các phần khác vẫn trả lời.",
            "The projection that this answer rests on has stopped; all others still answer.",
        ),
        Sentence(
            "Đơn vị vận hành phải tạo lại bảng nêu trong chi tiết (dossier-ledger rebuild);"
            " /readyz cho biết nguyên nhân.",
            "The operator has to rebuild what the detail names (dossier-ledger rebuild);"
            " /readyz gives the cause.",
        ),
        shows_detail=True,
    ),
}
