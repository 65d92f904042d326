"""Rules on supplements: asked for too often (R02), found complete without papers (R09)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from projections.dossier_rows import Act
from projections.findings.shapes import ExaminedDossier, Hit, Parameters, Rule, Severity

SUPPLEMENT: Final = "dossier.supplement_submitted"
COMPLETION: Final = "dossier.supplement_completed"
SUPPLEMENT_REQUESTS: Final = frozenset(
    {"dossier.intake_supplement_requested", "dossier.supplement_requested"}
)
# SPEC: domain.md 2.7, row 19: what was handed in does not suffice, which asks once more.
REPEATED_REQUESTS: Final = SUPPLEMENT_REQUESTS | {"dossier.supplement_judged_incomplete"}
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


R02: Final = Rule(
    "R02",
    2,
    Severity.HIGH,
    (
        Sentence("Quy định mới có hiệu lực.", "A new version of the law came into force."),
        Sentence(
            "Người nộp bổ sung chưa đầy đủ.", "What the applicant handed in was not complete."
        ),
    ),
    _repeated_supplements,
)
R09: Final = Rule(
    "R09",
    1,
    Severity.HIGH,
    (Sentence("Nộp bằng giấy tại quầy.", "The papers were handed in at the counter."),),
    _missing_supplement,
)
