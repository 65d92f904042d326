"""Rules on persons: R16, one person on both sides of a decision."""

from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from projections.findings.shapes import ExaminedDossier, Hit, Parameters, Rule, Severity
from projections.people.duties import doers_of_both, is_personal_act_by

_SAME_PERSON = Sentence(
    "Cùng một người vừa tiếp nhận hoặc thụ lý vừa phê duyệt hồ sơ.",
    "One person both took in or processed the dossier and approved it.",
)


def _segregation(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R16: one person (or an import's performer) both took in and approved, or processed so."""
    if _counter_decides(examined):
        return
    doers = doers_of_both(examined.dossier, examined.person_of)
    if doers:
        acts = (act for act in examined.acts if is_personal_act_by(act, doers, examined.person_of))
        yield Hit(_SAME_PERSON, tuple(acts))


def _counter_decides(examined: ExaminedDossier) -> bool:
    # LAW: Decree 61/2018 art. 17.5: the decision may be delegated to the counter.
    if examined.procedure is None:
        return False
    version = examined.procedure.version(examined.dossier.procedure_version)
    return version is not None and version.counter_decides


R16: Final = Rule(
    "R16",
    2,
    Severity.HIGH,
    (
        Sentence("Xã nhỏ, ít cán bộ.", "A small commune with few officers."),
        Sentence("Thủ tục giải quyết ngay.", "A procedure decided on the same day."),
    ),
    _segregation,
)
