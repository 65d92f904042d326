"""Rules on supplements and on moves without ground: asked too often (R02), moved for nothing (R09).

A supplement found complete though nothing came moves the limit; a new appointment ought to rest on
an apology, or on something that stopped the clock since the appointment was last given.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from domain.dossiers import WAIT_OF_STATUS
from domain.errors import Sentence
from projections.dossier_rows import Act
from projections.findings.cases import IMPORTED, by_law, case, explained, own
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

SUPPLEMENT: Final = "dossier.supplement_submitted"
COMPLETION: Final = "dossier.supplement_completed"
SUPPLEMENT_REQUESTS: Final = frozenset(
    {"dossier.intake_supplement_requested", "dossier.supplement_requested"}
)
# SPEC: domain.md 2.7, row 19: what was handed in does not suffice, which asks once more.
REPEATED_REQUESTS: Final = SUPPLEMENT_REQUESTS | {"dossier.supplement_judged_incomplete"}
APOLOGY: Final = "dossier.extension_apology_issued"
RESCHEDULING: Final = "dossier.appointment_rescheduled"
# SPEC: domain.md 7.2, R09: what may move a date beside an apology.
CLOCK_MOVERS: Final = frozenset(
    {
        "dossier.supplement_completed",
        "dossier.payment_confirmed",
        "dossier.processing_suspended",
        "dossier.processing_resumed",
        "dossier.consultation_answered",
        "dossier.verification_recorded",
        "dossier.withdrawal_denied",
    }
)
_NO_APOLOGY: Final = Sentence(
    "Đổi ngày hẹn trả dựa trên một văn bản xin lỗi không có trong hồ sơ.",
    "The appointment moved by an apology that the dossier does not have.",
)
_NOTHING_STOPPED: Final = Sentence(
    "Đổi ngày hẹn trả theo luật mà không có việc nào làm dừng thời hạn.",
    "The appointment moved on legal ground, and nothing had stopped the clock.",
)
_NOTHING_HANDED_IN = Sentence(
    "Xác nhận đã bổ sung đủ mà không có lần nộp bổ sung nào được ghi nhận.",
    "A supplement was found complete though none had been handed in.",
)


def _repeated_supplements(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R02: more requests for a supplement than the version in force allows.

    A new version of the law between two requests is innocent: it is counted anew.
    """
    requests = tuple(act for act in examined.acts if act.kind in REPEATED_REQUESTS)
    by_version: defaultdict[int | None, int] = defaultdict(int)
    allowed: dict[int | None, int] = {}
    for act in requests:
        version = examined.version_on(act.at)
        number = None if version is None else version.version
        declared = None if version is None else version.max_supplements
        allowed[number] = parameters.supplement_requests if declared is None else declared
        by_version[number] += 1
    if any(count > allowed[number] for number, count in by_version.items()):
        reason = Sentence(
            f"Yêu cầu bổ sung hồ sơ {len(requests)} lần.",
            f"A supplement was requested {len(requests)} times.",
        )
        yield Hit(reason, requests)


