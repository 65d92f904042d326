"""The one place where the matrix of reading rights is enforced: a cell becomes a refusal or not.

Every resource and page that answers with something of a `Subject` asks here first.
"""

from collections.abc import Callable, Mapping
from typing import Final

from api.errors import (
    InspectionOrderNeeded,
    NotAnInspector,
    NothingHere,
    ReadingNotPermitted,
    RequestNotSigned,
)
from domain.actions import StreamType
from domain.reading.rights import Reader, Right, Subject, right_of
from ledger.errors import UnknownDossier

_REFUSALS: Final[Mapping[Right, Callable[[], Exception]]] = {
    Right.UNKNOWN: UnknownDossier,
    Right.NOT_YOURS: ReadingNotPermitted,
    Right.ORDER_NEEDED: InspectionOrderNeeded,
    Right.UNPROVEN: RequestNotSigned,
    Right.NOT_AN_INSPECTOR: NotAnInspector,
    Right.SEALED: NothingHere,
}

# Streams of what is sealed: nobody learns from their names whether there is one.
_SEALED_STREAMS: Final[Mapping[str, Subject]] = {
    StreamType.DENUNCIATION.value: Subject.DENUNCIATION,
    StreamType.RATING.value: Subject.RATING_LINK,
}


def check_right(reader: Reader, subject: Subject) -> Right:
    """Give the right to a subject, unless it is refused: open, recorded or withheld.

    Raises:
        UnknownDossier: to strangers, as if there were no such dossier.
        ReadingNotPermitted: an officer without a task there, or an inspector of other offices.
        InspectionOrderNeeded: names, to an inspector without an order.
        RequestNotSigned, NotAnInspector: what only inspectors see.
        NothingHere: what nobody sees.
    """
    right = right_of(reader, subject)
    if right in _REFUSALS:
        raise _REFUSALS[right]()
    return right


def is_open(reader: Reader, subject: Subject) -> bool:
    """Tell whether an answer may hold a subject without any more ado."""
    return right_of(reader, subject) is Right.OPEN


def check_public_head(stream: str) -> None:
    """Check that the head of a stream may be given to anyone.

    Raises:
        NothingHere: streams of its type are sealed.
    """
    _check_stream(stream, _SEALED_STREAMS)


def check_public_receipt(stream: str) -> None:
    """Check that receipts by the name of a stream may be given to anyone.

    A rater has the name alone, and sees by it that the rating was counted.

    Raises:
        NothingHere: streams of its type are sealed.
    """
    _check_stream(stream, {StreamType.DENUNCIATION.value: Subject.DENUNCIATION})


def _check_stream(stream: str, sealed: Mapping[str, Subject]) -> None:
    check_right(Reader.ANYONE, sealed.get(stream.partition(":")[0], Subject.PUBLIC_RECORD))
