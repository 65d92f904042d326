"""The rule on results held back, R21: the result is there, and nobody was told, or nobody came."""

from collections.abc import Iterator
from typing import Final

from domain.calendars import working_days_between
from domain.dossiers import Outcome, Status
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from projections.dossier_rows import Act
from projections.findings.cases import (
    BEYOND_CALENDAR,
    IMPORTED,
    NO_CALENDAR,
    case,
    explained,
    own,
)
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

NOTICE: Final = "dossier.result_ready_notified"
SENDING: Final = "dossier.result_dispatched"
_RESULTS: Final = frozenset({Outcome.GRANTED, Outcome.REFUSED})


def _held_back(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R21: too long from the result to its notice, sending or return; or from the notice on."""
    dossier = examined.dossier
    ended = next((act for act in examined.acts if act.status is Status.PROCESSED), None)
    if ended is None or ended.is_imported or dossier.outcome not in _RESULTS:
        return
    after = [act for act in examined.acts if act.version > ended.version]
    told = next((act for act in after if act.kind in (NOTICE, SENDING)), None)
    returned = next((act for act in after if act.status is Status.RESULT_RETURNED), None)
    silent = _days(examined, ended, _first(told, returned))
    if silent is not None and silent > parameters.held_days:
        yield Hit(_nobody_told(silent), (ended, *_there(told or returned)))
    elif told is not None and told.kind == NOTICE and not _was_sent(after):
        waited = _days(examined, told, returned)
        if waited is not None and waited > parameters.held_after_notice_days:
            acts = (ended, told, *_there(returned))
            yield Hit(_nobody_came(waited), acts, severity=Severity.INFORMATION)


def _days(examined: ExaminedDossier, since: Act, until: Act | None) -> int | None:
    """Count the working days from one act to another, or to now; None where nobody can count."""
    if examined.calendar is None:
        return None
    end = Moment(instant=examined.as_of) if until is None else until.at
    first, last = since.at.day_in(examined.zone), end.day_in(examined.zone)
    try:
        return working_days_between(examined.calendar, first, last)
    except CalendarHorizonPassed:
        return None


def _first(told: Act | None, returned: Act | None) -> Act | None:
    known = [act for act in (told, returned) if act is not None]
    return min(known, key=lambda act: act.version, default=None)


def _there(act: Act | None) -> tuple[Act, ...]:
    return () if act is None else (act,)


def _was_sent(acts: list[Act]) -> bool:
    return any(act.kind == SENDING for act in acts)


def _nobody_told(days: int) -> Sentence:
    return Sentence(
        f"Có kết quả mà {days} ngày làm việc không báo cho người nộp.",
        f"The result was there, and for {days} working days nobody told the applicant.",
    )


def _nobody_came(days: int) -> Sentence:
    return Sentence(
        f"Đã báo có kết quả, {days} ngày làm việc chưa trả.",
        f"The applicant was told, and the result was not returned for {days} working days.",
    )


R21: Final = DossierRule(
    id="R21",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Giữ kết quả", "Result held back"),
    looks_for=Sentence(
        "Có kết quả mà quá hai ngày làm việc không báo, gửi hoặc trả; đã báo mà quá mười ngày chưa "
        "trả thì chỉ để biết.",
        "A result that nobody was told of, sent or given for more than two working days; told of "
        "and not returned for more than ten, it is for information alone.",
    ),
    why=Sentence(
        "Kết quả nằm trong ngăn kéo là lúc người dân phải đi hỏi và chi tiền.",
        "A result in a drawer makes people ask for it, and pay.",
    ),
    explanations=(
        explained("Người nộp không đến lấy.", "The applicant does not come.", "told_in_time"),
        explained("Đã báo bằng điện thoại.", "The applicant was told by telephone."),
    ),
    exclusions=(
        case(
            "told_in_time",
            "Đã báo trong hai ngày làm việc.",
            "The applicant was told within two working days.",
        ),
        case(
            "sent_by_post",
            "Đã gửi qua bưu chính trong hai ngày làm việc.",
            "It was sent by post within two working days.",
        ),
        case("returned_at_once", "Đã trả ngay.", "It was returned at once."),
        case(
            "no_result",
            "Hồ sơ dừng, đóng hoặc rút: không có kết quả.",
            "It was stopped, closed or withdrawn: there is no result.",
        ),
    ),
    abstentions=(IMPORTED, NO_CALENDAR, BEYOND_CALENDAR),
    thresholds=(
        own("Quá hai ngày làm việc không báo.", "More than two working days without a notice."),
        own(
            "Quá mười ngày làm việc sau khi báo: để biết.",
            "More than ten working days after the notice: for information.",
        ),
    ),
    look=_held_back,
)
