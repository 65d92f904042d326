"""The rule on curiosity, R24: private details read without a task on the dossier.

Public of a read is its signer alone; which dossier it is about stands in the private part. So the
rule looks at opened access entries, and abstains where nobody opened them.
"""

from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from projections.findings.cases import NOT_OPENED, PERSONNEL_NUMBERS, case, explained, own
from projections.findings.opened import DUTY_PURPOSES, Look
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)


def _looked_without_task(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R24: somebody read for a task, and had none; one hit for each person."""
    by_person: dict[str, list[Look]] = {}
    for look in examined.looks or ():
        if look.purpose not in DUTY_PURPOSES and not look.had_task:
            by_person.setdefault(examined.person_of(look.key), []).append(look)
    for looks in by_person.values():
        entries = (look.entry_index for look in looks)
        shown = tuple(entry for entry in entries if entry is not None)
        yield Hit(_read_times(len(looks)), (), entries=shown)


def _read_times(count: int) -> Sentence:
    return Sentence(
        f"Một người không được giao hồ sơ đã xem dữ liệu riêng tư của hồ sơ {count} lần.",
        f"Somebody without a task on the dossier read its private details {count} times.",
    )


R24: Final = DossierRule(
    id="R24",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Xem trộm", "Curiosity look-ups"),
    looks_for=Sentence(
        "Người không được giao hồ sơ xem dữ liệu riêng tư của hồ sơ đó và nói là để làm việc.",
        "Somebody who had no task on a dossier read its private details, saying it was for one.",
    ),
    why=Sentence(
        "Dữ liệu riêng tư của người dân không phải để tò mò hoặc để bán.",
        "People's private details are neither for the curious nor for sale.",
    ),
    explanations=(
        explained(
            "Lãnh đạo, thanh tra xem theo nhiệm vụ.",
            "A supervisor or an inspector read on duty.",
            "on_duty",
        ),
        explained("Được giao việc bằng lời nói.", "The task was given by word of mouth."),
    ),
    exclusions=(
        case(
            "had_task",
            "Đã tiếp nhận, ký hoặc được giao hồ sơ tính đến hết ngày đó.",
            "They had taken it in, signed on it or been given it by the end of that day.",
        ),
        case(
            "on_duty",
            "Xem để giám sát, thanh tra, giải quyết khiếu nại hoặc theo yêu cầu của người nộp.",
            "They read for supervision, inspection, a petition, or at the holder's request.",
        ),
    ),
    abstentions=(NOT_OPENED,),
    thresholds=(own("Bất kỳ lần xem nào.", "Any such read.", "this ledger"),),
    audience=Audience.INSPECTORS,
    private_inputs=(
        Sentence(
            "Mục truy cập: xem hồ sơ nào, để làm gì.",
            "Access entries: which dossier was read, and for what.",
        ),
        PERSONNEL_NUMBERS,
    ),
    not_looked_for=(
        Sentence(
            "Danh sách người nổi tiếng hoặc người thân: không có danh sách nào.",
            "Lists of well-known people or relatives: there is none.",
        ),
    ),
    look=_looked_without_task,
)
