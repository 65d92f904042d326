"""A follower of a ledger on paper, and what the tables of its views hold."""

import sqlite3
from pathlib import Path

from projections.follower import Follower, PrivateFold
from projections.views import Views
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream

VIEW_SECRET = b"v" * 32
TABLES = (
    "dossiers",
    "acts",
    "act_signers",
    "states",
    "veiled_dossiers",
    "veiled_acts",
    "veiled_act_signers",
    "veiled_states",
    "procedures",
    "petitions",
    "veil_counts",
    "year_cells",
    "month_cells",
    "day_cells",
    "year_reasons",
    "month_reasons",
    "day_reasons",
    "year_durations",
    "month_durations",
    "day_durations",
    "count_lines",
    "duration_lines",
    "payment_cells",
    "payment_marks",
    "cells_stand",
    "later_changes",
    "dossiers_ahead",
    "office_places",
    "procedure_fields",
    "act_cells",
    "act_parts",
    "act_lists",
    "act_cells_stand",
    "holders",
    "requested_papers",
    "desks",
    "veiled_desks",
    "desks_stand",
    "position",
)


def a_follower(paper: PaperLedger, views: Views) -> Follower:
    private = PrivateFold(paper.private.get, VIEW_SECRET)
    return Follower(ORIGIN, paper.store, views, paper.documents, private)


def some_history(paper: PaperLedger, dossiers: int = 5) -> None:
    for number in range(dossiers):
        stream, day = a_stream(number), f"2026-02-{number + 1:02d}"
        paper.submit(stream, f"{day}T01:00:00Z")
        paper.seal_and_publish(f"{day}T01:00:05.000Z")
        paper.accept(stream, f"{day}T02:00:00Z")
        paper.finish(stream, f"{day}T07:00:00Z")
        paper.seal_and_publish(f"{day}T07:00:05.000Z")


def tables_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    found = {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in TABLES}
    connection.close()
    return found
