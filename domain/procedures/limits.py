"""Time limits and fees as a version of a procedure declares them, per channel where they differ."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from domain.facts import Channel
from domain.facts.shapes import AmountVnd
from domain.offices import Document

# Asked in every count, and a name is found many times faster than a member of its class.
_ONLINE: Final = Channel.ONLINE
_COUNTER: Final = Channel.COUNTER

DocumentText = Annotated[str, Meta(max_length=20_000)]


class LimitUnit(StrEnum):
    """In what a time limit is counted; `unknown` where the source has it in prose only."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    MONTHS = "months"
    UNKNOWN = "unknown"


class SupplementPolicy(StrEnum):
    """What waiting for a supplement does to the limit of processing."""

    RESTART = "restart"
    PAUSE = "pause"
    NONE = "none"


class Limit(Document, frozen=True, kw_only=True):
    """A time limit as the version declares it; `hours` are working hours."""

    unit: LimitUnit
    amount: Annotated[int, Meta(ge=0, le=3650)] | None = None
    prose: DocumentText | None = None


class ChannelLimits(Document, frozen=True, kw_only=True):
    """A limit per channel, where the version declares one for that channel."""

    online: Limit | None = None
    counter: Limit | None = None
    post: Limit | None = None

    def of(self, channel: Channel | None) -> Limit | None:
        """Give the limit of one channel, None where the version has none of its own for it."""
        if channel is None:
            return None
        if channel is _ONLINE:
            return self.online
        return self.counter if channel is _COUNTER else self.post


class AcceptanceLimits(ChannelLimits, frozen=True, kw_only=True):
    """How long intake may take, per channel; without one there is no clock."""


class Fee(Document, frozen=True, kw_only=True):
    """What is charged; without an amount the source has it in prose only."""

    amount_vnd: AmountVnd | None = None
    prose: DocumentText | None = None


class ChannelFees(Document, frozen=True, kw_only=True):
    """A fee per channel, where the version declares one for that channel."""

    online: Fee | None = None
    counter: Fee | None = None
    post: Fee | None = None

    def of(self, channel: Channel | None) -> Fee | None:
        """Give the fee of one channel, None where the version has none of its own for it."""
        if channel is None:
            return None
        by_channel = {
            Channel.ONLINE: self.online,
            Channel.COUNTER: self.counter,
            Channel.POST: self.post,
        }
        return by_channel[channel]
