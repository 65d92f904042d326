"""What figures ask of one dossier: when it counts as received and resolved, and how in time."""

from typing import Final

import ibis

from domain.deadlines import Timeliness
from projections.analytics.expressions.months import number_of_day
from projections.analytics.expressions.shapes import Table, Tables, Value
from projections.opendata.rows.dossiers import DOSSIERS

_INSTANT_LENGTH: Final = len("2026-11-21T08:03:11Z")


def accepted_dossiers(tables: Tables) -> Table:
    """Give the accepted dossiers, with `received` and `resolved`: numbers of months.

    An end before the acceptance falls in the acceptance's month (`counts@v1`).
    """
    dossiers = tables[DOSSIERS.name]
    accepted = dossiers.filter(dossiers.received_on.notnull())
    received, ended = number_of_day(accepted.received_on), number_of_day(accepted.ended_on)
    resolved = ibis.cases(
        (accepted.ended_on.isnull(), ibis.null("int64")),
        (ended < received, received),
        else_=ended,
    )
    return accepted.mutate(received=received, resolved=resolved, resolution=_resolution(accepted))


def _resolution(dossiers: Table) -> Value:
    """Sort an end by law: late by the instant where both have one, all else by the day."""
    both_timed = (dossiers.ended_at.length() == _INSTANT_LENGTH) & (
        dossiers.due.length() == _INSTANT_LENGTH
    )
    late = ibis.cases(
        # Instants of one form and length follow one another as their texts do.
        (both_timed, dossiers.ended_at > dossiers.due),
        else_=dossiers.ended_on > dossiers.due_on,
    )
    return ibis.cases(
        (dossiers.ended_on.isnull(), ibis.null("string")),
        (dossiers.due_on.isnull(), Timeliness.ON_TIME.value),
        (late, Timeliness.LATE.value),
        (dossiers.ended_on < dossiers.due_on, Timeliness.EARLY.value),
        else_=Timeliness.ON_TIME.value,
    )
