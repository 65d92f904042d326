"""Rules on the one-stop shop: requests past it (R18), and takings-over that nobody announced."""

from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from domain.facts import Channel
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import IMPORTED, case, explained, own
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

HANDOVER: Final = "dossier.handover_acknowledged"
# SPEC: ADR 0016, "What would reopen it": a hand-over without it is a finding.
ANNOUNCEMENTS: Final = frozenset(
    {"dossier.forwarded", "dossier.step_transferred", "dossier.routed_to_office"}
)
_DESK: Final = frozenset({Role.RECEIVER, Role.RETURNER})
# Whoever fetches a result otherwise than at the counter signs for nothing there.
_SENT: Final = frozenset({"dossier.result_dispatched", "dossier.delivery_choice_changed"})
_WITHOUT_RELAY: Final = Sentence(
    "Yêu cầu bổ sung không qua Bộ phận Một cửa.",
    "A supplement was requested past the one-stop shop.",
)
_SUBMITTED_ALONE: Final = Sentence(
    "Hồ sơ nộp tại quầy mà không có chữ ký của người tiếp nhận.",
    "Handed in at the counter without the signature of whoever received it.",
)
_PAPERS_BY_DESK: Final = Sentence(
    "Hồ sơ bổ sung chỉ có chữ ký của người tiếp nhận, không có chữ ký của người nộp.",
    "Papers were handed in under the receiver's signature alone, without the applicant's.",
)
_RESULT_BY_DESK: Final = Sentence(
    "Trả kết quả tại quầy mà không có chữ ký của người nhận.",
    "A result was returned at the counter without the signature of whoever took it.",
)
_UNANNOUNCED: Final = Sentence(
    "Cơ quan khác nhận hồ sơ mà không có việc chuyển hồ sơ và không có chữ ký bên giao.",
    "Another office took the dossier over: nobody had sent it there, and no giver signed.",
)


