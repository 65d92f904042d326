"""``/v1/findings/alarms``: the public alarms of the log, R27 and R32, with their evidence."""

import asyncio
from dataclasses import dataclass

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import ServiceStarting
from api.parts import Parts
from api.reading.rights import reading_as
from api.resources.answers import two_languages
from api.resources.findings.shapes import AlarmAnswer, AlarmsAnswer, entry_proof
from domain.moments import Moment, render_moment
from domain.oversight.integrity import FindingRecord
from domain.reading.rights import Reader, Subject
from projections.dossier_rows import Act
from projections.findings.life.alarms import ALARM_RULES
from projections.findings.shapes import Rule, entries_of
from projections.reading import reference_to
from projections.views import ViewReader, Views


class AlarmsResource:
    """``/v1/findings/alarms``."""

    def __init__(self, parts: Parts):
        self._views = parts.views

    async def on_get(self, _request: Request, response: Response) -> None:
        """Give all public alarms, closed ones with their verdict."""
        response.data = encode(await asyncio.to_thread(read_alarms, self._views))


def read_alarms(views: Views) -> AlarmsAnswer:
    """Give the public alarms as of the views' checkpoint.

    Raises:
        ServiceStarting: there is none yet.
    """
    with reading_as(views, Reader.ANYONE, Subject.PUBLIC_RECORD) as reader:
        position = reader.position()
        if position is None:
            raise ServiceStarting
        found = find_alarms(reader)
    return AlarmsAnswer(
        alarms=tuple(map(_alarm, found)),
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


@dataclass(frozen=True, slots=True)
class AlarmFound:
    """One public alarm: its rule, what the log says of it, and its own acts in order."""

    stream: str
    rule: Rule
    record: FindingRecord
    acts: tuple[Act, ...]


def find_alarms(reader: ViewReader) -> list[AlarmFound]:
    """Give the public alarms in the order in which they were raised."""
    found = [
        AlarmFound(stream, ALARM_RULES[record.rule], record, tuple(reader.acts_of(stream)))
        for stream, record in reader.findings_raised().items()
        if record.rule is not None
    ]
    return sorted(found, key=lambda each: entries_of(each.acts))


def _alarm(found: AlarmFound) -> AlarmAnswer:
    rule, record = found.rule, found.record
    return AlarmAnswer(
        stream=found.stream,
        rule=rule.id,
        rule_version=record.rule_version or 0,
        name=two_languages(rule.name),
        looks_for=two_languages(rule.looks_for),
        why=two_languages(rule.why),
        innocent_explanations=tuple(map(two_languages, rule.innocent_explanations)),
        evidence=record.evidence,
        proofs=tuple(map(entry_proof, record.evidence)),
        acts=tuple(map(entry_proof, entries_of(found.acts))),
        state=record.state.value,
        raised_at=render_moment(record.raised_at),
        office=found.acts[0].office,
        document=None if record.document is None else f"/documents/{record.document}",
        answered_at=_moment(record.answered_at),
        closed_at=_moment(record.closed_at),
        verdict=None if record.verdict is None else record.verdict.value,
    )


def _moment(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)
