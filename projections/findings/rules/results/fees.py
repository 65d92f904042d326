"""The rule on money, R17: another amount than the catalogue's, or after the result.

What is owed after an exemption is private, so less than the catalogue's amount is never a hit.
Amounts that a financial authority fixes stand in no catalogue and are judged by their own demand.
Cash without a receipt's number shows where the private part opened.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from domain.errors import Sentence
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import NOT_OPENED, PERSONNEL_NUMBERS, case, explained, own
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)

ASSESSMENT: Final = "dossier.fee_assessed"
DEMAND: Final = "dossier.payment_required"
PAYMENT: Final = "dossier.payment_confirmed"
REFUND: Final = "dossier.payment_refunded"
APPROVAL: Final = "dossier.result_approved"
_ASSESSED_OTHERWISE: Final = Sentence(
    "Mức phí, lệ phí xác định khác danh mục thủ tục đã công bố.",
    "The fee was assessed at another amount than the published catalogue's.",
)
_DEMANDED_TOO_MUCH: Final = Sentence(
    "Số tiền yêu cầu nộp cao hơn danh mục thủ tục đã công bố.",
    "More was demanded than the published catalogue's amount.",
)
_TAKEN_TOO_MUCH: Final = Sentence(
    "Số tiền đã thu cao hơn số phải nộp.", "More was taken than was owed."
)
_AFTER_RESULT: Final = Sentence(
    "Yêu cầu nộp tiền sau khi kết quả đã được ký duyệt.",
    "A payment was demanded after the result had been approved.",
)
_PAID_AFTER_RESULT: Final = Sentence(
    "Thu tiền sau khi kết quả đã được ký duyệt, mà trước đó không ai xác định hay yêu cầu.",
    "Money was taken after the result had been approved, and nothing before had asked for it.",
)
_WITHOUT_RECEIPT: Final = Sentence(
    "Thu tiền mặt không có số biên lai.", "Cash was taken, and no receipt has a number."
)
_REFUNDED_TOO_MUCH: Final = Sentence(
    "Số tiền hoàn trả cao hơn số đã thu.", "More was refunded than had been taken."
)
_REFUNDED_BY_TAKER: Final = Sentence(
    "Cùng một người vừa thu tiền vừa hoàn trả.",
    "One person both took the money and refunded it.",
)


def _fee_mismatch(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R17: amounts and moments of money that neither catalogue nor demand accounts for."""
    money = _Money(examined)
    yield from _against_catalogue(money)
    owed = money.owed
    if owed is not None and _sum(money.payments) - _sum(money.refunds) > owed:
        yield Hit(_TAKEN_TOO_MUCH, (*money.demands, *money.payments))
    if money.payments and _sum(money.refunds) > _sum(money.payments):
        yield Hit(_REFUNDED_TOO_MUCH, (*money.payments, *money.refunds))
    yield from _after_result(examined)
    yield from _paid_after_result(examined)
    yield from _refunded_by_taker(examined, money)
    for act in money.payments:
        part = (examined.opened or {}).get(act.version)
        if part is not None and part.lacks_receipt and not act.is_imported:
            yield Hit(_WITHOUT_RECEIPT, (act,))


class _Money:
    """The acts about one dossier's money, and what the catalogue asks for."""

    def __init__(self, examined: ExaminedDossier):
        self.fee = _catalogue_fee(examined)
        self.assessments = _acts(examined, ASSESSMENT)
        self.all_demands = _acts(examined, DEMAND)
        self.payments = _acts(examined, PAYMENT)
        self.refunds = _acts(examined, REFUND)

    @property
    def demands(self) -> tuple[Act, ...]:
        """Give the demands of the office itself, for which the catalogue has the amount."""
        return tuple(act for act in self.all_demands if not _is_fixed_by_authority(act))

    @property
    def owed(self) -> int | None:
        """Give the most that may be taken: the catalogue's fee, and what an authority fixed."""
        fixed = _sum([act for act in self.all_demands if _is_fixed_by_authority(act)])
        if self.fee is not None:
            return self.fee + fixed
        return None if not self.all_demands else _sum(self.demands) + fixed


def _catalogue_fee(examined: ExaminedDossier) -> int | None:
    """Give the amount of the version that holds; None where the catalogue has it in prose."""
    version = examined.accepted_version() or examined.version_on(examined.dossier.submitted_at)
    return None if version is None else version.fee_for(examined.dossier.channel).amount_vnd


