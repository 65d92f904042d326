"""The rule on churn, R30: three or more processors on one dossier."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import PERSONNEL_NUMBERS, case, explained, own
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)
from projections.people.duties import PERSONAL_ACTS

# Acts of intake and decision have signers of their own.
PROCESSING: Final = PERSONAL_ACTS - {
    "dossier.intake_supplement_requested",
    "dossier.accepted",
    "dossier.intake_refused",
    "dossier.result_approved",
    "dossier.resolution_refused",
}
REASSIGNMENT: Final = "dossier.processor_reassigned"


def _churn(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R30: three persons processed it in one office, or leaders gave it to that many.

    Two keys of one person are one; each office of a linked procedure has its own processors.
    """
    first_acts: defaultdict[str, dict[str, Act]] = defaultdict(dict)
    given_on: defaultdict[str, list[Act]] = defaultdict(list)
    for act in examined.acts:
        office = act.office or ""
        if act.kind == REASSIGNMENT:
            given_on[office].append(act)
        for person in _processors(examined, act):
            first_acts[office].setdefault(person, act)
    for office in sorted(first_acts.keys() | given_on.keys()):
        signed, given = tuple(first_acts[office].values()), tuple(given_on[office])
        # Whoever is named first needs no reassignment.
        count = max(len(signed), len(given) + 1 if given else 0)
        if count >= parameters.processors:
            acts = {act.version: act for act in (*signed, *given)}
            yield Hit(_so_many(count), tuple(acts[version] for version in sorted(acts)))


def _so_many(count: int) -> Sentence:
    return Sentence(
        f"Hồ sơ đã qua {count} người thụ lý trong một cơ quan.",
        f"{count} persons in turn processed the dossier in one office.",
    )


def _processors(examined: ExaminedDossier, act: Act) -> set[str]:
    """Give who signed as a processor; of an import who is said to have done it."""
    if act.kind not in PROCESSING:
        return set()
    if act.is_imported:
        return set() if act.performer is None else {act.performer}
    return {
        examined.person_of(signer.key) for signer in act.signers if signer.role is Role.PROCESSOR
    }


R30: Final = DossierRule(
    id="R30",
    version=1,
    severity=Severity.LOW,
    name=Sentence("Đổi người thụ lý nhiều lần", "Reassignment churn"),
    looks_for=Sentence(
        "Từ ba người trở lên thụ lý một hồ sơ trong một cơ quan.",
        "Three persons or more processed one dossier in one office.",
    ),
    why=Sentence(
        "Đổi người nhiều lần làm mất trách nhiệm, hoặc tìm người dễ bảo.",
        "Passing a dossier round loses who answers for it, or looks for somebody compliant.",
    ),
    explanations=(
        explained("Nghỉ phép, luân chuyển.", "Leave, or rotation."),
        explained("Một người thay khóa.", "One person's key was replaced.", "key_replaced"),
    ),
    exclusions=(
        case(
            "key_replaced",
            "Nhiều khóa của một người.",
            "Several keys are one person's.",
        ),
        case(
            "linked_offices",
            "Mỗi cơ quan liên thông có người thụ lý của mình.",
            "Each office of a linked procedure has processors of its own.",
        ),
    ),
    thresholds=(own("Từ ba người.", "Three persons."),),
    abstentions=(
        case(
            "nobody_signed",
            "Hồ sơ nhập vào không nêu ai đã làm.",
            "Imported acts do not say who did them.",
        ),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    not_looked_for=(
        Sentence(
            "Giao cho người được lãnh đạo ưu ái: không có dữ liệu nào cho biết.",
            "Whether a leader favours the new processor: nothing on record tells.",
        ),
    ),
    look=_churn,
)
