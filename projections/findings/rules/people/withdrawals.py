"""The rule on pressed withdrawals, R20: signs that the applicant did not withdraw freely.

Each sign alone is common; two of them on one withdrawal are a lead. Only applicant and proxy may
sign a request to withdraw; that an officer asks in their place is refused, not flagged.
"""

from collections.abc import Iterator
from typing import Final

from domain.calendars import WorkingTime, working_days_between
from domain.dossiers import Due
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import (
    BEYOND_CALENDAR,
    IMPORTED,
    NO_CALENDAR,
    NO_DUE_DATE,
    case,
    explained,
    own,
)
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)

REQUEST: Final = "dossier.withdrawal_requested"
CONFIRMATION: Final = "dossier.withdrawal_confirmed"
KEY_REPLACEMENT: Final = "dossier.applicant_key_replaced"
SIGNS_NEEDED: Final = 2
_NEAR_DUE: Final = Sentence("ngay trước hoặc sau hạn", "within a working day of the limit, or late")
_AT_COUNTER: Final = Sentence(
    "được quầy xác nhận trong cùng một lần", "confirmed by the counter in one sitting"
)
_OFFICERS_KEY: Final = Sentence(
    "ký bằng khóa do cán bộ cấp lại", "signed with a key that officers had put in"
)


def _pressed(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R20: a withdrawal that was confirmed, with two signs or more."""
    put_in: dict[str, Act] = {}
    request: Act | None = None
    for act in examined.acts:
        if act.kind == KEY_REPLACEMENT:
            keys = (signer.key for signer in act.signers if signer.role is Role.HOLDER)
            put_in |= dict.fromkeys(keys, act)
        elif act.kind == REQUEST:
            request = act
        elif act.kind == CONFIRMATION and request is not None and not request.is_imported:
            signs = dict(_signs(examined, request, act, put_in, parameters))
            if len(signs) >= SIGNS_NEEDED:
                shown = {each.version: each for acts in signs.values() for each in acts}
                ordered = tuple(shown[version] for version in sorted(shown))
                yield Hit(_reason(tuple(signs)), ordered)


def _signs(
    examined: ExaminedDossier,
    request: Act,
    confirmation: Act,
    put_in: dict[str, Act],
    parameters: Parameters,
) -> Iterator[tuple[Sentence, tuple[Act, ...]]]:
    """Give the signs of pressure, each with the acts that show it."""
    working = examined.working()
    if request.due is not None and working is not None:
        try:
            if _is_near(request.at, request.due, working, parameters.withdrawal_window):
                yield _NEAR_DUE, (request,)
        except CalendarHorizonPassed:
            pass
    if _is_one_sitting(request, confirmation, parameters):
        yield _AT_COUNTER, (request, confirmation)
    replaced = [put_in[signer.key] for signer in request.signers if signer.key in put_in]
    if replaced:
        yield _OFFICERS_KEY, (*replaced, request)


def _is_near(at: Moment, due: Due, working: WorkingTime, window: int) -> bool:
    """Tell whether at most so many working days lay before the due day, or it had passed."""
    due_on = Moment(instant=due.instant, day=due.day).day_in(working.zone)
    return working_days_between(working.calendar, at.day_in(working.zone), due_on) <= window


def _is_one_sitting(request: Act, confirmation: Act, parameters: Parameters) -> bool:
    by_receiver = any(signer.role is Role.RECEIVER for signer in confirmation.signers)
    asked, confirmed = request.at.instant, confirmation.at.instant
    if not by_receiver or asked is None or confirmed is None:
        return False
    return confirmed - asked <= parameters.one_sitting


def _reason(signs: tuple[Sentence, ...]) -> Sentence:
    vi = "; ".join(sign.vi for sign in signs)
    en = "; ".join(sign.en for sign in signs)
    return Sentence(f"Rút hồ sơ có dấu hiệu bị ép: {vi}.", f"A withdrawal with signs of: {en}.")


R20: Final = DossierRule(
    id="R20",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Ép rút hồ sơ", "Pressed withdrawal"),
    looks_for=Sentence(
        "Việc rút hồ sơ có hai dấu hiệu trở lên: sát hạn hoặc quá hạn; được quầy xác nhận trong "
        "cùng một lần; ký bằng khóa do cán bộ cấp lại.",
        "A withdrawal with two signs or more: within a working day of the limit or late; confirmed "
        "by the counter in one sitting; signed with a key that officers had put in.",
    ),
    why=Sentence(
        "Hồ sơ bị ép rút không bị tính là quá hạn.",
        "A dossier that was pressed out is never counted late.",
    ),
    explanations=(
        explained(
            "Người nộp tự quyết định.",
            "It was the applicant's own decision.",
            "one_sign_alone",
        ),
    ),
    exclusions=(
        case("one_sign_alone", "Chỉ có một dấu hiệu.", "There is one sign alone."),
        case("denied", "Yêu cầu rút bị từ chối.", "The withdrawal was denied."),
        case(
            "long_before",
            "Rút khi còn lâu mới hết hạn, bằng khóa của mình.",
            "It came long before the limit, with the applicant's own key.",
        ),
    ),
    abstentions=(IMPORTED, NO_DUE_DATE, NO_CALENDAR, BEYOND_CALENDAR),
    thresholds=(
        own("Hai dấu hiệu.", "Two signs."),
        own("Trong một ngày làm việc trước hạn.", "One working day before the limit."),
        own(
            "Quầy xác nhận trong 15 phút.",
            "The counter confirms within 15 minutes.",
            "this ledger",
        ),
    ),
    audience=Audience.INSPECTORS,
    not_looked_for=(
        Sentence(
            "Cùng thiết bị với cán bộ: sổ cái không ghi thiết bị.",
            "One device with an officer: no act records devices.",
        ),
        Sentence(
            "Nhập thay người nộp tại quầy: sổ cái không nhận (`not_your_role`).",
            "Entered by the counter without the applicant: not accepted (`not_your_role`).",
        ),
    ),
    look=_pressed,
)
