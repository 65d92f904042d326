"""Random lives of dossiers as a state machine: submit, act, petition, rate, wait, publish."""

import random
from dataclasses import replace as with_changes
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain.dossiers import Dossier, Status
from domain.facts import RatingStage
from domain.procedures import Limit, LimitUnit, Procedure, SupplementPolicy
from ledger.action_notes import SubmittedAction, open_text
from projections.findings import find
from projections.reading import read_counts
from tests.lives import invariants
from tests.lives.acts import draw_act, draw_submission, remember
from tests.lives.invariants import Told
from tests.lives.petitions import draw_answer, draw_petition
from tests.lives.town import OTHER_PROCEDURE, Life, Town
from tests.support.builders import DAYS_OFF, a_procedure

MOST_LIVES = 4

procedures = st.builds(
    lambda unit, amount, policy, flags: a_procedure(
        code=OTHER_PROCEDURE,
        limit=Limit(unit=unit, amount=amount),
        supplement_policy=policy,
        pause_in_payment=flags[0],
        pause_in_consultation=flags[1],
        pause_in_site_survey=flags[2],
        retention_years=0,
    ),
    st.sampled_from([unit for unit in LimitUnit if unit is not LimitUnit.UNKNOWN]),
    st.integers(0, 12),
    st.sampled_from(SupplementPolicy),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
seeds = st.integers(0, 2**32 - 1)
days_off = st.sets(st.dates(date(2026, 3, 3), date(2026, 5, 30)), max_size=5)


class Tally:
    """How many lives and acts a whole run went through: a run that lives nothing proves nothing."""

    def __init__(self) -> None:
        self.lives = self.recorded = self.refused = 0
        self.kinds: set[str] = set()
        self.codes: set[str] = set()
        self.rules: set[str] = set()


class Lives(RuleBasedStateMachine):
    """One town, a few dossiers in it, and everything that people may try."""

    tally = Tally()

    @initialize(procedure=procedures, seed=seeds)
    def begin(self, procedure: Procedure, seed: int) -> None:
        self.folder = TemporaryDirectory()
        self.town = Town(procedure, Path(self.folder.name))
        self.submit(seed)
        self.act(seed)

    @precondition(lambda self: len(self.town.lives) < MOST_LIVES)
    @rule(seed=seeds)
    def submit(self, seed: int) -> None:
        chance = self._chance(seed)
        imported = bool(self.town.lives) and chance.random() < 0.4
        life, submitted = draw_submission(chance, self.town, imported=imported)
        if self._hand_in(submitted) == "":
            self.town.lives.append(life)
            self.tally.lives += 1

    @rule(seed=seeds)
    def act(self, seed: int) -> None:
        """Let several acts follow one another, as hours and days go by."""
        chance = self._chance(seed)
        life = self._somebody(chance)
        for _ in range(chance.randint(1, 12)):
            self.town.world.clock.pass_time(hours=chance.choice((0, 0, 1, 3, 26, 90)), minutes=10)
            submitted, scene = draw_act(chance, self.town, life)
            if self._hand_in(submitted) == "":
                remember(scene, self.last_kind)

    @rule(seed=seeds)
    def rate(self, seed: int) -> None:
        """Let an applicant rate a stage; what it is published as comes at the month's end."""
        chance, desk = self._chance(seed), self.town.world.desk
        life = chance.choice(self.town.lives)
        desk._applicants[life.stream] = life.applicant
        stage = chance.choice(list(RatingStage))
        self._hand_in(desk.rating(desk.new_stream("rating"), life.stream, stage))

    @rule(seed=seeds)
    def petition(self, seed: int) -> None:
        """File something about the office, or go on with what was filed."""
        chance, town = self._chance(seed), self.town
        if not town.petitions or chance.random() < 0.3:
            stream, submitted = draw_petition(town)
            if self._hand_in(submitted) == "":
                town.petitions.append(stream)
        else:
            self._hand_in(draw_answer(chance, town))

    @rule(off=days_off)
    def publish_calendar(self, off: set[date]) -> None:
        self.town.publish_calendar(days_off=tuple(sorted({*DAYS_OFF, *off})))

    @rule(number=st.integers(0, 3))
    def replace_officer(self, number: int) -> None:
        self.town.replace_officer(number)

    @rule(follows=st.booleans())
    def publish(self, *, follows: bool) -> None:
        self.town.publish()
        if follows:
            self.town.follow()

    def _chance(self, seed: int) -> random.Random:
        """Mix a seed with how far the run has come, or every small seed would do the same."""
        return random.Random(f"{seed} {self.town.recorded + self.town.refused}")

    def _somebody(self, chance: random.Random) -> Life:
        """Give a life that still goes on; where all are over, mostly a new one."""
        lives = self.town.lives
        if not self._running() and len(lives) < MOST_LIVES:
            self.submit(chance.randrange(2**32))
        running = self._running()
        return chance.choice(running or lives)

    def _running(self) -> list[Life]:
        return [life for life in self.town.lives if not _is_over(self.town.dossier(life))]

    def _hand_in(self, submitted: SubmittedAction) -> str:
        self.last_kind = open_text(submitted.note, None).action.kind.name
        code = self.town.hand_in(submitted)
        self.tally.recorded += not code
        self.tally.refused += bool(code)
        self.tally.codes.add(code)
        if not code:
            self.tally.kinds.add(self.last_kind)
        return code

    def teardown(self) -> None:
        if not hasattr(self, "town"):
            return
        try:
            self.town.publish()
            self.town.follow()
            self.tally.rules |= check_everything(self.town)
        finally:
            self.town.close()
            self.folder.cleanup()


def _is_over(dossier: Dossier) -> bool:
    """Tell whether nothing but oversight may follow: not where a result still lies there."""
    return dossier.is_ended and dossier.status is not Status.PROCESSED


def check_everything(town: Town) -> set[str]:
    """Ask all readers, and hold every invariant against what they say; give the rules that hit."""
    assert town.world.audit(town.world.store).problems == []
    with town.views.reading() as reader:
        published, persons = read_counts(reader), reader.persons()
        procedures = reader.procedures()
        examined = [
            with_changes(each, person_of=persons.person_of) for each in reader.examined_dossiers()
        ]
    told = [
        Told(
            dossier=each.dossier,
            acts=each.acts,
            findings=tuple(find(each)),
            details={
                version: details
                for (stream, version), details in town.details.items()
                if stream == each.dossier.stream
            },
            calendars=town.calendars,
            procedure=procedures[each.dossier.procedure],
            persons=persons,
        )
        for each in examined
    ]
    assert len(told) == len(town.lives)
    for one in told:
        invariants.check_order_of_milestones(one)
        invariants.check_one_code_for_an_acceptance(one)
        invariants.check_supplement_lists(one)
        invariants.check_apologies(one)
        invariants.check_segregation(one)
        invariants.check_due_date(one)
    codes = [
        code
        for one in told
        if not one.dossier.imported
        for details in one.details.values()
        if (code := invariants.code_of(details)) is not None
    ]
    invariants.check_codes_are_unique(codes)
    assert published is not None
    position = town.follower.position()
    assert position is not None
    dossiers = [one.dossier for one in told]
    invariants.check_statistics_identity(published, dossiers, position.sealed_at)
    invariants.check_replay(town, published, dossiers)
    return {finding.rule for one in told for finding in one.findings}
