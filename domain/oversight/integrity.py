"""Integrity records: findings, who read what, and outages, as public acts left them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.facts.integrity import AccessLoggedDetails, AccessPurpose, FindingVerdict
from domain.moments import Moment

# The one stream of a ledger where inspectors' looks are committed to (ADR 0043). The id is the
# SHA-256 of the line `dossier-ledger/looks@v1`, so that no dossier's access stream is called so.
LOOKS_STREAM: Final = "access:d61fe222c8557ffe389b1c7b1a78948ce1c0aec7d590118106dd5ecacdb6ef60"

# No law on the length of inspections was read: a year is our own bound on how long one is sealed.
LONGEST_ORDER: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OutageRule:
    """One version of the rule on outages: within how many working days one must be declared.

    No law that says so was read. It is this ledger's own: what may move due dates of others must
    not be told when everybody has forgotten.
    """

    id: str
    declared_within: int
    valid_from: date | None = None
    valid_to: date | None = None


OUTAGE_RULES: Final = (OutageRule("own-2026", declared_within=3),)


def outage_rule_on(day: date) -> OutageRule:
    """Give the version of the rule that is in force on a day; each day has exactly one."""
    (rule,) = (
        rule
        for rule in OUTAGE_RULES
        if (rule.valid_from is None or rule.valid_from <= day)
        and (rule.valid_to is None or day <= rule.valid_to)
    )
    return rule


class FindingState(StrEnum):
    """Where a finding stands."""

    RAISED = "raised"
    ANSWERED = "answered"
    CLOSED = "closed"


class FindingRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="finding"):
    """What is public of a finding: of one that is no public alarm, only that it stands."""

    state: FindingState
    raised_at: Moment
    rule: str | None = None
    rule_version: int | None = None
    evidence: tuple[int, ...] = ()
    document: str | None = None
    answered_at: Moment | None = None
    closed_at: Moment | None = None
    verdict: FindingVerdict | None = None

    @property
    def is_public_alarm(self) -> bool:
        """Tell whether everybody may know what it is about."""
        return self.rule is not None

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has concluded yet."""
        return self.state is not FindingState.CLOSED


class AccessRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="access"):
    """How often somebody read private details of one dossier, and when last.

    Or, of a stream that began with an inspection order, by whose key that was issued, and whether
    it has ended. What it permits is private. Or, on the one stream where looks are committed to,
    which book they stand in and how many there are.
    """

    reads: int
    last_read_at: Moment
    issued_by: str | None = None
    has_ended: bool = False
    looks_book: int = 0
    looks: int = 0


class DenunciationRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="denunciation"):
    """That a denunciation was received; its text lies in the vault."""

    received_at: Moment


class Outage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stretch in which the system was out of order; without offices, for all of them.

    `declared_version` is the declaring act's version on the ledger's stream. `until` is None while
    the outage lasts, whatever the declaration expected.
    """

    declared_version: int
    since: datetime
    until: datetime | None = None
    offices: tuple[str, ...] = ()

    def concerns(self, office: str) -> bool:
        """Tell whether the office was without the system."""
        return not self.offices or office in self.offices


def outages_during(
    outages: Iterable[Outage], office: str, start: datetime, end: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """Give when an office was without the system between two instants: in order, none twice.

    Whether a clock stands still meanwhile is the procedure's word; without one it runs.
    """
    stretches = sorted(
        (max(outage.since, start), min(outage.until or end, end))
        for outage in outages
        if outage.concerns(office)
    )
    merged: list[tuple[datetime, datetime]] = []
    for since, until in stretches:
        if since >= until:
            continue
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return tuple(merged)


def is_open_to_holder(read: AccessLoggedDetails, ended_orders: Collection[str]) -> bool:
    """Tell whether the dossier's holder may see by now who read, and why.

    SPEC: formats.md, "Keys": reads under a numbered inspection order open when the inspection
    closes or its limit lapses; all others are open at once. Both ends are entries
    (`access.opened`): nothing lapses by clock alone.
    """
    if read.purpose is not AccessPurpose.INSPECTION or read.order is None:
        return True
    return read.order in ended_orders
