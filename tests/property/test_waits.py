"""Properties of waits: requests and waits are counted apart, whatever comes between them."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from domain.decisions import decide, evolve
from domain.dossiers import Dossier
from domain.errors import ActionRefused
from tests.support.builders import a_dossier, a_dossier_in_process, a_register, an_action
from tests.support.references.waits import Asked

# Rare among sequences of all acts, so that they are drawn here from these alone.
WAITING_ACTS = (
    "dossier.intake_supplement_requested",
    "dossier.supplement_requested",
    "dossier.supplement_judged_incomplete",
    "dossier.supplement_completed",
    "dossier.withdrawal_requested",
    "dossier.withdrawal_denied",
    "dossier.payment_required",
    "dossier.payment_confirmed",
)
ASKED_AND_RESUMED = ("supplement_requested", "withdrawal_requested", "withdrawal_denied")
ASKED_AND_ASKED_AGAIN = ("supplement_requested", "supplement_judged_incomplete")


@example(a_dossier_in_process(), [f"dossier.{name}" for name in ASKED_AND_RESUMED])
@example(a_dossier_in_process(), [f"dossier.{name}" for name in ASKED_AND_ASKED_AGAIN])
@given(
    st.sampled_from([a_dossier(), a_dossier_in_process()]),
    st.lists(st.sampled_from(WAITING_ACTS), max_size=30),
)
def test_requests_and_waits_are_counted_whatever_comes_between(
    dossier: Dossier, names: Sequence[str]
) -> None:
    register, asked = a_register(), Asked()

    for name in names:
        action = an_action(name)
        try:
            decide(dossier, action, register)
        except ActionRefused:
            continue
        asked.take(name, dossier.status)
        after = evolve(dossier, action, register)
        assert isinstance(after, Dossier)
        dossier = after
        asked.check(dossier)
