"""The rule on the log's own integrity, R27, as far as codes show it: gaps and repeats in a run.

SPEC: domain.md 7.2: R27 is a public alarm. It names the acceptances of the run by their entries
and no code: codes are private. A run of which an acceptance no longer opens may have had its
missing number there, and is left alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

from domain.errors import MalformedDossierCode, Sentence
from domain.offices.codes import parse_dossier_code
from domain.oversight.integrity import FindingRecord
from ledger.codes.checking import CodeProblem, RecordedCode
from projections.findings.shapes import Finding, Severity

RULE: Final = "R27"
RULE_VERSION: Final = 1
MAX_EVIDENCE: Final = 1000
_REPEATED: Final = "code_repeated"
_GAPS: Final = frozenset({"code_never_used", "code_counter_gap"})
_GAP: Final = Sentence(
    "Dãy số mã hồ sơ của một ngày có số bị bỏ trống: có thể có hồ sơ ngoài sổ.",
    "A number is missing in the codes of one day: a dossier may have been kept off the ledger.",
)
_REPEAT: Final = Sentence(
    "Một mã hồ sơ được cấp cho nhiều hồ sơ.", "One code was given to several dossiers."
)
_RAISED: Final = Sentence(
    "Cảnh báo công khai về tính toàn vẹn của sổ đã được nêu.",
    "A public alarm about the integrity of the ledger was raised.",
)
_INNOCENT: Final = (
    Sentence("Lỗi phần mềm.", "A defect of the software."),
    Sentence(
        "Số đã cấp nhưng hồ sơ không được tiếp nhận.",
        "A number was given out, and its dossier was never accepted.",
    ),
)


def code_alarms(
    problems: Iterable[CodeProblem],
    recorded: Sequence[RecordedCode],
    hidden: Collection[tuple[str, date]],
) -> list[Finding]:
    """Give one alarm for each office and run of a day; ``hidden``: where a code may lie unread."""
    runs: dict[tuple[str, str, Sentence], None] = {}
    for problem in problems:
        day = _day_of(problem.code)
        if problem.kind == _REPEATED:
            runs[problem.office, _run_of(problem.code), _REPEAT] = None
        elif problem.kind in _GAPS and (problem.office, day) not in hidden:
            runs[problem.office, _run_of(problem.code), _GAP] = None
    entries: defaultdict[str, set[int]] = defaultdict(set)
    for each in recorded:
        if each.entry_index is not None:
            entries[_run_of(each.code)].add(each.entry_index)
    # An alarm is public: of a run that shows in veiled dossiers alone, nobody learns by it.
    return [
        alarm(f"office:{office}", office, reason, tuple(sorted(entries[run])))
        for office, run, reason in sorted(runs, key=lambda run: run[:2])
        if entries[run]
    ]


def alarm(stream: str, office: str, reason: Sentence, evidence: tuple[int, ...]) -> Finding:
    """Make the finding of one alarm."""
    return Finding(
        rule=RULE,
        rule_version=RULE_VERSION,
        severity=Severity.CRITICAL,
        stream=stream,
        office=office,
        reason=reason,
        innocent_explanations=_INNOCENT,
        evidence=evidence[:MAX_EVIDENCE],
    )


def raised_alarm(stream: str, office: str, record: FindingRecord) -> Finding | None:
    """Give a public alarm of this rule that stands in the log and is not closed yet."""
    if record.rule != RULE or not record.is_open:
        return None
    return alarm(stream, office, _RAISED, record.evidence)


def _run_of(code: str) -> str:
    """Give the run of a code, or of what names a run already: agency and day, and the owner."""
    agency, _, rest = code.partition("-")
    day, _, number = rest.partition("-")
    try:
        owner = parse_dossier_code(code).book[2]
    except MalformedDossierCode:
        owner = number
    return f"{agency}-{day}-{owner}"


def _day_of(code: str) -> date | None:
    day = code.split("-")[1] if code.count("-") else ""
    if len(day) != len("260202") or not day.isdigit():
        return None
    try:
        return date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError:
        return None
