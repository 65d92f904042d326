"""Whether two answers can be held to one another: one question, one definition, one checkpoint.

An answer by an older definition, or to another address, has other numbers and is no lie. Words of
the answer that somebody kept are never repeated: what is told is what the log's own answer has.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from cli.output import UsageProblem
from domain.errors import Sentence
from projections.findings.peers.two_books import ALL

# What says in an answer of one unit (the index, the report) what was asked; `asked` in all others.
QUESTION: Final = ("asked", "office", "period", "formula_version", "form")
_KEYS: Final = ("office", "procedure", "period")


class AnswerNotComparable(UsageProblem):
    """A published answer that may differ from the log's own without being wrong."""

    code = "answer_not_comparable"
    why: ClassVar[Sentence]

    def __init__(self, ours: object = "") -> None:
        """Tell why; ``ours`` is what the log's own answer has instead."""
        own = f" ({ours})" if ours else ""
        super().__init__(f"{self.why.en}{own}\n{self.why.vi}{own}")


class OtherDefinition(AnswerNotComparable):
    """The answer was made by another definition, or names none."""

    code = "answer_of_other_definition"
    why = Sentence(
        "Tệp không nêu định nghĩa mà sổ cái dùng để trả lời địa chỉ này; các con số không so được.",
        "the file does not name the definition by which the log answers this address; their "
        "numbers cannot be compared",
    )


class OtherQuestion(AnswerNotComparable):
    """The answer is to another address, or to other query members of it."""

    code = "answer_to_other_question"
    why = Sentence(
        "Tệp không phải là câu trả lời cho địa chỉ này và các tham số của nó, hoặc không cho biết "
        "đã trả lời câu hỏi nào; hãy nêu đúng địa chỉ với --answer-to.",
        "the file is no answer to this address with these members, or does not tell to which; "
        "name the very address with --answer-to",
    )


class OtherCheckpoint(AnswerNotComparable):
    """The answer is as of a checkpoint that is not the one of the log that it is held to."""

    code = "answer_of_other_checkpoint"
    why = Sentence(
        "Điểm kiểm tra nêu trong tệp không phải là điểm kiểm tra của sổ này ở kích thước đó.",
        "the checkpoint that the file names is not the one that this log has at that size",
    )


def check_comparable(theirs: object, ours: object) -> None:
    """Check that two answers are to one question, by one definition, as of one checkpoint.

    Raises:
        OtherDefinition, OtherQuestion, OtherCheckpoint: they are not; numbers prove nothing then.
    """
    theirs, ours = _members(theirs), _members(ours)
    definition = ours.get("definition")
    if definition is None or theirs.get("definition") != definition:
        raise OtherDefinition(definition)
    if any(theirs.get(name) != ours.get(name) for name in QUESTION):
        raise OtherQuestion
    named, own = _members(theirs.get("checkpoint")), _members(ours.get("checkpoint"))
    # An answer that was copied without the root still says as of when it is.
    if named.get("size") != own.get("size") or named.get("root", own.get("root")) != own.get(
        "root"
    ):
        raise OtherCheckpoint(own.get("size"))


def check_told(theirs: object, ours: object) -> None:
    """Check by its rows what an answer was asked that has no member for it (the first definitions).

    Rows over all months do not show which months were asked for, so they tell too little. To be
    called only where an address can ask for parts, and nobody else knows what was asked.

    Raises:
        OtherQuestion: the rows are of other offices, procedures or periods, or tell too little.
    """
    theirs, ours = _members(theirs), _members(ours)
    if any(name in ours for name in QUESTION):
        return
    keys = sorted(_row_keys(ours))
    is_told = all(period != ALL for _, _, _, period in keys)
    totals = [[_key(_members(each.get("total"))) for each in (theirs, ours)]]
    if not is_told or keys != sorted(_row_keys(theirs)) or any(one != two for one, two in totals):
        raise OtherQuestion


def _row_keys(answer: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, rows in answer.items():
        for row in rows if isinstance(rows, list) else ():
            yield name, *_key(_members(row))


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(name, "")) for name in _KEYS)


def _members(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
