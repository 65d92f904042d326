"""Payments kept step by step are those of all acts at once, and those of the slow fold."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actions import Signer
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.facts import PaymentMethod
from domain.moments import Moment, render_moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.index766.payments import Accepted, Payments, payments_of
from projections.statistics.places import places_of
from projections.stored.cells import Step, keep_dossiers
from projections.stored.fees import FeeAct
from projections.stored.payments import read_payments
from projections.stored.rows import insert_acts
from tests.property.statistics.test_stored_cells import named, registry, tables, views
from tests.property.test_counts import dossiers

AS_OF = datetime.fromisoformat("2026-03-14T20:00:00+00:00")
STEP = timedelta(days=9)

amounts = st.none() | st.sampled_from([0, 50_000])
methods = st.none() | st.sampled_from(list(PaymentMethod))
# What happens step by step: to which dossier, as it is in which of two histories, with which
# act; and whether offices are registered anew, one of them in another zone.
steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 5), st.booleans(), amounts, methods), max_size=5),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


def an_act(entry_index: int, stream: str, amount: int | None, method: object) -> Act:
    return Act(
        entry_index=entry_index,
        stream=stream,
        version=entry_index,
        kind="dossier.payment_confirmed",
        at=Moment(instant=AS_OF),
        recorded_at=AS_OF,
        office="H27",
        signers=(Signer("receiver", Role.RECEIVER),),
        amount_vnd=amount,
        payment_method=None if method is None or amount is None else str(method),
    )


def write(engine: sa.Engine, states: dict[str, StreamState], acts: list[Act], step: Step) -> None:
    with engine.begin() as connection:
        insert_acts(connection, acts)
        keep_dossiers(connection, states, step)


def slow(present: dict[str, StreamState], acts: list[Act], wanted: Accepted) -> Payments:
    found = [
        FeeAct(
            act.stream,
            dossier.office,
            dossier.procedure,
            render_moment(dossier.accepted_at),
            act.kind,
            act.amount_vnd,
            act.payment_method,
        )
        for act in sorted(acts, key=lambda each: each.stream)
        for dossier in (present[act.stream],)
        if isinstance(dossier, Dossier)
        if act.amount_vnd is not None and dossier.accepted_at is not None
    ]
    return payments_of(found, places_of(present.values()), wanted)


@settings(deadline=None, max_examples=60)
@given(
    dossiers,
    dossiers,
    steps,
    st.none() | st.frozensets(st.sampled_from(["H27", "X1", "Y1"]), min_size=1),
    st.lists(st.sampled_from([f"2026-0{month}" for month in range(1, 7)]), unique=True),
)
def test_payments_kept_in_steps_are_those_of_the_slow_fold(
    earlier: list[Dossier],
    later: list[Dossier],
    taken: list[tuple[list[tuple[int, bool, int | None, PaymentMethod | None]], bool, bool]],
    offices: frozenset[str] | None,
    months: list[str],
) -> None:
    histories = (named(earlier), named(later))
    present: dict[str, StreamState] = dict(registry(moved=False))
    every: list[Act] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        with views(folder, "kept") as kept, views(folder, "once") as once:
            write(kept, present, [], Step(0, None, 1, AS_OF))
            for number, (written, moved, is_later) in enumerate(taken, 1):
                states: dict[str, StreamState] = dict(registry(moved=True)) if moved else {}
                acts: list[Act] = []
                for which, history, amount, method in written:
                    stream = f"dossier:{which:032x}"
                    if stream in histories[history]:
                        states[stream] = histories[history][stream]
                        acts.append(an_act(len(every) + len(acts), stream, amount, method))
                # Now and then a step leaves the counting to a later one; the last never does.
                counts_later = is_later and number < len(taken)
                at = AS_OF + number * STEP
                write(kept, states, acts, Step(number, at - STEP, number + 1, at, counts_later))
                every += acts
                present |= states
            write(once, present, every, Step(0, None, 1, AS_OF + len(taken) * STEP))
            with kept.connect() as connection:
                counts = read_payments(connection, months, offices)

        assert tables(folder / "kept") == tables(folder / "once")
    wanted = Accepted(offices, tuple(months))
    assert slow(present, every, wanted) == Payments(
        {each.procedure: each.paid_online for each in counts if each.paid_online},
        {each.procedure: each.owing_nothing for each in counts if each.owing_nothing},
    )
