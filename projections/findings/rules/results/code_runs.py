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
from ledger.codes.checking import CodeProblem, RecordedCode
from projections.findings.cases import IMPORTED, case, explained, own
from projections.findings.shapes import Audience, Finding, Rule, Severity

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
R27: Final = Rule(
    id="R27",
    version=1,
    severity=Severity.CRITICAL,
    name=Sentence("Toàn vẹn của sổ", "Log integrity"),
    looks_for=Sentence(
        "Dãy số mã hồ sơ của một ngày có số bỏ trống hoặc trùng.",
        "A number is missing or stands twice in the codes of one day.",
    ),
    why=Sentence(
        "Số bỏ trống có thể là hồ sơ nhận ngoài sổ.",
        "A missing number may be a dossier that was kept off the ledger.",
    ),
    explanations=(
        explained("Lỗi phần mềm.", "A defect of the software."),
        explained(
            "Số đã cấp nhưng hồ sơ không được tiếp nhận.",
            "A number was given out, and its dossier was never accepted.",
        ),
    ),
    exclusions=(
        IMPORTED,
        case(
            "veiled_alone",
            "Dãy chỉ có hồ sơ được che: cảnh báo công khai sẽ làm lộ.",
            "The run shows in veiled dossiers alone, of which a public alarm would tell.",
        ),
    ),
    abstentions=(
        case(
            "may_lie_unread",
            "Một lần tiếp nhận của ngày đó không còn mở được, số thiếu có thể ở đó.",
            "An acceptance of that day no longer opens, and the number may have been there.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    audience=Audience.PUBLIC_ALARM,
    private_inputs=(Sentence("Mã hồ sơ.", "Codes of dossiers."),),
    not_looked_for=(
        Sentence(
            "Chuỗi băm, điểm kiểm tra, bản cam kết: do `audit`, `audit --vault` và người giám sát.",
            "Hashes, checkpoints and commitments: `audit`, `audit --vault` and monitors do that.",
        ),
        Sentence(
            "Ngày trong mã khác ngày tiếp nhận: sổ cái không nhận (`fact_invalid`).",
            "A code of another day than the acceptance's: it is not accepted (`fact_invalid`).",
        ),
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
    return R27.finding(stream, office, reason, evidence[:MAX_EVIDENCE])


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
