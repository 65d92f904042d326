"""Figures made from lists of parts: whatever a month comes to, what offices have in it is read."""

from pathlib import Path

import msgspec

from domain.actions import Signer
from domain.dossiers import Dossier, Wait, WaitKind
from domain.moments import Moment, parse_moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.statistics.asking import Dimension, Query
from projections.statistics.by_acts.fee_figures import count_fees
from projections.stored.by_acts.reading import StoredActs
from tests.property.statistics.by_acts.test_stored_acts import a_stream, an_act, in_memory, writing
from tests.property.statistics.test_stored_cells import registry
from tests.support.dossier_cases import a_dossier

AMOUNT_VND = 50_000


def _on(day: str) -> Moment:
    return parse_moment(f"{day}T03:00:00Z")


def _owing(number: int, office: str, *days: str) -> Dossier:
    """Give a dossier that was asked to pay on the first day, and stopped and went on by turns."""
    kinds = [WaitKind.PAYMENT, WaitKind.WITHDRAWAL]
    ends = [*(_on(day) for day in days[1:]), None]
    waits = tuple(
        Wait(kinds[place % 2], _on(day), until)
        for place, (day, until) in enumerate(zip(days, ends, strict=True))
    )
    found = a_dossier(office=office, procedure="p1", accepted_at=_on("2026-01-05"), waits=waits)
    return msgspec.structs.replace(found, stream=a_stream(number))


def _payment_required(dossier: Dossier, entry_index: int) -> Act:
    draft: dict[str, object] = {
        "kind": "dossier.payment_required",
        "at": _on("2026-01-10"),
        "office": dossier.office,
        "to_office": None,
        "amount_vnd": AMOUNT_VND,
        "payment_method": None,
        "signers": (Signer(role=Role.RECEIVER, key="key"),),
    }
    return an_act(dossier.stream, 1, entry_index, draft)


def test_month_in_which_offices_come_to_nothing_together_is_read_for_each_of_them(
    tmp_path: Path,
) -> None:
    # A withdrawal was denied in March at one office, so that its dossier owes again; at the other
    # one was asked for, so that as much is owed no more.
    owing = [
        _owing(0, "X1", "2026-01-10", "2026-02-10", "2026-03-10"),
        _owing(1, "Y1", "2026-01-10", "2026-03-12"),
    ]
    asked = [_payment_required(each, number) for number, each in enumerate(owing)]
    query = Query(
        office="X1",
        subtree=False,
        by=frozenset({Dimension.PROCEDURE, Dimension.PERIOD}),
        first="2026-02",
        last="2026-04",
    )
    with writing(tmp_path / "views") as kept:
        kept.step({**registry(moved=False), **{each.stream: each for each in owing}}, asked)
        memory = in_memory(kept)
        with kept.engine.connect() as connection:
            stored = StoredActs(connection, memory.places(), memory.as_of())
            found = count_fees(stored, query)

    owed = {figure.period: figure.outstanding.vnd for figure in found[0]}
    assert found == count_fees(memory, query)
    assert owed == {"2026-02": 0, "2026-03": AMOUNT_VND}


def test_coming_month_in_which_dossiers_come_to_nothing_ends_a_list_of_fees_nowhere_else(
    tmp_path: Path,
) -> None:
    # Acts that name moments to come: in one month a dossier owes again, and then no more.
    owing = [
        _owing(0, "X1", "2026-01-10"),
        _owing(1, "X1", "2026-01-10", "2026-02-10", "2029-05-02", "2029-05-04"),
    ]
    asked = [_payment_required(each, number) for number, each in enumerate(owing)]
    query = Query(by=frozenset({Dimension.PERIOD}))
    with writing(tmp_path / "views") as kept:
        kept.step({**registry(moved=False), **{each.stream: each for each in owing}}, asked)
        memory = in_memory(kept)
        with kept.engine.connect() as connection:
            stored = StoredActs(connection, memory.places(), memory.as_of())
            found = count_fees(stored, query)

    assert found == count_fees(memory, query)
    assert found[0][-1].period < "2029"
