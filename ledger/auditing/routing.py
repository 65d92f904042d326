r"""Which process looks after an entry: read off its bytes, long before anybody believes them.

An action's stream decides. In canonical text (formats.md, "Action note") the stream's name stands
before the version, at the end of the line; whatever says something else there is no action, and
then it does not matter who refuses it. Everything on one stream comes to one process, in order.
What decisions on all streams rest on (the ledger, keys, offices, procedures, calendars) comes to
all of them, and one of them answers for it.

>>> stream_of(b'dossier-ledger/action@v1\n{"stream":"key:a-0a","version":2}\n\n')
'key:a-0a'
>>> stream_of(b"anything else") is None
True
"""

from enum import IntEnum
from typing import Final

from domain.actions import StreamType

_BEGINS: Final = b'"stream":"'
_ENDS: Final = b'","version":'
_END_OF_LINE: Final = b"}\n\n"

# No decision looks at a stream of another type than these and the action's own. Tallies are shared,
# since what one of them may count follows from all before it.
SHARED_TYPES: Final = frozenset(
    {
        StreamType.LEDGER,
        StreamType.KEY,
        StreamType.OFFICE,
        StreamType.PROCEDURE,
        StreamType.CALENDAR,
        StreamType.TALLY,
    }
)
_SHARED_PREFIXES: Final = tuple(f"{kind}:" for kind in sorted(SHARED_TYPES))


class Duty(IntEnum):
    """What a process does with an entry that it is given."""

    OWN = 0  # everything, and it answers for it
    FOLLOW = 1  # decide and remember it; another process answers for it
    WITHHELD = 2  # count what stands for an act that is not in the log
    SEAL = 3  # decide what waited for it


def stream_of(entry: bytes) -> str | None:
    """Give the stream that an entry would be on, if it is an action."""
    line_end = entry.find(_END_OF_LINE)
    begin = entry.rfind(_BEGINS, 0, line_end)
    end = entry.find(_ENDS, begin)
    if line_end < 0 or begin < 0 or not begin < end < line_end:
        return None
    try:
        return entry[begin + len(_BEGINS) : end].decode("ascii")
    except UnicodeDecodeError:
        return None


def is_shared(stream: str) -> bool:
    """Tell whether decisions on other streams rest on this one."""
    return stream.startswith(_SHARED_PREFIXES)