def _past_the_shop(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R18: a request without the receiver's relay, or a counter act that one side alone signed.

    Imports are left alone: one importer signs everything.
    """
    sent, at_counter = False, examined.dossier.channel is Channel.COUNTER
    for act in examined.acts:
        roles = {signer.role for signer in act.signers}
        sent = sent or act.kind in _SENT
        if act.is_imported:
            continue
        if act.kind == "dossier.supplement_requested" and Role.RECEIVER not in roles:
            yield Hit(_WITHOUT_RELAY, (act,))
        elif act.kind == "dossier.submitted" and at_counter and Role.RECEIVER not in roles:
            yield Hit(_SUBMITTED_ALONE, (act,))
        elif act.kind == "dossier.supplement_submitted" and roles <= _DESK:
            yield Hit(_PAPERS_BY_DESK, (act,))
        elif act.kind == "dossier.result_returned" and roles <= _DESK and at_counter and not sent:
            yield Hit(_RESULT_BY_DESK, (act,))


def _unannounced(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """An office took a dossier over that nobody had sent to it.

    Innocent: the office that took it in takes it back; a successor goes on; the giver signed.
    """
    home, holder, sent_to = _first_office(examined), _first_office(examined), ""
    taken: Act | None = None
    for act in examined.acts:
        if act.kind in ANNOUNCEMENTS:
            sent_to = act.to_office or ""
            if act.kind == "dossier.routed_to_office":
                home, holder = sent_to, sent_to if holder == home else holder
        elif act.kind == HANDOVER and act.office is not None:
            known = act.office in (holder, home, sent_to) or _succeeds(examined, act.office, holder)
            if not known and not act.is_imported and not _giver_signed(examined, act, holder):
                yield Hit(_UNANNOUNCED, (act,) if taken is None else (taken, act))
            holder, sent_to, taken = act.office, "", act


def _first_office(examined: ExaminedDossier) -> str:
    first = examined.acts[0].office if examined.acts else None
    return first or examined.dossier.office


def _succeeds(examined: ExaminedDossier, office: str, former: str) -> bool:
    """Tell whether an office goes on with what another one had, which has ended."""
    record, offices = examined.around.offices.get(former), examined.around.offices
    successor = offices.get(office)
    return (record is not None and office in record.office.succeeded_by) or (
        successor is not None and former in successor.office.succeeds
    )


def _giver_signed(examined: ExaminedDossier, act: Act, holder: str) -> bool:
    """Tell whether somebody of the office that held it signed beside the taker."""
    if len(act.signers) == 1:
        return False
    records = ((signer.role, examined.around.keys.get(signer.key)) for signer in act.signers)
    return any(record is not None and record.covers(role, holder) for role, record in records)


R18: Final = DossierRule(
    id="R18",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Yêu cầu trực tiếp", "Contact outside the one-stop shop"),
    looks_for=Sentence(
        "Yêu cầu bổ sung không qua Bộ phận Một cửa, hoặc việc tại quầy chỉ một bên ký.",
        "Papers were asked for past the one-stop shop, or one side alone signed an act at the "
        "counter.",
    ),
    why=Sentence(
        "Gặp riêng ngoài Một cửa là nơi phát sinh tiêu cực; chữ ký một bên thì ai cũng viết được.",
        "Meeting past the counter is where money asks for a way; what one side signs alone, one "
        "side may make up.",
    ),
    explanations=(
        explained("Xác minh tại hiện trường.", "A verification on site."),
        explained("Người nộp không có khóa ký.", "The applicant has no key to sign with."),
        explained("Kết quả gửi qua bưu chính.", "The result went by post.", "sent_otherwise"),
    ),
    exclusions=(
        IMPORTED,
        case(
            "relayed",
            "Người tiếp nhận cùng ký yêu cầu.",
            "The receiving officer signed the request too.",
        ),
        case("both_signed", "Hai bên cùng ký.", "Both sides signed."),
        case(
            "sent_otherwise",
            "Kết quả được gửi, không trả tại quầy.",
            "The result was sent, and not fetched at the counter.",
        ),
        case(
            "not_at_counter",
            "Hồ sơ không nộp tại quầy.",
            "The dossier was not handed in at the counter.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    not_looked_for=(
        Sentence(
            "Phiếu bổ sung không có thông báo hệ thống: sổ cái không ghi thông báo đó.",
            "A slip without a message of the system: no act records that message.",
        ),
        Sentence(
            'Mục đánh giá "phải gặp cơ quan khác": điểm chấm không có mục đó.',
            'The rating\'s item "contacted another agency": ratings have no such item.',
        ),
    ),
    look=_past_the_shop,
)
UNANNOUNCED: Final = DossierRule(
    id="taken_unannounced",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Nhận hồ sơ không ai chuyển", "Taken over unannounced"),
    looks_for=Sentence(
        "Cơ quan khác nhận hồ sơ mà không ai chuyển đến và bên giao không ký.",
        "Another office took the dossier over: nobody had sent it there, and no giver signed.",
    ),
    why=Sentence(
        "Hồ sơ đi đâu không ai báo thì không ai chịu trách nhiệm về thời gian.",
        "Where a dossier went unannounced, nobody answers for its time.",
    ),
    explanations=(
        explained("Hồ sơ giấy đã được bàn giao trước.", "The papers had been handed over before."),
        explained("Cơ quan cũ đã sáp nhập.", "The former office was merged.", "successor"),
    ),
    exclusions=(
        IMPORTED,
        case("announced", "Đã có việc chuyển đến.", "Somebody had sent it there."),
        case(
            "back_home",
            "Trở về nơi đã tiếp nhận.",
            "It went back to the office that took it in.",
        ),
        case(
            "successor",
            "Cơ quan kế tục cơ quan cũ.",
            "The office succeeds the one that had it.",
        ),
        case("giver_signed", "Bên giao cùng ký.", "Somebody of the giving office signed."),
    ),
    thresholds=(own("Bất kỳ.", "Any.", "ADR 0016"),),
    look=_unannounced,
)
