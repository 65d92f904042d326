"""Rule R26: a limit of a petition was missed, or has passed with nothing done.

SPEC: domain.md 7.2, R26. A lead for an inspector, never a verdict. It rests on the petition's own
public acts; which dossier it is about is not known here. Where no calendar covers the limit the
rule abstains, and a limit whose law was not read in full says so in the reason.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from domain.errors import Sentence
from projections.findings.shapes import Finding, Severity
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.sentences import ClockState, clock_sentence, clock_state
from projections.petitions.standing import PetitionWorld, clocks_of

RULE: Final = "R26"
RULE_VERSION: Final = 1
_LATE: Final = frozenset({ClockState.MISSED, ClockState.OVERDUE})
_INNOCENT: Final = (
    Sentence(
        "Cơ quan khác chuyển đến khi gần hết hạn.",
        "Another office sent it on when the limit had nearly passed.",
    ),
    Sentence(
        "Đã trả lời trên giấy và ghi vào sổ sau.", "It was answered on paper and recorded later."
    ),
)


def overdue_petitions(
    rows: Iterable[PetitionRow], world: PetitionWorld, office: str | None = None
) -> Iterator[Finding]:
    """Give one lead for every limit that a petition missed, of one office or of all.

    The evidence is left to whoever knows the petition's entries.
    """
    for row in rows:
        if office not in (None, row.office):
            continue
        record, zone = petition_of_row(row), world.zone(row.office)
        for due in clocks_of(record, world):
            state = clock_state(due, world.as_of, zone)
            if state in _LATE:
                yield Finding(
                    rule=RULE,
                    rule_version=RULE_VERSION,
                    severity=Severity.MEDIUM,
                    stream=row.stream,
                    office=row.office,
                    reason=clock_sentence(due, state, zone),
                    innocent_explanations=_INNOCENT,
                    evidence=(),
                )
