"""Tallies of several months: what one may count follows from all of them before it."""

import hashlib

import pytest

from domain.facts.tallies import TallyPublished, TallySubject
from domain.roles import Role
from domain.tallies import Cell, Tally
from ledger.auditing import HowToAudit
from ledger.auditing.teams import ShardsHere
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE
from ledger.writing.envelopes import render_envelope
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys
from tests.unit.ledger.auditing.test_shards import _audit

ENVELOPES = 20


def a_log(*withheld: int) -> Forger:
    """Twenty envelopes, and one tally a month that counts ten and says how many wait."""
    forger = a_forger()
    for number in range(ENVELOPES):
        forger.add(render_envelope(bytes([number]) * 32))
    for month, waiting in enumerate(withheld, start=1):
        name = f"2026-{month:02d}"
        document = canonical_json(
            Tally(subject=TallySubject.RATINGS, month=name, cells=(Cell(count=10),))
        )
        forger.documents.store(document)
        facts = TallyPublished(
            subject=TallySubject.RATINGS,
            document=hashlib.sha256(document).hexdigest(),
            envelopes=ENVELOPES,
            counted=10,
            withheld=waiting,
        )
        system = [(Role.SYSTEM, operator_keys().system)]
        stream = f"tally:{name}"
        act = forger.desk.act(
            "tally.published", stream, FIRST_PLACE, facts, signers=system, office=None
        )
        forger.add(act)
        forger.seal()
    return forger


@pytest.mark.parametrize("shards", [2, 3, 7])
@pytest.mark.parametrize(
    ("withheld", "found"),
    [((10, 0), []), ((10, 10), ["tally_does_not_add_up"])],
    ids=["honest", "the same ten counted twice"],
)
def test_shards_add_up_the_tallies_of_all_months(
    shards: int, withheld: tuple[int, ...], found: list[str]
) -> None:
    forger = a_log(*withheld)

    alone = _audit(forger, HowToAudit())
    shared = _audit(forger, HowToAudit(shards, set_up=ShardsHere))

    assert [problem.code for problem in alone.problems] == found
    assert shared.problems == alone.problems
