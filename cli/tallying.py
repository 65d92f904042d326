"""Making and checking tallies from a session: what the writer process and the commands share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api import bootstrap
from cli.sessions import Session
from domain.facts.tallies import TallyPublished
from ledger.action_notes import open_text
from ledger.errors import StoreUnavailable
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
        yield Sources(session.keys.origin, session.reader, vault.open_many, documents, pool)
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
    """Make all published tallies again from the vault, and all envelopes.

    Raises:
        LedgerError: what they are made from cannot be read.
    """
    instant = session.now().instant
    assert instant is not None
    with sources_of(session) as sources:
        return check_tallies(sources, month_before(instant))
