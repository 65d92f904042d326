"""Warnings before an act: a key made for one matter that would show that two are one person's."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from cli.output import say
from cli.sessions import Session
from cli.typed import Wanted
from domain.actions import StreamType
from domain.roles import Role

# A rating is signed by the dossier's own key, and its note never stands in the log.
LINKED_STREAMS: Final = (StreamType.DOSSIER, StreamType.PETITION, StreamType.DENUNCIATION)
EVER: Final = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC))


def warn_of_linked_streams(session: Session, wanted: Wanted) -> None:
    """Warn where a key made for one dossier or petition would link two matters of a person."""
    if wanted.kind.stream not in LINKED_STREAMS:
        return
    if not DataFolder(session.settings.data).views.exists():
        return
    names = [key.name for role, key in wanted.signers if role is Role.APPLICANT]
    streams = set(_streams_signed_by(session, names)) - {wanted.stream}
    if streams:
        say(
            f"this applicant's key signs on {', '.join(sorted(streams))} already: whoever reads "
            "the log sees that both are one person's. Make a key for each dossier and petition: "
            "keys new applicant, keys new petitioner",
            style="yellow",
        )


def _streams_signed_by(session: Session, names: Sequence[str]) -> Iterator[str]:
    if not names:
        return
    views = bootstrap.open_views(session.settings)
    try:
        # Whoever has the key is told of what it signed, veiled or not.
        with views.reading(sees_veiled=True) as reader:
            yield from (act.stream for name in names for act in reader.acts_by(name, *EVER))
            petitions = [row.stream for row in reader.petition_rows()]
    finally:
        views.close()
    for stream in petitions:
        filed = session.reader.find(stream, 1)
        if filed is not None and any(name.encode() in filed.note for name in names):
            yield stream
