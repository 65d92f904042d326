"""Reading what an officer's evaluation is made from: the dossiers that a person processed.

A person is what `projections.people` says: never one key, since keys change every quarter.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.actions import StreamType
from domain.dossiers import Dossier
from domain.evaluation import CIRCULAR_2018
from domain.facts import Grant
from domain.figures import end_period
from domain.keys import ANY_OFFICE, KeyRecord
from domain.moments import Moment
from domain.roles import OFFICERS_ROLES, Role
from projections.dossier_rows import Act
from projections.evaluating.officer import (
    OfficerEvaluation,
    Processed,
    officer_indicators,
    officer_sum,
)
from projections.evaluating.periods import day_after, last_quarter, months_of_period
from projections.reading import reference_to
from projections.views import ViewReader

# By whose days the last quarter is over, where the request names no period.
ZONE: Final = "Asia/Ho_Chi_Minh"
_EVER: Final = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
_DOSSIERS: Final = f"{StreamType.DOSSIER}:"

Covers = Callable[[str | None], bool]
"""Tells whether a reader may count what an officer did for an office."""


def offices_of_officer(reader: ViewReader, key: str) -> frozenset[str] | None:
    """Give for which offices a person's keys hold, or once were enrolled with, an officer's role.

    `*` among them is any office; None where no such key is enrolled.
    """
    records = reader.keys()
    if key not in records:
        return None
    grants = (grant for name in reader.persons().keys_of(key) for grant in _grants(records[name]))
    return frozenset(grant.office for grant in grants if grant.role in OFFICERS_ROLES)


def is_over_officer(offices: Collection[str], asker: KeyRecord, role: Role) -> bool:
    """Tell whether somebody holds a role for one of an officer's offices."""
    if asker.covers(role, None):
        return bool(offices)
    held = {each.grant.office for each in asker.held() if each.grant.role is role}
    return bool(held) and (ANY_OFFICE in offices or not held.isdisjoint(offices))


def _grants(record: KeyRecord) -> tuple[Grant, ...]:
    return (*record.grants, *(later.grant for later in record.later))


def read_officer_evaluation(
    reader: ViewReader, key: str, period: str | None, covers: Covers | None
) -> OfficerEvaluation | None:
    """Give an officer's evaluation as of the views' checkpoint; None before the first checkpoint.

    Without a period it is the last quarter that is over. `covers` None: the reader may count
    nothing, and sees that there is nothing.

    Raises:
        MalformedMoment: the period is neither a quarter nor a year.
        StoreCorrupt, StoreUnavailable: the views cannot be read.
    """
    position = reader.position()
    if position is None:
        return None
    today = Moment(instant=position.sealed_at).day_in(ZONE)
    period = period or last_quarter(today)
    months, end, law = months_of_period(period), day_after(period), CIRCULAR_2018
    processed = [] if covers is None else list(_processed(reader, key, months, covers))
    indicators = () if covers is None else officer_indicators(processed)
    tenths, most, band = officer_sum(indicators)
    return OfficerEvaluation(
        officer=key,
        period=period,
        months=months,
        is_over=today >= end,
        dossiers=len(processed),
        indicators=indicators,
        tenths=tenths,
        most_tenths=most,
        band=band,
        law=law.id,
        law_source=law.source,
        verified=law.verified_until is None or end - timedelta(days=1) <= law.verified_until,
        least_dossiers=law.least_ratings_officer,
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def _processed(
    reader: ViewReader, key: str, months: Collection[str], covers: Covers
) -> Iterator[Processed]:
    keys, zones = frozenset(reader.persons().keys_of(key)), reader.zones()
    streams = {
        act.stream
        for each in keys
        for act in reader.acts_by(each, *_EVER)
        if _is_processing(act, keys) and covers(act.office)
    }
    for stream, dossier in sorted(reader.states(streams).items()):
        assert isinstance(dossier, Dossier)
        zone = zones[dossier.office]
        # Only what the fold calls processing counts: a processor signs other acts, too.
        is_own = not keys.isdisjoint(dossier.processed_by)
        if is_own and end_period(dossier, zone) in months:
            yield Processed(dossier, reader.acts_of(stream), zone)


def _is_processing(act: Act, keys: Collection[str]) -> bool:
    return act.stream.startswith(_DOSSIERS) and any(
        signer.role is Role.PROCESSOR and signer.key in keys for signer in act.signers
    )
