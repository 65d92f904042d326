"""What a monitor tells: one event, the same on standard output, by webhook and in its state.

An event holds public facts only: codes, places in the log, streams, kinds, offices and times, as
they stand in public entries. Its JSON form, one object on one line, leaves out what it lacks:

>>> event = Event(
...     severity=Severity.ALARM, code="log_shrank", at="2026-11-22T04:00:00.000Z", origin="x.org",
...     message="the log shows fewer entries than before", tree_size=7,
... )
>>> render_event(event)
b'{"at":"2026-11-22T04:00:00.000Z","code":"log_shrank","message":"the log shows fewer entries \
than before","origin":"x.org","severity":"alarm","tree_size":7}'
"""

from enum import StrEnum

import msgspec

from ledger.bodies import canonical_json


class Severity(StrEnum):
    """What whoever reads an event has to do."""

    INFO = "info"
    """Nothing: all is as it should be, or is so again."""

    ACT = "act"
    """Look, if it is yours: a watched stream has a new act."""

    TROUBLE = "trouble"
    """Wait: the source is silent or lags, and proves nothing by it."""

    ALARM = "alarm"
    """Act: something is not as it must be."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a monitor tells; ``at`` is the monitor's own clock.

    ``lasting`` says that it is about the log as a whole, and over once it is not found again.
    """

    severity: Severity
    code: str
    at: str
    origin: str
    message: str
    tree_size: int | None = None
    entry_index: int | None = None
    stream: str | None = None
    version: int | None = None
    kind: str | None = None
    office: str | None = None
    happened: str | None = None
    recorded: str | None = None
    evidence: str | None = None
    lasting: bool = False

    @property
    def key(self) -> str:
        """Give what tells this event from every other: it is told once."""
        place = self.stream if self.severity is Severity.ACT else self.message
        if self.lasting:
            return self.code
        return f"{self.code} {self.entry_index} {self.version} {place}"


def render_event(event: Event) -> bytes:
    """Write an event as one line of JSON, without the line's end."""
    return canonical_json(event)
