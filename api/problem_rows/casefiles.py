"""Rows of the table of problems about casefiles."""

from collections.abc import Mapping
from typing import Final

from api.problem_rows.shapes import ProblemType, malformed
from domain.errors import Sentence
from projections.casefiles import errors

CASEFILE_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    errors.MalformedCasefile: malformed(
        "Tệp này không phải là hồ sơ vụ việc của thanh tra, hoặc không ở dạng chuẩn.",
        "This is no casefile, or not in its one spelling.",
        Sentence(
            "Hãy xin lại tệp từ thanh tra viên đã lập.", "Ask the inspector who made it again."
        ),
    ),
    errors.CasefileOfAnotherLedger: malformed(
        "Hồ sơ vụ việc này thuộc một sổ cái khác với sổ của các khóa xác minh.",
        "The casefile is of another ledger than the anchors; nothing shows that it was tampered "
        "with.",
        Sentence(
            "Hãy dùng tệp khóa (anchors.toml) của sổ cái ghi trong thông báo.",
            "Verify it with the anchors (anchors.toml) of the ledger that the message names.",
        ),
    ),
    errors.CasefileTampered: malformed(
        "Một phần của hồ sơ vụ việc không phải là phần đã được thanh tra viên ký.",
        "A part of the casefile is not the one that the inspector signed for.",
        Sentence(
            "Phần bị sai được nêu tên: đừng dùng tệp này, và hãy giữ nguyên làm bằng chứng.",
            "The part is named: do not use the file, and keep it as it is, as evidence.",
        ),
    ),
}
