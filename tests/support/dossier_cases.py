"""Builders for dossiers, acts and what rules look at; they set only what a test is about."""

from datetime import UTC, date, datetime
from typing import Any

from domain.actions import Signer
from domain.calendars import Calendar
from domain.dossiers import Channel, Dossier, Due, DueChange, Status, Wait, WaitKind
from domain.moments import Moment, parse_moment
from domain.offices import BilingualName, Level
from domain.procedures import Limit, LimitUnit, Procedure, ProcedureRecord
from domain.roles import Role
from projections.dossier_rows import Act, DossierRow, row_of
from projections.findings import ExaminedDossier, find

HANOI = "Asia/Ho_Chi_Minh"
OFFICE = "H27"
PROCEDURE = "1.004222"
STREAM = "dossier:0b6f0000000000000000000000000001"

RECEIVER = Signer("officer-00000000000000aa", Role.RECEIVER)
PROCESSOR = Signer("officer-00000000000000bb", Role.PROCESSOR)
APPROVER = Signer("officer-00000000000000cc", Role.APPROVER)
IMPORTER = Signer("importer-00000000000000dd", Role.IMPORTER)

# Mondays to Fridays without 2 September and the days around it.
CALENDAR = Calendar(
    id="VN",
    valid_from=date(2025, 1, 1),
    valid_to=date(2027, 12, 31),
    days_off=(date(2026, 9, 1), date(2026, 9, 2)),
)


def moment(text: str) -> Moment:
    return parse_moment(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(text: str) -> Due:
    parsed = parse_moment(text)
    return Due(day=parsed.day, instant=parsed.instant)


def a_wait(
    since: str,
    until: str | None = None,
    kind: WaitKind = WaitKind.SUPPLEMENT,
) -> Wait:
    end = None if until is None else moment(until)
    return Wait(kind, moment(since), end)


def a_change(at: str, due_before: str, due_after: str) -> DueChange:
    return DueChange(moment(at), STREAM, 3, due(due_before), due(due_after))


def a_dossier(
    accepted: str | None = None,
    ended: str | None = None,
    due_at: str | None = None,
    **more: Any,
) -> Dossier:
    values: dict[str, Any] = {
        "stream": STREAM,
        "procedure": PROCEDURE,
        "office": OFFICE,
        "channel": Channel.ONLINE,
        "status": Status.PROCESSED if ended else Status.IN_PROCESS,
        "submitted_at": moment(accepted or "2026-01-01"),
        "accepted_at": None if accepted is None else moment(accepted),
        "ended_at": None if ended is None else moment(ended),
        "due": None if due_at is None else due(due_at),
    }
    return Dossier(**(values | more))


def a_row(
    accepted: str | None = None, ended: str | None = None, due_at: str | None = None, **more: Any
) -> DossierRow:
    return row_of(a_dossier(accepted, ended, due_at, **more))


def an_act(kind: str, at: str, *signers: Signer, **more: Any) -> Act:
    happened = moment(at)
    values: dict[str, Any] = {
        "entry_index": 0,
        "stream": STREAM,
        "version": 1,
        "kind": f"dossier.{kind}",
        "at": happened,
        "recorded_at": happened.start_in(HANOI),
        "office": OFFICE,
        "signers": signers or (RECEIVER,),
    }
    return Act(**(values | more))


def a_procedure(version: int = 1, **more: Any) -> Procedure:
    values: dict[str, Any] = {
        "code": PROCEDURE,
        "version": version,
        "name": BilingualName(vi="Thủ tục", en="Procedure"),
        "level": Level.PROVINCE,
        "limit": Limit(unit=LimitUnit.WORKING_DAYS, amount=5),
    }
    return Procedure(**(values | more))


def examined_dossier(
    dossier: Dossier, *acts: Act, as_of: str = "2026-12-31T00:00:00Z", **more: Any
) -> ExaminedDossier:
    numbered = tuple(
        Act(
            **{name: getattr(act, name) for name in Act.__struct_fields__}
            | {"entry_index": 10 + n, "version": n + 1}
        )
        for n, act in enumerate(acts)
    )
    values: dict[str, Any] = {
        "zone": HANOI,
        "procedure": ProcedureRecord(PROCEDURE, (a_procedure(),), ("0" * 64,)),
        "calendar": CALENDAR,
    }
    return ExaminedDossier(dossier=dossier, acts=numbered, as_of=instant(as_of), **(values | more))


def found(examined: ExaminedDossier, rule: str) -> list[tuple[int, ...]]:
    """Give the evidence of every hit of one rule."""
    return [finding.evidence for finding in find(examined) if finding.rule == rule]


def a_record(*versions: Procedure) -> ProcedureRecord:
    return ProcedureRecord(PROCEDURE, versions, tuple("0" * 64 for _ in versions))
