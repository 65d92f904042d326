"""The rule on duties, R16: one person on both sides of a decision, or with an interest in it."""

from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from projections.dossier_rows import Act
from projections.findings.cases import PERSONNEL_NUMBERS, by_law, case, explained
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)
from projections.people.duties import PERSONAL_ACTS, doers_of_both, is_personal_act_by

CONFLICT: Final = "dossier.conflict_declared"
# By this act a dossier leaves whoever signs it.
HANDING_ON: Final = "dossier.step_transferred"
SAME_PERSON: Final = Sentence(
    "Cùng một người vừa tiếp nhận hoặc thụ lý vừa phê duyệt hồ sơ.",
    "One person both took in or processed the dossier and approved it.",
)
_AFTER_CONFLICT: Final = Sentence(
    "Người đã báo xung đột lợi ích vẫn tiếp tục làm hồ sơ.",
    "Somebody who had declared an interest of their own went on with the dossier.",
)


def _segregation(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R16: one person took in or processed and approved; or acted in spite of an interest."""
    yield from one_person_decides(examined)
    yield from _after_conflict(examined)


def one_person_decides(examined: ExaminedDossier) -> Iterator[Hit]:
    """Give what one person (or an import's performer) both took in, or processed, and decided."""
    if _counter_decides(examined):
        return
    doers = doers_of_both(examined.dossier, examined.person_of)
    if doers:
        acts = (act for act in examined.acts if is_personal_act_by(act, doers, examined.person_of))
        yield Hit(SAME_PERSON, tuple(acts))


def _after_conflict(examined: ExaminedDossier) -> Iterator[Hit]:
    """Give the acts of intake, processing and decision by who had declared an interest."""
    declared: dict[str, Act] = {}
    for act in examined.acts:
        doers = _doers(examined, act)
        if act.kind == CONFLICT:
            declared |= dict.fromkeys(doers, act)
        elif act.kind in PERSONAL_ACTS and act.kind != HANDING_ON:
            known = (declared[doer] for doer in doers if doer in declared)
            yield from (Hit(_AFTER_CONFLICT, (declaration, act)) for declaration in known)


def _doers(examined: ExaminedDossier, act: Act) -> list[str]:
    """Give the persons who signed, or an import's performer."""
    if act.is_imported:
        return [] if act.performer is None else [act.performer]
    return sorted({examined.person_of(signer.key) for signer in act.signers})


def _counter_decides(examined: ExaminedDossier) -> bool:
    # LAW: Decree 61/2018 art. 17.5: the decision may be delegated to the counter.
    if examined.procedure is None:
        return False
    version = examined.procedure.version(examined.dossier.procedure_version)
    return version is not None and version.counter_decides


R16: Final = DossierRule(
    id="R16",
    version=3,
    severity=Severity.HIGH,
    name=Sentence("Vừa nhận vừa duyệt", "Segregation of duties"),
    looks_for=Sentence(
        "Một người vừa tiếp nhận hoặc thụ lý vừa phê duyệt, hoặc vẫn làm hồ sơ sau khi báo xung "
        "đột lợi ích.",
        "One person took in or processed a dossier and approved it, or went on with it after "
        "declaring an interest of their own.",
    ),
    why=Sentence(
        "Ai nhận hồ sơ không được tự quyết định: không còn ai kiểm tra.",
        "Whoever takes in must not decide, or nobody checks anybody.",
    ),
    explanations=(
        explained("Xã nhỏ, ít cán bộ.", "A small commune with few officers."),
        explained(
            "Thủ tục giải quyết ngay.", "A procedure decided on the same day.", "counter_decides"
        ),
    ),
    exclusions=(
        case(
            "counter_decides",
            "Thủ tục giao quầy quyết định.",
            "The procedure's version delegates the decision to the counter.",
        ),
        case(
            "handed_on",
            "Sau khi báo xung đột, người đó chỉ chuyển hồ sơ cho người khác.",
            "After declaring the interest the person did nothing but hand it on.",
        ),
    ),
    thresholds=(by_law("Bất kỳ.", "Any.", "Decree 61/2018 art. 17.5"),),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    not_looked_for=(
        Sentence(
            "Cùng một thiết bị: sổ cái không ghi thiết bị.",
            "One device: no act records devices.",
        ),
        Sentence(
            "Việc của cơ quan đã giao hồ sơ đi: sổ cái không nhận (`not_your_office`).",
            "Acts of an office that gave the dossier away: not accepted (`not_your_office`).",
        ),
    ),
    look=_segregation,
)
