"""Rule R26: a limit of a petition was missed, or has passed with nothing done.

SPEC: domain.md 7.2, R26. A lead for an inspector, never a verdict. It rests on the petition's own
public acts; which dossier it is about is not known here. Where no calendar covers the limit the
rule abstains, and a limit whose law was not read in full says so in the reason.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from domain.errors import Sentence
from projections.findings.cases import NO_CALENDAR, assumed, case, explained
from projections.findings.shapes import Finding, Rule, Severity
from projections.petitions.rows import PetitionRow, petition_of_row
from projections.petitions.sentences import ClockState, clock_sentence, clock_state
from projections.petitions.standing import PetitionWorld, clocks_of

_LATE: Final = frozenset({ClockState.MISSED, ClockState.OVERDUE})
R26: Final = Rule(
    id="R26",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Chậm trả lời phản ánh, khiếu nại", "Petition overdue"),
    looks_for=Sentence(
        "Một thời hạn của phản ánh, kiến nghị hoặc khiếu nại đã bị bỏ lỡ.",
        "A limit of a feedback or a complaint was missed.",
    ),
    why=Sentence(
        "Phản ánh không ai trả lời thì vi phạm không ai biết.",
        "Where nobody answers those who complain, nobody hears what is wrong.",
    ),
    explanations=(
        explained(
            "Cơ quan khác chuyển đến khi gần hết hạn.",
            "Another office sent it on when the limit had nearly passed.",
        ),
        explained(
            "Đã trả lời trên giấy và ghi vào sổ sau.",
            "It was answered on paper and recorded later.",
        ),
    ),
    exclusions=(
        case("answered_in_time", "Đã trả lời trong hạn.", "It was answered within the limit."),
    ),
    abstentions=(NO_CALENDAR,),
    thresholds=(
        assumed(
            "Các thời hạn của từng bước; lý do nêu rõ khi chưa đọc được văn bản.",
            "The limits of each step; the reason says where a text was not read in full.",
            "domain.md 6.3",
        ),
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
                reason = clock_sentence(due, state, zone)
                yield R26.finding(row.stream, row.office, reason)
