"""The dataset of findings: leads of the public rules, as public entries alone give them.

A rule whose audience is the inspectors is not in it, nor one with a private input, nor anything
of veiled dossiers. Persons are told by their keys alone here, as any reader of the log tells them.
What an inspector raised, what an office answered and what became of it stays private but for public
alarms (formats.md), so no row says whether somebody looked at it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from msgspec import structs

from domain.actions import StreamType
from domain.errors import Sentence
from projections.findings import Finding, find
from projections.findings.life.alarms import raised_alarm
from projections.findings.shapes import Audience, entries_of
from projections.opendata.shapes import ColumnType, Dataset, Row, column, optional
from projections.people.persons import Persons
from projections.petitions.overdue import overdue_petitions
from projections.reading import read_petition_world
from projections.views import ViewReader

_DOSSIER: Final = f"{StreamType.DOSSIER}:"
_PETITION: Final = f"{StreamType.PETITION}:"
_PUBLIC: Final = frozenset({Audience.PUBLIC, Audience.PUBLIC_ALARM})

FINDINGS: Final = Dataset(
    name="findings",
    definition="findings@v1",
    title=Sentence("Dấu hiệu cần xem xét", "Findings"),
    meaning=Sentence(
        "Mỗi dòng là một dấu hiệu do một quy tắc công khai nêu ra từ các mục công khai. Đó là gợi "
        "ý cần xem xét, không phải kết luận; có thể có lý do chính đáng.",
        "One row per lead that a public rule gives from public entries. A lead is something to "
        "look at, never a verdict; there may be an innocent explanation.",
    ),
    order=Sentence(
        "Hồ sơ, rồi phản ánh và cảnh báo, theo tên dòng; trong một dòng theo quy tắc.",
        "Dossiers, then petitions and alarms, by stream; within a stream by rule.",
    ),
    columns=(
        column("rule", ColumnType.TEXT, "Mã quy tắc.", "Id of the rule."),
        column("rule_version", ColumnType.INTEGER, "Phiên bản quy tắc.", "Version of the rule."),
        column(
            "severity",
            ColumnType.TEXT,
            "Mức độ nếu đúng: information, low, medium, high, critical.",
            "How grave it would be if true: information, low, medium, high, critical.",
        ),
        column(
            "audience",
            ColumnType.TEXT,
            "public, hoặc public_alarm nếu là cảnh báo chung.",
            "public, or public_alarm for a general alarm.",
        ),
        optional("office", ColumnType.TEXT, "Cơ quan.", "Office."),
        column("stream", ColumnType.TEXT, "Dòng sự kiện.", "The stream."),
        column(
            "evidence",
            ColumnType.INDEXES,
            "Số thứ tự các mục làm bằng chứng trong nhật ký.",
            "Entry indexes of the evidence in the log.",
        ),
        column("reason_vi", ColumnType.TEXT, "Lý do, tiếng Việt.", "Reason in Vietnamese."),
        column("reason_en", ColumnType.TEXT, "Lý do, tiếng Anh.", "Reason in English."),
        column(
            "is_verdict",
            ColumnType.BOOLEAN,
            "Luôn là false: dòng này là dấu hiệu, chưa ai kết luận điều gì.",
            "Always false: this row is a lead, and nobody has concluded anything by it.",
        ),
        column(
            "innocent_explanations_vi",
            ColumnType.TEXT,
            "Các lý do chính đáng có thể có, tiếng Việt, cách nhau bằng dấu chấm phẩy.",
            "What may innocently explain it, in Vietnamese, parted by semicolons.",
        ),
        column(
            "innocent_explanations_en",
            ColumnType.TEXT,
            "Các lý do chính đáng có thể có, tiếng Anh, cách nhau bằng dấu chấm phẩy.",
            "What may innocently explain it, in English, parted by semicolons.",
        ),
    ),
    key=(),
)


def finding_rows(reader: ViewReader) -> Iterator[Row]:
    """Give the rows of `FINDINGS`."""
    return map(_row, filter(is_public, _all_findings(reader)))


def kept_finding_rows(leads: Iterable[Finding]) -> Iterator[Row]:
    """Give the same rows from leads that are kept, which come in the order of a walk.

    Personnel numbers joined persons there, and private parts told what was asked for: rules that
    ask for either are none of the public ones.
    """
    others: list[Finding] = []
    for finding in filter(is_public, leads):
        if finding.stream.startswith(_DOSSIER):
            yield _row(finding)
        else:
            others.append(finding)
    for is_alarm in (False, True):
        some = (each for each in others if each.stream.startswith(_PETITION) is not is_alarm)
        yield from map(_row, sorted(some, key=_place))


def is_public(finding: Finding) -> bool:
    """Tell whether anybody may see a finding, and make it again from public entries."""
    return finding.audience in _PUBLIC and finding.recomputable and not finding.veiled


def _all_findings(reader: ViewReader) -> Iterator[Finding]:
    # Without personnel numbers, which are private: else these rows would differ from the tiles'.
    person_of = Persons(reader.keys().values(), {}).person_of
    for examined in reader.examined_dossiers():
        public = replace(examined, person_of=person_of, papers=(), opened=None, looks=None)
        yield from find(public)
    yield from sorted(_on_petitions(reader), key=_place)
    yield from sorted(_alarms(reader), key=_place)


def _on_petitions(reader: ViewReader) -> Iterator[Finding]:
    world = read_petition_world(reader)
    if world is None:
        return
    for finding in overdue_petitions(reader.petition_rows(), world, None):
        yield structs.replace(finding, evidence=entries_of(reader.acts_of(finding.stream)))


def _alarms(reader: ViewReader) -> Iterator[Finding]:
    for stream, record in reader.findings_raised().items():
        office = next((act.office for act in reader.acts_of(stream)), None) or ""
        alarm = raised_alarm(stream, office, record)
        if alarm is not None:
            yield alarm


def _place(finding: Finding) -> tuple[str, str, tuple[int, ...], str]:
    return finding.stream, finding.rule, finding.evidence, finding.reason.en


def _row(finding: Finding) -> Row:
    return {
        "rule": finding.rule,
        "rule_version": finding.rule_version,
        "severity": finding.severity.value,
        "audience": finding.audience.value,
        "office": finding.office or None,
        "stream": finding.stream,
        "evidence": finding.evidence,
        "reason_vi": finding.reason.vi,
        "reason_en": finding.reason.en,
        "is_verdict": False,
        "innocent_explanations_vi": _together(said.vi for said in finding.innocent_explanations),
        "innocent_explanations_en": _together(said.en for said in finding.innocent_explanations),
    }


def _together(sentences: Iterable[str]) -> str:
    return "; ".join(sentence.rstrip(".") for sentence in sentences)
