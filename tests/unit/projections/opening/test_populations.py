"""What a whole ledger's private parts say to the rules that compare, as of a checkpoint."""

from collections.abc import Sequence

import pytest

from domain.facts import Channel, DossierSubmitted, DossierSubmittedDetails
from domain.facts.feedback import (
    FeedbackFiled,
    FeedbackFiledDetails,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.moments import parse_moment
from domain.roles import Role
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import StoredEvent
from projections.findings.peers.inputs.private import Complained, PrivateInputs, Rated
from projections.opening.populations import PopulationOpener, Published
from tests.support.paper_ledger import ORIGIN, SECRET, PaperLedger, a_stream

DOSSIER = a_stream(1)
PETITION = "petition:0b6f0000000000000000000000000003"
RATING = "rating:0b6f0000000000000000000000000002"
AT = "2026-02-02T01:00:00Z"


class WithEnvelopes:
    """A ledger whose ratings have envelopes; the rest is the store's."""

    def __init__(self, store: MemoryLedgerStore, ratings: Sequence[str]):
        self._store = store
        self._ratings = ratings

    def enveloped_events(self, start_index: int = 0) -> Sequence[StoredEvent]:
        return [event for one in self._ratings for event in self._store.stream_events(one)]

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    paper.act(
        "dossier.submitted",
        DOSSIER,
        AT,
        Role.APPLICANT,
        paper.applicant,
        facts=DossierSubmitted(procedure="1.004222", channel=Channel.ONLINE),
        details=DossierSubmittedDetails(secret=SECRET, applicant_number="001234567890"),
    )
    paper.act(
        "petition.feedback_filed",
        PETITION,
        AT,
        Role.APPLICANT,
        paper.applicant,
        facts=FeedbackFiled(),
        details=FeedbackFiledDetails(secret=SECRET, text="…", dossier=DOSSIER),
    )
    paper.act(
        "rating.satisfaction_rated",
        RATING,
        AT,
        Role.APPLICANT,
        paper.applicant,
        facts=SatisfactionRated(dossier=DOSSIER, stage=RatingStage.RECEIPT),
        details=SatisfactionRatedDetails(overall=4),
    )
    return paper


def opened(paper: PaperLedger, tree_size: int | None = None) -> PrivateInputs:
    size = paper.store.sequenced_size() if tree_size is None else tree_size
    reader = WithEnvelopes(paper.store, (RATING,))
    opener = PopulationOpener(reader, ORIGIN, paper.private.get, str.encode)  # type: ignore[arg-type]
    return opener.inputs(Published(size, (DOSSIER,), (PETITION,)), {RATING: "kiosk-1"})


def test_applicants_complaints_and_ratings_are_opened(paper: PaperLedger) -> None:
    inputs = opened(paper)

    assert inputs.applicants == {DOSSIER: b"001234567890"}
    assert inputs.complaints == (Complained(DOSSIER, parse_moment(AT)),)
    assert inputs.ratings == (Rated(RATING, DOSSIER, parse_moment(AT), 4, "kiosk-1"),)


def test_what_came_after_the_checkpoint_is_left_out(paper: PaperLedger) -> None:
    before_petition = paper.store.stream_events(PETITION)[0].entry_index

    inputs = opened(paper, before_petition)

    assert inputs.applicants == {DOSSIER: b"001234567890"}
    assert (inputs.complaints, inputs.ratings) == ((), ())


def test_erased_parts_say_nothing(paper: PaperLedger) -> None:
    paper.private.clear()

    assert opened(paper) == PrivateInputs({}, (), (), None)
