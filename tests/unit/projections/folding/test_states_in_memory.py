"""Which states a long fold forgets, and that forgetting changes nothing."""

from projections.entries import public_entries
from projections.states import StreamStates
from tests.support.followed_ledger import some_history
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream


def folded(running: int) -> tuple[StreamStates, set[str]]:
    paper = PaperLedger()
    paper.open_registry()
    some_history(paper)
    for number in range(50, 50 + running):
        paper.submit(a_stream(number), "2026-02-20T01:00:00Z")
    paper.seal_and_publish("2026-02-20T01:00:05.000Z")
    published = paper.store.checkpoint()
    assert published is not None
    states = StreamStates(ORIGIN, paper.documents)
    bodies = ((each.entry_index, each.body) for each in paper.store.entries(0, published.tree_size))
    for entry in public_entries(bodies, ORIGIN):
        states.apply(entry)
    return states, {a_stream(number) for number in range(50, 50 + running)}


def streams(states: StreamStates) -> set[str]:
    return {dossier.stream for dossier in states.dossiers()}


def test_nothing_is_forgotten_while_there_is_room() -> None:
    states, running = folded(3)
    states.forget_dossiers(1_000)
    assert streams(states) == running | {a_stream(number) for number in range(5)}


def test_the_ended_dossiers_are_forgotten_first() -> None:
    states, running = folded(3)
    before = len(streams(states)) + len(states.offices())
    states.forget_dossiers(before)
    assert streams(states) == running
    assert states.offices()


def test_all_dossiers_are_forgotten_where_even_the_running_ones_are_too_many() -> None:
    states, _ = folded(40)
    states.forget_dossiers(20)
    assert streams(states) == set()
    assert states.offices()
