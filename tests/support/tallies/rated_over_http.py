"""A world behind HTTP whose people rate, and the tally that the ledger makes of it."""

from domain.facts import RatingStage, SatisfactionRated, SatisfactionRatedDetails
from domain.facts.waiting import ProcessingStopped, ProcessingStoppedDetails
from domain.roles import Role
from ledger.drafting import FIRST_PLACE, place_after
from ledger.tallying.ratings import Sources, next_tally
from ledger.writing.envelopes import DeferredPool
from tests.http.world import DossierHandle, World

DAYS_TO_NEXT_MONTH = 12


def an_ended(world: World) -> DossierHandle:
    """Record a dossier that was accepted and stopped."""
    dossier = world.submit()
    world.accept(dossier)
    details = ProcessingStoppedDetails(legal_ground="luật", notice_sha256="0a" * 32)
    world.act(dossier, "dossier.processing_stopped", ProcessingStopped(), "approver", details)
    return dossier


def an_accepted(world: World, office: str) -> DossierHandle:
    """Record a dossier that an office accepted."""
    dossier, submission = world.a_submission(office=office)
    world.record(submission)
    dossier.place = place_after(dossier.place, submission.note)
    world.accept(dossier, office)
    return dossier


def rate(world: World, dossier: DossierHandle, stage: RatingStage, overall: int) -> None:
    """Let the applicant rate."""
    number = dossier.stream.partition(":")[2]
    rating = world.drafter.sign(
        "rating.satisfaction_rated",
        f"rating:{number}",
        FIRST_PLACE,
        world.now,
        SatisfactionRated(dossier=dossier.stream, stage=stage),
        ((Role.APPLICANT, dossier.applicant),),
        details=SatisfactionRatedDetails(overall=overall, attitude=overall % 3),
    )
    assert world.post(rating).status_code in {201, 202}


def end_month(world: World) -> None:
    """Let the month end: what waited enters the log with the next act."""
    world.wait(days=DAYS_TO_NEXT_MONTH)
    world.submit()
    world.settle()


def publish_tally(world: World) -> None:
    """Make the tally of the month that ended, and record it."""
    parts, keys = world.parts, world.operator
    pool = DeferredPool(keys.promise)
    sources = Sources(parts.origin, parts.reader, parts.vault.open_many, parts.documents, pool)
    tally = next_tally(sources, world.clock(), world.drafter, keys.system)
    assert tally is not None
    world.record(tally)
    world.settle()
