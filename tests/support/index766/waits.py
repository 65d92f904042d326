"""Builders of dossiers for the index's rule: an appointment on 10 March 2026, and what went on."""

from datetime import UTC, date, datetime
from typing import Any

from domain.dossiers import Dossier, Due, Halt, HaltKind, Wait, WaitKind
from domain.moments import Moment, parse_moment
from tests.support.builders import a_dossier_in_process

APPOINTMENT = Due(day=date(2026, 3, 10))
IN_TIME = datetime(2026, 3, 9, tzinfo=UTC)
TOO_LATE = datetime(2026, 3, 20, tzinfo=UTC)


def papers(since: str, until: str | None = None, **changes: Any) -> Wait:
    return Wait(WaitKind.SUPPLEMENT, parse_moment(since), _moment(until), **changes)


def withdrawal(since: str, until: str | None = None) -> Wait:
    return Wait(WaitKind.WITHDRAWAL, parse_moment(since), _moment(until))


def payment(since: str, until: str | None = None) -> Wait:
    return Wait(WaitKind.PAYMENT, parse_moment(since), _moment(until))


def suspension(since: str, until: str | None = None, **changes: Any) -> Halt:
    return Halt(HaltKind.SUSPENSION, parse_moment(since), _moment(until), **changes)


def _moment(text: str | None) -> Moment | None:
    return None if text is None else parse_moment(text)


def accepted(**changes: Any) -> Dossier:
    """Give a dossier accepted on 2 March, with an appointment on the 10th; by law due the 11th."""
    return a_dossier_in_process(**({"appointment": APPOINTMENT} | changes))


def ended(day: str, **changes: Any) -> Dossier:
    return accepted(ended_at=parse_moment(day), **changes)
