"""One row per procedure: what its newest version can be found by, folded for comparing.

Folded texts stand between spaces, lists between bars, so that a part is found whole: ` khai sinh `
by ` khai `, `|commune|province|` by `|commune|`.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from domain.decisions import StreamState
from domain.procedures import Procedure, ProcedureRecord
from domain.procedures.search_words import fold_all, fold_text
from projections.dossier_rows import Act


class ProcedureRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one procedure is found by; `office` is whose act the newest version was."""

    code: str
    office: str
    levels: str
    field_words: str
    life_events: str
    words: str


def rows_of(states: Mapping[str, StreamState], acts: Iterable[Act]) -> Iterator[ProcedureRow]:
    """Give the rows of the procedures that a step of the follower changed."""
    publishers = {act.stream: act.office for act in acts}
    for stream, state in states.items():
        if isinstance(state, ProcedureRecord):
            yield row_of_procedure(state.versions[-1], publishers.get(stream) or "")


def row_of_procedure(procedure: Procedure, office: str) -> ProcedureRow:
    """Fold what a procedure is found by."""
    field = procedure.field or ""
    names = (procedure.name.vi, procedure.name.en, procedure.texts.name or "")
    return ProcedureRow(
        code=procedure.code,
        office=office,
        levels=_listed(procedure.office_levels()),
        field_words=fold_all((field,)),
        life_events=_listed(map(fold_text, procedure.life_events)),
        words=fold_all(
            (procedure.code, *names, field, *procedure.keywords, *procedure.life_events)
        ),
    )


def _listed(items: Iterable[str]) -> str:
    return f"|{'|'.join(items)}|"
