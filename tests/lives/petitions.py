"""Random acts on petitions: filed by people with a key of their own, gone on with by officers."""

import random

from domain.facts.feedback import FeedbackClassified, FeedbackFiled, FeedbackVerdict
from domain.kinds import KINDS
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE
from tests.lives.least import least
from tests.lives.town import OTHER_OFFICE, Town
from tests.support.ledger_builders import OFFICE
from transparency.notes import render_vkey

LATER_KINDS = tuple(
    sorted(name for name in KINDS if name.startswith("petition.") and not name.endswith("filed"))
)


def draw_petition(town: Town) -> tuple[str, SubmittedAction]:
    """Give a new petition by somebody who made a key for it."""
    key, stream = town.new_key("petitioner"), town.world.desk.new_stream("petition")
    details = KINDS["petition.feedback_filed"].details
    assert details is not None
    facts = FeedbackFiled(petitioner_key=render_vkey(key.verification_key))
    signers = [(Role.APPLICANT, key)]
    return stream, town.world.desk.act(
        "petition.feedback_filed", stream, FIRST_PLACE, facts, least(details), signers=signers
    )


def draw_answer(chance: random.Random, town: Town) -> SubmittedAction:
    """Give what an officer does with a petition, permitted or not."""
    stream, kind = chance.choice(town.petitions), KINDS[chance.choice(LATER_KINDS)]
    facts = least(kind.facts)
    if isinstance(facts, FeedbackClassified):
        verdict = chance.choice(list(FeedbackVerdict))
        sent_on = OTHER_OFFICE if verdict is FeedbackVerdict.FORWARDED else None
        facts = FeedbackClassified(verdict=verdict, to_office=sent_on)
    roles = sorted(kind.signers.alone) or [Role.RECEIVER]
    return town.world.desk.act(
        kind.name,
        stream,
        town.world.next_place(stream),
        facts,
        None if kind.details is None else least(kind.details),
        signers=[(chance.choice(roles), chance.choice(town.officers))],
        office=chance.choice((OFFICE, OFFICE, OTHER_OFFICE)),
    )
