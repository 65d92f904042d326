"""What goes with an erased dossier: its access stream and ratings, what is settled, and no more."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.facts import (
    DossierSubmitted,
    DossierSubmittedDetails,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.facts.feedback import (
    ComplaintDecided,
    ComplaintFiled,
    ComplaintFiledDetails,
    ComplaintOutcome,
    DenunciationReceivedDetails,
)
from domain.facts.intake import Channel
from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.roles import Role
from ledger.access_streams import access_stream
from ledger.erasing.related import Related
from ledger.private.vault import Keyring, Vault
from ledger.storage.port import Group, NewEvent
from tests.support.builders import OFFICE, PROCEDURE
from tests.support.paper_ledger import ORIGIN, SECRET, PaperLedger

DOSSIER, OTHER = f"dossier:{'1' * 32}", f"dossier:{'2' * 32}"
PETITION, RATING = f"petition:{'3' * 32}", f"rating:{'4' * 32}"
AT, TODAY = "2026-03-02T02:00:00Z", date(2026, 6, 1)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    random_bytes = random.Random(3).randbytes
    keyring = Keyring(tmp_path / "keyring.sqlite3", bytes(32), random_bytes)
    made = Vault(tmp_path / "vault.sqlite3", keyring, ORIGIN, random_bytes)
    yield made
    made.close()
    keyring.close()


@pytest.fixture
def paper() -> PaperLedger:
    made = PaperLedger()
    made.act(
        "dossier.submitted",
        DOSSIER,
        AT,
        Role.APPLICANT,
        made.applicant,
        facts=DossierSubmitted(procedure=PROCEDURE, channel=Channel.ONLINE),
        details=DossierSubmittedDetails(secret=SECRET),
    )
    return made


def found(paper: PaperLedger, vault: Vault, today: date = TODAY) -> list[str]:
    vault.store(list(paper.private.values()), AT)
    return Related(paper.store, vault, ORIGIN, paper.documents).find([DOSSIER], today)


def deferred(paper: PaperLedger, kind: str, stream: str, role: Role, **parts: Any) -> None:
    """Record as the writer does what has no entry of its own."""
    copy = PaperLedger()
    copy.act(kind, stream, AT, role, copy.officer, **parts)
    (event,) = copy.store.stream_events(stream)
    paper.private |= copy.private
    new = NewEvent(event.stream, event.version, event.kind, event.note, None)
    paper.store.record_group(Group((new,)), fencing_token=paper.token)


def complain(paper: PaperLedger, dossier: str) -> None:
    details = ComplaintFiledDetails(secret=SECRET, text="chậm trễ", dossier=dossier)
    paper.act(
        "petition.complaint_filed",
        PETITION,
        AT,
        Role.RECEIVER,
        paper.officer,
        facts=ComplaintFiled(level=1),
        office=OFFICE,
        details=details,
    )


def decide(paper: PaperLedger) -> None:
    facts = ComplaintDecided(outcome=ComplaintOutcome.REJECTED)
    paper.act("petition.complaint_decided", PETITION, AT, Role.APPROVER, paper.officer, facts=facts)


def test_access_stream_and_ratings_go_with_the_dossier(paper: PaperLedger, vault: Vault) -> None:
    stream = access_stream(SECRET)
    read = AccessLoggedDetails(
        dossier=DOSSIER, purpose=AccessPurpose.TASK, fields=("dossier.submitted",)
    )
    paper.act("access.logged", stream, AT, Role.RECEIVER, paper.officer, office=None, details=read)
    for rating, dossier in ((RATING, DOSSIER), (f"rating:{'5' * 32}", OTHER)):
        facts = SatisfactionRated(dossier=dossier, stage=RatingStage.RESULT)
        marks = SatisfactionRatedDetails(overall=3)
        deferred(
            paper,
            "rating.satisfaction_rated",
            rating,
            Role.APPLICANT,
            facts=facts,
            office=None,
            details=marks,
        )

    assert found(paper, vault) == [stream, RATING]


def test_complaint_goes_once_no_second_one_may_follow(paper: PaperLedger, vault: Vault) -> None:
    complain(paper, DOSSIER)
    assert found(paper, vault) == []

    decide(paper)

    assert found(paper, vault, date(2026, 4, 1)) == []
    assert found(paper, vault, date(2026, 4, 2)) == [PETITION]


def test_what_is_about_another_dossier_or_sealed_stays(paper: PaperLedger, vault: Vault) -> None:
    complain(paper, OTHER)
    decide(paper)
    told = DenunciationReceivedDetails(text="đòi tiền", dossier=DOSSIER)
    deferred(
        paper,
        "denunciation.received",
        f"denunciation:{'6' * 32}",
        Role.INSPECTOR,
        office=None,
        details=told,
    )

    assert found(paper, vault) == []


def test_dossier_whose_first_part_is_gone_leads_to_no_access_stream(
    paper: PaperLedger, vault: Vault
) -> None:
    paper.private.clear()

    assert found(paper, vault) == []
