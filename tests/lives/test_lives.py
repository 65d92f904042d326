"""Random lives through writer, auditor and views: the eight invariants hold in each of them."""

from collections.abc import Callable, Collection
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.state import LedgerState
from projections.findings import Finding, find
from projections.people.persons import Persons
from projections.states import StreamStates
from tests.lives import invariants, machine
from tests.lives.acts import KINDS_ON_DOSSIERS
from tests.lives.directed import MOST_ATTEMPTS, lead_to, lead_to_finding
from tests.lives.invariants import Told, check_order_of_milestones
from tests.lives.machine import Lives, Tally
from tests.lives.town import Town
from tests.support.dossier_cases import a_dossier, a_record, an_act

# Left out of `make check`, which must be quick.
pytestmark = pytest.mark.long

# What a sensible run must have come through, or the machine has lost its grip on the law.
REFUSALS = frozenset(
    {"not_permitted", "stale_version", "acted_in_the_future", "not_your_role", "not_your_office"}
)
# Rules of findings that the invariants speak of, or that acts at any time of any life break.
FOUND = frozenset({"R02", "R07", "R08", "R09", "R16"})


def live(
    towns: int, steps: int, *, derandomize: bool, phases: Collection[Phase] = tuple(Phase)
) -> Tally:
    """Live through so many towns, of one to four dossiers each."""
    tally = Lives.tally = Tally()
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=towns,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return tally


def test_the_eight_invariants_hold_in_some_hundred_lives() -> None:
    tally = live(120, 10, derandomize=True)

    assert tally.lives >= 300
    assert tally.recorded > tally.refused
    assert tally.codes >= REFUSALS
    assert tally.rules >= FOUND


@pytest.mark.parametrize("rule", sorted(FOUND))
def test_every_such_rule_finds_something_in_lives_that_are_led_to_it(rule: str) -> None:
    assert lead_to_finding(rule) <= MOST_ATTEMPTS


@pytest.mark.slow
def test_the_eight_invariants_hold_in_two_thousand_lives_and_more() -> None:
    tally = live(900, 25, derandomize=False)

    assert tally.lives >= 2_000
    assert tally.codes >= REFUSALS
    assert tally.rules >= FOUND


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS_ON_DOSSIERS)
def test_every_kind_of_act_is_reached_by_lives_that_are_led_to_it(kind: str) -> None:
    assert lead_to(kind) <= MOST_ATTEMPTS


def blind_to(rule: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Make the findings overlook one rule."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        def find_others(examined: Any) -> list[Finding]:
            return [finding for finding in find(examined) if finding.rule != rule]

        patch.setattr(machine, "find", find_others)

    return plant


def forget(owner: type, method: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Make a method do nothing."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(owner, method, lambda *_arguments: None)

    return plant


def forget_seals_at_restart(patch: pytest.MonkeyPatch) -> None:
    """Make a ledger that starts again overlook the seals that it reads."""
    start_again = invariants._state_after_restart

    def start_forgetful(town: Town) -> LedgerState:
        with pytest.MonkeyPatch.context() as starting:
            forget(LedgerState, "note_seal")(starting)
            return start_again(town)

    patch.setattr(invariants, "_state_after_restart", start_forgetful)


MISTAKES = {
    "supplements asked for twice are overlooked": blind_to("R02"),
    "second apologies are overlooked": blind_to("R07"),
    "one person with two duties is overlooked": blind_to("R16"),
    "the writer forgets that a calendar moves dossiers": forget(LedgerState, "_move_dossiers"),
    "the follower forgets that a calendar moves dossiers": forget(StreamStates, "_move_dossiers"),
}


@pytest.mark.slow
@pytest.mark.parametrize("plant", MISTAKES.values(), ids=MISTAKES)
def test_planted_mistake_breaks_an_invariant(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)

    with pytest.raises(AssertionError):
        live(600, 15, derandomize=True, phases=[Phase.generate])


def test_start_that_forgets_seals_breaks_the_eighth_invariant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = "dossier.intake_refused"
    assert lead_to(ended) <= MOST_ATTEMPTS
    forget_seals_at_restart(monkeypatch)

    with pytest.raises(AssertionError) as broken:
        lead_to(ended)
    assert "no life came" not in str(broken.value)


def test_issue_before_the_acceptance_that_nobody_flags_breaks_the_first_invariant() -> None:
    """So rare in random lives that it is told here."""
    issued = an_act("result_issued", "2026-03-02T02:00:00Z")
    told = Told(
        dossier=a_dossier(accepted="2026-03-03T02:00:00Z", ended="2026-03-02T02:00:00Z"),
        acts=(issued,),
        findings=(),
        details={},
        calendars=(),
        procedure=a_record(),
        persons=Persons(()),
    )

    with pytest.raises(AssertionError):
        check_order_of_milestones(told)
