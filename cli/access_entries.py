"""Access entries that a command signs before private details leave it.

SPEC: formats.md, "Keys and the ledger's own entries": recorded before bytes leave (ADR 0024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cli.sessions import Session
from domain.facts.integrity import AccessLogged, AccessLoggedDetails, AccessPurpose
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Place, next_place, place_after
from ledger.errors import StoreUnavailable
from transparency.notes import SigningKey

ENTRIES_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command is about to write out of one dossier: `fields` as in `AccessLoggedDetails`."""

    dossier: str
    access_stream: str
    fields: tuple[str, ...]


async def log_readings(
    session: Session,
    reader: tuple[Role, SigningKey],
    purpose: AccessPurpose,
    explanation: str,
    readings: Sequence[Reading],
) -> None:
    """Record and publish one entry for each reading; the caller writes out only after.

    Where this fails, some entries may stand: nothing was written out, and the command may be given
    again.

    Raises:
        Refused: an entry was refused, such as after another one that came first.
        StoreUnavailable: an entry was recorded and is not published yet.
    """
    for start in range(0, len(readings), ENTRIES_AT_ONCE):
        entries = []
        places: dict[str, Place] = {}
        for reading in readings[start : start + ENTRIES_AT_ONCE]:
            # Whoever chose one secret for two dossiers gave them one access stream.
            name = reading.access_stream
            place = places.get(name) or next_place(session.reader, name)
            entries.append(_entry(session, place, reader, reading, (purpose, explanation)))
            places[name] = place_after(place, entries[-1].note)
        answers = await session.submit(*entries)
        if any(answer.receipt is None for answer in answers):
            raise StoreUnavailable("access entries are not published yet; try again later")


def _entry(
    session: Session,
    place: Place,
    reader: tuple[Role, SigningKey],
    reading: Reading,
    why: tuple[AccessPurpose, str],
) -> SubmittedAction:
    purpose, explanation = why
    return session.drafter.sign(
        "access.logged",
        reading.access_stream,
        place,
        session.now(),
        AccessLogged(),
        (reader,),
        details=AccessLoggedDetails(
            dossier=reading.dossier,
            purpose=purpose,
            fields=reading.fields,
            explanation=explanation,
        ),
    )