def _against_catalogue(money: _Money) -> Iterator[Hit]:
    if money.fee is None:
        return
    # One fee may be assessed in parts, each under its own code.
    if _sum(money.assessments) != money.fee:
        for act in money.assessments:
            if act.amount_vnd != money.fee:
                yield Hit(_ASSESSED_OTHERWISE, (act,))
    for act in money.demands:
        if (act.amount_vnd or 0) > money.fee:
            yield Hit(_DEMANDED_TOO_MUCH, (act,))


def _after_result(examined: ExaminedDossier) -> Iterator[Hit]:
    approval: Act | None = None
    for act in examined.acts:
        if act.kind == APPROVAL:
            approval = act
        elif act.kind == DEMAND and approval is not None and not _is_fixed_by_authority(act):
            yield Hit(_AFTER_RESULT, (approval, act))


def _paid_after_result(examined: ExaminedDossier) -> Iterator[Hit]:
    """Give payments after the approval that nobody had asked for; a late demand is named itself."""
    approval: Act | None = None
    was_asked = False
    for act in examined.acts:
        was_asked = was_asked or act.kind in (ASSESSMENT, DEMAND)
        approval = act if act.kind == APPROVAL else approval
        is_late = act.kind == PAYMENT and approval is not None and not act.is_imported
        if is_late and approval is not None and not was_asked:
            yield Hit(_PAID_AFTER_RESULT, (approval, act))


def _refunded_by_taker(examined: ExaminedDossier, money: _Money) -> Iterator[Hit]:
    for refund in money.refunds:
        for payment in money.payments:
            if _doers(examined, payment) & _doers(examined, refund):
                yield Hit(_REFUNDED_BY_TAKER, (payment, refund))


def _doers(examined: ExaminedDossier, act: Act) -> set[str]:
    """Give the persons behind an act; of an import its performer, as far as there is one."""
    if act.is_imported:
        return set() if act.performer is None else {act.performer}
    return {examined.person_of(signer.key) for signer in act.signers}


def _is_fixed_by_authority(act: Act) -> bool:
    return any(signer.role is Role.FINANCE_AUTHORITY for signer in act.signers)


def _acts(examined: ExaminedDossier, kind: str) -> tuple[Act, ...]:
    return tuple(act for act in examined.acts if act.kind == kind)


def _sum(acts: Sequence[Act]) -> int:
    return sum(act.amount_vnd or 0 for act in acts)


R17: Final = DossierRule(
    id="R17",
    version=2,
    severity=Severity.HIGH,
    name=Sentence("Thu sai, thu ngoài", "Fee mismatch"),
    looks_for=Sentence(
        "Số tiền khác danh mục, thu hoặc đòi sau khi có kết quả, hoàn trả sai, hoặc thu tiền mặt "
        "không có số biên lai.",
        "An amount that is not the catalogue's, money demanded or taken after the result, a false "
        "refund, or cash without a receipt's number.",
    ),
    why=Sentence(
        "Khoản thu ngoài danh mục hoặc không biên lai có thể là tiền riêng.",
        "What is taken beside the catalogue or without a receipt may go into a pocket.",
    ),
    explanations=(
        explained("Có giảm phí theo thời điểm.", "A discount held on that day."),
        explained(
            "Phí do địa phương quy định chưa có trong danh mục.",
            "A fee set by the province is not in the catalogue yet.",
        ),
        explained(
            "Tiền do cơ quan tài chính xác định.",
            "A financial authority fixed the amount.",
            "fixed_by_authority",
        ),
    ),
    exclusions=(
        case(
            "exempted",
            "Thu ít hơn danh mục: miễn giảm là dữ liệu riêng tư.",
            "Less than the catalogue's amount: exemptions are private.",
        ),
        case(
            "fixed_by_authority",
            "Cơ quan tài chính xác định số tiền.",
            "A financial authority fixed the amount.",
        ),
        case(
            "assessed_in_parts",
            "Phí được xác định thành nhiều khoản, cộng lại đúng danh mục.",
            "The fee was assessed in parts that add up to the catalogue's.",
        ),
        case(
            "owed_before",
            "Khoản tiền nộp sau đã được xác định hoặc yêu cầu trước khi có kết quả.",
            "What was paid after the result had been assessed or demanded before it.",
        ),
    ),
    abstentions=(
        case(
            "fee_in_prose",
            "Danh mục chỉ nêu phí bằng lời văn.",
            "The catalogue has the fee in prose alone.",
        ),
        NOT_OPENED,
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    audience=Audience.INSPECTORS,
    private_inputs=(
        PERSONNEL_NUMBERS,
        Sentence("Số biên lai thu tiền mặt.", "Numbers of receipts for cash."),
    ),
    look=_fee_mismatch,
)
