"""Making and checking tallies from a session: what the writer process and the commands share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from cli.sessions import Session
from domain.facts.tallies import DossiersCounted, TallyPublished
from ledger.action_notes import open_text
from ledger.errors import StoreUnavailable
from ledger.tallying.bookmarks import BookmarkFile
from ledger.tallying.dossiers import (
    check_dossier_tallies,
    next_dossier_tally,
    tally_of,
    veils_wait,
)
from ledger.tallying.ratings import (
    Sources,
    TallyProblem,
    check_tallies,
    month_before,
    next_tally,
    still_waits,
)
from ledger.writing.envelopes import DeferredPool

ENVELOPES_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.2


@contextmanager
def sources_of(session: Session) -> Iterator[Sources]:
    """Give what tallies of a data folder are made from."""
    vault = bootstrap.vault(session.settings, session.keys)
    documents = bootstrap.documents(session.settings)
    pool = DeferredPool(session.keys.promise)
    try:
        bookmarks = BookmarkFile(DataFolder(session.settings.data).tallied)
        yield Sources(
            session.keys.origin, session.reader, vault.open_many, documents, pool, bookmarks
        )
    finally:
        vault.close()


async def publish_due(session: Session) -> TallyPublished | None:
    """Publish the tally of the month that ended last; None where there is nothing to say.

    Raises:
        LedgerError: what it is made from cannot be read, or it was refused.
    """
    instant = session.now().instant
    assert instant is not None
    with sources_of(session) as sources:
        await _wait_for_envelopes(sources, month_before(instant))
        tally = await asyncio.to_thread(
            next_tally, sources, instant, session.drafter, session.keys.system
        )
    if tally is None:
        return None
    await session.submit(tally)
    facts = open_text(tally.note, session.keys.origin).action.facts
    assert isinstance(facts, TallyPublished)
    return facts


async def publish_due_dossiers(session: Session) -> list[DossiersCounted]:
    """Publish the tallies of veiled dossiers of all months that ended and have none.

    Raises:
        LedgerError: what one is made from cannot be read, or it was refused.
    """
    instant = session.now().instant
    assert instant is not None
    published = []
    with sources_of(session) as sources:
        await _wait_for_veils(sources, month_before(instant), instant)
        make = partial(next_dossier_tally, sources, instant, session.drafter, session.keys.system)
        while (tally := await asyncio.to_thread(make)) is not None:
            await session.submit(tally)
            facts = open_text(tally.note, session.keys.origin).action.facts
            assert isinstance(facts, DossiersCounted)
            published.append(facts)
    return published


async def _wait_for_veils(sources: Sources, month: str, now: datetime) -> None:
    """Wait for the writer, which brings the veils with the first group of a new day.

    Raises:
        StoreUnavailable: it did not bring them in time.
    """
    if await asyncio.to_thread(tally_of, sources, month) is not None:
        return
    for _ in range(int(ENVELOPES_SECONDS / POLL_SECONDS)):
        if not await asyncio.to_thread(veils_wait, sources, month, now):
            return
        await asyncio.sleep(POLL_SECONDS)
    raise StoreUnavailable(f"the veils of {month} are not in the log yet; try again later")


async def _wait_for_envelopes(sources: Sources, month: str) -> None:
    """Wait for the writer, which brings the envelopes with the first group of the new month.

    Raises:
        StoreUnavailable: it did not bring them in time.
    """
    for _ in range(int(ENVELOPES_SECONDS / POLL_SECONDS)):
        if not await asyncio.to_thread(still_waits, sources, month):
            return
        await asyncio.sleep(POLL_SECONDS)
    raise StoreUnavailable(f"the envelopes of {month} are not in the log yet; try again later")


def check_published(session: Session) -> list[TallyProblem]:
    """Make all published tallies again from ledger and vault, all envelopes and all veils.

    Raises:
        LedgerError: what they are made from cannot be read.
    """
    instant = session.now().instant
    assert instant is not None
    with sources_of(session) as sources:
        until = month_before(instant)
        return [*check_tallies(sources, until), *check_dossier_tallies(sources, until)]
