"""The one place where the matrix of reading rights is enforced: a cell becomes a refusal or not.

Every resource and page that answers with something of a `Subject` asks here first.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from api.errors import (
    InspectionOrderNeeded,
    NotAnInspector,
    NothingHere,
    ReadingNotPermitted,
    RequestNotSigned,
    SlipReplaced,
)
from domain.actions import StreamType
from domain.reading.rights import (
    CLASS_OF,
    PublicationClass,
    Reader,
    Right,
    Subject,
    right_of,
)
from ledger.errors import UnknownDossier
from projections.views import ViewReader, Views

_REFUSALS: Final[Mapping[Right, Callable[[], Exception]]] = {
    Right.UNKNOWN: UnknownDossier,
    Right.NOT_YOURS: ReadingNotPermitted,
    Right.REPLACED: SlipReplaced,
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
        SlipReplaced: all but the list of reads, to whoever has a slip that was replaced.
        InspectionOrderNeeded: names, to an inspector without an order.
        RequestNotSigned, NotAnInspector: what only inspectors see.
        NothingHere: what nobody sees.
    """
    right = right_of(reader, subject)
    if right in _REFUSALS:
        raise _REFUSALS[right]()
    return right


@contextmanager
def reading_as(views: Views, reader: Reader, *subjects: Subject) -> Iterator[ViewReader]:
    """Open the views to whoever has the right to all of these subjects, veiled dossiers included.

    What everybody may see (P0) opens no veiled dossier.

    Raises:
        ApiError, LedgerError: as `check_right`.
    """
    for subject in subjects:
        check_right(reader, subject)
    is_public = any(CLASS_OF[subject] is PublicationClass.P0 for subject in subjects)
    with views.reading(sees_veiled=bool(subjects) and not is_public) as view:
        yield view


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
