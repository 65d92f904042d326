"""Directed lives: random ones led to one kind of act or one finding, so that none is left to luck.

Two thousand random lives miss a rare kind now and then, and a hundred a rare finding. Here the
goal is drawn as often as the table permits it; everything before and after is as random, and held
to the same invariants.
"""

from domain.procedures import Limit, LimitUnit, Procedure
from ledger.action_notes import open_text
from tests.lives.acts import draw_act, remember
from tests.lives.machine import MOST_LIVES, Lives, Tally
from tests.lives.town import OTHER_PROCEDURE
from tests.support.builders import a_procedure

MOST_ATTEMPTS = 40
ACTS = 60

# Which act brings a finding about most: asked twice, late in silence, dated back, asked late,
# and taken in and approved by one person.
ACTS_BEHIND_FINDINGS = {
    "R02": "dossier.supplement_judged_incomplete",
    "R07": "dossier.result_issued",
    "R08": "dossier.result_issued",
    "R09": "dossier.result_issued",
    "R16": "dossier.result_approved",
}


class DirectedLives(Lives):
    """A town whose people head for one kind of act."""

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally()

    def head_for(self, goal: str, seed: int) -> None:
        """Act until the goal is recorded, or for long enough."""
        self.begin(_procedure(), seed)
        chance = self._chance(seed)
        for _ in range(ACTS):
            if goal in self.tally.kinds:
                return
            self.act_towards(goal, chance.randrange(2**32))

    def act_towards(self, goal: str, seed: int) -> None:
        """Let one act follow, the goal where it is permitted."""
        chance = self._chance(seed)
        if chance.random() < 0.1 and len(self.town.lives) < MOST_LIVES:
            self.submit(seed)
        life = self._somebody(chance)
        if chance.random() < 0.2:
            # What is over may still be held, corrected or erased.
            life = chance.choice(self.town.lives)
        self.town.world.clock.pass_time(hours=chance.choice((0, 0, 1, 3, 26)), minutes=10)
        submitted, scene = draw_act(chance, self.town, life, goal)
        if self._hand_in(submitted) == "":
            remember(scene, open_text(submitted.note, None).action.kind.name)


def lead_to(goal: str) -> int:
    """Lead towns to a kind of act, and hold every invariant in them; give how many it took.

    Raises:
        AssertionError: none came there, or an invariant is broken.
    """
    for attempt in range(MOST_ATTEMPTS):
        if goal in _live_towards(goal, attempt).kinds:
            return attempt + 1
    raise AssertionError(f"no life came to {goal}")


def lead_to_finding(rule: str) -> int:
    """Lead towns to what a rule finds, and hold every invariant in them; give how many it took.

    Raises:
        AssertionError: the rule found nothing in any, or an invariant is broken.
    """
    for attempt in range(MOST_ATTEMPTS):
        if rule in _live_towards(ACTS_BEHIND_FINDINGS[rule], attempt).rules:
            return attempt + 1
    raise AssertionError(f"no life came to what {rule} finds")


def _live_towards(goal: str, seed: int) -> Tally:
    lives = DirectedLives()
    try:
        lives.head_for(goal, seed)
    finally:
        lives.teardown()
    return lives.tally


def _procedure() -> Procedure:
    return a_procedure(
        code=OTHER_PROCEDURE,
        limit=Limit(unit=LimitUnit.WORKING_DAYS, amount=5),
        retention_years=0,
    )