def _without_ground(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R09: the due date or the appointment moved, and nothing that happened accounts for it."""
    yield from _missing_supplement(examined, parameters)
    yield from _groundless_appointment(examined)


def _groundless_appointment(examined: ExaminedDossier) -> Iterator[Hit]:
    """Give new appointments on legal ground though no clock had stopped, or on no apology."""
    apologies: set[int] = set()
    stream = examined.dossier.stream
    # A calendar that moved the limit is a ground, too; when it became one is not told apart.
    stopped = moved = any(change.stream != stream for change in examined.dossier.due_changes)
    for act in examined.acts:
        stopped = stopped or act.kind in CLOCK_MOVERS or act.status in WAIT_OF_STATUS
        if act.kind == APOLOGY:
            apologies.add(act.version)
        elif act.kind == RESCHEDULING and not act.is_imported:
            on_apology = act.refers_to is not None
            if act.refers_to not in apologies if on_apology else not stopped:
                yield Hit(_NO_APOLOGY if on_apology else _NOTHING_STOPPED, (act,))
            stopped = moved


def _missing_supplement(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R09: found complete though nothing was handed in: it ends the wait and may move the limit."""
    # LAW: Decree 61/2018 art. 19.4: the limit starts anew once the papers have been received.
    request: Act | None = None
    for act in examined.acts:
        if act.kind in SUPPLEMENT_REQUESTS:
            request = act
        elif act.kind == SUPPLEMENT:
            request = None
        elif act.kind == COMPLETION and request is not None and not act.is_imported:
            yield Hit(_NOTHING_HANDED_IN, (request, act))


R02: Final = DossierRule(
    id="R02",
    version=2,
    severity=Severity.HIGH,
    name=Sentence("Đòi bổ sung nhiều lần", "Repeated supplements"),
    looks_for=Sentence(
        "Yêu cầu bổ sung nhiều lần hơn thủ tục cho phép; bổ sung bị chê thiếu cũng là một lần.",
        "Papers were asked for more often than the procedure allows; what is judged incomplete "
        "is asked for once more.",
    ),
    why=Sentence(
        "Đòi bổ sung từng chút một là cách gây khó dễ thường gặp.",
        "Asking bit by bit is a common way to make things hard.",
    ),
    explanations=(
        explained(
            "Quy định mới có hiệu lực.", "A new version of the law came into force.", "law_changed"
        ),
        explained(
            "Người nộp bổ sung chưa đầy đủ.", "What the applicant handed in was not complete."
        ),
    ),
    exclusions=(
        case(
            "law_changed",
            "Giữa hai lần yêu cầu có phiên bản thủ tục mới.",
            "A new version of the procedure came into force between the requests.",
        ),
        case(
            "procedure_allows_more",
            "Thủ tục cho phép số lần đó.",
            "The procedure's version allows so many.",
        ),
    ),
    thresholds=(
        by_law(
            "Một lần, nếu thủ tục không nêu khác (`max_supplements`).",
            "Once, where the procedure does not say otherwise (`max_supplements`).",
            "Decree 61/2018 arts 15.3 and 17.2a",
        ),
    ),
    look=_repeated_supplements,
)
R09: Final = DossierRule(
    id="R09",
    version=2,
    severity=Severity.HIGH,
    name=Sentence("Đổi hạn không căn cứ", "Due date moved without ground"),
    looks_for=Sentence(
        "Ngày hẹn đổi mà không có xin lỗi hay việc dừng thời hạn, hoặc xác nhận đã bổ sung đủ khi "
        "không ai nộp gì.",
        "An appointment moved without an apology or a stop of the clock, or papers were found "
        "complete though nobody had handed anything in.",
    ),
    why=Sentence(
        "Đổi ngày hẹn tùy ý làm hồ sơ trễ trông như đúng hẹn.",
        "Moving the appointment at will makes a late dossier look punctual.",
    ),
    explanations=(
        explained(
            "Nộp bằng giấy tại quầy.", "The papers were handed in at the counter.", "handed_in"
        ),
        explained("Lịch làm việc thay đổi.", "The calendar was corrected.", "calendar_changed"),
    ),
    exclusions=(
        IMPORTED,
        case("handed_in", "Đã có lần nộp bổ sung.", "Papers were handed in before."),
        case(
            "apologised",
            "Có văn bản xin lỗi được nêu.",
            "The apology that it rests on is there.",
        ),
        case(
            "clock_stopped",
            "Trước đó có việc làm dừng thời hạn.",
            "Something stopped the clock since the appointment was last given.",
        ),
        case(
            "calendar_changed",
            "Lịch công bố mới đã làm thay đổi hạn.",
            "A calendar that was published later moved the limit.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    look=_without_ground,
)
