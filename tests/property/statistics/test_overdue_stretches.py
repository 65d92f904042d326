"""Stretches of being overdue agree with the judgement of every single instant."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.dossiers import Dossier
from domain.figures import Stretch, overdue_at, overdue_stretches
from tests.property.test_counts import dossiers, edges, instants

ZONE = "Asia/Ho_Chi_Minh"
NEXT = timedelta(microseconds=1)


def holds_at(stretches: tuple[Stretch, ...], instant: datetime) -> bool:
    return any(
        each.since <= instant and (each.until is None or instant < each.until) for each in stretches
    )


@given(dossiers, st.lists(st.one_of(instants, edges), max_size=12))
def test_stretches_agree_with_the_judgement_of_every_instant(
    found: list[Dossier], asked: list[datetime]
) -> None:
    for dossier in found:
        stretches = overdue_stretches(dossier, ZONE)
        bounds = [bound for each in stretches for bound in (each.since, each.until) if bound]

        for instant in (*asked, *bounds, *(bound - NEXT for bound in bounds)):
            assert holds_at(stretches, instant) == overdue_at(dossier, instant, ZONE)


@given(dossiers)
def test_stretches_rise_and_none_touches_the_next(found: list[Dossier]) -> None:
    for dossier in found:
        bounds = [
            bound for each in overdue_stretches(dossier, ZONE) for bound in (each.since, each.until)
        ]
        closed = [bound for bound in bounds if bound is not None]

        assert closed == sorted(set(closed))
        assert None not in bounds[:-1]
